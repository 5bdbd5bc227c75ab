//! A trial's plan: what will be tried, measured and compared, written down before the results.
//!
//! Who may call this: `network` locks it, the command line checks it. What must stay true: the
//! canonical form is RFC 8785 JSON; its SHA-256 is the plan's fingerprint; a locked plan is never
//! edited.

use serde::{Deserialize, Serialize};

use crate::question::{Allocation, Design, Worthwhile};

/// The schema's name and version.
pub const SCHEMA: &str = "difference.trial-plan/1";

/// What will be measured, and how it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedMeasure {
    /// What people call it, such as "reading".
    pub name: String,
    /// How it will be taken, such as "standardised reading test, July, marked blind".
    pub how: String,
    /// Such as "points".
    pub unit: String,
    /// Whether it is attainment, so that months may be said.
    pub attainment: bool,
    /// Whether a lower value is the better one.
    pub lower_is_better: bool,
    /// Whether a score from before will be allowed for.
    pub baseline: bool,
    /// Words in order, lowest first (WTS, EXS, GDS); empty for numbers.
    pub words: Vec<String>,
    /// The words that count as reaching it.
    pub success: Vec<String>,
}

/// A trial's plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialPlan {
    /// [`SCHEMA`].
    pub schema: String,
    /// The trial's name.
    pub title: String,
    /// What will be done, in a sentence or two.
    pub idea: String,
    /// What it should change.
    pub question: String,
    /// What will be measured.
    pub measure: PlannedMeasure,
    /// What is compared.
    pub design: Design,
    /// How the groups come about.
    pub allocation: Allocation,
    /// The intervention's label.
    pub intervention: String,
    /// The comparison's label.
    pub comparison: String,
    /// Whether the comparison group gets it next.
    pub comparison_gets_it_next: bool,
    /// Smallest difference worth having.
    pub worthwhile: Option<Worthwhile>,
    /// Pupils on the list.
    pub pupils: u32,
    /// Classes or schools on the list, 0 where pupils are drawn.
    pub clusters: u32,
    /// SHA-256 of the allocation list (codes and groups, sorted, RFC 4180).
    pub allocation_fingerprint: String,
    /// How often the lots were drawn before the lock.
    pub draws: u32,
    /// ISO date of the start.
    pub starts: String,
    /// ISO date of the measurement.
    pub measured: String,
    /// How the answer will be worked out, in words.
    pub analysis: String,
    /// The practice that this adopts, when it does.
    pub adopts: Option<String>,
    /// 16 random bytes in hexadecimal, so that the fingerprint can't be guessed.
    pub salt: String,
}
