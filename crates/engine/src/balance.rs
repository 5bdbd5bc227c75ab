//! How alike the groups were at the start.
//!
//! Who may call this: [`evaluate`](crate::evaluate()). What must stay true: balance is described, never tested;
//! a baseline difference is a fact about these groups, not a guess about others.

use crate::effect_size::{TwoGroups, j_exact};
use crate::evaluation::Balance;

/// Beyond this baseline difference (Hedges' g, either way) the groups were too unlike (WWC 4.1).
pub const TOO_UNLIKE: f64 = 0.25;
/// Up to this one they were as good as alike.
pub const ALIKE: f64 = 0.05;

/// How alike two groups were on one column: means, Hedges' g and the variance ratio.
///
/// The difference is `None` where there is no spread, or fewer than two pupils in a group.
#[must_use]
pub fn balance(column: &str, kind: &str, groups: &TwoGroups) -> Balance {
    let g = groups
        .cohens_d()
        .ok()
        .map(|d| d * j_exact(groups.df()))
        .filter(|g| g.is_finite());
    let ratio = (groups.intervention.sd / groups.comparison.sd).powi(2);
    Balance {
        column: column.to_owned(),
        intervention: groups.intervention.mean,
        comparison: groups.comparison.mean,
        difference: g,
        variance_ratio: Some(ratio).filter(|r| r.is_finite()),
        kind: kind.to_owned(),
    }
}

/// The largest baseline difference of a table, with its sign: what the rung looks at.
#[must_use]
pub fn largest_baseline(table: &[Balance]) -> Option<f64> {
    table
        .iter()
        .filter(|b| b.kind == "baseline")
        .filter_map(|b| b.difference)
        .max_by(|a, b| a.abs().total_cmp(&b.abs()))
}
