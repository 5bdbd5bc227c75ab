//! `reference/nist_linear.json`: NIST's sets that a formula makes; the others' rows are not kept here.

use difference_engine::least_squares::{Cell, LeastSquares, Term};
use difference_engine::moments::Moments;
use difference_engine::refinement::Refinement;

use super::{Check, Item, Table};

pub const CHECKS: &[Check] = &[
    ("nist_wampler1", |item| polynomial(item, [1.0; 6])),
    ("nist_wampler2", |item| polynomial(item, [1.0, 0.1, 0.01, 0.001, 0.0001, 0.00001])),
];

/// To at least nine digits, but where the noise alone takes more of the sixteen that a double has: in
/// Wampler's sets 4 and 5 it is ten thousand and a million times what it is in his third.
pub const BY_HAND: &[Check] = &[
    ("nist_norris", |item| whole(item, &powers("nist/norris.csv", 1), 1e-9)),
    ("nist_pontius", |item| whole(item, &powers("nist/pontius.csv", 2), 1e-9)),
    ("nist_noint1", |item| through_the_origin(item, "nist/noint1.csv")),
    ("nist_noint2", |item| through_the_origin(item, "nist/noint2.csv")),
    ("nist_longley", |item| whole(item, &longley(), 1e-9)),
    ("nist_wampler3", |item| whole(item, &powers("nist/wampler3.csv", 5), 1e-9)),
    ("nist_wampler4", |item| whole(item, &powers("nist/wampler4.csv", 5), 1e-7)),
    ("nist_wampler5", |item| whole(item, &powers("nist/wampler5.csv", 5), 1e-5)),
];

/// Wampler's sets 1 and 2 (1970): a polynomial of the fifth degree at x = 0 … 20, without error.
fn polynomial(item: &Item, coefficients: [f64; 6]) {
    let rows: Vec<Vec<f64>> = (0..=20)
        .map(|x| {
            let powers: Vec<f64> = (0..6).map(|power| f64::from(x).powi(power)).collect();
            let outcome = powers.iter().zip(&coefficients).map(|(x, b)| x * b).sum();
            powers.into_iter().skip(1).chain([outcome]).collect()
        })
        .collect();
    coefficients_of(item, &refined(&rows), 1e-9);
}

/// y on x, x², … up to a power: the rows, outcome last.
fn powers(name: &str, highest: i32) -> Vec<Vec<f64>> {
    let table = Table::read(name);
    let (x, y) = (table.numbers("x"), table.numbers("y"));
    let row = |(x, y): (&f64, &f64)| (1..=highest).map(|p| x.powi(p)).chain([*y]).collect();
    x.iter().zip(&y).map(row).collect()
}

fn longley() -> Vec<Vec<f64>> {
    let table = Table::read("nist/longley.csv");
    let columns = ["x1", "x2", "x3", "x4", "x5", "x6", "y"].map(|name| table.numbers(name));
    (0..table.rows()).map(|row| columns.iter().map(|column| column[row]).collect()).collect()
}

/// The fit from sums of squares, brought back to the rows' own digits.
fn refined(rows: &[Vec<f64>]) -> LeastSquares {
    let cells = [Cell { cluster: 0, block: 0, moments: Moments::of(rows) }];
    let mut fit = LeastSquares::fit(&cells).unwrap();
    for _ in 0..3 {
        let mut refinement = Refinement::new(&fit);
        rows.iter().for_each(|row| refinement.add(0, row));
        fit = refinement.refine();
    }
    fit
}

fn terms(item: &Item) -> impl Iterator<Item = (usize, Term)> {
    let terms = |power: usize| power.checked_sub(1).map_or(Term::Intercept, Term::Column);
    (0..item.numbers("/beta").len()).map(move |power| (power, terms(power)))
}

fn coefficients_of(item: &Item, fit: &LeastSquares, tolerance: f64) {
    let theirs = item.numbers("/beta");
    for (power, term) in terms(item) {
        item.agrees_with("/beta", theirs[power], fit.coefficient(term).unwrap(), tolerance);
    }
}

fn whole(item: &Item, rows: &[Vec<f64>], tolerance: f64) {
    let fit = refined(rows);
    coefficients_of(item, &fit, tolerance);
    let theirs = item.numbers("/se");
    for (power, term) in terms(item) {
        item.agrees_with("/se", theirs[power], fit.standard_error(term).unwrap(), tolerance);
    }
    item.agrees("/residual_sd", fit.residual_variance().sqrt(), tolerance);
    let outcome = Moments::of(rows.iter().map(|row| [row[row.len() - 1]]));
    item.agrees("/r2", 1.0 - fit.residual_sum() / outcome.cross(0, 0), tolerance);
}

/// A line without a level is the line through the rows and their mirror images: their means are 0, so the
/// level is, and every sum is doubled.
fn through_the_origin(item: &Item, name: &str) {
    let rows = powers(name, 1);
    let mirrored = rows.iter().map(|row| row.iter().map(|v| -v).collect());
    let both: Vec<Vec<f64>> = rows.iter().cloned().chain(mirrored).collect();
    let fit = refined(&both);
    let slope = Term::Column(0);
    item.closed_form("/beta", fit.coefficient(slope).unwrap());
    let doubled = fit.standard_error(slope).unwrap();
    item.closed_form("/se", doubled * 2.0_f64.sqrt());
    item.closed_form("/residual_sd", fit.residual_variance().sqrt());
    item.closed_form("/r2", 1.0 - fit.residual_sum() / fit.total_sum());
}
