//! An evaluation as Markdown.

use std::fmt::Write as _;

use engine::evaluation::Evaluation;

use crate::markdown::{code, escape, marked};
use crate::outline::{Outline, SMALLEST_GROUP};
use crate::plot;

/// An evaluation as Markdown.
#[must_use]
pub fn evaluation(evaluation: &Evaluation) -> String {
    let outline = Outline::of(evaluation, SMALLEST_GROUP);
    let (word, rung) = &outline.rung;
    let mut page = format!(
        "# {}\n\n**{}**, rung {rung} of 5\n\n{}\n",
        marked(&evaluation.headline, &evaluation.highlight),
        escape(word),
        escape(&evaluation.paragraph)
    );
    if let Some(dots) = &outline.dots {
        let plot = plot::interval(evaluation, 72)
            .unwrap_or_default()
            .join("\n");
        let _ = write!(
            page,
            "\n## How sure are we?\n\n```text\n{plot}\n```\n\n{}\n",
            escape(&dots.words)
        );
        if !dots.rows.is_empty() {
            page.push_str("\n| How much did it change? | Chance |\n|---|---:|\n");
            for (size, chance) in &dots.rows {
                let _ = writeln!(page, "| {} | {} |", escape(size), escape(chance));
            }
        }
    }
    let _ = write!(page, "\n## {}\n", escape(&outline.why));
    let sides = [
        ("Stronger because", &evaluation.evidence.stronger),
        ("Weaker because", &evaluation.evidence.weaker),
    ];
    for (heading, reasons) in sides {
        if !reasons.is_empty() {
            let _ = write!(page, "\n{heading}\n\n");
            for reason in reasons {
                let _ = writeln!(page, "- {}", escape(reason));
            }
        }
    }
    page.push_str("\n## Who took part\n\n|  |");
    for group in &outline.who.groups {
        let _ = write!(page, " {} |", escape(group));
    }
    page.push_str("\n|---|");
    page.push_str(&"---:|".repeat(outline.who.groups.len()));
    page.push('\n');
    for (label, cells) in &outline.who.rows {
        let _ = write!(page, "| {} |", escape(label));
        for cell in cells {
            let _ = write!(page, " {} |", escape(cell));
        }
        page.push('\n');
    }
    if !outline.who.note.is_empty() {
        let _ = write!(page, "\n{}\n", escape(&outline.who.note));
    }
    if !outline.mind.is_empty() {
        page.push_str("\n## What to keep in mind\n\n");
        for (label, words) in &outline.mind {
            if label.is_empty() {
                let _ = writeln!(page, "- {}", escape(words));
            } else {
                let _ = writeln!(page, "- **{}** {}", escape(label), escape(words));
            }
        }
    }
    page.push_str("\n## How it was worked out\n\n| Method | Estimate | 95% interval | p |\n|---|---:|---:|---:|\n");
    for row in &outline.estimates {
        let method = if row.primary && outline.estimates.len() > 1 {
            format!("**{}**", escape(&row.method))
        } else {
            escape(&row.method)
        };
        let _ = writeln!(
            page,
            "| {method} | {} | {} | {} |",
            escape(&row.estimate),
            escape(&row.interval),
            escape(&row.p)
        );
    }
    for row in outline.estimates.iter().filter(|row| !row.note.is_empty()) {
        let _ = write!(page, "\n{}: {}\n", escape(&row.method), escape(&row.note));
    }
    page.push_str("\n## How to get it again\n\n");
    for (name, words) in &outline.again {
        let whole = name.contains("ingerprint") || name == "Call";
        let words = if whole { code(words) } else { escape(words) };
        let _ = writeln!(page, "- {}: {words}", escape(name));
    }
    page
}
