//! A pool as Markdown.

use std::fmt::Write as _;

use engine::pool::Pool;
use engine::words::finding::capital;

use crate::looks;
use crate::markdown::{escape, marked};
use crate::pooled::Pooling;

/// A pool as Markdown.
#[must_use]
pub fn pool(pool: &Pool) -> String {
    let pooling = Pooling::of(pool);
    let mut page = format!("# {}\n\n", marked(&pool.headline, &pool.highlight));
    if let Some(evidence) = &pool.evidence {
        let _ = write!(
            page,
            "**{}**, rung {} of 5\n\n",
            escape(&evidence.word),
            evidence.rung
        );
    }
    let _ = write!(
        page,
        "{}\n\n## {}\n\n| {} | Effect, in {} | 95% interval | Weight |\n|---|---:|---:|---:|\n",
        escape(&pool.paragraph),
        escape(&pooling.heading()),
        escape(&capital(&pooling.each)),
        escape(&pooling.unit)
    );
    for place in &pooling.places {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            escape(&place.label),
            place.span.figure(),
            place.span.range(),
            place.weight
        );
    }
    if let Some(average) = pooling.average {
        let _ = writeln!(
            page,
            "| **On average** | **{}** | {} | 100% |",
            average.figure(),
            average.range()
        );
    }
    if let Some(next) = pooling.next {
        let _ = writeln!(
            page,
            "| {} |  | {} |  |",
            escape(&pooling.next_label()),
            next.range()
        );
    }
    let _ = write!(
        page,
        "\n## How much do results differ?\n\n{}\n",
        escape(&pooling.differ)
    );
    if let Some(looks) = &pooling.looks {
        let _ = write!(
            page,
            "\n## {}\n\n{}\n\n{}\n\n| Due | Joined | Evidence | Range, in {} |\n|---|---|---:|---:|\n",
            looks::HEADING,
            escape(&looks.says),
            looks::READING,
            escape(&pooling.unit)
        );
        for line in &looks.lines {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} |",
                line.due,
                escape(&line.joined),
                line.evidence,
                line.range
            );
        }
        page.push('\n');
        for limit in &looks.limits {
            let _ = writeln!(page, "- {}", escape(limit));
        }
    }
    if let Some(moderators) = &pooling.moderators {
        let _ = write!(
            page,
            "\n## Do results move with anything?\n\n{}\n\n| What | Figure, in {} | 95% interval | p |\n|---|---:|---:|---:|\n",
            escape(&moderators.says),
            escape(&pooling.unit)
        );
        for [name, figure, range, p] in &moderators.rows {
            let _ = writeln!(page, "| {} | {figure} | {range} | {p} |", escape(name));
        }
    }
    if let Some((says, rows)) = &pooling.small {
        let _ = write!(
            page,
            "\n## Small trials and large ones\n\n{}\n",
            escape(says)
        );
        for (at, (name, words)) in rows.iter().enumerate() {
            let gap = if at == 0 { "\n" } else { "" };
            let _ = writeln!(page, "{gap}- {}: {}", escape(name), escape(words));
        }
    }
    if !pool.warnings.is_empty() {
        page.push_str("\n## What to keep in mind\n\n");
        for warning in &pool.warnings {
            let _ = writeln!(page, "- {}", escape(warning));
        }
    }
    page.push_str("\n## How it was worked out\n\n");
    for (name, words) in &pooling.worked_out {
        let _ = writeln!(page, "- {}: {}", escape(name), escape(words));
    }
    page
}
