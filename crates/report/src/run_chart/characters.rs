//! A chart in characters, for a window or a printer that draws nothing else.
//!
//! What must stay true: every kind of point has a shape of its own, so it reads without colour; a series
//! too long for the window is shown from its newest end, and that is said.

use engine::chart::figures::Figures;
use engine::chart::{Chart, Kind, News};
use engine::words::numbers::Precision;

use super::day_in_table;
use super::drawn::Drawn;

/// Lines of the picture.
const ROWS: usize = 11;

/// The chart's lines, `columns` wide at most.
pub(crate) fn characters(chart: &Chart, columns: usize) -> Vec<String> {
    let figures = Figures::of(chart);
    let drawn = Drawn::of(chart, &figures);
    let sums = chart.kind == Kind::Cusum;
    let target = chart.question.target.filter(|_| !sums);
    let write = |value: f64| {
        if sums {
            Precision::TENTHS.write(value)
        } else {
            figures.short(value)
        }
    };

    let n = drawn.values.len();
    let gutter = 10;
    let room = columns.saturating_sub(gutter + 1).max(10);
    let step = if 2 * n <= room { 2 } else { 1 };
    let first = n.saturating_sub(room / step);
    let shown = first..n;
    let across = |i: usize| (i - first) * step;
    let width = across(n.saturating_sub(1).max(first)) + 1;

    let (from, to) = span(&drawn, target, first);
    let row = |value: f64| {
        let last = ROWS - 1;
        let part = if to > from {
            (to - value) / (to - from)
        } else {
            0.5
        };
        let wanted = (part * 10.0).round();
        (0..ROWS)
            .find(|r| u32::try_from(*r).map_or(f64::MAX, f64::from) >= wanted)
            .unwrap_or(last)
    };

    let mut grid = vec![vec![' '; width]; ROWS];
    let mut put = |value: f64, at: usize, mark: char| {
        if let Some(cell) = grid.get_mut(row(value)).and_then(|cells| cells.get_mut(at)) {
            *cell = mark;
        }
    };
    for i in shown.clone() {
        let cells = across(i)..(across(i) + step).min(width);
        for at in cells {
            if let Some((lower, upper)) = drawn.ranges.get(i).copied().flatten() {
                put(lower, at, '┄');
                put(upper, at, '┄');
            }
            let judged = drawn.ranges.get(i).copied().flatten().is_some()
                || chart.phases.iter().any(|p| p.runs.is_some());
            if let Some(centre) = drawn.centres.get(i).copied().flatten().filter(|_| judged) {
                put(centre, at, '─');
            }
            if let Some(target) = target {
                put(target, at, '═');
            }
        }
    }
    for i in shown.clone() {
        if let (Some(value), Some(point)) = (drawn.values.get(i), chart.points.get(i)) {
            let mark = match point.news {
                News::Ordinary => '•',
                News::Improvement => '●',
                News::Concern => '◆',
            };
            put(*value, across(i), mark);
        }
    }

    // The newest lines' figures stand beside them.
    let mut labels = vec![String::new(); ROWS];
    let newest = n.saturating_sub(1);
    let range = drawn.ranges.get(newest).copied().flatten();
    let named = [
        target,
        range.map(|(_, upper)| upper),
        range.map(|(lower, _)| lower),
        drawn.centres.get(newest).copied().flatten(),
    ];
    for value in named.into_iter().flatten() {
        if let Some(label) = labels.get_mut(row(value)).filter(|l| l.is_empty()) {
            *label = write(value);
        }
    }
    let mut lines: Vec<String> = labels
        .iter()
        .zip(&grid)
        .map(|(label, cells)| {
            let cells: String = cells.iter().collect();
            format!("{label:>gutter$} {}", cells.trim_end())
        })
        .collect();
    lines.push(dates(chart, first, gutter, width));
    lines.extend(key(chart, target.is_some(), (n, first)));
    lines
}

/// What the picture reaches from and to.
fn span(drawn: &Drawn, target: Option<f64>, first: usize) -> (f64, f64) {
    let limits = drawn
        .ranges
        .iter()
        .skip(first)
        .flatten()
        .flat_map(|(l, u)| [*l, *u]);
    let all = drawn
        .values
        .iter()
        .skip(first)
        .copied()
        .chain(limits)
        .chain(drawn.centres.iter().skip(first).flatten().copied())
        .chain(target);
    all.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), value| {
        (from.min(value), to.max(value))
    })
}

/// The first and the newest date under the picture.
fn dates(chart: &Chart, first: usize, gutter: usize, width: usize) -> String {
    let name = |point| day_in_table(chart, point);
    let from = chart.points.get(first).map(name).unwrap_or_default();
    let to = chart.points.last().map(name).unwrap_or_default();
    let apart = width.saturating_sub(from.chars().count() + to.chars().count());
    if apart == 0 {
        return format!("{:>gutter$} {from} to {to}", "");
    }
    format!("{:>gutter$} {from}{}{to}", "", " ".repeat(apart))
}

/// What each mark is.
fn key(chart: &Chart, target: bool, (n, first): (usize, usize)) -> Vec<String> {
    let has = |news| chart.points.iter().any(|p| p.news == news);
    let limits = chart
        .phases
        .iter()
        .any(|p| p.upper.is_some() || p.carried.is_some())
        || chart.kind == Kind::Cusum;
    let runs = chart.phases.iter().any(|p| p.runs.is_some());
    let parts = [
        Some("• ordinary"),
        has(News::Improvement).then_some("● real improvement"),
        has(News::Concern).then_some("◆ real concern"),
        (limits || runs).then_some(match chart.kind {
            Kind::Run | Kind::G | Kind::T => "─ median",
            _ => "─ average",
        }),
        limits.then_some("┄ usual range"),
        target.then_some("═ target"),
    ];
    let mut lines = vec![
        String::new(),
        parts.into_iter().flatten().collect::<Vec<_>>().join("   "),
    ];
    if first > 0 {
        lines.push(format!("The newest {} of {n} values are shown.", n - first));
    }
    lines
}
