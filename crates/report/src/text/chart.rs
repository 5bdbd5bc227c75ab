//! A chart as text, drawn in characters.

use engine::chart::Chart;

use crate::run_chart::{characters, day_in_table, method};
use crate::text::page::{INDENT, Page};

/// How many signals are listed before the rest are counted.
const LISTED: usize = 12;

/// A chart in words and characters, `width` columns wide, with emphasis where `colour` is allowed.
#[must_use]
pub fn chart(chart: &Chart, width: usize, colour: bool) -> String {
    let mut page = Page::new(width, colour);
    page.strong(&chart.title);
    page.gap();
    page.paragraph("", &chart.headline);
    page.paragraph("", chart.target_words.as_deref().unwrap_or_default());

    page.gap();
    for line in characters(chart, page.width.saturating_sub(INDENT.len())) {
        page.line(&format!("{INDENT}{line}"));
    }
    signals(&mut page, chart);
    if !chart.warnings.is_empty() {
        page.heading("What to keep in mind");
        for warning in &chart.warnings {
            page.item("•", warning);
        }
    }
    page.heading(&format!("How it was worked out: {}", chart.kind.name()));
    page.paragraph(INDENT, &chart.because);
    page.paragraph(INDENT, &method(chart));
    page.end()
}

fn signals(page: &mut Page, chart: &Chart) {
    let marked: Vec<_> = chart
        .points
        .iter()
        .filter(|p| !p.signals.is_empty())
        .collect();
    if marked.is_empty() {
        return;
    }
    page.heading("What stands out");
    let shown = marked.len().saturating_sub(LISTED);
    if shown > 0 {
        page.paragraph(
            INDENT,
            &format!("The newest {LISTED} of {} points:", marked.len()),
        );
    }
    for point in marked.iter().skip(shown) {
        let why: Vec<&str> = point.signals.iter().map(|s| s.words()).collect();
        page.item(
            "•",
            &format!("{}: {}", day_in_table(chart, point), why.join(", ")),
        );
    }
    for phase in chart.phases.iter().filter(|p| p.why.is_some()) {
        let why = phase.why.as_deref().unwrap_or_default();
        let first = chart.points.iter().find(|p| p.date == phase.from);
        let from = first.map_or_else(String::new, |point| day_in_table(chart, point));
        page.item("•", &format!("From {from} on: {why}"));
    }
}
