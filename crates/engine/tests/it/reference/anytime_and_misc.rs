//! `reference/anytime_and_misc.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
