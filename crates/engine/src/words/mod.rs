//! What an answer says in English: one headline, one paragraph, what is assumed, what to be careful
//! with.
//!
//! Who may call this: [`evaluate`](crate::evaluate()) fills an Evaluation's words from [`say`],
//! [`assumptions::assumptions`] and [`warnings::warnings`]; pages and reports take their numbers from [`numbers`]. What
//! must stay true: a sentence is a pure function of the numbers, so that the same number always reads
//! the same; it is never more certain than the interval and the rung; it never says that there is no
//! effect, nor that anything works, is proved or is significant.

pub mod assumptions;
pub mod chance;
pub mod finding;
mod headline;
pub mod numbers;
mod paragraph;
pub mod variation;
pub mod warnings;

pub use finding::{Finding, Gain, Scale};

use serde::{Deserialize, Serialize};

use crate::evaluation::Evaluation;

/// An answer in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// One sentence.
    pub headline: String,
    /// Its most telling phrase: a substring of the headline.
    pub highlight: String,
    /// How sure, in two or three sentences.
    pub paragraph: String,
}

/// Says an evaluation whose numbers, rung and chances are in place; `who` as in
/// [`crate::question::Question::who`].
///
/// ```
/// use difference_engine::question::{Allocation, Question};
/// use difference_engine::sample::{Chunk, InMemory, Outcome, Roles, Treatment};
/// use difference_engine::{evaluate, words};
///
/// # let sample = InMemory {
/// #     roles: Roles {
/// #         outcome: Outcome { column: "words read".into(), name: "reading".into(), unit: "words".into(), ..Outcome::default() },
/// #         treatment: Some(Treatment { column: "group".into(), intervention: "club".into(), comparison: "usual".into() }),
/// #         ..Roles::default()
/// #     },
/// #     chunk: Chunk {
/// #         outcome: vec![41.0, 52.0, 47.0, 55.0, 39.0, 44.0, 36.0, 40.0],
/// #         treatment: vec![1, 1, 1, 1, 0, 0, 0, 0],
/// #         ..Chunk::default()
/// #     },
/// # };
/// let question = Question { allocation: Allocation::Lot, ..Question::default() };
/// let evaluation = evaluate(&sample, &question)?;
/// let said = words::say(&evaluation, Some("children in the reading club"));
/// assert!(said.headline.starts_with("Children in the reading club"));
/// assert!(said.headline.contains(&said.highlight));
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[must_use]
pub fn say(evaluation: &Evaluation, who: Option<&str>) -> Said {
    say_finding(&Finding::of(evaluation, who))
}

/// Says a finding: the numbers alone, for whoever has no whole evaluation.
#[must_use]
pub fn say_finding(finding: &Finding) -> Said {
    let (headline, highlight) = headline::headline(finding);
    Said {
        headline,
        highlight,
        paragraph: paragraph::paragraph(finding),
    }
}
