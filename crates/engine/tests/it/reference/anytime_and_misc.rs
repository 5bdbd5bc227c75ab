//! `reference/anytime_and_misc.json`.

use difference_engine::anytime::{LikelihoodRatio, Sequence, Sums};
use difference_engine::attrition::{attrition, sample_ratio};
use difference_engine::balance::balance;
use difference_engine::distributions::normal_cdf;
use difference_engine::effect_size::{Scores, TwoGroups, j_exact};
use difference_engine::evaluation::Lost;
use difference_engine::multiplicity::{Adjustment, adjusted};
use difference_engine::normal_posterior::{Normal, bayes_factor_for_zero, posterior};
use difference_engine::rubins_rules::{Imputed, combined};
use difference_engine::unmeasured_confounding::needed;

use super::data::Table;
use super::pooled::{Effects, bangert, bcg, raudenbush};
use super::{Check, Item};

pub const CHECKS: &[Check] = &[
    ("bcg_mixture_g2_004", |i| mixture(i, &by_year("bcg.csv", "trial", bcg()))),
    ("bcg_mixture_g2_05", |i| mixture(i, &by_year("bcg.csv", "trial", bcg()))),
    ("bcg_onesided", one_sided),
    ("bangert_mixture", |i| mixture(i, &by_year("bangertdrowns2004.csv", "id", bangert()))),
    ("raudenbush_mixture", |i| mixture(i, &by_year("raudenbush1985.csv", "study", raudenbush()))),
    ("padjust_bonferroni", |i| p_values(i, Adjustment::Bonferroni)),
    ("padjust_holm", |i| p_values(i, Adjustment::Holm)),
    ("padjust_hochberg", |i| p_values(i, Adjustment::Hochberg)),
    ("padjust_BH", |i| p_values(i, Adjustment::BenjaminiHochberg)),
    ("padjust_BY", |i| p_values(i, Adjustment::BenjaminiYekutieli)),
    ("rubin_rules", imputations),
    ("vanderweele_evalue", unmeasured),
    ("steinjames_normal_posterior", shrunken),
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

/// Effects in the order of their year, then of their number.
fn by_year(file: &str, number: &str, effects: Effects) -> Effects {
    let table = Table::read(file);
    let keys = table.numbers("year").into_iter().zip(table.numbers(number));
    let mut rows: Vec<((f64, f64), (f64, f64))> = keys.zip(effects).collect();
    rows.sort_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap());
    rows.into_iter().map(|(_, effect)| effect).collect()
}

/// `any(yi, vi, g2)`: a look after each study.
fn mixture(item: &Item, effects: &[(f64, f64)]) {
    let mut sequence = Sequence::new(item.number("/g2").sqrt(), 0.05).unwrap();
    assert_eq!(effects.len(), item.numbers("/e_value").len());
    for (at, (effect, variance)) in effects.iter().enumerate() {
        sequence.join(*effect, *variance).unwrap();
        let look = sequence.look();
        let (estimate, half) = (look.estimate.unwrap(), 1.959_963_984_540_054 / look.information.sqrt());
        for (name, ours) in [
            ("information", look.information),
            ("estimate", estimate),
            ("e_value", look.e_value),
            ("anytime_p", look.anytime_p),
            ("cs_lb", look.lower.unwrap()),
            ("cs_ub", look.upper.unwrap()),
            ("fixed_ci_lb", estimate - half),
            ("fixed_ci_ub", estimate + half),
        ] {
            item.closed_form(&format!("/{name}/{at}"), ours);
        }
    }
}

/// `onesided(yi, vi, theta1)`.
fn one_sided(item: &Item) {
    let ratio = LikelihoodRatio::new(item.number("/theta1")).unwrap();
    let mut all = Sums::default();
    for (at, (effect, variance)) in by_year("bcg.csv", "trial", bcg()).into_iter().enumerate() {
        let mut alone = Sums::default();
        alone.add(effect, variance).unwrap();
        all.add(effect, variance).unwrap();
        item.closed_form(&format!("/log_e_each/{at}"), ratio.log_e_value(&alone));
        item.closed_form(&format!("/log_e_cumulative/{at}"), ratio.log_e_value(&all));
    }
}

/// `p.adjust(p, method)`.
fn p_values(item: &Item, adjustment: Adjustment) {
    let ours = adjusted(&item.numbers("/p"), adjustment).unwrap();
    for (at, p) in ours.into_iter().enumerate() {
        item.closed_form(&format!("/adjusted/{at}"), p);
    }
}

/// `mice::pool.scalar(Q, U, n = 200, k = 4)`.
fn imputations(item: &Item) {
    let [estimates, variances] = [
        [0.21, 0.25, 0.19, 0.28, 0.23],
        [0.010, 0.011, 0.009, 0.012, 0.010],
    ];
    let imputed: Vec<Imputed> = (estimates.into_iter().zip(variances))
        .map(|(estimate, variance)| Imputed { estimate, variance })
        .collect();
    let ours = combined(&imputed, Some(200.0 - 4.0)).unwrap();
    item.closed_form("/qbar", ours.estimate);
    item.closed_form("/ubar", ours.within);
    item.closed_form("/b", ours.between);
    item.closed_form("/t", ours.total);
    item.closed_form("/df", ours.df.unwrap());
    item.closed_form("/r", ours.increase);
    item.closed_form("/fmi", ours.fraction_missing);
}

fn unmeasured(item: &Item) {
    let (ratio, lower) = (item.number("/rr"), item.number("/lcl"));
    let ours = needed(ratio, Some((lower, ratio * ratio / lower))).unwrap();
    item.closed_form("/e", ours.estimate);
    item.closed_form("/e_lcl", ours.limit.unwrap());
}

fn shrunken(item: &Item) {
    let normal = |mean: &str, sd: &str| Normal {
        mean: item.number(mean),
        sd: item.number(sd),
    };
    let (prior, estimate) = (normal("/prior_mean", "/prior_sd"), normal("/y", "/se"));
    let after = posterior(prior, estimate).unwrap();
    item.closed_form("/post_mean", after.mean);
    item.closed_form("/post_sd", after.sd);
    item.closed_form("/p_gt_0", after.chance_above(0.0).unwrap());
    item.closed_form("/bf01_savage_dickey", bayes_factor_for_zero(prior, estimate).unwrap());
}
