//! A page that stands alone: one HTML document with its styles inside, one sheet of A4 on paper.
//!
//! Who may call this: the command line and downloads. What must stay true: it asks for nothing from
//! anywhere, works with no script, reads in black and white.

use std::fmt::Write as _;

use engine::evaluation::Evaluation;

use crate::drawing;
use crate::escape::escape;
use crate::result::{self, Setting};

/// The page's own styles; the charts' are [`drawing::STYLE`].
const STYLE: &str = include_str!("../assets/page.css");

/// A whole document for one evaluation.
#[must_use]
pub fn page(evaluation: &Evaluation) -> String {
    let setting = Setting::default();
    let mut main = format!(
        "<div class=\"row open\">\n<div class=\"margin\"><p class=\"kind\">Trial result</p></div>\n<div class=\"body\">\n{}\n{}\n<p>{}</p>\n</div>\n</div>\n",
        result::headline(evaluation),
        result::meter(&evaluation.evidence.word, evaluation.evidence.rung),
        escape(&evaluation.paragraph)
    );
    for section in result::sections(evaluation, &setting) {
        main.push_str(&section.html());
    }
    document(&evaluation.headline, &main)
}

/// A document with its title and what is on it.
pub(crate) fn document(title: &str, main: &str) -> String {
    let mut tokens = ":root {".to_owned();
    for (token, value) in drawing::TOKENS {
        let _ = write!(tokens, " {token}: {value};");
    }
    tokens.push_str(" }\n");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} - Difference Engine</title>\n<style>\n{tokens}{}{STYLE}</style>\n</head>\n<body>\n<main class=\"sheet\">\n{main}</main>\n</body>\n</html>\n",
        escape(title),
        drawing::STYLE
    )
}
