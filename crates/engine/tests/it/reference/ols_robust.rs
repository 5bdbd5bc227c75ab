//! `reference/ols_robust.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
