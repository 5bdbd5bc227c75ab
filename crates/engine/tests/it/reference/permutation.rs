//! `reference/permutation.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
