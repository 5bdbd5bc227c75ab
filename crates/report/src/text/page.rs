//! Laying text out: headings, paragraphs, lists and tables in a given width.

use std::fmt::Write as _;

use textwrap::core::display_width;

pub(super) const INDENT: &str = "  ";

/// Text that is being laid out.
pub(super) struct Page {
    text: String,
    pub(super) width: usize,
    colour: bool,
}

impl Page {
    pub(super) fn new(width: usize, colour: bool) -> Self {
        Self {
            text: String::new(),
            width: width.max(40),
            colour,
        }
    }

    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    fn emphasised(&self, words: &str) -> String {
        if self.colour {
            format!("\u{1b}[1m{words}\u{1b}[0m")
        } else {
            words.to_owned()
        }
    }

    pub(super) fn strong(&mut self, words: &str) {
        for line in textwrap::wrap(words, self.width) {
            let line = self.emphasised(&line);
            self.line(&line);
        }
    }

    pub(super) fn heading(&mut self, words: &str) {
        self.gap();
        let heading = self.emphasised(words);
        self.line(&heading);
    }

    pub(super) fn paragraph(&mut self, indent: &str, words: &str) {
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

    pub(super) fn item(&mut self, mark: &str, words: &str) {
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
    pub(super) fn rung(&mut self, word: &str, rung: u8) {
        let steps: String = (1..=5)
            .map(|step| if step <= rung { '■' } else { '□' })
            .collect();
        let word = self.emphasised(word);
        self.line(&format!("{steps}  {word}, rung {rung} of 5"));
    }

    /// Rows whose first cell is a label and whose other cells line up to the right.
    pub(super) fn table(&mut self, rows: &[(String, Vec<String>)]) {
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

    pub(super) fn end(self) -> String {
        self.text
    }
}
