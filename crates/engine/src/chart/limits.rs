//! The limits of an XmR chart: average ± 2.66 × mean moving range.
//!
//! Shewhart (1931); Wheeler & Chambers (1992), *Understanding Statistical Process Control*; Nelson
//! (1982), *Journal of Quality Technology* 14:172 for the screening. Moving ranges of 3.267 times
//! their mean or more are left out once, and only of the limits, never of the chart (as
//! NHSRplotthedots 0.2.2 does).

use crate::count::count;

/// Limits are 2.66 mean moving ranges from the average.
const TO_LIMIT: f64 = 2.66;
/// A moving range of so many means is left out of the limits.
const SCREEN: f64 = 3.267;

/// An average with its natural process limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    /// Average.
    pub centre: f64,
    /// Mean moving range, screened.
    pub moving_range: f64,
}

impl Limits {
    /// Of the values of a baseline, in the order of time; None without any.
    pub fn of(values: &[f64]) -> Option<Self> {
        let origin = *values.first()?;
        // From the first value on: a series that never moves has limits exactly on it.
        let sum: f64 = values.iter().map(|v| v - origin).sum();
        let ranges: Vec<f64> = values
            .windows(2)
            .map(|pair| match pair {
                [before, after] => (after - before).abs(),
                _ => 0.0,
            })
            .collect();
        Some(Self {
            centre: origin + sum / count(values.len()),
            moving_range: screened_mean(&ranges),
        })
    }

    /// Lower limit.
    pub fn lower(&self) -> f64 {
        self.centre - TO_LIMIT * self.moving_range
    }

    /// Upper limit.
    pub fn upper(&self) -> f64 {
        self.centre + TO_LIMIT * self.moving_range
    }

    /// Whether a value is outside the limits.
    pub fn is_outside(&self, value: f64) -> bool {
        value > self.upper() || value < self.lower()
    }

    /// Whether a value is inside the limits but beyond two thirds of the way to one.
    pub fn is_near_limit(&self, value: f64) -> bool {
        let near = 2.0 * (TO_LIMIT / 3.0) * self.moving_range;
        !self.is_outside(value) && (value < self.centre - near || value > self.centre + near)
    }

    /// 1 above the average, −1 below, 0 on it.
    pub fn side(&self, value: f64) -> i8 {
        if value > self.centre {
            1
        } else if value < self.centre {
            -1
        } else {
            0
        }
    }
}

fn screened_mean(ranges: &[f64]) -> f64 {
    let Some(mean) = mean(ranges) else {
        return 0.0;
    };
    let kept: Vec<f64> = ranges
        .iter()
        .copied()
        .filter(|range| *range < SCREEN * mean)
        .collect();
    // Where nothing moved, nothing is screened.
    self::mean(&kept).unwrap_or(mean)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / count(values.len()))
}
