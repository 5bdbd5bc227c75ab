//! How many it takes, and the table and sentence of the plan's wizard.

use crate::count::{count_u64, nearest};
use crate::months::Months;
use crate::refusal::Refusal;

use super::assurance::assurance;
use super::design::{Filled, clustered, fill, no_effect, wrong};
use super::what_if::what_if;
use super::words::{headline, headline_of_size, notes};
use super::{
    Needed, PowerQuestion, SCHEMA, SizePoint, Sizing, smallest_detectable, two_sided_power,
};

/// Steps of the curve for each doubling of the trial.
const STEPS: f64 = 6.0;
/// The curve ends where the trial is this many times as large, whatever it takes.
const FARTHEST: f64 = 64.0;

/// How many pupils (and clusters) it takes to notice `effect` standard deviations with the power
/// asked for, the shape of the trial (cluster size, blocks a cluster) staying as it is. `None` where
/// more than ten million would not do.
///
/// # Errors
/// As [`sharpness`](super::sharpness).
pub fn needed(question: &PowerQuestion, effect: f64) -> Result<Option<Needed>, Refusal> {
    let filled = fill(question)?;
    let in_clusters = clustered(question.design, question.clusters);
    let Some(exact) = needed_units(question, effect)? else {
        return Ok(None);
    };
    // Two groups of whole units: rounded up to the next even number.
    let even = 2.0 * (exact / 2.0 - 1e-9).ceil();
    let pupils = if in_clusters {
        even * filled.size
    } else {
        even
    };
    Ok(Some(Needed {
        pupils: nearest(pupils.ceil()),
        clusters: if in_clusters { nearest(even) } else { 0 },
    }))
}

/// The number of units at which the power asked for is just reached, before rounding up.
///
/// # Errors
/// As [`sharpness`](super::sharpness).
pub fn needed_units(question: &PowerQuestion, effect: f64) -> Result<Option<f64>, Refusal> {
    let effect = effect.abs();
    if !(effect > 0.0 && effect.is_finite()) {
        return Err(no_effect());
    }
    let filled = fill(question)?;
    let units = if clustered(question.design, question.clusters) {
        filled.clusters
    } else {
        filled.pupils
    };
    let enough = |n: f64| -> Result<bool, Refusal> {
        match filled.sharpness(n / units) {
            Err(_) => Ok(false),
            Ok(s) => Ok(
                two_sided_power(effect, s.standard_error, s.df, question.alpha)? >= question.power,
            ),
        }
    };
    let mut upper = 4.0;
    while !enough(upper)? {
        upper *= 2.0;
        if upper > 1e7 {
            return Ok(None);
        }
    }
    let mut lower = upper / 2.0;
    for _ in 0..60 {
        let middle = 0.5 * (lower + upper);
        if enough(middle)? {
            upper = middle;
        } else {
            lower = middle;
        }
        if upper - lower < 1e-9 * upper {
            break;
        }
    }
    Ok(Some(upper))
}

/// What could be noticed with `factor` times as many units.
pub(super) fn point(filled: &Filled<'_>, factor: f64) -> Result<SizePoint, Refusal> {
    let question = filled.asked;
    let s = filled.sharpness(factor)?;
    let g = smallest_detectable(s.standard_error, s.df, question.power, question.alpha)?;
    let power = question
        .effect
        .map(|effect| two_sided_power(effect.abs(), s.standard_error, s.df, question.alpha));
    Ok(SizePoint {
        pupils: nearest(filled.pupils * factor),
        clusters: if clustered(question.design, question.clusters) {
            nearest(filled.clusters * factor)
        } else {
            0
        },
        detectable: g,
        unit: question.sd.map(|sd| g * sd),
        months: question.attainment.then(|| Months::of(g).months),
        power: power.transpose()?,
    })
}

/// The table's and the curve's points: those of `factors` that can be had, smallest trial first.
fn points(filled: &Filled<'_>, factors: impl IntoIterator<Item = f64>) -> Vec<SizePoint> {
    let mut points: Vec<SizePoint> = factors
        .into_iter()
        .filter_map(|factor| point(filled, factor).ok())
        .collect();
    points.sort_by_key(|p| p.pupils);
    points.dedup_by_key(|p| p.pupils);
    points
}

/// The curve's sizes: from a quarter to four times or a little more than it takes, in equal ratios,
/// rounded to whole even numbers of units.
fn along(filled: &Filled<'_>, needed: Option<f64>) -> Vec<f64> {
    let units = if clustered(filled.asked.design, filled.asked.clusters) {
        filled.clusters
    } else {
        filled.pupils
    };
    let farthest = needed.map_or(4.0, |factor| (1.25 * factor).clamp(4.0, FARTHEST));
    let steps = nearest(STEPS * (4.0 * farthest).log2().ceil());
    (0..=steps)
        .map(|i| {
            let wanted = 0.25 * units * (4.0 * farthest).powf(count_u64(i) / count_u64(steps));
            2.0 * (0.5 * wanted).round().max(1.0) / units
        })
        .chain([1.0])
        .collect()
}

/// The question with as many units as `effect` takes, where no size was given.
fn as_many_as_it_takes(question: &PowerQuestion) -> Result<Option<PowerQuestion>, Refusal> {
    let (None, None, Some(effect)) = (question.pupils, question.clusters, question.effect) else {
        return Ok(None);
    };
    let in_clusters = clustered(question.design, None);
    // Where a search begins doesn't matter to what it finds.
    let begun = PowerQuestion {
        pupils: (!in_clusters).then_some(100.0),
        clusters: in_clusters.then_some(20.0),
        ..question.clone()
    };
    let Some(takes) = needed(&begun, effect)? else {
        return Err(wrong(
            "size-not-possible",
            "No number of pupils, classes or schools would be enough for so small a difference.",
            "Ask for a larger difference, or for a smaller chance of noticing it.",
        ));
    };
    Ok(Some(PowerQuestion {
        pupils: (!in_clusters).then(|| count_u64(takes.pupils)),
        clusters: in_clusters.then(|| count_u64(takes.clusters)),
        // Blocks grow with what is drawn within them.
        blocks: question.blocks.map(|blocks| match in_clusters {
            true => blocks * count_u64(takes.clusters) / 20.0,
            false => blocks,
        }),
        ..question.clone()
    }))
}

/// What this trial could see: the figures, the curve, the table and the sentences.
///
/// # Errors
/// As [`sharpness`](super::sharpness).
pub fn sizing(question: &PowerQuestion) -> Result<Sizing, Refusal> {
    let sized = as_many_as_it_takes(question)?;
    let question = sized.as_ref().unwrap_or(question);
    let filled = fill(question)?;
    let here = point(&filled, 1.0)?;
    let needed = question
        .effect
        .map(|effect| needed(question, effect))
        .transpose()?
        .flatten();
    let assurance = match (question.effect, question.effect_sd) {
        (Some(_), Some(_)) => Some(assurance(question)?),
        _ => None,
    };
    let factor = needed.map(|needed| count_u64(needed.pupils) / filled.pupils);
    let table = points(&filled, [0.5, 1.0, 2.0, 4.0].into_iter().chain(factor));
    let curve = points(&filled, along(&filled, factor));
    Ok(Sizing {
        schema: SCHEMA.to_owned(),
        design: question.design,
        asked: question.clone(),
        here,
        power: here.power.unwrap_or(question.power),
        assurance,
        detectable: here.detectable,
        detectable_unit: here.unit,
        months: here.months,
        needed,
        curve,
        table,
        what_if: what_if(&filled, &here),
        headline: match needed {
            Some(needed) if sized.is_some() => headline_of_size(question, needed),
            _ => headline(&filled, &here, needed),
        },
        notes: notes(question, &here),
        assumed: filled.assumed,
    })
}
