//! `reference/nist_linear.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
