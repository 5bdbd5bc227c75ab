//! `reference/permutation.json`.

use std::collections::BTreeMap;

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

pub const BY_HAND: &[Check] = &[];

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
