//! The binomial and Poisson distributions.

use super::incomplete::{beta_regularised, gamma_regularised};
use super::{Answer, finite};

/// P(R ≤ r) of the number of successes in `n` draws with chance `p`.
///
/// # Errors
/// When an argument is not finite, `n` is below 0 or `p` is outside 0 to 1.
pub fn binomial_cdf(r: f64, n: f64, p: f64) -> Answer {
    let r = finite("binomial_cdf", "r", r)?.floor();
    let n = above("binomial_cdf", "n", n, 0.0)?;
    let p = above("binomial_cdf", "p", p, 0.0)?;
    above("binomial_cdf", "1 - p", 1.0 - p, 0.0)?;
    if r < 0.0 {
        return Ok(0.0);
    }
    if r >= n {
        return Ok(1.0);
    }
    Ok(beta_regularised(n - r, r + 1.0, 1.0 - p, p).0)
}

/// P(R ≤ r) of a Poisson count with mean `mean`.
///
/// # Errors
/// When an argument is not finite or `mean` is below 0.
pub fn poisson_cdf(r: f64, mean: f64) -> Answer {
    let r = finite("poisson_cdf", "r", r)?.floor();
    let mean = above("poisson_cdf", "mean", mean, 0.0)?;
    if r < 0.0 {
        return Ok(0.0);
    }
    Ok(gamma_regularised(r + 1.0, mean).1)
}

fn above(function: &'static str, argument: &'static str, value: f64, least: f64) -> Answer {
    let value = finite(function, argument, value)?;
    if value < least {
        return Err(super::OutOfDomain {
            function,
            argument,
            value,
        });
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::{binomial_cdf, poisson_cdf};

    #[test]
    fn they_agree_with_sums_of_their_own_terms() {
        let (n, p) = (12.0, 0.3_f64);
        let mut term = (1.0 - p).powi(12);
        let mut sum = term;
        for r in 0..12 {
            let r = f64::from(r);
            assert!((binomial_cdf(r, n, p).unwrap() - sum).abs() < 1e-13, "{r}");
            term *= (n - r) / (r + 1.0) * p / (1.0 - p);
            sum += term;
        }
        let mean = 4.5_f64;
        let mut term = (-mean).exp();
        let mut sum = term;
        for r in 0..20 {
            let r = f64::from(r);
            assert!((poisson_cdf(r, mean).unwrap() - sum).abs() < 1e-13, "{r}");
            term *= mean / (r + 1.0);
            sum += term;
        }
    }

    #[test]
    fn the_ends_are_certain_and_nonsense_is_an_error() {
        assert_eq!(binomial_cdf(5.0, 5.0, 0.2), Ok(1.0));
        assert_eq!(binomial_cdf(-1.0, 5.0, 0.2), Ok(0.0));
        assert_eq!(binomial_cdf(2.0, 5.0, 0.0), Ok(1.0));
        assert_eq!(binomial_cdf(2.0, 5.0, 1.0), Ok(0.0));
        assert_eq!(poisson_cdf(0.0, 0.0), Ok(1.0));
        assert!(binomial_cdf(2.0, 5.0, 1.5).is_err());
        assert!(poisson_cdf(2.0, -1.0).is_err());
    }
}
