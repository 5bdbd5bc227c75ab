//! "Cannot say" as a page.

use engine::refusal::Refusal;

use crate::escape::escape;
use crate::html::document;

/// A whole document for one refusal: what happened and what to do about it.
#[must_use]
pub fn refusal(refusal: &Refusal) -> String {
    let main = format!(
        "<div class=\"row open\">\n<div class=\"margin\"><p class=\"kind\">Trial result</p></div>\n<div class=\"body\">\n<h1 class=\"finding\">We cannot say</h1>\n<p>{}</p>\n<p>{}</p>\n</div>\n</div>\n",
        escape(&refusal.says),
        escape(&refusal.cure)
    );
    document("We cannot say", &main)
}
