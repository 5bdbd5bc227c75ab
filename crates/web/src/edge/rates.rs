//! How often one address may send something.
//!
//! Who may call this: the guard for every form; a handler for dear work. What must stay true:
//! reading is not limited here (a whole school sits behind one address); a refusal says how long
//! to wait.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::problem::AppError;
use super::visitor::bucket;

pub(crate) struct Rates {
    writing: DefaultKeyedRateLimiter<IpAddr>,
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
            writing: RateLimiter::keyed(Quota::per_second(burst(10)).allow_burst(burst(120))),
            evaluating: RateLimiter::keyed(Quota::per_minute(burst(30)).allow_burst(burst(30))),
            clock: DefaultClock::default(),
        }
    }
    /// Any form.
    pub(crate) fn writing(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.writing, address)
    }
    /// A spreadsheet to read or to work out.
    pub(crate) fn evaluating(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.evaluating, address)
    }
    fn check(
        &self,
        limit: &DefaultKeyedRateLimiter<IpAddr>,
        address: IpAddr,
    ) -> Result<(), AppError> {
        // Forget the quiet ones now and then, so that the table of addresses stays small.
        if limit.len() > 10_000 {
            limit.retain_recent();
        }
        limit.check_key(&bucket(address)).map_err(|early| {
            let wait = early
                .wait_time_from(self.clock.now())
                .max(Duration::from_secs(1));
            AppError::TooMany {
                seconds: wait.as_secs(),
            }
        })
    }
}
