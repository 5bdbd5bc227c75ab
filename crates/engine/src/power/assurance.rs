//! Assurance: the chance that a trial will notice a difference, before anybody knows how large it is.
//!
//! Who may call this: [`sizing`](super::sizing). What must stay true: with a prior of no width it is the
//! power in that direction; it never passes the prior's own chance of the right sign.
//!
//! O'Hagan, Stevens & Campbell 2005, "Assurance in clinical trial design": γ = ∫ P(T > t₁₋α/₂ | δ) p(δ) dδ,
//! with δ ~ N(mean, sd²). Where the share between clusters is uncertain too, its prior is the beta
//! distribution with that mean and standard deviation, and γ is averaged over it (Turner, Prevost &
//! Thompson 2004). Only differences in the prior's own direction count.

use crate::count::{count_u64, nearest};
use crate::distributions::{f_quantile, noncentral_t_upper, t_quantile};
use crate::refusal::Refusal;

use super::design::{Filled, clustered, fill, wrong};
use super::{PowerQuestion, Sharpness};

/// Points over which an uncertain share between clusters is averaged: the middles of equal parts.
const ICC_PARTS: u32 = 40;
/// The prior is cut this many standard deviations from its mean.
const REACH: f64 = 8.0;

/// The chance of noticing a difference in the prior's direction, over all sizes that it may have.
///
/// `question.effect` is the prior's mean and `question.effect_sd` its standard deviation, both in
/// standard deviations of the outcome; `question.icc_sd` that of the share between clusters.
///
/// ```
/// use difference_engine::power::{assurance, PowerQuestion};
/// let sure = PowerQuestion { pupils: Some(800.0), effect: Some(0.2), effect_sd: Some(0.0), ..PowerQuestion::default() };
/// assert!((assurance(&sure)? - 0.807).abs() < 1e-3); // the power for 0.2
/// let unsure = PowerQuestion { effect_sd: Some(0.2), ..sure };
/// assert!(assurance(&unsure)? < 0.65); // it may be less, or the other way
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `size-not-possible`, `size-missing` where no effect is given, `share-out-of-range`.
pub fn assurance(question: &PowerQuestion) -> Result<f64, Refusal> {
    let Some(mean) = question.effect else {
        return Err(wrong(
            "size-missing",
            "No likely difference is given, so there is nothing to be sure of.",
            "Give the difference that you expect, and how unsure you are of it.",
        ));
    };
    let sd = question.effect_sd.unwrap_or(0.0);
    let filled = fill(question)?;
    let icc_sd = question.icc_sd.unwrap_or(0.0);
    if icc_sd == 0.0 || !clustered(question.design, question.clusters) {
        return over_effects(filled.sharpness(1.0)?, mean.abs(), sd, question.alpha);
    }
    let (a, b) = beta_of(&filled, icc_sd)?;
    let mut sum = 0.0;
    for part in 0..ICC_PARTS {
        let p = (f64::from(part) + 0.5) / f64::from(ICC_PARTS);
        let f = f_quantile(p, 2.0 * a, 2.0 * b)?;
        let icc = (a * f / (b + a * f)).clamp(0.0, 0.999);
        let sharp = fill(&PowerQuestion {
            icc: Some(icc),
            ..question.clone()
        })?
        .sharpness(1.0)?;
        sum += over_effects(sharp, mean.abs(), sd, question.alpha)?;
    }
    Ok(sum / f64::from(ICC_PARTS))
}

/// The two parameters of the beta distribution with the share's mean and standard deviation.
fn beta_of(filled: &Filled<'_>, sd: f64) -> Result<(f64, f64), Refusal> {
    let mean = filled.icc;
    let room = mean * (1.0 - mean) / (sd * sd) - 1.0;
    if room > 0.0 && room.is_finite() {
        return Ok((mean * room, (1.0 - mean) * room));
    }
    Err(wrong(
        "share-out-of-range",
        &format!(
            "The share between classes or schools can’t be {mean} on average and spread by {sd}: a share lies between 0 and 1."
        ),
        "Give a smaller spread, such as 0.05.",
    ))
}

/// γ by the trapezoid rule, which for a normal weight over a smooth function has as many digits as
/// its steps are finer than both.
fn over_effects(sharp: Sharpness, mean: f64, sd: f64, alpha: f64) -> Result<f64, Refusal> {
    let critical = t_quantile(1.0 - 0.5 * alpha, sharp.df)?;
    let notices = |effect: f64| -> Result<f64, Refusal> {
        Ok(noncentral_t_upper(
            critical,
            sharp.df,
            effect / sharp.standard_error,
        )?)
    };
    if sd == 0.0 {
        return notices(mean);
    }
    let fine = (0.25_f64).min(0.5 * sharp.standard_error / sd).max(0.004);
    let steps = nearest(REACH / fine).max(1);
    let step = REACH / count_u64(steps);
    let (mut sum, mut weights) = (0.0, 0.0);
    for i in 0..=2 * steps {
        let z = count_u64(i) * step - REACH;
        let weight = (-0.5 * z * z).exp();
        // Beyond 30 standard errors it is noticed for certain, or never.
        let delta = (mean + sd * z) / sharp.standard_error;
        let chance = if delta > 30.0 + critical {
            1.0
        } else if delta < -30.0 {
            0.0
        } else {
            notices(mean + sd * z)?
        };
        sum += weight * chance;
        weights += weight;
    }
    Ok(sum / weights)
}
