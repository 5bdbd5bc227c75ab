//! Standardised mean differences: Cohen's d, Hedges' g, Glass's Δ, their variances and their
//! noncentral-t intervals, and the plain forms that they translate into.
//!
//! Who may call this: [`evaluate`](crate::evaluate()), pools that start from published means, pages that
//! translate. What must stay true: a name says which variant it is (exact or approximate J, which
//! variance), because the literature uses one word for several.
//!
//! Citations: Hedges 1981; Hedges & Olkin 1985; Cumming & Finch 2001; McGraw & Wong 1992;
//! Cohen 1988; Borenstein 2009.

use libm::lgamma as ln_gamma;
use serde::{Deserialize, Serialize};

use crate::count::count;
use crate::distributions::{noncentrality, normal_cdf, t_two_sided};
use crate::evaluation::{EffectSize, Interval};
use crate::refusal::Refusal;

/// One group's scores, summed up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Pupils.
    pub n: f64,
    /// Mean, in the outcome's unit.
    pub mean: f64,
    /// Standard deviation with n − 1, in the outcome's unit.
    pub sd: f64,
}

impl Scores {
    /// Sums up a list of scores; `None` with fewer than two.
    #[must_use]
    pub fn of(scores: &[f64]) -> Option<Self> {
        let n = count(scores.len());
        if n < 2.0 {
            return None;
        }
        let mean = scores.iter().sum::<f64>() / n;
        let squares = scores.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        Some(Self {
            n,
            mean,
            sd: (squares / (n - 1.0)).sqrt(),
        })
    }

    fn variance(self) -> f64 {
        self.sd * self.sd
    }
}

/// The intervention's scores and the comparison's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwoGroups {
    /// Who got it.
    pub intervention: Scores,
    /// Who did not.
    pub comparison: Scores,
}

/// Hedges' small-sample correction J(m) = Γ(m/2) / (√(m/2) Γ((m − 1)/2)), exact, for m degrees of
/// freedom. 1 where m is infinite; 0 at m ≤ 1, where g does not exist.
///
/// ```
/// use difference_engine::effect_size::j_exact;
/// assert!((j_exact(42.0) - 0.982017909868168).abs() < 1e-14);
/// ```
#[must_use]
pub fn j_exact(m: f64) -> f64 {
    if m.is_nan() || m <= 1.0 {
        return 0.0;
    }
    if m > 300.0 {
        // The asymptotic series of the ratio, where logarithms of Γ would lose digits:
        // J = 1 − 3/(4m) − 7/(32m²) − 9/(128m³) + 59/(2048m⁴) + 483/(8192m⁵) …
        let r = 1.0 / m;
        let tail = 9.0 / 128.0 - r * (59.0 / 2048.0 + r * (483.0 / 8192.0));
        return 1.0 - r * (0.75 + r * (7.0 / 32.0 + r * tail));
    }
    (ln_gamma(0.5 * m) - ln_gamma(0.5 * (m - 1.0))).exp() / (0.5 * m).sqrt()
}

/// The usual approximation of J, 1 − 3/(4m − 1). Kept for comparison with papers that use it;
/// results here use [`j_exact`].
#[must_use]
pub fn j_approximate(m: f64) -> f64 {
    1.0 - 3.0 / (4.0 * m - 1.0)
}

impl TwoGroups {
    fn checked(&self) -> Result<(), Refusal> {
        let too_few = self.intervention.n < 2.0 || self.comparison.n < 2.0;
        if too_few || !(self.intervention.n + self.comparison.n).is_finite() {
            return Err(Refusal::new(
                "too-few-pupils",
                "A group has fewer than two pupils with a score, so there is no spread to measure the difference against.",
                "Add pupils to that group, or compare other groups.",
            ));
        }
        let pooled = self.pooled_sd();
        let finite = pooled.is_finite() && self.difference().is_finite();
        if !finite || pooled <= 0.0 {
            return Err(Refusal::new(
                "no-variation",
                "Every pupil in a group has the same score, so there is no spread to measure the difference against.",
                "Check that the right column is chosen as the outcome.",
            ));
        }
        Ok(())
    }

    /// Degrees of freedom n₁ + n₀ − 2.
    #[must_use]
    pub fn df(&self) -> f64 {
        self.intervention.n + self.comparison.n - 2.0
    }

    /// Difference in means, in the outcome's unit.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.intervention.mean - self.comparison.mean
    }

    /// Pooled standard deviation, in the outcome's unit.
    #[must_use]
    pub fn pooled_sd(&self) -> f64 {
        let (one, zero) = (self.intervention, self.comparison);
        (((one.n - 1.0) * one.variance() + (zero.n - 1.0) * zero.variance()) / self.df()).sqrt()
    }

    /// ñ = n₁n₀/(n₁ + n₀).
    #[must_use]
    pub fn harmonic_n(&self) -> f64 {
        let (n1, n0) = (self.intervention.n, self.comparison.n);
        n1 * n0 / (n1 + n0)
    }

    /// Cohen's d: the difference over the pooled standard deviation.
    ///
    /// # Errors
    /// `too-few-pupils`, `no-variation`.
    pub fn cohens_d(&self) -> Result<f64, Refusal> {
        self.checked()?;
        Ok(self.difference() / self.pooled_sd())
    }

    /// Hedges' g with the exact J, its large-sample variance ([`Variance::LargeSample`]) and the
    /// noncentral-t interval of Cumming & Finch (2001) scaled by J.
    ///
    /// Named `hedges_g`. In a cluster design it ignores the clusters: give
    /// [`clustered_definition`] to the result before it is kept.
    ///
    /// # Errors
    /// `too-few-pupils`, `no-variation`.
    pub fn hedges_g(&self, level: f64) -> Result<EffectSize, Refusal> {
        let d = self.cohens_d()?;
        let j = j_exact(self.df());
        let interval = self.noncentral_interval(level)?;
        Ok(EffectSize {
            name: "hedges_g".to_owned(),
            estimate: j * d,
            standard_error: Some(self.variance(Variance::LargeSample)?.sqrt()),
            interval: Some(Interval {
                level,
                lower: j * interval.lower,
                upper: j * interval.upper,
            }),
            definition: "difference in raw means over the pooled standard deviation, times the exact small-sample correction; noncentral-t interval".to_owned(),
        })
    }

    /// The interval of the population's d from the noncentral t (Cumming & Finch 2001), without J.
    ///
    /// # Errors
    /// `too-few-pupils`, `no-variation`.
    pub fn noncentral_interval(&self, level: f64) -> Result<Interval, Refusal> {
        let d = self.cohens_d()?;
        let root = self.harmonic_n().sqrt();
        let t = d * root;
        let outside = 0.5 * (1.0 - level);
        Ok(Interval {
            level,
            lower: noncentrality(t, self.df(), 1.0 - outside)? / root,
            upper: noncentrality(t, self.df(), outside)? / root,
        })
    }

    /// Sampling variance of g by one of the formulas in use.
    ///
    /// # Errors
    /// `too-few-pupils`, `no-variation`.
    pub fn variance(&self, which: Variance) -> Result<f64, Refusal> {
        let d = self.cohens_d()?;
        let m = self.df();
        let j = j_exact(m);
        let g = j * d;
        let n = self.intervention.n + self.comparison.n;
        let base = 1.0 / self.harmonic_n();
        Ok(match which {
            Variance::LargeSample => base + g * g / (2.0 * n),
            Variance::LargeSampleD => base + d * d / (2.0 * n),
            Variance::Borenstein => j * j * (base + d * d / (2.0 * n)),
            Variance::Unbiased => base + (1.0 - (m - 2.0) / (m * j * j)) * g * g,
        })
    }

    /// Glass's Δ: the difference over the comparison group's standard deviation.
    ///
    /// # Errors
    /// `too-few-pupils`, `no-variation`.
    pub fn glass_delta(&self) -> Result<f64, Refusal> {
        self.checked()?;
        let sd = self.comparison.sd;
        if sd <= 0.0 {
            return Err(Refusal::new(
                "no-variation",
                "Every pupil in the comparison group has the same score.",
                "Use Hedges’ g, which pools both groups.",
            ));
        }
        Ok(self.difference() / sd)
    }

    /// Glass's Δ times the exact J of n₀ − 1, and its large-sample variance (metafor's SMD1).
    ///
    /// # Errors
    /// `too-few-pupils`, `no-variation`.
    pub fn glass_g(&self) -> Result<(f64, f64), Refusal> {
        let g = j_exact(self.comparison.n - 1.0) * self.glass_delta()?;
        Ok((
            g,
            1.0 / self.harmonic_n() + g * g / (2.0 * self.comparison.n),
        ))
    }

    /// Welch's t, its degrees of freedom and its two-sided p.
    ///
    /// # Errors
    /// `too-few-pupils`, `no-variation`.
    pub fn welch(&self) -> Result<Welch, Refusal> {
        self.checked()?;
        let a = self.intervention.variance() / self.intervention.n;
        let b = self.comparison.variance() / self.comparison.n;
        let df = (a + b).powi(2)
            / (a * a / (self.intervention.n - 1.0) + b * b / (self.comparison.n - 1.0));
        let standard_error = (a + b).sqrt();
        let statistic = self.difference() / standard_error;
        Ok(Welch {
            statistic,
            standard_error,
            df,
            p_value: t_two_sided(statistic, df)?,
        })
    }
}

/// Which formula for the variance of a standardised mean difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variance {
    /// 1/ñ + g²/2N (Hedges & Olkin 1985; metafor's LS).
    LargeSample,
    /// The same with d for g.
    LargeSampleD,
    /// J²(1/ñ + d²/2N) (Borenstein 2009; metafor's LS2).
    Borenstein,
    /// The unbiased estimate (Hedges 1983; metafor's UB).
    Unbiased,
}

/// Welch's test of two means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Welch {
    /// Difference over its standard error.
    pub statistic: f64,
    /// In the outcome's unit.
    pub standard_error: f64,
    /// Welch & Satterthwaite.
    pub df: f64,
    /// Two-sided.
    pub p_value: f64,
}

/// What `hedges_g` says of itself where clusters were drawn: it is for comparison with other
/// software only, and never on a page.
#[must_use]
pub fn clustered_definition() -> &'static str {
    "ignores clusters"
}

/// An estimate in the outcome's unit as standard deviations: the estimate, its standard error and
/// its limits, each over `sd` and times the exact J of `df` (none where `df` is `None`).
///
/// `hedges_g_total`: `sd` is the root of the sum of the unconditional mixed model's variance
/// components, `df` the primary estimate's. `hedges_g_within`: `sd` is its residual one.
/// `hedges_g_adjusted`: `sd` is the unadjusted pooled standard deviation, `df` n₁ + n₀ − 2.
///
/// # Errors
/// `no-variation` where `sd` is not above 0 or a number is not finite.
///
/// ```
/// use difference_engine::effect_size::standardise;
/// let g = standardise("hedges_g_total", "…", 5.0, Some(2.0), None, 10.0, None)?;
/// assert_eq!(g.estimate, 0.5);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
pub fn standardise(
    name: &str,
    definition: &str,
    estimate: f64,
    standard_error: Option<f64>,
    interval: Option<Interval>,
    sd: f64,
    df: Option<f64>,
) -> Result<EffectSize, Refusal> {
    if !(sd > 0.0 && sd.is_finite() && estimate.is_finite()) {
        return Err(Refusal::new(
            "no-variation",
            "There is no spread of scores to measure the difference against.",
            "Check that the right column is chosen as the outcome.",
        ));
    }
    let scale = df.map_or(1.0, j_exact) / sd;
    Ok(EffectSize {
        name: name.to_owned(),
        estimate: estimate * scale,
        standard_error: standard_error.map(|se| se * scale),
        interval: interval.map(|i| Interval {
            level: i.level,
            lower: i.lower * scale,
            upper: i.upper * scale,
        }),
        definition: definition.to_owned(),
    })
}

// --- plain forms -----------------------------------------------------------------------------

/// Common-language effect size (McGraw & Wong 1992): the chance that a pupil drawn from the
/// intervention scores above one drawn from the comparison, were both groups normal.
///
/// # Errors
/// `out-of-domain` where `d` is not a number.
pub fn common_language(d: f64) -> Result<f64, Refusal> {
    Ok(normal_cdf(d / std::f64::consts::SQRT_2)?)
}

/// Cohen's U₃: the share of the comparison group that the intervention's average pupil is above.
///
/// # Errors
/// `out-of-domain` where `d` is not a number.
pub fn cohens_u3(d: f64) -> Result<f64, Refusal> {
    Ok(normal_cdf(d)?)
}

/// The share that two normal curves, d apart, have in common: 2Φ(−|d|/2).
///
/// # Errors
/// `out-of-domain` where `d` is not a number.
pub fn overlap(d: f64) -> Result<f64, Refusal> {
    Ok(2.0 * normal_cdf(-0.5 * d.abs())?)
}

/// WWC's improvement index, in percentile points: 100(Φ(g) − ½).
///
/// # Errors
/// `out-of-domain` where `g` is not a number.
pub fn improvement_index(g: f64) -> Result<f64, Refusal> {
    Ok(100.0 * (normal_cdf(g)? - 0.5))
}

/// The chance that a pupil of the intervention scores above one of the comparison, ties counting
/// half, as these very pupils did: the area under the curve, Mann & Whitney's U over n₁n₀.
/// `None` where a group has nobody or a score is not a number.
#[must_use]
pub fn probability_of_superiority(intervention: &[f64], comparison: &[f64]) -> Option<f64> {
    let mut sorted = comparison.to_vec();
    sorted.sort_by(f64::total_cmp);
    let known = |scores: &[f64]| !scores.is_empty() && scores.iter().all(|x| !x.is_nan());
    if !known(intervention) || !known(comparison) {
        return None;
    }
    let wins: f64 = intervention
        .iter()
        .map(|x| {
            let below = sorted.partition_point(|y| y < x);
            let not_above = sorted.partition_point(|y| y <= x);
            0.5 * (count(below) + count(not_above))
        })
        .sum();
    Some(wins / (count(intervention.len()) * count(comparison.len())))
}
