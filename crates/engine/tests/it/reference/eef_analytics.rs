//! `reference/eef_analytics.json`: those of two groups.

use std::collections::BTreeMap;

use difference_engine::cluster_effect_size::{Sizes, multisite, total, within};
use difference_engine::evaluation::EffectSize;
use difference_engine::intraclass::Intraclass;
use difference_engine::mixed::{Likelihood, Mixed, Random};

use super::data::Table;
use super::models::star;
use super::rows::Rows;
use super::{Check, Item};

pub const CHECKS: &[Check] = &[("mstFREQ_star", |item| {
    many_sites(item, &small_and_regular(), "small", "small1");
})];

pub const BY_HAND: &[Check] = &[
    ("crtFREQ_crt", |item| clusters(item, &teaching("eef_crt.csv"))),
];

/// Their intervals are 1.96 standard errors to each side.
const THEIRS: f64 = 1.96;

/// STAR's small and regular classes, without those that had an aide.
fn small_and_regular() -> Rows {
    let all = star(true);
    let aide = &all.columns[1].1;
    let keep: Vec<usize> = (0..all.n()).filter(|row| aide[*row] == 0.0).collect();
    let pick = |values: &[f64]| keep.iter().map(|row| values[*row]).collect::<Vec<f64>>();
    let columns = (all.columns.iter())
        .filter(|(name, _)| *name != "aide")
        .map(|(name, values)| (*name, pick(values)))
        .collect();
    let words: Vec<String> =
        keep.iter().map(|row| all.cluster_names()[all.clusters[*row]].clone()).collect();
    Rows::new(pick(&all.outcome), columns).clustered(&words)
}

fn teaching(file: &str) -> Rows {
    let table = Table::read(file);
    let columns = ["Intervention", "Prettest"].map(|name| (name, table.numbers(name)));
    Rows::new(table.numbers("Posttest"), columns.to_vec()).clustered(table.words("School"))
}

/// Pupils by school and group, comparison first.
fn sizes(rows: &Rows) -> Vec<[usize; 2]> {
    let mut sizes: BTreeMap<usize, [usize; 2]> = BTreeMap::new();
    for (school, arm) in rows.clusters.iter().zip(&rows.columns[0].1) {
        sizes.entry(*school).or_default()[usize::from(*arm == 1.0)] += 1;
    }
    sizes.into_values().collect()
}

fn by_group(rows: &Rows) -> Sizes {
    let of = |group: usize| {
        let all = sizes(rows).into_iter().map(|site| site[group]);
        all.filter(|n| *n > 0).collect()
    };
    Sizes {
        intervention: of(1),
        comparison: of(0),
    }
}

fn size(item: &Item, at: &str, ours: &EffectSize) {
    item.iterative(&format!("{at}/0"), ours.estimate);
    let theirs = (item.number(&format!("{at}/2")) - item.number(&format!("{at}/1"))) / (2.0 * THEIRS);
    let error = ours.standard_error.unwrap();
    item.agrees_with(&format!("{at}, standard error"), theirs, error, item.suggested().max(1e-6));
}

fn coefficients(item: &Item, rows: &Rows, model: &Mixed, treatment: &str, called: &str) {
    for name in item.value("/Beta").as_object().unwrap().keys() {
        let term = match name.as_str() {
            "Intercept" => rows.term("(Intercept)"),
            name if name == called => rows.term(treatment),
            name => rows.term(name),
        };
        item.iterative(&format!("/Beta/{name}/0"), model.coefficient(term).unwrap());
        let limits = model.profile_interval(term, 0.95).unwrap();
        item.agrees(&format!("/Beta/{name}/1"), limits.lower, 1e-3);
        item.agrees(&format!("/Beta/{name}/2"), limits.upper, 1e-3);
    }
}

fn unconditional(item: &Item, rows: &Rows, estimate: f64, called: &str, school: &str) {
    let spread = Intraclass::of(&rows.cells()).unwrap();
    item.iterative(&format!("/covParm_unconditional/{school}"), spread.between);
    item.iterative("/covParm_unconditional/Pupils", spread.within);
    item.iterative("/covParm_unconditional/ICC", spread.correlation());
    let all = spread.between + spread.within;
    item.iterative("/covParm_unconditional/Total", all);
    let (icc, groups) = (spread.correlation(), by_group(rows));
    let at = format!("/ES_unconditional/{called}");
    let inside = within(estimate, spread.within, icc, &groups, 0.95).unwrap();
    size(item, &format!("{at}/Within"), &inside);
    size(item, &format!("{at}/Total"), &total(estimate, all, icc, &groups, 0.95).unwrap());
}

/// Whole schools drawn: a random intercept.
fn clusters(item: &Item, rows: &Rows) {
    let model = Mixed::fit(&rows.cells(), Likelihood::Restricted).unwrap();
    coefficients(item, rows, &model, "Intervention", "Intervention1");
    item.iterative("/covParm/Schools", model.between());
    item.iterative("/covParm/Pupils", model.within());
    item.iterative("/covParm/Total", model.total_variance(0.0));
    item.iterative("/covParm/ICC", model.intraclass_correlation());
    let estimate = model.coefficient(rows.term("Intervention")).unwrap();
    let (icc, groups) = (model.intraclass_correlation(), by_group(rows));
    let inside = within(estimate, model.within(), icc, &groups, 0.95).unwrap();
    size(item, "/ES_conditional/Intervention1/Within", &inside);
    let all = total(estimate, model.total_variance(0.0), icc, &groups, 0.95).unwrap();
    size(item, "/ES_conditional/Intervention1/Total", &all);
    unconditional(item, rows, estimate, "Intervention1", "Schools");
}

/// Pupils drawn within schools: a random intercept and a random difference.
fn many_sites(item: &Item, rows: &Rows, treatment: &str, called: &str) {
    let model = Mixed::with(&rows.cells(), Random::Slope(0), Likelihood::Restricted).unwrap();
    coefficients(item, rows, &model, treatment, called);
    let (slope, covariance) = (model.slope_variance().unwrap(), model.covariance().unwrap());
    item.iterative("/covParm/School:trt/0/0", model.between());
    item.iterative("/covParm/School:trt/0/1", covariance);
    item.iterative("/covParm/School:trt/1/1", slope);
    item.iterative("/covParm/Pupils", model.within());
    let treated = rows.columns[0].1.iter().sum::<f64>() / rows.n() as f64;
    let all = model.total_variance(treated);
    item.iterative("/covParm/Total", all);
    // Theirs sums the whole matrix.
    item.iterative("/covParm/ICC", (model.between() + 2.0 * covariance + slope) / all);
    let estimate = model.coefficient(rows.term(treatment)).unwrap();
    let sites = sizes(rows);
    for (name, variance) in [("Within", model.within()), ("Total", all)] {
        let ours = multisite(estimate, variance, model.within(), slope, &sites, 0.95).unwrap();
        size(item, &format!("/ES_conditional/{called}/{name}"), &ours);
    }
    unconditional(item, rows, estimate, called, "School/0/0");
}
