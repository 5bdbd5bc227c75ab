//! Outcomes with two values: reached or not.
//!
//! Who may call this: [`evaluate`](crate::evaluate()). What must stay true: counts are whole, and every interval
//! names its method.
//!
//! Citations: Wilson 1927; Newcombe 1998 (method 10 for the difference); Woolf 1955 (odds ratio);
//! Cox 1970 and Sánchez-Meca et al. 2003 (Cox index); Fisher 1935.

use statrs::function::factorial::ln_factorial;

use crate::count::count_u64 as count;
use crate::distributions::{chi2_upper, normal_quantile};
use crate::evaluation::{EffectSize, Interval};
use crate::refusal::Refusal;

/// How many of how many, in each group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoByTwo {
    /// Successes in the intervention.
    pub successes: u64,
    /// Pupils in the intervention.
    pub pupils: u64,
    /// Successes in the comparison.
    pub comparison_successes: u64,
    /// Pupils in the comparison.
    pub comparison_pupils: u64,
}

/// Wilson's score interval of a share.
///
/// # Errors
/// `no-pupils` where there is nobody; `out-of-domain` where `level` is not between 0 and 1.
pub fn wilson(successes: u64, pupils: u64, level: f64) -> Result<Interval, Refusal> {
    if pupils == 0 || successes > pupils {
        return Err(no_pupils());
    }
    let z = normal_quantile(0.5 + 0.5 * level)?;
    let n = count(pupils);
    let p = count(successes) / n;
    let z2 = z * z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Ok(Interval {
        level,
        lower: if successes == 0 {
            0.0
        } else {
            (centre - half).max(0.0)
        },
        upper: if successes == pupils {
            1.0
        } else {
            (centre + half).min(1.0)
        },
    })
}

fn no_pupils() -> Refusal {
    Refusal::new(
        "no-pupils",
        "A group has no pupil with an outcome.",
        "Check which column says who got what.",
    )
}

impl TwoByTwo {
    fn checked(&self) -> Result<(), Refusal> {
        let empty = self.pupils == 0 || self.comparison_pupils == 0;
        if empty
            || self.successes > self.pupils
            || self.comparison_successes > self.comparison_pupils
        {
            return Err(no_pupils());
        }
        Ok(())
    }

    /// Share of the intervention that succeeded.
    #[must_use]
    pub fn share(&self) -> f64 {
        count(self.successes) / count(self.pupils)
    }

    /// Share of the comparison that succeeded.
    #[must_use]
    pub fn comparison_share(&self) -> f64 {
        count(self.comparison_successes) / count(self.comparison_pupils)
    }

    /// Risk difference, unadjusted, with Wald's standard error and Newcombe's (1998) interval by
    /// method 10, from the Wilson limits of each share. Named `risk_difference`.
    ///
    /// # Errors
    /// `no-pupils`.
    pub fn risk_difference(&self, level: f64) -> Result<EffectSize, Refusal> {
        self.checked()?;
        let (p1, p0) = (self.share(), self.comparison_share());
        let one = wilson(self.successes, self.pupils, level)?;
        let zero = wilson(self.comparison_successes, self.comparison_pupils, level)?;
        let difference = p1 - p0;
        Ok(EffectSize {
            name: "risk_difference".to_owned(),
            estimate: difference,
            standard_error: Some(self.risk_difference_se()),
            interval: Some(Interval {
                level,
                lower: difference - ((p1 - one.lower).powi(2) + (zero.upper - p0).powi(2)).sqrt(),
                upper: difference + ((one.upper - p1).powi(2) + (p0 - zero.lower).powi(2)).sqrt(),
            }),
            definition: "share in the intervention less share in the comparison, unadjusted; Newcombe’s (1998) hybrid score interval".to_owned(),
        })
    }

    /// Wald's standard error of the risk difference.
    #[must_use]
    pub fn risk_difference_se(&self) -> f64 {
        let (p1, p0) = (self.share(), self.comparison_share());
        (p1 * (1.0 - p1) / count(self.pupils) + p0 * (1.0 - p0) / count(self.comparison_pupils))
            .sqrt()
    }

    /// The four cells as numbers: reached and not in the intervention, reached and not in the comparison.
    pub(crate) fn checked_cells(&self) -> Result<[f64; 4], Refusal> {
        self.checked()?;
        Ok(self.cells())
    }

    fn cells(&self) -> [f64; 4] {
        [
            count(self.successes),
            count(self.pupils.saturating_sub(self.successes)),
            count(self.comparison_successes),
            count(
                self.comparison_pupils
                    .saturating_sub(self.comparison_successes),
            ),
        ]
    }

    /// ln odds ratio and its standard error (Woolf 1955); half a pupil is added to every cell where
    /// one is empty (Haldane 1956; Anscombe 1956).
    ///
    /// # Errors
    /// `no-pupils`.
    pub fn log_odds_ratio(&self) -> Result<(f64, f64), Refusal> {
        self.checked()?;
        let cells = self.cells();
        let half = if cells.contains(&0.0) { 0.5 } else { 0.0 };
        let [a, b, c, d] = cells.map(|x| x + half);
        Ok((
            (a / b).ln() - (c / d).ln(),
            (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt(),
        ))
    }

    /// ln risk ratio and its standard error; `None` where a group has no success.
    #[must_use]
    pub fn log_risk_ratio(&self) -> Option<(f64, f64)> {
        if self.successes == 0 || self.comparison_successes == 0 || self.checked().is_err() {
            return None;
        }
        let variance = 1.0 / count(self.successes) - 1.0 / count(self.pupils)
            + 1.0 / count(self.comparison_successes)
            - 1.0 / count(self.comparison_pupils);
        Some((
            (self.share() / self.comparison_share()).ln(),
            variance.max(0.0).sqrt(),
        ))
    }

    /// Odds ratio with Woolf's interval. Named `odds_ratio`; its standard error is that of its
    /// logarithm times the ratio (delta method).
    ///
    /// # Errors
    /// `no-pupils`.
    pub fn odds_ratio(&self, level: f64) -> Result<EffectSize, Refusal> {
        let (log, se) = self.log_odds_ratio()?;
        let z = normal_quantile(0.5 + 0.5 * level)?;
        let empty = self.cells().contains(&0.0);
        Ok(EffectSize {
            name: "odds_ratio".to_owned(),
            estimate: log.exp(),
            standard_error: Some(se * log.exp()),
            interval: Some(Interval {
                level,
                lower: (log - z * se).exp(),
                upper: (log + z * se).exp(),
            }),
            definition: if empty {
                "odds in the intervention over odds in the comparison, half a pupil added to each cell because one is empty; Woolf’s interval"
            } else {
                "odds in the intervention over odds in the comparison; Woolf’s interval"
            }
            .to_owned(),
        })
    }

    /// Cox index: ln odds ratio over 1.65, an approximate standardised mean difference (WWC). Named
    /// `cox_index`.
    ///
    /// # Errors
    /// `no-pupils`.
    pub fn cox_index(&self, level: f64) -> Result<EffectSize, Refusal> {
        let (log, se) = self.log_odds_ratio()?;
        let z = normal_quantile(0.5 + 0.5 * level)?;
        Ok(EffectSize {
            name: "cox_index".to_owned(),
            estimate: log / 1.65,
            standard_error: Some(se / 1.65),
            interval: Some(Interval {
                level,
                lower: (log - z * se) / 1.65,
                upper: (log + z * se) / 1.65,
            }),
            definition: "ln odds ratio over 1.65 (What Works Clearinghouse)".to_owned(),
        })
    }

    /// How many pupils it takes for one more to succeed: 1 over the risk difference, negative where
    /// fewer do; `None` where the shares are the same.
    #[must_use]
    pub fn number_needed(&self) -> Option<f64> {
        let difference = self.share() - self.comparison_share();
        Some(1.0 / difference).filter(|n| n.is_finite())
    }

    /// Pearson's χ² without continuity correction, and its p.
    ///
    /// # Errors
    /// `no-pupils`; `no-variation` where everybody or nobody succeeded.
    pub fn pearson(&self) -> Result<(f64, f64), Refusal> {
        self.checked()?;
        let [a, b, c, d] = self.cells();
        let n = a + b + c + d;
        let margins = (a + b) * (c + d) * (a + c) * (b + d);
        if margins <= 0.0 {
            return Err(Refusal::new(
                "no-variation",
                "Everybody, or nobody, reached it, so the groups can’t differ.",
                "Check which values count as reaching it.",
            ));
        }
        let statistic = n * (a * d - b * c).powi(2) / margins;
        Ok((statistic, chi2_upper(statistic, 1.0)?))
    }

    /// Fisher's exact two-sided p: the tables no likelier than this one, given the margins.
    ///
    /// # Errors
    /// `no-pupils`.
    pub fn fisher_exact(&self) -> Result<f64, Refusal> {
        self.checked()?;
        let successes = self.successes + self.comparison_successes;
        let pupils = self.pupils + self.comparison_pupils;
        let choose =
            |n: u64, k: u64| ln_factorial(n) - ln_factorial(k) - ln_factorial(n.saturating_sub(k));
        let log = |k: u64| {
            choose(self.pupils, k) + choose(self.comparison_pupils, successes.saturating_sub(k))
                - choose(pupils, successes)
        };
        let first = successes.saturating_sub(self.comparison_pupils);
        let last = successes.min(self.pupils);
        let here = log(self.successes);
        // R's allowance for tables that tie but for rounding.
        let bound = here + (1.0_f64 + 1e-7).ln();
        let p = (first..=last)
            .map(log)
            .filter(|l| *l <= bound)
            .map(f64::exp)
            .sum::<f64>();
        Ok(p.min(1.0))
    }
}
