//! Cells that are written into files for people, so that no spreadsheet takes them for formulas.
//!
//! Who may call this: every writer of CSV and its kin. What must stay true: a cell that is a number
//! stays one; anything that a spreadsheet would work out gets an apostrophe before it, which is how
//! spreadsheets mark text; doing it twice changes nothing.

use std::borrow::Cow;

use crate::column::number::{self, Read};
use crate::read::dialect::Decimal;

/// A cell that is safe to write into a file that a spreadsheet will open.
///
/// ```
/// use difference_tables::neutralise;
/// assert_eq!(neutralise("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
/// assert_eq!(neutralise("-3.5"), "-3.5");
/// assert_eq!(neutralise("Amina Rashid"), "Amina Rashid");
/// ```
#[must_use]
pub fn neutralise(cell: &str) -> Cow<'_, str> {
    if starts_a_formula(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

fn starts_a_formula(cell: &str) -> bool {
    // Spreadsheets look behind leading spaces, and take the wide forms of the signs too.
    match cell.trim_start_matches([' ', '\u{a0}']).chars().next() {
        Some('=' | '@' | '\t' | '\r' | '\n' | '＝' | '＠' | '＋' | '－') => true,
        Some('+' | '-') => {
            let number = number::read(cell.trim(), Decimal::Point);
            let dash = cell.trim().chars().all(|c| c == '-');
            !dash && !matches!(number, Read::Number(_) | Read::Percent(_))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_work_out_is_marked_as_text() {
        for cell in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "＝1",
            "-",
            "--",
        ] {
            let safe = neutralise(cell);
            let dash = cell.chars().all(|c| c == '-');
            assert_eq!(safe.starts_with('\''), !dash, "{cell}");
        }
    }

    #[test]
    fn numbers_stay_numbers() {
        for cell in ["-5", "+3.25", "−1", "-1,234.5", "1e-3", "-12%", "0"] {
            assert_eq!(neutralise(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn no_cell_starts_a_formula_and_twice_is_once(cell in "[ =+@\\-\\t\\r'a0.]{0,6}") {
            let safe = neutralise(&cell).into_owned();
            prop_assert!(!starts_a_formula(&safe));
            prop_assert_eq!(neutralise(&safe), safe.as_str());
            prop_assert_eq!(safe.strip_prefix('\'').filter(|_| starts_a_formula(&cell)).unwrap_or(&cell), &cell);
        }
    }
}
