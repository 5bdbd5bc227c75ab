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
/// ```no_run
/// # let mut evaluation: difference_engine::evaluation::Evaluation = unimplemented!();
/// let said = difference_engine::words::say(&evaluation, None);
/// evaluation.headline = said.headline;
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
