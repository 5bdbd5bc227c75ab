//! A cell to a number, or why not.
//!
//! Who may call this: every reader of numbers. What must stay true: a cell that can be read in two
//! ways is never guessed; no infinity and no NaN comes out of here.

use crate::read::dialect::{Decimal, grouped};

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Read {
    /// A number.
    Number(f64),
    /// A number with a per-cent sign, without the sign.
    Percent(f64),
    /// A number beyond what a computer's number holds, or "inf".
    TooLarge,
    /// 1,234 where nothing shows what the comma means.
    Ambiguous,
    /// A number with something behind or before it, such as "12 pts" or "£5" or "17/20".
    WithUnit,
    /// No number.
    Not,
}

/// Reads a trimmed cell.
#[must_use]
pub(crate) fn read(cell: &str, decimal: Decimal) -> Read {
    if let Some(number) = short(cell, decimal) {
        return Read::Number(number);
    }
    if let Some(number) = plain(cell, decimal) {
        return number;
    }
    slow(cell, decimal)
}

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// Up to fifteen digits with a point among them: digits and power of ten are exact, so one division rounds as it
/// must (Clinger 1990).
fn short(cell: &str, decimal: Decimal) -> Option<f64> {
    let (negative, digits) = match cell.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let (mut whole, mut count) = (0.0, 0_usize);
    let mut decimals = None;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                whole = whole * 10.0 + f64::from(byte - b'0');
                count += 1;
                decimals = decimals.map(|n: usize| n + 1);
            }
            b'.' if decimals.is_none() && decimal == Decimal::Point => decimals = Some(0),
            _ => return None,
        }
    }
    if count == 0 || count > 15 {
        return None;
    }
    let number = whole / POWERS.get(decimals.unwrap_or(0))?;
    Some(if negative { -number } else { number })
}

/// Digits, a sign, a point, an exponent: what nearly every cell is.
fn plain(cell: &str, decimal: Decimal) -> Option<Read> {
    let mut point = false;
    let mut digit = false;
    for byte in cell.bytes() {
        match byte {
            b'0'..=b'9' => digit = true,
            b'.' => point = true,
            b'-' | b'+' | b'e' | b'E' => {}
            _ => return None,
        }
    }
    if !digit || (point && decimal != Decimal::Point) {
        return None;
    }
    let number: f64 = cell.parse().ok()?;
    Some(if number.is_finite() {
        Read::Number(number)
    } else {
        Read::TooLarge
    })
}

fn slow(cell: &str, decimal: Decimal) -> Read {
    let unsigned = cell.trim_start_matches(['-', '+', '−']);
    if ["inf", "infinity", "∞"]
        .iter()
        .any(|w| unsigned.eq_ignore_ascii_case(w))
    {
        return Read::TooLarge;
    }
    if let Some(number) = cell.strip_suffix('%') {
        return match read(number.trim_end(), decimal) {
            Read::Number(n) => Read::Percent(n),
            other => other,
        };
    }
    if !cell.bytes().any(|b| b.is_ascii_digit()) {
        return Read::Not;
    }
    let (negative, digits) = match cell.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, cell.strip_prefix('+').unwrap_or(cell)),
    };
    match marks(digits, decimal) {
        Some(Ok(number)) if number.is_finite() => {
            Read::Number(if negative { -number } else { number })
        }
        Some(Ok(_)) => Read::TooLarge,
        Some(Err(Twofold)) => Read::Ambiguous,
        None => with_unit(digits),
    }
}

/// The cell can be read in two ways.
struct Twofold;

/// Reads digits with points, commas and thin spaces between them.
fn marks(digits: &str, decimal: Decimal) -> Option<Result<f64, Twofold>> {
    let spaced: String = digits
        .chars()
        .map(|c| {
            if matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    if !spaced.starts_with(|c: char| c.is_ascii_digit() || c == ',' || c == '.')
        || !spaced.ends_with(|c: char| c.is_ascii_digit())
        || !spaced
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b' '))
    {
        return None;
    }
    let joined = if spaced.contains(' ') {
        let whole = spaced.split(['.', ',']).next().unwrap_or_default();
        if !grouped(whole, ' ') {
            return None;
        }
        spaced.replace(' ', "")
    } else {
        spaced
    };
    let (points, commas) = (joined.matches('.').count(), joined.matches(',').count());
    let with = |decimal_mark: char, thousands: char| -> Option<f64> {
        let (whole, decimals) = joined.split_once(decimal_mark).unwrap_or((&joined, ""));
        if whole.contains(thousands) && !grouped(whole, thousands)
            || decimals.contains([decimal_mark, thousands])
        {
            return None;
        }
        format!("{}.{decimals}", whole.replace(thousands, ""))
            .parse()
            .ok()
    };
    let as_point = || with('.', ',');
    let as_comma = || with(',', '.');
    let read = match (points, commas, decimal) {
        (0, 0, _) => joined.parse().ok(),
        (1, 0, Decimal::Point) => as_point(),
        (1, 0, Decimal::Unseen) if !grouped(&joined, '.') => as_point(),
        (0, 1, Decimal::Comma) => as_comma(),
        (0, 1, Decimal::Unseen) if !grouped(&joined, ',') => as_comma(),
        (1, 0, Decimal::Unseen) | (0, 1, Decimal::Unseen) => return Some(Err(Twofold)),
        (0, 1, Decimal::Point) if grouped(&joined, ',') => as_point(),
        (1, 0, Decimal::Comma) if grouped(&joined, '.') => as_comma(),
        // The file writes decimals the other way.
        (0, 1, Decimal::Point) | (1, 0, Decimal::Comma) => return Some(Err(Twofold)),
        _ if joined.rfind('.') > joined.rfind(',') && decimal != Decimal::Comma => as_point(),
        _ if joined.rfind(',') > joined.rfind('.') && decimal != Decimal::Point => as_comma(),
        _ => return Some(Err(Twofold)),
    };
    read.map(Ok)
}

/// "12 pts", "£5", "17/20", "(3)": a number, but of what?
fn with_unit(digits: &str) -> Read {
    let first = digits.trim_start_matches(['£', '€', '$', '(', '~', '<', '>', '=', ' ']);
    if !first.starts_with(|c: char| c.is_ascii_digit()) {
        return Read::Not;
    }
    let rest = first.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    let unit = rest.trim_start();
    let known = [
        "pts", "pt", "points", "marks", "mark", "months", "min", "mins", "minutes", "days",
        "years", "/", ")", "*", "?",
    ];
    let prefixed = first.len() < digits.len();
    if (prefixed && rest.is_empty())
        || known.iter().any(|u| {
            unit.get(..u.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(u))
                && !unit
                    .get(u.len()..)
                    .is_some_and(|r| r.starts_with(char::is_alphabetic))
        })
    {
        Read::WithUnit
    } else {
        Read::Not
    }
}

/// Whether a cell would be read as a number somehow.
#[must_use]
pub(crate) fn looks_like_number(cell: &str) -> bool {
    let cell = cell.trim();
    cell.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '−' | '.' | ','))
        && matches!(
            read(cell, Decimal::Unseen),
            Read::Number(_) | Read::Percent(_) | Read::Ambiguous | Read::TooLarge
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for (cell, decimal, number) in [
            ("12", Decimal::Unseen, 12.0),
            ("-0.5", Decimal::Point, -0.5),
            ("−3", Decimal::Point, -3.0),
            ("1,234", Decimal::Point, 1234.0),
            ("1,234.5", Decimal::Point, 1234.5),
            ("1.234,5", Decimal::Comma, 1234.5),
            ("12,5", Decimal::Comma, 12.5),
            ("12,5", Decimal::Unseen, 12.5),
            ("1 234", Decimal::Comma, 1234.0),
            ("1e3", Decimal::Point, 1000.0),
            ("1.234", Decimal::Comma, 1234.0),
            (".5", Decimal::Point, 0.5),
        ] {
            assert_eq!(read(cell, decimal), Read::Number(number), "{cell}");
        }
    }

    #[test]
    fn a_short_number_is_the_very_one_that_the_library_reads() {
        let mut seed = 20_081_124_u64;
        for _ in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let digits = (seed >> 12).to_string();
            let below = |limit: u64, by: u32| usize::try_from((seed >> by) % limit).unwrap();
            let (length, point) = (1 + below(15, 0), below(16, 5));
            let mut cell: String = digits.chars().take(length).collect();
            cell.insert(point.min(cell.len()), '.');
            let theirs: f64 = cell.parse().unwrap();
            let ours = short(&cell, Decimal::Point).unwrap();
            assert_eq!(ours.to_bits(), theirs.to_bits(), "{cell}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_asked() {
        assert_eq!(read("1,234", Decimal::Unseen), Read::Ambiguous);
        assert_eq!(read("1.234", Decimal::Unseen), Read::Ambiguous);
        assert_eq!(read("12,5", Decimal::Point), Read::Ambiguous);
        assert_eq!(read("12.5", Decimal::Comma), Read::Ambiguous);
    }

    #[test]
    fn what_is_no_number_is_none() {
        assert_eq!(read("12 pts", Decimal::Point), Read::WithUnit);
        assert_eq!(read("17/20", Decimal::Point), Read::WithUnit);
        assert_eq!(read("£5", Decimal::Point), Read::WithUnit);
        assert_eq!(read("4KH", Decimal::Point), Read::Not);
        assert_eq!(read("NaN", Decimal::Point), Read::Not);
        assert_eq!(read("-inf", Decimal::Point), Read::TooLarge);
        assert_eq!(read("1e400", Decimal::Point), Read::TooLarge);
        assert_eq!(read("85%", Decimal::Point), Read::Percent(85.0));
        assert_eq!(read("e", Decimal::Point), Read::Not);
    }
}
