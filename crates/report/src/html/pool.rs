//! A pool as a page.

use std::fmt::Write as _;

use engine::pool::Pool;

use crate::escape::escape;
use crate::forest;
use crate::funnel_plot;
use crate::html::document;
use crate::looks;
use crate::pooled::Pooling;
use crate::result::{Section, marked, meter};

/// A whole document for one pool.
#[must_use]
pub fn pool(pool: &Pool) -> String {
    let pooling = Pooling::of(pool);
    let mut main = format!(
        "<div class=\"row open\">\n<div class=\"margin\"><p class=\"kind\">Pooled results</p></div>\n<div class=\"body\">\n<h1 class=\"finding\">{}</h1>\n",
        marked(&pool.headline, &pool.highlight)
    );
    if let Some(evidence) = &pool.evidence {
        main.push_str(&meter(&evidence.word, evidence.rung));
    }
    let _ = write!(
        main,
        "\n<p>{}</p>\n</div>\n</div>\n",
        escape(&pool.paragraph)
    );
    for section in sections(pool, &pooling) {
        main.push_str(&section.html());
    }
    document(&pool.headline, &main)
}

fn sections(pool: &Pool, pooling: &Pooling) -> Vec<Section> {
    let mut sections = vec![
        Section {
            id: "places",
            heading: pooling.heading(),
            margin: "<p>The larger the square, the more it counts.</p>".to_owned(),
            body: format!("{}\n{}\n", forest::table(pool, &[]), forest::movement(pool)),
        },
        Section {
            id: "differ",
            heading: "How much do results differ?".to_owned(),
            margin: String::new(),
            body: format!("<p>{}</p>\n", escape(&pooling.differ)),
        },
    ];
    if let Some(looks) = &pooling.looks {
        sections.push(Section {
            id: "looks",
            heading: looks::HEADING.to_owned(),
            margin: format!("<p>{}</p>", looks::READING),
            body: format!(
                "<p>{}</p>\n{}{}",
                escape(&looks.says),
                looks.table(),
                looks.list()
            ),
        });
    }
    if let Some(moderators) = &pooling.moderators {
        let rows = moderators
            .rows
            .iter()
            .fold(String::new(), |mut rows, [name, figure, range, p]| {
                let _ = writeln!(
                    rows,
                    "<tr><th scope=\"row\">{}</th><td class=\"n\">{figure}</td><td class=\"n\">{range}</td><td class=\"n\">{p}</td></tr>",
                    escape(name)
                );
                rows
            });
        sections.push(Section {
            id: "moderators",
            heading: "Do results move with anything?".to_owned(),
            margin: String::new(),
            body: format!(
                "<p>{}</p>\n<table class=\"compact\">\n<caption>Moderators, in {}</caption>\n<thead><tr><th scope=\"col\">What</th><th scope=\"col\" class=\"n\">Figure</th><th scope=\"col\" class=\"n\">95% interval</th><th scope=\"col\" class=\"n\">p</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
                escape(&moderators.says),
                escape(&pooling.unit)
            ),
        });
    }
    if let Some((says, rows)) = &pooling.small {
        let facts = facts(rows);
        let facts = if rows.is_empty() {
            String::new()
        } else {
            format!("<dl class=\"facts\">{facts}</dl>\n")
        };
        sections.push(Section {
            id: "small",
            heading: "Small trials and large ones".to_owned(),
            margin: String::new(),
            body: format!(
                "<p>{}</p>\n{}\n{facts}",
                escape(says),
                funnel_plot::inline(pool)
            ),
        });
    }
    if !pool.warnings.is_empty() {
        let items = pool.warnings.iter().fold(String::new(), |mut items, item| {
            let _ = write!(items, "<li>{}</li>", escape(item));
            items
        });
        sections.push(Section {
            id: "limits",
            heading: "What to keep in mind".to_owned(),
            margin: String::new(),
            body: format!("<ul class=\"flow\">{items}</ul>\n"),
        });
    }
    sections.push(Section {
        id: "worked-out",
        heading: "How it was worked out".to_owned(),
        margin: String::new(),
        body: format!("<dl class=\"facts\">{}</dl>\n", facts(&pooling.worked_out)),
    });
    sections
}

fn facts(list: &[(String, String)]) -> String {
    list.iter().fold(String::new(), |mut facts, (name, words)| {
        let _ = write!(facts, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(words));
        facts
    })
}
