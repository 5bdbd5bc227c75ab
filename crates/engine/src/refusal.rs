//! An answer of "cannot say", with its reason and its cure.
//!
//! Who may call this: every room. What must stay true: a code never changes its meaning, because
//! scripts branch on it; `says` is a sentence for a teacher; `cure` says what to do next.

use serde::{Deserialize, Serialize};

/// A named reason why the engine does not answer.
///
/// On the command line a refusal is exit code 1 and `{schema, refused: {code, says, cure}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{says} {cure}")]
pub struct Refusal {
    /// Stable, kebab-case, such as `too-few-clusters` or `no-variation`.
    pub code: String,
    /// What happened, in a sentence.
    pub says: String,
    /// What to do about it, in a sentence.
    pub cure: String,
}

impl Refusal {
    /// A refusal with its code, sentence and cure.
    pub fn new(code: &str, says: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            says: says.into(),
            cure: cure.into(),
        }
    }
}
