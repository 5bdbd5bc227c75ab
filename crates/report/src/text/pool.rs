//! A pool as text, with each place's interval in characters.

use engine::pool::Pool;

use crate::looks;
use crate::plot;
use crate::pooled::Pooling;
use crate::text::page::{INDENT, Page};

/// A pool in words, `width` columns wide, with emphasis where `colour` is allowed.
#[must_use]
pub fn pool(pool: &Pool, width: usize, colour: bool) -> String {
    let pooling = Pooling::of(pool);
    let mut page = Page::new(width, colour);
    page.strong(&pool.headline);
    page.gap();
    if let Some(evidence) = &pool.evidence {
        page.rung(&evidence.word, evidence.rung);
        page.gap();
    }
    page.paragraph("", &pool.paragraph);

    page.heading(&pooling.heading());
    for line in plot::forest(&pooling, page.width.saturating_sub(INDENT.len())) {
        page.line(&format!("{INDENT}{line}"));
    }
    page.paragraph(
        INDENT,
        &format!("In {}. The line │ is no difference.", pooling.unit),
    );

    page.heading("How much do results differ?");
    page.paragraph(INDENT, &pooling.differ);

    if let Some(looks) = &pooling.looks {
        page.heading(looks::HEADING);
        page.paragraph(INDENT, &looks.says);
        page.gap();
        for line in &looks.lines {
            page.paragraph(
                INDENT,
                &format!(
                    "{}: {}; evidence {}{}",
                    line.due,
                    line.joined,
                    line.evidence,
                    range(&line.range)
                ),
            );
        }
        page.paragraph(INDENT, looks::READING);
        for limit in &looks.limits {
            page.item("•", limit);
        }
    }
    if let Some(moderators) = &pooling.moderators {
        page.heading("Do results move with anything?");
        page.paragraph(INDENT, &moderators.says);
        for [name, figure, range, p] in &moderators.rows {
            page.paragraph(INDENT, &format!("{name}: {figure} ({range}), p {p}"));
        }
    }
    if let Some((says, rows)) = &pooling.small {
        page.heading("Small trials and large ones");
        page.paragraph(INDENT, says);
        for (name, words) in rows {
            page.paragraph(INDENT, &format!("{name}: {words}"));
        }
    }

    if !pool.warnings.is_empty() {
        page.heading("What to keep in mind");
        for warning in &pool.warnings {
            page.item("•", warning);
        }
    }

    page.heading("How it was worked out");
    for (name, words) in &pooling.worked_out {
        page.paragraph(INDENT, &format!("{name}: {words}"));
    }
    page.end()
}

fn range(range: &str) -> String {
    if range.is_empty() {
        String::new()
    } else {
        format!(", range {range}")
    }
}
