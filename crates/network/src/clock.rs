//! The one clock. Time is stored in UTC, in whole microseconds; the network's time zone decides
//! what "today" is.

use jiff::Timestamp;

/// Where the time comes from: the system's, or one that a test holds.
pub trait Clock: Send + Sync + 'static {
    /// The time now, in UTC.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The form in which a time is stored: microseconds since 1970 in UTC, so that it sorts.
pub(crate) fn stored(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A stored time. One that no clock can have given reads as the epoch, so that a page still opens.
pub(crate) fn read(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
