//! What gives an estimate with its uncertainty beside the methods of a [`Question`](crate::question::Question) and of a
//! [`PoolQuestion`](crate::pool::PoolQuestion): the engine's own list.
//!
//! Who may call this: the simulations, which answer for each entry how often it is wrong. What must stay true: a module that gives
//! standard errors, intervals or p-values is found here or in those questions; whoever adds one adds its name, and a test
//! keeps it from being offered before docs/calibration.md has its row.

use serde::{Deserialize, Serialize};

/// An estimate that is asked for by a function of its own.
///
/// ```
/// use difference_engine::offered::Beside;
/// let name = serde_json::to_string(&Beside::DifferenceInDifferences).unwrap();
/// assert_eq!(name, "\"difference-in-differences\"");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Beside {
    /// [`evaluate`](crate::evaluate()): the effect on those who took part, by two-stage least squares.
    Cace,
    /// [`evaluate`](crate::evaluate()): the same pupils before and after.
    BeforeAfter,
    /// [`evaluate`](crate::evaluate()): by how much the difference differs between subgroups.
    Subgroups,
    /// [`difference_in_differences`](crate::difference_in_differences).
    DifferenceInDifferences,
    /// [`interrupted`](crate::interrupted), with [`newey_west`](crate::newey_west)'s standard errors: the level's jump.
    InterruptedSeries,
    /// [`autoregressive`](crate::autoregressive): the same by errors that remember.
    Autoregressive,
    /// [`random_effects`](crate::random_effects): a panel, by Swamy and Arora.
    SwamyArora,
    /// [`estimating_equations`](crate::estimating_equations): log odds, CR0 and the normal distribution.
    EstimatingEquations,
    /// [`generalised`](crate::generalised): log odds.
    Logistic,
    /// [`logistic_mixed`](crate::logistic_mixed): log odds within a school.
    LogisticMixed,
    /// [`generalised`](crate::generalised): the log ratio of rates.
    Poisson,
    /// [`generalised`](crate::generalised): the same where counts vary more.
    NegativeBinomial,
    /// [`binary`](crate::binary): Newcombe's interval.
    RiskDifference,
    /// [`binary`](crate::binary): Woolf's.
    OddsRatio,
    /// [`effect_size`](crate::effect_size): Hedges' g.
    HedgesG,
    /// [`pool::mantel_haenszel`](crate::pool::mantel_haenszel): the log odds ratio.
    MantelHaenszel,
    /// [`pool::peto`](crate::pool::peto).
    Peto,
    /// [`pool`](crate::pool()): a moderator's slope.
    MetaRegression,
    /// [`pool`](crate::pool()): Egger's test of small trials.
    Egger,
    /// [`pool::sign_flip`](crate::pool::sign_flip).
    SignFlip,
    /// [`pool`](crate::pool()): the calibrated prediction of one more place.
    CalibratedPrediction,
    /// [`anytime::Sequence`](crate::anytime::Sequence): looked at after each result.
    Sequence,
    /// [`anytime::LikelihoodRatio`](crate::anytime::LikelihoodRatio): the same for one direction.
    LikelihoodRatio,
    /// [`rubins_rules`](crate::rubins_rules): several imputations.
    RubinsRules,
}
