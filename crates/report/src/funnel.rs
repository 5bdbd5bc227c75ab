//! A funnel: places by the size of their denominator, with limits that narrow as it grows.
//!
//! Who may call this: the command line. What must stay true: only a place beyond the 99.8% limits is
//! marked and named in the picture; nobody is ranked; a picture has its words and its table.

use std::fmt::Write as _;

use engine::chart::{Funnel, FunnelPoint, News};
use engine::words::numbers::{Precision, plural, thousands};

use crate::drawing::{Anchor, At, Drawing, Mark};
use crate::escape::escape;

const HEIGHT: f64 = 300.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 268.0;
const LEFT: f64 = 10.0;
const RIGHT: f64 = 96.0;

/// The picture and its table, as they stand in a page.
#[must_use]
pub fn figure(funnel: &Funnel) -> String {
    format!(
        "<div class=\"chart\">{}</div>\n{}",
        layout(funnel).inline(),
        table(funnel)
    )
}

/// The picture as an SVG file of its own.
#[must_use]
pub fn standalone(funnel: &Funnel) -> String {
    layout(funnel).standalone(&funnel.headline)
}

/// A share or a rate with its unit: "7.2%", "4.2 per 1,000 days".
pub(crate) fn rate(funnel: &Funnel, value: f64) -> String {
    plural(
        &precision(funnel).write(value * funnel.shown.times),
        &funnel.shown.unit,
    )
}

/// A place's 99.8% limits: "4% to 9%".
pub(crate) fn limits(funnel: &Funnel, point: &FunnelPoint) -> String {
    let precision = precision(funnel);
    let [lower, upper] =
        [point.lower, point.upper].map(|limit| precision.write(limit * funnel.shown.times));
    match funnel.shown.unit.as_str() {
        "%" => format!("{lower}% to {upper}%"),
        _ => format!("{lower} to {upper}"),
    }
}

fn precision(funnel: &Funnel) -> Precision {
    let values = || funnel.points.iter().map(|p| p.value * funnel.shown.times);
    let lowest = values().fold(f64::INFINITY, f64::min);
    let highest = values().fold(f64::NEG_INFINITY, f64::max);
    if highest > lowest {
        Precision::for_width((highest - lowest) / 2.0)
    } else {
        Precision::TENTHS
    }
}

fn layout(funnel: &Funnel) -> Drawing {
    let largest = funnel
        .points
        .iter()
        .map(|p| p.denominator)
        .fold(0.0, f64::max);
    let every = || {
        funnel
            .points
            .iter()
            .flat_map(|p| [p.value, p.lower, p.upper])
    };
    let lowest = every().fold(f64::INFINITY, f64::min);
    let highest = every().fold(f64::NEG_INFINITY, f64::max);
    let room = (0.05 * (highest - lowest))
        .max(1e-9 * highest.abs())
        .max(1e-12);
    let (from, to) = (lowest - room, highest + room);
    let x = |n: f64| LEFT + (RIGHT - LEFT) * n / (1.05 * largest);
    let y = |value: f64| BOTTOM - (value - from) / (to - from) * (BOTTOM - TOP);

    let mut drawing = Drawing::new(HEIGHT, in_words(funnel));
    for value in [lowest, funnel.centre, highest] {
        drawing.line("c-grid", (LEFT, y(value)), (100.0, y(value)));
        drawing.words(
            "",
            (0.0, y(value) + 4.0),
            Anchor::Start,
            short(funnel, value),
        );
    }
    drawing.line(
        "c-mean",
        (LEFT, y(funnel.centre)),
        (RIGHT, y(funnel.centre)),
    );
    for (class, limit) in [
        ("c-level", (|p| p.lower_95) as fn(&FunnelPoint) -> f64),
        ("c-level", |p| p.upper_95),
        ("c-edge", |p| p.lower),
        ("c-edge", |p| p.upper),
    ] {
        drawing.marks.push(Mark::Path {
            class,
            through: funnel
                .points
                .iter()
                .map(|p| At::new(x(p.denominator), y(limit(p))))
                .collect(),
        });
    }
    for point in &funnel.points {
        let at = (x(point.denominator), y(point.value));
        match point.news {
            News::Ordinary => drawing.dot("c-dot", at, 3.5),
            News::Improvement => drawing.dot("c-dot better", at, 4.5),
            News::Concern => drawing.diamond("c-dot worse", at, 4.5),
        }
        if !point.signals.is_empty() {
            let (anchor, aside) = if at.0 > 60.0 {
                (Anchor::End, -1.5)
            } else {
                (Anchor::Start, 1.5)
            };
            drawing.words(
                "strong halo",
                (at.0 + aside, at.1 + 4.0),
                anchor,
                point.label.clone(),
            );
        }
    }
    let of = funnel
        .question
        .denominator
        .as_deref()
        .unwrap_or("denominator");
    let counted = thousands(engine::count::nearest(largest));
    drawing.words("", (LEFT, HEIGHT - 8.0), Anchor::Start, "0");
    drawing.words(
        "",
        (RIGHT, HEIGHT - 8.0),
        Anchor::End,
        format!("{counted} {of}"),
    );
    drawing
}

fn short(funnel: &Funnel, value: f64) -> String {
    let written = precision(funnel).write(value * funnel.shown.times);
    match funnel.shown.unit.as_str() {
        "%" => format!("{written}%"),
        _ => written,
    }
}

fn in_words(funnel: &Funnel) -> String {
    format!(
        "Funnel of {} places by the size of their denominator. The average of all is {}. {}",
        funnel.points.len(),
        rate(funnel, funnel.centre),
        funnel.headline
    )
}

fn table(funnel: &Funnel) -> String {
    let mut rows = String::new();
    for point in &funnel.points {
        let news = match point.news {
            News::Ordinary => "",
            News::Improvement => "better than chance would explain",
            News::Concern => "worse than chance would explain",
        };
        let _ = writeln!(
            rows,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{news}</td></tr>",
            escape(&point.label),
            escape(&rate(funnel, point.value)),
            escape(&limits(funnel, point)),
        );
    }
    format!(
        "<details>\n<summary>The same as a table</summary>\n<table class=\"compact\">\n<thead><tr><th scope=\"col\">Place</th><th scope=\"col\" class=\"n\">Value</th><th scope=\"col\" class=\"n\">99.8% limits</th><th scope=\"col\">Beyond them</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</details>"
    )
}
