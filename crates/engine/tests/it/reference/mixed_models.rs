//! `reference/mixed_models.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
