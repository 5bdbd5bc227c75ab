//! Dates and times as a good colleague says them, and what is wrong with a file.
//!
//! Who may call this: pages. What must stay true: Friday 18 December 2026; 3.30pm; the network's
//! time zone decides.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tables::TableError;

/// Friday 18 December 2026.
pub(crate) fn date(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// 18 December 2026.
pub(crate) fn short_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// 18 December 2026, 3.30pm.
pub(crate) fn date_and_time(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned_datetime(zone.clone());
    let time = at.strftime("%-I.%M%P").to_string();
    format!("{}, {}", at.strftime("%-d %B %Y"), time.replace(".00", ""))
}

/// The last day of something that ends with the moment after it: 12 January 2027.
pub(crate) fn last_day(end: Timestamp, zone: &TimeZone) -> String {
    let last = end - jiff::SignedDuration::from_micros(1);
    short_date(last.to_zoned_datetime(zone.clone()).date())
}

/// What is wrong with a file: where, what and what to do.
pub(crate) fn in_words(error: &TableError) -> String {
    match error.place() {
        Some(place) => format!("{place}: {} {}", error.what, error.cure),
        None => format!("{} {}", error.what, error.cure),
    }
}

/// The last part of whatever path a browser gave, short enough to show.
pub(crate) fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !c.is_control()).take(80).collect();
    if shown.is_empty() {
        "your file".to_owned()
    } else {
        shown
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_read_as_people_say_them() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let at: Timestamp = "2026-06-18T14:30:00Z".parse().unwrap();
        assert_eq!(date_and_time(at, &zone), "18 June 2026, 3.30pm");
        let on_the_hour: Timestamp = "2026-12-18T09:00:00Z".parse().unwrap();
        assert_eq!(date_and_time(on_the_hour, &zone), "18 December 2026, 9am");
        assert_eq!(
            date(at.to_zoned_datetime(zone).date()),
            "Thursday 18 June 2026"
        );
    }
}
