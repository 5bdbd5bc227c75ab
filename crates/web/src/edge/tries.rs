//! Wrong passwords are counted: no more than ten in any five minutes for one key.
//!
//! Who may call this: signing in. What must stay true: a try counts from the moment that it
//! starts, so that many at once count too; a right one is given back, so that a school behind one
//! address is not kept out by its own people arriving. (A token bucket can't give back.)

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::problem::AppError;

const WINDOW: Duration = Duration::from_secs(300);
const TRIES: usize = 10;
/// Keys kept before the quiet ones are forgotten.
const KEYS: usize = 20_000;

#[derive(Default)]
pub(crate) struct Tries(Mutex<HashMap<String, VecDeque<Instant>>>);

impl Tries {
    /// Counts a try, or says how long to wait.
    pub(crate) fn begin(&self, key: &str) -> Result<(), AppError> {
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > KEYS {
            all.retain(|_, when| when.back().is_some_and(|t| now.duration_since(*t) < WINDOW));
        }
        let when = all.entry(key.to_owned()).or_default();
        while when
            .front()
            .is_some_and(|t| now.duration_since(*t) >= WINDOW)
        {
            when.pop_front();
        }
        if when.len() >= TRIES {
            let wait = when
                .front()
                .map_or(WINDOW, |t| WINDOW.saturating_sub(now.duration_since(*t)));
            return Err(AppError::TooMany {
                seconds: wait.as_secs().max(1),
            });
        }
        when.push_back(now);
        Ok(())
    }
    /// The try was right after all.
    pub(crate) fn give_back(&self, key: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(when) = all.get_mut(key) {
            when.pop_back();
            if when.is_empty() {
                all.remove(key);
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn ten_wrong_tries_then_a_wait_then_one_more() {
        let tries = Tries::default();
        for _ in 0..10 {
            tries.begin("amina").unwrap();
        }
        assert!(tries.begin("amina").is_err());
        assert!(tries.begin("tom").is_ok(), "another key is another count");
        tokio::time::advance(WINDOW).await;
        assert!(tries.begin("amina").is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_right_passwords_from_one_school_all_pass() {
        let tries = Tries::default();
        for _ in 0..100 {
            tries.begin("school").unwrap();
            tries.give_back("school");
        }
    }
}
