//! Goals: a measure with its baseline, a target and a date, and the values that show how it goes.
//!
//! Who may call this: a place's pages, the API, the demo city. What must stay true: a value that
//! was entered is never lost, a correction stands beside what it corrects; limits are redrawn only
//! at a dated, named change.

use engine::chart::cadence::Cadence;
use engine::chart::{self, Chart, ChartQuestion, Kind, Observation, Season, Variation};
use engine::date::Day;
use engine::refusal::Refusal;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::ids::{ChangeId, GoalId, PersonId, PlaceId, ValueId};

mod paste;
mod set;
pub(crate) mod store;
mod values;

pub use paste::{date, number, pasted};
pub use set::{change_goal, end_goal, goal, goals_of, set_goal, values_to_serve};
pub use values::{Recorded, name_change, record, remove_value};

/// What a goal says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// What is measured, such as "Attendance".
    pub measure: String,
    /// How it is counted, such as "Half-days attended, whole school, each week".
    pub how: String,
    /// The unit, such as "%" or "minutes"; empty when it is a plain count.
    pub unit: String,
    /// Whether a lower value is the better one.
    pub lower_is_better: bool,
    /// Where the place stood when it set the goal.
    pub baseline: f64,
    /// Where it wants to be.
    pub target: f64,
    /// By when.
    pub due: Date,
    /// Which value of the place or the network it serves, in their words; empty when it names none.
    #[serde(default)]
    pub serves: String,
}

/// A goal of a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Goal {
    /// Its id.
    pub id: GoalId,
    /// Whose it is.
    pub place: PlaceId,
    /// What it says.
    #[serde(flatten)]
    pub terms: Terms,
    /// Who set it.
    pub set_by: PersonId,
    /// When.
    pub set_at: Timestamp,
    /// When it was ended, and why.
    pub ended: Option<Ended>,
}

/// How a goal came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Why, in the person's own words.
    pub why: String,
}

/// A value for a date.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The day, or the first day of the week, that it is about.
    pub date: Date,
    /// In the goal's unit.
    pub value: f64,
}

/// One time that a value was entered, corrected or taken out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entered {
    /// Its id.
    pub id: ValueId,
    /// The date that it is about.
    pub date: Date,
    /// The value; none where it was taken out.
    pub value: Option<f64>,
    /// Why it was corrected.
    pub why: Option<String>,
    /// Who entered it.
    pub by: PersonId,
    /// Their name.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

/// A dated, named change from which the usual range is drawn anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedChange {
    /// Its id.
    pub id: ChangeId,
    /// The first day of the new way.
    pub date: Date,
    /// Such as "breakfast club began".
    pub why: String,
}

/// A goal with everything that is known of it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The goal.
    pub goal: Goal,
    /// Its values now, by date.
    pub values: Vec<Value>,
    /// Every time that a value was entered, newest first.
    pub history: Vec<Entered>,
    /// Its changes, by date.
    pub changes: Vec<NamedChange>,
}

impl Standing {
    /// The measure over time, told by the engine.
    ///
    /// # Errors
    /// The engine's own refusal, such as when there is no value yet.
    pub fn chart(&self) -> Result<Chart, Refusal> {
        chart::chart(&self.observations(), &self.question())
    }

    /// The measure compared with the same week (or month) of earlier years; None until there are enough
    /// such values for a usual range.
    #[must_use]
    pub fn against_earlier_years(&self) -> Option<Chart> {
        let days: Vec<Day> = self
            .values
            .iter()
            .filter_map(|v| Day::parse(&v.date.to_string()))
            .collect();
        let season = match Cadence::of(&days) {
            Cadence::Month => Season::Month,
            Cadence::Day | Cadence::Week | Cadence::Fortnight => Season::Week,
            Cadence::Term | Cadence::Year | Cadence::Irregular => return None,
        };
        let question = ChartQuestion {
            season: Some(season),
            ..self.question()
        };
        let chart = chart::chart(&self.observations(), &question).ok()?;
        (chart.variation != Variation::TooEarly).then_some(chart)
    }

    fn observations(&self) -> Vec<Observation> {
        self.values
            .iter()
            .map(|v| Observation::new(v.date.to_string(), v.value))
            .collect()
    }

    fn question(&self) -> ChartQuestion {
        let terms = &self.goal.terms;
        ChartQuestion {
            measure: terms.measure_in_a_sentence(),
            unit: terms.unit.clone(),
            lower_is_better: terms.lower_is_better,
            target: Some(terms.target),
            due: Some(terms.due.to_string()),
            changes: self
                .changes
                .iter()
                .map(|c| chart::Change {
                    date: c.date.to_string(),
                    why: c.why.clone(),
                })
                .collect(),
            // A goal knows no denominators, and its kind doesn't change as values come.
            kind: Kind::Xmr,
            ..ChartQuestion::default()
        }
    }
}

impl Terms {
    /// The measure as it stands within a sentence: "attendance", but "GCSE passes".
    #[must_use]
    pub fn measure_in_a_sentence(&self) -> String {
        let mut letters = self.measure.trim().chars();
        match (letters.next(), letters.clone().next()) {
            (Some(first), second) if second.is_none_or(|c| !c.is_uppercase()) => {
                first.to_lowercase().chain(letters).collect()
            }
            _ => self.measure.trim().to_owned(),
        }
    }

    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let letters = self.measure.trim().chars().count();
        if letters == 0 || letters > 80 {
            problems.push(Problem::new(
                "measure",
                "Enter what you will measure in a few words, such as Attendance",
            ));
        }
        if self.how.chars().count() > 300 {
            problems.push(Problem::new(
                "how",
                "Say how it is counted in 300 letters or fewer",
            ));
        }
        if self.unit.chars().count() > 20 {
            problems.push(Problem::new(
                "unit",
                "Enter a short unit, such as % or minutes",
            ));
        }
        if !self.baseline.is_finite() {
            problems.push(Problem::new(
                "baseline",
                "Enter where you stand now as a number, such as 93.4",
            ));
        }
        if !self.target.is_finite() {
            problems.push(Problem::new(
                "target",
                "Enter your target as a number, such as 96",
            ));
        } else if self.baseline.is_finite() {
            let ahead = if self.lower_is_better {
                self.target < self.baseline
            } else {
                self.target > self.baseline
            };
            if !ahead {
                let better = if self.lower_is_better {
                    "lower"
                } else {
                    "higher"
                };
                problems.push(Problem::new(
                    "target",
                    format!("Enter a target that is {better} than where you stand now, or change which way is better"),
                ));
            }
        }
        problems
    }
}
