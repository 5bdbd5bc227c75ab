//! `reference/panel_did_its.json`.

use super::Check;

pub const CHECKS: &[Check] = &[];
