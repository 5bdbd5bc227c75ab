//! A chart in plain English: its title, the signal, and the target.
//!
//! Who may call this: [`super::chart`]. What must stay true: the words are a function of the numbers
//! alone; two points never make a trend; a target is judged by the usual range, never by one good
//! week.

use super::cadence::Cadence;
use super::charting::usual_range;
use super::figures::Figures;
use super::model::Model;
use super::phases::{Stretch, enough_for};
use super::rules::Signals;
use super::soundness::When;
use super::{Assurance, ChartQuestion, Kind, Season, Signal, Variation};
use crate::date::Day;
use crate::words::finding::capital;
use crate::words::numbers::spelled;

/// Everything that the sentences are made from.
pub(super) struct Story<'a> {
    pub question: &'a ChartQuestion,
    pub figures: Figures,
    pub cadence: Cadence,
    pub when: When,
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
            let last = now.newest().signals;
            let up = last.direction() > 0;
            match telling(last) {
                Some(Signal::Outside) if judges_single_values(now) => format!(
                    "{name} {} unusually {} {} {}",
                    agreeing(measure, "was", "were"),
                    if up { "high" } else { "low" },
                    match story.when {
                        When::Days => "on",
                        When::Years => "in",
                        When::Numbers => "at",
                    },
                    last_day(story, now)
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
fn last_day(story: &Story<'_>, now: &Stretch) -> String {
    now.points
        .last()
        .map(|p| story.when.said(p.day))
        .unwrap_or_default()
}

/// Whether a point that is outside is one odd value, and not a sum or an average of many.
fn judges_single_values(now: &Stretch) -> bool {
    !matches!(now.baseline.design.kind, Kind::Cusum | Kind::Ewma)
}

/// The rule that tells the newest point's story best: a long run before one odd point.
fn telling(signals: Signals) -> Option<Signal> {
    [
        Signal::Side,
        Signal::LongRun,
        Signal::FewCrossings,
        Signal::Trend,
        Signal::Outside,
        Signal::NearLimit,
        Signal::FourOfFive,
    ]
    .into_iter()
    .find(|rule| signals.has(*rule))
}

/// Whether a phase with limits of its own began with a run that the old limits marked.
fn settled(now: &Stretch) -> bool {
    now.own.is_some()
        && now.judgements.iter().any(|j| {
            j.by_carried && (j.signals.has(Signal::Side) || j.signals.has(Signal::LongRun))
        })
}

fn headline(story: &Story<'_>, now: &Stretch) -> String {
    match story.variation {
        Variation::TooEarly => too_early(story, now),
        Variation::CommonCause => no_real_change(story, now),
        Variation::Improving => format!("Real improvement. {}", evidence(story, now)),
        Variation::Concerning => format!("Real cause for concern. {}", evidence(story, now)),
    }
}

fn too_early(story: &Story<'_>, now: &Stretch) -> String {
    let n = now.points.len();
    let from = enough_for(now.baseline.design.kind);
    let since = now
        .change
        .as_ref()
        .map_or_else(String::new, |c| format!(" since {}", began(&c.why)));
    let counted = |n: usize| {
        let points = if n == 1 { "point" } else { "points" };
        format!("{} {points}", spelled(u64::try_from(n).unwrap_or(u64::MAX)))
    };
    if let Some(season) = story.question.season {
        let compared = now.points.iter().filter(|p| p.expected.is_some()).count();
        return format!(
            "Too early to say. {}{since} can be compared with the same {} of an earlier year so far. We draw a usual range from {from}.",
            capital(&counted(compared)),
            part(season)
        );
    }
    if n >= from {
        return format!(
            "Too early to say. The baseline has only {}, too few for a usual range.",
            counted(now.baseline_points)
        );
    }
    let what = match now.baseline.design.kind {
        Kind::Run => "judge runs",
        _ => "draw a usual range",
    };
    format!(
        "Too early to say. {}{since} so far. We {what} from {from}.",
        capital(&counted(n))
    )
}

/// "week" or "month".
fn part(season: Season) -> &'static str {
    match season {
        Season::Week => "week",
        Season::Month => "month",
    }
}

fn no_real_change(story: &Story<'_>, now: &Stretch) -> String {
    if let Some(season) = story.question.season {
        return format!(
            "No real change. Compared with the same {}s of earlier years the ups and downs are the ordinary kind.",
            part(season)
        );
    }
    let average = story.figures.average(now.baseline.level());
    let centre = centre_of(now);
    if let (true, Some(old), Some(change)) = (settled(now), now.carried, &now.change) {
        return format!(
            "Holding its new level. The {centre} has been {average} since {}; before, it was {}.",
            began(&change.why),
            story.figures.average(old.level())
        );
    }
    let since = match &now.change {
        Some(change) => began(&change.why),
        None => now
            .points
            .first()
            .map_or_else(String::new, |p| since(story, p.day, now)),
    };
    let article = if centre == "average" { "an" } else { "a" };
    format!(
        "No real change. The ups and downs since {since} are the ordinary kind, around {article} {centre} of {average}."
    )
}

/// What the line in the middle is.
fn centre_of(now: &Stretch) -> &'static str {
    match now.baseline.design.kind {
        Kind::Run | Kind::G | Kind::T => "median",
        _ => "average",
    }
}

/// "April", with its year where the series has run into another.
fn since(story: &Story<'_>, first: Day, now: &Stretch) -> String {
    if story.when != When::Days {
        return story.when.said(first);
    }
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
    let newest = now.newest();
    let Some((model, last)) = now.judge_of_newest().zip(now.points.last()) else {
        return String::new();
    };
    let old = if newest.by_carried { "old " } else { "" };
    let up = newest.signals.direction() > 0;
    let above = if up { "above" } else { "below" };
    let many = story.cadence.many();
    let level = match story.question.season {
        Some(season) => format!("the same {}s of earlier years", part(season)),
        None => format!(
            "the {old}{} of {}",
            centre_of(now),
            story.figures.average(model.level())
        ),
    };
    let number = now.points.len().saturating_sub(1);
    let range = model
        .limits(last, number)
        .map(|limits| in_figures(story, limits))
        .unwrap_or_default();
    let first = match telling(newest.signals) {
        Some(Signal::Side | Signal::LongRun) => {
            let n = run(now, &model);
            format!("{} {many} in a row {above} {level}.", capital(&spelled(n)))
        }
        Some(Signal::FewCrossings) => {
            let times = match now.runs.map_or(0, |runs| runs.crossings) {
                0 => "never crossed".to_owned(),
                1 => "crossed only once".to_owned(),
                n => format!(
                    "crossed only {} times",
                    spelled(u64::try_from(n).unwrap_or(u64::MAX))
                ),
            };
            format!(
                "The {old}{} is {times}, and the newest values are {above} it.",
                centre_of(now)
            )
        }
        Some(Signal::Trend) => {
            let n = trend(now);
            let way = if up { "rising" } else { "falling" };
            format!("{} {many} in a row {way}.", capital(&spelled(n)))
        }
        Some(Signal::Outside) => match model.design.kind {
            Kind::Cusum => format!(
                "What was {above} {level} adds up to more than chance would, week after week."
            )
            .replace(
                "week after week",
                &format!("{0} after {0}", story.cadence.one()),
            ),
            Kind::Ewma => format!(
                "The weighted average of the newest {many}, {}, is {above} its {old}usual range of {range}.",
                story.figures.average(newest.ewma.unwrap_or_default())
            ),
            _ => format!(
                "The newest value, {}, is {above} the {old}usual range of {range}.",
                story.figures.value(last.value)
            ),
        },
        Some(Signal::NearLimit) => {
            let end = if up { "top" } else { "bottom" };
            format!(
                "Two of the last three {many} were near the {end} of the {old}usual range, {range}."
            )
        }
        Some(Signal::FourOfFive) => {
            format!("Four of the last five {many} were well {above} {level}.")
        }
        _ => String::new(),
    };
    if newest.by_carried && story.question.season.is_none() {
        let so_far = if now.own.is_some() { "" } else { " so far" };
        format!(
            "{first} The new {} is {}{so_far}.",
            centre_of(now),
            story.figures.average(now.baseline.level())
        )
    } else {
        first
    }
}

fn in_figures(story: &Story<'_>, limits: (f64, f64)) -> String {
    let (lower, upper) = story.figures.usual_range(limits);
    story.figures.range(lower, upper)
}

/// How many points up to the newest are on its side of the centre; on an Anhøj chart those on the
/// centre are passed over.
fn run(now: &Stretch, model: &Model) -> u64 {
    let passes_over = now.newest().signals.has(Signal::LongRun);
    let side = now.points.last().map_or(0, |p| model.side(p));
    let n = now
        .points
        .iter()
        .rev()
        .map(|p| model.side(p))
        .filter(|s| !(passes_over && *s == 0))
        .take_while(|s| *s == side)
        .count();
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// How many points up to the newest go one way.
fn trend(now: &Stretch) -> u64 {
    let values: Vec<f64> = now.points.iter().rev().map(|p| p.judged()).collect();
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
    if now.baseline.design.kind == Kind::Run {
        return Some(format!(
            "{opening}: a run chart has no usual range, so it can’t say. An XmR chart can."
        ));
    }
    let usual = usual_range(now)
        .map(|limits| in_figures(story, limits))
        .unwrap_or_default();
    let level = now
        .points
        .last()
        .map_or(0.0, |newest| now.baseline.centre(newest));
    let past = if story.question.lower_is_better {
        level <= target
    } else {
        level >= target
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
