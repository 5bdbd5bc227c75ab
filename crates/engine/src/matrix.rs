//! Small dense algebra that several estimators share.
//!
//! Who may call this: the estimators. What must stay true: a thin cover over faer, nothing of our own
//! where faer has it.

use faer::{Mat, Side};

use crate::refusal::Refusal;

/// `a'b`.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `A v`.
pub(crate) fn times(matrix: &Mat<f64>, v: &[f64]) -> Vec<f64> {
    matrix
        .row_iter()
        .map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum())
        .collect()
}

/// Sum of the diagonal.
pub(crate) fn trace(matrix: &Mat<f64>) -> f64 {
    matrix.diagonal().column_vector().iter().sum()
}

/// Eigenvectors (columns) and eigenvalues, smallest first, of a symmetric matrix.
pub(crate) fn eigen(symmetric: &Mat<f64>) -> Result<(Mat<f64>, Vec<f64>), Refusal> {
    let found = symmetric.self_adjoint_eigen(Side::Lower).map_err(|_| {
        Refusal::new(
            "out-of-range",
            "Some values are too large or too small to be worked with.",
            "Look for a slip of the pen in the outcome and the other columns.",
        )
    })?;
    let values = found.S().column_vector().iter().copied().collect();
    Ok((found.U().to_owned(), values))
}
