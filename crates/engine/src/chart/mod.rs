//! Signal or noise: charts of a measure over time, and of places beside each other.
//!
//! Who may call this: goals' pages and the command line. What must stay true: limits are never
//! redrawn but by a dated, named change; the kind of chart and the rule set are named on it.
//!
//! [`chart`] reads a series (`soundness`), chooses the kind where that is left to it (`choice`), draws
//! limits from each phase's baseline (`phases`, `kinds`), judges every point ([`rules`]) and says what
//! came of it (`words`). [`funnel`] compares places. The formulas stand alone in [`kinds`].

pub mod cadence;
mod charting;
mod choice;
pub mod figures;
mod funnel;
pub mod kinds;
mod line;
mod many;
mod model;
pub mod overview;
mod phases;
mod question;
pub mod rules;
mod season;
mod soundness;
mod words;

use serde::{Deserialize, Serialize};

pub use charting::chart;
pub use funnel::{Funnel, FunnelPoint, FunnelQuestion, Unit, funnel};
pub use line::Line;
pub use many::limits_and_signals;
pub use question::{Change, ChartQuestion, Kind, Observation, RuleSet, Season};
pub use rules::{Runs, Signal};

/// The schema's name and version.
pub const SCHEMA: &str = "difference.chart/1";

/// A stretch with its own limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// First date.
    pub from: String,
    /// Last date.
    pub to: String,
    /// Why it began; None for the first.
    pub why: Option<String>,
    /// Average, or the median of a run chart; one for each point where the season is compared.
    pub centre: Line,
    /// Natural process limits; None before there are enough points.
    pub lower: Option<Line>,
    /// Upper limit.
    pub upper: Option<Line>,
    /// What the points are judged by while the phase has no limits of its own: the lines before the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<Carried>,
    /// How long its longest run is and how often it crosses its centre (rule set `anhoej`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Runs>,
    /// Laney's σz, how much more values differ than chance within the denominators makes them (p′, u′).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigma_z: Option<f64>,
}

/// The lines of the phase before, at this phase's points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Carried {
    /// Average or median.
    pub centre: Line,
    /// Lower limit; None on a run chart.
    pub lower: Option<Line>,
    /// Upper limit.
    pub upper: Option<Line>,
}

/// Whether a point's signal is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum News {
    /// Ordinary ups and downs, or a pattern that points neither way.
    Ordinary,
    /// A real improvement.
    Improvement,
    /// A real concern.
    Concern,
}

/// One point with what it signals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// ISO date, or the number that it was given.
    pub date: String,
    /// Value; with denominators the share or rate, as a part of 1.
    pub value: f64,
    /// Every rule that it breaks.
    pub signals: Vec<Signal>,
    /// Whether that is good news.
    pub news: News,
    /// How many, where there is a denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<f64>,
    /// Out of how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<f64>,
    /// What the limits of an EWMA chart judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ewma: Option<f64>,
    /// What a CUSUM chart judges, in standard deviations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cusum: Option<Sums>,
}

/// The two sums of a CUSUM chart, in standard deviations of the measure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Sum of what was above the average, C⁺.
    pub above: f64,
    /// Sum of what was below, C⁻.
    pub below: f64,
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
    /// Too few points to say.
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
    /// No target, too early, or a run chart, which has no usual range.
    Unknown,
}

/// How the chart's numbers are shown: multiplied, and in which unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// 100 for a share, 1,000 for a rate per 1,000; else 1.
    pub times: f64,
    /// "%", "per 1,000 days", or the measure's own.
    pub unit: String,
}

/// A measure over time, with its limits and signals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// [`SCHEMA`].
    pub schema: String,
    /// The engine's version.
    pub engine: String,
    /// Which chart; never [`Kind::Auto`].
    pub kind: Kind,
    /// Why this kind, in a sentence.
    pub because: String,
    /// Which rules.
    pub rules: RuleSet,
    /// As asked.
    pub question: ChartQuestion,
    /// How its numbers are shown to people.
    pub shown: Shown,
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
