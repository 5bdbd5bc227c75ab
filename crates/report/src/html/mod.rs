//! A page that stands alone: one HTML document with its styles inside, one sheet of A4 on paper.
//!
//! Who may call this: the command line and downloads. What must stay true: it asks for nothing from
//! anywhere, works with no script, reads in black and white.

mod chart;
mod evaluation;
mod pool;
mod refusal;

pub use chart::{chart, charts, funnel_page};
pub use evaluation::page;
pub use pool::pool;
pub use refusal::refusal;

use std::fmt::Write as _;

use crate::drawing;
use crate::escape::escape;

/// The page's own styles; the charts' are [`drawing::STYLE`].
const STYLE: &str = include_str!("../../assets/page.css");

/// From this many letters on, a page is set smaller on paper.
const LONG: usize = 4_500;
/// From this many on, as small as it can be read.
const LONGEST: usize = 5_700;
/// A row of a table takes as much room as so many letters of its own.
const ROW: usize = 60;

/// Letters that are read: what stands between the tags.
fn letters(html: &str) -> usize {
    let mut inside = false;
    html.chars()
        .filter(|letter| {
            match letter {
                '<' => inside = true,
                '>' => inside = false,
                _ => return !inside,
            }
            false
        })
        .count()
}

/// A document with its title and what is on it.
fn document(title: &str, main: &str) -> String {
    let mut tokens = ":root {".to_owned();
    for (token, value) in drawing::TOKENS {
        let _ = write!(tokens, " {token}: {value};");
    }
    tokens.push_str(" }\n");
    // What would not fit on a sheet is set smaller there; on a screen it makes no difference.
    let size = letters(main) + ROW * main.matches("<tr>").count();
    let long = match size {
        0..LONG => "",
        LONG..LONGEST => " class=\"long\"",
        _ => " class=\"longest\"",
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\" dir=\"ltr\"{long}>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} - Difference Engine</title>\n<style>\n{tokens}{}{STYLE}</style>\n</head>\n<body>\n<main class=\"sheet\">\n{main}</main>\n</body>\n</html>\n",
        escape(title),
        drawing::STYLE
    )
}
