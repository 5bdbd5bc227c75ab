//! The rule set `nhs`.
//!
//! As NHSRplotthedots 0.2.2 codes the rules of NHS England's "Making Data Count": a point outside the
//! limits; 7 points all rising or all falling; 2 of 3 points on one side beyond two thirds of the way
//! to the limit; 7 points in a row on one side of the average. Every point of a pattern is marked,
//! in that order of weight. Held to `reference/spc.json`: `…_nhs`, `…_nhs_noscreen`, `…_nhs_fix12`.

use super::bits::Bits;
use super::patterns::steps;
use super::zones::Zone;
use super::{Signal, Signals};

/// Points in a run or a trend.
const RUN: u32 = 7;
/// Points among which two are near a limit.
const PAIR: u32 = 3;

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
    let (above, below) = (Bits::of(zones, |z| z > 0), Bits::of(zones, |z| z < 0));
    let (rise, fall) = (Bits::of(&steps, |s| s > 0), Bits::of(&steps, |s| s < 0));
    let outside = Bits::of(zones, |z| z.abs() == 4);
    let side = run(&above).or(&run(&below));
    let trend = trend(&rise).or(&trend(&fall));
    let near = near_limit(zones, &above, &below);

    // A trend points where it goes on to, at its end where it came from; everything else to its side.
    let on = trend.later(1);
    let (on_up, on_down) = (on.and(&rise.later(1)), on.and(&fall.later(1)));
    let aimed = trend.but_not(&outside);
    let up = aimed
        .and(&on_up.or(&rise.but_not(&on_down)))
        .or(&above.but_not(&aimed));
    let down = aimed
        .and(&on_down.or(&fall.but_not(&on_up)))
        .or(&below.but_not(&aimed));

    let mut signals = vec![Signals::default(); zones.len()];
    let rules = outside
        .words()
        .zip(trend.words())
        .zip(near.words().zip(side.words()));
    let rules = rules.zip(up.words().zip(down.words()));
    for (part, (((outside, trend), (near, side)), (up, down))) in signals.chunks_mut(64).zip(rules)
    {
        let mut left = outside | trend | near | side;
        while left != 0 {
            let i = left.trailing_zeros();
            left &= left - 1;
            let at = |word: u64| (word >> i) & 1 == 1;
            let bits = [
                (outside, Signal::Outside),
                (trend, Signal::Trend),
                (near, Signal::NearLimit),
                (side, Signal::Side),
            ]
            .into_iter()
            .map(|(word, rule)| u16::from(at(word)) * rule.bit())
            .sum();
            let direction = i8::from(at(up)) - i8::from(at(down));
            if let Some(signal) = usize::try_from(i).ok().and_then(|i| part.get_mut(i)) {
                *signal = Signals::new(bits, direction);
            }
        }
    }
    signals
}

/// Every point of seven in a row on a side.
fn run(side: &Bits) -> Bits {
    side.begins(RUN).spread(RUN)
}

/// Every point of seven that go one way: six steps, and the point before the first of them.
fn trend(step: &Bits) -> Bits {
    let after = step.begins(RUN - 1).spread(RUN - 1);
    after.or(&after.later(1))
}

/// Points near a limit, of three on one side of which two or more are.
fn near_limit(zones: &[Zone], above: &Bits, below: &Bits) -> Bits {
    let near = Bits::of(zones, |z| z.abs() == 3);
    let (next, third) = (near.later(1), near.later(2));
    let two = near.and(&next).or(&near.and(&third)).or(&next.and(&third));
    let on_one_side = above.begins(PAIR).or(&below.begins(PAIR));
    two.and(&on_one_side).spread(PAIR).and(&near)
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
