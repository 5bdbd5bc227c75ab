//! Satterthwaite's degrees of freedom of a mixed model.
//!
//! Who may call this: whoever tests a coefficient. What must stay true: the curvature is the observed one at the lowest point, in
//! closed form (lmerTest differentiates numerically: three digits agree); a variance on its boundary adds nothing.
//!
//! `df = 2 Var(c'b)² / (g'Ag)`, `g` the gradient of `Var(c'b)` in the factor's entries and `σ²`, `A = 2H⁻¹`. Satterthwaite, F. E.
//! (1946). An approximate distribution of estimates of variance components. *Biometrics Bulletin* 2, 110–114; Kuznetsova, A.,
//! Brockhoff, P. B. & Christensen, R. H. B. (2017). lmerTest package: tests in linear mixed effects models. *Journal of
//! Statistical Software* 82(13).

use faer::Mat;

use super::Mixed;
use super::deviance::Factor;
use super::search::Entry;
use crate::least_squares::Term;
use crate::matrix::eigen;

/// Directions along which the likelihood bends less than this share of its sharpest say nothing.
const LEVEL_GROUND: f64 = 1e-10;

impl Mixed {
    /// Satterthwaite's degrees of freedom of a coefficient. Where a variance is zero they are those of the model without it,
    /// as in lmerTest.
    #[must_use]
    pub fn satterthwaite(&self, term: Term) -> Option<f64> {
        let contrast = self.start.contrast(term)?;
        if self.factor == Factor::default() {
            // Least squares: the residual variance alone is uncertain.
            return Some(self.sums.degrees());
        }
        let spread = self.spread(&contrast);
        let by_part = self.information().forms(&self.direction(&contrast));
        let mut gradient: Vec<f64> = (self.entries.iter())
            .map(|entry| {
                let parts = self.entries.iter().zip(&by_part);
                self.within
                    * parts
                        .map(|(part, by)| self.bend(*part, *entry) * by)
                        .sum::<f64>()
            })
            .collect();
        gradient.push(spread);
        let uncertainty = self.uncertainty(&gradient)?;
        let df = 2.0 * (self.within * spread).powi(2) / uncertainty;
        (df.is_finite() && df > 0.0).then_some(df)
    }

    /// `g'Ag`.
    fn uncertainty(&self, gradient: &[f64]) -> Option<f64> {
        let hessian = self.hessian();
        let size = hessian.nrows();
        // In units in which every entry bends alike.
        let unit: Vec<f64> = (0..size)
            .map(|i| hessian.get(i, i).abs().sqrt())
            .map(|root| if root > 0.0 { 1.0 / root } else { 0.0 })
            .collect();
        let scaled = Mat::from_fn(size, size, |i, j| {
            let (a, b) = (unit.get(i), unit.get(j));
            hessian.get(i, j) * a.copied().unwrap_or_default() * b.copied().unwrap_or_default()
        });
        let (vectors, bends) = eigen(&scaled).ok()?;
        let sum: f64 = (vectors.col_iter().zip(&bends))
            .filter(|(_, bend)| **bend > LEVEL_GROUND)
            .map(|(vector, bend)| {
                let along: f64 = (vector.iter().zip(gradient).zip(&unit))
                    .map(|((v, g), unit)| v * g * unit)
                    .sum();
                2.0 * along * along / bend
            })
            .sum();
        Some(sum)
    }

    /// Second derivatives of the deviance in the factor's entries and the residual variance.
    fn hessian(&self) -> Mat<f64> {
        let info = self.information();
        let (first, second) = if self.sums.restricted() {
            (&info.first, &info.second)
        } else {
            (&info.first_full, &info.second_full)
        };
        let residual = info.residual();
        let misfit = info.forms(&residual);
        let pairs = info.pairs(&residual);
        let count = self.entries.len();
        let precision = 1.0 / self.within;
        let mut hessian = Mat::zeros(count + 1, count + 1);
        for (e, one) in self.entries.iter().enumerate() {
            for (f, other) in self.entries.iter().enumerate() {
                let mut sum = 0.0;
                for (i, part) in self.entries.iter().enumerate() {
                    for (j, also) in self.entries.iter().enumerate() {
                        let bend = 2.0 * precision * pairs.get(i, j) - second.get(i, j);
                        sum += self.bend(*part, *one) * bend * self.bend(*also, *other);
                    }
                    let slope = (first.get(i).zip(misfit.get(i)))
                        .map_or(0.0, |(first, misfit)| first - precision * misfit);
                    sum += slope * bend_twice(*part, *one, *other);
                }
                *hessian.get_mut(e, f) = sum;
            }
            let mixed: f64 = (self.entries.iter().zip(&misfit))
                .map(|(part, misfit)| self.bend(*part, *one) * misfit)
                .sum();
            *hessian.get_mut(e, count) = mixed * precision * precision;
            *hessian.get_mut(count, e) = mixed * precision * precision;
        }
        *hessian.get_mut(count, count) = self.sums.degrees() * precision * precision;
        hessian
    }

    /// Derivative of a part of `D` (named by the entry that it belongs to) by an entry of the factor.
    fn bend(&self, part: Entry, entry: Entry) -> f64 {
        let factor = &self.factor;
        match (part, entry) {
            (Entry::Level, Entry::Level) => 2.0 * factor.level,
            (Entry::Lean, Entry::Level) => factor.lean,
            (Entry::Lean, Entry::Lean) => factor.level,
            (Entry::Slope, Entry::Lean) => 2.0 * factor.lean,
            (Entry::Slope, Entry::Slope) => 2.0 * factor.slope,
            (Entry::Inner, Entry::Inner) => 2.0 * factor.inner,
            _ => 0.0,
        }
    }
}

fn bend_twice(part: Entry, entry: Entry, other: Entry) -> f64 {
    match (part, entry, other) {
        (Entry::Level, Entry::Level, Entry::Level)
        | (Entry::Slope, Entry::Lean, Entry::Lean)
        | (Entry::Slope, Entry::Slope, Entry::Slope)
        | (Entry::Inner, Entry::Inner, Entry::Inner) => 2.0,
        (Entry::Lean, Entry::Level, Entry::Lean) | (Entry::Lean, Entry::Lean, Entry::Level) => 1.0,
        _ => 0.0,
    }
}
