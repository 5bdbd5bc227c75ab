//! `reference/permutation.json`.

use std::collections::BTreeMap;

use difference_engine::distributions::normal_upper;
use difference_engine::effect_size::Scores;
use difference_engine::moments::Moments;
use difference_engine::permutation::{Draws, Permutation, Units, permutation};

use super::data::Table;
use super::{Check, Item};

pub const CHECKS: &[Check] = &[
    ("baumann_exact_mean_post_test_1", mean_test),
    ("baumann_exact_mean_post_test_2", mean_test),
    ("baumann_exact_mean_post_test_3", mean_test),
    ("baumann_exact_wilcox_post_test_1", rank_test),
    ("baumann_exact_wilcox_post_test_2", rank_test),
    ("baumann_exact_wilcox_post_test_3", rank_test),
    ("awards2001_pairs_signflip_exact", awards_pairs),
    ("sleep_like_small_exact", small),
];

pub const BY_HAND: &[Check] = &[
    ("eef_crt_school_means_exact", |item| schools(item, false)),
    ("eef_crt_school_resid_exact", |item| schools(item, true)),
    ("eef_mst_blocked_asymptotic", within_schools),
    ("eef_mst_blocked_mc", within_schools_drawn),
];

/// The mean of each school of eefAnalytics' cluster trial, allowing for its mean before or not.
fn schools(item: &Item, adjusted: bool) {
    let table = Table::read("eef_crt.csv");
    let mut sums: BTreeMap<&String, [f64; 4]> = BTreeMap::new();
    let columns = ["Posttest", "Prettest", "Intervention"].map(|column| table.numbers(column));
    for (row, school) in table.words("School").iter().enumerate() {
        let sum = sums.entry(school).or_default();
        columns.iter().zip(sum.iter_mut()).for_each(|(column, sum)| *sum += column[row]);
        sum[3] += 1.0;
    }
    let mean = |which: usize| -> Vec<f64> { sums.values().map(|s| s[which] / s[3]).collect() };
    let treated: Vec<bool> = mean(2).into_iter().map(|share| share > 0.5).collect();
    let values = if adjusted { residuals(&mean(0), &mean(1)) } else { mean(0) };
    let units = Units { values: &values, treated: &treated, blocks: &[], covariates: &[] };
    let p = permutation(&units, Draws { complete_up_to: 1_000_000, ..Draws::default() }).unwrap();
    assert!(p.complete);
    item.closed_form("/observed", p.observed);
    item.closed_form("/n_assignments", p.allocations);
    item.same("/n_as_extreme", p.as_extreme);
    item.closed_form("/p_two_sided", p.p_value);
    item.closed_form("/p_greater", p.as_large as f64 / p.looked_at as f64);
    item.closed_form("/sd_null", p.chance_sd);
}

/// What a line through x leaves of y.
fn residuals(y: &[f64], x: &[f64]) -> Vec<f64> {
    let all = Moments::of(y.iter().zip(x).map(|(y, x)| [*x, *y]));
    let slope = all.cross(0, 1) / all.cross(0, 0);
    (y.iter().zip(x)).map(|(y, x)| y - all.mean(1) - slope * (x - all.mean(0))).collect()
}

/// Pupils of eefAnalytics' multisite trial, whose lots are drawn again within their schools.
fn multisite() -> (Vec<f64>, Vec<bool>, Vec<u32>) {
    let table = Table::read("eef_mst.csv");
    let school = |word: &String| word.parse().unwrap();
    (
        table.numbers("Posttest"),
        table.numbers("Intervention").iter().map(|i| *i == 1.0).collect(),
        table.words("School").iter().map(school).collect(),
    )
}

/// The mean and variance of the sum of the intervention's scores over the lots, in closed form within each school.
fn within_schools(item: &Item) {
    let (values, treated, blocks) = multisite();
    let mut schools: BTreeMap<u32, (Vec<f64>, f64)> = BTreeMap::new();
    let mut sum = 0.0;
    for ((value, treated), block) in values.iter().zip(&treated).zip(&blocks) {
        let school = schools.entry(*block).or_default();
        school.0.push(*value);
        if *treated {
            school.1 += 1.0;
            sum += value;
        }
    }
    let (mut expected, mut variance) = (0.0, 0.0);
    for (scores, drawn) in schools.values().filter(|(scores, _)| scores.len() > 1) {
        let all = Scores::of(scores).unwrap();
        expected += drawn * all.mean;
        variance += drawn * (all.n - drawn) / all.n * all.sd.powi(2);
    }
    expected += (schools.values())
        .filter(|(scores, _)| scores.len() == 1)
        .map(|(scores, drawn)| drawn * scores[0])
        .sum::<f64>();
    let z = (sum - expected) / variance.sqrt();
    item.closed_form("/linstat", sum);
    item.closed_form("/expectation", expected);
    item.closed_form("/variance", variance);
    item.closed_form("/z", z);
    item.closed_form("/p", 2.0 * normal_upper(z.abs()).unwrap());
}

/// Two Monte Carlo answers: coin's, and ours with our own statistic, the difference within schools. Both intervals hold the other's p.
fn within_schools_drawn(item: &Item) {
    let (values, treated, blocks) = multisite();
    let units = Units { values: &values, treated: &treated, blocks: &blocks, covariates: &[] };
    let p = permutation(&units, Draws { draws: 20_000, ..Draws::default() }).unwrap();
    let interval = p.interval.unwrap();
    let theirs = item.numbers("/p_ci99");
    let apart = interval.lower.max(theirs[0]) > interval.upper.min(theirs[1]);
    item.agrees_with("/p_ci99 and our interval meet", 0.0, f64::from(u8::from(apart)), 0.0);
}

fn lots(values: &[f64], treated: &[bool], complete_up_to: u64) -> Permutation {
    let units = Units { values, treated, blocks: &[], covariates: &[] };
    permutation(&units, Draws { complete_up_to, ..Draws::default() }).unwrap()
}

/// DRTA against Basal, 22 pupils each: C(44, 22) allocations, more than two million million.
fn baumann(item: &Item) -> (Vec<f64>, Vec<bool>) {
    let test = item.id.rsplit("post_test_").next().unwrap();
    let pupils = Table::read("baumann.csv").only("group", &["DRTA", "Basal"]);
    (
        pupils.numbers(&format!("post_test_{test}")),
        pupils.words("group").iter().map(|g| g == "DRTA").collect(),
    )
}

fn mean_test(item: &Item) {
    let (values, treated) = baumann(item);
    let p = lots(&values, &treated, 100_000);
    assert!(p.complete);
    item.closed_form("/z", p.observed / p.chance_sd);
    item.closed_form("/p_two_sided", p.p_value);
}

/// Wilcoxon's test is the same on ranks; doubled, so that tied ranks are whole numbers.
fn rank_test(item: &Item) {
    let (values, treated) = baumann(item);
    let ranks: Vec<f64> = values
        .iter()
        .map(|x| {
            let below = values.iter().filter(|y| *y < x).count();
            let tied = values.iter().filter(|y| *y == x).count();
            (2 * below + tied + 1) as f64
        })
        .collect();
    let p = lots(&ranks, &treated, 100_000);
    assert!(p.complete);
    item.closed_form("/z", p.observed / p.chance_sd);
    item.closed_form("/p_two_sided", p.p_value);
}

/// One unit a pair and group (its pupils' mean), lots drawn again within each of 19 pairs.
fn awards_pairs(item: &Item) {
    let pupils = Table::read("awards.csv").only("year", &["2001"]);
    let mut sums: BTreeMap<(String, bool), (f64, f64)> = BTreeMap::new();
    let rows = pupils.words("pair").iter().zip(pupils.words("treated"));
    for ((pair, treated), passed) in rows.zip(pupils.numbers("Bagrut_status")) {
        let sum = sums.entry((pair.clone(), treated == "1")).or_default();
        *sum = (sum.0 + passed, sum.1 + 1.0);
    }
    let mut pairs: Vec<&String> = sums.keys().map(|(pair, _)| pair).collect();
    pairs.dedup();
    let (mut values, mut treated, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
    for (code, pair) in pairs.into_iter().enumerate() {
        let (Some(one), Some(zero)) =
            (sums.get(&(pair.clone(), true)), sums.get(&(pair.clone(), false)))
        else {
            continue;
        };
        values.extend([one.0 / one.1, zero.0 / zero.1]);
        treated.extend([true, false]);
        blocks.extend([code as u32; 2]);
    }
    let units = Units { values: &values, treated: &treated, blocks: &blocks, covariates: &[] };
    let complete = Draws { complete_up_to: 1_000_000, ..Draws::default() };
    let p = permutation(&units, complete).unwrap();
    item.same("/n_pairs", blocks.len() / 2);
    item.closed_form("/observed", p.observed);
    item.closed_form("/n_assignments", p.allocations);
    item.same("/n_as_extreme", p.as_extreme);
    item.closed_form("/p_two_sided", p.p_value);
    item.closed_form("/p_greater", p.as_large as f64 / p.looked_at as f64);

    // As the engine does it by itself, over 100,000 allocations: drawn, and near.
    let drawn = permutation(&units, Draws::default()).unwrap();
    let interval = drawn.interval.unwrap();
    let exact = item.number("/p_two_sided");
    assert!(!drawn.complete && interval.lower < exact && exact < interval.upper, "{drawn:?}");
}

fn small(item: &Item) {
    let values = [12.0, 15.0, 11.0, 18.0, 20.0, 14.0, 9.0, 16.0];
    let treated = [true, true, true, true, false, false, false, false];
    let p = lots(&values, &treated, 100_000);
    item.closed_form("/observed", p.observed);
    item.closed_form("/n_assignments", p.allocations);
    item.closed_form("/p_two_sided", p.p_value);
    item.closed_form("/p_greater", p.as_large as f64 / p.looked_at as f64);
    item.closed_form("/sd_null", p.chance_sd);
    item.same("/n_as_extreme", p.as_extreme);
    // The same by the shift algorithm.
    let counted = lots(&values, &treated, 0);
    assert!(counted.complete);
    item.same("/n_as_extreme", counted.as_extreme);
    item.closed_form("/p_two_sided", counted.p_value);
}
