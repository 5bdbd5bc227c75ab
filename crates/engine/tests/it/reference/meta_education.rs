//! `reference/meta_education.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
