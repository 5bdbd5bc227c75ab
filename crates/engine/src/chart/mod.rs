//! Signal or noise: charts of a measure over time.
//!
//! Who may call this: goals' pages and the command line. What must stay true: limits are never
//! redrawn but by a dated, named change; the rule set is named on the chart.

pub mod cadence;
mod charting;
pub mod figures;
mod limits;
pub mod overview;
mod phases;
mod rules;
mod soundness;
mod words;

use serde::{Deserialize, Serialize};

pub use charting::chart;

/// The schema's name and version.
pub const SCHEMA: &str = "difference.chart/1";

/// One value of a measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// ISO date.
    pub date: String,
    /// In the measure's unit.
    pub value: f64,
}

/// A dated, named change from which limits are drawn anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// ISO date of the first value after it.
    pub date: String,
    /// Such as "breakfast club began".
    pub why: String,
}

/// What is asked of a series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartQuestion {
    /// What is measured, such as "attendance".
    pub measure: String,
    /// Unit, such as "%"; empty when unknown.
    pub unit: String,
    /// Whether a lower value is the better one.
    pub lower_is_better: bool,
    /// The target value.
    pub target: Option<f64>,
    /// When the target is due (ISO date).
    pub due: Option<String>,
    /// Limits come from the values up to this date (ISO); left out: all of a phase.
    pub baseline_until: Option<String>,
    /// Dated changes.
    pub changes: Vec<Change>,
}

/// A stretch with its own limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// First date.
    pub from: String,
    /// Last date.
    pub to: String,
    /// Why it began; None for the first.
    pub why: Option<String>,
    /// Average.
    pub centre: f64,
    /// Natural process limits; None before 13 points.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
}

/// Why a point is more than noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Outside the limits.
    Outside,
    /// One of seven or more in a row on one side of the average.
    Side,
    /// One of seven rising or falling.
    Trend,
    /// Two of three beyond two thirds of the way to a limit.
    NearLimit,
}

/// Whether a point's signal is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum News {
    /// Ordinary ups and downs.
    Ordinary,
    /// A real improvement.
    Improvement,
    /// A real concern.
    Concern,
}

/// One point with what it signals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// ISO date.
    pub date: String,
    /// Value.
    pub value: f64,
    /// Every rule that it breaks.
    pub signals: Vec<Signal>,
    /// Whether that is good news.
    pub news: News,
}

/// What the series is doing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variation {
    /// A real improvement.
    Improving,
    /// A real concern.
    Concerning,
    /// Ordinary ups and downs.
    CommonCause,
    /// Fewer than 13 points.
    TooEarly,
}

/// Whether the target will be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// The whole usual range is past the target.
    Passes,
    /// The target is inside the usual range.
    HitAndMiss,
    /// The usual range does not reach it.
    Fails,
    /// No target, or too early.
    Unknown,
}

/// A measure over time, with its limits and signals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// [`SCHEMA`].
    pub schema: String,
    /// The engine's version.
    pub engine: String,
    /// `xmr`.
    pub kind: String,
    /// `nhs`.
    pub rules: String,
    /// As asked.
    pub question: ChartQuestion,
    /// In time order.
    pub phases: Vec<Phase>,
    /// In time order.
    pub points: Vec<Point>,
    /// What it is doing now.
    pub variation: Variation,
    /// Whether the target will be met.
    pub assurance: Assurance,
    /// A heading of a few words, such as "Attendance has stepped up".
    pub title: String,
    /// The signal in words, such as "Real improvement. Ten weeks in a row above the old average of 93.4%."
    pub headline: String,
    /// The target in words; None without a target.
    pub target_words: Option<String>,
    /// What to be careful with.
    pub warnings: Vec<String>,
}
