//! What a caller says each column is.
//!
//! Who may call this: the command line and the web fill it in; [`crate::Guess`] proposes one. What
//! must stay true: names are those of `difference evaluate`; a new field has a default that leaves
//! old answers as they were.

/// What each column is, and which rows to keep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The column of what was measured at the end.
    pub outcome: String,
    /// The words (or numbers) of the outcome that count as success.
    pub success: Vec<String>,
    /// Whether a lower outcome is the better one; left out: judged by the heading, and said.
    pub lower_is_better: Option<bool>,
    /// The column that says who got what.
    pub treatment: Option<String>,
    /// The word that means the comparison. `Some("")`: an empty cell does.
    pub control: Option<String>,
    /// Classes or schools.
    pub cluster: Option<String>,
    /// Classes within the schools that `cluster` names, for a third level.
    pub cluster_within: Option<String>,
    /// Strata, pairs or sites.
    pub block: Option<String>,
    /// Scores from before.
    pub baselines: Vec<String>,
    /// Other columns to allow for; words become one 0/1 column for each word but the first.
    pub covariates: Vec<String>,
    /// Groups to describe the answer by.
    pub subgroups: Vec<String>,
    /// The column that says who took part, whatever their lot (0 and 1, or two words).
    pub received: Option<String>,
    /// The person measured twice.
    pub unit: Option<String>,
    /// Rows to keep, each as "COL OP VALUE".
    pub conditions: Vec<String>,
}
