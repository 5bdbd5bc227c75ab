//! A chart's figures as people read them: rounded to what the series can bear, with the unit.
//!
//! Who may call this: the chart's sentences, and whoever draws it. What must stay true: a sentence,
//! its picture and its table ask here, so that they agree.

use super::{Chart, Shown};
use crate::words::numbers::{Precision, plural};

/// How a series' figures are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    unit: String,
    /// What a number is multiplied with before it is written.
    times: f64,
    values: Precision,
    averages: Precision,
    /// What the measure can't be below or above, where that is known.
    bounds: (f64, f64),
}

impl Figures {
    /// For a chart that was made.
    #[must_use]
    pub fn of(chart: &Chart) -> Self {
        Self::new(chart.points.iter().map(|p| p.value), &chart.shown)
    }

    pub(super) fn new(values: impl Iterator<Item = f64> + Clone, shown: &Shown) -> Self {
        let times = shown.times;
        let unit = shown.unit.as_str();
        let values = values.map(|v| v * times);
        let lowest = values.clone().fold(f64::INFINITY, f64::min);
        let highest = values.clone().fold(f64::NEG_INFINITY, f64::max);
        let spread = Precision::for_width((highest - lowest) / 2.0);
        let averages = if highest > lowest {
            spread
        } else {
            Precision::TENTHS
        };
        let whole = values.clone().all(|v| v.fract() == 0.0);
        let below = if lowest >= 0.0 {
            0.0
        } else {
            f64::NEG_INFINITY
        };
        let above = if unit.trim() == "%" && highest <= 100.0 {
            100.0
        } else {
            f64::INFINITY
        };
        Self {
            unit: unit.trim().to_owned(),
            times,
            values: if whole { Precision::WHOLE } else { averages },
            averages,
            bounds: (below, above),
        }
    }

    /// A value with its unit: "95.8%", "7.5 minutes".
    #[must_use]
    pub fn value(&self, x: f64) -> String {
        self.with_unit(&self.values.write(x * self.times))
    }

    /// A value for a column of figures: "94.0%", without a longer unit.
    #[must_use]
    pub fn cell(&self, x: f64) -> String {
        self.with_sign(&self.values.fixed(x * self.times))
    }

    /// A value where there is little room: "95.8%", "7.5".
    #[must_use]
    pub fn short(&self, x: f64) -> String {
        self.with_sign(&self.values.write(x * self.times))
    }

    /// A target with its unit, as it was set: it may fall between whole values.
    #[must_use]
    pub fn target(&self, x: f64) -> String {
        self.with_unit(&self.target_number(x))
    }

    /// A target where there is little room: "96%", "5".
    #[must_use]
    pub fn short_target(&self, x: f64) -> String {
        self.with_sign(&self.target_number(x))
    }

    /// A round value on a scale with this step between ticks: "92%", "0.5".
    #[must_use]
    pub fn tick(&self, x: f64, step: f64) -> String {
        self.with_sign(
            &Precision::for_width(2.0 * (step * self.times).min(1.0)).write(x * self.times),
        )
    }

    /// An average with its unit: of whole numbers it keeps a decimal.
    #[must_use]
    pub fn average(&self, x: f64) -> String {
        self.with_unit(&self.averages.write(x * self.times))
    }

    /// Limits, kept to what the measure can be (no share above 100%, no count below 0).
    #[must_use]
    pub fn usual_range(&self, (lower, upper): (f64, f64)) -> (f64, f64) {
        let (low, high) = self.bounds;
        (lower.max(low / self.times), upper.min(high / self.times))
    }

    /// A range in words: "48% to 69%", "5.2 to 7.9 minutes".
    #[must_use]
    pub fn range(&self, lower: f64, upper: f64) -> String {
        let lower = self.values.write(lower * self.times);
        if self.unit == "%" {
            format!("{lower}% to {}", self.value(upper))
        } else {
            format!("{lower} to {}", self.value(upper))
        }
    }

    fn target_number(&self, x: f64) -> String {
        let precision = if self.averages == Precision::WHOLE {
            Precision::TENTHS
        } else {
            self.averages
        };
        precision.write(x * self.times)
    }

    /// With a per cent sign, and without any longer unit.
    fn with_sign(&self, number: &str) -> String {
        if self.unit == "%" {
            format!("{number}%")
        } else {
            number.to_owned()
        }
    }

    fn with_unit(&self, number: &str) -> String {
        if self.unit.is_empty() {
            number.to_owned()
        } else {
            plural(number, &self.unit)
        }
    }
}
