//! `reference/meta_education.json`.

use difference_engine::pool::Heterogeneity::{Dl, Equal, Reml};
use difference_engine::pool::Inference::{Hksj, HksjFloor, Wald};

use super::Check;
use super::pooled::{
    after_each, aloe, bangert, checks, cohen, q_profile, raudenbush, rma, shrunken, steps,
    without_each,
};

pub const CHECKS: &[Check] = checks!(
    "raudenbush" of raudenbush,
    "bangert" of bangert,
    "cohen" of cohen,
    "aloe" of aloe,
);

pub const BY_HAND: &[Check] = &[];
