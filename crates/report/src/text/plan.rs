//! What a trial could see, as text, with the power curve in characters.

use engine::power::Sizing;
use engine::words::numbers::Precision;

use crate::power_curve::{PowerCurve, QUESTION, float};
use crate::text::page::{INDENT, Page};

/// Lines of the picture between nothing and its largest change.
const LINES: usize = 10;
/// Its widest.
const WIDEST: usize = 60;

/// What a trial could see, in words, `width` columns wide, with emphasis where `colour` is allowed.
#[must_use]
pub fn plan(sizing: &Sizing, width: usize, colour: bool) -> String {
    let mut page = Page::new(width, colour);
    page.strong(&sizing.headline);
    if let Some(effect) = sizing.asked.effect {
        page.gap();
        page.paragraph("", &chances(sizing, effect.abs()));
    }
    if !sizing.what_if.is_empty() {
        page.heading("What would help");
        for what in &sizing.what_if {
            page.item("•", &what.says);
        }
    }

    page.heading(QUESTION);
    for line in curve(sizing, page.width.saturating_sub(INDENT.len())) {
        page.line(&format!("{INDENT}{line}"));
    }
    page.gap();
    let effect = sizing.asked.effect;
    let mut headings = vec!["smallest change".to_owned()];
    headings.extend(effect.map(|g| format!("would notice {}", sizing.change(g.abs()))));
    let mut rows = vec![(String::new(), headings)];
    for point in &sizing.table {
        let mut cells = vec![sizing.change(point.detectable)];
        cells.extend(point.power.map(percent));
        rows.push((sizing.who(point), cells));
    }
    page.table(&rows);

    if !sizing.assumed.is_empty() {
        page.heading("What we took for granted");
        for assumed in &sizing.assumed {
            page.item(
                "•",
                &format!(
                    "{}: {} ({})",
                    assumed.name,
                    Precision::HUNDREDTHS.write(assumed.value),
                    assumed.because
                ),
            );
        }
    }
    if !sizing.notes.is_empty() {
        page.heading("What to keep in mind");
        for note in &sizing.notes {
            page.item("•", note);
        }
    }
    page.end()
}

fn percent(share: f64) -> String {
    engine::words::numbers::percent(share)
}

fn chances(sizing: &Sizing, effect: f64) -> String {
    let mut text = format!(
        "If the difference is really {}, the chance that you notice it is {}.",
        sizing.change(effect),
        percent(sizing.power)
    );
    if let Some(assurance) = sizing.assurance {
        text.push_str(&format!(
            " Allowing for how unsure that is, the chance that you notice a difference that way is {}.",
            percent(assurance)
        ));
    }
    text
}

/// The curve in characters: • along it, ● this trial, ┄ what is worth having.
fn curve(sizing: &Sizing, width: usize) -> Vec<String> {
    let curve = PowerCurve::of(sizing);
    let ticks = curve.changes();
    let label = ticks
        .iter()
        .map(|t| t.words.chars().count())
        .max()
        .unwrap_or(0)
        .max(1);
    let columns = width.saturating_sub(label + 2).clamp(20, WIDEST);
    let mut grid = vec![vec![' '; columns]; LINES + 1];
    let line = |g: f64| LINES - nearest(g / curve.highest * float_of(LINES)).min(LINES);
    let column = |along: f64| nearest(along * float_of(columns - 1)).min(columns - 1);
    let mut put = |row: usize, at: usize, mark: char| {
        if let Some(cell) = grid.get_mut(row).and_then(|cells| cells.get_mut(at)) {
            *cell = mark;
        }
    };
    if let Some(worth) = curve.worth() {
        for at in 0..columns {
            put(line(worth), at, '┄');
        }
    }
    // Every column between two sizes has its mark, so that the curve has no holes.
    for pair in curve.points.windows(2) {
        let [a, b] = pair else { continue };
        let (from, to) = (curve.along(a), curve.along(b));
        for at in column(from)..=column(to) {
            let share = if column(to) > column(from) {
                float_of(at - column(from)) / float_of(column(to) - column(from))
            } else {
                0.0
            };
            put(
                line(a.detectable + share * (b.detectable - a.detectable)),
                at,
                '•',
            );
        }
    }
    let here = (
        line(sizing.here.detectable),
        column(curve.along(&sizing.here)),
    );
    put(here.0, here.1, '●');
    let words = format!(" {}", sizing.change(sizing.here.detectable));
    write(&mut grid, here.0, here.1 + 1, &words);
    if let Some(worth) = curve.worth() {
        let words = format!(" worth having: {} ", sizing.change(worth));
        let at = columns.saturating_sub(words.chars().count());
        write(&mut grid, line(worth), at, &words);
    }

    let mut lines = vec![format!("{:>label$} {}", "", curve.unit())];
    for (row, cells) in grid.into_iter().enumerate() {
        let tick = ticks.iter().find(|t| line(t.value) == row);
        let (words, edge) = match tick {
            _ if row == LINES => ("0", '└'),
            Some(tick) => (tick.words.as_str(), '┤'),
            None => ("", '│'),
        };
        let cells: String = cells.into_iter().collect();
        let cells = if row == LINES {
            cells.replace(' ', "─")
        } else {
            cells.trim_end().to_owned()
        };
        lines.push(format!("{words:>label$} {edge}{cells}"));
    }
    let mut under = vec![vec![' '; columns]];
    for point in curve.sizes() {
        let words = curve.figure(&point);
        let wide = words.chars().count();
        let at = column(curve.along(&point)).saturating_sub(wide / 2);
        write(&mut under, 0, at.min(columns.saturating_sub(wide)), &words);
    }
    for cells in under {
        let cells: String = cells.into_iter().collect();
        lines.push(format!("{:>label$}  {}", "", cells.trim_end()));
    }
    lines.push(format!("{:>label$}  {}", "", curve.counts()));
    lines
}

/// Writes words into a line, as far as they have room.
fn write(grid: &mut [Vec<char>], row: usize, from: usize, words: &str) {
    let Some(cells) = grid.get_mut(row) else {
        return;
    };
    if from + words.chars().count() > cells.len() {
        return;
    }
    for (cell, letter) in cells.iter_mut().skip(from).zip(words.chars()) {
        *cell = letter;
    }
}

fn float_of(n: usize) -> f64 {
    float(u64::try_from(n).unwrap_or(u64::MAX))
}

fn nearest(x: f64) -> usize {
    usize::try_from(engine::count::nearest(x)).unwrap_or(usize::MAX)
}
