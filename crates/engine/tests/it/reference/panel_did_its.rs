//! `reference/panel_did_its.json`: panels, differences in differences and interrupted time series.

use std::collections::BTreeMap;

use difference_engine::autoregressive::Autoregressive;
use difference_engine::cluster_robust::{ClusterRobust, Correction as Cr};
use difference_engine::difference_in_differences::{Part, difference_in_differences};
use difference_engine::heteroskedastic::{Correction as Hc, Heteroskedastic};
use difference_engine::interrupted::{Point, columns, interrupted};
use difference_engine::least_squares::{Cell, LeastSquares, Term};
use difference_engine::moments::Moments;
use difference_engine::newey_west::NeweyWest;
use difference_engine::random_effects::RandomEffects;

use super::data::Table;
use super::models::awards;
use super::ols_robust::linear_model;
use super::rows::Rows;
use super::{Check, Item, number_of};

pub const CHECKS: &[Check] = &[
    ("mlda_twfe", |item| within_states(item, true)),
    ("mlda_oneway_fe", |item| within_states(item, false)),
    ("mlda_twfe_state_trends", state_trends),
    ("awards_did_2x2", |item| {
        linear_model(item, &before_and_after(false));
        two_by_two(item, false);
    }),
    ("mlda_random", random_effects),
    ("mlda_hausman", hausman),
    ("seatbelts_segmented", segmented),
    ("seatbelts_gls_ar1_ML", errors_that_remember),
    ("awards_did_schoolFE", |item| {
        linear_model(item, &before_and_after(true));
        two_by_two(item, true);
    }),
];

pub const BY_HAND: &[Check] = &[];

fn panel() -> RandomEffects {
    let table = deaths();
    let columns = vec![
        ("legal", table.numbers("legal")),
        ("beertaxa", table.numbers("beertaxa")),
    ];
    let rows = Rows::new(table.numbers("mrate"), columns).clustered(table.words("state"));
    RandomEffects::fit(&rows.cells()).unwrap()
}

fn random_effects(item: &Item) {
    let fit = panel();
    for (place, name) in ["(Intercept)", "legal", "beertaxa"].into_iter().enumerate() {
        item.closed_form(&format!("/coef/{name}"), fit.coefficients()[place]);
        item.closed_form(&format!("/se/{name}"), fit.standard_errors()[place]);
    }
    let (own, between) = fit.variances();
    item.closed_form("/sigma2/0", own);
    item.closed_form("/sigma2/1", between);
    item.closed_form("/theta/0", fit.thetas().0);
    item.closed_form("/theta/1", fit.thetas().1);
}

fn hausman(item: &Item) {
    let test = panel().hausman().unwrap();
    item.closed_form("/chisq", test.statistic * test.df);
    item.closed_form("/df", test.df);
    item.closed_form("/p", test.p_value);
}

/// Drivers killed each month, as logarithms; wearing a belt became law in February 1983, month 170.
fn drivers() -> Vec<Point> {
    let table = Table::read("seatbelts.csv");
    let months = table.numbers("month");
    (1..)
        .zip(table.numbers("DriversKilled"))
        .zip(months)
        .map(|((time, killed), month)| Point {
            time: f64::from(time),
            value: killed.ln(),
            season: month as usize,
        })
        .collect()
}

/// The model's rows, outcome last.
fn rows_of(points: &[Point]) -> Vec<Vec<f64>> {
    (columns(points, 170.0).into_iter().zip(points))
        .map(|(row, point)| row.into_iter().chain([point.value]).collect())
        .collect()
}

/// R's names of the model's columns.
fn names() -> impl Iterator<Item = String> {
    let months = (2..=12).map(|month| format!("factor(month){month}"));
    ["t", "law", "tpost"].into_iter().map(str::to_owned).chain(months)
}

fn segmented(item: &Item) {
    let rows = rows_of(&drivers());
    let cell = Cell { cluster: 0, block: 0, moments: Moments::of(&rows) };
    let fit = LeastSquares::fit(&[cell]).unwrap();
    let mut series = NeweyWest::new(&fit, &fit.terms());
    rows.iter().for_each(|row| series.add(row));
    let terms = ["(Intercept)".to_owned()].into_iter().chain(names()).zip(fit.terms());
    for (name, term) in terms {
        item.closed_form(&format!("/coef/{name}"), fit.coefficient(term).unwrap());
        item.closed_form(&format!("/se_classical/{name}"), fit.standard_error(term).unwrap());
        item.closed_form(&format!("/se_NW12/{name}"), series.standard_error(term, 12).unwrap());
        let adjusted = series.adjusted_standard_error(term, 12).unwrap();
        item.closed_form(&format!("/se_NW12_adj/{name}"), adjusted);
    }
    item.closed_form("/dw", series.durbin_watson());
    item.closed_form("/acf1", series.autocorrelation(1));
    item.closed_form("/sigma", fit.residual_variance().sqrt());
    // The way in that needs no columns: its lags are the twelve months.
    let found = interrupted(&drivers(), 170.0).unwrap();
    assert_eq!(found.lags, 12);
    item.closed_form("/coef/law", found.level.estimate);
    item.closed_form("/se_NW12_adj/law", found.level.standard_error);
    item.closed_form("/se_NW12_adj/tpost", found.slope.standard_error);
}

fn errors_that_remember(item: &Item) {
    let fit = Autoregressive::fit(&rows_of(&drivers())).unwrap();
    let errors = fit.standard_errors();
    let names = ["(Intercept)".to_owned()].into_iter().chain(names());
    for (place, name) in names.enumerate() {
        item.iterative(&format!("/coef/{name}"), fit.coefficients()[place]);
        item.iterative(&format!("/se/{name}"), errors[place]);
    }
    item.iterative("/phi", fit.phi());
    item.iterative("/sigma", fit.sigma());
    item.iterative("/loglik", fit.log_likelihood());
}

/// R's `arima` takes its standard errors from differences over 0.001, nearly two standard errors of the slope, so that its slope's
/// is 0.8 % too wide; the fit itself is the same.
#[test]
fn the_fit_of_arima() {
    let rows: Vec<Vec<f64>> = (drivers().iter())
        .map(|p| vec![p.time, f64::from(u8::from(p.time >= 170.0)), p.value])
        .collect();
    let fit = Autoregressive::fit(&rows).unwrap();
    let (of_phi, errors) = fit.from_curvature().unwrap();
    let [intercept, t, law] = fit.coefficients() else { panic!("three coefficients") };
    for (at, ours, tolerance) in [
        ("/coef/ar1", fit.phi(), 1e-6),
        ("/coef/intercept", *intercept, 1e-6),
        ("/coef/t", *t, 1e-6),
        ("/coef/law", *law, 1e-6),
        ("/sigma2", fit.innovation_variance(), 1e-6),
        ("/loglik", fit.log_likelihood(), 1e-9),
        ("/se/ar1", of_phi, 1e-2),
        ("/se/intercept", errors[0], 1e-2),
        ("/se/t", errors[1], 1e-2),
        ("/se/law", errors[2], 1e-2),
    ] {
        let theirs = number_of("panel_did_its", "seatbelts_arima100_xreg", at);
        assert!((ours / theirs - 1.0).abs() < tolerance, "{at}: ours {ours}, theirs {theirs}");
    }
}

/// Deaths on the road of 18 to 20-year-olds by state and year.
fn deaths() -> Table {
    Table::read("mlda.csv").only("cause", &["Motor Vehicle"]).complete(&["beertaxa"])
}

/// A dummy for each word of a column but the first.
fn dummies(table: &Table, column: &str) -> Vec<(&'static str, Vec<f64>)> {
    let mut words: Vec<&String> = table.words(column).iter().collect();
    words.sort();
    words.dedup();
    words.iter().skip(1).map(|word| ("", table.dummy(column, &[word.as_str()]))).collect()
}

fn within_states(item: &Item, years: bool) {
    let table = deaths();
    let mut columns = vec![
        ("legal", table.numbers("legal")),
        ("beertaxa", table.numbers("beertaxa")),
    ];
    if years {
        columns.extend(dummies(&table, "year"));
    }
    let mut rows = Rows::new(table.numbers("mrate"), columns).clustered(table.words("state"));
    rows.blocks.clone_from(&rows.clusters);
    let cells = rows.cells();
    let fit = LeastSquares::fit(&cells).unwrap();
    item.same("/n", fit.n());
    for name in ["legal", "beertaxa"] {
        let term = rows.term(name);
        item.closed_form(&format!("/coef/{name}"), fit.coefficient(term).unwrap());
        item.closed_form(&format!("/se_classical/{name}"), fit.standard_error(term).unwrap());
        for (key, correction) in [("CR0", Cr::Cr0), ("CR1", Cr::Cr1), ("CR2", Cr::Cr2)] {
            let robust = ClusterRobust::new(&fit, &cells, correction).unwrap();
            let ours = robust.standard_error(term).unwrap();
            item.closed_form(&format!("/se_{key}/{name}"), ours);
            if correction == Cr::Cr2 {
                item.closed_form(&format!("/df_CR2/{name}"), robust.satterthwaite(term).unwrap());
            }
            if correction == Cr::Cr0 {
                item.closed_form(&format!("/se_arellano_HC0/{name}"), ours);
            }
        }
    }
}

/// A line of its own for each state.
fn state_trends(item: &Item) {
    let table = deaths();
    let mut columns = vec![("legal", table.numbers("legal"))];
    columns.extend(dummies(&table, "year"));
    let year = table.numbers("year");
    let trends: Vec<(&str, Vec<f64>)> = dummies(&table, "state")
        .into_iter()
        .map(|(name, state)| {
            (name, state.iter().zip(&year).map(|(s, y)| s * (y - 1970.0)).collect())
        })
        .collect();
    columns.extend(trends);
    let mut rows = Rows::new(table.numbers("mrate"), columns).clustered(table.words("state"));
    rows.blocks.clone_from(&rows.clusters);
    let fit = LeastSquares::fit(&rows.cells()).unwrap();
    let mut rowwise = Heteroskedastic::new(&fit, &[Term::Column(0)]);
    for (block, values) in rows.each() {
        rowwise.add(block, &values);
    }
    item.closed_form("/coef_legal", fit.coefficient(Term::Column(0)).unwrap());
    let hc1 = rowwise.standard_error(Term::Column(0), Hc::Hc1).unwrap();
    item.closed_form("/se_HC1", hc1);
}

/// The same by the way in that needs no columns.
fn two_by_two(item: &Item, schools: bool) {
    let rows = before_and_after(false);
    let mut parts: BTreeMap<(usize, bool, bool), Vec<[f64; 1]>> = BTreeMap::new();
    for ((_, row), cluster) in rows.each().zip(&rows.clusters) {
        parts.entry((*cluster, row[0] == 1.0, row[1] == 1.0)).or_default().push([row[3]]);
    }
    let parts: Vec<Part> = (parts.into_iter())
        .map(|((cluster, treated, after), rows)| Part {
            cluster,
            treated,
            after,
            moments: Moments::of(rows),
        })
        .collect();
    let found = difference_in_differences(&parts, schools).unwrap();
    item.closed_form("/coef/treated:post", found.estimate);
    item.closed_form("/se_CR2/treated:post", found.standard_error);
    item.closed_form("/df_CR2_satterthwaite/treated:post", found.df);
    item.closed_form("/p_CR2_satterthwaite/treated:post", found.p_value);
}

/// The awards trial's cohorts of 2000 and 2001.
fn before_and_after(schools: bool) -> Rows {
    let table = awards(&["2000", "2001"]);
    let treated = table.numbers("treated");
    let post = table.dummy("year", &["2001"]);
    let both: Vec<f64> = treated.iter().zip(&post).map(|(a, b)| a * b).collect();
    let mut columns = vec![("post", post), ("treated:post", both)];
    if !schools {
        columns.insert(0, ("treated", treated));
    }
    let mut rows = Rows::new(table.numbers("Bagrut_status"), columns)
        .clustered(table.words("school_id"));
    if schools {
        rows.blocks.clone_from(&rows.clusters);
    }
    rows
}
