//! How much the difference itself varies from place to place, in words.
//!
//! Who may call this: an evaluation of a trial in many sites. What must stay true: a variance on its boundary is said, never
//! hidden, and is never called proof that the places are alike; what chance would do stands in the same sentence.

use super::numbers::Precision;
use crate::evaluation::Interval;

/// How a difference varies between sites.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variation<'a> {
    /// The column of sites, such as `school`.
    pub site: &'a str,
    /// The outcome's unit, such as `points`; may be empty.
    pub unit: &'a str,
    /// The average difference, in the unit.
    pub average: f64,
    /// Standard deviation of the sites' true differences, in the unit.
    pub sd: f64,
    /// Its interval.
    pub interval: Option<Interval>,
    /// Chance of sites as unlike as these, or more so, if the difference were the same in all of them.
    pub p_value: f64,
}

/// One or two sentences.
///
/// ```
/// use difference_engine::words::variation::{Variation, variation};
/// let alike = Variation { site: "school", unit: "points", average: 4.0, sd: 0.0, interval: None, p_value: 1.0 };
/// assert_eq!(
///     variation(&alike),
///     "From one “school” to another the difference varies no more than chance would make it (standard deviation 0 points)"
/// );
/// ```
#[must_use]
pub fn variation(of: &Variation<'_>) -> String {
    let precision = Precision::for_interval(of.interval.as_ref());
    let unit = if of.unit.is_empty() {
        String::new()
    } else {
        format!(" {}", of.unit)
    };
    let range = of.interval.map_or(String::new(), |i| {
        format!(", {}", precision.range(i.lower, i.upper))
    });
    let sd = precision.write(of.sd);
    if of.p_value >= 0.05 || of.sd <= 0.0 {
        return format!(
            "From one “{}” to another the difference varies no more than chance would make it (standard deviation {sd}{range}{unit})",
            of.site
        );
    }
    format!(
        "From one “{}” to another the difference itself varies, by more than chance would make it: standard deviation {sd}{range}{unit}; in about two of three it is {}{unit}",
        of.site,
        precision.range(of.average - of.sd, of.average + of.sd),
    )
}
