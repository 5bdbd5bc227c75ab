//! Charts as a page: one, or small multiples of the same measure.

use std::fmt::Write as _;

use engine::chart::{Chart, Funnel};
use engine::refusal::Refusal;

use crate::escape::escape;
use crate::html::document;
use crate::result::Section;
use crate::{funnel, run_chart};

/// A whole document for one chart.
#[must_use]
pub fn chart(chart: &Chart) -> String {
    document(&chart.title, &body(chart))
}

/// A whole document for several, each with its label, or the reason why it isn't drawn.
#[must_use]
pub fn charts(title: &str, each: &[(String, Result<Chart, Refusal>)]) -> String {
    let mut main = opening(title, "");
    for (label, drawn) in each {
        let inside = match drawn {
            Ok(chart) => format!(
                "<p><b>{}</b></p>\n{}\n{}",
                escape(&chart.title),
                run_chart::figure(chart),
                method(chart)
            ),
            Err(refusal) => format!(
                "<p>{} {}</p>\n",
                escape(&refusal.says),
                escape(&refusal.cure)
            ),
        };
        let _ = write!(
            main,
            "<section class=\"row\">\n<div class=\"margin\"><h2>{}</h2></div>\n<div class=\"body\">\n{inside}</div>\n</section>\n",
            escape(label)
        );
    }
    document(title, &main)
}

/// A whole document for a funnel.
#[must_use]
pub fn funnel_page(drawn: &Funnel) -> String {
    let mut main = opening(&drawn.headline, &funnel::figure(drawn));
    main.push_str(&worked_out(&[&drawn.because]));
    main.push_str(&keep_in_mind(&drawn.warnings));
    document(&drawn.headline, &main)
}

fn body(chart: &Chart) -> String {
    let mut main = opening(&chart.title, &run_chart::figure(chart));
    main.push_str(&keep_in_mind(&chart.warnings));
    main.push_str(&worked_out(&[&chart.because, &run_chart::method(chart)]));
    main
}

fn method(chart: &Chart) -> String {
    format!("<p class=\"small soft\">{}</p>\n", escape(&chart.because))
}

fn opening(title: &str, figure: &str) -> String {
    format!(
        "<div class=\"row open\">\n<div class=\"margin\"><p class=\"kind\">Signal or noise</p></div>\n<div class=\"body\">\n<h1 class=\"finding\">{}</h1>\n{figure}\n</div>\n</div>\n",
        escape(title)
    )
}

fn keep_in_mind(warnings: &[String]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    let items = warnings.iter().fold(String::new(), |mut items, item| {
        let _ = write!(items, "<li>{}</li>", escape(item));
        items
    });
    Section {
        id: "limits",
        heading: "What to keep in mind".to_owned(),
        margin: String::new(),
        body: format!("<ul class=\"flow\">{items}</ul>\n"),
    }
    .html()
}

fn worked_out(sentences: &[&str]) -> String {
    let body = sentences.iter().fold(String::new(), |mut body, sentence| {
        let _ = writeln!(body, "<p>{}</p>", escape(sentence));
        body
    });
    Section {
        id: "worked-out",
        heading: "How it was worked out".to_owned(),
        margin: String::new(),
        body,
    }
    .html()
}
