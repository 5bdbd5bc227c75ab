//! An evaluation as a page.

use engine::evaluation::Evaluation;

use crate::escape::escape;
use crate::html::document;
use crate::result::{self, Setting};

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
