//! "Cannot say" as text.

use engine::refusal::Refusal;

use crate::text::page::Page;

/// A refusal in words: what happened and what to do about it.
#[must_use]
pub fn refusal(refusal: &Refusal, width: usize, colour: bool) -> String {
    let mut page = Page::new(width, colour);
    page.strong("We cannot say.");
    page.gap();
    page.paragraph("", &refusal.says);
    page.gap();
    page.paragraph("", &refusal.cure);
    page.end()
}
