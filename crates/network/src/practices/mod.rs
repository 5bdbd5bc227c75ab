//! Practices: what a reported trial tried, written up in three short boxes so that another place can
//! try it too.
//!
//! Who may call this: pages, the API, the demo city; `pools` reads them. What must stay true: a
//! practice comes from a reported trial; its evidence is the trials' own and nobody edits it; every
//! version of its words stays readable; adopting it begins a new trial.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::ids::{PersonId, PlaceId, PracticeId, TrialId};

mod adopt;
mod read;
mod share;
pub(crate) mod store;

pub use adopt::adopt;
pub use read::{all, by_id, by_slug, lineage, of_place, of_trial, versions};
pub use share::{revise, share};

/// The longest title.
const TITLE: usize = 120;
/// The longest box.
const BOX: usize = 3_000;

/// The words of a practice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// What it is called, such as "Morning reading group".
    pub title: String,
    /// What it is.
    pub what: String,
    /// How to adopt it.
    pub how: String,
    /// What to keep, and what is free to change.
    pub keep: String,
}

impl Words {
    /// What is missing or too long.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let boxes = [
            (
                "title",
                &self.title,
                TITLE,
                "Enter what the practice is called, such as Morning reading group.",
            ),
            (
                "what",
                &self.what,
                BOX,
                "Enter what it is, so that a colleague who was not there can picture it.",
            ),
            (
                "how",
                &self.how,
                BOX,
                "Enter how another place would begin with it.",
            ),
            (
                "keep",
                &self.keep,
                BOX,
                "Enter what to keep as it is, and what is free to change.",
            ),
        ];
        boxes
            .into_iter()
            .filter_map(|(field, text, longest, says)| {
                let letters = text.trim().chars().count();
                if letters == 0 {
                    Some(Problem::new(field, says))
                } else if letters > longest {
                    let says = format!("Shorten this to at most {longest} characters.");
                    Some(Problem::new(field, says))
                } else {
                    None
                }
            })
            .collect()
    }

    fn trimmed(&self) -> Self {
        let trim = |text: &String| text.trim().to_owned();
        Self {
            title: trim(&self.title),
            what: trim(&self.what),
            how: trim(&self.how),
            keep: trim(&self.keep),
        }
    }
}

/// A practice with its current words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Practice {
    /// Its id.
    pub id: PracticeId,
    /// Its address: `/practices/<slug>`.
    pub slug: String,
    /// Whose it is.
    pub place: PlaceId,
    /// Who shared it.
    pub shared_by: PersonId,
    /// When.
    pub shared_at: Timestamp,
    /// The reported trial that it came from.
    pub from_trial: TrialId,
    /// Which version of its words this is, from 1.
    pub version: i32,
    /// When this version was written.
    pub revised_at: Timestamp,
    /// Its words.
    pub words: Words,
}

/// One version of a practice's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// From 1.
    pub number: i32,
    /// When.
    pub at: Timestamp,
    /// Who wrote it.
    pub by: PersonId,
    /// The words.
    pub words: Words,
}

/// Where a practice came from, and what came from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lineage {
    /// The practice that its first trial tried, when it did.
    pub parent: Option<Practice>,
    /// Practices that places made of their own trials of it.
    pub children: Vec<Practice>,
}
