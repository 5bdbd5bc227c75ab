//! A result's parts as HTML: what the web page and the page that stands alone share.
//!
//! Who may call this: `web` for a trial's result and for the Evaluate page; [`crate::html`]. What must
//! stay true: the mark-up is the design language's (`.row`, `.margin`, `.body`); everything is escaped;
//! no link is in it but the one to the ladder, when the page has one.

use std::fmt::Write as _;

use engine::evaluation::Evaluation;

use crate::escape::escape;
use crate::outline::{Outline, Row, SMALLEST_GROUP, Who};

/// How a page shows a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Groups under this many pupils are not shown.
    pub smallest_group: u64,
    /// Where the page's ladder is explained, such as `/how-we-judge`; none outside the web product.
    pub ladder: Option<String>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            smallest_group: SMALLEST_GROUP,
            ladder: None,
        }
    }
}

/// One row of a page: the margin holds the label, the body holds the work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The heading's id: `sure`, `strong`, `who`, `limits`, `worked-out`, `again`.
    pub id: &'static str,
    /// The heading, not escaped.
    pub heading: String,
    /// How to read it, as HTML; may be empty.
    pub margin: String,
    /// The work, as HTML.
    pub body: String,
}

impl Section {
    /// The whole row.
    #[must_use]
    pub fn html(&self) -> String {
        format!(
            "<section class=\"row\" aria-labelledby=\"{id}\">\n<div class=\"margin\"><h2 id=\"{id}\">{}</h2>{}</div>\n<div class=\"body\">\n{}</div>\n</section>\n",
            escape(&self.heading),
            self.margin,
            self.body,
            id = self.id,
        )
    }
}

/// All the sections under the headline, in their order: how sure, why not stronger, who took part,
/// what to keep in mind, how it was worked out, how to get it again.
#[must_use]
pub fn sections(evaluation: &Evaluation, setting: &Setting) -> Vec<Section> {
    let outline = Outline::of(evaluation, setting.smallest_group);
    [
        how_sure(&outline),
        Some(why_not_stronger(evaluation, &outline, setting)),
        Some(who_took_part(&outline.who)),
        keep_in_mind(&outline),
        worked_out(&outline.estimates),
        Some(again(&outline)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The headline as a page's first heading, with its most telling phrase marked.
#[must_use]
pub fn headline(evaluation: &Evaluation) -> String {
    format!(
        "<h1 class=\"finding\">{}</h1>",
        marked(&evaluation.headline, &evaluation.highlight)
    )
}

/// A sentence with one phrase of it marked; the phrase may be empty.
#[must_use]
pub fn marked(sentence: &str, phrase: &str) -> String {
    match sentence.split_once(phrase) {
        Some((before, after)) if !phrase.is_empty() => format!(
            "{}<mark>{}</mark>{}",
            escape(before),
            escape(phrase),
            escape(after)
        ),
        _ => escape(sentence),
    }
}

/// The rung as a picture, a word and a number.
#[must_use]
pub fn meter(word: &str, rung: u8) -> String {
    format!(
        "<p class=\"meter\"><span class=\"rungs\" data-rung=\"{rung}\" aria-hidden=\"true\"><i></i><i></i><i></i><i></i><i></i></span><b>{}</b> <span class=\"soft\">rung {rung} of 5</span></p>",
        escape(word)
    )
}

fn how_sure(outline: &Outline) -> Option<Section> {
    let dots = outline.dots.as_ref()?;
    Some(Section {
        id: "sure",
        heading: "How sure are we?".to_owned(),
        margin: if dots.rows.is_empty() {
            String::new()
        } else {
            "<p>Each dot is a 1 in 20 chance. Count dots to get a chance.</p>".to_owned()
        },
        body: dots.html(),
    })
}

fn list(items: &[String]) -> String {
    items.iter().fold(String::new(), |mut list, item| {
        let _ = write!(list, "<li>{}</li>", escape(item));
        list
    })
}

fn why_not_stronger(evaluation: &Evaluation, outline: &Outline, setting: &Setting) -> Section {
    let mut margin = "<p>The same rules judge every trial here.".to_owned();
    if let Some(ladder) = &setting.ladder {
        let _ = write!(margin, " <a href=\"{}\">See the ladder</a>", escape(ladder));
    }
    margin.push_str("</p>");
    let mut body = "<div class=\"because\">\n".to_owned();
    let sides = [
        ("plus", "Stronger because", &evaluation.evidence.stronger),
        ("minus", "Weaker because", &evaluation.evidence.weaker),
    ];
    for (class, heading, reasons) in sides {
        if !reasons.is_empty() {
            let _ = writeln!(
                body,
                "<div class=\"{class}\"><h3>{heading}</h3>\n<ul>{}</ul></div>",
                list(reasons)
            );
        }
    }
    body.push_str("</div>\n");
    Section {
        id: "strong",
        heading: outline.why.clone(),
        margin,
        body,
    }
}

fn who_took_part(who: &Who) -> Section {
    let mut body =
        "<table>\n<caption class=\"hush\">The groups compared</caption>\n<thead><tr><th scope=\"col\">Pupils</th>"
            .to_owned();
    for group in &who.groups {
        let _ = write!(body, "<th scope=\"col\" class=\"n\">{}</th>", escape(group));
    }
    body.push_str("</tr></thead>\n<tbody>\n");
    for (label, cells) in &who.rows {
        let _ = write!(body, "<tr><th scope=\"row\">{}</th>", escape(label));
        for cell in cells {
            let _ = write!(body, "<td class=\"n\">{}</td>", escape(cell));
        }
        body.push_str("</tr>\n");
    }
    body.push_str("</tbody>\n</table>\n");
    if !who.note.is_empty() {
        let _ = writeln!(body, "<p class=\"small soft\">{}</p>", escape(&who.note));
    }
    Section {
        id: "who",
        heading: "Who took part".to_owned(),
        margin: String::new(),
        body,
    }
}

fn keep_in_mind(outline: &Outline) -> Option<Section> {
    if outline.mind.is_empty() {
        return None;
    }
    let mut body = "<ul class=\"flow\">\n".to_owned();
    for (label, words) in &outline.mind {
        if label.is_empty() {
            let _ = writeln!(body, "<li>{}</li>", escape(words));
        } else {
            let _ = writeln!(body, "<li><b>{}</b> {}</li>", escape(label), escape(words));
        }
    }
    body.push_str("</ul>\n");
    Some(Section {
        id: "limits",
        heading: "What to keep in mind".to_owned(),
        margin: String::new(),
        body,
    })
}

fn worked_out(estimates: &[Row]) -> Option<Section> {
    if estimates.is_empty() {
        return None;
    }
    let mut body = "<table class=\"compact\">\n<caption class=\"hush\">Every estimate that was made</caption>\n<thead><tr><th scope=\"col\">Method</th><th scope=\"col\" class=\"n\">Estimate</th><th scope=\"col\" class=\"n\">95% interval</th><th scope=\"col\" class=\"n\">p</th></tr></thead>\n<tbody>\n".to_owned();
    for row in estimates {
        let first = if row.primary && estimates.len() > 1 {
            " <span class=\"soft\">(the answer)</span>"
        } else {
            ""
        };
        let note = if row.note.is_empty() {
            String::new()
        } else {
            format!("<br><span class=\"soft\">{}</span>", escape(&row.note))
        };
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{}{first}{note}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escape(&row.method),
            escape(&row.estimate),
            escape(&row.interval),
            escape(&row.p)
        );
    }
    body.push_str("</tbody>\n</table>\n");
    Some(Section {
        id: "worked-out",
        heading: "How it was worked out".to_owned(),
        margin: String::new(),
        body,
    })
}

fn again(outline: &Outline) -> Section {
    let mut body = "<dl class=\"facts\">\n".to_owned();
    for (name, words) in &outline.again {
        let class = if name.contains("ingerprint") || name == "Call" {
            " class=\"code ltr\""
        } else {
            ""
        };
        let _ = writeln!(
            body,
            "<dt>{}</dt><dd{class}>{}</dd>",
            escape(name),
            escape(words)
        );
    }
    body.push_str("</dl>\n");
    Section {
        id: "again",
        heading: "How to get it again".to_owned(),
        margin: "<p>Anyone with the file can check this answer.</p>".to_owned(),
        body,
    }
}
