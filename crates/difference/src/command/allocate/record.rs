//! What is printed of a draw, and read again to check it.

use engine::allocation::DrawnLots;
use serde::{Deserialize, Serialize};

/// Which columns the list was read by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// Codes; none where rows were numbered.
    pub unit: Option<String>,
    /// Classes or schools that were drawn whole.
    pub cluster: Option<String>,
    /// Blocks.
    pub block: Option<String>,
    /// Pairs that were given.
    pub pair: Option<String>,
    /// What pairs were matched on.
    pub pair_on: Vec<String>,
    /// What was evened out.
    pub balance_on: Vec<String>,
}

/// The lots, and what they were drawn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// As the engine drew them.
    #[serde(flatten)]
    pub lots: DrawnLots,
    /// The columns.
    pub columns: Columns,
    /// The list's name.
    pub file: String,
    /// The name of the file with the groups.
    pub written: Option<String>,
}
