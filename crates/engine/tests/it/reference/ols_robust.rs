//! `reference/ols_robust.json`: least squares and its robust variances.
//!
//! Every figure of an item is compared.

use difference_engine::cluster_robust::{ClusterRobust, Correction as Cr};
use difference_engine::count::count;
use difference_engine::distributions::{f_upper, t_quantile, t_two_sided};
use difference_engine::effect_size::{Scores, TwoGroups};
use difference_engine::heteroskedastic::{Correction as Hc, Heteroskedastic};
use difference_engine::least_squares::{LeastSquares, Term};
use difference_engine::moments::Moments;
use difference_engine::wald;

use super::data::Table;
use super::models::{awards_2001, exam, star, star_with_schools};
use super::rows::Rows;
use super::{Check, Item};

pub const CHECKS: &[Check] = &[
    ("star_mathk_noFE", |item| linear_model(item, &star(false))),
    ("star_mathk_adj", |item| linear_model(item, &star(true))),
    ("star_mathk_schoolFE", |item| linear_model(item, &star_with_schools())),
    ("star_estimatr_FE_CR0", |item| clustered(item, Cr::Cr0)),
    ("star_estimatr_FE_stata", |item| clustered(item, Cr::Cr1s)),
    ("star_estimatr_FE_CR2", |item| clustered(item, Cr::Cr2)),
    ("baumann_ancova_post1", |item| linear_model(item, &baumann("post_test_1"))),
    ("baumann_ancova_post3", |item| linear_model(item, &baumann("post_test_3"))),
    ("baumann_anova_omnibus", omnibus),
    ("baumann_lm_lin_HC1", |item| lin(item, Hc::Hc1)),
    ("baumann_lm_lin_HC2", |item| lin(item, Hc::Hc2)),
    ("baumann_lm_lin_HC3", |item| lin(item, Hc::Hc3)),
    ("baumann_dim", difference_in_means),
    ("exam_ols", |item| linear_model(item, &exam(&["standLRT", "girl"]))),
    ("awards_lpm_2001", |item| linear_model(item, &awards_2001(&["treated"]))),
    ("awards_lpm_2001_adj", |item| {
        linear_model(
            item,
            &awards_2001(&[
                "treated", "boy", "lagscore", "siblings", "father_ed", "mother_ed", "immigrant",
            ]),
        );
    }),
    ("awards_wald_HTZ", several_at_once),
];

pub const BY_HAND: &[Check] = &[
    ("eef_crt_ancova", |item| linear_model(item, &eef("eef_crt.csv"))),
    ("eef_mst_ancova", |item| linear_model(item, &eef("eef_mst.csv"))),
    ("eef_mst_ancova_FE", |item| linear_model(item, &eef_within_schools())),
];

/// eefAnalytics' teaching data.
fn eef(name: &str) -> Rows {
    let table = Table::read(name);
    let columns = ["Intervention", "Prettest"].map(|column| (column, table.numbers(column)));
    Rows::new(table.numbers("Posttest"), columns.to_vec()).clustered(table.words("School"))
}

fn eef_within_schools() -> Rows {
    let mut rows = eef("eef_mst.csv");
    rows.blocks.clone_from(&rows.clusters);
    rows
}

/// `lm` with its classical, HC and CR standard errors.
pub fn linear_model(item: &Item, rows: &Rows) {
    let cells = rows.cells();
    let fit = LeastSquares::fit(&cells).unwrap();
    item.same("/n", fit.n());
    item.same("/df_resid", fit.residual_df());
    let all = Moments::of(rows.outcome.iter().map(|y| [*y]));
    let (n, df) = (count(fit.n()), count(fit.residual_df()));
    let r2 = 1.0 - fit.residual_sum() / all.cross(0, 0);
    item.closed_form("/sigma", fit.residual_variance().sqrt());
    item.closed_form("/r2", r2);
    item.closed_form("/adj_r2", 1.0 - (1.0 - r2) * (n - 1.0) / df);
    let spread = std::f64::consts::TAU * fit.residual_sum() / n;
    item.closed_form("/loglik", -0.5 * n * (spread.ln() + 1.0));

    let names: Vec<String> = item.value("/coef").as_object().unwrap().keys().cloned().collect();
    let terms: Vec<Term> = names.iter().map(|name| rows.term(name)).collect();
    let mut rowwise = Heteroskedastic::new(&fit, &terms);
    for (block, values) in rows.each() {
        rowwise.add(block, &values);
    }
    for (name, term) in names.iter().zip(&terms) {
        let estimate = fit.coefficient(*term).unwrap();
        item.closed_form(&format!("/coef/{name}"), estimate);
        let classical = fit.standard_error(*term).unwrap();
        item.closed_form(&format!("/se_classical/{name}"), classical);
        let p = t_two_sided(estimate / classical, df).unwrap();
        item.closed_form(&format!("/p_classical/{name}"), p);
        for (key, correction) in
            [("HC0", Hc::Hc0), ("HC1", Hc::Hc1), ("HC2", Hc::Hc2), ("HC3", Hc::Hc3)]
        {
            let ours = rowwise.standard_error(*term, correction).unwrap();
            item.closed_form(&format!("/se_{key}/{name}"), ours);
        }
    }
    for (key, correction) in [
        ("CR0", Cr::Cr0),
        ("CR1", Cr::Cr1),
        ("CR1S", Cr::Cr1s),
        ("CR2", Cr::Cr2),
        ("CR3", Cr::Cr3),
    ] {
        if item.value(&format!("/se_{key}")).is_null() {
            continue;
        }
        let robust = ClusterRobust::new(&fit, &cells, correction).unwrap();
        for (name, term) in names.iter().zip(&terms) {
            let ours = robust.standard_error(*term).unwrap();
            item.closed_form(&format!("/se_{key}/{name}"), ours);
            if correction == Cr::Cr2 {
                let df = robust.satterthwaite(*term).unwrap();
                item.closed_form(&format!("/df_CR2_satterthwaite/{name}"), df);
                let p = t_two_sided(fit.coefficient(*term).unwrap() / ours, df).unwrap();
                item.closed_form(&format!("/p_CR2_satterthwaite/{name}"), p);
            }
        }
    }
}

fn baumann(outcome: &str) -> Rows {
    let table = Table::read("baumann.csv");
    Rows::new(
        table.numbers(outcome),
        vec![
            ("DRTA", table.dummy("group", &["DRTA"])),
            ("Strat", table.dummy("group", &["Strat"])),
            ("pretest_1", table.numbers("pretest_1")),
            ("pretest_2", table.numbers("pretest_2")),
        ],
    )
}

/// `lm_robust` with fixed effects and clusters.
fn clustered(item: &Item, correction: Cr) {
    let rows = star_with_schools();
    let cells = rows.cells();
    let fit = LeastSquares::fit(&cells).unwrap();
    let robust = ClusterRobust::new(&fit, &cells, correction).unwrap();
    for name in item.value("/coef").as_object().unwrap().keys() {
        let term = rows.term(name);
        let df = match correction {
            Cr::Cr2 => robust.satterthwaite(term).unwrap(),
            _ => count(robust.clusters()) - 1.0,
        };
        let estimate = fit.coefficient(term).unwrap();
        interval(item, name, estimate, robust.standard_error(term).unwrap(), df);
    }
}

/// estimatr's row for one coefficient.
fn interval(item: &Item, name: &str, estimate: f64, se: f64, df: f64) {
    item.closed_form(&format!("/coef/{name}"), estimate);
    item.closed_form(&format!("/se/{name}"), se);
    item.closed_form(&format!("/df/{name}"), df);
    item.closed_form(&format!("/p/{name}"), t_two_sided(estimate / se, df).unwrap());
    let half = t_quantile(0.975, df).unwrap() * se;
    // A list of one where there is only one coefficient.
    let at = |end: &str| match item.value(end).is_array() {
        true => end.to_owned(),
        false => format!("{end}/{name}"),
    };
    item.closed_form(&at("/lb"), estimate - half);
    item.closed_form(&at("/ub"), estimate + half);
}

/// Lin's estimator: treatment, centred covariates and their products, by least squares.
fn lin(item: &Item, correction: Hc) {
    let table = Table::read("baumann.csv").only("group", &["Basal", "DRTA"]);
    let treated = table.dummy("group", &["DRTA"]);
    let centred = |column: &str| -> Vec<f64> {
        let values = table.numbers(column);
        let mean = Moments::of(values.iter().map(|v| [*v])).mean(0);
        values.iter().map(|v| v - mean).collect()
    };
    let times = |column: &[f64]| -> Vec<f64> {
        column.iter().zip(&treated).map(|(a, b)| a * b).collect()
    };
    let (one, two) = (centred("pretest_1"), centred("pretest_2"));
    let (of_one, of_two) = (times(&one), times(&two));
    let rows = Rows::new(
        table.numbers("post_test_3"),
        vec![
            ("DRTA", treated),
            ("pretest_1_c", one),
            ("pretest_2_c", two),
            ("DRTA:pretest_1_c", of_one),
            ("DRTA:pretest_2_c", of_two),
        ],
    );
    let fit = LeastSquares::fit(&rows.cells()).unwrap();
    let mut rowwise = Heteroskedastic::new(&fit, &fit.terms());
    for (block, values) in rows.each() {
        rowwise.add(block, &values);
    }
    for name in item.value("/coef").as_object().unwrap().keys() {
        let term = rows.term(name);
        let se = rowwise.standard_error(term, correction).unwrap();
        interval(item, name, fit.coefficient(term).unwrap(), se, count(fit.residual_df()));
    }
}

/// Two groups without covariates: HC2 is Welch's standard error; his degrees of freedom take each group's spread as it is.
fn difference_in_means(item: &Item) {
    let table = Table::read("baumann.csv");
    let scores = |group: &str| Scores::of(&table.only("group", &[group]).numbers("post_test_3"));
    let groups = TwoGroups {
        intervention: scores("DRTA").unwrap(),
        comparison: scores("Basal").unwrap(),
    };
    let welch = groups.welch().unwrap();
    interval(item, "DRTA", groups.difference(), welch.standard_error, welch.df);
    item.closed_form("/p/DRTA", welch.p_value);

    let table = table.only("group", &["Basal", "DRTA"]);
    let rows = Rows::new(
        table.numbers("post_test_3"),
        vec![("DRTA", table.dummy("group", &["DRTA"]))],
    );
    let fit = LeastSquares::fit(&rows.cells()).unwrap();
    let mut rowwise = Heteroskedastic::new(&fit, &[Term::Column(0)]);
    for (block, values) in rows.each() {
        rowwise.add(block, &values);
    }
    let hc2 = rowwise.standard_error(Term::Column(0), Hc::Hc2).unwrap();
    item.closed_form("/se/DRTA", hc2);
}

/// Three coefficients at once, three ways.
fn several_at_once(item: &Item) {
    let columns = ["treated", "boy", "lagscore", "siblings", "father_ed", "mother_ed"];
    let rows = awards_2001(&columns);
    let cells = rows.cells();
    let fit = LeastSquares::fit(&cells).unwrap();
    let robust = ClusterRobust::new(&fit, &cells, Cr::Cr2).unwrap();
    let terms = ["treated", "boy", "lagscore"].map(|name| rows.term(name));
    let quadratic = robust.quadratic(&terms).unwrap();
    let forms = [
        wald::chi_squared(quadratic, 3).unwrap(),
        wald::f(quadratic, 3, count(robust.clusters() - 1)).unwrap(),
        robust.wald(&terms).unwrap(),
    ];
    for (at, ours) in forms.iter().enumerate() {
        item.closed_form(&format!("/F/{at}"), ours.statistic);
        item.closed_form(&format!("/df_num/{at}"), ours.df);
        item.closed_form(&format!("/p/{at}"), ours.p_value);
        if let Some(df) = ours.df_denominator {
            item.closed_form(&format!("/df_denom/{at}"), df);
        }
    }
}

/// `anova` of two nested fits.
fn omnibus(item: &Item) {
    let full = baumann("post_test_3");
    let mut reduced = baumann("post_test_3");
    reduced.columns.retain(|(name, _)| name.starts_with("pretest"));
    let (full, reduced) = (
        LeastSquares::fit(&full.cells()).unwrap(),
        LeastSquares::fit(&reduced.cells()).unwrap(),
    );
    let (df1, df2) = (count(full.rank() - reduced.rank()), count(full.residual_df()));
    let f = (reduced.residual_sum() - full.residual_sum()) / df1 / full.residual_variance();
    item.closed_form("/F", f);
    item.closed_form("/df1", df1);
    item.closed_form("/df2", df2);
    item.closed_form("/p", f_upper(f, df1, df2).unwrap());
    item.agrees_with("rss", item.numbers("/rss")[0], reduced.residual_sum(), 1e-9);
    item.agrees_with("rss", item.numbers("/rss")[1], full.residual_sum(), 1e-9);
}
