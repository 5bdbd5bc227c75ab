//! Words that mean "no value": blank, NA, abs, X …
//!
//! Who may call this: every reader of cells. What must stay true: each word that counted as missing
//! is counted and said with its column.

/// The words that are missing without being named, beside an empty cell.
pub const STANDARD: [&str; 10] = [
    "NA", "N/A", ".", "-", "–", "—", "abs", "absent", "X", "#N/A",
];

/// What Excel shows where a formula has no answer.
const ERRORS: [&str; 6] = ["#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"];

/// The words that mean "no value" in one file.
#[derive(Clone, Debug)]
pub(crate) struct Missing {
    words: Vec<String>,
    longest: usize,
}

impl Missing {
    /// The standard words and others named by the caller.
    pub(crate) fn with(others: &[String]) -> Self {
        let mut words = vec![String::new()];
        words.extend(STANDARD.iter().chain(&ERRORS).map(|w| (*w).to_owned()));
        for other in others {
            let other = other.trim();
            if !words.iter().any(|w| same(w, other)) {
                words.push(other.to_owned());
            }
        }
        let longest = words.iter().map(String::len).max().unwrap_or(0);
        Self { words, longest }
    }

    /// Which missing word a trimmed cell is; 0 is the empty cell.
    pub(crate) fn find(&self, cell: &str) -> Option<usize> {
        if cell.is_empty() {
            return Some(0);
        }
        if cell.len() > self.longest {
            return None;
        }
        self.words.iter().position(|w| same(w, cell))
    }

    /// A counter for one column.
    pub(crate) fn counter(&self) -> Counter {
        Counter(vec![0; self.words.len()])
    }

    /// The words found and how often, the empty cell as "blank".
    pub(crate) fn said(&self, counter: &Counter) -> Vec<(String, u64)> {
        self.words
            .iter()
            .zip(&counter.0)
            .filter(|(_, n)| **n > 0)
            .map(|(w, n)| {
                (
                    if w.is_empty() {
                        "blank".to_owned()
                    } else {
                        w.clone()
                    },
                    *n,
                )
            })
            .collect()
    }
}

/// How often each missing word was met.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counter(Vec<u64>);

impl Counter {
    pub(crate) fn add(&mut self, word: usize) {
        if let Some(n) = self.0.get_mut(word) {
            *n += 1;
        }
    }
}

/// Equal but for case. Nearly every cell differs in length, which settles it at once.
fn same(a: &str, b: &str) -> bool {
    if a.is_ascii() || b.is_ascii() {
        a.len() == b.len() && a.eq_ignore_ascii_case(b)
    } else {
        a == b || a.to_lowercase() == b.to_lowercase()
    }
}

/// Whether a cell is missing by the standard words.
pub(crate) fn is_standard(cell: &str) -> bool {
    let cell = cell.trim();
    cell.is_empty() || STANDARD.iter().chain(&ERRORS).any(|w| same(w, cell))
}
