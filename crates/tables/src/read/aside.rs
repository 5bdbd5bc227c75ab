//! Rows that are no pupil's: totals, averages, notes under the table, headings that come again.
//!
//! Who may call this: `read::layout` alone. What must stay true: judged by the row and what follows
//! it, the same at every pass; each row set aside is said with its reason.

use csv::ByteRecord;

use super::text::decode;
use crate::column::number::looks_like_number;
use crate::column::order::fold;

/// Why a row was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aside {
    /// A row of totals, averages or the like.
    Total,
    /// The headings once more, as on a second printed page.
    Headings,
    /// Words under the table, such as a key to its letters.
    Note,
}

impl Aside {
    /// In words.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Total => "a row of totals or averages",
            Self::Headings => "the headings once more",
            Self::Note => "a note under the table",
        }
    }
}

/// What a row seems to be before its followers are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seems {
    Blank,
    Headings,
    /// Set aside wherever it stands.
    Total,
    /// A total if nothing but such rows follows, otherwise data ("Max" may be a pupil).
    PerhapsTotal,
    /// A note if nothing but such rows follows.
    PerhapsNote,
    Data,
}

const TOTALS: &[&str] = &[
    "total",
    "totals",
    "grand total",
    "sub total",
    "subtotal",
    "sub-total",
    "average",
    "averages",
    "avg",
    "mean",
    "means",
    "median",
    "sum",
    "class average",
    "class mean",
    "school average",
    "overall",
    "overall average",
    "cohort average",
    "average score",
    "mean score",
    "average (mean)",
    "standard deviation",
    "std dev",
    "st dev",
    "st. dev.",
    "stdev",
];
const PERHAPS: &[&str] = &[
    "max",
    "min",
    "maximum",
    "minimum",
    "sd",
    "n",
    "count",
    "range",
    "highest",
    "lowest",
    "number",
    "pupils",
    "no. of pupils",
    "number of pupils",
    "all",
    "all pupils",
    "%",
];
const NOTES: &[&str] = &[
    "key",
    "note",
    "notes",
    "source",
    "printed",
    "report",
    "generated",
    "exported",
    "produced",
    "created",
    "page",
    "*",
    "n.b",
    "nb",
    "data",
    "end of",
    "confidential",
    "filter",
];

/// Judges one record by itself.
pub(crate) fn seems(record: &ByteRecord, first_heading: &str, width: usize) -> Seems {
    // Nearly every row starts with a filled cell and has a digit or letter that settles it.
    let mut filled = 0_usize;
    let mut first = None;
    for cell in record {
        if !cell.is_empty() && !cell.trim_ascii().is_empty() {
            filled += 1;
            if first.is_none() {
                first = Some(cell.trim_ascii());
            }
        }
    }
    let Some(cell) = first else {
        return Seems::Blank;
    };
    if cell.len() > 200 {
        return if filled == 1 && width > 2 {
            Seems::PerhapsNote
        } else {
            Seems::Data
        };
    }
    if cell.eq_ignore_ascii_case(first_heading.as_bytes()) && filled > 1 {
        return Seems::Headings;
    }
    let has_gap = filled < width;
    if cell.first().is_none_or(u8::is_ascii_digit) {
        return Seems::Data;
    }
    let plain = cell.strip_suffix(b":").unwrap_or(cell);
    let is_total = TOTALS
        .iter()
        .any(|w| plain.eq_ignore_ascii_case(w.as_bytes()));
    match (is_total, has_gap) {
        (true, true) => return Seems::Total,
        // In a table of two columns a total has no gap.
        (true, false) => return Seems::PerhapsTotal,
        (false, false) => return Seems::Data,
        (false, true) => {}
    }
    let text = decode(cell);
    let word = fold(text.trim_end_matches([':', '=', ' ']));
    let ending = ["average", "total", "totals", "mean", "median"]
        .iter()
        .any(|w| word.strip_suffix(w).is_some_and(|rest| rest.ends_with(' ')));
    if ending
        || PERHAPS.contains(&word.as_str())
        || ["total ", "average ", "mean ", "% ", "number of "]
            .iter()
            .any(|w| word.starts_with(w))
    {
        return Seems::PerhapsTotal;
    }
    if filled == 1 && width > 2 && !looks_like_number(&text) && reads_like_note(&word) {
        return Seems::PerhapsNote;
    }
    Seems::Data
}

fn reads_like_note(word: &str) -> bool {
    word.len() > 40
        || word.matches(' ').count() >= 3
        || NOTES.iter().any(|n| word.starts_with(n))
        || word.contains(" = ")
}

/// Whether a record repeats the headings: every filled cell is the heading of its column.
pub(crate) fn repeats<'a>(
    record: &ByteRecord,
    mut headings: impl Iterator<Item = &'a str>,
) -> bool {
    record.iter().all(|cell| {
        let heading = headings.next().unwrap_or_default();
        let text = decode(cell);
        let text = super::header::tidy(&text);
        text.is_empty() || text.eq_ignore_ascii_case(heading)
    })
}
