//! The incomplete beta and gamma functions, and how a quantile is solved for.

use std::f64::consts::PI;

use libm::lgamma as ln_gamma;

/// Error of Stirling's formula: ln Γ(n + 1) − (n + ½) ln n + n − ½ ln 2π.
pub(super) fn stirling_error(n: f64) -> f64 {
    if n < 10.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let s = 1.0 / (n * n);
    let terms = [
        -3617.0 / 122_400.0,
        1.0 / 156.0,
        -691.0 / 360_360.0,
        1.0 / 1188.0,
        -1.0 / 1680.0,
        1.0 / 1260.0,
        -1.0 / 360.0,
        1.0 / 12.0,
    ];
    terms.iter().fold(0.0, |sum, term| sum * s + term) / n
}

/// Loader's deviance part x ln(x/m) + m − x, without cancellation near x = m; `gap` is x − m, given
/// because it often can be had with more digits than the subtraction would leave.
pub(super) fn deviance_part(x: f64, m: f64, gap: f64) -> f64 {
    if x == 0.0 {
        return m;
    }
    if gap.abs() < 0.1 * (x + m) {
        let v = gap / (x + m);
        let mut sum = gap * v;
        let mut power = 2.0 * x * v;
        let mut odd = 1.0;
        loop {
            power *= v * v;
            odd += 2.0;
            let next = sum + power / odd;
            if next == sum {
                return sum;
            }
            sum = next;
        }
    }
    x * (x / m).ln() - gap
}

/// x^a · y^b / B(a, b) with y = 1 − x.
pub(super) fn beta_factor(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    // a − (a + b)x, with the digits of the smaller of x and y.
    let gap = a * y - b * x;
    let exponent = stirling_error(n)
        - stirling_error(a)
        - stirling_error(b)
        - deviance_part(a, n * x, gap)
        - deviance_part(b, n * y, -gap);
    exponent.exp() * (n / (2.0 * PI * a * b)).sqrt() * a * b / n
}

/// The continued fraction of the incomplete beta function, its pairs of terms contracted to one
/// (Didonato & Morris 1992, `BFRAC`), so that x near 1 keeps the digits of y = 1 − x. Times the
/// factor x^a y^b / B(a, b) it is I_x(a, b).
fn beta_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let c = 1.0 + (a * y - b * x);
    let c0 = b / a;
    let c1 = 1.0 + 1.0 / a;
    let (mut n, mut p, mut s) = (0.0, 1.0, a + 1.0);
    let (mut an, mut bn, mut an1, mut bn1) = (0.0, 1.0, 1.0, c / c1);
    let mut r = c1 / c;
    while n < 1e6 {
        n += 1.0;
        let t = n / a;
        let w = n * (b - n) * x;
        let e = a / s;
        let alpha = p * (p + c0) * e * e * w * x;
        let e = (1.0 + t) / (c1 + t + t);
        let beta = n + w / s + e * (c + n * (1.0 + y));
        p = 1.0 + t;
        s += 2.0;
        (an, an1) = (an1, alpha * an + beta * an1);
        (bn, bn1) = (bn1, alpha * bn + beta * bn1);
        let before = r;
        r = an1 / bn1;
        if (r - before).abs() <= 1e-15 * r.abs() {
            break;
        }
        an /= bn1;
        bn /= bn1;
        an1 = r;
        bn1 = 1.0;
    }
    r
}

/// The regularised incomplete beta function I_x(a, b) and its complement; y is 1 − x, given so that
/// neither end loses digits.
pub(super) fn beta_regularised(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let factor = beta_factor(a, b, x, y);
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = factor * beta_fraction(a, b, x, y);
        (lower, 1.0 - lower)
    } else {
        let upper = factor * beta_fraction(b, a, y, x);
        (1.0 - upper, upper)
    }
}

/// The regularised incomplete gamma functions P(a, x) and Q(a, x).
pub(super) fn gamma_regularised(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    // x^a e^−x / Γ(a + 1)
    let factor = (-stirling_error(a) - deviance_part(a, x, a - x)).exp() / (2.0 * PI * a).sqrt();
    if x < a + 1.0 {
        let mut term = 1.0;
        let mut sum = 1.0;
        let mut k = a;
        while term > sum * 1e-17 {
            k += 1.0;
            term *= x / k;
            sum += term;
        }
        let lower = factor * sum;
        (lower, 1.0 - lower)
    } else {
        const TINY: f64 = 1e-300;
        let keep = |v: f64| if v.abs() < TINY { TINY } else { v };
        let mut b = x + 1.0 - a;
        let mut c = 1.0 / TINY;
        let mut d = 1.0 / keep(b);
        let mut h = d;
        let mut i = 1.0;
        while i < 1e6 {
            let an = -i * (i - a);
            b += 2.0;
            d = 1.0 / keep(an * d + b);
            c = keep(b + an / c);
            let change = d * c;
            h *= change;
            if (change - 1.0).abs() < 4e-16 {
                break;
            }
            i += 1.0;
        }
        let upper = factor * a * h;
        (1.0 - upper, upper)
    }
}

/// The x ≥ 0 at which a decreasing `tail` reaches `target`: Newton steps kept inside a bracket.
pub(super) fn solve_tail(
    tail: impl Fn(f64) -> f64,
    density: impl Fn(f64) -> f64,
    target: f64,
    start: f64,
) -> f64 {
    let mut lower = 0.0;
    let mut upper = start.max(1e-8);
    while tail(upper) > target && upper < f64::MAX / 4.0 {
        lower = upper;
        upper *= 2.0;
    }
    let mut x = start.clamp(lower, upper);
    for _ in 0..200 {
        let here = tail(x);
        if here > target {
            lower = x;
        } else {
            upper = x;
        }
        let slope = density(x);
        // Newton on the logarithm of the tail: straight where tails are heavy or thin.
        let step = if slope > 0.0 && here > 0.0 {
            (here / target).ln() * here / slope
        } else {
            f64::INFINITY
        };
        let mut next = x + step;
        if !(next > lower && next < upper) {
            next = if lower == 0.0 || upper / lower > 4.0 {
                // Quantiles near 0 are found in few steps on the scale of their size.
                if lower == 0.0 {
                    upper / 16.0
                } else {
                    (lower * upper).sqrt()
                }
            } else {
                0.5 * (lower + upper)
            };
        }
        if (next - x).abs() <= 1e-16 * x.abs() || upper - lower <= 1e-16 * upper {
            return next;
        }
        x = next;
    }
    x
}

/// Solves for a quantile on whichever tail is the smaller, so that neither loses digits.
pub(super) fn solve_either(
    parts: impl Fn(f64) -> (f64, f64),
    density: impl Fn(f64) -> f64,
    p: f64,
    start: f64,
) -> f64 {
    if p > 0.5 {
        solve_tail(|x| parts(x).1, density, 1.0 - p, start)
    } else {
        // A rising lower tail is a falling tail of 1/x.
        let inverse = |w: f64| if w > 0.0 { 1.0 / w } else { f64::INFINITY };
        let w = solve_tail(
            |w| parts(inverse(w)).0,
            |w| density(inverse(w)) / (w * w),
            p,
            inverse(start.max(1e-8)),
        );
        inverse(w)
    }
}
