//! What the estimators of τ² ask of a model: sums at a given variance between places.
//!
//! Who may call this: the estimators of this folder. What must stay true: with `W = diag(1/(v + τ²))`,
//! a design X of k rows and p columns, and `P = W − W X (X′WX)⁻¹ X′W`, every estimator is a function of
//! `y′Py`, `y′PPy`, `y′PPPy`, `tr P` and `tr PP` (Viechtbauer 2005, *Journal of Educational and
//! Behavioral Statistics* 30:261), so that each is written once, for an average and for moderators.

use super::average::{Average, Datum, average};
use crate::count::count;

/// Sums at one τ².
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sums {
    /// `y′Py`: the weighted sum of squared residuals.
    pub q: f64,
    /// `y′PPy`.
    pub q2: f64,
    /// `tr P`.
    pub trace: f64,
    /// `Σ w`.
    pub sum_w: f64,
    /// `ln |X′WX|`.
    pub log_det: f64,
}

/// Sums for second derivatives at one τ².
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Curvature {
    /// `y′PPPy`.
    pub q3: f64,
    /// `tr PP`.
    pub trace2: f64,
    /// `Σ w²`.
    pub sum_w2: f64,
}

/// The same with equal weights, as ordinary least squares has them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unweighted {
    /// Sum of squared residuals.
    pub squares: f64,
    /// `Σ v (1 − h)`: what of it sampling alone would give.
    pub noise: f64,
}

/// A model of the effects: an average, or an average that moves with moderators.
pub(super) trait Model {
    /// The effects and their variances.
    fn data(&self) -> &[Datum];
    /// Columns of the design, the constant among them.
    fn columns(&self) -> f64;
    /// The sums at a τ².
    fn at(&self, tau2: f64) -> Sums;
    /// The sums for second derivatives at a τ².
    fn curvature(&self, tau2: f64) -> Curvature;
    /// Both.
    fn steep(&self, tau2: f64) -> (Sums, Curvature) {
        (self.at(tau2), self.curvature(tau2))
    }
    /// Ordinary least squares.
    fn unweighted(&self) -> Unweighted;

    /// k − p.
    fn freedom(&self) -> f64 {
        count(self.data().len()) - self.columns()
    }

    /// The smallest sampling variance: the finest scale on which anything changes with τ².
    fn smallest_v(&self) -> f64 {
        self.data()
            .iter()
            .map(|d| d.v)
            .fold(f64::INFINITY, f64::min)
    }

    /// The largest sampling variance.
    fn largest_v(&self) -> f64 {
        self.data().iter().map(|d| d.v).fold(0.0, f64::max)
    }
}

/// One average for all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constant<'a>(pub &'a [Datum]);

impl Model for Constant<'_> {
    fn data(&self) -> &[Datum] {
        self.0
    }

    fn columns(&self) -> f64 {
        1.0
    }

    fn at(&self, tau2: f64) -> Sums {
        sums(&average(self.0, tau2))
    }

    fn curvature(&self, tau2: f64) -> Curvature {
        self.around(&average(self.0, tau2), tau2)
    }

    fn steep(&self, tau2: f64) -> (Sums, Curvature) {
        let at = average(self.0, tau2);
        (sums(&at), self.around(&at, tau2))
    }

    fn unweighted(&self) -> Unweighted {
        let k = count(self.0.len());
        let origin = self.0.first().map_or(0.0, |d| d.y);
        let mean = self.0.iter().map(|d| d.y - origin).sum::<f64>() / k;
        let v: f64 = self.0.iter().map(|d| d.v).sum();
        Unweighted {
            squares: self.0.iter().map(|d| (d.y - origin - mean).powi(2)).sum(),
            noise: v * (1.0 - 1.0 / k),
        }
    }
}

impl Constant<'_> {
    fn around(&self, at: &Average, tau2: f64) -> Curvature {
        let (fours, rest) = self.0.as_chunks::<4>();
        let (mut w2, mut w3, mut w2r, mut w3r2) = ([0.0; 4], [0.0; 4], [0.0; 4], [0.0; 4]);
        let mut look = |d: &Datum, lane: usize| {
            let w = 1.0 / (d.v + tau2);
            let wr = w * (d.y - at.mean);
            let of = [w * w, w * w * w, w * wr, w * wr * wr];
            for (sums, one) in [&mut w2, &mut w3, &mut w2r, &mut w3r2].into_iter().zip(of) {
                if let Some(sum) = sums.get_mut(lane) {
                    *sum += one;
                }
            }
        };
        for four in fours {
            for (lane, d) in four.iter().enumerate() {
                look(d, lane);
            }
        }
        for d in rest {
            look(d, 0);
        }
        let [w2, w3, w2r, w3r2] = [w2, w3, w2r, w3r2].map(|lanes| lanes.iter().sum::<f64>());
        Curvature {
            q3: w3r2 - w2r * w2r / at.sum_w,
            trace2: w2 - 2.0 * w3 / at.sum_w + (w2 / at.sum_w).powi(2),
            sum_w2: w2,
        }
    }
}

fn sums(at: &Average) -> Sums {
    Sums {
        q: at.q,
        q2: at.q2,
        trace: at.spread,
        sum_w: at.sum_w,
        log_det: at.sum_w.ln(),
    }
}
