//! Holds a file between the steps: in memory only, for 15 minutes at most.
//!
//! Who may call this: pages that read a file in steps (evaluate, lists of places). What must stay true: nothing is written down; only the
//! browser that sent a sheet gets it back; after its time it is really gone, whether or not
//! anybody asks; all sheets together never take more than the room that was set.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::edge::cookies::random_token;

/// How long a sheet is held.
pub(crate) const HELD_FOR: Duration = Duration::from_secs(15 * 60);

/// The sheets on the desk.
pub(crate) struct Desk<T> {
    room: usize,
    sheets: Arc<Mutex<HashMap<String, Held<T>>>>,
}

struct Held<T> {
    owner: [u8; 32],
    bytes: usize,
    until: Instant,
    sheet: T,
}

impl<T: Clone + Send + 'static> Desk<T> {
    pub(crate) fn new(room: usize) -> Self {
        Self {
            room,
            sheets: Arc::default(),
        }
    }

    /// Puts a sheet down for this browser and says under which token; `None` when the desk is full.
    pub(crate) fn put(&self, browser: &str, bytes: usize, sheet: T) -> Option<String> {
        let token = random_token();
        {
            let mut sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
            let taken: usize = sheets.values().map(|h| h.bytes).sum();
            if taken + bytes > self.room {
                return None;
            }
            let until = Instant::now() + HELD_FOR;
            sheets.insert(
                token.clone(),
                Held {
                    owner: owner(browser),
                    bytes,
                    until,
                    sheet,
                },
            );
        }
        let (sheets, gone) = (Arc::clone(&self.sheets), token.clone());
        tokio::spawn(async move {
            tokio::time::sleep(HELD_FOR).await;
            sheets
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&gone);
        });
        Some(token)
    }

    /// The sheet, for the browser that sent it.
    pub(crate) fn get(&self, browser: &str, token: &str) -> Option<T> {
        let sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        sheets
            .get(token)
            .filter(|h| h.owner == owner(browser) && Instant::now() < h.until)
            .map(|h| h.sheet.clone())
    }

    /// Puts a new state of the same sheet in its place; its time runs on.
    pub(crate) fn change(&self, browser: &str, token: &str, change: impl FnOnce(&mut T)) {
        let mut sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = sheets.get_mut(token).filter(|h| h.owner == owner(browser)) {
            change(&mut held.sheet);
        }
    }

    /// Takes it off the desk.
    pub(crate) fn forget(&self, browser: &str, token: &str) {
        let mut sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        if sheets.get(token).is_some_and(|h| h.owner == owner(browser)) {
            sheets.remove(token);
        }
    }

    pub(crate) fn bytes_held(&self) -> usize {
        let sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        sheets.values().map(|h| h.bytes).sum()
    }
}

/// The cookie's value itself is not kept.
fn owner(browser: &str) -> [u8; 32] {
    Sha256::digest(browser.as_bytes()).into()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_sheet_is_gone_after_a_quarter_of_an_hour_though_nobody_asked() {
        let desk = Desk::new(100);
        let token = desk.put("mine", 60, "rows").unwrap();
        assert_eq!(desk.get("mine", &token), Some("rows"));
        assert_eq!(desk.get("another's", &token), None);
        assert_eq!(desk.put("mine", 60, "more rows"), None, "the desk is full");
        tokio::time::sleep(HELD_FOR + Duration::from_secs(1)).await;
        assert_eq!(desk.bytes_held(), 0);
        assert_eq!(desk.get("mine", &token), None);
    }

    #[tokio::test(start_paused = true)]
    async fn only_its_own_browser_can_have_it_forgotten() {
        let desk = Desk::new(100);
        let token = desk.put("mine", 60, "rows").unwrap();
        desk.forget("another's", &token);
        assert_eq!(desk.bytes_held(), 60);
        desk.forget("mine", &token);
        assert_eq!(desk.bytes_held(), 0);
    }
}
