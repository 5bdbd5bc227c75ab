//! The words that the chart's flags take, and what each stands for in the engine.

use clap::ValueEnum;
use engine::chart;

use crate::command::choices::Format;

/// `--kind`: which chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Whichever suits the values; it says which and why
    Auto,
    /// Run chart: the median, and no limits
    Run,
    /// Single values and their moving ranges
    Xmr,
    /// A share of a denominator
    P,
    /// A share of large denominators (Laney)
    Pprime,
    /// A rate for a denominator
    U,
    /// A rate for large denominators (Laney)
    Uprime,
    /// A count with always the same room
    C,
    /// Cases between two rare events
    G,
    /// Time between two rare events
    T,
    /// Sums of the differences from the average
    Cusum,
    /// A weighted average
    Ewma,
    /// Places beside each other
    Funnel,
}

impl Kind {
    /// The kind of a measure over time; None for a funnel.
    pub fn over_time(self) -> Option<chart::Kind> {
        Some(match self {
            Self::Auto => chart::Kind::Auto,
            Self::Run => chart::Kind::Run,
            Self::Xmr => chart::Kind::Xmr,
            Self::P => chart::Kind::P,
            Self::Pprime => chart::Kind::PPrime,
            Self::U => chart::Kind::U,
            Self::Uprime => chart::Kind::UPrime,
            Self::C => chart::Kind::C,
            Self::G => chart::Kind::G,
            Self::T => chart::Kind::T,
            Self::Cusum => chart::Kind::Cusum,
            Self::Ewma => chart::Kind::Ewma,
            Self::Funnel => return None,
        })
    }
}

/// `--rules`: when a point is more than the ordinary ups and downs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rules {
    /// NHS England: outside, 7 on one side, 7 rising or falling, 2 of 3 near a limit
    Nhs,
    /// Anhøj & Olesen: an unusually long run, unusually few crossings
    Anhoej,
    /// Nelson's eight tests
    Nelson,
}

impl From<Rules> for chart::RuleSet {
    fn from(rules: Rules) -> Self {
        match rules {
            Rules::Nhs => Self::Nhs,
            Rules::Anhoej => Self::Anhoej,
            Rules::Nelson => Self::Nelson,
        }
    }
}

/// `--season`: what a seasonal measure is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Season {
    /// The same week of earlier years
    Week,
    /// The same month of earlier years
    Month,
}

impl From<Season> for chart::Season {
    fn from(season: Season) -> Self {
        match season {
            Season::Week => Self::Week,
            Season::Month => Self::Month,
        }
    }
}

/// `--format`: what the answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Drawn {
    /// For the eye, in this window
    Text,
    /// For programs; stable and versioned
    Json,
    /// A drawing that stands alone
    Svg,
    /// A page that prints
    Html,
}

impl Drawn {
    /// What a refusal is written as: a drawing can't say it.
    pub fn of_words(self) -> Format {
        match self {
            Self::Text | Self::Svg => Format::Text,
            Self::Json => Format::Json,
            Self::Html => Format::Html,
        }
    }
}

/// `--change DATE:WHY`.
pub fn change(words: &str) -> Result<chart::Change, String> {
    let cure = "Write the first day of the new way and its name, such as \"2026-09-07:breakfast club began\".";
    match words.split_once(':') {
        Some((date, why)) if !date.trim().is_empty() && !why.trim().is_empty() => {
            Ok(chart::Change {
                date: date.trim().to_owned(),
                why: why.trim().to_owned(),
            })
        }
        _ => Err(format!("“{words}” is no date and name. {cure}")),
    }
}

/// A target, and whether it was given in per cent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// As it was written.
    pub number: f64,
    /// With a per cent sign.
    pub percent: bool,
}

impl Target {
    /// On the scale of the values: what is shown in per cent or per 1,000 is a part of 1 there. A target
    /// of 1 or less for a share is already that, unless it says per cent.
    pub fn on_scale(self, times: f64) -> f64 {
        if times == 100.0 && !self.percent && self.number <= 1.0 {
            self.number
        } else {
            self.number / times
        }
    }
}

/// `--target X`: a number, or per cent.
pub fn target(words: &str) -> Result<Target, String> {
    let trimmed = words.trim();
    let (figure, percent) = match trimmed.strip_suffix('%') {
        Some(figure) => (figure.trim_end(), true),
        None => (trimmed, false),
    };
    match figure.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Target { number, percent }),
        _ => Err(format!(
            "“{words}” is no number. Write it as 96, 96% or 0.96."
        )),
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test stops where a value is not there"
    )]
    use super::{change, target};

    #[test]
    fn a_change_is_a_date_and_a_name_that_may_hold_colons() {
        let named = change("2026-09-07: new register: paper ended").unwrap();
        assert_eq!(named.date, "2026-09-07");
        assert_eq!(named.why, "new register: paper ended");
        for wrong in ["", "2026-09-07", ":why", "2026-09-07: "] {
            assert!(
                change(wrong).unwrap_err().contains("breakfast club"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_target_is_read_in_the_unit_that_the_chart_shows() {
        assert_eq!(target("96%").unwrap().on_scale(100.0), 0.96);
        assert_eq!(target("96").unwrap().on_scale(100.0), 0.96);
        assert_eq!(target("0.96").unwrap().on_scale(100.0), 0.96);
        assert_eq!(target("0.5%").unwrap().on_scale(100.0), 0.005);
        assert_eq!(target("4").unwrap().on_scale(1000.0), 0.004);
        assert_eq!(target("96").unwrap().on_scale(1.0), 96.0);
        assert!(target("lots").is_err() && target("NaN").is_err());
    }
}
