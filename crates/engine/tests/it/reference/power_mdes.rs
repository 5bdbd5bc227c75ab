//! `reference/power_mdes.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
