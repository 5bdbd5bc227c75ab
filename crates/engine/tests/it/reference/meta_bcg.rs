//! `reference/meta_bcg.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
