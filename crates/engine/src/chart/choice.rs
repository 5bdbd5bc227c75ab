//! Which chart suits the values, where that is left to the engine, and what a kind can't draw.
//!
//! What must stay true: the choice looks at the values only, never at the target or at which way is
//! better; it is said on the chart.

use super::kinds::laney::more_than_chance;
use super::kinds::{c, p, p_prime, run, u_prime};
use super::phases::RANGE_FROM;
use super::soundness::{Dated, Sound, When};
use super::{ChartQuestion, Kind, Shown};
use crate::count::count;
use crate::distributions::chi2_quantile;
use crate::refusal::Refusal;
use crate::words::numbers::{Precision, thousands};

/// Whole counts below this average are a c chart's, if they behave as one.
const FEW: f64 = 5.0;

/// The kind, and why.
pub(super) fn choose(sound: &Sound, question: &ChartQuestion) -> Result<(Kind, String), Refusal> {
    let series = sound.series.as_slice();
    if question.kind != Kind::Auto {
        sound_for(question.kind, sound, question)?;
        let why = format!("You asked for this kind, the {}.", question.kind.name());
        return Ok((question.kind, why));
    }
    let (kind, why) = if question.season.is_some() {
        (
            Kind::Xmr,
            "Differences from earlier years are single values, and an XmR chart suits any."
                .to_owned(),
        )
    } else if series.iter().any(|d| d.denominator.is_some()) {
        of_counts(series)
    } else {
        of_values(series)
    };
    sound_for(kind, sound, question)?;
    Ok((kind, why))
}

/// Values with denominators: a share or a rate, with Laney's limits where chance alone can't be it.
fn of_counts(series: &[Dated]) -> (Kind, String) {
    let counts: Vec<f64> = series.iter().map(|d| d.count).collect();
    let denominators: Vec<f64> = series.iter().filter_map(|d| d.denominator).collect();
    let centre = p::centre(&counts, &denominators);
    let whole = |values: &[f64]| values.iter().all(|v| v.fract() == 0.0);
    let within = counts
        .iter()
        .zip(&denominators)
        .all(|(x, n)| (0.0..=*n).contains(x));
    let (plain, prime, sigma_z, what) = if within && whole(&denominators) {
        let sigma_z = p_prime::sigma_z(&counts, &denominators, centre);
        (
            Kind::P,
            Kind::PPrime,
            sigma_z,
            "Each value is a part of its denominator",
        )
    } else {
        let sigma_z = u_prime::sigma_z(&counts, &denominators, centre);
        (
            Kind::U,
            Kind::UPrime,
            sigma_z,
            "Each value is a count for its denominator",
        )
    };
    if series.len() >= RANGE_FROM && sigma_z > more_than_chance(series.len()) {
        let times = Precision::TENTHS.write(sigma_z);
        let why = format!(
            "{what}, and values differ from one to the next {times} times as much as chance within the denominators would have it, so the limits are widened by that (Laney 2002)."
        );
        (prime, why)
    } else {
        (
            plain,
            format!("{what}, and differs no more than chance within it would have it."),
        )
    }
}

/// Values alone.
fn of_values(series: &[Dated]) -> (Kind, String) {
    let values: Vec<f64> = series.iter().map(|d| d.value).collect();
    let mean = run::mean(&values).unwrap_or(0.0);
    let few = values.len() >= RANGE_FROM
        && values.iter().all(|v| *v >= 0.0 && v.fract() == 0.0)
        && values.contains(&0.0)
        && mean < FEW;
    let df = count(values.len().saturating_sub(1)).max(1.0);
    let by_chance = c::dispersion(&values)
        .zip(chi2_quantile(0.99, df).ok())
        .is_some_and(|(dispersion, most)| dispersion * df <= most);
    if few && by_chance {
        (
            Kind::C,
            "The values are small whole counts that vary as events do that come by chance."
                .to_owned(),
        )
    } else {
        (
            Kind::Xmr,
            "The values are single measurements, and an XmR chart suits any.".to_owned(),
        )
    }
}

/// Whether a kind can draw these values.
fn sound_for(kind: Kind, sound: &Sound, question: &ChartQuestion) -> Result<(), Refusal> {
    let series = sound.series.as_slice();
    let day = |dated: &Dated| match sound.when {
        When::Days => dated.day.to_string(),
        when => when.said(dated.day),
    };
    if question.season.is_some() && kind != Kind::Xmr {
        return Err(Refusal::new(
            "season-needs-xmr",
            format!("A {} can’t be compared with earlier years.", kind.name()),
            "Leave the season out, or ask for kind xmr.",
        ));
    }
    let counted = matches!(kind, Kind::P | Kind::PPrime | Kind::U | Kind::UPrime);
    let never_negative = counted || matches!(kind, Kind::C | Kind::G | Kind::T);
    if let Some(dated) = series.iter().find(|d| counted && d.denominator.is_none()) {
        return Err(Refusal::new(
            "denominator-missing",
            format!(
                "A {} needs to know out of how many, and {} has no denominator.",
                kind.name(),
                day(dated)
            ),
            "Name the column of the denominators, or ask for kind xmr.",
        ));
    }
    if let Some(dated) = series.iter().find(|d| never_negative && d.count < 0.0) {
        return Err(Refusal::new(
            "count-below-zero",
            format!(
                "The value for {} is below 0, and a {} counts.",
                day(dated),
                kind.name()
            ),
            "Correct it, or ask for kind xmr.",
        ));
    }
    if let Some(dated) = series.iter().find(|d| {
        matches!(kind, Kind::P | Kind::PPrime) && d.denominator.is_some_and(|n| d.count > n)
    }) {
        return Err(Refusal::new(
            "value-above-denominator",
            format!(
                "The value for {} is above its denominator, and a share can’t be more than all.",
                day(dated)
            ),
            "Correct one of the two; if a value may be above its denominator, ask for kind u.",
        ));
    }
    if matches!(kind, Kind::P | Kind::PPrime)
        && question.target.is_some_and(|t| !(0.0..=1.0).contains(&t))
    {
        return Err(Refusal::new(
            "target-not-a-share",
            "The target of a share is a part of 1, and this one is not between 0 and 1.",
            "Give 0.96 for 96%.",
        ));
    }
    Ok(())
}

/// How the numbers are shown: a share in per cent, a rate per power of ten that suits it.
pub(super) fn shown(kind: Kind, series: &[Dated], question: &ChartQuestion) -> Shown {
    let as_it_is = Shown {
        times: 1.0,
        unit: question.unit.trim().to_owned(),
    };
    if series.iter().all(|d| d.denominator.is_none()) {
        return as_it_is;
    }
    let within = series.iter().all(|d| {
        d.denominator
            .is_some_and(|n| (0.0..=n).contains(&d.count) && n.fract() == 0.0)
    });
    let share = match kind {
        Kind::P | Kind::PPrime => true,
        Kind::U | Kind::UPrime => false,
        _ => within,
    };
    if share && question.per.is_none() {
        return Shown {
            times: 100.0,
            unit: "%".to_owned(),
        };
    }
    let counts: Vec<f64> = series.iter().map(|d| d.count.abs()).collect();
    let denominators: Vec<f64> = series.iter().filter_map(|d| d.denominator).collect();
    rate(
        question.per,
        p::centre(&counts, &denominators),
        question.denominator.as_deref(),
    )
}

/// A rate per so many of what the denominators count.
pub(super) fn rate(per: Option<f64>, centre: f64, of: Option<&str>) -> Shown {
    let times = per.unwrap_or_else(|| power_of_ten(centre));
    let of = of.unwrap_or_default().trim();
    let per = if times.fract() == 0.0 {
        thousands(crate::count::nearest(times))
    } else {
        times.to_string()
    };
    Shown {
        times,
        unit: format!("per {per} {of}").trim_end().to_owned(),
    }
}

/// The smallest power of ten that makes a rate 1 or more.
fn power_of_ten(rate: f64) -> f64 {
    let mut times = 1.0;
    while rate > 0.0 && rate * times < 1.0 && times < 1e6 {
        times *= 10.0;
    }
    times
}
