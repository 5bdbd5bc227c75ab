//! When a point is more than the ordinary ups and downs: the rule sets and the parts that they share.
//!
//! Who may call this: [`super::chart`], and anybody with values and a centre. What must stay true: a
//! rule is a pass forward that finds where patterns end and a pass back that marks their points; a point
//! on the centre is on neither side and ends a run.

mod anhoej;
mod bits;
mod nelson;
mod nhs;
pub mod patterns;
mod signals;
mod zones;

use serde::{Deserialize, Serialize};

pub use anhoej::{Runs, anhoej, runs};
pub use nelson::nelson;
pub use nhs::nhs;
pub use signals::Signals;
pub use zones::{Zone, zone, zones};

/// Why a point is more than noise, the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Outside the limits.
    Outside,
    /// One of a trend: seven rising or falling (`nhs`), six (`nelson`).
    Trend,
    /// Two of three beyond two thirds of the way to a limit, on one side.
    NearLimit,
    /// Four of five beyond a third of the way to a limit, on one side (`nelson`).
    FourOfFive,
    /// One of a run on one side of the centre: seven (`nhs`), nine (`nelson`).
    Side,
    /// One of an unusually long run (`anhoej`).
    LongRun,
    /// One of a run of four or more, where the centre is crossed unusually seldom (`anhoej`).
    FewCrossings,
    /// One of fourteen that go up and down in turn (`nelson`).
    Alternating,
    /// One of fifteen that lie close to the centre (`nelson`).
    Hugging,
    /// One of eight that all keep away from the centre, on either side (`nelson`).
    Mixture,
}

impl Signal {
    /// All of them, the weightiest first.
    pub const ALL: [Self; 10] = [
        Self::Outside,
        Self::Trend,
        Self::NearLimit,
        Self::FourOfFive,
        Self::Side,
        Self::LongRun,
        Self::FewCrossings,
        Self::Alternating,
        Self::Hugging,
        Self::Mixture,
    ];

    /// As people read it beside a point.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Outside => "outside the usual range",
            Self::Trend => "a steady rise or fall",
            Self::NearLimit => "two of three near a limit",
            Self::FourOfFive => "four of five away from the average",
            Self::Side => "a long run on one side",
            Self::LongRun => "an unusually long run",
            Self::FewCrossings => "unusually few crossings",
            Self::Alternating => "up and down in turn",
            Self::Hugging => "unusually close to the average",
            Self::Mixture => "unusually far from the average, on either side",
        }
    }
}
