//! `reference/effect_sizes.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
