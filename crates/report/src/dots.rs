//! Effect dots: twenty equally likely answers along the scale that people use.
//!
//! Who may call this: result pages, the standalone page and `svg::standalone`. What must stay true: a
//! dot never lies on the wrong side of a line; the words count the same dots that are drawn; under
//! rung 3 there are no dots, only the interval.

use std::fmt::Write as _;

use engine::evaluation::Evaluation;
use engine::words::Scale;
use engine::words::numbers::Precision;

use crate::axis::Axis;
use crate::drawing::{Anchor, Drawing};
use crate::escape::escape;
use crate::told::Told;

/// The effect dots, laid out: every writer takes it from here.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectDots {
    /// The question that the picture answers.
    pub question: String,
    /// The picture.
    pub drawing: Drawing,
    /// What each kind of mark means, in the order of the key.
    pub key: Vec<Key>,
    /// The picture in words.
    pub words: String,
    /// The same as a table: how much, and its chance; empty under rung 3.
    pub rows: Vec<(String, String)>,
}

/// An entry of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The dot's class; none for the square and interval.
    pub dot: Option<&'static str>,
    /// What it means.
    pub words: &'static str,
}

/// From this rung on there are dots.
const DOTS_FROM_RUNG: u8 = 3;

/// Lays the effect dots out; none where the design bears no interval.
#[must_use]
pub fn layout(evaluation: &Evaluation) -> Option<EffectDots> {
    let told = Told::of(evaluation)?;
    let twenty = if evaluation.evidence.rung >= DOTS_FROM_RUNG {
        told.twenty()
    } else {
        None
    };
    let words = in_words(evaluation, &told, twenty.as_deref());
    let dots = twenty.unwrap_or_default();
    let drawing = draw(&told, &dots, &words);
    Some(EffectDots {
        question: question(&told, dots.is_empty()),
        drawing,
        key: key(&told, &dots),
        rows: if dots.is_empty() {
            Vec::new()
        } else {
            chances(&told)
        },
        words,
    })
}

/// The effect dots as a part of a page; empty where the design bears no interval.
#[must_use]
pub fn figure(evaluation: &Evaluation) -> String {
    layout(evaluation).map_or_else(String::new, |dots| dots.html())
}

impl EffectDots {
    /// The figure with its key, its words and the same as a table.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = format!(
            "<figure>\n<figcaption class=\"label\">{}</figcaption>\n<div class=\"chart mid\">{}</div>\n</figure>\n<ul class=\"key\">\n",
            escape(&self.question),
            self.drawing.inline()
        );
        for entry in &self.key {
            let mark = match entry.dot {
                Some(class) => format!(
                    "<svg width=\"18\" height=\"18\" aria-hidden=\"true\"><circle class=\"{class}\" cx=\"9\" cy=\"9\" r=\"7\"/></svg>"
                ),
                None => "<svg width=\"34\" height=\"14\" aria-hidden=\"true\"><line class=\"c-int\" x1=\"1\" x2=\"33\" y1=\"7\" y2=\"7\"/><rect class=\"c-est\" x=\"11\" y=\"1\" width=\"12\" height=\"12\"/></svg>".to_owned(),
            };
            let _ = writeln!(html, "<li>{mark} {}</li>", escape(entry.words));
        }
        let _ = write!(
            html,
            "</ul>\n<p><b>In words:</b> {}</p>\n",
            escape(&self.words)
        );
        if !self.rows.is_empty() {
            html.push_str("<details>\n<summary>The same as a table</summary>\n<table class=\"compact\">\n<caption>Chance of each size of effect</caption>\n<thead><tr><th scope=\"col\">How much did it change?</th><th scope=\"col\" class=\"n\">Chance</th></tr></thead>\n<tbody>\n");
            for (size, chance) in &self.rows {
                let _ = writeln!(
                    html,
                    "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td></tr>",
                    escape(size),
                    escape(chance)
                );
            }
            html.push_str("</tbody>\n</table>\n</details>\n");
        }
        html
    }
}

fn question(told: &Told, interval_only: bool) -> String {
    let asked = match told.scale {
        Scale::Months => "how many months did it add?".to_owned(),
        Scale::Percentage | Scale::Own => format!("how much did it change {}?", told.outcome),
    };
    if interval_only {
        format!("Best estimate and {} interval for “{asked}”", level(told))
    } else {
        format!("Twenty equally likely answers to “{asked}”")
    }
}

fn level(told: &Told) -> String {
    format!("{:.0}%", told.level * 100.0)
}

/// Whether a value is worth having; without a smallest difference, whether it is on the helpful side.
fn worth_having(told: &Told, value: f64) -> bool {
    match told.worthwhile {
        Some(size) => told.helpful(value) >= size,
        None => told.helpful(value) > 0.0,
    }
}

fn class(told: &Told, value: f64) -> &'static str {
    if worth_having(told, value) {
        "c-q on"
    } else if told.helpful(value) <= 0.0 {
        "c-q neg"
    } else {
        "c-q"
    }
}

fn key(told: &Told, dots: &[f64]) -> Vec<Key> {
    let drawn = |wanted: &str| dots.iter().any(|value| class(told, *value) == wanted);
    let mut key = Vec::new();
    if drawn("c-q on") {
        let words = if told.worthwhile.is_some() {
            "worth having"
        } else {
            "on the helpful side"
        };
        key.push(Key {
            dot: Some("c-q on"),
            words,
        });
    }
    if drawn("c-q") {
        key.push(Key {
            dot: Some("c-q"),
            words: "helpful, but less than that",
        });
    }
    if drawn("c-q neg") {
        key.push(Key {
            dot: Some("c-q neg"),
            words: "no help, or the wrong way",
        });
    }
    key.push(Key {
        dot: None,
        words: "best estimate and interval",
    });
    key
}

fn of_twenty(count: usize) -> String {
    match count {
        20 => "all 20 dots are".to_owned(),
        0 => "none of the 20 dots is".to_owned(),
        1 => "1 of the 20 dots is".to_owned(),
        some => format!("{some} of the 20 dots are"),
    }
}

fn in_words(evaluation: &Evaluation, told: &Told, twenty: Option<&[f64]>) -> String {
    let mut words = String::new();
    if let Some(dots) = twenty {
        let helpful = dots
            .iter()
            .filter(|value| told.helpful(**value) > 0.0)
            .count();
        let _ = write!(words, "{} on the helpful side", of_twenty(helpful));
        if let Some(size) = told.worthwhile {
            let past = dots
                .iter()
                .filter(|value| worth_having(told, **value))
                .count();
            let count = match past {
                20 => "all 20 are".to_owned(),
                0 => "none is".to_owned(),
                1 => "1 is".to_owned(),
                some => format!("{some} are"),
            };
            let _ = write!(words, " and {count} past {}", told.with_unit(size));
        }
        words.push_str(". ");
    }
    let _ = write!(
        words,
        "Best estimate {}; {} interval {}",
        told.with_unit(told.estimate),
        level(told),
        told.range()
    );
    let other = other_scales(evaluation, told);
    if !other.is_empty() {
        let _ = write!(words, " ({})", other.join("; "));
    }
    words.push('.');
    capital(&words)
}

/// The same effect on the scales that are not drawn.
fn other_scales(evaluation: &Evaluation, told: &Told) -> Vec<String> {
    let mut scales = Vec::new();
    if let Some((estimate, interval)) = evaluation
        .comparable()
        .and_then(|g| g.interval.map(|interval| (g.estimate, interval)))
    {
        scales.push(format!(
            "{} standard deviations, {} to {}",
            Precision::HUNDREDTHS.fixed(estimate),
            Precision::HUNDREDTHS.fixed(interval.lower),
            Precision::HUNDREDTHS.fixed(interval.upper)
        ));
    }
    if told.scale == Scale::Months
        && let Some(own) = Told::own(evaluation)
    {
        scales.push(format!("{}, {}", own.with_unit(own.estimate), own.range()));
    }
    scales
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A chance as a count of a hundred.
fn in_a_hundred(chance: f64) -> String {
    let percent = chance * 100.0;
    if percent < 0.5 {
        "less than 1 in 100".to_owned()
    } else if percent > 99.5 {
        "more than 99 in 100".to_owned()
    } else {
        format!("about {percent:.0} in 100")
    }
}

/// The chance of each size of effect, from the least helpful to the most.
fn chances(told: &Told) -> Vec<(String, String)> {
    let mut cuts: Vec<f64> = told.worthwhile.into_iter().collect();
    let last = cuts.last().copied().unwrap_or(0.0);
    let mut beyond: Vec<f64> = Axis::of(told)
        .ticks
        .iter()
        .map(|tick| told.helpful(tick.value))
        .filter(|cut| *cut > last && *cut < told.helpful(told.lower).max(told.helpful(told.upper)))
        .collect();
    beyond.sort_by(f64::total_cmp);
    let every = beyond.len().div_ceil(2).max(1);
    cuts.extend(
        beyond
            .into_iter()
            .skip(every.saturating_sub(1))
            .step_by(every)
            .take(2),
    );
    let sized = |helpful: f64| told.with_unit(helpful);
    let mut rows = Vec::new();
    let mut above = told.chance_beyond(0.0);
    let mut push = |words: String, chance: Option<f64>| {
        if let Some(chance) = chance {
            rows.push((words, in_a_hundred(chance)));
        }
    };
    push(
        "Nothing, or it went the wrong way".to_owned(),
        above.map(|chance| 1.0 - chance),
    );
    let mut floor: Option<f64> = None;
    for cut in &cuts {
        let next = told.chance_beyond(*cut);
        let words = match floor {
            None => format!("Some, but less than {}", sized(*cut)),
            Some(floor) => format!("{} to less than {}", told.figure(floor), sized(*cut)),
        };
        push(words, above.zip(next).map(|(above, next)| above - next));
        above = next;
        floor = Some(*cut);
    }
    push(
        floor.map_or_else(
            || "Some".to_owned(),
            |floor| format!("{} or more", sized(floor)),
        ),
        above,
    );
    rows
}

/// A size of dot: its radius, the step up a column, and the narrowest column in per cent.
struct Size {
    radius: f64,
    step: f64,
    column: f64,
    most: usize,
}

const SIZES: [Size; 3] = [
    Size {
        radius: 8.5,
        step: 21.0,
        column: 5.6,
        most: 7,
    },
    Size {
        radius: 6.0,
        step: 15.0,
        column: 4.0,
        most: 10,
    },
    Size {
        radius: 4.5,
        step: 11.0,
        column: 3.0,
        most: 20,
    },
];

/// A dot's column: its centre in per cent.
fn columns(told: &Told, axis: &Axis, dots: &[f64], narrowest: f64) -> Vec<f64> {
    let nothing = axis.position(0.0);
    let worth = axis.position(told.worth_having().unwrap_or(0.0));
    let (low, high) = (nothing.min(worth), nothing.max(worth));
    let gap = high - low;
    let between = (gap / narrowest).floor().max(1.0);
    let width = if gap >= narrowest {
        gap / between
    } else {
        narrowest * 1.15
    };
    let middle = gap / between;
    dots.iter()
        .map(|value| {
            let at = axis.position(*value);
            if at <= low {
                low - (((low - at) / width).floor() + 0.5) * width
            } else if at >= high {
                high + (((at - high) / width).floor() + 0.5) * width
            } else {
                low + (((at - low) / middle).floor() + 0.5) * middle
            }
        })
        .collect()
}

/// Where each dot goes: its column in per cent and its place in the column, from the bottom.
fn stacked(centres: &[f64]) -> (Vec<(f64, usize)>, usize) {
    let mut placed: Vec<(f64, usize)> = Vec::with_capacity(centres.len());
    for centre in centres {
        let below = placed
            .iter()
            .filter(|(other, _)| (other - centre).abs() < 0.01)
            .count();
        placed.push((*centre, below));
    }
    let tallest = placed.iter().map(|(_, below)| below + 1).max().unwrap_or(0);
    (placed, tallest)
}

fn draw(told: &Told, dots: &[f64], words: &str) -> Drawing {
    let axis = Axis::of(told);
    let mut size = &SIZES[0];
    let mut placed = Vec::new();
    let mut tallest = 0;
    for candidate in &SIZES {
        size = candidate;
        (placed, tallest) = stacked(&columns(told, &axis, dots, candidate.column));
        if tallest <= candidate.most {
            break;
        }
    }
    // Two lines of words above, then the columns, then the interval, then the axis.
    let stack = u32::try_from(tallest).map_or(0.0, f64::from) * size.step;
    let floor = if dots.is_empty() {
        56.0
    } else {
        48.0 + stack.max(84.0)
    };
    let interval = floor + 26.0;
    let foot = interval + 32.0;
    let mut drawing = Drawing::new(foot + 38.0, words);
    lines(&mut drawing, told, &axis, foot - 4.0);
    for (value, (centre, below)) in dots.iter().zip(placed) {
        let up = u32::try_from(below).map_or(0.0, f64::from) * size.step;
        drawing.dot(
            class(told, *value),
            (centre, floor - size.radius - 2.5 - up),
            size.radius,
        );
    }
    if !dots.is_empty() {
        drawing.line("c-grid", (0.0, floor), (100.0, floor));
    }
    estimate(&mut drawing, told, &axis, interval);
    scale(&mut drawing, told, &axis, foot);
    drawing
}

/// The lines at no difference and at what is worth having.
fn lines(drawing: &mut Drawing, told: &Told, axis: &Axis, foot: f64) {
    let nothing = axis.position(0.0);
    drawing.line("c-zero", (nothing, 26.0), (nothing, foot));
    let worth = axis.position(told.worth_having().unwrap_or(told.estimate));
    let (x, anchor) = beside(nothing, worth >= nothing);
    drawing.words("halo", (x, 36.0), anchor, "no difference");
    if let (Some(value), Some(size)) = (told.worth_having(), told.worthwhile) {
        let worth = axis.position(value);
        drawing.line("c-worth", (worth, 8.0), (worth, foot));
        let (x, anchor) = beside(worth, worth > 50.0);
        drawing.words(
            "target halo",
            (x, 16.0),
            anchor,
            format!("worth having: {}", told.with_unit(size)),
        );
    }
}

/// Words to the left or to the right of a line.
fn beside(line: f64, left: bool) -> (f64, Anchor) {
    if left {
        (line - 0.8, Anchor::End)
    } else {
        (line + 0.8, Anchor::Start)
    }
}

/// The square, its interval and their figures.
fn estimate(drawing: &mut Drawing, told: &Told, axis: &Axis, y: f64) {
    let lower = axis.position(told.lower);
    let upper = axis.position(told.upper);
    let best = axis.position(told.estimate);
    drawing.line("c-int", (lower, y), (upper, y));
    drawing.line("c-int", (lower, y - 6.0), (lower, y + 6.0));
    drawing.line("c-int", (upper, y - 6.0), (upper, y + 6.0));
    drawing.square("c-est", (best, y), 14.0);
    drawing.words(
        "strong halo",
        (best, y - 12.0),
        Anchor::Middle,
        told.figure(told.estimate),
    );
    if upper - lower < 12.0 {
        drawing.words(
            "strong halo",
            (best, y + 22.0),
            Anchor::Middle,
            told.range(),
        );
    } else {
        let limits = [(lower, told.lower), (upper, told.upper)];
        for (at, value) in limits {
            drawing.words(
                "strong halo",
                (at, y + 22.0),
                Anchor::Middle,
                told.figure(value),
            );
        }
    }
}

/// The axis: its line, its ticks and what lies at each end.
fn scale(drawing: &mut Drawing, told: &Told, axis: &Axis, y: f64) {
    drawing.line("c-grid", (0.0, y), (100.0, y));
    for tick in &axis.ticks {
        let at = axis.position(tick.value);
        drawing.line("c-nil", (at, y), (at, y + 4.0));
        drawing.words("", (at, y + 17.0), Anchor::Middle, tick.words.clone());
    }
    let (left, right) = ends(told);
    drawing.words("", (0.0, y + 35.0), Anchor::Start, format!("← {left}"));
    drawing.words("", (100.0, y + 35.0), Anchor::End, format!("{right} →"));
}

/// What lies to the left and to the right.
#[must_use]
pub(crate) fn ends(told: &Told) -> (String, String) {
    match &told.scale {
        Scale::Months => (
            "less progress".to_owned(),
            "months of extra progress".to_owned(),
        ),
        Scale::Percentage => ("fewer".to_owned(), format!("more, in {}", told.unit)),
        Scale::Own => ("lower".to_owned(), format!("higher, in {}", told.unit)),
    }
}
