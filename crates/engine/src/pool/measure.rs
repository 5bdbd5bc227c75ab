//! What one step of a pool is called: months of progress, standard deviations, or a unit of its own.
//!
//! Who may call this: [`super::words`]. What must stay true: figures come from
//! [`crate::words::numbers`]; whether an amount is "nothing" is judged by the figure as it is shown,
//! so that a sentence and its table agree.

use super::PoolQuestion;
use super::hksj::Inferred;
use crate::months::Months;
use crate::words::numbers::{Precision, months_of, plural};

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
    /// Steps of a unit.
    Steps { unit: String, precision: Precision },
}

/// The unit where none is given.
const STANDARD_DEVIATIONS: &str = "standard deviations";

impl Measure {
    /// The measure of a question, rounded to what its average can bear.
    pub fn of(question: &PoolQuestion, average: &Inferred) -> Self {
        let scale = match &question.unit {
            Some(unit) => Scale::Steps {
                unit: unit.clone(),
                precision: Precision::for_width(0.5 * (average.upper - average.lower)),
            },
            None if question.attainment && !question.lower_is_better => Scale::Months,
            None => standard_deviations(),
        };
        Self {
            scale,
            outcome: question.outcome.clone(),
            worthwhile: question.worthwhile.map(f64::abs),
            lower_is_better: question.lower_is_better,
        }
    }

    /// The sign of an amount as it is shown: 1, 0 or −1.
    pub fn sign(&self, x: f64) -> i8 {
        match &self.scale {
            Scale::Months => Months::of(x).months.signum(),
            Scale::Steps { precision, .. } => match precision.rounded(x) {
                shown if shown > 0.0 => 1,
                shown if shown < 0.0 => -1,
                _ => 0,
            },
        }
    }

    /// Whether an amount is too small to matter: a month, a tenth of a standard deviation, or less
    /// than what was said to be worth having.
    pub fn is_little(&self, x: f64) -> bool {
        match (&self.scale, self.worthwhile) {
            (_, Some(worthwhile)) => x.abs() < worthwhile,
            (Scale::Months, None) => Months::of(x).months.abs() <= 1,
            (Scale::Steps { unit, .. }, None) => unit == STANDARD_DEVIATIONS && x.abs() <= 0.1,
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

    /// ", but it could be nothing" where the interval includes that, ", but it could be next to
    /// nothing" where only its shown limit does.
    pub fn doubt(&self, average: &Inferred) -> &'static str {
        if average.could_be_nothing() {
            ", but it could be nothing"
        } else if self.sign(average.lower) == 0 || self.sign(average.upper) == 0 {
            ", but it could be next to nothing"
        } else {
            ""
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

    /// What a helpful or a harmful average does.
    pub fn helps(&self, helps: bool) -> Verb {
        match (&self.scale, helps) {
            (_, true) => ["helps", "help", "helped"],
            (Scale::Months, false) => ["sets pupils back", "set pupils back", "set pupils back"],
            (Scale::Steps { .. }, false) => ["makes it worse", "make it worse", "made it worse"],
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
            Scale::Months if x >= 0.0 => format!("about {} progress", possessive(x)),
            Scale::Months | Scale::Steps { .. } => format!("about {}", self.size(x)),
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

    /// An amount without a verb: "about 1 month’s progress", "a fall of about 0.1 standard deviations".
    pub fn noun_phrase(&self, x: f64) -> String {
        match (&self.scale, x >= 0.0) {
            (Scale::Months, true) => self.phrase(x),
            (Scale::Months, false) => format!("about {} less progress", possessive(x)),
            (Scale::Steps { .. }, true) => format!("a rise of about {}", self.size(x)),
            (Scale::Steps { .. }, false) => format!("a fall of about {}", self.size(x)),
        }
    }

    /// An amount with its unit and no sign: "2 months", "0.1 standard deviations".
    pub fn size(&self, x: f64) -> String {
        match &self.scale {
            Scale::Months => months_of(Months::of(x)),
            Scale::Steps { unit, precision } => plural(&precision.write(x.abs()), unit),
        }
    }

    /// A figure with its sign and unit: "−2 months", "0.1 standard deviations".
    pub fn figure(&self, x: f64) -> String {
        let minus = if self.sign(x) < 0 { "−" } else { "" };
        format!("{minus}{}", self.size(x))
    }

    /// A figure with its sign, without its unit: "−2", "12 or more".
    pub fn bare(&self, x: f64) -> String {
        let minus = if self.sign(x) < 0 { "−" } else { "" };
        let number = match &self.scale {
            Scale::Months => {
                let months = months_of(Months::of(x));
                months
                    .trim_end_matches("s")
                    .trim_end_matches(" month")
                    .to_owned()
            }
            Scale::Steps { precision, .. } => precision.write(x.abs()),
        };
        format!("{minus}{number}")
    }

    /// The standard deviations that months were translated from:
    /// ", from 0.14 standard deviations (0.01 to 0.28)".
    pub fn translated_from(&self, average: &Inferred) -> String {
        match self.scale {
            Scale::Months => {
                let precision = Precision::HUNDREDTHS;
                format!(
                    ", from {} ({})",
                    plural(&precision.write(average.estimate), STANDARD_DEVIATIONS),
                    precision.range(average.lower, average.upper)
                )
            }
            Scale::Steps { .. } => String::new(),
        }
    }

    /// A stretch in words: "between losing 2 months and gaining 6", "a gain of 1 to 4 months".
    pub fn range(&self, lower: f64, upper: f64) -> String {
        let (down, up, losing, gaining) = match self.scale {
            Scale::Months => ("a loss", "a gain", "losing", "gaining"),
            Scale::Steps { .. } => ("a fall", "a rise", "a fall of", "a rise of"),
        };
        let unsigned = |x: f64| self.bare(x.abs());
        // The nearer limit of a stretch on one side comes first.
        let one_side = |what: &str, near: f64, far: f64| {
            if unsigned(near) == unsigned(far) {
                format!("{what} of about {}", self.size(far))
            } else {
                format!("{what} of {} to {}", unsigned(near), self.size(far))
            }
        };
        match (self.sign(lower), self.sign(upper)) {
            (0, 0) => "about nothing either way".to_owned(),
            (0, _) => format!("between nothing and {gaining} {}", self.size(upper)),
            (_, 0) => format!("between {losing} {} and nothing", self.size(lower)),
            (-1, 1) => {
                let (from, to) = match self.scale {
                    Scale::Months => (self.size(lower), unsigned(upper)),
                    Scale::Steps { .. } => (unsigned(lower), self.size(upper)),
                };
                format!("between {losing} {from} and {gaining} {to}")
            }
            (1, _) => one_side(up, lower, upper),
            _ => one_side(down, upper, lower),
        }
    }
}

fn standard_deviations() -> Scale {
    Scale::Steps {
        unit: STANDARD_DEVIATIONS.to_owned(),
        precision: Precision::HUNDREDTHS,
    }
}

/// "2 months’", "1 month’s".
fn possessive(x: f64) -> String {
    let months = months_of(Months::of(x));
    let end = if months.ends_with('s') { "’" } else { "’s" };
    format!("{months}{end}")
}
