//! Text inside HTML and SVG.
//!
//! Who may call this: every writer of markup here. What must stay true: nothing that a person typed
//! (a heading, a group's name, a file's name) reaches markup in any other way.

/// Escapes text for HTML and SVG, in elements and in quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Characters that XML 1.0 forbids would make a whole drawing unreadable.
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_in_a_heading_stays_text() {
        assert_eq!(
            escape("<b title=\"it's\">R&D</b>\u{1}"),
            "&lt;b title=&quot;it&#39;s&quot;&gt;R&amp;D&lt;/b&gt;\u{fffd}"
        );
    }
}
