//! `reference/meta_bcg.json`.

use difference_engine::pool::Heterogeneity::{Dl, Equal, Reml};
use difference_engine::pool::Inference::{Hksj, HksjFloor, Wald};

use super::Check;
use super::pooled::{after_each, bcg, checks, q_profile, rma, shrunken, steps, without_each};

pub const CHECKS: &[Check] = checks!("rr" of bcg);

pub const BY_HAND: &[Check] = &[];
