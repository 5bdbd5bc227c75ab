//! `reference/panel_did_its.json`: those that least squares with a level for each block answers.

use difference_engine::cluster_robust::{ClusterRobust, Correction as Cr};
use difference_engine::heteroskedastic::{Correction as Hc, Heteroskedastic};
use difference_engine::least_squares::{LeastSquares, Term};

use super::data::Table;
use super::models::awards;
use super::ols_robust::linear_model;
use super::rows::Rows;
use super::{Check, Item};

pub const CHECKS: &[Check] = &[
    ("mlda_twfe", |item| within_states(item, true)),
    ("mlda_oneway_fe", |item| within_states(item, false)),
    ("mlda_twfe_state_trends", state_trends),
    ("awards_did_2x2", |item| linear_model(item, &before_and_after(false))),
    ("awards_did_schoolFE", |item| linear_model(item, &before_and_after(true))),
];

pub const BY_HAND: &[Check] = &[];

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
