//! What one step of a pool is called: months of progress, standard deviations, or a unit of its own.
//!
//! Who may call this: [`super::words`]. What must stay true: a figure in a sentence is rounded as
//! the page's tables round it, and whether an amount is "nothing" is judged by the rounded figure,
//! so that a sentence and its table agree.

use super::PoolQuestion;
use super::hksj::Inferred;
use super::months::Months;

/// A present, a base and a past form: "adds", "add", "added".
pub(super) type Verb = [&'static str; 3];

/// How effects are said.
pub(super) struct Measure {
    scale: Scale,
    outcome: Option<String>,
    worthwhile: Option<f64>,
    lower_is_better: bool,
}

enum Scale {
    /// Whole months by the published table.
    Months,
    /// Steps of a unit with so many decimals.
    Steps { unit: String, decimals: usize },
}

impl Measure {
    /// The measure of a question, rounded to what an average with this standard error can bear.
    pub fn of(question: &PoolQuestion, standard_error: f64) -> Self {
        let scale = match &question.unit {
            Some(unit) => Scale::Steps {
                unit: unit.clone(),
                decimals: decimals(standard_error),
            },
            None if question.attainment && !question.lower_is_better => Scale::Months,
            None => Scale::Steps {
                unit: "standard deviations".to_owned(),
                decimals: 2,
            },
        };
        Self {
            scale,
            outcome: question.outcome.clone(),
            worthwhile: question.worthwhile.map(f64::abs),
            lower_is_better: question.lower_is_better,
        }
    }

    /// The sign of an amount once it is rounded: 1, 0 or −1.
    pub fn sign(&self, x: f64) -> i8 {
        match &self.scale {
            Scale::Months => Months::of(x).months.signum(),
            Scale::Steps { decimals, .. } => {
                let shown = fixed(x.abs(), *decimals);
                match (shown.bytes().any(|b| (b'1'..=b'9').contains(&b)), x > 0.0) {
                    (false, _) => 0,
                    (true, true) => 1,
                    (true, false) => -1,
                }
            }
        }
    }

    /// Whether an amount is too small to matter to anyone: a month, a tenth of a standard
    /// deviation, or less than what was said to be worth having.
    pub fn is_little(&self, x: f64) -> bool {
        match (&self.scale, self.worthwhile) {
            (_, Some(worthwhile)) => x.abs() < worthwhile,
            (Scale::Months, None) => Months::of(x).months.abs() <= 1,
            (Scale::Steps { unit, .. }, None) => unit == "standard deviations" && x.abs() <= 0.1,
        }
    }

    /// Whether a place's effect is on the better side of nothing.
    pub fn is_gain(&self, effect: f64) -> bool {
        self.sign(if self.lower_is_better {
            -effect
        } else {
            effect
        }) > 0
    }

    /// "a gain", or "an improvement" where up need not be better.
    pub fn gain(&self) -> &'static str {
        match self.scale {
            Scale::Months => "a gain",
            Scale::Steps { .. } => "an improvement",
        }
    }

    /// The chance that the average is beyond `x` on the better side.
    pub fn chance_beyond(&self, average: &Inferred, x: f64) -> Option<f64> {
        if self.lower_is_better {
            average.chance_above(-x).map(|above| 1.0 - above)
        } else {
            average.chance_above(x)
        }
    }

    /// The verb of an amount: adds, sets pupils back, raises, lowers.
    pub fn verb(&self, x: f64) -> Verb {
        match (&self.scale, x >= 0.0) {
            (Scale::Months, true) => ["adds", "add", "added"],
            (Scale::Months, false) => ["sets pupils back", "set pupils back", "set pupils back"],
            (Scale::Steps { .. }, true) => ["raises", "raise", "raised"],
            (Scale::Steps { .. }, false) => ["lowers", "lower", "lowered"],
        }
    }

    /// What stands between the verb and its phrase: " reading by" for steps.
    pub fn object(&self) -> String {
        match &self.scale {
            Scale::Months => String::new(),
            Scale::Steps { .. } => {
                format!(" {} by", self.outcome.as_deref().unwrap_or("results"))
            }
        }
    }

    /// The phrase to highlight: "about 2 months’ progress", "about 0.24 standard deviations".
    pub fn phrase(&self, x: f64) -> String {
        match &self.scale {
            Scale::Months if x >= 0.0 => {
                format!("about {} progress", possessive(Months::of(x)))
            }
            Scale::Months => format!("about {}", self.figure(x.abs())),
            Scale::Steps { .. } => format!("about {}", self.figure(x.abs())),
        }
    }

    /// What follows the phrase: " in reading" for months.
    pub fn at_what(&self) -> String {
        match (&self.scale, &self.outcome) {
            (Scale::Months, Some(outcome)) => format!(" in {outcome}"),
            _ => String::new(),
        }
    }

    /// " to reading", after "little or no difference".
    pub fn to_what(&self) -> String {
        self.outcome
            .as_ref()
            .map_or_else(String::new, |outcome| format!(" to {outcome}"))
    }

    /// An amount without a verb: "about 1 month’s progress", "a fall of about 0.10 standard deviations".
    pub fn noun_phrase(&self, x: f64) -> String {
        match (&self.scale, x >= 0.0) {
            (Scale::Months, true) => self.phrase(x),
            (Scale::Months, false) => {
                format!("about {} less progress", possessive(Months::of(x)))
            }
            (Scale::Steps { .. }, true) => format!("a rise of about {}", self.figure(x)),
            (Scale::Steps { .. }, false) => format!("a fall of about {}", self.figure(x.abs())),
        }
    }

    /// A figure with its unit: "2 months", "−0.10 standard deviations".
    pub fn figure(&self, x: f64) -> String {
        match &self.scale {
            Scale::Months => {
                let months = Months::of(x);
                let unit = if months.months.abs() == 1 {
                    "month"
                } else {
                    "months"
                };
                format!("{} {unit}", self.bare(x))
            }
            Scale::Steps { unit, .. } => format!("{} {unit}", self.bare(x)),
        }
    }

    /// A figure without its unit.
    pub fn bare(&self, x: f64) -> String {
        match &self.scale {
            Scale::Months => {
                let months = Months::of(x);
                let sign = if months.months < 0 { "−" } else { "" };
                let more = if months.or_more { " or more" } else { "" };
                format!("{sign}{}{more}", months.months.unsigned_abs())
            }
            Scale::Steps { decimals, .. } => {
                let sign = if self.sign(x) < 0 { "−" } else { "" };
                format!("{sign}{}", fixed(x.abs(), *decimals))
            }
        }
    }

    /// The standard deviations behind months: " or 0.14 standard deviations (0.01 to 0.28)".
    pub fn translated_from(&self, estimate: f64, limits: (f64, f64)) -> Option<String> {
        match self.scale {
            Scale::Months => {
                let steps = Self::of(&PoolQuestion::default(), 1.0);
                Some(format!(
                    ", from {} ({} to {})",
                    steps.figure(estimate),
                    steps.bare(limits.0),
                    steps.bare(limits.1)
                ))
            }
            Scale::Steps { .. } => None,
        }
    }

    /// A stretch in words: "between losing 2 months and gaining 6", "a gain of 1 to 4 months".
    pub fn range(&self, lower: f64, upper: f64) -> String {
        let (low, high) = (self.sign(lower), self.sign(upper));
        let (down, up, losing, gaining) = match self.scale {
            Scale::Months => ("a loss", "a gain", "losing", "gaining"),
            Scale::Steps { .. } => ("a fall", "a rise", "a fall of", "a rise of"),
        };
        match (low, high) {
            (0, 0) => "about nothing either way".to_owned(),
            (0, _) => format!("between nothing and {gaining} {}", self.figure(upper)),
            (_, 0) => format!("between {losing} {} and nothing", self.figure(lower.abs())),
            (-1, 1) => match self.scale {
                Scale::Months => format!(
                    "between {losing} {} and {gaining} {}",
                    self.figure(lower.abs()),
                    self.bare(upper)
                ),
                Scale::Steps { .. } => format!(
                    "between {losing} {} and {gaining} {}",
                    self.bare(lower.abs()),
                    self.figure(upper)
                ),
            },
            (1, _) if self.bare(lower) == self.bare(upper) => {
                format!("{up} of about {}", self.figure(upper))
            }
            (1, _) => format!("{up} of {} to {}", self.bare(lower), self.figure(upper)),
            _ if self.bare(lower) == self.bare(upper) => {
                format!("{down} of about {}", self.figure(upper.abs()))
            }
            _ => format!(
                "{down} of {} to {}",
                self.bare(upper.abs()),
                self.figure(lower.abs())
            ),
        }
    }

    /// What a harmful average does.
    pub fn harms(&self) -> Verb {
        match self.scale {
            Scale::Months => ["sets pupils back", "set pupils back", "set pupils back"],
            Scale::Steps { .. } => ["makes it worse", "make it worse", "made it worse"],
        }
    }
}

/// "2 months’", "1 month’s".
fn possessive(months: Months) -> String {
    match (months.months.unsigned_abs(), months.or_more) {
        (1, _) => "1 month’s".to_owned(),
        (n, true) => format!("{n} or more months’"),
        (n, false) => format!("{n} months’"),
    }
}

/// A decimal that rounds half away from zero as people do.
fn fixed(x: f64, decimals: usize) -> String {
    format!("{x:.decimals$}")
}

/// As few decimals as the standard error leaves meaning in: one as a rule.
fn decimals(standard_error: f64) -> usize {
    match standard_error {
        se if se >= 5.0 => 0,
        se if se >= 0.2 => 1,
        se if se >= 0.02 => 2,
        se if se >= 0.002 => 3,
        _ => 4,
    }
}
