//! Best linear unbiased predictions: how far each cluster lies from the average, drawn in by how little is known of it.
//!
//! Who may call this: whoever shows clusters one by one, through a gate that keeps small ones back. What must stay true:
//! predictions are named as such; the variances allow for the cluster's own pupils, not for the coefficients having been fitted.
//!
//! `û_j = DZ_j'V_j⁻¹(y_j − X_jb)`. Henderson, C. R. (1975). Best linear unbiased estimation and prediction under a selection
//! model. *Biometrics* 31(2), 423–447.

use super::Mixed;
use super::deviance::{Turned, Weighed};

/// One cluster's prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The cluster's number.
    pub cluster: usize,
    /// How far its level is from the average one, in the outcome's unit.
    pub intercept: f64,
    /// How far its slope is from the average one, in outcome units for each unit of the column; 0 without a random slope.
    pub slope: f64,
    /// Variance of the intercept, covariance, variance of the slope, given the coefficients and variances.
    pub covariance: [f64; 3],
}

impl Mixed {
    /// The random effects of each cluster (of the third level, where there is one), by block and number.
    ///
    /// Checked against lme4's `ranef` in `reference/mixed_models.json` (`exam_rs_REML`, `star_rs_treat_REML`).
    #[must_use]
    pub fn predictions(&self) -> Vec<Prediction> {
        let width = self.sums.width;
        let (mut weighed, mut turned) = (Weighed::new(width), Turned::new(width));
        let [d11, d12, d22] = self.factor.covariance();
        let mut all = Vec::with_capacity(self.sums.clusters.len());
        self.sums.each_in_block(&self.at, |seen, block| {
            self.factor.weigh(&seen, &mut weighed, |_, _| {});
            turned.set(&seen, &weighed, block, &self.at.shift);
            let [a, b, c] = weighed.psi;
            let (r, m, s) = (weighed.root, seen.cluster.mean, seen.cluster.spread);
            let [e1, e2] = turned.left;
            let (x, y) = (a * e1 + b * e2, b * e1 + c * e2);
            let (t1, t2) = (r * x, r * m * x + s * y);
            let (u1, u2) = (d11 * t1 + d12 * t2, d12 * t1 + d22 * t2);
            // D − DQD = Λ(I + Λ'NΛ)⁻¹Λ'.
            let (n11, n12, n22) = (r * r, r * r * m, r * r * m * m + s * s);
            let (l1, l2, l3) = (self.factor.level, self.factor.lean, self.factor.slope);
            let c11 = 1.0 + l1 * (n11 * l1 + n12 * l2) + l2 * (n12 * l1 + n22 * l2);
            let c12 = l3 * (n12 * l1 + n22 * l2);
            let c22 = 1.0 + l3 * n22 * l3;
            let determinant = c11 * c22 - c12 * c12;
            let (i11, i12, i22) = (c22 / determinant, -c12 / determinant, c11 / determinant);
            let (p, q) = (i11 * l1, i12 * l1);
            let own = [
                l1 * p,
                l2 * p + l3 * q,
                l2 * (i11 * l2 + i12 * l3) + l3 * (i12 * l2 + i22 * l3),
            ];
            let [slope_free, scale] = self.unit();
            all.push(Prediction {
                cluster: seen.cluster.code,
                intercept: u1 - u2 * slope_free,
                slope: u2 / scale,
                covariance: self.in_own_units(own).map(|v| v * self.within),
            });
        });
        all
    }
}
