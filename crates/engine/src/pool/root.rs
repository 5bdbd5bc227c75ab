//! Where a falling function crosses zero.
//!
//! Who may call this: the iterative estimators of this folder. What must stay true: the answer is
//! the same for the same function, to the last digit, and never outside the bracket.

/// The crossing of a function that is above zero at `low` and not above it at `high`, to the
/// resolution of a double. Halving is slow and cannot fail.
pub(super) fn bisect(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if f(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
}
