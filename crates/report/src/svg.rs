//! A picture as a file of its own: 720 pixels wide, its styles inside.
//!
//! Who may call this: the command line, downloads and documents.

use engine::evaluation::Evaluation;

use crate::dots;
use crate::drawing::Anchor;

/// The effect dots with their key, as an SVG file; none where the design bears no interval.
#[must_use]
pub fn standalone(evaluation: &Evaluation) -> Option<String> {
    let laid_out = dots::layout(evaluation)?;
    let mut drawing = laid_out.drawing;
    let y = drawing.height + 22.0;
    let mut x = 0.0;
    for entry in &laid_out.key {
        match entry.dot {
            Some(class) => drawing.dot(class, (x + 1.2, y - 4.0), 7.0),
            None => {
                drawing.line("c-int", (x, y - 4.0), (x + 4.6, y - 4.0));
                drawing.square("c-est", (x + 2.3, y - 4.0), 12.0);
            }
        }
        let mark = if entry.dot.is_some() { 3.0 } else { 5.4 };
        drawing.words("", (x + mark, y), Anchor::Start, entry.words);
        // A letter is about 6.6 pixels wide at this size.
        let letters = u32::try_from(entry.words.chars().count()).map_or(0.0, f64::from);
        x += mark + letters * 0.98 + 3.0;
    }
    drawing.height = y + 8.0;
    Some(drawing.standalone(&laid_out.question))
}
