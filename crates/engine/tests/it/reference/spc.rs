//! `reference/spc.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
