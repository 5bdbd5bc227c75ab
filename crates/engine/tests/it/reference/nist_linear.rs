//! `reference/nist_linear.json`: NIST's sets that a formula makes; the others' rows are not kept here.

use difference_engine::least_squares::{Cell, LeastSquares, Term};
use difference_engine::moments::Moments;
use difference_engine::refinement::Refinement;

use super::{Check, Item};

pub const CHECKS: &[Check] = &[
    ("nist_wampler1", |item| polynomial(item, [1.0; 6])),
    ("nist_wampler2", |item| polynomial(item, [1.0, 0.1, 0.01, 0.001, 0.0001, 0.00001])),
];

pub const BY_HAND: &[Check] = &[];

/// Wampler's sets 1 and 2 (1970): a polynomial of the fifth degree at x = 0 … 20, without error.
fn polynomial(item: &Item, coefficients: [f64; 6]) {
    let rows: Vec<Vec<f64>> = (0..=20)
        .map(|x| {
            let powers: Vec<f64> = (0..6).map(|power| f64::from(x).powi(power)).collect();
            let outcome = powers.iter().zip(&coefficients).map(|(x, b)| x * b).sum();
            powers.into_iter().skip(1).chain([outcome]).collect()
        })
        .collect();
    let cells = [Cell { cluster: 0, block: 0, moments: Moments::of(&rows) }];
    let mut fit = LeastSquares::fit(&cells).unwrap();
    for _ in 0..3 {
        let mut refinement = Refinement::new(&fit);
        rows.iter().for_each(|row| refinement.add(0, row));
        fit = refinement.refine();
    }
    for (power, theirs) in item.numbers("/beta").into_iter().enumerate() {
        let term = power.checked_sub(1).map_or(Term::Intercept, Term::Column);
        // To at least nine digits.
        item.agrees_with("/beta", theirs, fit.coefficient(term).unwrap(), 1e-9);
    }
}
