//! `reference/meta_multilevel.json`: results that depend on each other, as metafor, clubSandwich and robumeta pool
//! them.

use difference_engine::evaluation::Estimate;
use difference_engine::pool::{
    Heterogeneity, Inference, Level, MetaRegression, Pool, PoolQuestion, Study, Working, pool,
};
use serde_json::Value;

use super::data::Table;
use super::pooled::rma;
use super::{Check, Item};

/// Schools within districts.
fn districts() -> Vec<Study> {
    let t = Table::read("konstantopoulos2011.csv");
    let (effects, variances, years) = (t.numbers("yi"), t.numbers("vi"), t.numbers("year"));
    let rows = effects.iter().zip(&variances).zip(&years).enumerate();
    rows.map(|(row, ((effect, variance), year))| Study {
        label: format!("{}/{}", t.words("district")[row], t.words("school")[row]),
        place: Some(t.words("district")[row].clone()),
        within: Some(t.words("school")[row].clone()),
        effect: *effect,
        variance: *variance,
        moderators: vec![Some(Level::Number(year - 1990.0))],
        ..Study::default()
    })
    .collect()
}

/// What `robu` was given, in its order.
const MODERATORS: [&str; 7] = [
    "study_design",
    "attrition",
    "group_equivalence",
    "adjusted",
    "male_pct",
    "white_pct",
    "average_age",
];

/// Outcomes of samples of studies that prevent pupils from dropping out.
fn dropout() -> Vec<Study> {
    let t = Table::read("dropout_prevention.csv");
    let (effects, variances) = (t.numbers("LOR1"), t.numbers("varLOR"));
    let moderator = |row: usize, name: &&str| {
        let word = &t.words(name)[row];
        Some(
            word.parse()
                .map_or_else(|_| Level::Word(word.clone()), Level::Number),
        )
    };
    let rows = effects.iter().zip(&variances).enumerate();
    rows.map(|(row, (effect, variance))| Study {
        label: format!("{}.{row}", t.words("studyID")[row]),
        place: Some(t.words("studyID")[row].clone()),
        within: Some(t.words("studySample")[row].clone()),
        effect: *effect,
        variance: *variance,
        moderators: MODERATORS.iter().map(|name| moderator(row, name)).collect(),
        ..Study::default()
    })
    .collect()
}

fn three_levels(method: Heterogeneity, inference: Inference, moderators: &[&str]) -> Pool {
    let question = PoolQuestion {
        method,
        inference,
        moderators: moderators.iter().map(|name| (*name).to_owned()).collect(),
        ..PoolQuestion::default()
    };
    pool(&districts(), &question).unwrap()
}

fn working(working: Working, rho: Option<f64>, moderators: &[&str]) -> Pool {
    let question = PoolQuestion {
        inference: Inference::Cr2,
        working: Some(working),
        rho,
        moderators: moderators.iter().map(|name| (*name).to_owned()).collect(),
        ..PoolQuestion::default()
    };
    pool(&dropout(), &question).unwrap()
}

fn named<'a>(pool: &'a Pool, method: &str) -> &'a Estimate {
    let found = pool.estimates.iter().find(|e| e.method == method);
    found.unwrap_or_else(|| panic!("no {method}"))
}

/// An estimate with a letter or a list behind each figure's name, such as `/beta/1`.
///
/// Limits are compared as distances from the estimate: one near zero is the small difference of two larger figures, and
/// the peer's optimiser stops 1e-7 short of the variances at which the likelihood's slope is zero, where ours stand.
fn same(item: &Item, ours: &Estimate, figures: &[&str], after: &str) {
    let interval = ours.interval.unwrap();
    for figure in figures {
        if let "ci_lb" | "ci_ub" = *figure {
            let limit = if *figure == "ci_lb" { interval.lower } else { interval.upper };
            let pointer = format!("/{figure}{after}");
            let theirs = item.number(&pointer) - item.number(&format!("/beta{after}"));
            let what = format!("{pointer}, from the estimate");
            item.agrees_with(&what, theirs, limit - ours.estimate, 1e-6);
            continue;
        }
        let value = match *figure {
            "beta" | "b" => ours.estimate,
            "se" => ours.standard_error.unwrap(),
            "stat" | "t" => ours.statistic.unwrap(),
            "df" => ours.df.unwrap(),
            "p" => ours.p_value.unwrap(),
            other => panic!("{other}?"),
        };
        item.iterative(&format!("/{figure}{after}"), value);
    }
}

/// What goes with the fit whatever the interval: levels, components, likelihood, Q.
fn fit(item: &Item, ours: &Pool) {
    let dependent = ours.dependent.as_ref().unwrap();
    item.same("/k", ours.k);
    for (i, component) in dependent.components.iter().enumerate() {
        item.iterative(&format!("/sigma2/{i}"), component.variance);
        item.same(&format!("/levels/{i}"), component.groups);
    }
    item.iterative("/loglik", dependent.log_likelihood.unwrap());
    item.at_least("/loglik", dependent.log_likelihood.unwrap(), 1e-9);
    item.iterative("/QE", ours.q.statistic);
}

/// `rma.mv(yi, vi, random=~1|district/school, …)`.
fn rma_mv(item: &Item, method: Heterogeneity, way: &str, df: Option<f64>) {
    let ours = three_levels(method, Inference::Wald, &[]);
    let average = named(&ours, way);
    same(item, average, &["beta", "se", "stat", "p", "ci_lb", "ci_ub"], "");
    assert_eq!(average.df, df);
    item.same("/ddf", df.map_or(Value::Null, |_| item.value("/ddf").clone()));
    if let Some(df) = df {
        item.agrees("/ddf", df, 0.0);
    }
    item.iterative("/QM", average.statistic.unwrap().powi(2));
    fit(item, &ours);
}

/// `confint(rma.mv(…))`: profile-likelihood limits, which the peer finds to about 1e-3.
fn limits(item: &Item) {
    let ours = three_levels(Heterogeneity::Reml, Inference::Cr2, &[]);
    for (i, component) in ours.dependent.unwrap().components.iter().enumerate() {
        for (name, power) in [("sigma2", 1.0), ("sigma", 0.5)] {
            let figures = [
                component.variance,
                component.lower.unwrap(),
                component.upper.unwrap(),
            ];
            for (j, figure) in figures.into_iter().enumerate() {
                let tolerance = if j == 0 { 1e-6 } else { 1e-3 };
                item.agrees(&format!("/{i}/{name}/{j}"), figure.powf(power), tolerance);
            }
        }
    }
}

/// `robust(…, clubSandwich=TRUE)`.
fn cr2(item: &Item) {
    let ours = three_levels(Heterogeneity::Reml, Inference::Cr2, &[]);
    let figures = ["beta", "se", "t", "df", "p", "ci_lb", "ci_ub"];
    same(item, ours.primary().unwrap(), &figures, "");
    item.same("/n_clusters", ours.dependent.as_ref().unwrap().places);
}

/// `robust(…)`.
fn cr1(item: &Item) {
    let ours = three_levels(Heterogeneity::Reml, Inference::Cr2, &[]);
    let found = named(&ours, "reml, three levels, cr1");
    same(item, found, &["beta", "se", "t", "df", "p"], "");
}

/// Each level's share of the variation.
fn i2(item: &Item) {
    let ours = three_levels(Heterogeneity::Reml, Inference::Cr2, &[]);
    item.iterative("/total", ours.i2 / 100.0);
    for (i, component) in ours.dependent.unwrap().components.iter().enumerate() {
        item.iterative(&format!("/by_level/{i}"), component.i2 / 100.0);
    }
}

/// `ranef(rma.mv(…))`.
fn deviations(item: &Item) {
    let ours = three_levels(Heterogeneity::Reml, Inference::Cr2, &[]);
    let dependent = ours.dependent.unwrap();
    let names = ["district", "district~1school"];
    for (name, component) in names.into_iter().zip(&dependent.components) {
        let figure = |figure: &str| format!("/{name}/{figure}");
        assert_eq!(item.numbers(&figure("se")).len(), component.deviations.len());
        for (i, deviation) in component.deviations.iter().enumerate() {
            item.same(&figure(&format!("id/{i}")), deviation.label.clone());
            item.iterative(&figure(&format!("intrcpt/{i}")), deviation.estimate);
            item.iterative(&figure(&format!("se/{i}")), deviation.standard_error);
        }
    }
    for (study, given) in ours.studies.iter().zip(districts()) {
        // What a result's own effect is likely to be: the average with both deviations.
        let of = |component: usize, label: &str| {
            let all = &dependent.components[component].deviations;
            all.iter().find(|d| d.label == label).unwrap().estimate
        };
        let average = ours.estimates[0].estimate;
        let both = of(0, given.place.as_deref().unwrap()) + of(1, &given.label);
        assert!((study.shrunken.unwrap() - average - both).abs() < 1e-12);
    }
}

/// `rma.mv(yi, vi, mods=~I(year-1990), …)`, and by `robust(…, clubSandwich=TRUE)`.
fn with_years(item: &Item, inference: Inference) {
    let ours = three_levels(Heterogeneity::Reml, inference, &["years since 1990"]);
    let fitted = ours.meta_regression.unwrap();
    let figures: &[&str] = match inference {
        Inference::Wald => &["beta", "se", "stat", "p", "ci_lb", "ci_ub"],
        _ => &["beta", "se", "df", "p"],
    };
    for (i, coefficient) in fitted.coefficients.iter().enumerate() {
        same(item, coefficient, figures, &format!("/{i}"));
    }
    item.iterative("/QM", fitted.test.statistic);
    if inference == Inference::Wald {
        item.same("/k", fitted.k);
        item.iterative("/QE", fitted.q.statistic);
        let both: f64 = item.numbers("/sigma2").iter().sum();
        item.agrees_with("/sigma2, together", both, fitted.tau2, 1e-6);
    } else {
        item.agrees("/QMdf/0", fitted.test.df, 0.0);
        item.iterative("/QMdf/1", fitted.test.residual_df.unwrap());
        item.iterative("/QMp", fitted.test.p_value);
    }
}

/// `robu(LOR1 ~ 1, …, small=TRUE)`. It takes the tail of t from 1, so its p is only known to the last digit of 1.
fn robu(item: &Item, ours: &Pool) {
    let average = ours.primary().unwrap();
    same(item, average, &["b", "se", "t", "df"], "");
    let apart = average.p_value.unwrap() - item.number("/p");
    item.agrees_with("/p, ours less theirs", 0.0, apart, f64::EPSILON);
    let dependent = ours.dependent.as_ref().unwrap();
    item.iterative("/tau2", dependent.components[0].variance);
    match dependent.components.get(1) {
        Some(within) => item.iterative("/omega2", within.variance),
        None => item.iterative("/I2", ours.i2),
    }
    item.same("/k", ours.k);
    item.same("/n_studies", dependent.places);
}

/// `robu(LOR1 ~ study_design + …, modelweights="CORR", rho=0.8, small=TRUE)`.
fn robu_with_moderators(item: &Item) {
    let ours = working(Working::Corr, None, &MODERATORS);
    let fitted: &MetaRegression = ours.meta_regression.as_ref().unwrap();
    assert_eq!(fitted.coefficients.len(), item.numbers("/b").len());
    for (i, coefficient) in fitted.coefficients.iter().enumerate() {
        let after = format!("/{i}");
        same(item, coefficient, &["b", "se", "t", "df", "p"], &after);
    }
    item.iterative("/tau2", fitted.tau2);
    item.iterative("/I2", fitted.i2);
    item.same("/k", fitted.k);
    item.same("/n_studies", ours.dependent.unwrap().places);
}

/// `robust(rma.mv(LOR1, V, random=~1|studyID/studySample), …, clubSandwich=TRUE)` with errors correlated by 0.6.
fn che(item: &Item) {
    let ours = working(Working::Che, Some(0.6), &[]);
    same(item, ours.primary().unwrap(), &["beta", "se", "df", "p"], "");
    let dependent = ours.dependent.unwrap();
    for (i, component) in dependent.components.iter().enumerate() {
        item.iterative(&format!("/sigma2/{i}"), component.variance);
    }
    item.iterative("/loglik", dependent.log_likelihood.unwrap());
    item.at_least("/loglik", dependent.log_likelihood.unwrap(), 1e-9);
}

fn two_levels(item: &Item) {
    let effects: Vec<(f64, f64)> = districts().iter().map(|s| (s.effect, s.variance)).collect();
    rma(item, &effects, Heterogeneity::Reml, Inference::Wald);
}

fn corr(item: &Item, rho: Option<f64>) {
    robu(item, &working(Working::Corr, rho, &[]));
}

pub const CHECKS: &[Check] = &[
    ("konstantopoulos2011_3level_REML", |i| {
        rma_mv(i, Heterogeneity::Reml, "reml, three levels, wald", None);
    }),
    ("konstantopoulos2011_3level_ML", |i| {
        rma_mv(i, Heterogeneity::Ml, "ml, three levels, wald", None);
    }),
    ("konstantopoulos2011_3level_REML_t", |i| {
        rma_mv(i, Heterogeneity::Reml, "reml, three levels, t", Some(55.0));
    }),
    ("konstantopoulos2011_3level_REML_t_contain", |i| {
        let way = "reml, three levels, t by places";
        rma_mv(i, Heterogeneity::Reml, way, Some(10.0));
    }),
    ("konstantopoulos2011_3level_confint", limits),
    ("konstantopoulos2011_3level_CR2", cr2),
    ("konstantopoulos2011_3level_robust_CR1", cr1),
    ("konstantopoulos2011_2level_REML", two_levels),
    ("konstantopoulos2011_I2_multilevel", i2),
    ("konstantopoulos2011_blups", deviations),
    ("konstantopoulos2011_3level_mods1", |i| {
        with_years(i, Inference::Wald);
    }),
    ("konstantopoulos2011_3level_mods1_CR2", |i| {
        with_years(i, Inference::Cr2);
    }),
    ("dropout_robu_CORR", |i| corr(i, None)),
    ("dropout_robu_HIER", |i| robu(i, &working(Working::Hier, None, &[]))),
    ("dropout_robu_CORR_mods", robu_with_moderators),
    ("dropout_robu_CORR_rho0", |i| corr(i, Some(0.0))),
    ("dropout_robu_CORR_rho0.4", |i| corr(i, Some(0.4))),
    ("dropout_robu_CORR_rho0.6", |i| corr(i, Some(0.6))),
    ("dropout_robu_CORR_rho0.8", |i| corr(i, Some(0.8))),
    ("dropout_robu_CORR_rho1", |i| corr(i, Some(1.0))),
    ("dropout_CHE_CR2", che),
];

pub const BY_HAND: &[Check] = &[];
