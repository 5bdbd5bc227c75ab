//! `reference/nist_linear.json`: NIST's sets that a formula makes; the others' rows are not kept here.

use difference_engine::least_squares::{Cell, LeastSquares, Term};
use difference_engine::moments::Moments;
use difference_engine::qr::Qr;

use super::{Check, Item, Table};

pub const CHECKS: &[Check] = &[
    ("nist_wampler1", |item| polynomial(item, [1.0; 6])),
    ("nist_wampler2", |item| polynomial(item, [1.0, 0.1, 0.01, 0.001, 0.0001, 0.00001])),
];

/// To at least nine digits by QR on the rows; Filip's tenth power loses all but six when it is written down as a double.
pub const BY_HAND: &[Check] = &[
    ("nist_norris", |item| whole(item, &powers("nist/norris.csv", 1), 1e-9)),
    ("nist_pontius", |item| whole(item, &powers("nist/pontius.csv", 2), 1e-9)),
    ("nist_noint1", |item| through_the_origin(item, "nist/noint1.csv")),
    ("nist_noint2", |item| through_the_origin(item, "nist/noint2.csv")),
    ("nist_filip", filip),
    ("nist_longley", |item| whole(item, &longley(), 1e-9)),
    ("nist_wampler3", |item| whole(item, &powers("nist/wampler3.csv", 5), 1e-9)),
    ("nist_wampler4", |item| whole(item, &powers("nist/wampler4.csv", 5), 1e-9)),
    ("nist_wampler5", |item| whole(item, &powers("nist/wampler5.csv", 5), 1e-9)),
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
    coefficients_of(item, &rows, true, 1e-9);
}

/// y on x, x², … up to a power: the rows, outcome last.
fn powers(name: &str, highest: i32) -> Vec<Vec<f64>> {
    powers_of(name, "x", highest)
}

fn powers_of(name: &str, column: &str, highest: i32) -> Vec<Vec<f64>> {
    let table = Table::read(name);
    let (x, y) = (table.numbers(column), table.numbers("y"));
    let row = |(x, y): (&f64, &f64)| (1..=highest).map(|p| x.powi(p)).chain([*y]).collect();
    x.iter().zip(&y).map(row).collect()
}

fn longley() -> Vec<Vec<f64>> {
    let table = Table::read("nist/longley.csv");
    let columns = ["x1", "x2", "x3", "x4", "x5", "x6", "y"].map(|name| table.numbers(name));
    (0..table.rows()).map(|row| columns.iter().map(|column| column[row]).collect()).collect()
}

/// By QR on the rows.
fn by_rows(rows: &[Vec<f64>], intercept: bool) -> Qr {
    let mut qr = Qr::new(rows[0].len() - 1, intercept);
    rows.iter().for_each(|row| qr.add(row));
    qr
}

/// From sums of squares.
fn by_moments(rows: &[Vec<f64>]) -> LeastSquares {
    LeastSquares::fit(&[Cell { cluster: 0, block: 0, moments: Moments::of(rows) }]).unwrap()
}

/// A term for each coefficient of an item, the intercept first where there is one.
fn terms(item: &Item, intercept: bool) -> impl Iterator<Item = (usize, Term)> {
    let first = usize::from(intercept);
    (0..item.numbers("/beta").len())
        .map(move |power| (power, power.checked_sub(first).map_or(Term::Intercept, Term::Column)))
}

/// The coefficients by QR; and where sums of squares cost digits, that this is noticed.
fn coefficients_of(item: &Item, rows: &[Vec<f64>], intercept: bool, tolerance: f64) {
    let fit = by_rows(rows, intercept).fit().unwrap();
    let theirs = item.numbers("/beta");
    for (power, term) in terms(item, intercept) {
        item.agrees_with("/beta", theirs[power], fit.coefficient(term).unwrap(), tolerance);
    }
    if !intercept {
        return;
    }
    let moments = by_moments(rows);
    let worst = terms(item, true)
        .filter_map(|(power, term)| Some((moments.coefficient(term)? / theirs[power] - 1.0).abs()))
        .fold(0.0, f64::max);
    let noticed = moments.least_news() < 1e-4 || !moments.left_out().is_empty();
    assert!(noticed || worst < 1e-9, "{}: {worst:.1e} off, and nobody said so", item.id);
}

fn whole(item: &Item, rows: &[Vec<f64>], tolerance: f64) {
    coefficients_of(item, rows, true, tolerance);
    uncertainty_of(item, rows, true, tolerance);
}

fn uncertainty_of(item: &Item, rows: &[Vec<f64>], intercept: bool, tolerance: f64) {
    let fit = by_rows(rows, intercept).fit().unwrap();
    let theirs = item.numbers("/se");
    for (power, term) in terms(item, intercept) {
        item.agrees_with("/se", theirs[power], fit.standard_error(term).unwrap(), tolerance);
    }
    item.agrees("/residual_sd", fit.residual_variance().sqrt(), tolerance);
    item.agrees("/r2", fit.r_squared(), tolerance);
}

fn through_the_origin(item: &Item, name: &str) {
    let rows = powers(name, 1);
    coefficients_of(item, &rows, false, 1e-9);
    uncertainty_of(item, &rows, false, 1e-9);
}

/// Sums of squares leave the tenth power out; QR keeps it, and says how many digits its rounding leaves.
fn filip(item: &Item) {
    let rows = powers_of("nist/filip.csv", "x1", 10);
    assert!(!by_moments(&rows).left_out().is_empty(), "too near to collinear for sums of squares");
    let digits = by_rows(&rows, true).fit().unwrap().digits();
    assert!((5.0..9.0).contains(&digits), "{digits} digits are left");
    whole(item, &rows, 1e-6);
}
