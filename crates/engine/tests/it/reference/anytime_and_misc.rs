//! `reference/anytime_and_misc.json`.

use difference_engine::attrition::{attrition, sample_ratio};
use difference_engine::balance::balance;
use difference_engine::distributions::normal_cdf;
use difference_engine::effect_size::{Scores, TwoGroups, j_exact};
use difference_engine::evaluation::Lost;

use super::data::Table;
use super::{Check, Item};

pub const CHECKS: &[Check] = &[
    ("star_balance_free_lunch", free_lunch),
    ("star_balance_birth", birth),
    ("star_attrition_k_to_3", kindergarten_to_grade_3),
    ("srm_chisq", ratio),
];

pub const BY_HAND: &[Check] = &[];

fn unlike(item: &Item, values: &[f64], small: &[bool]) {
    let group = |which: bool| -> Vec<f64> {
        let both = values.iter().zip(small);
        both.filter(|(v, s)| **s == which && !v.is_nan()).map(|(v, _)| *v).collect()
    };
    let groups = TwoGroups {
        intervention: Scores::of(&group(true)).unwrap(),
        comparison: Scores::of(&group(false)).unwrap(),
    };
    let row = balance("column", "covariate", &groups);
    item.closed_form("/mean1", row.intervention);
    item.closed_form("/mean0", row.comparison);
    item.closed_form("/variance_ratio", row.variance_ratio.unwrap());
    // The item divides by the root of the plain mean of both variances; balance reports Hedges' g,
    // which weights them by their pupils and corrects for small samples.
    let j = j_exact(groups.df());
    let plain = (0.5 * (groups.intervention.sd.powi(2) + groups.comparison.sd.powi(2))).sqrt();
    let theirs = row.difference.unwrap() / j * groups.pooled_sd() / plain;
    item.closed_form("/smd_pooled", theirs);
}

fn kindergarten() -> (Table, Vec<bool>) {
    let pupils = Table::read("star.csv").only("stark", &["small", "regular"]).complete(&["mathk"]);
    let small = pupils.words("stark").iter().map(|s| s == "small").collect();
    (pupils, small)
}

fn free_lunch(item: &Item) {
    let (pupils, small) = kindergarten();
    unlike(item, &pupils.dummy("lunchk", &["free"]), &small);
}

fn birth(item: &Item) {
    let (pupils, small) = kindergarten();
    let quarters = pupils.words("birth");
    let values: Vec<f64> = quarters.iter().map(|b| b.parse().unwrap_or(f64::NAN)).collect();
    unlike(item, &values, &small);
}

fn kindergarten_to_grade_3(item: &Item) {
    let lost = |class: &str| {
        let drawn = Table::read("star.csv").only("stark", &[class]);
        Lost {
            drawn: drawn.rows() as u64,
            measured: drawn.complete(&["math3"]).rows() as u64,
            ..Lost::default()
        }
    };
    let (small, regular) = (lost("small"), lost("regular"));
    let answer = attrition(small, regular, true);
    item.closed_form("/overall", answer.overall);
    let difference = item.number("/small") - item.number("/regular");
    item.agrees_with("small − regular", difference, answer.differential, 1e-9);
}

fn ratio(item: &Item) {
    let (statistic, p) = sample_ratio(105, 80, 0.5).unwrap();
    item.closed_form("/chisq", statistic);
    item.closed_form("/p", p);
    // One degree of freedom: the square of a standard normal.
    let tail = 2.0 * normal_cdf(-statistic.sqrt()).unwrap();
    item.closed_form("/p", tail);
}
