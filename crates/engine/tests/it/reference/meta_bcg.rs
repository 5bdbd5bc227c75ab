//! `reference/meta_bcg.json`.

use difference_engine::permutation::Draws;
use difference_engine::pool::Heterogeneity::{Dl, Eb, Equal, He, Hs, Ml, Pm, Reml, Sj};
use difference_engine::pool::Inference::{Hksj, HksjFloor, Wald};
use difference_engine::pool::{
    CountEffect, PoolQuestion, PooledCounts, Study, mantel_haenszel, peto, sign_flip,
};

use super::pooled::{
    Moderator, after_each, bcg, bcg_as, bcg_counts, begg, checks, egger, egger_mixed, escalc,
    fail_safe, influence, meta_regression, numbers, profile_likelihood, q_profile, rma, shrunken,
    steps, trim_and_fill, without_each, words,
};
use super::{Check, Item};

pub const CHECKS: &[Check] = checks!(
    "rr" of bcg;
    ("escalc_RR", |i| escalc(i, &bcg_as(CountEffect::LogRiskRatio))),
    ("escalc_OR", |i| escalc(i, &bcg_as(CountEffect::LogOddsRatio))),
    ("escalc_RD", |i| escalc(i, &bcg_as(CountEffect::RiskDifference))),
    ("escalc_AS", |i| escalc(i, &bcg_as(CountEffect::Arcsine))),
    ("escalc_PETO", |i| escalc(i, &bcg_as(CountEffect::Peto))),
    ("escalc_YUQ", |i| escalc(i, &bcg_as(CountEffect::YulesQ))),
    ("escalc_PHI", |i| escalc(i, &bcg_as(CountEffect::Phi))),
    ("MH_OR", |i| mh(i, CountEffect::LogOddsRatio)),
    ("MH_RR", |i| mh(i, CountEffect::LogRiskRatio)),
    ("MH_RD", |i| mh(i, CountEffect::RiskDifference)),
    ("peto", |i| counts(i, &peto(&bcg_counts(), 0.95).unwrap())),
    ("rr_metareg1_z", |i| meta_regression(i, &bcg(), &[latitude()], Wald)),
    ("rr_metareg1_knha", |i| meta_regression(i, &bcg(), &[latitude()], Hksj)),
    ("rr_metareg2_z", |i| meta_regression(i, &bcg(), &[latitude(), year()], Wald)),
    ("rr_metareg2_knha", |i| meta_regression(i, &bcg(), &[latitude(), year()], Hksj)),
    ("rr_metareg3_z", |i| meta_regression(i, &bcg(), &[allocation()], Wald)),
    ("rr_metareg3_knha", |i| meta_regression(i, &bcg(), &[allocation()], Hksj)),
    ("rr_permutest_exactless", signs),
);

pub const BY_HAND: &[Check] = &[];

fn latitude() -> Moderator {
    numbers("bcg.csv", "ablat")
}

fn year() -> Moderator {
    numbers("bcg.csv", "year")
}

fn allocation() -> Moderator {
    words("bcg.csv", "alloc")
}

/// `rma.mh(measure)`.
fn mh(item: &Item, measure: CountEffect) {
    let ours = mantel_haenszel(&bcg_counts(), measure, 0.95).unwrap();
    counts(item, &ours);
    item.closed_form("/p", ours.average.p_value.unwrap());
    item.closed_form("/QE_p", ours.q.p_value);
    item.closed_form("/I2", ours.i2);
}

fn counts(item: &Item, ours: &PooledCounts) {
    let interval = ours.average.interval.unwrap();
    item.closed_form("/beta", ours.average.estimate);
    item.closed_form("/se", ours.average.standard_error.unwrap());
    item.closed_form("/ci_lb", interval.lower);
    item.closed_form("/ci_ub", interval.upper);
    item.closed_form("/QE", ours.q.statistic);
}

/// `permutest(rma(yi, vi, method="DL"), exact=TRUE)`: all 8,192 signs.
fn signs(item: &Item) {
    let studies: Vec<Study> = bcg()
        .into_iter()
        .map(|(effect, variance)| Study {
            effect,
            variance,
            ..Study::default()
        })
        .collect();
    let question = PoolQuestion {
        method: Dl,
        inference: Wald,
        ..PoolQuestion::default()
    };
    let ours = sign_flip(&studies, &question, &Draws::default()).unwrap();
    assert!(ours.complete);
    assert_eq!(ours.looked_at, 8_192);
    item.agrees("/p_exact", ours.p_value, 0.0);
}
