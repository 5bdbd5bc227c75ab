//! Cochran's Q, I² and H²: how much of the variation chance does not explain.
//!
//! Cochran (1954), *Biometrics* 10:101; Higgins & Thompson (2002), *Statistics in Medicine* 21:1539.

use super::Cochran;
use super::model::Model;
use crate::distributions::{OutOfDomain, chi2_upper};

/// Cochran's Q about the equal-effects fit, with k − p degrees of freedom.
pub(super) fn cochran<M: Model>(model: &M) -> Result<Cochran, OutOfDomain> {
    let statistic = model.at(0.0).q;
    let df = model.freedom();
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

/// I² in per cent and H², from τ² and the typical sampling variance `s² = (k − p) / tr P` with
/// `w = 1/v`; without moderators `tr P` is `Σw − Σw²/Σw`.
pub(super) fn i2_h2<M: Model>(model: &M, tau2: f64) -> (f64, f64) {
    if model.freedom() <= 0.0 {
        return (0.0, 1.0);
    }
    let typical = model.freedom() / model.at(0.0).trace;
    (100.0 * tau2 / (tau2 + typical), tau2 / typical + 1.0)
}

/// I² and H² of the equal-effects model, from Q alone: `1 − (k − p)/Q` and `Q/(k − p)`.
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
