//! How often a series is measured, so that sentences can say "ten weeks in a row".

use crate::date::Day;

/// The usual time between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// Every day, or every school day.
    Day,
    /// Every week.
    Week,
    /// Every fortnight.
    Fortnight,
    /// Every month.
    Month,
    /// Three times a year.
    Term,
    /// Every year.
    Year,
    /// None of these.
    Irregular,
}

impl Cadence {
    /// From days in order, by the middle gap: holidays don't make a weekly series irregular.
    #[must_use]
    pub fn of(days: &[Day]) -> Self {
        let mut gaps: Vec<i64> = days
            .windows(2)
            .filter_map(|pair| match pair {
                [before, after] => Some(after.number() - before.number()),
                _ => None,
            })
            .collect();
        gaps.sort_unstable();
        match gaps.get(gaps.len() / 2) {
            Some(1) => Self::Day,
            Some(6..=8) => Self::Week,
            Some(13..=15) => Self::Fortnight,
            Some(28..=31) => Self::Month,
            Some(80..=140) => Self::Term,
            Some(350..=380) => Self::Year,
            _ => Self::Irregular,
        }
    }

    /// "week", "month"; "point" where it is irregular.
    #[must_use]
    pub fn one(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Fortnight => "fortnight",
            Self::Month => "month",
            Self::Term => "term",
            Self::Year => "year",
            Self::Irregular => "point",
        }
    }

    /// "weeks", "months", "points".
    #[must_use]
    pub fn many(self) -> String {
        format!("{}s", self.one())
    }

    /// "weekly ", "monthly ", nothing where it is irregular.
    #[must_use]
    pub fn adjective(self) -> &'static str {
        match self {
            Self::Day => "daily ",
            Self::Week => "weekly ",
            Self::Fortnight => "fortnightly ",
            Self::Month => "monthly ",
            Self::Term => "termly ",
            Self::Year => "yearly ",
            Self::Irregular => "",
        }
    }

    /// How a table's column of dates is headed.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Week => "Week starting",
            Self::Fortnight => "Fortnight starting",
            Self::Month => "Month",
            Self::Term => "Term",
            Self::Year => "Year",
            Self::Day | Self::Irregular => "Date",
        }
    }
}
