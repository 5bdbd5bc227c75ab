//! From a series to a chart.

use super::cadence::Cadence;
use super::figures::Figures;
use super::phases::{BASELINE_FROM, RANGE_FROM, Stretch, stretches};
use super::soundness::{Sound, read};
use super::words::{Story, say};
use super::{Assurance, Chart, ChartQuestion, News, Observation, Phase, Point, SCHEMA, Variation};
use crate::VERSION;
use crate::refusal::Refusal;
use crate::words::numbers::spelled;

/// Draws the limits of a measure over time and says which points are more than the ordinary ups and
/// downs: an XmR chart by the rule set `nhs`.
///
/// ```
/// use difference_engine::chart::{ChartQuestion, Observation, Variation, chart};
/// let weeks: Vec<Observation> = (1..=13)
///     .map(|day| Observation {
///         date: format!("2026-06-{day:02}"),
///         value: if day % 2 == 0 { 93.1 } else { 93.7 },
///     })
///     .collect();
/// let question = ChartQuestion { measure: "attendance".into(), unit: "%".into(), ..ChartQuestion::default() };
/// let drawn = chart(&weeks, &question).unwrap();
/// assert_eq!(drawn.variation, Variation::CommonCause);
/// assert_eq!(drawn.title, "Attendance is holding steady");
/// ```
///
/// # Errors
/// A named refusal when there is no value (`no-values`), a value or the target is no number
/// (`value-not-a-number`, `target-not-a-number`), a date is none (`date-not-read`) or comes twice
/// (`date-twice`), or a change has no name (`change-without-a-name`).
pub fn chart(points: &[Observation], question: &ChartQuestion) -> Result<Chart, Refusal> {
    let mut sound = read(points, question)?;
    let stretches = stretches(&sound);
    let warnings = cautions(&mut sound, &stretches);
    let judged = points_of(&stretches, question.lower_is_better);
    let variation = variation(&stretches, &judged);
    let assurance = assurance(&stretches, question);

    let days: Vec<_> = sound.series.iter().map(|d| d.day).collect();
    let story = Story {
        question,
        figures: Figures::new(sound.series.iter().map(|d| d.value), &question.unit),
        cadence: Cadence::of(&days),
        stretches: &stretches,
        variation,
        assurance,
        due: sound.due,
    };
    let said = say(&story);
    Ok(Chart {
        schema: SCHEMA.to_owned(),
        engine: VERSION.to_owned(),
        kind: "xmr".to_owned(),
        rules: "nhs".to_owned(),
        question: question.clone(),
        phases: stretches.iter().map(phase).collect(),
        points: judged,
        variation,
        assurance,
        title: said.title,
        headline: said.headline,
        target_words: said.target,
        warnings,
    })
}

fn phase(stretch: &Stretch) -> Phase {
    let date = |d: Option<&super::soundness::Dated>| d.map(|d| d.day.iso()).unwrap_or_default();
    Phase {
        from: date(stretch.points.first()),
        to: date(stretch.points.last()),
        why: stretch.change.as_ref().map(|c| c.why.clone()),
        centre: stretch.baseline.centre,
        lower: stretch.own.map(|l| l.lower()),
        upper: stretch.own.map(|l| l.upper()),
    }
}

fn points_of(stretches: &[Stretch], lower_is_better: bool) -> Vec<Point> {
    let mut points = Vec::new();
    for stretch in stretches {
        for (dated, signals) in stretch.points.iter().zip(&stretch.signals) {
            let better = if lower_is_better {
                -signals.direction
            } else {
                signals.direction
            };
            points.push(Point {
                date: dated.day.iso(),
                value: dated.value,
                signals: signals.rules.clone(),
                news: match better {
                    1 => News::Improvement,
                    -1 => News::Concern,
                    _ => News::Ordinary,
                },
            });
        }
    }
    points
}

/// What the newest point says, judged by limits that exist.
fn variation(stretches: &[Stretch], points: &[Point]) -> Variation {
    let now = stretches.last();
    if now.is_none_or(|s| s.own.is_none() && s.carried.is_none()) {
        return Variation::TooEarly;
    }
    match points.last().map(|p| p.news) {
        Some(News::Improvement) => Variation::Improving,
        Some(News::Concern) => Variation::Concerning,
        Some(News::Ordinary) | None => Variation::CommonCause,
    }
}

/// The target against the newest phase's own limits.
fn assurance(stretches: &[Stretch], question: &ChartQuestion) -> Assurance {
    let (Some(target), Some(own)) = (question.target, stretches.last().and_then(|s| s.own)) else {
        return Assurance::Unknown;
    };
    let (above, below) = (target > own.upper(), target < own.lower());
    match (above, below, question.lower_is_better) {
        (true, _, false) | (_, true, true) => Assurance::Fails,
        (true, _, true) | (_, true, false) => Assurance::Passes,
        (false, false, _) => Assurance::HitAndMiss,
    }
}

fn cautions(sound: &mut Sound, stretches: &[Stretch]) -> Vec<String> {
    let mut warnings = std::mem::take(&mut sound.warnings);
    for stretch in stretches {
        let n = stretch.baseline_points;
        let counted = spelled(u64::try_from(n).unwrap_or(u64::MAX));
        if stretch.points.len() < RANGE_FROM || n == stretch.points.len() {
            continue;
        }
        if n < BASELINE_FROM {
            warnings.push(format!(
                "The baseline holds {counted} {}, too few for a usual range. Let it end later.",
                if n == 1 { "point" } else { "points" }
            ));
        } else if n < RANGE_FROM {
            warnings.push(format!(
                "The usual range rests on {counted} points; 13 or more would make it steadier."
            ));
        }
    }
    if let (Some(until), Some(first)) = (sound.baseline_until, sound.series.first())
        && until < first.day
    {
        warnings.push(format!(
            "The baseline ends on {until}, before the first value, so all values make the usual range."
        ));
    }
    warnings
}
