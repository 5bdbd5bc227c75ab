//! The answer on the scale that people use: months, percentage points or the outcome's own unit.
//!
//! Who may call this: every writer of this crate, so that a picture, its sentence and its table agree.
//! What must stay true: nothing is estimated here. The scale, the unit and the digits are those of the
//! headline ([`engine::words::Finding`]); only the sign is turned back, so that a picture of absences
//! has fewer of them on the left.

use engine::distributions::{normal_quantile, normal_upper, t_quantile, t_upper};
use engine::evaluation::{Estimate, Evaluation};
use engine::months::Months;
use engine::question::Worthwhile;
use engine::words::numbers::{Precision, plural};
use engine::words::{Finding, Scale};

/// An estimate and its limits on the scale that people use.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Which scale.
    pub scale: Scale,
    /// What was measured, in people's words.
    pub outcome: String,
    /// The unit's name, such as "months" or "percentage points".
    pub unit: String,
    /// The best estimate.
    pub estimate: f64,
    /// Lower limit of its interval.
    pub lower: f64,
    /// Upper limit of its interval.
    pub upper: f64,
    /// Such as 0.95.
    pub level: f64,
    /// Degrees of freedom; none for the normal distribution.
    pub df: Option<f64>,
    /// The smallest difference worth having: a distance from nothing, always above 0.
    pub worthwhile: Option<f64>,
    /// Whether a lower value is the better one.
    pub lower_is_better: bool,
    precision: Precision,
}

impl Told {
    /// The primary estimate as it is told; none where there is no estimate or no interval.
    #[must_use]
    pub fn of(evaluation: &Evaluation) -> Option<Self> {
        let primary = evaluation.primary()?;
        let own = primary.interval?;
        let finding = Finding::of(evaluation, None);
        let gain = finding.gain()?;
        let turned = |value: f64| {
            if finding.lower_is_better {
                -value
            } else {
                value
            }
        };
        let (one, other) = (turned(gain.lower), turned(gain.upper));
        // Standard deviations for one step of the outcome's own unit.
        let per_step = evaluation
            .comparable()
            .and_then(|g| g.interval)
            .map(|g| (g.upper - g.lower) / (own.upper - own.lower))
            .filter(|ratio| ratio.is_finite() && *ratio > 0.0);
        let steps = if gain.scale == Scale::Percentage {
            100.0
        } else {
            1.0
        };
        let worthwhile = match (evaluation.worthwhile, gain.scale) {
            (None, _) => None,
            (Some(Worthwhile::Sd(sd)), Scale::Months) => Some(sd),
            (Some(Worthwhile::Unit(step)), Scale::Months) => per_step.map(|ratio| step * ratio),
            (Some(Worthwhile::Sd(sd)), _) => per_step.map(|ratio| sd / ratio * steps),
            (Some(Worthwhile::Unit(step)), _) => Some(step * steps),
        };
        Some(Self {
            scale: gain.scale,
            unit: finding.unit_word(&gain, false).to_owned(),
            estimate: turned(gain.estimate),
            lower: one.min(other),
            upper: one.max(other),
            level: own.level,
            df: primary.df,
            worthwhile,
            lower_is_better: finding.lower_is_better,
            precision: gain.precision,
            outcome: finding.outcome,
        })
    }

    /// One estimate alone, in the outcome's own unit.
    #[must_use]
    pub fn own(evaluation: &Evaluation) -> Option<Self> {
        Self::of(&Evaluation {
            attainment: false,
            ..evaluation.clone()
        })
    }

    /// One estimate of an evaluation, in the outcome's own unit.
    #[must_use]
    pub fn alone(evaluation: &Evaluation, estimate: &Estimate) -> Option<Self> {
        Self::own(&Evaluation {
            estimates: vec![Estimate {
                primary: true,
                ..estimate.clone()
            }],
            ..evaluation.clone()
        })
    }

    /// An estimate in the outcome's own unit (a share of 1 for an outcome of noughts and ones), as it
    /// is told on this scale, with its unit.
    #[must_use]
    pub fn raw(&self, estimate: f64) -> String {
        let steps = if self.scale == Scale::Percentage {
            100.0
        } else {
            1.0
        };
        self.with_unit(estimate * steps)
    }

    /// How far a value is on the helpful side of nothing; below 0 on the other side.
    #[must_use]
    pub fn helpful(&self, value: f64) -> f64 {
        if self.lower_is_better { -value } else { value }
    }

    /// The smallest difference worth having, on the side where it helps.
    #[must_use]
    pub fn worth_having(&self) -> Option<f64> {
        self.worthwhile.map(|size| self.helpful(size))
    }

    /// A quantile of the estimate's distribution, in standard errors.
    fn quantile(&self, p: f64) -> Option<f64> {
        match self.df {
            Some(df) => t_quantile(p, df),
            None => normal_quantile(p),
        }
        .ok()
    }

    /// The standard error that the interval stands for, on this scale.
    fn standard_error(&self) -> Option<f64> {
        let error = (self.upper - self.lower) / (2.0 * self.quantile(0.5 + self.level / 2.0)?);
        (error.is_finite() && error > 0.0).then_some(error)
    }

    /// Twenty equally likely answers: the quantiles (i − 0.5)/20 of the estimate's t distribution,
    /// lowest first.
    #[must_use]
    pub fn twenty(&self) -> Option<Vec<f64>> {
        let error = self.standard_error()?;
        (1..=20_u8)
            .map(|i| {
                let quantile = self.quantile((f64::from(i) - 0.5) / 20.0)?;
                Some(self.estimate + quantile * error)
            })
            .collect()
    }

    /// The chance that the true effect is further on the helpful side than `helpful`.
    #[must_use]
    pub fn chance_beyond(&self, helpful: f64) -> Option<f64> {
        let distance = (helpful - self.helpful(self.estimate)) / self.standard_error()?;
        match self.df {
            Some(df) => t_upper(distance, df),
            None => normal_upper(distance),
        }
        .ok()
    }

    /// A value as a figure alone, such as "−3" or "0.4".
    #[must_use]
    pub fn figure(&self, value: f64) -> String {
        if self.scale != Scale::Months {
            return self.precision.write(value);
        }
        let whole = Months::of(value);
        let figure = Precision::WHOLE.write(f64::from(whole.months));
        if whole.or_more {
            format!("{figure} or more")
        } else {
            figure
        }
    }

    /// A value with its unit, such as "3 months" or "0.4 points".
    #[must_use]
    pub fn with_unit(&self, value: f64) -> String {
        plural(&self.figure(value), &self.unit)
    }

    /// Both limits with their unit, such as "0.4 to 5.6 points".
    #[must_use]
    pub fn range(&self) -> String {
        format!(
            "{} to {}",
            self.figure(self.lower),
            self.with_unit(self.upper)
        )
    }
}
