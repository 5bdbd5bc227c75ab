//! A chart in plain English: its title, the signal, and the target.
//!
//! Who may call this: [`super::chart`]. What must stay true: the words are a function of the numbers
//! alone; two points never make a trend; a target is judged by the usual range, never by one good
//! week.

use super::cadence::Cadence;
use super::figures::Figures;
use super::limits::Limits;
use super::phases::{RANGE_FROM, Stretch};
use super::rules::Signals;
use super::{Assurance, ChartQuestion, Signal, Variation};
use crate::date::Day;
use crate::words::finding::capital;
use crate::words::numbers::spelled;

/// Everything that the sentences are made from.
pub(super) struct Story<'a> {
    pub question: &'a ChartQuestion,
    pub figures: Figures,
    pub cadence: Cadence,
    pub stretches: &'a [Stretch],
    pub variation: Variation,
    pub assurance: Assurance,
    pub due: Option<Day>,
}

/// The sentences.
pub(super) struct Said {
    pub title: String,
    pub headline: String,
    pub target: Option<String>,
}

/// Says it.
pub(super) fn say(story: &Story<'_>) -> Said {
    let Some(now) = story.stretches.last() else {
        return Said {
            title: String::new(),
            headline: String::new(),
            target: None,
        };
    };
    Said {
        title: title(story, now),
        headline: headline(story, now),
        target: target(story, now),
    }
}

/// Whether a measure's name is plural, so that verbs agree: "absences", "pupils who read at home".
pub(super) fn is_plural(measure: &str) -> bool {
    const SINGULAR: [&str; 10] = [
        "maths",
        "mathematics",
        "physics",
        "phonics",
        "news",
        "athletics",
        "gymnastics",
        "economics",
        "politics",
        "ethics",
    ];
    let head = measure
        .split([',', ':', '('])
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .take_while(|word| {
            ![
                "at", "of", "in", "for", "to", "per", "who", "that", "with", "on", "from", "lost",
            ]
            .contains(word)
        })
        .last()
        .unwrap_or_default()
        .to_lowercase();
    head.ends_with('s')
        && !["ss", "us", "is"].iter().any(|end| head.ends_with(end))
        && !SINGULAR.contains(&head.as_str())
}

/// "has" or "have", "is" or "are", "needs" or "need".
pub(super) fn agreeing(
    measure: &str,
    singular: &'static str,
    plural: &'static str,
) -> &'static str {
    if is_plural(measure) { plural } else { singular }
}

fn measure<'a>(story: &Story<'a>) -> &'a str {
    match story.question.measure.trim() {
        "" => "it",
        measure => measure,
    }
}

fn title(story: &Story<'_>, now: &Stretch) -> String {
    let measure = measure(story);
    let has = agreeing(measure, "has", "have");
    let name = capital(measure);
    match story.variation {
        Variation::TooEarly => format!("Too early to say about {measure}"),
        Variation::Concerning => format!("{name} {} a look", agreeing(measure, "needs", "need")),
        Variation::CommonCause if settled(now) => {
            format!(
                "{name} {} holding {} new level",
                agreeing(measure, "is", "are"),
                agreeing(measure, "its", "their")
            )
        }
        Variation::CommonCause => {
            format!("{name} {} holding steady", agreeing(measure, "is", "are"))
        }
        Variation::Improving => {
            let last = now.signals.last().cloned().unwrap_or_default();
            let up = last.direction > 0;
            match telling(&last) {
                Some(Signal::Outside) => format!(
                    "{name} {} unusually {} on {}",
                    agreeing(measure, "was", "were"),
                    if up { "high" } else { "low" },
                    last_day(now)
                ),
                Some(Signal::Trend) => format!(
                    "{name} {has} been {} steadily",
                    if up { "climbing" } else { "coming down" }
                ),
                _ if up => format!("{name} {has} stepped up"),
                _ => format!("{name} {has} come down"),
            }
        }
    }
}

/// The day of the newest value, without its year.
fn last_day(now: &Stretch) -> String {
    now.points
        .last()
        .map(|p| format!("{} {}", p.day.day(), p.day.month_name()))
        .unwrap_or_default()
}

/// The rule that tells the newest point's story best: a long run before one odd point.
fn telling(signals: &Signals) -> Option<Signal> {
    [
        Signal::Side,
        Signal::Trend,
        Signal::Outside,
        Signal::NearLimit,
    ]
    .into_iter()
    .find(|rule| signals.rules.contains(rule))
}

/// Whether a phase with limits of its own began with a run that the old limits marked.
fn settled(now: &Stretch) -> bool {
    now.own.is_some()
        && now
            .signals
            .iter()
            .zip(&now.by_carried)
            .any(|(signals, by_carried)| *by_carried && signals.rules.contains(&Signal::Side))
}

fn headline(story: &Story<'_>, now: &Stretch) -> String {
    match story.variation {
        Variation::TooEarly => too_early(now),
        Variation::CommonCause => no_real_change(story, now),
        Variation::Improving => format!("Real improvement. {}", evidence(story, now)),
        Variation::Concerning => format!("Real cause for concern. {}", evidence(story, now)),
    }
}

fn too_early(now: &Stretch) -> String {
    let n = now.points.len();
    let since = now
        .change
        .as_ref()
        .map_or_else(String::new, |c| format!(" since {}", began(&c.why)));
    let points = if n == 1 { "point" } else { "points" };
    let counted = capital(&spelled(u64::try_from(n).unwrap_or(u64::MAX)));
    if n >= RANGE_FROM {
        let few = spelled(u64::try_from(now.baseline_points).unwrap_or(u64::MAX));
        let points = if now.baseline_points == 1 {
            "point"
        } else {
            "points"
        };
        return format!(
            "Too early to say. The baseline has only {few} {points}, too few for a usual range."
        );
    }
    format!(
        "Too early to say. {counted} {points}{since} so far. We draw a usual range from {RANGE_FROM}."
    )
}

fn no_real_change(story: &Story<'_>, now: &Stretch) -> String {
    let average = story.figures.average(now.baseline.centre);
    if let (true, Some(old), Some(change)) = (settled(now), now.carried, &now.change) {
        return format!(
            "Holding its new level. The average has been {average} since {}; before, it was {}.",
            began(&change.why),
            story.figures.average(old.centre)
        );
    }
    let since = match &now.change {
        Some(change) => began(&change.why),
        None => now
            .points
            .first()
            .map_or_else(String::new, |p| since(p.day, now)),
    };
    format!(
        "No real change. The ups and downs since {since} are the ordinary kind, around an average of {average}."
    )
}

/// "April", with its year where the series has run into another.
fn since(first: Day, now: &Stretch) -> String {
    let year = now.points.last().map(|p| p.day.year());
    if year == Some(first.year()) {
        first.month_name().to_owned()
    } else {
        format!("{} {}", first.month_name(), first.year())
    }
}

/// A change as the end of "since …": "the change “breakfast club”" unless it already says that it began.
fn began(why: &str) -> String {
    let verbs = [
        "began", "begins", "started", "starts", "opened", "opens", "changed", "came", "ended",
        "stopped",
    ];
    if why.split_whitespace().any(|word| verbs.contains(&word)) {
        why.to_owned()
    } else {
        format!("“{why}”")
    }
}

/// What the newest point's signal rests on.
fn evidence(story: &Story<'_>, now: &Stretch) -> String {
    let Some((signals, by_carried)) = now.signals.last().zip(now.by_carried.last().copied()) else {
        return String::new();
    };
    let limits = if by_carried { now.carried } else { now.own };
    let Some(limits) = limits else {
        return String::new();
    };
    let old = if by_carried { "old " } else { "" };
    let above = if signals.direction > 0 {
        "above"
    } else {
        "below"
    };
    let many = story.cadence.many();
    let average = story.figures.average(limits.centre);
    let first = match telling(signals) {
        Some(Signal::Side) => {
            let n = run(now, &limits);
            format!(
                "{} {many} in a row {above} the {old}average of {average}.",
                capital(&spelled(n))
            )
        }
        Some(Signal::Trend) => {
            let n = trend(now);
            let way = if signals.direction > 0 {
                "rising"
            } else {
                "falling"
            };
            format!("{} {many} in a row {way}.", capital(&spelled(n)))
        }
        Some(Signal::Outside) => {
            let value = now.points.last().map_or(0.0, |p| p.value);
            format!(
                "The newest value, {}, is {above} the {old}usual range of {}.",
                story.figures.value(value),
                range(story, &limits)
            )
        }
        Some(Signal::NearLimit) => {
            let end = if signals.direction > 0 {
                "top"
            } else {
                "bottom"
            };
            format!(
                "Two of the last three {many} were near the {end} of the {old}usual range, {}.",
                range(story, &limits)
            )
        }
        None => String::new(),
    };
    if by_carried {
        let so_far = if now.own.is_some() { "" } else { " so far" };
        format!(
            "{first} The new average is {}{so_far}.",
            story.figures.average(now.baseline.centre)
        )
    } else {
        first
    }
}

fn range(story: &Story<'_>, limits: &Limits) -> String {
    let phase = super::Phase {
        from: String::new(),
        to: String::new(),
        why: None,
        centre: limits.centre,
        lower: Some(limits.lower()),
        upper: Some(limits.upper()),
    };
    story
        .figures
        .usual_range(&phase)
        .map_or_else(String::new, |(lower, upper)| {
            story.figures.range(lower, upper)
        })
}

/// How many points up to the newest are on its side of the average.
fn run(now: &Stretch, limits: &Limits) -> u64 {
    let side = now.points.last().map_or(0, |p| limits.side(p.value));
    let n = now
        .points
        .iter()
        .rev()
        .take_while(|p| limits.side(p.value) == side)
        .count();
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// How many points up to the newest go one way.
fn trend(now: &Stretch) -> u64 {
    let values: Vec<f64> = now.points.iter().rev().map(|p| p.value).collect();
    let steps: Vec<std::cmp::Ordering> = values
        .windows(2)
        .filter_map(|pair| match pair {
            [later, earlier] => Some(later.total_cmp(earlier)),
            _ => None,
        })
        .collect();
    let first = steps.first().copied();
    let n = 1 + steps.iter().take_while(|s| Some(**s) == first).count();
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn target(story: &Story<'_>, now: &Stretch) -> Option<String> {
    let target = story.question.target?;
    let due = story.due.map_or_else(String::new, |d| {
        format!(" by {} {}", d.month_name(), d.year())
    });
    let opening = format!("Target {}{due}", story.figures.target(target));
    let usual = now
        .own
        .as_ref()
        .map(|own| range(story, own))
        .unwrap_or_default();
    let past = if story.question.lower_is_better {
        now.baseline.centre <= target
    } else {
        now.baseline.centre >= target
    };
    let (one, many) = (story.cadence.one(), story.cadence.many());
    let verdict = match (story.assurance, story.variation) {
        (Assurance::Unknown, _) => match &now.change {
            Some(change) => {
                return Some(format!(
                    "{opening}: too early to say since {}.",
                    began(&change.why)
                ));
            }
            None => return Some(format!("{opening}: too early to say.")),
        },
        (Assurance::Passes, Variation::Concerning) => "already met, but moving away".to_owned(),
        (Assurance::Passes, _) => format!("already met, and nearly every {one} will meet it"),
        (Assurance::HitAndMiss, Variation::Concerning) if past => {
            format!("already met most {many}, but moving away")
        }
        (Assurance::HitAndMiss, _) if past => format!("already met most {many}"),
        (Assurance::HitAndMiss | Assurance::Fails, Variation::Concerning) => {
            "moving away".to_owned()
        }
        (Assurance::HitAndMiss, _) => format!(
            "within reach. Some {many} will meet it by chance, so we look at the run, not one good {one}"
        ),
        (Assurance::Fails, Variation::Improving) => {
            "out of reach so far, but moving the right way".to_owned()
        }
        (Assurance::Fails, _) => "out of reach unless something changes".to_owned(),
    };
    Some(format!("{opening}: {verdict}. Usual range is {usual}."))
}
