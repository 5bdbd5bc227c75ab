//! An answer as Markdown, for a document, a wiki or a pull request.
//!
//! Who may call this: the command line and downloads. What must stay true: names and words that a
//! person typed stay words; the tables are the common ones (pipes).

mod evaluation;
mod pool;

pub use evaluation::evaluation;
pub use pool::pool;

use engine::refusal::Refusal;

/// "Cannot say" as Markdown: what happened and what to do about it.
#[must_use]
pub fn refusal(refusal: &Refusal) -> String {
    format!(
        "# We cannot say\n\n{}\n\n{}\n",
        escape(&refusal.says),
        escape(&refusal.cure)
    )
}

/// Keeps what a person typed from becoming mark-up.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                safe.push('\\');
                safe.push(letter);
            }
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\n' | '\r' => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

/// What must be copied letter by letter.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// A sentence with its most telling phrase in bold.
fn marked(sentence: &str, phrase: &str) -> String {
    match sentence.split_once(phrase) {
        Some((before, after)) if !phrase.is_empty() => {
            format!("{}**{}**{}", escape(before), escape(phrase), escape(after))
        }
        _ => escape(sentence),
    }
}
