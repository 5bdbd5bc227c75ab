//! `reference/binary_outcomes.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
