//! XmR: individual values (X) and their moving ranges (mR).
//!
//! Limits are x̄ ± 2.66 × mR̄, with 2.66 = 3 / d₂ rounded as the literature rounds it. Shewhart (1931);
//! Wheeler & Chambers (1992), *Understanding Statistical Process Control*. Screened limits leave out
//! moving ranges of 3.267 × their mean or more, once, and only of the limits, never of the chart (Nelson
//! 1982, *Journal of Quality Technology* 14:172; as NHSRplotthedots 0.2.2 does).
//!
//! Held to `reference/spc.json`: `seatbelts_drivers_xmr`, `…_nhs`, `…_nhs_noscreen`, `…_qic_i`.

use super::D2;
use crate::count::count;

/// Limits are 2.66 mean moving ranges from the average.
pub const TO_LIMIT: f64 = 2.66;
/// The moving ranges' own upper limit, in mean moving ranges.
pub const RANGE_LIMIT: f64 = 3.267;
/// Limits are 3.145 median moving ranges from the average (Wheeler).
pub const MEDIAN_TO_LIMIT: f64 = 3.145;

/// The average of a series and its mean moving range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Xmr {
    /// Average, x̄, in the measure's unit.
    pub centre: f64,
    /// Mean moving range, mR̄, in the measure's unit; 0 for a single value.
    pub moving_range: f64,
}

/// Of values in the order of time; None without any.
///
/// ```
/// use difference_engine::chart::kinds::xmr::xmr;
/// let days = xmr(&[9.0, 11.0, 9.0, 11.0], false).unwrap();
/// assert_eq!((days.centre, days.moving_range), (10.0, 2.0));
/// assert!((days.upper() - 15.32).abs() < 1e-12);
/// ```
#[must_use]
pub fn xmr(values: &[f64], screened: bool) -> Option<Xmr> {
    let origin = *values.first()?;
    // From the first value on: a series that never moves has limits exactly on it.
    let (mut sum, mut ranges, mut before) = (0.0, 0.0, origin);
    for value in values {
        sum += value - origin;
        ranges += (value - before).abs();
        before = *value;
    }
    let steps = values.len() - 1;
    let mean = if steps == 0 {
        0.0
    } else {
        ranges / count(steps)
    };
    Some(Xmr {
        centre: origin + sum / count(values.len()),
        moving_range: if screened {
            screened_mean(values, mean)
        } else {
            mean
        },
    })
}

/// The mean of the moving ranges below 3.267 times their mean. Where nothing moved, nothing is screened.
fn screened_mean(values: &[f64], mean: f64) -> f64 {
    let limit = RANGE_LIMIT * mean;
    let (mut sum, mut kept) = (0.0, 0_u32);
    let mut before = values.first().copied().unwrap_or(0.0);
    for value in values.iter().skip(1) {
        let range = (value - before).abs();
        before = *value;
        if range < limit {
            sum += range;
            kept += 1;
        }
    }
    if kept == 0 {
        mean
    } else {
        sum / f64::from(kept)
    }
}

/// Limits from the median moving range, which a few wild steps don't move: x̄ ± 3.145 × median mR.
#[must_use]
pub fn by_median_range(values: &[f64]) -> Option<(f64, f64)> {
    let centre = xmr(values, false)?.centre;
    let reach = MEDIAN_TO_LIMIT * super::run::median(&moving_ranges(values))?;
    Some((centre - reach, centre + reach))
}

/// |xᵢ − xᵢ₋₁|, one fewer than the values.
#[must_use]
pub fn moving_ranges(values: &[f64]) -> Vec<f64> {
    values
        .iter()
        .zip(values.iter().skip(1))
        .map(|(before, after)| (after - before).abs())
        .collect()
}

impl Xmr {
    /// Lower natural process limit.
    #[must_use]
    pub fn lower(&self) -> f64 {
        self.centre - self.reach()
    }

    /// Upper natural process limit.
    #[must_use]
    pub fn upper(&self) -> f64 {
        self.centre + self.reach()
    }

    /// How far the limits are from the average.
    #[must_use]
    pub fn reach(&self) -> f64 {
        TO_LIMIT * self.moving_range
    }

    /// The standard deviation that the moving ranges speak of, mR̄ / 1.128.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.moving_range / D2
    }

    /// The upper limit of the moving ranges themselves, 3.267 × mR̄.
    #[must_use]
    pub fn range_limit(&self) -> f64 {
        RANGE_LIMIT * self.moving_range
    }
}
