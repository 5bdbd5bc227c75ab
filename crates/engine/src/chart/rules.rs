//! The rule set `nhs`: when a point is more than the ordinary ups and downs.
//!
//! As NHSRplotthedots 0.2.2 codes the rules of NHS England's "Making Data Count": a point outside the
//! limits; 7 points all rising or all falling; 2 of 3 points on one side beyond two thirds of the way
//! to the limit; 7 points in a row on one side of the average. Every point of a pattern is marked,
//! in that order of weight.

use super::Signal;
use super::limits::Limits;

/// Points in a run or a trend.
const RUN: usize = 7;

/// What one point signals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signals {
    /// Every rule that it breaks, the weightiest first.
    pub rules: Vec<Signal>,
    /// Whether the weightiest points up (1) or down (−1); 0 where nothing is signalled.
    pub direction: i8,
}

/// What each value signals when judged by these limits.
pub(super) fn nhs(values: &[f64], limits: &Limits) -> Vec<Signals> {
    let sides: Vec<i8> = values.iter().map(|v| limits.side(*v)).collect();
    let steps: Vec<i8> = values
        .windows(2)
        .map(|pair| match pair {
            [before, after] if after > before => 1,
            [before, after] if after < before => -1,
            _ => 0,
        })
        .collect();
    let near: Vec<bool> = values.iter().map(|v| limits.is_near_limit(*v)).collect();

    let in_run = members(values.len(), RUN, |from| one_way(&sides, from, RUN));
    let in_trend = members(values.len(), RUN, |from| one_way(&steps, from, RUN - 1));
    let in_pair = members(values.len(), 3, |from| {
        let close = near.iter().skip(from).take(3).filter(|n| **n).count();
        close >= 2 && one_way(&sides, from, 3)
    });

    values
        .iter()
        .enumerate()
        .map(|(i, value)| {
            let at = |marks: &[bool], i: usize| marks.get(i).copied().unwrap_or(false);
            let side = sides.get(i).copied().unwrap_or(0);
            let broken = [
                (limits.is_outside(*value), Signal::Outside, side),
                (
                    at(&in_trend, i),
                    Signal::Trend,
                    trend_at(&steps, &in_trend, i),
                ),
                (at(&in_pair, i) && at(&near, i), Signal::NearLimit, side),
                (at(&in_run, i), Signal::Side, side),
            ];
            let mut signals = Signals::default();
            for (breaks, signal, direction) in broken {
                if breaks {
                    if signals.rules.is_empty() {
                        signals.direction = direction;
                    }
                    signals.rules.push(signal);
                }
            }
            signals
        })
        .collect()
}

/// Marks every point of each window of `width` for which the pattern holds.
fn members(n: usize, width: usize, holds: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut marks = vec![false; n];
    for from in 0..(n + 1).saturating_sub(width) {
        if holds(from) {
            marks
                .iter_mut()
                .skip(from)
                .take(width)
                .for_each(|m| *m = true);
        }
    }
    marks
}

/// Whether `width` signs from `from` on are all 1 or all −1.
fn one_way(signs: &[i8], from: usize, width: usize) -> bool {
    let stretch = || signs.iter().skip(from).take(width);
    stretch().count() == width && (stretch().all(|s| *s == 1) || stretch().all(|s| *s == -1))
}

/// The direction of the trend at a point: of the step after it while the trend goes on, else of the
/// step before it.
fn trend_at(steps: &[i8], in_trend: &[bool], i: usize) -> i8 {
    let goes_on = in_trend.get(i + 1).copied().unwrap_or(false);
    let step = if goes_on { Some(i) } else { i.checked_sub(1) };
    step.and_then(|s| steps.get(s)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::super::limits::Limits;
    use super::nhs;
    use crate::chart::Signal::{self, NearLimit, Outside, Side, Trend};

    fn judged(values: &[f64], baseline: usize) -> Vec<Vec<Signal>> {
        let limits = Limits::of(values.get(..baseline).unwrap()).unwrap();
        nhs(values, &limits).into_iter().map(|s| s.rules).collect()
    }

    /// Average 10, moving range 2: limits 4.68 and 15.32, near from 6.45 and 13.55 on.
    const CALM: [f64; 9] = [9.0, 11.0, 9.0, 11.0, 9.0, 11.0, 9.0, 11.0, 10.0];

    fn after_calm(more: &[f64]) -> Vec<Vec<Signal>> {
        let values: Vec<f64> = CALM.iter().chain(more).copied().collect();
        let limits = Limits {
            centre: 10.0,
            moving_range: 2.0,
        };
        let signals = nhs(&values, &limits);
        signals
            .into_iter()
            .skip(CALM.len())
            .map(|s| s.rules)
            .collect()
    }

    #[test]
    fn a_point_outside_is_a_signal_and_one_on_the_limit_is_not() {
        assert_eq!(
            after_calm(&[15.33, 15.32, 9.0]),
            [vec![Outside], vec![], vec![]]
        );
    }

    #[test]
    fn six_on_one_side_are_ordinary_and_the_seventh_marks_them_all() {
        let six = [10.5, 11.0, 10.5, 11.0, 10.5, 11.0];
        assert!(after_calm(&six).iter().all(Vec::is_empty));
        let seven: Vec<f64> = six.into_iter().chain([10.5]).collect();
        assert!(after_calm(&seven).iter().all(|s| *s == [Side]));
    }

    #[test]
    fn seven_rising_are_a_trend_on_both_sides_of_the_average() {
        let rising = [8.0, 8.5, 9.0, 9.5, 10.5, 11.0, 11.5];
        assert!(after_calm(&rising).iter().all(|s| *s == [Trend]));
        let broken = [8.0, 8.5, 9.0, 9.0, 10.5, 11.0, 11.5];
        assert!(after_calm(&broken).iter().all(Vec::is_empty));
    }

    #[test]
    fn two_of_three_near_one_limit_are_marked_and_the_third_is_not() {
        assert_eq!(
            after_calm(&[14.0, 11.0, 14.0]),
            [vec![NearLimit], vec![], vec![NearLimit]]
        );
        assert!(after_calm(&[14.0, 9.0, 14.0]).iter().all(Vec::is_empty));
    }

    #[test]
    fn a_series_that_never_moves_signals_nothing() {
        assert!(judged(&[0.1; 20], 20).iter().all(Vec::is_empty));
    }
}
