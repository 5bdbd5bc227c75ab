//! An answer as text for a window of a given width.
//!
//! Who may call this: the command line. What must stay true: no line is wider than the width (but for
//! fingerprints and calls, which must be copied whole); it says the same without colour.

use std::fmt::Write as _;

use engine::evaluation::Evaluation;
use textwrap::core::display_width;

use crate::outline::{Outline, SMALLEST_GROUP};
use crate::plot;

/// An evaluation in words, `width` columns wide, with emphasis where `colour` is allowed.
#[must_use]
pub fn evaluation(evaluation: &Evaluation, width: usize, colour: bool) -> String {
    let outline = Outline::of(evaluation, SMALLEST_GROUP);
    let mut page = Page::new(width, colour);
    page.strong(&evaluation.headline);
    page.gap();
    page.rung(&outline.rung.0, outline.rung.1);
    page.gap();
    page.paragraph("", &evaluation.paragraph);

    if let Some(dots) = &outline.dots {
        page.heading("How sure are we?");
        for line in plot::interval(evaluation, page.width.saturating_sub(INDENT.len()).min(76))
            .unwrap_or_default()
        {
            page.line(&format!("{INDENT}{line}"));
        }
        page.gap();
        page.paragraph(INDENT, &dots.words);
    }

    page.heading(&outline.why);
    for reason in &evaluation.evidence.stronger {
        page.item("+", reason);
    }
    for reason in &evaluation.evidence.weaker {
        page.item("−", reason);
    }

    page.heading("Who took part");
    let mut rows = vec![(String::new(), outline.who.groups.clone())];
    rows.extend(outline.who.rows.clone());
    page.table(&rows);
    page.paragraph(INDENT, &outline.who.note);

    if !outline.mind.is_empty() {
        page.heading("What to keep in mind");
        for (label, words) in &outline.mind {
            page.item("•", format!("{label} {words}").trim());
        }
    }

    page.heading("How it was worked out");
    let mut rows = vec![(
        "Method".to_owned(),
        vec![
            "Estimate".to_owned(),
            "95% interval".to_owned(),
            "p".to_owned(),
        ],
    )];
    let several = outline.estimates.len() > 1;
    for row in &outline.estimates {
        let mark = if row.primary && several { " *" } else { "" };
        rows.push((
            format!("{}{mark}", row.method),
            vec![row.estimate.clone(), row.interval.clone(), row.p.clone()],
        ));
    }
    page.table(&rows);
    if several {
        page.paragraph(INDENT, "* The sentence above is made from this one.");
    }
    for row in outline.estimates.iter().filter(|row| !row.note.is_empty()) {
        page.paragraph(INDENT, &format!("{}: {}", row.method, row.note));
    }

    page.heading("How to get it again");
    for (name, words) in &outline.again {
        // Whole lines, so that they can be copied.
        page.line(&format!("{INDENT}{name}: {words}"));
    }
    page.end()
}

const INDENT: &str = "  ";

/// Text that is being laid out.
pub(crate) struct Page {
    text: String,
    width: usize,
    colour: bool,
}

impl Page {
    pub(crate) fn new(width: usize, colour: bool) -> Self {
        Self {
            text: String::new(),
            width: width.max(40),
            colour,
        }
    }

    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    pub(crate) fn gap(&mut self) {
        self.text.push('\n');
    }

    fn emphasised(&self, words: &str) -> String {
        if self.colour {
            format!("\u{1b}[1m{words}\u{1b}[0m")
        } else {
            words.to_owned()
        }
    }

    pub(crate) fn strong(&mut self, words: &str) {
        for line in textwrap::wrap(words, self.width) {
            let line = self.emphasised(&line);
            self.line(&line);
        }
    }

    pub(crate) fn heading(&mut self, words: &str) {
        self.gap();
        let heading = self.emphasised(words);
        self.line(&heading);
    }

    pub(crate) fn paragraph(&mut self, indent: &str, words: &str) {
        if words.is_empty() {
            return;
        }
        let options = textwrap::Options::new(self.width)
            .initial_indent(indent)
            .subsequent_indent(indent);
        for line in textwrap::wrap(words, options) {
            self.line(&line);
        }
    }

    pub(crate) fn item(&mut self, mark: &str, words: &str) {
        let first = format!("{INDENT}{mark} ");
        let next = " ".repeat(display_width(&first));
        let options = textwrap::Options::new(self.width)
            .initial_indent(&first)
            .subsequent_indent(&next);
        for line in textwrap::wrap(words, options) {
            self.line(&line);
        }
    }

    /// The rung as steps, a word and a number.
    pub(crate) fn rung(&mut self, word: &str, rung: u8) {
        let steps: String = (1..=5)
            .map(|step| if step <= rung { '■' } else { '□' })
            .collect();
        let word = self.emphasised(word);
        self.line(&format!("{steps}  {word}, rung {rung} of 5"));
    }

    /// Rows whose first cell is a label and whose other cells line up to the right.
    pub(crate) fn table(&mut self, rows: &[(String, Vec<String>)]) {
        let columns = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                rows.iter()
                    .filter_map(|(_, cells)| cells.get(column))
                    .map(|cell| display_width(cell))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let taken: usize = widths.iter().map(|width| width + 2).sum();
        if INDENT.len() + 14 + taken > self.width {
            return self.stacked(rows);
        }
        let room = self.width.saturating_sub(INDENT.len() + taken);
        let longest = rows
            .iter()
            .map(|(label, _)| display_width(label))
            .max()
            .unwrap_or(0)
            .min(room);
        for (label, cells) in rows {
            let lines = textwrap::wrap(label, longest.max(1));
            for (i, part) in lines.iter().enumerate() {
                let mut line = format!(
                    "{INDENT}{part}{}",
                    " ".repeat(longest.saturating_sub(display_width(part)))
                );
                // The figures stand on the label's last line.
                if i + 1 == lines.len() {
                    for (cell, width) in cells.iter().zip(&widths) {
                        let blank = (width + 2).saturating_sub(display_width(cell));
                        let _ = write!(line, "{}{cell}", " ".repeat(blank));
                    }
                }
                self.line(&line);
            }
        }
    }

    /// The same where it has no room: each row's label, and under it a line for each cell.
    fn stacked(&mut self, rows: &[(String, Vec<String>)]) {
        let Some(((_, headings), rows)) = rows.split_first() else {
            return;
        };
        for (label, cells) in rows {
            self.paragraph(INDENT, label);
            for (heading, cell) in headings.iter().zip(cells) {
                self.paragraph("    ", &format!("{heading}: {cell}"));
            }
        }
    }

    pub(crate) fn end(self) -> String {
        self.text
    }
}
