//! A calendar day, as ISO 8601 writes it.
//!
//! Who may call this: whatever sorts or names days. What must stay true: proleptic Gregorian, no
//! time zone, no clock.

use std::fmt;

/// The months' names, January first.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day of the proleptic Gregorian calendar.
///
/// ```
/// use difference_engine::date::Day;
/// let day: Day = Day::parse("2026-11-16").unwrap();
/// assert_eq!(day.to_string(), "16 November 2026");
/// assert_eq!(Day::parse("2026-02-29"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: i32,
    month: u8,
    day: u8,
}

impl Day {
    /// Reads `2026-11-16`, or the day of a time such as `2026-11-16T15:30:00Z`. Anything else,
    /// and any day that no calendar has, is None.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let date = match text.find(['T', ' ']) {
            Some(at) => text.get(..at)?,
            None => text,
        };
        let mut parts = date.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
            return None;
        }
        let it = Self {
            year: year.parse().ok()?,
            month: month.parse().ok()?,
            day: day.parse().ok()?,
        };
        (it.day >= 1 && it.day <= it.length_of_month()?).then_some(it)
    }

    /// Days since 1 January 1970 (Howard Hinnant's days_from_civil).
    #[must_use]
    pub fn number(self) -> i64 {
        let month = i64::from(self.month);
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year - era * 400;
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The day with this number of days since 1 January 1970 (Howard Hinnant's civil_from_days); None
    /// before year 0 and after year 9999.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        let number = number.checked_add(719_468)?;
        let era = number.div_euclid(146_097);
        let day_of_era = number.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = (march_month + 2) % 12 + 1;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let it = Self {
            year: i32::try_from(year).ok()?,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day_of_year - (153 * march_month + 2) / 5 + 1).ok()?,
        };
        (0..=9999).contains(&it.year).then_some(it)
    }

    /// The month, from 1.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The ISO 8601 week, from 1 to 53, and the year that it belongs to: that of its Thursday.
    #[must_use]
    pub fn iso_week(self) -> (i32, u8) {
        // 1 January 1970 was a Thursday.
        let thursday = self.number() - (self.number() + 3).rem_euclid(7) + 3;
        let year = Self::from_number(thursday).map_or(self.year, Self::year);
        let first = Self {
            year,
            month: 1,
            day: 1,
        };
        let week = (thursday - first.number()) / 7 + 1;
        (year, u8::try_from(week).unwrap_or(53))
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.year
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// As ISO 8601 writes it: "2026-11-16".
    #[must_use]
    pub fn iso(self) -> String {
        // Digit by digit: a chart of many points writes many days.
        let year = u32::try_from(self.year).unwrap_or(0);
        let digits = [
            (year, 1000),
            (year, 100),
            (year, 10),
            (year, 1),
            (self.month.into(), 10),
            (self.month.into(), 1),
            (self.day.into(), 10),
            (self.day.into(), 1),
        ];
        let mut iso = String::with_capacity(10);
        for (place, (number, power)) in digits.into_iter().enumerate() {
            if place == 4 || place == 6 {
                iso.push('-');
            }
            iso.push(char::from_digit(number / power % 10, 10).unwrap_or('0'));
        }
        iso
    }

    /// The month's name, such as "November".
    #[must_use]
    pub fn month_name(self) -> &'static str {
        MONTHS
            .get(usize::from(self.month).saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }

    /// The month's first three letters, such as "Nov".
    #[must_use]
    pub fn short_month(self) -> &'static str {
        self.month_name().get(..3).unwrap_or_default()
    }

    fn length_of_month(self) -> Option<u8> {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
            4 | 6 | 9 | 11 => Some(30),
            2 => Some(if leap { 29 } else { 28 }),
            _ => None,
        }
    }
}

/// As letters write it: `16 November 2026`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.day, self.month_name(), self.year)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::Day;

    #[test]
    fn days_are_counted_over_leap_years_and_centuries() {
        let number = |s| Day::parse(s).unwrap().number();
        assert_eq!(number("1970-01-01"), 0);
        assert_eq!(number("2000-03-01") - number("2000-02-28"), 2);
        assert_eq!(number("1900-03-01") - number("1900-02-28"), 1);
        assert_eq!(number("2026-11-16"), 20_773);
    }

    #[test]
    fn a_number_gives_its_day_back() {
        for number in [-719_000, -1, 0, 58, 59, 60, 11_016, 20_773, 2_000_000] {
            assert_eq!(Day::from_number(number).unwrap().number(), number);
        }
        assert_eq!(Day::from_number(i64::MAX), None);
    }

    #[test]
    fn weeks_are_those_of_iso_8601() {
        let week = |s| Day::parse(s).unwrap().iso_week();
        assert_eq!(week("2026-01-01"), (2026, 1));
        assert_eq!(week("2026-11-16"), (2026, 47));
        assert_eq!(week("2021-01-03"), (2020, 53));
        assert_eq!(week("2018-12-31"), (2019, 1));
    }

    #[test]
    fn only_days_that_exist_are_read() {
        for wrong in [
            "",
            "16/11/2026",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-1-1",
            "26-01-01",
            "2026-11-16-2",
        ] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Day::parse("2026-11-16T09:00:00Z"), Day::parse("2026-11-16"));
    }
}
