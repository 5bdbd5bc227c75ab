//! The funnel plot of a pool: each result's effect across, its standard error down, so that large trials
//! stand at the top and small ones at the bottom.
//!
//! Who may call this: the pages of a pool. What must stay true: all results in one colour and of one
//! size; the lines are where 95 in 100 results would fall by chance alone, did all places share the
//! average (Sterne & Egger 2001, *Journal of Clinical Epidemiology* 54:1046); the same figures stand
//! beside it as a table.

use std::fmt::Write as _;

use engine::pool::{Pool, TELLING_FROM};
use engine::words::finding::capital;
use engine::words::numbers::Precision;

use crate::axis::round_steps;
use crate::drawing::{Anchor, Drawing};
use crate::escape::escape;

/// Where the standard error is nothing, in pixels from the top.
const TOP: f64 = 24.0;
/// Where the largest standard error is.
const BOTTOM: f64 = 244.0;
/// White space left and right, in per cent.
const SIDE: f64 = 2.0;
/// Half the width of 95 in 100 by the normal distribution, in standard errors.
const WIDE: f64 = 1.96;

/// The funnel; none under ten results, where its shape tells nothing.
#[must_use]
pub fn layout(pool: &Pool) -> Option<Drawing> {
    let average = pool.primary()?.estimate;
    if pool.studies.len() < TELLING_FROM {
        return None;
    }
    let largest = pool
        .studies
        .iter()
        .map(|s| s.variance.sqrt())
        .fold(0.0, f64::max);
    let reach = WIDE * largest;
    let effects = pool.studies.iter().map(|s| s.effect);
    let from = effects.clone().fold((average - reach).min(0.0), f64::min);
    let to = effects.fold((average + reach).max(0.0), f64::max);
    let room = 0.04 * (to - from);
    let (from, to) = (from - room, to + room);
    let x = |effect: f64| SIDE + (effect - from) / (to - from) * (100.0 - 2.0 * SIDE);
    let y = |error: f64| TOP + error / largest * (BOTTOM - TOP);

    let inside = pool
        .studies
        .iter()
        .filter(|s| (s.effect - average).abs() <= WIDE * s.variance.sqrt())
        .count();
    let mut drawing = Drawing::new(
        BOTTOM + 62.0,
        format!(
            "Funnel plot: {} results, effect across and standard error down. {inside} of them lie between the lines where 95 in 100 would fall by chance alone.",
            pool.studies.len()
        ),
    );
    drawing.line("c-nil", (x(0.0), TOP), (x(0.0), BOTTOM));
    drawing.line("c-mean", (x(average), TOP), (x(average), BOTTOM));
    for side in [-1.0, 1.0] {
        let edge = (x(average + side * reach), BOTTOM);
        drawing.line("c-note", (x(average), TOP), edge);
    }
    for study in &pool.studies {
        drawing.dot("c-dot", (x(study.effect), y(study.variance.sqrt())), 4.5);
    }
    drawing.words(
        "strong halo",
        (x(average), TOP - 8.0),
        Anchor::Middle,
        "average",
    );
    for tick in round_steps(from, to) {
        drawing.words(
            "",
            (x(tick.value), BOTTOM + 20.0),
            Anchor::Middle,
            tick.words,
        );
    }
    drawing.words("", (0.0, TOP - 8.0), Anchor::Start, "large trials");
    drawing.words("", (0.0, BOTTOM - 4.0), Anchor::Start, "small trials");
    let unit = pool
        .question
        .unit
        .as_deref()
        .unwrap_or("standard deviations");
    drawing.words(
        "",
        (50.0, BOTTOM + 44.0),
        Anchor::Middle,
        format!("effect, in {unit}"),
    );
    Some(drawing)
}

/// The funnel in a page, with the same as a table behind a summary; nothing under ten results.
#[must_use]
pub fn inline(pool: &Pool) -> String {
    let Some(drawing) = layout(pool) else {
        return String::new();
    };
    let digits = Precision::HUNDREDTHS;
    let rows = pool.studies.iter().fold(String::new(), |mut rows, study| {
        let _ = writeln!(
            rows,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escape(&study.label),
            digits.fixed(study.effect),
            digits.fixed(study.variance.sqrt())
        );
        rows
    });
    format!(
        "<div class=\"chart\">{}</div>\n<details>\n<summary>The same as a table</summary>\n<table class=\"compact\">\n<caption>Effects and their standard errors</caption>\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\" class=\"n\">Effect</th><th scope=\"col\" class=\"n\">Standard error</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</details>",
        drawing.inline(),
        escape(&capital(pool.question.one()))
    )
}
