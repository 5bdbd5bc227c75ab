//! How often one address may send something.
//!
//! Who may call this: the guard for every form; a handler for dear work. What must stay true:
//! reading is not limited here (a whole school sits behind one address); a refusal says how long
//! to wait.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use network::PersonId;

use super::problem::AppError;
use super::visitor::{Visitor, bucket};

pub(crate) struct Rates {
    strangers: DefaultKeyedRateLimiter<IpAddr>,
    people: DefaultKeyedRateLimiter<PersonId>,
    evaluating: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

const fn burst(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

impl Rates {
    pub(crate) fn new() -> Self {
        Self {
            strangers: RateLimiter::keyed(Quota::per_second(burst(10)).allow_burst(burst(120))),
            people: RateLimiter::keyed(Quota::per_second(burst(100)).allow_burst(burst(400))),
            evaluating: RateLimiter::keyed(Quota::per_minute(burst(120))),
            clock: DefaultClock::default(),
        }
    }
    /// Any form: by person where somebody is signed in, so that a whole staff behind one address
    /// can work; by address otherwise.
    pub(crate) fn writing(&self, visitor: &Visitor) -> Result<(), AppError> {
        match visitor.actor().person_id() {
            Some(person) => self.check(&self.people, &person),
            None => self.check(&self.strangers, &bucket(visitor.address())),
        }
    }
    /// A spreadsheet to read or to work out.
    pub(crate) fn evaluating(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.evaluating, &bucket(address))
    }
    fn check<K: Hash + Eq + Clone>(
        &self,
        limit: &DefaultKeyedRateLimiter<K>,
        key: &K,
    ) -> Result<(), AppError> {
        // Forget the quiet ones now and then, so that the table stays small.
        if limit.len() > 10_000 {
            limit.retain_recent();
        }
        limit.check_key(key).map_err(|early| {
            let wait = early
                .wait_time_from(self.clock.now())
                .max(Duration::from_secs(1));
            AppError::TooMany {
                seconds: wait.as_secs(),
            }
        })
    }
}
