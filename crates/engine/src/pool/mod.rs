//! What several results say together: the living meta-analysis of one practice and one kind of outcome.
//!
//! Who may call this: anybody with effects and variances. What must stay true: the same studies in
//! any order give the same pool (the order by date only sorts the cumulative series).

mod average;
mod cochran;
mod dependent;
mod dersimonian_laird;
mod effect_from_correlations;
mod effect_from_counts;
mod empirical_bayes;
mod file_drawer;
mod hedges;
mod heterogeneity;
mod hksj;
mod hunter_schmidt;
mod influence;
mod likelihood;
mod mantel_haenszel;
mod maximum_likelihood;
mod measure;
mod meta_regression;
mod model;
mod paule_mandel;
mod pooling;
mod prediction;
mod profile_likelihood;
mod q_profile;
mod regression;
mod reml;
mod root;
mod sequential;
mod series;
mod shrinkage;
mod sidik_jonkman;
mod sign_flip;
mod small_study;
mod soundness;
mod words;

use serde::{Deserialize, Serialize};

use crate::evaluation::{Chances, Estimate, Evidence};

pub use dependent::{ByRho, Component, Dependent, Deviation, RHO, Working};
pub use effect_from_correlations::{fisher_z, semipartial_correlation};
pub use effect_from_counts::{CountEffect, effect_from_counts};
pub use file_drawer::{Bound, FileDrawer, Unreported};
pub use influence::Influence;
pub use mantel_haenszel::{PooledCounts, mantel_haenszel, peto};
pub use meta_regression::{Level, MetaRegression, ModeratorTest};
pub use pooling::{average, pool};
pub use sequential::{ALPHA, PoolLook, Sequential};
pub use sign_flip::{SignFlip, sign_flip};
pub use small_study::{
    Begg, Egger, FailSafe, Line, Selection, Side, SmallStudy, TELLING_FROM, TrimAndFill,
};

/// The schema's name and version.
pub const SCHEMA: &str = "difference.pool/1";

/// From this many results on, a page says what most new places would see.
pub const PREDICTION_FROM: u64 = 5;

/// One trial's result, ready to be pooled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// The place, or the study's name.
    pub label: String,
    /// Effect, on a scale that all the studies share.
    pub effect: f64,
    /// Its sampling variance, on the same scale squared.
    pub variance: f64,
    /// ISO date when the result arrived; sorts the cumulative series.
    pub date: Option<String>,
    /// ISO date when it was planned to report; orders the looks of [`Pool::sequential`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The trial's own rung, when known.
    pub rung: Option<u8>,
    /// Pupils in it, when known.
    pub pupils: Option<u64>,
    /// The place it ran in, when it differs from the label.
    pub place: Option<String>,
    /// What it shares with other results of its place, such as the group of pupils; results that share nothing else
    /// have names of their own. Where any result says so, the pool takes results of one place to depend on each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Its values of [`PoolQuestion::moderators`], in their order; None where one is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moderators: Vec<Option<Level>>,
}

/// How the variance between places is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heterogeneity {
    /// Restricted maximum likelihood.
    #[default]
    Reml,
    /// One true effect for all (τ² = 0).
    Equal,
    /// DerSimonian & Laird.
    Dl,
    /// Maximum likelihood.
    Ml,
    /// Paule & Mandel.
    Pm,
    /// Empirical Bayes.
    Eb,
    /// Sidik & Jonkman.
    Sj,
    /// Hedges & Olkin, unweighted.
    He,
    /// Hunter & Schmidt.
    Hs,
}

/// How the average's interval is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inference {
    /// Hartung, Knapp, Sidik & Jonkman, never narrower than Wald's (metafor's adhoc).
    #[default]
    HksjFloor,
    /// The same without the floor (metafor's knha).
    Hksj,
    /// Normal quantiles.
    Wald,
    /// Cluster-robust by place, for results that depend on each other: CR2 with Satterthwaite's degrees of freedom.
    Cr2,
}

/// How the limits of τ² are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tau2Limits {
    /// Q-profile (Viechtbauer 2007).
    #[default]
    QProfile,
    /// Profile likelihood (Hardy & Thompson 1996).
    ProfileLikelihood,
}

/// How it is said where most new places would fall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Predicting {
    /// `μ ± t √(se² + τ²)` (Higgins, Thompson & Spiegelhalter 2009).
    #[default]
    Standard,
    /// Parametric bootstrap (Nagashima, Noma & Furukawa 2019).
    Calibrated,
}

/// What is asked of a pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PoolQuestion {
    /// Variance between places.
    pub method: Heterogeneity,
    /// Interval of the average.
    pub inference: Inference,
    /// Smallest difference worth having, on the effects' scale.
    pub worthwhile: Option<f64>,
    /// Whether the effects are standard deviations of attainment, so that months may be said.
    pub attainment: bool,
    /// What is taken for granted about results of one place; left out where they depend on each other (see
    /// [`Study::within`] and [`Inference::Cr2`]): three levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working: Option<Working>,
    /// Correlation of sampling errors within a place, where the working model has one; left out: [`RHO`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rho: Option<f64>,
    /// What was measured, for the sentence, such as "reading".
    pub outcome: Option<String>,
    /// The practice, for the sentence.
    pub practice: Option<String>,
    /// Whether a lower value is the better one.
    pub lower_is_better: bool,
    /// What one step of the effects is, such as "points"; left out: standard deviations.
    #[serde(default)]
    pub unit: Option<String>,
    /// What one result is called, such as "study"; left out: "place".
    #[serde(default)]
    pub each: Option<String>,
    /// How the limits of τ² are found.
    #[serde(default)]
    pub tau2_limits: Tau2Limits,
    /// How it is said where most new places would fall.
    #[serde(default)]
    pub predicting: Predicting,
    /// Seed of the calibrated prediction: the same seed gives the same interval.
    #[serde(default)]
    pub seed: u64,
    /// Names of moderators, whose values the studies carry.
    #[serde(default)]
    pub moderators: Vec<String>,
    /// Trials that began and never reported: the known file drawer.
    #[serde(default)]
    pub unreported: Vec<Unreported>,
    /// ISO date of the question: what is due later has not come due. Left out: everything has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// How large effects of this kind usually are, on the effects' scale: the standard deviation of the mixture for
    /// [`Pool::sequential`]. Left out: no verdict for repeated looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequential: Option<f64>,
    /// Whether small trials are set against large ones. Where it is known which trials began,
    /// [`unreported`](Self::unreported) says what is missing without a guess.
    #[serde(default)]
    pub small_study: bool,
}

impl PoolQuestion {
    /// What one result is called: "place" unless said otherwise.
    #[must_use]
    pub fn one(&self) -> &str {
        self.each.as_deref().unwrap_or("place")
    }

    /// What several are called: "places", "studies".
    #[must_use]
    pub fn many(&self) -> String {
        let one = self.one();
        match one.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
            _ => format!("{one}s"),
        }
    }
}

/// One study in a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    /// As given.
    pub label: String,
    /// As given.
    pub effect: f64,
    /// As given.
    pub variance: f64,
    /// The study's own 95 % limits (normal quantiles).
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// Share of the average, in per cent.
    pub weight: f64,
    /// Empirical Bayes estimate of this place's own effect.
    pub shrunken: Option<f64>,
    /// As given.
    pub date: Option<String>,
    /// As given.
    pub rung: Option<u8>,
    /// As given.
    pub pupils: Option<u64>,
    /// As given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// The average after each new result, or without one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The study that was added, or left out.
    pub label: String,
    /// Its date, when known.
    pub date: Option<String>,
    /// Studies in this average.
    pub k: u64,
    /// The average.
    pub estimate: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// Between-place variance with its limits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tau2 {
    /// Effects' scale squared.
    pub estimate: f64,
    /// Limit by [`PoolQuestion::tau2_limits`]; None with one study.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
}

/// Cochran's Q.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cochran {
    /// Q.
    pub statistic: f64,
    /// k − 1.
    pub df: f64,
    /// Upper tail of χ².
    pub p_value: f64,
}

/// Where most new places would fall.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Nominal level.
    pub level: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// What several results say together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// [`SCHEMA`].
    pub schema: String,
    /// The engine's version.
    pub engine: String,
    /// As asked.
    pub question: PoolQuestion,
    /// Studies.
    pub k: u64,
    /// The average; the primary one first.
    pub estimates: Vec<Estimate>,
    /// Variance between places.
    pub tau2: Tau2,
    /// Share of the variation that chance does not explain, in per cent.
    pub i2: f64,
    /// Total over sampling variation.
    pub h2: f64,
    /// Cochran's Q.
    pub q: Cochran,
    /// Always computed from 3 studies on; a page shows it from 5 on.
    pub prediction: Option<Prediction>,
    /// The chances that a new place's true effect is better than nothing, and than what is worth
    /// having, by the same distribution as [`prediction`](Self::prediction).
    #[serde(default)]
    pub next_place: Option<Chances>,
    /// In the order given.
    pub studies: Vec<Pooled>,
    /// In date order.
    pub cumulative: Vec<Step>,
    /// In the order given.
    pub leave_one_out: Vec<Step>,
    /// In the order given; from three studies on.
    #[serde(default)]
    pub influence: Vec<Influence>,
    /// What the effects do with the moderators that were asked for.
    #[serde(default)]
    pub meta_regression: Option<MetaRegression>,
    /// Small trials beside large ones, where that was asked for.
    #[serde(default)]
    pub small_study: Option<SmallStudy>,
    /// Trials that began and never reported, and what they could change.
    #[serde(default)]
    pub file_drawer: Option<FileDrawer>,
    /// What goes with results that depend on each other; None where each place has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependent: Option<Dependent>,
    /// What may be said however often somebody looks, where that was asked for.
    #[serde(default)]
    pub sequential: Option<Sequential>,
    /// Strength of evidence of the pool, where the trials' rungs are known.
    pub evidence: Option<Evidence>,
    /// One sentence.
    pub headline: String,
    /// The phrase to highlight: a substring of the headline.
    pub highlight: String,
    /// "In words": how many gained, the average, and what most new places would see.
    pub paragraph: String,
    /// What to be careful with.
    pub warnings: Vec<String>,
    /// How each figure was computed, one sentence each.
    #[serde(default)]
    pub definitions: Vec<String>,
    /// Whether months may be said.
    pub attainment: bool,
}

impl Pool {
    /// The average that the sentence is made from.
    #[must_use]
    pub fn primary(&self) -> Option<&Estimate> {
        self.estimates.iter().find(|e| e.primary)
    }

    /// Results that do not depend on each other: the places, where one can have several; otherwise all.
    #[must_use]
    pub fn independent(&self) -> u64 {
        self.dependent.as_ref().map_or(self.k, |d| d.places)
    }
}
