//! Standard errors for a series of points in time, where what one month leaves unexplained the next one partly shares.
//!
//! Who may call this: interrupted time series, on a least-squares fit whose rows are given in the order of time. What must stay
//! true: one pass; a number a row and coefficient is kept, nothing else.
//!
//! With `u_t = c'(X'X)⁻¹x_t e_t` the variance of a coefficient is `Σ u_t² + 2 Σ_l (1 − l/(L + 1)) Σ u_t u_{t−l}`, lags up to L.
//! Newey, W. K. & West, K. D. (1987). A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent
//! covariance matrix. *Econometrica* 55(3), 703–708. Reference: `panel_did_its seatbelts_segmented` (sandwich).

use crate::count::count;
use crate::least_squares::{LeastSquares, Term, Weights};
use crate::matrix::dot;

/// What the rows add up to, in the order of time.
///
/// ```
/// use difference_engine::least_squares::{Cell, LeastSquares, Term};
/// use difference_engine::moments::Moments;
/// use difference_engine::newey_west::NeweyWest;
///
/// let rows = [[0., 5.], [0., 7.], [0., 6.], [1., 9.], [1., 8.], [1., 11.]];
/// let fit = LeastSquares::fit(&[Cell { cluster: 0, block: 0, moments: Moments::of(rows) }])?;
/// let mut series = NeweyWest::new(&fit, &[Term::Column(0)]);
/// for row in rows {
///     series.add(&row);
/// }
/// // Without lags it is HC0.
/// assert!((series.standard_error(Term::Column(0), 0).unwrap() - (20.0_f64 / 27.0).sqrt()).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct NeweyWest<'fit> {
    fit: &'fit LeastSquares,
    terms: Vec<(Term, Weights, Vec<f64>)>,
    residuals: Vec<f64>,
    columns: Vec<f64>,
}

impl<'fit> NeweyWest<'fit> {
    /// Prepares the standard errors of the terms that the fit has.
    #[must_use]
    pub fn new(fit: &'fit LeastSquares, terms: &[Term]) -> Self {
        Self {
            terms: (terms.iter())
                .filter_map(|term| Some((*term, fit.influence(*term)?, Vec::new())))
                .collect(),
            residuals: Vec::new(),
            columns: Vec::new(),
            fit,
        }
    }

    /// Adds the next point in time: its regressors and its outcome.
    pub fn add(&mut self, row: &[f64]) {
        let Some(residual) = self.fit.centre(0, row, &mut self.columns) else {
            return;
        };
        self.residuals.push(residual);
        for (_, influence, parts) in &mut self.terms {
            parts.push(residual * (influence.level + dot(&influence.slopes, &self.columns)));
        }
    }

    /// Standard error of a coefficient with so many lags; None for a term not asked for, or where the lags leave nothing.
    #[must_use]
    pub fn standard_error(&self, term: Term, lags: usize) -> Option<f64> {
        let (_, _, parts) = self.terms.iter().find(|(t, _, _)| *t == term)?;
        let reach = count(lags) + 1.0;
        let variance = (0..=lags).fold(0.0, |sum, lag| {
            let twice = if lag == 0 { 1.0 } else { 2.0 };
            sum + twice * (1.0 - count(lag) / reach) * lagged(parts, lag)
        });
        (variance >= 0.0).then(|| variance.sqrt())
    }

    /// The same times `√(n/(n − p))`, for short series.
    #[must_use]
    pub fn adjusted_standard_error(&self, term: Term, lags: usize) -> Option<f64> {
        let factor = count(self.fit.n()) / count(self.fit.residual_df());
        Some(self.standard_error(term, lags)? * factor.sqrt())
    }

    /// Autocorrelation of the residuals at a lag.
    #[must_use]
    pub fn autocorrelation(&self, lag: usize) -> f64 {
        lagged(&self.residuals, lag) / lagged(&self.residuals, 0)
    }

    /// Durbin and Watson's statistic: 2 where neighbouring residuals have nothing in common, 0 where they are the same.
    #[must_use]
    pub fn durbin_watson(&self) -> f64 {
        let steps = self.residuals.iter().zip(self.residuals.iter().skip(1));
        let squares: f64 = steps.map(|(before, now)| (now - before).powi(2)).sum();
        squares / lagged(&self.residuals, 0)
    }

    /// Newey and West's (1994) rule for the number of lags: `⌊4 (n/100)^(2/9)⌋`.
    #[must_use]
    pub fn usual_lags(&self) -> usize {
        let lags = 4.0 * (count(self.residuals.len()) / 100.0).powf(2.0 / 9.0);
        (0..self.residuals.len())
            .take_while(|lag| count(*lag) <= lags)
            .count()
            .saturating_sub(1)
    }
}

/// `Σ u_t u_{t−lag}`.
fn lagged(parts: &[f64], lag: usize) -> f64 {
    parts
        .iter()
        .zip(parts.iter().skip(lag))
        .map(|(a, b)| a * b)
        .sum()
}
