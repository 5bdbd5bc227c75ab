//! Cochran's Q, I² and H²: how much of the variation chance does not explain.
//!
//! Cochran (1954), *Biometrics* 10:101; Higgins & Thompson (2002), *Statistics in Medicine* 21:1539.

use super::Cochran;
use super::average::{Average, Datum, average};
use crate::count::count;
use crate::distributions::{OutOfDomain, chi2_upper};

/// Cochran's Q about the equal-effects average, with k − 1 degrees of freedom.
pub(super) fn cochran(data: &[Datum]) -> Result<Cochran, OutOfDomain> {
    let statistic = average(data, 0.0).q;
    let df = count(data.len()) - 1.0;
    Ok(Cochran {
        statistic,
        df,
        p_value: if df > 0.0 {
            chi2_upper(statistic, df)?
        } else {
            1.0
        },
    })
}

/// I² in per cent and H², from τ² and the typical sampling variance
/// `s² = (k − 1) / (Σw − Σw²/Σw)` with `w = 1/v`.
pub(super) fn i2_h2(data: &[Datum], tau2: f64) -> (f64, f64) {
    if data.len() < 2 {
        return (0.0, 1.0);
    }
    let Average { spread, .. } = average(data, 0.0);
    let typical = (count(data.len()) - 1.0) / spread;
    (100.0 * tau2 / (tau2 + typical), tau2 / typical + 1.0)
}

/// I² and H² of the equal-effects model, from Q alone: `1 − (k − 1)/Q` and `Q/(k − 1)`.
pub(super) fn i2_h2_equal(q: &Cochran) -> (f64, f64) {
    if q.df <= 0.0 {
        return (0.0, 1.0);
    }
    let i2 = if q.statistic > q.df {
        100.0 * (q.statistic - q.df) / q.statistic
    } else {
        0.0
    };
    (i2, q.statistic / q.df)
}
