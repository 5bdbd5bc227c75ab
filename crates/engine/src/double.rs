//! Numbers of twice the usual length: the unrounded sum of two doubles, some 32 digits.
//!
//! Who may call this: least squares on rows whose columns nearly repeat each other. What must stay true: each
//! operation is right to about 2⁻¹⁰⁴ relative; nothing is said about overflow beyond 10²⁹⁰.
//!
//! Dekker, T. J. (1971). A floating-point technique for extending the available precision. *Numerische
//! Mathematik* 18, 224–242. Knuth's two-sum; products by one fused multiply-add.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// `hi + lo`, with `lo` less than half a last place of `hi`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Double {
    hi: f64,
    lo: f64,
}

impl Double {
    pub(crate) const ZERO: Self = Self { hi: 0.0, lo: 0.0 };
    pub(crate) const ONE: Self = Self { hi: 1.0, lo: 0.0 };

    /// The nearest usual number.
    pub(crate) fn rounded(self) -> f64 {
        self.hi + self.lo
    }

    fn normal(hi: f64, lo: f64) -> Self {
        let sum = hi + lo;
        Self {
            hi: sum,
            lo: lo - (sum - hi),
        }
    }

    pub(crate) fn is_finite(self) -> bool {
        self.hi.is_finite() && self.lo.is_finite()
    }
}

impl From<f64> for Double {
    fn from(value: f64) -> Self {
        Self { hi: value, lo: 0.0 }
    }
}

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

impl Add for Double {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (hi, low) = two_sum(self.hi, other.hi);
        let (lower, least) = two_sum(self.lo, other.lo);
        let first = Self::normal(hi, low + lower);
        Self::normal(first.hi, first.lo + least)
    }
}

impl Neg for Double {
    type Output = Self;
    fn neg(self) -> Self {
        Self {
            hi: -self.hi,
            lo: -self.lo,
        }
    }
}

impl Sub for Double {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Double {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let product = self.hi * other.hi;
        let error = self.hi.mul_add(other.hi, -product);
        Self::normal(product, error + (self.hi * other.lo + self.lo * other.hi))
    }
}

impl Div for Double {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let first = self.hi / other.hi;
        let left = self - other * Self::from(first);
        let second = left.hi / other.hi;
        let left = left - other * Self::from(second);
        let third = left.hi / other.hi;
        Self::normal(first, second) + Self::from(third)
    }
}

#[cfg(test)]
mod tests {
    use super::Double;

    #[test]
    fn a_third_times_three_is_one_to_thirty_digits() {
        let third = Double::ONE / Double::from(3.0);
        let left = Double::ONE - third * Double::from(3.0);
        assert!(left.rounded().abs() < 1e-31, "{left:?}");
    }

    #[test]
    fn what_a_usual_number_loses_is_kept() {
        let sum = Double::from(1e16) + Double::ONE - Double::from(1e16);
        assert_eq!(sum.rounded(), 1.0);
    }
}
