//! The rows of one trial, typed, as the engine sees them.
//!
//! Who may call this: `tables` implements [`Sample`] over files; tests implement it over vectors
//! ([`InMemory`]). What must stay true: a sample can be passed over several times and yields the
//! same rows in the same order each time; the engine never keeps a row after a pass.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A code that stands for a missing word, cluster, block or unit.
pub const MISSING: u32 = u32::MAX;

/// A stretch of rows, column by column. Every column that is present has the same length.
///
/// Numbers are missing as NaN; codes are missing as [`MISSING`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk {
    /// The outcome in its own unit; 0 or 1 for an outcome in words.
    pub outcome: Vec<f64>,
    /// 0 comparison, 1 intervention (in a before-and-after design: 0 before, 1 after). Empty when the design has none.
    pub treatment: Vec<u32>,
    /// Index into `roles.cluster.labels`; empty when there is no cluster.
    pub cluster: Vec<u32>,
    /// Index into `roles.cluster_within.labels`; empty when there is no third level.
    pub cluster_within: Vec<u32>,
    /// Index into `roles.block.labels`; empty when there is no block.
    pub block: Vec<u32>,
    /// Index of the person or thing measured twice (before-and-after designs); empty otherwise.
    pub unit: Vec<u32>,
    /// One vector for each entry of `roles.covariates`, in that order.
    pub covariates: Vec<Vec<f64>>,
    /// One vector for each entry of `roles.subgroups`: index into its labels.
    pub subgroups: Vec<Vec<u32>>,
    /// 1 for who took part, 0 for who did not, NaN where it is not known; empty when no column says so.
    pub received: Vec<f64>,
}

impl Chunk {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outcome.len()
    }
    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcome.is_empty()
    }
}

/// A column of words and the words that its codes stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levels {
    /// The column's heading in the file.
    pub column: String,
    /// The words, in the order of their codes.
    pub labels: Vec<String>,
}

/// What the outcome is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The column's heading in the file.
    pub column: String,
    /// What people call it, such as "reading"; the heading when nothing better is known.
    pub name: String,
    /// The unit of one step, such as "points"; empty when unknown.
    pub unit: String,
    /// Whether it takes only two values, stored as 0 and 1.
    pub binary: bool,
    /// The words that count as 1, when it was given in words.
    pub success: Vec<String>,
    /// Whether a lower value is the better one (absences, lateness).
    pub lower_is_better: bool,
}

/// Which column says who got what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Treatment {
    /// The column's heading in the file.
    pub column: String,
    /// The value that means the intervention (code 1).
    pub intervention: String,
    /// The value that means the comparison (code 0).
    pub comparison: String,
}

/// Whether a covariate is the outcome's earlier value or something else to allow for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CovariateKind {
    /// A score taken before: checked for balance and adjusted for.
    Baseline,
    /// Anything else that the model allows for.
    Covariate,
}

/// One numeric column of the model's matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covariate {
    /// The column's heading in the file.
    pub column: String,
    /// The level that this dummy stands for, when the column holds words.
    pub level: Option<String>,
    /// Baseline or other.
    pub kind: CovariateKind,
}

/// What each column of the sample is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Roles {
    /// The outcome.
    pub outcome: Outcome,
    /// Who got what; none in a before-and-after design with two score columns.
    pub treatment: Option<Treatment>,
    /// Classes or schools that were drawn, or in which pupils sit.
    pub cluster: Option<Levels>,
    /// Classes within the clusters (which are then schools), for a third level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_within: Option<Levels>,
    /// Strata, pairs or sites within which lots were drawn.
    pub block: Option<Levels>,
    /// The person or thing measured at both phases.
    pub unit: Option<Levels>,
    /// Columns of the model besides treatment and blocks.
    pub covariates: Vec<Covariate>,
    /// Groups to describe the answer by.
    pub subgroups: Vec<Levels>,
    /// The heading of the column that says who took part, whatever their lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
    /// What was assumed about the columns, one sentence each; printed with the answer.
    pub assumed: Vec<String>,
}

/// Why rows were set aside before the engine saw them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// In words, such as "no score after (abs)".
    pub reason: String,
    /// How many rows.
    pub rows: u64,
}

/// A trial's rows that can be passed over as often as an estimator needs.
pub trait Sample {
    /// What each column is.
    fn roles(&self) -> &Roles;
    /// Gives every chunk of rows, in the file's order, rows with missing cells included.
    ///
    /// # Errors
    /// When the rows can't be read any more (a file that changed between two passes).
    fn pass(&self, each: &mut dyn FnMut(&Chunk)) -> Result<(), Refusal>;
    /// SHA-256, in hexadecimal, of the bytes received and of the used columns; none when there was no file.
    fn fingerprint(&self) -> Option<Fingerprint> {
        None
    }
    /// Rows that filters or totals rows took away before any pass.
    fn set_aside(&self) -> &[Dropped] {
        &[]
    }
}

/// What pins an answer to its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// SHA-256 of the bytes received.
    pub bytes: String,
    /// SHA-256 of the used columns, sorted, written as RFC 4180.
    pub used: String,
}

/// A sample held in memory, for tests and for small uploads.
#[derive(Clone, Debug, Default)]
pub struct InMemory {
    /// What each column is.
    pub roles: Roles,
    /// All the rows.
    pub chunk: Chunk,
}

impl Sample for InMemory {
    fn roles(&self) -> &Roles {
        &self.roles
    }
    fn pass(&self, each: &mut dyn FnMut(&Chunk)) -> Result<(), Refusal> {
        each(&self.chunk);
        Ok(())
    }
}
