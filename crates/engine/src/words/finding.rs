//! What a sentence is made from, and the scale on which it speaks.

use crate::distributions::t_cdf;
use crate::evaluation::{Evaluation, Interval};
use crate::months::Months;
use crate::question::{Allocation, Design, Worthwhile};
use crate::rung::by_lot;
use crate::sample::Levels;

use super::numbers::{Precision, months_of, plural};

/// The numbers of one trial that its sentences are made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What was compared.
    pub design: Design,
    /// How the groups came about.
    pub allocation: Allocation,
    /// Who the sentence is about, such as "pupils in the morning reading group"; left out: the intervention's label.
    pub who: Option<String>,
    /// The column that says who got what.
    pub treatment: String,
    /// The intervention's label.
    pub intervention: String,
    /// The comparison's label.
    pub comparison: String,
    /// What the clusters are: "schools", "classes" or "groups"; empty where pupils were drawn.
    pub clusters: String,
    /// What was measured, such as "reading".
    pub outcome: String,
    /// Its unit; empty where it is not known.
    pub unit: String,
    /// Whether it takes two values only: the estimate is a difference of shares.
    pub binary: bool,
    /// The words that count as reaching it.
    pub success: Vec<String>,
    /// Whether a lower value is the better one.
    pub lower_is_better: bool,
    /// Whether months may be said.
    pub attainment: bool,
    /// In the outcome's unit.
    pub estimate: f64,
    /// Same unit; without it nothing is claimed.
    pub interval: Option<Interval>,
    /// Same unit.
    pub standard_error: Option<f64>,
    /// `None` for the normal distribution.
    pub df: Option<f64>,
    /// The estimate and its interval in standard deviations.
    pub comparable: Option<(f64, Option<Interval>)>,
    /// The rung.
    pub rung: u8,
    /// The smallest difference worth having.
    pub worthwhile: Option<Worthwhile>,
    /// The chance of being past it, from rung 3 on.
    pub above_worthwhile: Option<f64>,
}

/// The scale that a sentence speaks on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Whole months of progress.
    Months,
    /// Percentage points of a share.
    Percentage,
    /// The outcome's own unit.
    Own,
}

/// An estimate with its limits, turned so that up is better, on the scale of the sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// The scale.
    pub scale: Scale,
    /// The estimate on it; above 0 is better.
    pub estimate: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// How its numbers are written.
    pub precision: Precision,
}

/// Labels that say nothing about what the comparison did.
const USUAL: [&str; 15] = [
    "0",
    "no",
    "n",
    "false",
    "control",
    "comparison",
    "usual",
    "as usual",
    "business as usual",
    "bau",
    "untreated",
    "none",
    "waiting list",
    "wait list",
    "before",
];
/// Labels that say nothing about what the intervention was.
const PLAIN: [&str; 10] = [
    "1",
    "yes",
    "y",
    "true",
    "treated",
    "treatment",
    "intervention",
    "t",
    "2",
    "after",
];

fn plain(label: &str, list: &[&str]) -> bool {
    let label = label.trim().to_lowercase();
    label.is_empty() || list.contains(&label.as_str())
}

/// What the clusters are, from the heading of their column.
fn kind_of_cluster(levels: &Levels) -> &'static str {
    let column = levels.column.to_lowercase();
    if ["school", "academy", "urn", "estab"]
        .iter()
        .any(|w| column.contains(w))
    {
        "schools"
    } else if ["class", "form", "tutor", "teacher", "set"]
        .iter()
        .any(|w| column.contains(w))
    {
        "classes"
    } else {
        "groups"
    }
}

impl Finding {
    /// The numbers of an evaluation.
    #[must_use]
    pub fn of(evaluation: &Evaluation, who: Option<&str>) -> Self {
        let roles = &evaluation.roles;
        let treatment = roles.treatment.clone().unwrap_or_default();
        let primary = evaluation.primary();
        let drawn = matches!(evaluation.design, Design::Cluster | Design::BlockedCluster);
        Self {
            design: evaluation.design,
            allocation: evaluation.allocation,
            who: who.map(str::to_owned).filter(|w| !w.trim().is_empty()),
            treatment: treatment.column,
            intervention: treatment.intervention,
            comparison: treatment.comparison,
            clusters: match &roles.cluster {
                Some(levels) if drawn => kind_of_cluster(levels).to_owned(),
                _ => String::new(),
            },
            outcome: if roles.outcome.name.is_empty() {
                roles.outcome.column.clone()
            } else {
                roles.outcome.name.clone()
            },
            unit: roles.outcome.unit.clone(),
            binary: roles.outcome.binary,
            success: roles.outcome.success.clone(),
            lower_is_better: roles.outcome.lower_is_better,
            attainment: evaluation.attainment,
            estimate: primary.map_or(0.0, |p| p.estimate),
            interval: primary.and_then(|p| p.interval),
            standard_error: primary.and_then(|p| p.standard_error),
            df: primary.and_then(|p| p.df),
            comparable: evaluation.comparable().map(|e| (e.estimate, e.interval)),
            rung: evaluation.evidence.rung,
            worthwhile: evaluation.worthwhile,
            above_worthwhile: evaluation.chances.as_ref().and_then(|c| c.above_worthwhile),
        }
    }

    /// Whether lots were drawn, so that "made" may be said.
    pub(super) fn by_lot(&self) -> bool {
        by_lot(Some(self.design), self.allocation)
    }

    /// Whether a difference that lots made is too weakly shown to be said outright.
    pub(super) fn may(&self) -> bool {
        self.by_lot() && self.rung <= 2
    }

    pub(super) fn before_after(&self) -> bool {
        self.design == Design::BeforeAfter
    }

    /// The estimate and its limits turned so that up is better; `None` without an interval.
    #[must_use]
    pub fn gain(&self) -> Option<Gain> {
        let sign = if self.lower_is_better { -1.0 } else { 1.0 };
        let turn = |estimate: f64, interval: Interval, scale: Scale, times: f64| {
            let (a, b) = (sign * times * interval.lower, sign * times * interval.upper);
            let (lower, upper) = (a.min(b), a.max(b));
            let precision = match scale {
                Scale::Months => Precision::WHOLE,
                _ => Precision::for_width(0.5 * (upper - lower)),
            };
            let all = [estimate, interval.lower, interval.upper];
            all.iter().all(|x| x.is_finite()).then_some(Gain {
                scale,
                estimate: sign * times * estimate,
                lower,
                upper,
                precision,
            })
        };
        if self.attainment
            && !self.before_after()
            && let Some((g, Some(interval))) = self.comparable
        {
            return turn(g, interval, Scale::Months, 1.0);
        }
        let interval = self.interval?;
        if self.binary {
            turn(self.estimate, interval, Scale::Percentage, 100.0)
        } else {
            turn(self.estimate, interval, Scale::Own, 1.0)
        }
    }

    /// The chance that the true effect is better than nothing, under a flat prior; from the interval's
    /// standard error, so that word and interval agree.
    pub(super) fn better(&self) -> Option<f64> {
        let se = self.standard_error.filter(|s| *s > 0.0 && s.is_finite())?;
        let gain = if self.lower_is_better {
            -self.estimate
        } else {
            self.estimate
        };
        t_cdf(gain / se, self.df.unwrap_or(f64::INFINITY)).ok()
    }

    /// The unit in a sentence: one step of an unnamed scale is a point.
    #[must_use]
    pub fn unit_word(&self, gain: &Gain, short: bool) -> &str {
        match gain.scale {
            Scale::Months => "months",
            Scale::Percentage if short => "points",
            Scale::Percentage => "percentage points",
            Scale::Own if self.unit.trim().is_empty() => "points",
            // "%" of attendance: a difference of percentages is in percentage points.
            Scale::Own if self.unit.trim() == "%" && short => "points",
            Scale::Own if self.unit.trim() == "%" => "percentage points",
            Scale::Own => self.unit.trim(),
        }
    }

    /// The size of a number on the scale, without its sign or unit: "5", "2.4", "12 or more".
    pub(super) fn size(&self, gain: &Gain, x: f64) -> String {
        match gain.scale {
            Scale::Months => {
                let months = Months::of(x);
                if months.or_more {
                    "12 or more".to_owned()
                } else {
                    months.months.unsigned_abs().to_string()
                }
            }
            _ => gain.precision.write(x.abs()),
        }
    }

    /// The size with its unit: "3 months", "2.4 points", "5 percentage points".
    pub(super) fn measured(&self, gain: &Gain, x: f64, short: bool) -> String {
        match gain.scale {
            Scale::Months => months_of(Months::of(x)),
            _ => plural(&self.size(gain, x), self.unit_word(gain, short)),
        }
    }

    /// What was measured: "reading", or "“EXS” or “GDS” in reading".
    pub(super) fn what(&self) -> String {
        let name = if self.outcome.trim().is_empty() {
            "the outcome"
        } else {
            self.outcome.trim()
        };
        let words: Vec<String> = self
            .success
            .iter()
            .filter(|w| !plain(w, &PLAIN))
            .map(|w| format!("“{w}”"))
            .collect();
        if self.binary && !words.is_empty() {
            format!("{} in {name}", either(&words))
        } else {
            name.to_owned()
        }
    }

    /// Who the sentence is about, with a capital.
    pub(super) fn subject(&self) -> String {
        if let Some(who) = &self.who {
            return capital(who.trim());
        }
        if self.before_after() {
            return "Pupils".to_owned();
        }
        let label = if plain(&self.intervention, &PLAIN) {
            &self.treatment
        } else {
            &self.intervention
        };
        if label.trim().is_empty() {
            "Pupils who got it".to_owned()
        } else {
            format!("Pupils in the “{}” group", label.trim())
        }
    }

    /// Whom they are compared with.
    pub(super) fn comparator(&self) -> String {
        let usual = plain(&self.comparison, &USUAL);
        if self.by_lot() {
            let drawn = if self.clusters.is_empty() {
                "pupils".to_owned()
            } else {
                format!("pupils in {}", self.clusters)
            };
            return if usual {
                format!("{drawn} drawn by lot to carry on as usual")
            } else {
                format!(
                    "{drawn} drawn by lot into the “{}” group",
                    self.comparison.trim()
                )
            };
        }
        if usual {
            "pupils who did not get it".to_owned()
        } else {
            format!("pupils in the “{}” group", self.comparison.trim())
        }
    }
}

/// "a", "a or b", "a, b or c".
fn either(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// With a capital letter first.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

impl Gain {
    /// Whether the interval includes no difference.
    pub(super) fn could_be_nothing(&self) -> bool {
        self.lower <= 0.0 && self.upper >= 0.0
    }

    /// The number as it is shown: whole months, or rounded to the precision.
    pub(super) fn shown(&self, x: f64) -> f64 {
        match self.scale {
            Scale::Months => f64::from(Months::of(x).months),
            _ => self.precision.rounded(x),
        }
    }
}
