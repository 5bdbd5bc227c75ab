//! Interrupted time series: did the level or the trend of a measure change when something changed?
//!
//! Who may call this: whoever has a measure at evenly spaced times and the time of a named change. What must stay true: the change was named
//! before anybody looked at where the series bends; one series alone can't tell the change from whatever else happened then, so with a
//! comparison series the difference of the two is what is looked at.
//! Its p-values do not hold in series of months (docs/calibration.md: p ≤ 0.05 in 11 to 20 of 100 where nothing changed), so no page
//! shows one; errors whose memory is fitted too come nearer.
//!
//! `y = a + b t + level·(t ≥ t*) + slope·max(0, t − t*)` and a level for each season, by least squares with Newey and West's
//! standard errors. Wagner, A. K., Soumerai, S. B., Zhang, F. & Ross-Degnan, D. (2002). Segmented regression analysis of
//! interrupted time series studies in medication use research. *Journal of Clinical Pharmacy and Therapeutics* 27(4), 299–309.
//! Reference: `panel_did_its seatbelts_segmented`; the errors' memory by likelihood is in [`autoregressive`](crate::autoregressive).

use crate::count::count;
use crate::distributions::{t_quantile, t_two_sided};
use crate::evaluation::Interval;
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::moments::Moments;
use crate::newey_west::NeweyWest;
use crate::refusal::Refusal;

/// One value in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Counted in steps, such as months.
    pub time: f64,
    /// In the measure's unit.
    pub value: f64,
    /// Number of the season, such as the month of the year; 0 throughout where there are none.
    pub season: usize,
}

/// A change with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// In the measure's unit; for the slope, for each step of time.
    pub estimate: f64,
    /// Newey and West's, times `√(n/(n − p))`.
    pub standard_error: f64,
    /// Two-sided, with n − p degrees of freedom.
    pub p_value: f64,
    /// 95 %.
    pub interval: Interval,
}

/// What changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Interrupted {
    /// The jump at the change.
    pub level: Change,
    /// How much faster the measure rises for each step of time after it.
    pub slope: Change,
    /// Lags that the standard errors allow for.
    pub lags: usize,
    /// 2 where neighbouring months have nothing in common, 0 where they are the same.
    pub durbin_watson: f64,
    /// Points in time.
    pub points: usize,
}

/// The columns of the model: time, after the change, time since the change, and a column for each season but the first.
///
/// ```
/// use difference_engine::interrupted::{Point, columns};
/// let points = [1.0, 2.0, 3.0].map(|time| Point { time, value: 0.0, season: 0 });
/// assert_eq!(columns(&points, 2.0)[2], [3.0, 1.0, 1.0]);
/// ```
#[must_use]
pub fn columns(points: &[Point], change: f64) -> Vec<Vec<f64>> {
    let mut seasons: Vec<usize> = points.iter().map(|p| p.season).collect();
    seasons.sort_unstable();
    seasons.dedup();
    let row = |point: &Point| {
        let after = f64::from(u8::from(point.time >= change));
        let season = |s: &usize| f64::from(u8::from(*s == point.season));
        [point.time, after, after * (point.time - change)]
            .into_iter()
            .chain(seasons.iter().skip(1).map(season))
            .collect()
    };
    points.iter().map(row).collect()
}

/// The changes of level and slope at a time; lags by Newey and West's rule, or the length of the seasons where that is longer.
///
/// # Errors
/// `too-few-points` with fewer than eight points before or after; those of [`LeastSquares::fit`].
pub fn interrupted(points: &[Point], change: f64) -> Result<Interrupted, Refusal> {
    let after = points.iter().filter(|p| p.time >= change).count();
    let fewest = after.min(points.len() - after);
    if fewest < 8 {
        return Err(Refusal::new(
            "too-few-points",
            format!(
                "There are {fewest} points on one side of the change, too few to tell a change from ups and downs."
            ),
            "Wait for more; at least eight are needed on each side, a year or two of months is better.",
        ));
    }
    let rows: Vec<Vec<f64>> = (columns(points, change).into_iter().zip(points))
        .map(|(mut row, point)| {
            row.push(point.value);
            row
        })
        .collect();
    let cell = Cell {
        cluster: 0,
        block: 0,
        moments: Moments::of(&rows),
    };
    let fit = LeastSquares::fit(&[cell])?;
    let terms = [Term::Column(1), Term::Column(2)];
    let mut series = NeweyWest::new(&fit, &terms);
    rows.iter().for_each(|row| series.add(row));
    let mut seasons: Vec<usize> = points.iter().map(|p| p.season).collect();
    seasons.sort_unstable();
    seasons.dedup();
    let lags = series
        .usual_lags()
        .max(if seasons.len() > 1 { seasons.len() } else { 0 });
    let df = count(fit.residual_df());
    let found = |term: Term| -> Result<Change, Refusal> {
        let known = fit
            .coefficient(term)
            .zip(series.adjusted_standard_error(term, lags));
        let (estimate, standard_error) = known.filter(|(_, se)| *se > 0.0).ok_or_else(flat)?;
        let half = t_quantile(0.975, df)? * standard_error;
        Ok(Change {
            estimate,
            standard_error,
            p_value: t_two_sided(estimate / standard_error, df)?,
            interval: Interval {
                level: 0.95,
                lower: estimate - half,
                upper: estimate + half,
            },
        })
    };
    let [level, slope] = terms;
    Ok(Interrupted {
        level: found(level)?,
        slope: found(slope)?,
        lags,
        durbin_watson: series.durbin_watson(),
        points: points.len(),
    })
}

/// Comparative interrupted time series: the changes of the difference between two series, at the times that both have.
///
/// # Errors
/// As [`interrupted`].
pub fn compared(
    series: &[Point],
    comparison: &[Point],
    change: f64,
) -> Result<Interrupted, Refusal> {
    let difference: Vec<Point> = (series.iter())
        .filter_map(|point| {
            let other = comparison.iter().find(|other| other.time == point.time)?;
            Some(Point {
                value: point.value - other.value,
                ..*point
            })
        })
        .collect();
    interrupted(&difference, change)
}

fn flat() -> Refusal {
    Refusal::new(
        "no-variation",
        "Nothing varies around the line, so nothing shows how sure the answer is.",
        "Check that the right column is chosen as the measure.",
    )
}
