//! How sharply the deviance bends at its lowest point: what Satterthwaite's degrees of freedom need.

use faer::Mat;

use super::Likelihood;
use super::deviance::{Deviation, Profile, Sums};
use crate::matrix::{dot, times, trace};

/// First and second derivatives in (λ, σ²) at the optimum, and what the coefficients' variances need.
#[derive(Clone, Debug)]
pub(super) struct Curvature {
    /// `N = Σ w² δδ'`.
    pub(super) n: Mat<f64>,
    /// Of the only block: `Σ w²` and `Σ w² δ`.
    pub(super) weight: f64,
    pub(super) lean: Vec<f64>,
    /// Second derivatives of the deviance: λλ, λσ², σ²σ².
    pub(super) hessian: [f64; 3],
}

impl Sums {
    /// Second derivatives at the optimum.
    pub(super) fn curvature(&self, ratio: f64, at: &Profile, within: f64) -> Curvature {
        let slopes = at.shift.len();
        let restricted = self.likelihood == Likelihood::Restricted;
        let mut n = Mat::<f64>::zeros(slopes, slopes);
        let mut cubes = Mat::<f64>::zeros(slopes, slopes);
        let mut score = vec![0.0; slopes];
        let (mut ratios, mut misfit, mut misfit_slope) = (0.0, 0.0, 0.0);
        let (mut weight, mut lean) = (0.0, vec![0.0; slopes]);
        let mut between_blocks = 0.0;
        for (groups, block) in self.by_block().zip(&at.blocks) {
            let (mut squares, mut third, mut left) = (0.0, 0.0, 0.0);
            let mut pull = vec![0.0; slopes];
            for group in groups {
                let w = group.n / (1.0 + group.n * ratio);
                let (w2, w3) = (w * w, w * w * w);
                let deviation = Deviation::new(group, block, at);
                let e = deviation.residual;
                squares += w2;
                third += w3;
                left += w2 * e;
                misfit += w2 * e * e;
                misfit_slope -= 2.0 * w3 * e * e;
                for (i, a) in deviation.columns.iter().enumerate() {
                    for (j, b) in deviation.columns.iter().enumerate() {
                        *n.get_mut(i, j) += w2 * a * b;
                        *cubes.get_mut(i, j) += w3 * a * b;
                    }
                }
                for ((sum, pull), a) in score.iter_mut().zip(&mut pull).zip(&deviation.columns) {
                    *sum += w2 * e * a;
                    *pull += w2 * a;
                }
            }
            ratios -= squares;
            if restricted {
                ratios += 2.0 * third / block.weight - (squares / block.weight).powi(2);
                between_blocks += dot(&pull, &times(&at.inverse, &pull)) / block.weight;
            }
            misfit_slope += 2.0 * left * left / block.weight;
            (weight, lean) = (squares, pull);
        }
        misfit_slope += 2.0 * dot(&score, &times(&at.inverse, &score));
        if restricted {
            let product = &at.inverse * &n;
            ratios += 2.0 * trace(&(&at.inverse * &cubes))
                - trace(&(&product * &product))
                - 2.0 * between_blocks;
        }
        ratios -= misfit_slope / within;
        Curvature {
            n,
            weight,
            lean,
            hessian: [
                ratios,
                misfit / within.powi(2),
                self.degrees() / within.powi(2),
            ],
        }
    }
}
