//! An evaluation as text.

use engine::evaluation::Evaluation;

use crate::outline::{Outline, SMALLEST_GROUP};
use crate::plot;
use crate::text::page::{INDENT, Page};

/// An evaluation in words, `width` columns wide, with emphasis where `colour` is allowed.
#[must_use]
pub fn evaluation(evaluation: &Evaluation, width: usize, colour: bool) -> String {
    let outline = Outline::of(evaluation, SMALLEST_GROUP);
    let mut page = Page::new(width, colour);
    page.strong(&evaluation.headline);
    page.gap();
    page.rung(&outline.rung.0, outline.rung.1);
    page.gap();
    page.paragraph("", &evaluation.paragraph);

    if let Some(dots) = &outline.dots {
        page.heading("How sure are we?");
        for line in plot::interval(evaluation, page.width.saturating_sub(INDENT.len()).min(76))
            .unwrap_or_default()
        {
            page.line(&format!("{INDENT}{line}"));
        }
        page.gap();
        page.paragraph(INDENT, &dots.words);
    }

    page.heading(&outline.why);
    for reason in &evaluation.evidence.stronger {
        page.item("+", reason);
    }
    for reason in &evaluation.evidence.weaker {
        page.item("−", reason);
    }

    page.heading("Who took part");
    let mut rows = vec![(String::new(), outline.who.groups.clone())];
    rows.extend(outline.who.rows.clone());
    page.table(&rows);
    page.paragraph(INDENT, &outline.who.note);

    if !outline.mind.is_empty() {
        page.heading("What to keep in mind");
        for (label, words) in &outline.mind {
            page.item("•", format!("{label} {words}").trim());
        }
    }

    page.heading("How it was worked out");
    let mut rows = vec![(
        "Method".to_owned(),
        vec![
            "Estimate".to_owned(),
            "95% interval".to_owned(),
            "p".to_owned(),
        ],
    )];
    let several = outline.estimates.len() > 1;
    for row in &outline.estimates {
        let mark = if row.primary && several { " *" } else { "" };
        rows.push((
            format!("{}{mark}", row.method),
            vec![row.estimate.clone(), row.interval.clone(), row.p.clone()],
        ));
    }
    page.table(&rows);
    if several {
        page.paragraph(INDENT, "* The sentence above is made from this one.");
    }
    for row in outline.estimates.iter().filter(|row| !row.note.is_empty()) {
        page.paragraph(INDENT, &format!("{}: {}", row.method, row.note));
    }

    page.heading("How to get it again");
    for (name, words) in &outline.again {
        // Whole lines, so that they can be copied.
        page.line(&format!("{INDENT}{name}: {words}"));
    }
    page.end()
}
