//! Effect sizes of trials in clusters and in many sites, with the uncertainty of the difference and of the standard
//! deviation that it is measured against.
//!
//! Who may call this: whoever compares with a published effect size of a cluster or multisite trial. What must stay true: which
//! standard deviation is used is in the definition; sizes of clusters enter as they are, never as an average of all.
//!
//! Hedges, L. V. (2007). Effect sizes in cluster-randomized designs. *Journal of Educational and Behavioral Statistics* 32(4),
//! 341–370; for many sites as the Education Endowment Foundation's eefAnalytics works it out.

use crate::count::count;
use crate::distributions::normal_quantile;
use crate::evaluation::{EffectSize, Interval};
use crate::refusal::Refusal;

/// How many pupils each cluster has, by group.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizes {
    /// Clusters of the intervention.
    pub intervention: Vec<usize>,
    /// Clusters of the comparison.
    pub comparison: Vec<usize>,
}

/// Sums over the sizes of one group's clusters.
struct Sums {
    clusters: f64,
    pupils: f64,
    squares: f64,
    cubes: f64,
}

impl Sums {
    fn of(sizes: &[usize]) -> Result<Self, Refusal> {
        let power = |p: i32| -> f64 { sizes.iter().map(|n| count(*n).powi(p)).sum() };
        let sums = Self {
            clusters: count(sizes.len()),
            pupils: power(1),
            squares: power(2),
            cubes: power(3),
        };
        if sizes.len() < 2 || sums.pupils <= sums.clusters {
            return Err(Refusal::new(
                "too-few-clusters",
                "With fewer than two classes or schools in a group, or one pupil in each, an effect size of a cluster trial can’t be worked out.",
                "Compare more of them.",
            ));
        }
        Ok(sums)
    }

    /// `n_U`, the size that counts in the spread between clusters.
    fn between(&self) -> f64 {
        (self.pupils.powi(2) - self.squares) / (self.pupils * (self.clusters - 1.0))
    }

    fn a(&self) -> f64 {
        (self.pupils.powi(2) * self.squares + self.squares.powi(2) - 2.0 * self.pupils * self.cubes)
            / self.pupils.powi(2)
    }
}

/// `ñ` of both groups together.
fn typical(t: &Sums, c: &Sums) -> f64 {
    let n = t.pupils + c.pupils;
    c.pupils * t.squares / (t.pupils * n) + t.pupils * c.squares / (c.pupils * n)
}

/// The difference over the standard deviation within clusters: `d_W`, with variance
/// `(N_T + N_C)/(N_T N_C) · (1 + (ñ − 1)ρ)/(1 − ρ) + d_W²/(2(N − M))`.
///
/// ```
/// use difference_engine::cluster_effect_size::{Sizes, within};
/// let sizes = Sizes { intervention: vec![20, 25, 18], comparison: vec![22, 21, 19] };
/// let size = within(3.0, 100.0, 0.1, &sizes, 0.95)?;
/// assert_eq!(size.estimate, 0.3);
/// assert!(size.standard_error.unwrap() > (2.0_f64 / 62.5).sqrt());
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// Checked against eefAnalytics in `reference/eef_analytics.json` (`crtFREQ_crt`, `mstFREQ_star`).
///
/// # Errors
/// `too-few-clusters`, `no-variation`.
pub fn within(
    difference: f64,
    variance: f64,
    icc: f64,
    sizes: &Sizes,
    level: f64,
) -> Result<EffectSize, Refusal> {
    let (t, c) = (Sums::of(&sizes.intervention)?, Sums::of(&sizes.comparison)?);
    let d = over(difference, variance)?;
    let (n, m) = (t.pupils + c.pupils, t.clusters + c.clusters);
    let own = n / (t.pupils * c.pupils) * (1.0 + (typical(&t, &c) - 1.0) * icc) / (1.0 - icc);
    let spread = d * d / (2.0 * (n - m));
    answer(
        "hedges_within",
        "difference over the standard deviation within classes or schools (Hedges 2007)",
        d,
        own + spread,
        level,
    )
}

/// The difference over the total standard deviation: `d_T`, corrected for the clusters that it was estimated from.
///
/// Checked against eefAnalytics in `reference/eef_analytics.json` (`crtFREQ_crt`, `mstFREQ_star`).
///
/// # Errors
/// `too-few-clusters`, `no-variation`.
pub fn total(
    difference: f64,
    variance: f64,
    icc: f64,
    sizes: &Sizes,
    level: f64,
) -> Result<EffectSize, Refusal> {
    let (t, c) = (Sums::of(&sizes.intervention)?, Sums::of(&sizes.comparison)?);
    let n = t.pupils + c.pupils;
    let (ut, uc) = (t.between(), c.between());
    let lost = n - ut * t.clusters - uc * c.clusters + ut + uc - 2.0;
    let d = over(difference, variance)? * (1.0 - icc * lost / (n - 2.0)).sqrt();
    let own = n / (t.pupils * c.pupils) * (1.0 + (typical(&t, &c) - 1.0) * icc);
    let b = ut * (t.clusters - 1.0) + uc * (c.clusters - 1.0);
    let rest = 1.0 - icc;
    let spread =
        ((n - 2.0) * rest * rest + (t.a() + c.a()) * icc * icc + 2.0 * b * icc * rest) * d * d
            / (2.0 * (n - 2.0) * ((n - 2.0) - icc * (n - 2.0 - b)));
    answer(
        "hedges_total",
        "difference over the total standard deviation (Hedges 2007)",
        d,
        own + spread,
        level,
    )
}

/// The difference of a trial in many sites over a standard deviation, whose square is `variance`: its variance is
/// `1/Σ(s²/(τ² + σ²/ñ_i)) + d²/(2N − 4M)`, with `ñ_i = n_T n_C/(n_T + n_C)` over the sites that have both groups.
///
/// Checked against eefAnalytics in `reference/eef_analytics.json` (`mstFREQ_star`).
///
/// # Errors
/// `too-few-clusters`, `no-variation`.
pub fn multisite(
    difference: f64,
    variance: f64,
    within: f64,
    between_differences: f64,
    sites: &[[usize; 2]],
    level: f64,
) -> Result<EffectSize, Refusal> {
    let n: f64 = sites.iter().flatten().map(|n| count(*n)).sum();
    let both = sites.iter().map(|[c, t]| [count(*c), count(*t)]);
    let known: f64 = (both.filter(|[c, t]| *c > 0.0 && *t > 0.0))
        .map(|[c, t]| variance / (between_differences + within * (c + t) / (c * t)))
        .sum();
    let free = 2.0 * n - 4.0 * count(sites.len());
    if known <= 0.0 || free <= 0.0 {
        return Err(Refusal::new(
            "too-few-clusters",
            "Too few sites have pupils of both groups for an effect size of a trial in many sites.",
            "Add sites that have both groups, or pupils to those that there are.",
        ));
    }
    let d = over(difference, variance)?;
    answer(
        "hedges_multisite",
        "difference over the standard deviation named, as eefAnalytics works it out for trials in many sites",
        d,
        1.0 / known + d * d / free,
        level,
    )
}

fn over(difference: f64, variance: f64) -> Result<f64, Refusal> {
    let d = difference / variance.sqrt();
    if d.is_finite() {
        return Ok(d);
    }
    Err(Refusal::new(
        "no-variation",
        "Nothing varies, so there is no standard deviation to measure the difference against.",
        "Check that the right column is chosen as the outcome.",
    ))
}

fn answer(
    name: &str,
    definition: &str,
    d: f64,
    variance: f64,
    level: f64,
) -> Result<EffectSize, Refusal> {
    let standard_error = variance.sqrt();
    let half = normal_quantile(0.5 + 0.5 * level)? * standard_error;
    Ok(EffectSize {
        name: name.to_owned(),
        estimate: d,
        standard_error: Some(standard_error),
        interval: Some(Interval {
            level,
            lower: d - half,
            upper: d + half,
        }),
        definition: definition.to_owned(),
    })
}
