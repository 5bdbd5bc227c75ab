//! A place's first sentence: what its goals and its newest trials say, all at once.
//!
//! Who may call this: a place's home page. What must stay true: a pure function of the goals' signals
//! and the new results; every goal is in it, good and bad alike.

use super::Variation;
use super::words::agreeing;
use crate::evaluation::Evaluation;
use crate::words::finding::capital;
use crate::words::numbers::spelled;

/// A goal and what its chart is doing now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalSignal {
    /// What is measured, as it stands in a sentence: "attendance", "home reading".
    pub measure: String,
    /// What its chart says.
    pub variation: Variation,
}

/// A trial that reported lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResult {
    /// When, as it stands in a sentence: "on Friday", "this week".
    pub when: String,
    /// What kind of news it is.
    pub finding: Finding,
}

/// What kind of news a trial's answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The interval is on the better side of nothing.
    Good,
    /// An early sign of that: rung 1 or 2.
    EarlyGood,
    /// The interval is on the worse side of nothing.
    Bad,
    /// An early sign of that: rung 1 or 2.
    EarlyBad,
    /// Nothing that would matter is left in the interval.
    Little,
    /// Anything from worse to better fits what was seen.
    Unclear,
}

/// An effect is little when its whole interval is within so many standard deviations.
const LITTLE: f64 = 0.1;

impl Finding {
    /// What kind of news an evaluation is.
    #[must_use]
    pub fn of(evaluation: &Evaluation) -> Self {
        let interval = evaluation.primary().and_then(|e| e.interval);
        let Some(interval) = interval else {
            return Self::Unclear;
        };
        let early = evaluation.evidence.rung <= 2;
        let up = interval.lower > 0.0;
        let down = interval.upper < 0.0;
        let better = if evaluation.roles.outcome.lower_is_better {
            down
        } else {
            up
        };
        let comparable = evaluation.comparable().and_then(|e| e.interval);
        match (better, up || down, early) {
            (true, _, false) => Self::Good,
            (true, _, true) => Self::EarlyGood,
            (false, true, false) => Self::Bad,
            (false, true, true) => Self::EarlyBad,
            (false, false, _)
                if comparable.is_some_and(|i| i.lower >= -LITTLE && i.upper <= LITTLE) =>
            {
                Self::Little
            }
            (false, false, _) => Self::Unclear,
        }
    }

    /// As the end of "and it …".
    fn alone(self) -> &'static str {
        match self {
            Self::Good => "it is good news",
            Self::EarlyGood => "it is an early sign of good news",
            Self::Bad => "it is bad news",
            Self::EarlyBad => "it is an early sign of bad news",
            Self::Little => "it made little or no difference",
            Self::Unclear => "the answer could be nothing",
        }
    }

    /// After a count: "one is good news", "two made little or no difference".
    fn counted(self, n: u64) -> String {
        let (one, many) = match self {
            Self::Good => ("is good news", "are good news"),
            Self::EarlyGood => (
                "is an early sign of good news",
                "are early signs of good news",
            ),
            Self::Bad => ("is bad news", "are bad news"),
            Self::EarlyBad => (
                "is an early sign of bad news",
                "are early signs of bad news",
            ),
            Self::Little => (
                "made little or no difference",
                "made little or no difference",
            ),
            Self::Unclear => ("could be nothing", "could be nothing"),
        };
        format!("{} {}", spelled(n), if n == 1 { one } else { many })
    }
}

/// The sentence, or two or three.
///
/// ```
/// use difference_engine::chart::Variation;
/// use difference_engine::chart::overview::{Finding, GoalSignal, NewResult, sentence};
/// let goal = |measure: &str, variation| GoalSignal { measure: measure.to_owned(), variation };
/// assert_eq!(
///     sentence(
///         &[
///             goal("attendance", Variation::Improving),
///             goal("home reading", Variation::CommonCause),
///             goal("lateness", Variation::Concerning),
///             goal("belonging", Variation::TooEarly),
///         ],
///         &[NewResult { when: "on Friday".to_owned(), finding: Finding::Good }],
///     ),
///     "One goal has really moved: attendance. Home reading is holding steady, lateness needs a look, \
///      and it is too early to say about belonging. One trial reported on Friday, and it is good news."
/// );
/// ```
#[must_use]
pub fn sentence(goals: &[GoalSignal], results: &[NewResult]) -> String {
    let mut sentences = Vec::new();
    if goals.is_empty() {
        sentences.push("No goal is set here yet.".to_owned());
    }
    let of = |variation| -> Vec<&str> {
        goals
            .iter()
            .filter(|g| g.variation == variation)
            .map(|g| g.measure.as_str())
            .collect()
    };
    let moved = of(Variation::Improving);
    match moved.len() {
        0 => {}
        1 => sentences.push(format!("One goal has really moved: {}.", list(&moved))),
        n => sentences.push(format!(
            "{} goals have really moved: {}.",
            capital(&spelled(u64::try_from(n).unwrap_or(u64::MAX))),
            list(&moved)
        )),
    }
    let rest: Vec<String> = [
        clause(
            &of(Variation::CommonCause),
            "is holding steady",
            "are holding steady",
        ),
        clause(&of(Variation::Concerning), "needs a look", "need a look"),
        too_early(&of(Variation::TooEarly)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !rest.is_empty() {
        sentences.push(format!("{}.", capital(&joined(&rest))));
    }
    sentences.extend(news(results));
    sentences.join(" ")
}

fn clause(measures: &[&str], one: &'static str, many: &'static str) -> Option<String> {
    match measures {
        [] => None,
        [measure] => Some(format!("{measure} {}", agreeing(measure, one, many))),
        several => Some(format!("{} {many}", list(several))),
    }
}

fn too_early(measures: &[&str]) -> Option<String> {
    (!measures.is_empty()).then(|| format!("it is too early to say about {}", list(measures)))
}

fn news(results: &[NewResult]) -> Option<String> {
    let (first, rest) = results.split_first()?;
    if rest.is_empty() {
        return Some(format!(
            "One trial reported {}, and {}.",
            first.when,
            first.finding.alone()
        ));
    }
    let n = u64::try_from(results.len()).unwrap_or(u64::MAX);
    let when = if rest.iter().all(|r| r.when == first.when) {
        format!("reported {}", first.when)
    } else {
        "have reported".to_owned()
    };
    let mut kinds: Vec<Finding> = results.iter().map(|r| r.finding).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let counts: Vec<String> = kinds
        .iter()
        .map(|kind| {
            let of_kind = results.iter().filter(|r| r.finding == *kind).count();
            kind.counted(u64::try_from(of_kind).unwrap_or(u64::MAX))
        })
        .collect();
    let all = if n == 2 { "both" } else { "all" };
    let what = match kinds.as_slice() {
        [_] => counts
            .iter()
            .map(|c| c.replacen(&spelled(n), all, 1))
            .collect::<Vec<_>>()
            .join(""),
        _ => joined(&counts),
    };
    let link = if kinds.len() == 1 { ", and " } else { ": " };
    Some(format!(
        "{} trials {when}{link}{what}.",
        capital(&spelled(n))
    ))
}

/// "a", "a and b", "a, b and c"; from six on the rest are counted.
fn list(names: &[&str]) -> String {
    let shown = if names.len() > 5 { 4 } else { names.len() };
    let mut parts: Vec<String> = names.iter().take(shown).map(|n| (*n).to_owned()).collect();
    if shown < names.len() {
        let more = u64::try_from(names.len() - shown).unwrap_or(u64::MAX);
        parts.push(format!("{} more", spelled(more)));
    }
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Clauses joined as one sentence: "a", "a, and b", "a, b, and c".
fn joined(clauses: &[String]) -> String {
    match clauses.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{}, and {last}", rest.join(", ")),
    }
}
