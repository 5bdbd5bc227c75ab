//! Values as people paste them from a spreadsheet: a date and a number on each line.

use jiff::civil::Date;
use jiff::fmt::strtime;

use super::Value;
use crate::error::Problem;

/// The ways in which people write a date.
const DATES: [&str; 9] = [
    "%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y",
    "%d-%b-%y",
];

/// The most lines that one paste may hold: sixty years of weeks.
const LINES: usize = 3_200;

/// A date as people write it, day before month; none when it is not one.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let text = text.trim().trim_matches('"');
    DATES
        .iter()
        .find_map(|format| strtime::parse(format, text).ok()?.to_date().ok())
        .filter(|d| (1900..=2200).contains(&d.year()))
}

/// A number as people write it: commas between thousands or a decimal comma, a percent sign after
/// it; none when it is not one.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches('"').trim_end_matches('%').trim();
    let plain = text.replace('−', "-");
    let plain = match plain.rsplit_once(',') {
        // A decimal comma, unless three digits follow it, as in 1,200.
        Some((whole, part)) if !plain.contains('.') && part.len() != 3 && !whole.contains(',') => {
            format!("{whole}.{part}")
        }
        _ => plain.replace(',', ""),
    };
    let fits = plain
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    plain
        .parse()
        .ok()
        .filter(|n: &f64| fits && n.is_finite() && n.abs() < 1e12)
}

/// Reads pasted lines. A first line of headings, empty lines and lines with a date and no value
/// are passed over.
///
/// # Errors
/// One problem at `values` for each line that can't be read, by its number; at most five.
pub fn pasted(text: &str) -> Result<Vec<Value>, Vec<Problem>> {
    let mut values: Vec<Value> = Vec::new();
    let mut problems = Vec::new();
    let mut wrong = |line: usize, says: String| {
        if problems.len() < 5 {
            problems.push(Problem::new("values", format!("Line {line}: {says}")));
        }
    };
    for (line, text) in (1..)
        .zip(text.lines())
        .filter(|(_, l)| !l.trim().is_empty())
    {
        if line > LINES {
            wrong(line, format!("paste at most {LINES} lines at a time"));
            break;
        }
        let Some((first, rest)) = halves(text) else {
            wrong(
                line,
                format!(
                    "“{}” needs a date and a value, such as 16/11/2026 and 95.8",
                    text.trim()
                ),
            );
            continue;
        };
        match (date(first), number(rest)) {
            (None, None) if line == 1 => {}
            (Some(_), _) if rest.trim().is_empty() => {}
            (Some(date), Some(value)) => match values.iter().find(|v| v.date == date) {
                Some(known) if known.value == value => {}
                Some(_) => wrong(
                    line,
                    format!("{date} is there twice, with two values. Keep the right one"),
                ),
                None => values.push(Value { date, value }),
            },
            (None, _) => wrong(
                line,
                format!(
                    "“{}” is not a date we know. Write it as 16/11/2026",
                    first.trim()
                ),
            ),
            (_, None) => wrong(line, format!("“{}” is not a number", rest.trim())),
        }
    }
    if problems.is_empty() && values.is_empty() {
        problems.push(Problem::new(
            "values",
            "Paste a date and a value on each line, such as 16/11/2026 and 95.8",
        ));
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems)
    }
}

/// The date and the value of a line: at a tab or semicolon if there is one, else at the last run
/// of spaces, else at the first comma.
fn halves(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_end_matches(['\r', '\n']);
    line.split_once('\t')
        .or_else(|| line.split_once(';'))
        .or_else(|| {
            let (first, rest) = line.trim().split_once(',')?;
            date(first).map(|_| (first, rest))
        })
        .or_else(|| line.trim().rsplit_once(char::is_whitespace))
        .or_else(|| line.split_once(','))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use jiff::civil::date;

    use super::{Value, pasted};

    #[test]
    fn two_columns_from_a_spreadsheet_are_read() {
        let values = pasted("Week\tAttendance\n09/11/2026\t95.3%\n16/11/2026\t95.8\n").unwrap();
        assert_eq!(
            values,
            [
                Value {
                    date: date(2026, 11, 9),
                    value: 95.3
                },
                Value {
                    date: date(2026, 11, 16),
                    value: 95.8
                },
            ]
        );
    }

    #[test]
    fn dates_and_numbers_are_read_as_people_write_them() {
        for line in [
            "16/11/2026, 1,200",
            "2026-11-16;1200",
            "16 Nov 2026 1200",
            "16-Nov-26\t1 200".trim_end(),
        ] {
            let read = pasted(line);
            if line.ends_with("1 200") {
                assert!(read.is_err(), "a space inside a number is not guessed");
            } else {
                assert_eq!(read.unwrap()[0].value, 1200.0, "{line}");
            }
        }
        assert_eq!(pasted("16/11/2026\t95,8").unwrap()[0].value, 95.8);
        assert_eq!(pasted("16/11/2026\t−3").unwrap()[0].value, -3.0);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let problems = pasted("16/11/2026\t95.8\n31/02/2026\t95\n23/11/2026\tabs").unwrap_err();
        assert_eq!(problems.len(), 2);
        assert!(
            problems[0].says.starts_with("Line 2: “31/02/2026”"),
            "{problems:?}"
        );
        assert!(problems[1].says.contains("“abs” is not a number"));
        assert!(pasted("").is_err());
        assert!(pasted("16/11/2026\t1\n16/11/2026\t2").is_err());
        assert!(pasted("16/11/2026\t1e400").is_err());
        assert!(pasted("16/11/2026\tNaN").is_err());
    }
}
