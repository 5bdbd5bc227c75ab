//! `reference/meta_multilevel.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];

pub const BY_HAND: &[Check] = &[];
