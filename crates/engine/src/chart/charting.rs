//! From a series to a chart.

use super::cadence::Cadence;
use super::choice::{choose, shown};
use super::figures::Figures;
use super::model::{Design, Model};
use super::phases::{BASELINE_FROM, RANGE_FROM, Stretch, enough_for, stretches};
use super::season::expect;
use super::soundness::{Dated, Sound, When, read};
use super::words::{Story, say};
use super::{
    Assurance, Carried, Chart, ChartQuestion, Line, News, Observation, Phase, Point, RuleSet,
    SCHEMA, Variation,
};
use crate::VERSION;
use crate::refusal::Refusal;
use crate::words::numbers::spelled;

/// Draws the limits of a measure over time and says which points are more than the ordinary ups and
/// downs.
///
/// ```
/// use difference_engine::chart::{ChartQuestion, Kind, Observation, Variation, chart};
/// let weeks: Vec<Observation> = (1..=13)
///     .map(|day| Observation::new(format!("2026-06-{day:02}"), if day % 2 == 0 { 93.1 } else { 93.7 }))
///     .collect();
/// let question = ChartQuestion { measure: "attendance".into(), unit: "%".into(), ..ChartQuestion::default() };
/// let drawn = chart(&weeks, &question).unwrap();
/// assert_eq!(drawn.kind, Kind::Xmr);
/// assert_eq!(drawn.variation, Variation::CommonCause);
/// assert_eq!(drawn.title, "Attendance is holding steady");
/// ```
///
/// # Errors
/// A named refusal when there is no value (`no-values`), a value, denominator or target is no number
/// (`value-not-a-number`, `denominator-not-a-number`, `denominator-zero`, `target-not-a-number`), a date
/// is none (`date-not-read`) or comes twice (`date-twice`), a change has no name
/// (`change-without-a-name`), or the kind can't draw the values (`denominator-missing`,
/// `value-above-denominator`, `count-below-zero`, `season-needs-xmr`, `target-not-a-share`).
pub fn chart(points: &[Observation], question: &ChartQuestion) -> Result<Chart, Refusal> {
    let mut sound = read(points, question)?;
    let (kind, because) = choose(&sound, question)?;
    if let Some(season) = question.season {
        expect(&mut sound.series, season);
    }
    let rules = question.rules_for(kind);
    let design = Design {
        kind,
        rules,
        screened: question.screened.unwrap_or(rules == RuleSet::Nhs),
        seasonal: question.season.is_some(),
    };
    let stretches = stretches(&sound, design);
    let warnings = cautions(&mut sound, &stretches, design);
    let judged = points_of(&stretches, sound.when, question.lower_is_better);
    let variation = variation(&stretches, &judged);
    let assurance = assurance(&stretches, question);
    let shown = shown(kind, &sound.series, question);

    let days: Vec<_> = sound.series.iter().map(|d| d.day).collect();
    let story = Story {
        question,
        figures: Figures::new(sound.series.iter().map(|d| d.value), &shown),
        cadence: match sound.when {
            When::Numbers => Cadence::Irregular,
            When::Days | When::Years => Cadence::of(&days),
        },
        when: sound.when,
        stretches: &stretches,
        variation,
        assurance,
        due: sound.due,
    };
    let said = say(&story);
    Ok(Chart {
        schema: SCHEMA.to_owned(),
        engine: VERSION.to_owned(),
        kind,
        because,
        rules,
        question: question.clone(),
        shown,
        phases: stretches.iter().map(|s| phase(s, sound.when)).collect(),
        points: judged,
        variation,
        assurance,
        title: said.title,
        headline: said.headline,
        target_words: said.target,
        warnings,
    })
}

fn phase(stretch: &Stretch, when: When) -> Phase {
    let date = |d: Option<&Dated>| d.map(|d| when.write(d.day)).unwrap_or_default();
    let (lower, upper) = limits(stretch, stretch.own);
    Phase {
        from: date(stretch.points.first()),
        to: date(stretch.points.last()),
        why: stretch.change.as_ref().map(|c| c.why.clone()),
        centre: centre(stretch, stretch.baseline),
        lower,
        upper,
        carried: stretch
            .carried
            .filter(|_| stretch.own.is_none())
            .map(|model| {
                let (lower, upper) = limits(stretch, Some(model));
                Carried {
                    centre: centre(stretch, model),
                    lower,
                    upper,
                }
            }),
        runs: stretch.runs,
        sigma_z: stretch.baseline.sigma_z,
    }
}

/// Whether a point has something to be compared with.
fn compared(stretch: &Stretch, point: &Dated) -> bool {
    !stretch.baseline.design.seasonal || point.expected.is_some()
}

fn centre(stretch: &Stretch, model: Model) -> Line {
    let at = |d: &Dated| compared(stretch, d).then(|| model.centre(d));
    Line::of(stretch.points.iter().map(at).collect())
}

fn limits(stretch: &Stretch, model: Option<Model>) -> (Option<Line>, Option<Line>) {
    let limits: Vec<Option<(f64, f64)>> = stretch
        .points
        .iter()
        .enumerate()
        .map(|(i, d)| model.filter(|_| compared(stretch, d))?.limits(d, i))
        .collect();
    let line = |of: fn((f64, f64)) -> f64| {
        limits
            .iter()
            .any(Option::is_some)
            .then(|| Line::of(limits.iter().map(|l| l.map(of)).collect()))
    };
    (line(|(lower, _)| lower), line(|(_, upper)| upper))
}

fn points_of(stretches: &[Stretch], when: When, lower_is_better: bool) -> Vec<Point> {
    let mut points = Vec::new();
    for stretch in stretches {
        for (dated, judgement) in stretch.points.iter().zip(&stretch.judgements) {
            let direction = judgement.signals.direction();
            let better = if lower_is_better {
                -direction
            } else {
                direction
            };
            points.push(Point {
                date: when.write(dated.day),
                value: dated.value,
                signals: judgement.signals.rules(),
                news: match better {
                    1 => News::Improvement,
                    -1 => News::Concern,
                    _ => News::Ordinary,
                },
                count: dated.denominator.map(|_| dated.count),
                denominator: dated.denominator,
                ewma: judgement.ewma,
                cusum: judgement.cusum,
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

/// Where single values lie now, by the newest phase's own limits.
pub(super) fn usual_range(now: &Stretch) -> Option<(f64, f64)> {
    let newest = now.points.last()?;
    let number = now.points.len().saturating_sub(1);
    now.own
        .as_ref()
        .and_then(|own: &Model| own.usual_range(newest, number))
}

/// The target against the newest phase's own limits.
fn assurance(stretches: &[Stretch], question: &ChartQuestion) -> Assurance {
    let usual = stretches.last().and_then(usual_range);
    let (Some(target), Some((lower, upper))) = (question.target, usual) else {
        return Assurance::Unknown;
    };
    match (target > upper, target < lower, question.lower_is_better) {
        (true, _, false) | (_, true, true) => Assurance::Fails,
        (true, _, true) | (_, true, false) => Assurance::Passes,
        (false, false, _) => Assurance::HitAndMiss,
    }
}

fn cautions(sound: &mut Sound, stretches: &[Stretch], design: Design) -> Vec<String> {
    let mut warnings = std::mem::take(&mut sound.warnings);
    let spelled_out = |n: usize| spelled(u64::try_from(n).unwrap_or(u64::MAX));
    for stretch in stretches {
        let n = stretch.baseline_points;
        if let Some(runs) = stretch.runs.filter(|runs| runs.is_seldom_crossed()) {
            warnings.push(format!(
                "The values cross their centre {}, and {} or more crossings would be ordinary, so their level has moved at some time.",
                match runs.crossings {
                    0 => "never".to_owned(),
                    1 => "once".to_owned(),
                    n => format!("{} times", spelled_out(n)),
                },
                spelled_out(runs.crossings_ordinary),
            ));
        }
        if stretch.points.len() < enough_for(design.kind)
            || n == stretch.points.len()
            || design.seasonal
        {
            continue;
        }
        if n < BASELINE_FROM {
            warnings.push(format!(
                "The baseline holds {} {}, too few for a usual range. Let it end later.",
                spelled_out(n),
                if n == 1 { "point" } else { "points" }
            ));
        } else if n < RANGE_FROM {
            warnings.push(format!(
                "The usual range rests on {} points; 13 or more would make it steadier.",
                spelled_out(n)
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
    let odd = stretches.iter().flat_map(|s| &s.judgements);
    let aimless = odd
        .filter(|j| !j.signals.is_empty() && j.signals.direction() == 0)
        .count();
    if aimless > 0 {
        warnings.push(format!(
            "{} {} a pattern that points neither way (up and down in turn, or unusually close to or far from the average): look at how the values are made.",
            crate::words::finding::capital(&spelled_out(aimless)),
            if aimless == 1 { "point is in" } else { "points are in" },
        ));
    }
    warnings
}
