//! Mahalanobis's distance: how far apart units or groups are on several columns at once, whatever the
//! columns' units and however they hang together.
//!
//! Who may call this: matching and re-randomisation. What must stay true: multiplying a column or
//! adding one that others already say changes no distance.
//!
//! Columns are whitened: x ↦ Λ^(−1/2) U'(x − x̄), with UΛU' their correlation matrix after each was
//! brought to variance 1 (n − 1 in the denominator); directions without variance fall away. The
//! distance between two rows is then Euclid's.

use faer::Mat;

use crate::count::count;
use crate::matrix::eigen;
use crate::refusal::Refusal;

/// Directions with less of the variance than this are said by the other columns.
const NOTHING: f64 = 1e-9;

/// The rows whitened. Rows are as long as each other; without variance anywhere they come out empty.
///
/// # Errors
/// `out-of-range` where values are too large to be worked with.
pub(super) fn whitened(rows: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, Refusal> {
    let n = count(rows.len());
    let columns = rows.first().map_or(0, Vec::len);
    let mut standard: Vec<Vec<f64>> = Vec::new();
    for column in 0..columns {
        let values: Vec<f64> = rows
            .iter()
            .filter_map(|row| row.get(column).copied())
            .collect();
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        let sd = (squares / (n - 1.0).max(1.0)).sqrt();
        let largest = values.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        if sd > 1e-12 * largest && sd.is_finite() && sd > 0.0 {
            standard.push(values.iter().map(|x| (x - mean) / sd).collect());
        }
    }
    let correlation = |a: &Vec<f64>, b: &Vec<f64>| {
        a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>() / (n - 1.0).max(1.0)
    };
    let matrix = Mat::from_fn(standard.len(), standard.len(), |i, j| {
        match (standard.get(i), standard.get(j)) {
            (Some(a), Some(b)) => correlation(a, b),
            _ => 0.0,
        }
    });
    if standard.is_empty() {
        return Ok(vec![Vec::new(); rows.len()]);
    }
    let (vectors, values) = eigen(&matrix)?;
    let mut white = vec![Vec::with_capacity(values.len()); rows.len()];
    for (direction, variance) in vectors.col_iter().zip(values) {
        if variance <= NOTHING * count(standard.len()) {
            continue;
        }
        for (place, row) in white.iter_mut().enumerate() {
            let along: f64 = standard
                .iter()
                .zip(direction.iter())
                .filter_map(|(column, weight)| Some(column.get(place)? * weight))
                .sum();
            row.push(along / variance.sqrt());
        }
    }
    Ok(white)
}

/// Squared distance between two whitened rows.
pub(super) fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum()
}
