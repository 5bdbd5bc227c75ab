//! Where a falling function crosses zero.
//!
//! Who may call this: the iterative estimators of this folder. What must stay true: the answer is
//! the same for the same function, to the last digit, and never outside the bracket.

/// Steps after which the bracket is only halved: Newton's need a handful.
const PATIENCE: u32 = 60;

/// The crossing of a function that is above zero at `low` and not above it at `high`, to the
/// resolution of a double: Newton's steps from `low`, halving the bracket wherever they would leave it.
/// `f` gives the value and its derivative.
pub(super) fn falling(f: impl Fn(f64) -> (f64, f64), mut low: f64, mut high: f64) -> f64 {
    let mut x = low;
    let mut steps = 0;
    loop {
        let (value, slope) = f(x);
        if value > 0.0 {
            low = x;
        } else {
            high = x;
        }
        let newton = x - value / slope;
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        steps += 1;
        let next = if steps < PATIENCE && newton > low && newton < high {
            newton
        } else {
            middle
        };
        if (next - x).abs() <= 2.0 * f64::EPSILON * x.abs() {
            return next;
        }
        x = next;
    }
}
