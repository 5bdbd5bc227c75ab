//! The rule set `nhs`.
//!
//! As NHSRplotthedots 0.2.2 codes the rules of NHS England's "Making Data Count": a point outside the
//! limits; 7 points all rising or all falling; 2 of 3 points on one side beyond two thirds of the way
//! to the limit; 7 points in a row on one side of the average. Every point of a pattern is marked,
//! in that order of weight. Held to `reference/spc.json`: `…_nhs`, `…_nhs_noscreen`, `…_nhs_fix12`.

use super::patterns::steps;
use super::zones::Zone;
use super::{Signal, Signals};

/// Points in a run or a trend.
const RUN: u8 = 7;
/// Points among which two are near a limit.
const PAIR: u8 = 3;

/// Where a pattern ends.
const RUN_ENDS: u8 = 1;
const TREND_ENDS: u8 = 2;
const PAIR_ENDS: u8 = 4;

/// What each value signals: `zones` say where it lies, `values` whether it rises.
///
/// ```
/// use difference_engine::chart::Signal;
/// use difference_engine::chart::rules::{nhs, zones};
/// let values = [10.5, 11.0, 10.5, 11.0, 10.5, 11.0, 10.5];
/// let signals = nhs(&values, &zones(&values, 10.0, 5.32));
/// assert!(signals.iter().all(|s| s.has(Signal::Side) && s.direction() == 1));
/// ```
#[must_use]
pub fn nhs(values: &[f64], zones: &[Zone]) -> Vec<Signals> {
    let steps = steps(values);
    let ends = ends(zones, &steps);
    let mut signals = vec![Signals::default(); zones.len()];
    let (mut run, mut trend, mut pair) = (0_u8, 0_u8, 0_u8);
    // The step after the point, where the trend goes on to it.
    let mut later = 0_i8;
    let points = signals.iter_mut().zip(zones).zip(steps.iter().zip(&ends));
    for ((signal, zone), (step, ends)) in points.rev() {
        if ends & RUN_ENDS != 0 {
            run = RUN;
        }
        if ends & TREND_ENDS != 0 {
            trend = RUN;
        }
        if ends & PAIR_ENDS != 0 {
            pair = PAIR;
        }
        let outside = zone.abs() == 4;
        let near = pair > 0 && zone.abs() == 3;
        let mut bits = 0;
        if outside {
            bits |= Signal::Outside.bit();
        }
        if trend > 0 {
            bits |= Signal::Trend.bit();
        }
        if near {
            bits |= Signal::NearLimit.bit();
        }
        if run > 0 {
            bits |= Signal::Side.bit();
        }
        if bits != 0 {
            let direction = if trend > 0 && !outside {
                if later != 0 { later } else { *step }
            } else {
                zone.signum()
            };
            *signal = Signals::new(bits, direction);
        }
        later = if trend > 0 { *step } else { 0 };
        run = run.saturating_sub(1);
        trend = trend.saturating_sub(1);
        pair = pair.saturating_sub(1);
    }
    signals
}

/// The patterns that end at each point.
fn ends(zones: &[Zone], steps: &[i8]) -> Vec<u8> {
    let (mut run, mut rise) = (0_u8, 0_u8);
    let (mut side, mut way) = (0_i8, 0_i8);
    let (mut near_1, mut near_2) = (0_u8, 0_u8);
    zones
        .iter()
        .zip(steps)
        .map(|(zone, step)| {
            let here = zone.signum();
            run = if here != 0 && here == side {
                (run + 1).min(RUN)
            } else {
                here.unsigned_abs()
            };
            rise = if *step != 0 && *step == way {
                (rise + 1).min(RUN)
            } else {
                step.unsigned_abs()
            };
            side = here;
            way = *step;
            let near = u8::from(zone.abs() == 3);
            let two = run >= PAIR && near + near_1 + near_2 >= 2;
            near_2 = near_1;
            near_1 = near;
            (u8::from(run >= RUN) * RUN_ENDS)
                | (u8::from(rise >= RUN - 1) * TREND_ENDS)
                | (u8::from(two) * PAIR_ENDS)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use crate::chart::Signal::{self, NearLimit, Outside, Side, Trend};
    use crate::chart::kinds::xmr::xmr;
    use crate::chart::rules::{nhs, zones};

    /// Average 10, moving range 2: limits 4.68 and 15.32, near from 6.45 and 13.55 on.
    const CALM: [f64; 9] = [9.0, 11.0, 9.0, 11.0, 9.0, 11.0, 9.0, 11.0, 10.0];

    fn after_calm(more: &[f64]) -> Vec<Vec<Signal>> {
        let values: Vec<f64> = CALM.iter().chain(more).copied().collect();
        let signals = nhs(&values, &zones(&values, 10.0, 2.66 * 2.0));
        signals
            .into_iter()
            .skip(CALM.len())
            .map(|s| s.rules())
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
        let still = [0.1; 20];
        let limits = xmr(&still, true).unwrap();
        let signals = nhs(&still, &zones(&still, limits.centre, limits.reach()));
        assert!(signals.iter().all(|s| s.is_empty()));
    }
}
