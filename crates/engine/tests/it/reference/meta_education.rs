//! `reference/meta_education.json`.

use difference_engine::pool::Heterogeneity::{Dl, Eb, Equal, He, Hs, Ml, Pm, Reml, Sj};
use difference_engine::pool::Inference::{Hksj, HksjFloor, Wald};
use difference_engine::pool::Level;

use super::Check;
use super::pooled::{
    Moderator, after_each, aloe, bangert, begg, checks, cohen, egger, egger_mixed, escalc,
    fail_safe, influence, meta_regression, numbers, precision_effect, profile_likelihood,
    q_profile, raudenbush, rma, selection, shrunken, small_study_of, steps, trim_and_fill,
    without_each, words,
};

pub const CHECKS: &[Check] = checks!(
    "raudenbush" of raudenbush,
    "bangert" of bangert,
    "cohen" of cohen,
    "aloe" of aloe;
    ("cohen_escalc_zcor", |i| escalc(i, &cohen())),
    ("aloe_escalc_spcor", |i| escalc(i, &aloe())),
    ("raudenbush_metareg1_z", |i| meta_regression(i, &raudenbush(), &[weeks()], Wald)),
    ("raudenbush_metareg1_knha", |i| meta_regression(i, &raudenbush(), &[weeks()], Hksj)),
    ("raudenbush_metareg2_z", |i| meta_regression(i, &raudenbush(), &[weeks_up_to_3()], Wald)),
    ("raudenbush_metareg2_knha", |i| meta_regression(i, &raudenbush(), &[weeks_up_to_3()], Hksj)),
    ("raudenbush_metareg3_z", |i| meta_regression(i, &raudenbush(), &who(), Wald)),
    ("raudenbush_metareg3_knha", |i| meta_regression(i, &raudenbush(), &who(), Hksj)),
    ("bangert_metareg1_z", |i| meta_regression(i, &bangert(), &[of_bangert("length")], Wald)),
    ("bangert_metareg1_knha", |i| meta_regression(i, &bangert(), &[of_bangert("length")], Hksj)),
    ("bangert_metareg2_z", |i| meta_regression(i, &bangert(), &[grade()], Wald)),
    ("bangert_metareg2_knha", |i| meta_regression(i, &bangert(), &[grade()], Hksj)),
    ("bangert_metareg3_z", |i| meta_regression(i, &bangert(), &all_of_bangert(), Wald)),
    ("bangert_metareg3_knha", |i| meta_regression(i, &bangert(), &all_of_bangert(), Hksj)),
    ("bangert_pet", |i| precision_effect(i, &small_study_of(&bangert()).pet.unwrap())),
    ("bangert_peese", |i| precision_effect(i, &small_study_of(&bangert()).peese.unwrap())),
    ("bangert_selmodel_step", |i| selection(i, &small_study_of(&bangert()).selection.unwrap())),
);

pub const BY_HAND: &[Check] = &[];

fn weeks() -> Moderator {
    numbers("raudenbush1985.csv", "weeks")
}

/// `pmin(weeks, 3)`.
fn weeks_up_to_3() -> Moderator {
    let (name, values) = weeks();
    let up_to_3 = |level| match level {
        Some(Level::Number(x)) => Some(Level::Number(f64::min(x, 3.0))),
        other => other,
    };
    (name, values.into_iter().map(up_to_3).collect())
}

/// `factor(setting) + factor(tester)`: R's reference level of tester is "aware".
fn who() -> [Moderator; 2] {
    ["setting", "tester"].map(|column| words("raudenbush1985.csv", column))
}

fn of_bangert(column: &'static str) -> Moderator {
    numbers("bangertdrowns2004.csv", column)
}

fn grade() -> Moderator {
    words("bangertdrowns2004.csv", "grade")
}

fn all_of_bangert() -> [Moderator; 6] {
    ["length", "feedback", "info", "pers", "imag", "meta"].map(of_bangert)
}
