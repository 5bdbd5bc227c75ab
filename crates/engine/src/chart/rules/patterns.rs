//! Patterns of several points, each marked at every point that belongs to it.
//!
//! What must stay true: the numbers of points are the caller's (houses differ: 7, 8 or 9 in a run; 6 or
//! 7 in a trend); of "k of m" patterns only the points beyond the line are marked.

use super::zones::Zone;

/// Points in runs of `length` or more on one side of the centre.
///
/// ```
/// use difference_engine::chart::rules::patterns::side;
/// assert_eq!(side(&[1, -1, -2, -1, 1], 3), [false, true, true, true, false]);
/// ```
#[must_use]
pub fn side(zones: &[Zone], length: usize) -> Vec<bool> {
    stretches(&signs(zones), length)
}

/// Points in trends of `length` or more points, each above (or each below) the one before.
#[must_use]
pub fn trend(values: &[f64], length: usize) -> Vec<bool> {
    let steps = steps(values);
    let rest = stretches(steps.get(1..).unwrap_or_default(), length.saturating_sub(1));
    // A trend of steps begins with the point before its first step.
    let begins = rest.iter().copied().chain([false]);
    let ends = std::iter::once(false).chain(rest.iter().copied());
    begins
        .zip(ends)
        .map(|(a, b)| a || b)
        .take(values.len())
        .collect()
}

/// Points beyond the `line`th third of the way to a limit, where at least `k` of `m` in a row are, on
/// one side.
#[must_use]
pub fn beyond(zones: &[Zone], line: Zone, k: usize, m: usize) -> Vec<bool> {
    let mut marks = vec![false; zones.len()];
    for direction in [1, -1] {
        let past: Vec<bool> = zones.iter().map(|z| z * direction > line).collect();
        let full = window(&past, m, |among| among >= k);
        for ((mark, past), full) in marks.iter_mut().zip(&past).zip(full) {
            *mark |= *past && full;
        }
    }
    marks
}

/// Points in runs of `length` or more that all lie within a third of the way to a limit.
#[must_use]
pub fn hugging(zones: &[Zone], length: usize) -> Vec<bool> {
    let close: Vec<i8> = zones.iter().map(|z| i8::from(z.abs() <= 1)).collect();
    stretches(&close, length)
}

/// Points in runs of `length` or more that all lie beyond a third of the way to a limit, on either side.
#[must_use]
pub fn mixture(zones: &[Zone], length: usize) -> Vec<bool> {
    let away: Vec<i8> = zones.iter().map(|z| i8::from(z.abs() > 1)).collect();
    stretches(&away, length)
}

/// Points in stretches of `length` or more that go up and down in turn.
#[must_use]
pub fn alternating(values: &[f64], length: usize) -> Vec<bool> {
    let steps = steps(values);
    let turns: Vec<i8> = std::iter::once(0)
        .chain(
            steps
                .iter()
                .zip(steps.iter().skip(1))
                .map(|(a, b)| i8::from(a * b < 0)),
        )
        .collect();
    // `length` points have length − 2 turns, the first at the third point.
    let mut run = 0;
    let ends: Vec<bool> = turns
        .iter()
        .map(|turn| {
            run = if *turn == 1 { run + 1 } else { 0 };
            run + 2 >= length
        })
        .collect();
    marked(&ends, length)
}

/// 1 above the centre, −1 below, 0 on it.
fn signs(zones: &[Zone]) -> Vec<i8> {
    zones.iter().map(|z| z.signum()).collect()
}

/// 1 for a step up to a value, −1 for a step down, 0 for none and for the first value.
pub(super) fn steps(values: &[f64]) -> Vec<i8> {
    let mut before = values.first().copied().unwrap_or(0.0);
    values
        .iter()
        .map(|value| {
            let step = i8::from(*value > before) - i8::from(*value < before);
            before = *value;
            step
        })
        .collect()
}

/// Marks every point of stretches of `length` or more with the same sign, which is not 0.
fn stretches(signs: &[i8], length: usize) -> Vec<bool> {
    let (mut run, mut before) = (0, 0);
    let ends: Vec<bool> = signs
        .iter()
        .map(|sign| {
            run = match *sign {
                0 => 0,
                sign if sign == before => run + 1,
                _ => 1,
            };
            before = *sign;
            run >= length && length > 0
        })
        .collect();
    marked(&ends, length)
}

/// Marks the points of every window of `width` whose count of true ones holds.
fn window(of: &[bool], width: usize, holds: impl Fn(usize) -> bool) -> Vec<bool> {
    marked(&ends(of, width, holds), width)
}

/// Whether the window of `width` that ends at each point is whole and its count of true ones holds.
fn ends(of: &[bool], width: usize, holds: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut among = 0;
    let leaving = std::iter::repeat_n(false, width).chain(of.iter().copied());
    of.iter()
        .zip(leaving)
        .enumerate()
        .map(|(i, (enters, leaves))| {
            among += usize::from(*enters);
            among -= usize::from(leaves);
            i + 1 >= width && holds(among)
        })
        .collect()
}

/// Marks the `width` points up to and with each end.
fn marked(ends: &[bool], width: usize) -> Vec<bool> {
    let mut marks = vec![false; ends.len()];
    let mut left = 0;
    for (mark, end) in marks.iter_mut().zip(ends).rev() {
        if *end {
            left = width;
        }
        *mark = left > 0;
        left = left.saturating_sub(1);
    }
    marks
}
