//! School days, counted from the day on which the city is filled.
//!
//! What must stay true: a later day never comes before an earlier one, so that the order of the
//! city's history is the same whenever it is filled.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// The calendar as it is on a day.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    today: Date,
}

/// Whether nobody is at school that day: roughly the holidays of an English school year.
fn is_holiday(date: Date) -> bool {
    matches!(
        (date.month(), date.day()),
        (2, 14..=20)
            | (4, 1..=14)
            | (5, 25..=31)
            | (7, 22..=31)
            | (8, _)
            | (10, 25..=31)
            | (12, 20..=31)
            | (1, 1..=3)
    )
}

fn is_school_day(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(date)
}

impl Calendar {
    /// Counts from this day.
    pub const fn new(today: Date) -> Self {
        Self { today }
    }

    /// The school day so many days from today (before it when negative): the last one up to a day
    /// that is past, the next one from a day that is to come.
    pub fn day(&self, from_today: i32) -> Date {
        let mut date = self.today.saturating_add(from_today.days());
        let step = if from_today < 0 { -1 } else { 1 };
        while !is_school_day(date) {
            date = date.saturating_add(step.days());
        }
        date
    }

    /// How many days from today a day is.
    pub fn days_to(&self, date: Date) -> i32 {
        (date - self.today).get_days()
    }

    /// The Mondays of the last `count` school weeks that are over, the oldest first.
    pub fn weeks(&self, count: usize) -> Vec<Date> {
        let since_monday = i32::from(self.today.weekday().to_monday_zero_offset());
        let mut monday = self.today.saturating_sub((since_monday + 7).days());
        let mut weeks = Vec::new();
        while weeks.len() < count {
            // A week belongs to term when its Wednesday does: one bank holiday does not end it.
            if is_school_day(monday.saturating_add(2.days())) {
                weeks.push(monday);
            }
            monday = monday.saturating_sub(7.days());
        }
        weeks.reverse();
        weeks
    }
}

/// The Friday of a week, when its values are entered.
pub fn friday(monday: Date) -> Date {
    monday.saturating_add(4.days())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_keep_their_order_and_fall_on_school_days() {
        let calendar = Calendar::new(date(2026, 8, 20));
        let days: Vec<Date> = (-800..120).map(|n| calendar.day(n)).collect();
        assert!(days.is_sorted());
        assert!(days.iter().all(|day| is_school_day(*day)));
    }

    #[test]
    fn weeks_are_past_and_each_comes_once() {
        for today in [date(2026, 11, 24), date(2026, 8, 2), date(2027, 1, 4)] {
            let weeks = Calendar::new(today).weeks(30);
            assert_eq!(weeks.len(), 30);
            assert!(weeks.iter().all(|w| w.weekday() == Weekday::Monday));
            assert!(weeks.is_sorted_by(|a, b| a < b));
            assert!(weeks.iter().all(|w| friday(*w) < today));
        }
    }
}
