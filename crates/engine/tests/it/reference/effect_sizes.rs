//! `reference/effect_sizes.json`.

use difference_engine::change::Change;
use difference_engine::effect_size::{
    Scores, TwoGroups, Variance, cohens_u3, common_language, improvement_index, j_approximate,
    j_exact, overlap, probability_of_superiority,
};
use difference_engine::months::Months;
use difference_engine::ratios::Measured;
use difference_engine::refusal::Refusal;

use super::Item;
use super::data::Table;
use super::item::read;

/// Both groups' scores, where the rows may be kept here.
fn rows(id: &str) -> Option<(Vec<f64>, Vec<f64>)> {
    let (table, outcome, group, intervention, comparison) = if id.starts_with("star_mathk") {
        (Table::read("star.csv"), "mathk", "stark", "small", "regular")
    } else if id.starts_with("star_readk") {
        (Table::read("star.csv"), "readk", "stark", "small", "regular")
    } else if id.starts_with("baumann_post3") {
        (Table::read("baumann.csv"), "post_test_3", "group", "DRTA", "Basal")
    } else if id.starts_with("baumann_post1") {
        (Table::read("baumann.csv"), "post_test_1", "group", "Strat", "Basal")
    } else {
        return None;
    };
    let scores = |label: &str| table.only(group, &[label]).complete(&[outcome]).numbers(outcome);
    Some((scores(intervention), scores(comparison)))
}

/// Both groups summed up: from the rows, or, where their licence keeps them out of this repository,
/// from the counts, means and spreads that the reference itself gives.
fn groups(id: &str) -> TwoGroups {
    if let Some((one, zero)) = rows(id) {
        return TwoGroups {
            intervention: Scores::of(&one).unwrap(),
            comparison: Scores::of(&zero).unwrap(),
        };
    }
    let items = read("effect_sizes");
    let summed = items.iter().find(|i| i.id == "eef_crt_raw_formulas").unwrap();
    let scores = |which: &str| Scores {
        n: summed.number(&format!("/n{which}")),
        mean: summed.number(&format!("/mean{which}")),
        sd: summed.number(&format!("/sd{which}")),
    };
    TwoGroups { intervention: scores("1"), comparison: scores("0") }
}

fn formulas(item: &Item) {
    let two = groups(&item.id);
    let d = two.cohens_d().unwrap();
    let g = two.hedges_g(0.95).unwrap();
    item.closed_form("/mean1", two.intervention.mean);
    item.closed_form("/mean0", two.comparison.mean);
    item.closed_form("/sd1", two.intervention.sd);
    item.closed_form("/sd0", two.comparison.sd);
    item.closed_form("/sd_pooled", two.pooled_sd());
    item.closed_form("/df", two.df());
    item.closed_form("/diff", two.difference());
    item.closed_form("/cohen_d", d);
    item.closed_form("/J_approx", j_approximate(two.df()));
    item.closed_form("/J_exact", j_exact(two.df()));
    item.closed_form("/hedges_g_exact", g.estimate);
    item.closed_form("/hedges_g_approx", j_approximate(two.df()) * d);
    item.closed_form("/glass_delta_control", two.glass_delta().unwrap());
    item.closed_form("/var_LS", two.variance(Variance::LargeSample).unwrap());
    item.closed_form("/var_d_LS", two.variance(Variance::LargeSampleD).unwrap());
    item.closed_form("/var_g_borenstein", two.variance(Variance::Borenstein).unwrap());
    item.closed_form("/var_UB", two.variance(Variance::Unbiased).unwrap());
    let interval = two.noncentral_interval(0.95).unwrap();
    item.iterative("/ci95_d_noncentral_t/0", interval.lower);
    item.iterative("/ci95_d_noncentral_t/1", interval.upper);
    item.iterative("/ci95_g_noncentral_t/0", g.interval.unwrap().lower);
    item.iterative("/ci95_g_noncentral_t/1", g.interval.unwrap().upper);
    let welch = two.welch().unwrap();
    item.closed_form("/t_welch", welch.statistic);
    item.closed_form("/df_welch", welch.df);
    item.closed_form("/p_welch", welch.p_value);
    item.closed_form("/cles", common_language(d).unwrap());
    item.closed_form("/cohen_u3", cohens_u3(d).unwrap());
    item.closed_form("/overlap", overlap(d).unwrap());
    // The item's index is that of g with the approximate J.
    let approximate = j_approximate(two.df()) * d;
    item.closed_form(
        "/improvement_index_WWC",
        improvement_index(approximate).unwrap(),
    );
    if let Some((one, zero)) = rows(&item.id) {
        item.closed_form(
            "/prob_superiority_empirical",
            probability_of_superiority(&one, &zero).unwrap(),
        );
    }
}

fn with_variance(item: &Item, which: Variance) {
    let two = groups(&item.id);
    item.closed_form("/yi", two.hedges_g(0.95).unwrap().estimate);
    item.closed_form("/vi", two.variance(which).unwrap());
}

fn large_sample(item: &Item) {
    with_variance(item, Variance::LargeSample);
}

fn unbiased(item: &Item) {
    with_variance(item, Variance::Unbiased);
}

fn borenstein(item: &Item) {
    with_variance(item, Variance::Borenstein);
}

fn glass(item: &Item) {
    let (g, variance) = groups(&item.id).glass_g().unwrap();
    item.closed_form("/yi", g);
    item.closed_form("/vi", variance);
}

fn raw_difference(item: &Item) {
    let two = groups(&item.id);
    item.closed_form("/yi", two.difference());
    item.closed_form("/vi", two.welch().unwrap().standard_error.powi(2));
}

fn ratio(item: &Item, of: fn(&TwoGroups) -> Result<Measured, Refusal>) {
    let found = of(&groups(&item.id)).unwrap();
    item.closed_form("/yi", found.estimate);
    item.closed_form("/vi", found.variance);
}

/// effectsize finds its limits by a search that stops early, so they agree to 6 digits.
fn effectsize_d(item: &Item) {
    let two = groups(&item.id);
    let interval = two.noncentral_interval(0.95).unwrap();
    item.closed_form("/d", two.cohens_d().unwrap());
    item.iterative("/lb", interval.lower);
    item.iterative("/ub", interval.upper);
}

fn effectsize_g(item: &Item) {
    let g = groups(&item.id).hedges_g(0.95).unwrap();
    item.closed_form("/g", g.estimate);
    item.iterative("/lb", g.interval.unwrap().lower);
    item.iterative("/ub", g.interval.unwrap().upper);
}

fn drta_change() -> Change {
    let drta = Table::read("baumann.csv").only("group", &["DRTA"]);
    let (before, after) = (drta.numbers("pretest_1"), drta.numbers("post_test_1"));
    let (b, a) = (Scores::of(&before).unwrap(), Scores::of(&after).unwrap());
    let together: f64 = before.iter().zip(&after).map(|(x, y)| (x - b.mean) * (y - a.mean)).sum();
    Change {
        before: b,
        after: a,
        correlation: together / ((b.n - 1.0) * b.sd * a.sd),
    }
}

fn change_over_changes(item: &Item) {
    let change = drta_change().over_changes().unwrap();
    item.closed_form("/yi", change.estimate);
    item.closed_form("/vi", change.variance);
}

fn change_over_scores(item: &Item) {
    let all = drta_change();
    let change = all.over_scores(all.after.sd).unwrap();
    item.closed_form("/yi", change.estimate);
    item.closed_form("/vi", change.variance);
}

fn change_over_unequal_scores(item: &Item) {
    let all = drta_change();
    let change = all.over_scores_unequal(all.after.sd).unwrap();
    item.closed_form("/yi", change.estimate);
    item.closed_form("/vi", change.variance);
}

fn change(item: &Item) {
    let change = drta_change().raw().unwrap();
    item.closed_form("/yi", change.estimate);
    item.closed_form("/vi", change.variance);
}

/// The Toolkit's table, at both edges of every month and with both signs. (The table of project
/// reports, also in the item, is not offered: it was written down from memory.)
fn months(item: &Item) {
    let table = item.value("/eef_toolkit").as_array().unwrap().clone();
    assert_eq!(table.len(), 13);
    for (row, line) in table.iter().enumerate() {
        for edge in ["from", "to"] {
            let effect = line[edge].as_f64().unwrap();
            let pointer = format!("/eef_toolkit/{row}/months");
            item.same(&pointer, i64::from(Months::of(effect).months));
            item.same(&pointer, i64::from(-Months::of(-effect).months));
        }
    }
}

/// One check for each measure of each pair of groups.
macro_rules! measures {
    ($($groups:literal),* $(,)?) => {
        &[
            $(
                (concat!($groups, "_formulas"), formulas),
                (concat!($groups, "_escalc_SMD_LS"), large_sample),
                (concat!($groups, "_escalc_SMD_AV"), large_sample),
                (concat!($groups, "_escalc_SMD_UB"), unbiased),
                (concat!($groups, "_escalc_SMD_LS2"), borenstein),
                (concat!($groups, "_escalc_SMD1"), glass),
                (concat!($groups, "_escalc_MD"), raw_difference),
                (concat!($groups, "_escalc_SMDH"), |item| ratio(item, TwoGroups::average_spread_g)),
                (concat!($groups, "_escalc_ROM"), |item| ratio(item, TwoGroups::log_ratio_of_means)),
                (concat!($groups, "_escalc_VR"), |item| ratio(item, TwoGroups::log_ratio_of_spreads)),
                (concat!($groups, "_escalc_CVR"), |item| ratio(item, TwoGroups::log_ratio_of_variation)),
                (concat!($groups, "_effectsize_d"), effectsize_d),
                (concat!($groups, "_effectsize_g"), effectsize_g),
            )*
            ("baumann_prepost_DRTA_SMCC", change_over_changes),
            ("baumann_prepost_DRTA_SMCR", change_over_scores),
            ("baumann_prepost_DRTA_SMCRH", change_over_unequal_scores),
            ("baumann_prepost_DRTA_MC", change),
            ("months_progress_tables", months),
        ]
    };
}

pub const CHECKS: &[super::Check] = measures!(
    "star_mathk_small_vs_regular",
    "star_readk_small_vs_regular",
    "baumann_post3_DRTA_vs_Basal",
    "baumann_post1_Strat_vs_Basal",
    "eef_crt_raw",
);

pub const BY_HAND: &[super::Check] = &[];
