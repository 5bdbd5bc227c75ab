//! Outcomes that are reached or not, or counted: pupils, schools and trials.

use engine::binary::TwoByTwo;
use engine::estimating_equations::Exchangeable;
use engine::generalised::{Family, Generalised, negative_binomial};
use engine::logistic_mixed::LogisticMixed;
use engine::offered::Beside;
use engine::pool::{CountEffect, mantel_haenszel, peto};

use super::{Setting, by_normal, from_estimate, within};
use crate::chance::Chance;
use crate::shown::Answer;

/// Reached or not, in whole schools drawn, whose log odds vary by 0.5.
pub(super) fn schools(beside: Beside, setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let mut all: Vec<(usize, [f64; 2])> = Vec::new();
    for school in 0..setting.size {
        let treated = f64::from(school % 2);
        let level = -0.5 + setting.truth * treated + 0.5 * chance.normal();
        for _ in 0..20 {
            let reached = chance.share() < 1.0 / (1.0 + f64::exp(-level));
            let code = usize::try_from(school).unwrap_or_default();
            all.push((code, [treated, f64::from(u8::from(reached))]));
        }
    }
    let rows = |see: &mut dyn FnMut(usize, &[f64])| {
        all.iter().for_each(|(school, row)| see(*school, row));
    };
    let (coefficient, error) = if beside == Beside::LogisticMixed {
        let fit = LogisticMixed::fit(1, &rows, 9).ok()?;
        (*fit.coefficients().get(1)?, *fit.standard_errors().get(1)?)
    } else {
        let fit = Exchangeable::fit(1, &rows).ok()?;
        (*fit.coefficients().get(1)?, *fit.standard_errors().get(1)?)
    };
    by_normal(coefficient, error, setting.truth)
}

pub(super) fn generalised(beside: Beside, setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let all: Vec<[f64; 2]> = (0..setting.size)
        .map(|pupil| {
            let treated = f64::from(pupil % 2);
            let gain = setting.truth * treated;
            let value = match beside {
                Beside::Logistic => f64::from(u8::from(
                    chance.share() < 1.0 / (1.0 + f64::exp(0.3 - gain)),
                )),
                Beside::Poisson => f64::from(chance.poisson(3.0 * gain.exp())),
                // A mean of its own for each pupil, exponential: more spread than chance alone.
                _ => {
                    let own = 1.0 + chance.exponential();
                    f64::from(chance.poisson(3.0 * gain.exp() * own))
                }
            };
            [treated, value]
        })
        .collect();
    let rows = |see: &mut dyn FnMut(usize, &[f64])| {
        all.iter().zip(0..).for_each(|(row, at)| see(at, row));
    };
    let fit = match beside {
        Beside::Logistic => Generalised::fit(Family::Logistic, 1, &rows).ok()?,
        Beside::Poisson => Generalised::fit(Family::Poisson, 1, &rows).ok()?,
        _ => negative_binomial(1, &rows).ok()?.0,
    };
    by_normal(
        *fit.coefficients().get(1)?,
        *fit.standard_errors().get(1)?,
        setting.truth,
    )
}

/// How many of so many reach it.
fn reached(of: u32, share: f64, chance: &mut Chance) -> u64 {
    (0..of).map(|_| u64::from(chance.share() < share)).sum()
}

fn table(pupils: u32, chance: &mut Chance) -> TwoByTwo {
    TwoByTwo {
        successes: reached(pupils, 0.2, chance),
        pupils: u64::from(pupils),
        comparison_successes: reached(pupils, 0.2, chance),
        comparison_pupils: u64::from(pupils),
    }
}

pub(super) fn shares(beside: Beside, setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let table = table(setting.size, chance);
    if beside == Beside::OddsRatio {
        let (log, error) = table.log_odds_ratio().ok()?;
        return by_normal(log, error, 0.0);
    }
    let found = table.risk_difference(0.95).ok()?;
    Some(Answer {
        off: found.estimate,
        standard_error: Some(table.risk_difference_se()),
        called: None,
        covered: found.interval.map(|i| within(i, 0.0)),
    })
}

pub(super) fn counts(beside: Beside, setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let tables: Vec<TwoByTwo> = (0..setting.size).map(|_| table(50, chance)).collect();
    let found = if beside == Beside::Peto {
        peto(&tables, 0.95)
    } else {
        mantel_haenszel(&tables, CountEffect::LogOddsRatio, 0.95)
    };
    Some(from_estimate(&found.ok()?.average, 0.0))
}
