//! A plan as it is being written: four screens, saved at each step, with whatever is filled in.

use engine::power::PowerQuestion;
use engine::question::{Allocation, Design, Worthwhile};
use engine::trial_plan::{PlannedMeasure, SCHEMA, TrialPlan};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Problem;

/// Draws of which the one with the most alike groups is kept, where lots are evened out.
pub(crate) const EVENED_DRAWS: u32 = 100;
/// The longest title.
const TITLE: usize = 120;
/// The longest text of a box.
const BOX: usize = 2_000;

/// The fewest classes that can be drawn: with four a side the most extreme lots come up by chance
/// less than 1 time in 20, with fewer the engine can't say anything.
const CLASSES: u32 = 8;

/// How the two groups come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compare {
    /// Lots between pupils.
    LotsBetweenPupils,
    /// Lots between pupils within each class.
    LotsWithinClasses,
    /// Lots between whole classes or schools.
    LotsBetweenClasses,
    /// Two groups that somebody chose.
    ChosenGroups,
    /// The same pupils before and after, with nobody to compare with.
    BeforeAndAfter,
}

impl Compare {
    /// Every choice, the fairest first.
    pub const ALL: [Self; 5] = [
        Self::LotsBetweenPupils,
        Self::LotsWithinClasses,
        Self::LotsBetweenClasses,
        Self::ChosenGroups,
        Self::BeforeAndAfter,
    ];

    /// The engine's name for it.
    #[must_use]
    pub const fn design(self) -> Design {
        match self {
            Self::LotsBetweenPupils => Design::Individual,
            Self::LotsWithinClasses => Design::BlockedIndividual,
            Self::LotsBetweenClasses => Design::Cluster,
            Self::ChosenGroups => Design::Comparison,
            Self::BeforeAndAfter => Design::BeforeAfter,
        }
    }

    /// Whether lots are drawn.
    #[must_use]
    pub const fn is_by_lot(self) -> bool {
        matches!(
            self,
            Self::LotsBetweenPupils | Self::LotsWithinClasses | Self::LotsBetweenClasses
        )
    }

    /// How the groups came about, for the engine.
    #[must_use]
    pub const fn allocation(self) -> Allocation {
        if self.is_by_lot() {
            Allocation::Lot
        } else {
            Allocation::Chosen
        }
    }

    /// Whether each pupil's class must be on the list.
    #[must_use]
    pub const fn needs_classes(self) -> bool {
        matches!(self, Self::LotsWithinClasses | Self::LotsBetweenClasses)
    }

    /// How the answer will be worked out, in words; `baseline` where a score from before counts.
    #[must_use]
    pub fn analysis(self, baseline: bool) -> String {
        let allowing = if baseline {
            ", allowing for the score before"
        } else {
            ""
        };
        match self {
            Self::LotsBetweenPupils => format!(
                "Difference between the groups’ mean outcomes{allowing}; standard errors that allow for unequal spread (HC2)."
            ),
            Self::LotsWithinClasses => format!(
                "Difference between the groups’ mean outcomes{allowing} and for the class within which lots were drawn; standard errors that allow for unequal spread (HC2)."
            ),
            Self::LotsBetweenClasses => format!(
                "Difference between the groups’ mean outcomes{allowing}; standard errors that allow for whole classes having been drawn (CR2, Satterthwaite)."
            ),
            Self::ChosenGroups => format!(
                "Difference between the groups’ mean outcomes{allowing}; nobody drew lots, so the groups may have differed from the start."
            ),
            Self::BeforeAndAfter => {
                "Mean change from before to after, with nobody to compare with.".to_owned()
            }
        }
    }
}

/// Screen 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdeaAndMeasure {
    /// What the trial is called, such as "Gate greeters".
    pub title: String,
    /// What will be done, in a sentence or two.
    pub idea: String,
    /// What it should change, as a question.
    pub question: String,
    /// What will be measured.
    pub measure: PlannedMeasure,
}

/// Screen 2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComparisonAndSize {
    /// How the groups come about.
    pub compare: Option<Compare>,
    /// What the group that gets it is called.
    pub intervention: String,
    /// What the other group is called.
    pub comparison: String,
    /// "The other group gets it next": the first choice.
    pub comparison_gets_it_next: bool,
    /// Whether the lots are drawn so that the groups start alike on the score before.
    pub even_out: bool,
    /// How many pupils can take part, before there is a list.
    pub pupils: Option<u32>,
    /// In how many classes or schools.
    pub classes: Option<u32>,
    /// The smallest difference worth having.
    pub worthwhile: Option<Worthwhile>,
    /// Spread of the measure (its standard deviation), when it is known from before.
    pub spread: Option<f64>,
}

impl Default for ComparisonAndSize {
    fn default() -> Self {
        Self {
            compare: None,
            intervention: String::new(),
            comparison: String::new(),
            comparison_gets_it_next: true,
            even_out: false,
            pupils: None,
            classes: None,
            worthwhile: None,
            spread: None,
        }
    }
}

/// Screen 3, besides the people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dates {
    /// When it starts.
    pub starts: Option<Date>,
    /// When the outcome is measured.
    pub measured: Option<Date>,
}

/// A plan as it is being written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Screen 1.
    pub idea: IdeaAndMeasure,
    /// Screen 2.
    pub comparison: ComparisonAndSize,
    /// Screen 3.
    pub dates: Dates,
}

/// A screen of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Idea and measure.
    Idea,
    /// Comparison and size.
    Comparison,
    /// People and dates.
    People,
}

/// What the list of pupils comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListSummary {
    pub(crate) pupils: u32,
    /// Different classes on it.
    pub(crate) classes: u32,
    /// Pupils with no class.
    pub(crate) without_class: u32,
    /// Pupils with no group.
    pub(crate) without_group: u32,
    /// Pupils with no score from before.
    pub(crate) without_baseline: u32,
    /// SHA-256 of codes and groups.
    pub(crate) fingerprint: String,
    /// Draws so far.
    pub(crate) draws: u32,
}

impl IdeaAndMeasure {
    /// What is still missing or too long.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut all = Vec::new();
        needs(
            &mut all,
            "title",
            &self.title,
            TITLE,
            "Enter what the trial is called, such as Gate greeters.",
        );
        needs(
            &mut all,
            "idea",
            &self.idea,
            BOX,
            "Enter what you will do, in a sentence or two.",
        );
        needs(
            &mut all,
            "question",
            &self.question,
            BOX,
            "Enter what it should change, as a question.",
        );
        needs(
            &mut all,
            "measure",
            &self.measure.name,
            TITLE,
            "Enter what you will measure, such as reading.",
        );
        needs(
            &mut all,
            "how",
            &self.measure.how,
            BOX,
            "Enter how you will measure it, such as the standardised reading test in July, marked by somebody who does not know the groups.",
        );
        let (words, success) = (&self.measure.words, &self.measure.success);
        if words.len() == 1 || words.iter().any(|w| w.trim().is_empty()) {
            all.push(Problem::new(
                "words",
                "Enter the words in order, lowest first, such as WTS, EXS, GDS; or leave them out for numbers.",
            ));
        } else if !words.is_empty()
            && (success.is_empty()
                || success.len() >= words.len()
                || success.iter().any(|w| !words.contains(w)))
        {
            all.push(Problem::new(
                "success",
                "Choose which of the words count as getting there: at least one, and not all.",
            ));
        }
        all
    }
}

impl ComparisonAndSize {
    /// What is still missing or can't be.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut all = Vec::new();
        let Some(compare) = self.compare else {
            return vec![Problem::new("compare", "Choose how you will compare.")];
        };
        if compare != Compare::BeforeAndAfter {
            needs(
                &mut all,
                "intervention",
                &self.intervention,
                TITLE,
                "Enter what the group that gets it is called, such as morning reading.",
            );
            needs(
                &mut all,
                "comparison",
                &self.comparison,
                TITLE,
                "Enter what the other group is called, such as as usual.",
            );
            if !self.intervention.trim().is_empty()
                && self
                    .intervention
                    .trim()
                    .eq_ignore_ascii_case(self.comparison.trim())
            {
                all.push(Problem::new(
                    "comparison",
                    "Give the two groups different names.",
                ));
            }
        }
        if self.pupils == Some(0) {
            all.push(Problem::new(
                "pupils",
                "Enter how many pupils can take part, as a number such as 120.",
            ));
        }
        if let Some(Worthwhile::Unit(x) | Worthwhile::Sd(x)) = self.worthwhile
            && !(x.is_finite() && x > 0.0)
        {
            all.push(Problem::new(
                "worthwhile",
                "Enter the smallest change that would be worth the effort, as a number above 0.",
            ));
        }
        if self.spread.is_some_and(|s| !(s.is_finite() && s > 0.0)) {
            all.push(Problem::new(
                "spread",
                "Enter the measure’s spread as a number above 0.",
            ));
        }
        all
    }
}

impl Dates {
    /// What is still missing or can't be.
    #[must_use]
    pub fn problems(self) -> Vec<Problem> {
        let mut all = Vec::new();
        if self.starts.is_none() {
            all.push(Problem::new(
                "starts",
                "Enter the day it starts, such as 12 January 2027.",
            ));
        }
        match (self.starts, self.measured) {
            (_, None) => all.push(Problem::new(
                "measured",
                "Enter the day you will measure, such as 5 July 2027.",
            )),
            (Some(starts), Some(measured)) if measured < starts => all.push(Problem::new(
                "measured",
                "Enter a day to measure that comes after the start.",
            )),
            _ => {}
        }
        all
    }
}

impl Draft {
    /// What is still missing before the plan can be locked, screen by screen.
    pub(crate) fn problems(&self, list: &ListSummary) -> Vec<(Step, Problem)> {
        let mut all = Vec::new();
        all.extend(self.idea.problems().into_iter().map(|p| (Step::Idea, p)));
        all.extend(
            self.comparison
                .problems()
                .into_iter()
                .map(|p| (Step::Comparison, p)),
        );
        all.extend(
            self.list_problems(list)
                .into_iter()
                .map(|p| (Step::People, p)),
        );
        all.extend(self.dates.problems().into_iter().map(|p| (Step::People, p)));
        all
    }

    fn list_problems(&self, list: &ListSummary) -> Vec<Problem> {
        let people = |says: &str| vec![Problem::new("people", says)];
        if list.pupils == 0 {
            return people("Bring the list of pupils: paste it, or upload it.");
        }
        let Some(compare) = self.comparison.compare else {
            return Vec::new();
        };
        if list.pupils < 2 {
            return people("Bring a list of at least two pupils.");
        }
        if compare.needs_classes() && list.without_class > 0 {
            return people(
                "Bring the list again with each pupil’s class: lots are drawn by class.",
            );
        }
        if compare == Compare::LotsBetweenClasses && list.classes < CLASSES {
            return people(
                "Bring a list with at least eight classes, four a side: with fewer, even the largest difference could come from the lots alone. Or draw lots between pupils.",
            );
        }
        if compare != Compare::BeforeAndAfter && list.without_group > 0 {
            return people(if compare.is_by_lot() {
                "Draw the lots."
            } else {
                "Bring the list again with each pupil’s group."
            });
        }
        let needs_baseline = self.idea.measure.baseline || compare == Compare::BeforeAndAfter;
        if needs_baseline && list.without_baseline == list.pupils {
            return people(
                "Bring the list again with each pupil’s score from before, or say that you will not use one.",
            );
        }
        Vec::new()
    }

    /// The plan that would be locked.
    pub(crate) fn plan(
        &self,
        compare: Compare,
        list: &ListSummary,
        adopts: Option<String>,
        salt: String,
    ) -> TrialPlan {
        let trimmed = |text: &str| text.trim().to_owned();
        let (idea, comparison) = (&self.idea, &self.comparison);
        let before_and_after = compare == Compare::BeforeAndAfter;
        let date = |date: Option<Date>| date.map(|d| d.to_string()).unwrap_or_default();
        TrialPlan {
            schema: SCHEMA.to_owned(),
            title: trimmed(&idea.title),
            idea: trimmed(&idea.idea),
            question: trimmed(&idea.question),
            measure: PlannedMeasure {
                name: trimmed(&idea.measure.name),
                how: trimmed(&idea.measure.how),
                unit: trimmed(&idea.measure.unit),
                ..idea.measure.clone()
            },
            design: compare.design(),
            allocation: compare.allocation(),
            intervention: if before_and_after {
                "after".to_owned()
            } else {
                trimmed(&comparison.intervention)
            },
            comparison: if before_and_after {
                "before".to_owned()
            } else {
                trimmed(&comparison.comparison)
            },
            comparison_gets_it_next: comparison.comparison_gets_it_next && !before_and_after,
            worthwhile: comparison.worthwhile,
            pupils: list.pupils,
            clusters: if compare == Compare::LotsBetweenClasses {
                list.classes
            } else {
                0
            },
            allocation_fingerprint: list.fingerprint.clone(),
            draws: list.draws,
            starts: date(self.dates.starts),
            measured: date(self.dates.measured),
            analysis: self.analysis(compare),
            adopts,
            salt,
        }
    }

    /// Whether lots are to be evened out by the score before: asked for, and there is one.
    #[must_use]
    pub fn evens_out(&self) -> bool {
        self.comparison.even_out
            && self.idea.measure.baseline
            && self.comparison.compare.is_some_and(Compare::is_by_lot)
    }

    /// How the lots and the answer are worked out, in words.
    fn analysis(&self, compare: Compare) -> String {
        let answer = compare.analysis(self.idea.measure.baseline);
        if self.evens_out() {
            format!(
                "{answer} Lots: of {EVENED_DRAWS} draws, the one whose groups are most alike on the score before (Morgan & Rubin 2012)."
            )
        } else {
            answer
        }
    }

    /// "What could this see?": the question for [`engine::power::sizing`]; none before there is a
    /// comparison and a number of pupils, and none for before and after.
    #[must_use]
    pub fn power_question(&self) -> Option<PowerQuestion> {
        let compare = self
            .comparison
            .compare
            .filter(|c| *c != Compare::BeforeAndAfter)?;
        let effect = match self.comparison.worthwhile {
            Some(Worthwhile::Sd(x)) => Some(x),
            Some(Worthwhile::Unit(x)) => self.comparison.spread.map(|spread| x / spread),
            None => None,
        };
        let classes = self.comparison.classes.map(f64::from);
        Some(PowerQuestion {
            design: compare.design(),
            pupils: Some(f64::from(self.comparison.pupils?)),
            clusters: classes.filter(|_| compare == Compare::LotsBetweenClasses),
            blocks: classes.filter(|_| compare == Compare::LotsWithinClasses),
            covariates: if self.idea.measure.baseline { 1.0 } else { 0.0 },
            attainment: self.idea.measure.attainment,
            sd: self.comparison.spread,
            unit: self.idea.measure.unit.clone(),
            effect,
            ..PowerQuestion::default()
        })
    }
}

fn needs(all: &mut Vec<Problem>, field: &'static str, text: &str, longest: usize, says: &str) {
    let letters = text.trim().chars().count();
    if letters == 0 {
        all.push(Problem::new(field, says));
    } else if letters > longest {
        all.push(Problem::new(
            field,
            format!("Shorten this to at most {longest} characters."),
        ));
    }
}
