//! What is asked of a measure over time.

use serde::{Deserialize, Serialize};

/// One value of a measure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// ISO date; or, where only the order is known, a whole number in every point.
    pub date: String,
    /// In the measure's unit; with a denominator, how many of it.
    pub value: f64,
    /// Out of how many: pupils, half-days, days at risk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<f64>,
}

impl Observation {
    /// A value on a day.
    #[must_use]
    pub fn new(date: impl Into<String>, value: f64) -> Self {
        Self {
            date: date.into(),
            value,
            denominator: None,
        }
    }

    /// So many out of so many on a day.
    #[must_use]
    pub fn of(date: impl Into<String>, count: f64, denominator: f64) -> Self {
        Self {
            date: date.into(),
            value: count,
            denominator: Some(denominator),
        }
    }
}

/// A dated, named change from which limits are drawn anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// ISO date of the first value after it.
    pub date: String,
    /// Such as "breakfast club began".
    pub why: String,
}

/// Which chart. Each has a file in `chart/kinds/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Whichever suits the values; the chart says which and why.
    #[default]
    Auto,
    /// Run chart: the median and no limits.
    Run,
    /// Individual values and their moving ranges.
    Xmr,
    /// A share of a denominator.
    P,
    /// Laney's p′: a share whose denominators are so large that p's limits are too narrow.
    PPrime,
    /// A rate for a denominator.
    U,
    /// Laney's u′.
    UPrime,
    /// A count where there is always the same room for it.
    C,
    /// How many cases between two rare events.
    G,
    /// How long between two rare events.
    T,
    /// Cumulative sums of the differences from the average.
    Cusum,
    /// Exponentially weighted moving average.
    Ewma,
}

impl Kind {
    /// As the command line and the JSON write it: "xmr", "pprime".
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Run => "run",
            Self::Xmr => "xmr",
            Self::P => "p",
            Self::PPrime => "pprime",
            Self::U => "u",
            Self::UPrime => "uprime",
            Self::C => "c",
            Self::G => "g",
            Self::T => "t",
            Self::Cusum => "cusum",
            Self::Ewma => "ewma",
        }
    }

    /// As people call it: "XmR chart", "p′ chart".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "chart",
            Self::Run => "run chart",
            Self::Xmr => "XmR chart",
            Self::P => "p chart",
            Self::PPrime => "p′ chart",
            Self::U => "u chart",
            Self::UPrime => "u′ chart",
            Self::C => "c chart",
            Self::G => "g chart",
            Self::T => "t chart",
            Self::Cusum => "CUSUM chart",
            Self::Ewma => "EWMA chart",
        }
    }
}

/// When a point is more than the ordinary ups and downs. Houses differ (7, 8 or 9 in a run; 6 or 7 in
/// a trend), so the rule set is named on the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleSet {
    /// NHS England, "Making Data Count".
    Nhs,
    /// Anhøj & Olesen: an unusually long run, unusually few crossings, a point outside.
    Anhoej,
    /// Nelson's eight tests.
    Nelson,
}

impl RuleSet {
    /// As the command line and the JSON write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nhs => "nhs",
            Self::Anhoej => "anhoej",
            Self::Nelson => "nelson",
        }
    }
}

/// What a seasonal measure is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Season {
    /// The same week of earlier years.
    Week,
    /// The same month of earlier years.
    Month,
}

/// What is asked of a series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChartQuestion {
    /// What is measured, such as "attendance".
    pub measure: String,
    /// Unit, such as "%"; empty when unknown. A share's or a rate's unit is the engine's.
    pub unit: String,
    /// Whether a lower value is the better one.
    pub lower_is_better: bool,
    /// The target value; of a share or a rate as a part of 1.
    pub target: Option<f64>,
    /// When the target is due (ISO date).
    pub due: Option<String>,
    /// Limits come from the values up to this date (ISO); left out: all of a phase.
    pub baseline_until: Option<String>,
    /// Dated changes.
    pub changes: Vec<Change>,
    /// Which chart.
    pub kind: Kind,
    /// Which rules; left out: `anhoej` on a run chart, else `nhs`.
    pub rules: Option<RuleSet>,
    /// Whether outlying moving ranges are left out of an XmR chart's limits; left out: as the rule set
    /// does (`nhs` screens, the others don't).
    pub screened: Option<bool>,
    /// Compared with the same week or month of earlier years.
    pub season: Option<Season>,
    /// What the denominators count, such as "days".
    pub denominator: Option<String>,
    /// A rate is shown per so many of the denominator; left out: the power of ten that suits it.
    pub per: Option<f64>,
}

impl ChartQuestion {
    /// The rule set that judges a chart of this kind.
    #[must_use]
    pub fn rules_for(&self, kind: Kind) -> RuleSet {
        match (self.rules, kind) {
            (Some(rules), _) => rules,
            (None, Kind::Run) => RuleSet::Anhoej,
            (None, _) => RuleSet::Nhs,
        }
    }
}
