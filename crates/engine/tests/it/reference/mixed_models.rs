//! `reference/mixed_models.json`.

use std::collections::BTreeMap;

use difference_engine::distributions::chi2_upper;
use difference_engine::least_squares::Term;
use difference_engine::mixed::{Component, Likelihood, Mixed, Random};

use super::data::Table;
use super::models::{awards_2001, exam, star};
use super::rows::Rows;
use super::{Check, Item};

const EXAM: &[&str] = &["standLRT", "girl"];
const AWARDS: &[&str] = &["treated", "boy", "lagscore"];

pub const CHECKS: &[Check] = &[
    ("exam_null_REML", |item| random_intercept(item, &exam(&[]))),
    ("exam_ri_REML", |item| random_intercept(item, &exam(EXAM))),
    ("exam_rs_REML", |item| with_slope(item, &exam(EXAM), "standLRT", true)),
    ("exam_uncorr_REML", |item| with_slope(item, &exam(EXAM), "standLRT", false)),
    ("star_ri_REML", |item| random_intercept(item, &star(true))),
    ("star_rs_treat_REML", |item| with_slope(item, &star(true), "small", true)),
    ("awards_lpm_ri_2001_REML", |item| random_intercept(item, &awards_2001(AWARDS))),
    ("chem97_ri_REML", |item| random_intercept(item, &chem97())),
    ("chem97_3level_REML", three_levels),
    ("exam_null_ML", |item| random_intercept(item, &exam(&[]))),
    ("exam_ri_ML", |item| random_intercept(item, &exam(EXAM))),
    ("exam_rs_ML", |item| with_slope(item, &exam(EXAM), "standLRT", true)),
    ("exam_uncorr_ML", |item| with_slope(item, &exam(EXAM), "standLRT", false)),
    ("star_ri_ML", |item| random_intercept(item, &star(true))),
    ("star_rs_treat_ML", |item| with_slope(item, &star(true), "small", true)),
    ("awards_lpm_ri_2001_ML", |item| random_intercept(item, &awards_2001(AWARDS))),
    ("chem97_ri_ML", |item| random_intercept(item, &chem97())),
    ("chem97_3level_ML", three_levels),
    ("exam_lrt_slope", likelihood_ratio),
];

pub const BY_HAND: &[Check] = &[
    ("eef_crt_ri_REML", |item| random_intercept(item, &teaching("eef_crt.csv"))),
    ("eef_mst_ri_REML", |item| random_intercept(item, &teaching("eef_mst.csv"))),
    ("eef_mst_rs_treat_REML", |item| {
        with_slope(item, &teaching("eef_mst.csv"), "Intervention", true);
    }),
    ("eef_crt_ri_ML", |item| random_intercept(item, &teaching("eef_crt.csv"))),
    ("eef_mst_ri_ML", |item| random_intercept(item, &teaching("eef_mst.csv"))),
    ("eef_mst_rs_treat_ML", |item| {
        with_slope(item, &teaching("eef_mst.csv"), "Intervention", true);
    }),
];

fn chem97() -> Rows {
    let table = Table::read("chem97.csv");
    Rows::new(table.numbers("score"), vec![("gcsecnt", table.numbers("gcsecnt"))])
        .clustered(table.words("school"))
}

fn teaching(file: &str) -> Rows {
    let table = Table::read(file);
    let columns = ["Intervention", "Prettest"].map(|name| (name, table.numbers(name)));
    Rows::new(table.numbers("Posttest"), columns.to_vec()).clustered(table.words("School"))
}

fn likelihood(item: &Item) -> Likelihood {
    match item.value("/reml").as_bool().unwrap() {
        true => Likelihood::Restricted,
        false => Likelihood::Full,
    }
}

/// What every model has: the objective first, then the coefficients.
fn coefficients(item: &Item, rows: &Rows, model: &Mixed) {
    item.same("/n", model.n());
    item.at_most("/objective_minus2ll", model.objective(), 1e-7);
    item.agrees("/objective_minus2ll", model.objective(), 1e-9);
    item.same("/singular", model.is_singular());
    item.iterative("/sigma", model.within().sqrt());
    for name in item.value("/fixef").as_object().unwrap().keys() {
        let term = rows.term(name);
        item.iterative(&format!("/fixef/{name}"), model.coefficient(term).unwrap());
        item.iterative(&format!("/se/{name}"), model.standard_error(term).unwrap());
        if !item.value("/satterthwaite_df").is_null() {
            let df = model.satterthwaite(term).unwrap();
            item.agrees(&format!("/satterthwaite_df/{name}"), df, 1e-3);
        }
        if !item.value("/kr_df").is_null() {
            let adjusted = model.kenward_roger(term).unwrap();
            item.iterative(&format!("/kr_df/{name}"), adjusted.df);
            item.iterative(&format!("/kr_se/{name}"), adjusted.standard_error);
        }
    }
    profiles(item, rows, model);
    predictions(item, rows, model);
}

/// Limits by profile likelihood, of the coefficients and of a random intercept's standard deviation.
fn profiles(item: &Item, rows: &Rows, model: &Mixed) {
    let Some(limits) = item.value("/profile_ci95").as_object() else {
        return;
    };
    for name in limits.keys() {
        let ours = match name.as_str() {
            "sigma" => model.profile_sd(Component::Residual, 0.95).unwrap().unwrap(),
            sd if sd.starts_with("sd_(Intercept)") => {
                model.profile_sd(Component::Intercept, 0.95).unwrap().unwrap()
            }
            name => model.profile_interval(rows.term(name), 0.95).unwrap(),
        };
        let name = name.replace('/', "~1");
        item.agrees(&format!("/profile_ci95/{name}/0"), ours.lower, 1e-3);
        item.agrees(&format!("/profile_ci95/{name}/1"), ours.upper, 1e-3);
    }
}

/// Each cluster's prediction and its conditional variance: absolute, against the spread of the effects, since some are next to
/// nothing.
fn predictions(item: &Item, rows: &Rows, model: &Mixed) {
    if item.value("/blup").is_null() {
        return;
    }
    let ours: BTreeMap<usize, _> =
        model.predictions().into_iter().map(|one| (one.cluster, one)).collect();
    let names = rows.cluster_names();
    assert_eq!(ours.len(), names.len());
    let tolerance = item.suggested().max(1e-6);
    let scales = [model.between(), model.slope_variance().unwrap_or(1.0)].map(f64::sqrt);
    for (cluster, one) in ours {
        let name = &names[cluster];
        let sloped = item.value(&format!("/blup/{name}")).is_array();
        let within = |at: String, ours: f64, scale: f64| {
            let theirs = item.number(&at);
            // The difference, in units of the effects' own spread.
            item.agrees_with(&at, 1.0, 1.0 + (ours - theirs) / scale, tolerance);
        };
        if sloped {
            within(format!("/blup/{name}/0"), one.intercept, scales[0]);
            within(format!("/blup/{name}/1"), one.slope, scales[1]);
            let [level, lean, slope] = one.covariance;
            for (at, ours, scale) in [
                (0, level, scales[0] * scales[0]),
                (1, lean, scales[0] * scales[1]),
                (3, slope, scales[1] * scales[1]),
            ] {
                within(format!("/blup_cond_var/{name}/{at}"), ours, scale);
            }
        } else {
            within(format!("/blup/{name}"), one.intercept, scales[0]);
            item.iterative(&format!("/blup_cond_var/{name}"), one.covariance[0]);
        }
    }
}

fn random_intercept(item: &Item, rows: &Rows) {
    let model = Mixed::fit(&rows.cells(), likelihood(item)).unwrap();
    coefficients(item, rows, &model);
    item.iterative("/varcomp/0/vcov", model.between());
    item.iterative("/varcomp/1/vcov", model.within());
    item.iterative("/theta", (model.between() / model.within()).sqrt());
}

fn with_slope(item: &Item, rows: &Rows, column: &str, correlated: bool) {
    let Term::Column(place) = rows.term(column) else {
        panic!("{column} is a column");
    };
    let random = match correlated {
        true => Random::Slope(place),
        false => Random::UncorrelatedSlope(place),
    };
    let model = Mixed::with(&rows.cells(), random, likelihood(item)).unwrap();
    coefficients(item, rows, &model);
    item.iterative("/varcomp/0/vcov", model.between());
    item.iterative("/varcomp/1/vcov", model.slope_variance().unwrap());
    let first = (model.between() / model.within()).sqrt();
    item.iterative("/theta/0", first);
    if !correlated {
        item.iterative("/varcomp/2/vcov", model.within());
        let second = (model.slope_variance().unwrap() / model.within()).sqrt();
        item.iterative("/theta/1", second);
        return;
    }
    let covariance = model.covariance().unwrap();
    item.iterative("/varcomp/2/vcov", covariance);
    item.iterative("/varcomp/3/vcov", model.within());
    let second = covariance / model.within() / first;
    item.iterative("/theta/1", second);
    let rest = (model.slope_variance().unwrap() / model.within() - second * second).max(0.0);
    if model.is_singular() {
        // Theirs stops a little beside the boundary, ours on it.
        item.agrees_with("/theta/2 + 1", item.number("/theta/2") + 1.0, rest.sqrt() + 1.0, 1e-4);
    } else {
        item.iterative("/theta/2", rest.sqrt());
    }
}

/// Pupils in schools in authorities.
fn three_levels(item: &Item) {
    let table = Table::read("chem97.csv");
    let rows = chem97();
    let mut of: BTreeMap<usize, usize> = BTreeMap::new();
    for (school, authority) in rows.clusters.iter().zip(table.words("lea")) {
        of.insert(*school, authority.parse().unwrap());
    }
    let cells = rows.cells();
    let outer: Vec<usize> = cells.iter().map(|cell| of[&cell.cluster]).collect();
    let model = Mixed::nested(&cells, &outer, likelihood(item)).unwrap();
    coefficients(item, &rows, &model);
    item.same("/groups/school:lea", model.groups());
    item.same("/groups/lea", model.clusters());
    item.iterative("/varcomp/0/vcov", model.between_groups().unwrap());
    item.iterative("/varcomp/1/vcov", model.between());
    item.iterative("/varcomp/2/vcov", model.within());
    for (at, variance) in [model.between_groups().unwrap(), model.between()].iter().enumerate() {
        item.iterative(&format!("/theta/{at}"), (variance / model.within()).sqrt());
    }
}

/// Whether schools' slopes differ: two models by full maximum likelihood.
fn likelihood_ratio(item: &Item) {
    let rows = exam(EXAM);
    let model = Mixed::with(&rows.cells(), Random::Slope(0), Likelihood::Full).unwrap();
    let test = model.likelihood_ratio().unwrap();
    item.iterative("/chisq", test.statistic);
    item.same("/df", u64::from(test.mixture[1]));
    // A tail moves by half of what the statistic does.
    item.agrees("/p_naive", chi2_upper(test.statistic, 2.0).unwrap(), 1e-5);
    item.agrees("/p_chibar_mixture", test.p_value, 1e-5);
}
