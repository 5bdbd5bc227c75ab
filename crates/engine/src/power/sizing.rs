//! How many it takes, and the table and sentence of the plan's wizard.

use crate::count::{count_u64, nearest};
use crate::months::Months;
use crate::refusal::Refusal;
use crate::words::numbers::{Precision, months_of, plural, thousands};

use super::design::{clustered, fill, wrong};
use super::{
    Needed, PowerQuestion, SCHEMA, SizePoint, Sizing, smallest_detectable, two_sided_power,
};

/// How many pupils (and clusters) it takes to notice `effect` standard deviations with the power
/// asked for, the shape of the trial (cluster size, blocks a cluster) staying as it is. `None` where
/// more than ten million would not do.
///
/// # Errors
/// `size-not-possible`.
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
/// `size-not-possible`.
pub fn needed_units(question: &PowerQuestion, effect: f64) -> Result<Option<f64>, Refusal> {
    let effect = effect.abs();
    if !(effect > 0.0 && effect.is_finite()) {
        return Err(wrong(
            "The smallest change worth having must be above 0.",
            "Enter it as a number such as 0.2 standard deviations.",
        ));
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

/// What this trial could see, with the table and the sentence of the plan's wizard.
///
/// # Errors
/// `size-not-possible`.
pub fn sizing(question: &PowerQuestion) -> Result<Sizing, Refusal> {
    let filled = fill(question)?;
    let in_clusters = clustered(question.design, question.clusters);
    let point = |factor: f64| -> Result<SizePoint, Refusal> {
        let s = filled.sharpness(factor)?;
        let g = smallest_detectable(s.standard_error, s.df, question.power, question.alpha)?;
        Ok(SizePoint {
            pupils: nearest(filled.pupils * factor),
            clusters: if in_clusters {
                nearest(filled.clusters * factor)
            } else {
                0
            },
            detectable: g,
            unit: question.sd.map(|sd| g * sd),
            months: question.attainment.then(|| Months::of(g).months),
        })
    };
    let here = point(1.0)?;
    let needed = question
        .effect
        .map(|effect| needed(question, effect))
        .transpose()?
        .flatten();
    let power = match question.effect {
        Some(effect) => {
            let s = filled.sharpness(1.0)?;
            two_sided_power(effect, s.standard_error, s.df, question.alpha)?
        }
        None => question.power,
    };
    let mut factors = vec![0.5, 1.0, 2.0, 4.0];
    if let Some(needed) = needed {
        factors.push(count_u64(needed.pupils) / filled.pupils);
    }
    let mut curve: Vec<SizePoint> = factors.into_iter().filter_map(|f| point(f).ok()).collect();
    curve.sort_by_key(|p| p.pupils);
    curve.dedup_by_key(|p| p.pupils);
    let headline = sentence(question, &here, needed);
    Ok(Sizing {
        schema: SCHEMA.to_owned(),
        design: question.design,
        power,
        detectable: here.detectable,
        detectable_unit: here.unit,
        months: here.months,
        needed,
        curve,
        headline,
        assumed: filled.assumed,
    })
}

fn change(question: &PowerQuestion, g: f64) -> String {
    match (question.sd, question.attainment) {
        (_, true) => months_of(Months::of(g)),
        (Some(sd), false) => {
            let size = Precision::for_width(g * sd).write(g * sd);
            let unit = if question.unit.is_empty() {
                "points"
            } else {
                &question.unit
            };
            plural(&size, unit)
        }
        (None, false) => format!("{} standard deviations", Precision::HUNDREDTHS.write(g)),
    }
}

fn sentence(question: &PowerQuestion, here: &SizePoint, needed: Option<Needed>) -> String {
    let in_clusters = here.clusters > 0;
    let who = if in_clusters {
        format!(
            "{} pupils in {} classes or schools",
            thousands(here.pupils),
            thousands(here.clusters)
        )
    } else {
        format!("{} pupils", thousands(here.pupils))
    };
    let tenths = question.power * 10.0;
    let how = if (tenths - tenths.round()).abs() < 1e-9 {
        format!("{} times in 10", nearest(tenths))
    } else {
        format!("{} times in 100", nearest(question.power * 100.0))
    };
    let mut text = format!(
        "With {who} you would probably ({how}) notice a difference of {} or more.",
        change(question, here.detectable)
    );
    if let (Some(effect), Some(needed)) = (question.effect, needed) {
        let many = if in_clusters {
            format!(
                "{} pupils in {} classes or schools",
                thousands(needed.pupils),
                thousands(needed.clusters)
            )
        } else {
            format!("{} pupils", thousands(needed.pupils))
        };
        text.push_str(&format!(
            " To notice {} you would need about {many}.",
            change(question, effect)
        ));
    }
    text
}
