//! The verdict in words, and the e-value as people read it.
//!
//! Who may call this: [`super::Sequence`] and whoever writes an answer. What must stay true: the verdict is about
//! "somewhere", never about the average, a place or a direction; a figure is cut off and never rounded up, so that no
//! e-value below 1/α is shown as 1/α.

use serde::{Deserialize, Serialize};

use crate::words::numbers::{Precision, thousands};

/// What a sequence of looks comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// An e-value has reached 1/α: all true effects being zero is ruled out at that level.
    Happening,
    /// None has.
    NotYet,
}

impl Verdict {
    /// The verdict where `log_e_value` is the largest so far.
    #[must_use]
    pub fn of(log_e_value: f64, alpha: f64) -> Self {
        if log_e_value >= -alpha.ln() {
            Self::Happening
        } else {
            Self::NotYet
        }
    }

    /// The verdict as a sentence, without what it rests on.
    ///
    /// ```
    /// use difference_engine::anytime::Verdict;
    /// assert_eq!(Verdict::Happening.says(), "Something is happening somewhere.");
    /// ```
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Happening => "Something is happening somewhere.",
            Self::NotYet => "Not enough yet to say that something is happening anywhere.",
        }
    }
}

/// An e-value as people read it: cut off, never rounded up.
///
/// ```
/// use difference_engine::anytime::evidence;
/// assert_eq!(evidence(0.8649), "0.86");
/// assert_eq!(evidence(19.999), "19.9");
/// assert_eq!(evidence(5_127_779.8), "over a million");
/// ```
#[must_use]
pub fn evidence(e_value: f64) -> String {
    if e_value >= 1e6 {
        return "over a million".to_owned();
    }
    if e_value < 0.01 {
        return "under 0.01".to_owned();
    }
    // 0.29 × 100 is 28.999…: a hair's breadth more, far below the next digit.
    let cut = |steps: f64| (e_value * steps * (1.0 + 1e-12)).floor() / steps;
    match e_value {
        e if e < 1.0 => Precision::HUNDREDTHS.fixed(cut(100.0)),
        e if e < 100.0 => Precision::TENTHS.fixed(cut(10.0)),
        _ => thousands(crate::count::nearest(cut(1.0))),
    }
}
