//! What a trial could see: the smallest detectable difference, power, and how many pupils it takes.
//!
//! Who may call this: the plan's wizard, the command line, and the rung's size rule. What must stay
//! true: every value that was not given is in `assumed`, with where it comes from.
//!
//! Formulae: Dong & Maynard 2013 (PowerUp!) for the smallest detectable difference,
//! (t₁₋α/₂ + t_power)·se with the design's degrees of freedom; the noncentral t for power; unequal
//! clusters by their coefficient of variation (Eldridge, Ashby & Kerry 2006). Effects are in standard
//! deviations of the outcome among all pupils.
mod assurance;
mod defaults;
mod design;
mod learnt;
mod shares;
mod sizing;
mod what_if;
mod words;

pub use assurance::assurance;
pub use defaults::{CLUSTER_SIZE, ICC, R2, R2_CLUSTER, SIZE_CV, Usual};
pub use design::clustered;
pub use learnt::{Earlier, FEWEST_CLUSTERS, FEWEST_TRIALS, Learnt, Value, learn};
pub use shares::{arcsine_power, cohens_h, share_power};
pub use sizing::{needed, needed_units, sizing};

use serde::{Deserialize, Serialize};

use crate::distributions::{noncentral_t_cdf, noncentral_t_upper, t_quantile};
use crate::question::Design;
use crate::refusal::Refusal;

/// The schema's name and version.
pub const SCHEMA: &str = "difference.plan/1";

/// What is asked of a size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PowerQuestion {
    /// What will be drawn or compared.
    pub design: Design,
    /// Pupils in both groups together; where clusters are drawn it may be left out for `clusters` and `cluster_size`.
    pub pupils: Option<f64>,
    /// Clusters in both groups together.
    pub clusters: Option<f64>,
    /// Pupils a cluster, on average.
    pub cluster_size: Option<f64>,
    /// Coefficient of variation of the clusters' sizes.
    pub size_cv: Option<f64>,
    /// Blocks within which lots are drawn.
    pub blocks: Option<f64>,
    /// Share of the outcome's variance that lies between clusters.
    pub icc: Option<f64>,
    /// Share of the outcome's variance that lies between blocks.
    pub block_icc: Option<f64>,
    /// How much the effect itself varies from block to block: its variance as a share of the variance
    /// between blocks (Dong & Maynard's ω). Given, the answer is about blocks like these, and the
    /// degrees of freedom are the blocks'; left out, the effect is taken to be one.
    pub effect_variation: Option<f64>,
    /// Share of the variance between pupils that the baseline explains (in cluster designs: within clusters).
    pub r2: Option<f64>,
    /// Share of the variance between clusters that it explains.
    pub r2_cluster: Option<f64>,
    /// Columns of the model besides treatment and blocks.
    pub covariates: f64,
    /// Share of the units that get it.
    pub share_treated: f64,
    /// Chance of noticing a difference that is there.
    pub power: f64,
    /// Chance of noticing one that is not, two-sided.
    pub alpha: f64,
    /// Whether the outcome is attainment, so that months may be said.
    pub attainment: bool,
    /// Standard deviation of the outcome, in its unit.
    pub sd: Option<f64>,
    /// The outcome's unit, such as "minutes".
    pub unit: String,
    /// The smallest difference worth having, in standard deviations: how many pupils does it take?
    pub effect: Option<f64>,
    /// How unsure that is, in standard deviations: the answer then tells the [`assurance`] too.
    pub effect_sd: Option<f64>,
    /// How unsure the share between clusters is, for the assurance.
    pub icc_sd: Option<f64>,
    /// What earlier results bear, in place of the published defaults.
    pub learnt: Option<Learnt>,
}

impl Default for PowerQuestion {
    fn default() -> Self {
        Self {
            design: Design::Individual,
            pupils: None,
            clusters: None,
            cluster_size: None,
            size_cv: None,
            blocks: None,
            icc: None,
            block_icc: None,
            effect_variation: None,
            r2: None,
            r2_cluster: None,
            covariates: 0.0,
            share_treated: 0.5,
            power: 0.8,
            alpha: 0.05,
            attainment: false,
            sd: None,
            unit: String::new(),
            effect: None,
            effect_sd: None,
            icc_sd: None,
            learnt: None,
        }
    }
}

/// A value that was not given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assumed {
    /// What it is, in words.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Where it comes from.
    pub because: String,
}

/// The standard error, in standard deviations of the outcome, that a design gives, and its degrees
/// of freedom.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sharpness {
    /// In standard deviations.
    pub standard_error: f64,
    /// Of the test.
    pub df: f64,
    /// How much more variance there is than with as many pupils drawn one by one.
    pub design_effect: f64,
}

/// How many it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needed {
    /// Pupils in both groups together.
    pub pupils: u64,
    /// Clusters in both groups together, 0 where pupils are drawn.
    pub clusters: u64,
}

/// One line of "What size of change could you notice?".
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SizePoint {
    /// Pupils in both groups together.
    pub pupils: u64,
    /// Clusters, 0 where pupils are drawn.
    pub clusters: u64,
    /// Smallest detectable difference, in standard deviations.
    pub detectable: f64,
    /// The same in the outcome's unit, where its spread is known.
    pub unit: Option<f64>,
    /// The same in months, where months may be said.
    pub months: Option<i8>,
    /// Chance of noticing `effect`, where it was given.
    pub power: Option<f64>,
}

/// What something else would change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhatIf {
    /// What is done otherwise, such as "one more class of 28 joins".
    pub change: String,
    /// What could be noticed then.
    pub then: SizePoint,
    /// A sentence, such as "If one more class of 28 joins, 6 months."
    pub says: String,
}

/// What this trial could see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sizing {
    /// [`SCHEMA`].
    pub schema: String,
    /// What will be drawn or compared.
    pub design: Design,
    /// The question as it was asked.
    pub asked: PowerQuestion,
    /// What was not given.
    pub assumed: Vec<Assumed>,
    /// This trial.
    pub here: SizePoint,
    /// Chance of noticing `effect` where it was given, otherwise the chance asked for.
    pub power: f64,
    /// Smallest detectable difference, in standard deviations.
    pub detectable: f64,
    /// The same in the outcome's unit, where its spread is known.
    pub detectable_unit: Option<f64>,
    /// The same in months, where months may be said.
    pub months: Option<i8>,
    /// How many it takes to notice `effect`.
    pub needed: Option<Needed>,
    /// Chance of noticing a difference of the size that is expected, over all that it may be: where
    /// `effect_sd` was given ([`assurance`]).
    #[serde(default)]
    pub assurance: Option<f64>,
    /// Smaller and larger trials, in small steps.
    pub curve: Vec<SizePoint>,
    /// A few of them, for a table: half, this, twice, four times and what it takes.
    #[serde(default)]
    pub table: Vec<SizePoint>,
    /// What would change it, the nearest to hand first.
    #[serde(default)]
    pub what_if: Vec<WhatIf>,
    /// One or two sentences.
    pub headline: String,
    /// What to keep in mind, one sentence each.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Sizing {
    /// A size of change as this answer says it: "7 months", "2.2 minutes", "0.34 standard deviations".
    #[must_use]
    pub fn change(&self, standard_deviations: f64) -> String {
        words::change(&self.asked, standard_deviations)
    }

    /// A size of trial as this answer says it: "120 pupils", "56 pupils in 2 classes or schools".
    #[must_use]
    pub fn who(&self, size: &SizePoint) -> String {
        words::who(size.pupils, size.clusters)
    }
}

/// 1 + ((cv² + 1)·m − 1)·ICC: how many times as many pupils clusters of mean size m need (Donner &
/// Klar 2000; Eldridge, Ashby & Kerry 2006 for unequal sizes).
///
/// ```
/// use difference_engine::power::design_effect;
/// assert!((design_effect(25.0, 0.0, 0.15) - 4.6).abs() < 1e-12);
/// assert!((design_effect(25.0, 0.4, 0.15) - 5.2).abs() < 1e-12);
/// ```
#[must_use]
pub fn design_effect(mean_size: f64, size_cv: f64, icc: f64) -> f64 {
    1.0 + ((size_cv * size_cv + 1.0) * mean_size - 1.0) * icc
}

/// The standard error and degrees of freedom that a design gives.
///
/// # Errors
/// `size-not-possible` where too few are drawn for anything but chance to be seen; `size-missing`,
/// `size-out-of-range` and `share-out-of-range` where the question can't be meant.
pub fn sharpness(question: &PowerQuestion) -> Result<Sharpness, Refusal> {
    design::fill(question)?.sharpness(1.0)
}

/// The smallest difference that a test of this standard error and these degrees of freedom notices
/// with the chance `power`: (t₁₋α/₂ + t_power)·se (Bloom 1995).
///
/// # Errors
/// `out-of-domain`.
pub fn smallest_detectable(
    standard_error: f64,
    df: f64,
    power: f64,
    alpha: f64,
) -> Result<f64, Refusal> {
    Ok(standard_error * (t_quantile(1.0 - 0.5 * alpha, df)? + t_quantile(power, df)?))
}

/// The chance that a two-sided test notices `effect` (noncentral t, both tails).
///
/// # Errors
/// `out-of-domain`.
pub fn two_sided_power(
    effect: f64,
    standard_error: f64,
    df: f64,
    alpha: f64,
) -> Result<f64, Refusal> {
    let critical = t_quantile(1.0 - 0.5 * alpha, df)?;
    let delta = effect / standard_error;
    Ok(noncentral_t_upper(critical, df, delta)? + noncentral_t_cdf(-critical, df, delta)?)
}

/// The smallest detectable difference of a design, in standard deviations.
///
/// ```
/// use difference_engine::power::{detectable, PowerQuestion};
/// let g = detectable(&PowerQuestion { pupils: Some(100.0), ..PowerQuestion::default() })?;
/// assert!((g - 0.565954368826379).abs() < 1e-9);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// As [`sharpness`].
pub fn detectable(question: &PowerQuestion) -> Result<f64, Refusal> {
    let sharp = sharpness(question)?;
    smallest_detectable(
        sharp.standard_error,
        sharp.df,
        question.power,
        question.alpha,
    )
}
