//! Dates as schools write them: 12/07/2026, 12.7.26, 2026-07-12, 12 July 2026.
//!
//! Who may call this: every reader of dates. What must stay true: day first unless a whole column
//! shows that the month stands first; a date that is in no calendar is none.

use jiff::civil::Date;

/// What stands first in 03/04/2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The day, as in Britain.
    DayFirst,
    /// The month, as in the United States.
    MonthFirst,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The day that a cell names.
#[must_use]
pub(crate) fn read(cell: &str, order: Order) -> Option<Date> {
    let cell = cell.trim();
    if cell.len() < 6 || cell.len() > 40 || !cell.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let day = without_time(cell);
    numeric(day, order).or_else(|| worded(day))
}

/// Years from the start of 2000, so that a model's figures stay readable.
pub(crate) fn years(date: Date) -> Option<f64> {
    let days = date
        .since((jiff::Unit::Day, Date::constant(2000, 1, 1)))
        .ok()?;
    Some(f64::from(days.get_days()) / 365.25)
}

/// Cuts off "T00:00:00" or " 09:30".
fn without_time(cell: &str) -> &str {
    let Some(colon) = cell.find(':') else {
        return cell;
    };
    let before = cell.get(..colon).unwrap_or_default();
    before
        .rfind(['T', ' '])
        .and_then(|at| before.get(..at))
        .map_or(cell, str::trim_end)
}

fn numeric(day: &str, order: Order) -> Option<Date> {
    let mark = ['-', '/', '.']
        .into_iter()
        .find(|m| day.matches(*m).count() == 2)?;
    let parts: Vec<&str> = day.split(mark).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    if parts
        .iter()
        .any(|p| p.is_empty() || p.len() > 4 || !p.bytes().all(|x| x.is_ascii_digit()))
    {
        return None;
    }
    if a.len() == 4 {
        return date(a, b, c);
    }
    match order {
        Order::DayFirst => date(c, b, a),
        Order::MonthFirst => date(c, a, b),
    }
}

/// "12 July 2026", "12-Jul-26", "July 12, 2026", "Sunday 12th July 2026".
fn worded(day: &str) -> Option<Date> {
    let parts: Vec<&str> = day
        .split(|c: char| !c.is_alphanumeric())
        .filter(|p| !p.is_empty())
        .collect();
    let at = parts.iter().position(|p| month(p).is_some())?;
    let month = month(parts.get(at)?)?;
    let numbers: Vec<&str> = parts
        .iter()
        .map(|p| p.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h']))
        .filter(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
        .collect();
    let [day, year] = numbers.as_slice() else {
        return None;
    };
    if parts.len() > 4 {
        return None;
    }
    date(year, &month.to_string(), day)
}

fn month(word: &str) -> Option<usize> {
    let word = word.to_ascii_lowercase();
    let start = word.get(..3)?;
    let full = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = MONTHS.iter().position(|m| *m == start)?;
    (full.get(at)?.starts_with(&word) || word == "sept").then_some(at + 1)
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let written: i16 = year.parse().ok()?;
    let year = match year.len() {
        4 => written,
        // Pupils and trials: 00 to 49 are this century's.
        2 if written < 50 => 2000 + written,
        2 => 1900 + written,
        _ => return None,
    };
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Whether a column of dates has the day or the month first; none when cells contradict each other.
pub(crate) fn order<'a>(cells: impl Iterator<Item = &'a str>) -> Order {
    let (mut day_first, mut month_first) = (0_u64, 0_u64);
    for cell in cells {
        match (read(cell, Order::DayFirst), read(cell, Order::MonthFirst)) {
            (Some(_), None) => day_first += 1,
            (None, Some(_)) => month_first += 1,
            _ => {}
        }
    }
    if month_first > day_first {
        Order::MonthFirst
    } else {
        Order::DayFirst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_schools_write_them() {
        let day = Some(Date::constant(2026, 7, 12));
        assert_eq!(read("2026-07-12", Order::DayFirst), day);
        for cell in [
            "12/07/2026",
            "12.7.26",
            "12-07-2026",
            "12 July 2026",
            "12-Jul-26",
            "Sunday 12th July 2026",
            "2026-07-12T00:00:00",
            "12/07/2026 09:30",
        ] {
            assert_eq!(read(cell, Order::DayFirst), day, "{cell}");
        }
        assert_eq!(read("07/12/2026", Order::MonthFirst), day);
    }

    #[test]
    fn years_count_from_2000() {
        assert_eq!(years(Date::constant(2000, 1, 1)), Some(0.0));
        assert_eq!(years(Date::constant(2004, 1, 1)), Some(4.0));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for cell in [
            "31/02/2026",
            "17/20",
            "4KH",
            "104",
            "1.2.3",
            "",
            "12/13/2026",
        ] {
            assert_eq!(read(cell, Order::DayFirst), None, "{cell}");
        }
    }
}
