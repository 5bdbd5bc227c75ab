//! Profile-likelihood intervals: how far a parameter can be moved, everything else refitted, before the deviance has risen by what
//! chance would give.
//!
//! Who may call this: whoever shows a variance with its interval, and who wants one for a coefficient that does not rest on a
//! normal distribution. What must stay true: standard deviations are moved, never below zero, where the interval then ends;
//! coefficients are profiled by full maximum likelihood whatever the fit was by, as lme4's `confint` does.
//!
//! Bates, D., Mächler, M., Bolker, B. & Walker, S. (2015), section 5.1 (see the module above).

use std::f64::consts::TAU;

use super::deviance::{Factor, Profile};
use super::search::{Entry, POLISH, beside, newton, values};
use super::sums::Sums;
use super::{Component, Likelihood, Mixed};
use crate::distributions::chi2_quantile;
use crate::evaluation::Interval;
use crate::least_squares::{Term, Weights};
use crate::matrix::times;
use crate::refusal::Refusal;

impl Mixed {
    /// The profile-likelihood interval of a coefficient, in outcome units for each unit of its column.
    ///
    /// Checked against lme4's `confint` in `reference/mixed_models.json` (`exam_ri_ML`).
    ///
    /// # Errors
    /// `no-such-term`, and those of the fit by full maximum likelihood.
    pub fn profile_interval(&self, term: Term, level: f64) -> Result<Interval, Refusal> {
        let contrast = self.start.contrast(term).ok_or_else(no_such_term)?;
        let mut sums = self.sums.clone();
        sums.likelihood = Likelihood::Full;
        let units = self.units();
        let here = beside(&self.entries, &values(&self.entries, &self.factor), &units);
        let start = newton(here, &units, POLISH, |x| sums.deviance_at(&self.entries, x))?;
        let at = sums.profile(&Sums::factor(&self.entries, &start.at))?;
        let centre = coefficient(&contrast, &at);
        let step = (at.residual / sums.degrees() * spread(&contrast, &at)).sqrt();
        let threshold = chi2_quantile(level, 1.0)?;
        let mut limits = [0.0; 2];
        for (limit, side) in limits.iter_mut().zip([-1.0, 1.0]) {
            let mut warm = start.at.clone();
            let rise = |by: f64| -> Result<f64, Refusal> {
                let from = beside(&self.entries, &warm, &units);
                let lowest = newton(from, &units, 1, |x| {
                    sums.with_coefficient(&self.entries, x, &contrast, centre + side * by)
                })?;
                warm = lowest.at;
                Ok(lowest.value - start.value)
            };
            let by = where_it_rises(rise, threshold, step * threshold.sqrt())?;
            *limit = centre + side * by;
        }
        let [lower, upper] = limits;
        // The profile knows the coefficient as it differs from least squares.
        let base = self.start.coefficient(term).ok_or_else(no_such_term)?;
        Ok(Interval {
            level,
            lower: base + lower,
            upper: base + upper,
        })
    }

    /// The profile-likelihood interval of a standard deviation, in the outcome's unit (of slopes: for each unit of the column), by
    /// the likelihood that the model was fitted by; None where the model has no such part, and for intercepts that are
    /// correlated with slopes (their spread depends on where the column's zero is).
    ///
    /// Checked against lme4's `confint` in `reference/mixed_models.json` (`exam_ri_ML`).
    ///
    /// # Errors
    /// Those of the refits.
    pub fn profile_sd(&self, of: Component, level: f64) -> Result<Option<Interval>, Refusal> {
        let correlated = self.entries.contains(&Entry::Lean);
        let here = match of {
            Component::Residual => self.within.sqrt(),
            Component::Intercept if !correlated && self.entries.contains(&Entry::Level) => {
                self.factor.level * self.within.sqrt()
            }
            Component::Slope if self.entries.contains(&Entry::Slope) => {
                self.factor.lean.hypot(self.factor.slope) * self.within.sqrt()
            }
            Component::Group if self.entries.contains(&Entry::Inner) => {
                self.factor.inner * self.within.sqrt()
            }
            _ => return Ok(None),
        };
        let scale = match of {
            Component::Slope => self.unit()[1],
            _ => 1.0,
        };
        let threshold = chi2_quantile(level, 1.0)?;
        let fixed = Fixed::new(self, of);
        let start = fixed.start(self);
        let mut limits = [here; 2];
        for (limit, side) in limits.iter_mut().zip([-1.0, 1.0]) {
            let mut warm = start.clone();
            let to_zero = side < 0.0 && of != Component::Residual;
            if to_zero && (here <= 0.0 || fixed.rise(self, 0.0, &mut warm)? <= threshold) {
                *limit = 0.0;
                continue;
            }
            let mut warm = start.clone();
            let rise = |by: f64| fixed.rise(self, (here + side * by).max(0.0), &mut warm);
            let first = if side < 0.0 {
                0.3 * here
            } else {
                0.3 * here + fixed.small
            };
            *limit = here + side * where_it_rises(rise, threshold, first)?;
        }
        let [lower, upper] = limits;
        Ok(Some(Interval {
            level,
            lower: lower / scale,
            upper: upper / scale,
        }))
    }

    fn units(&self) -> Vec<f64> {
        self.entries
            .iter()
            .map(|entry| self.sums.unit(*entry))
            .collect()
    }
}

/// A fit with one standard deviation held.
struct Fixed {
    of: Component,
    /// The entries that stay free.
    free: Vec<Entry>,
    /// Whether intercepts and slopes are correlated, so that a held slope may still turn.
    turns: bool,
    units: Vec<f64>,
    /// A standard deviation that is small beside the residual's.
    small: f64,
}

impl Fixed {
    fn new(model: &Mixed, of: Component) -> Self {
        let turns = of == Component::Slope && model.entries.contains(&Entry::Lean);
        let goes = |entry: &Entry| match of {
            Component::Residual => false,
            Component::Intercept => *entry == Entry::Level,
            Component::Slope => matches!(entry, Entry::Lean | Entry::Slope),
            Component::Group => *entry == Entry::Inner,
        };
        let held = model.entries.iter().find(|entry| goes(entry));
        let small = held.map_or(0.0, |entry| model.sums.unit(*entry)) * model.within.sqrt();
        let free: Vec<Entry> = model.entries.iter().copied().filter(|e| !goes(e)).collect();
        let mut units: Vec<f64> = free.iter().map(|entry| model.sums.unit(*entry)).collect();
        if turns {
            units.push(0.3);
        }
        if of != Component::Residual {
            // The logarithm of the residual standard deviation.
            units.push(1.0 / model.sums.n.sqrt());
        }
        Self {
            of,
            free,
            turns,
            units,
            small,
        }
    }

    fn start(&self, model: &Mixed) -> Vec<f64> {
        let mut start = values(&self.free, &model.factor);
        if self.turns {
            start.push(
                model
                    .factor
                    .lean
                    .atan2(model.factor.slope.max(1e-3 * model.factor.lean.abs())),
            );
        }
        if self.of != Component::Residual {
            start.push(0.5 * model.within.ln());
        }
        start
    }

    /// By how much the deviance rises when the standard deviation is held there; the rest starts from where it last lay.
    fn rise(&self, model: &Mixed, held: f64, warm: &mut Vec<f64>) -> Result<f64, Refusal> {
        let mut from = beside(&self.free, warm, &self.units);
        from.extend(warm.iter().skip(self.free.len()));
        let lowest = newton(from, &self.units, 1, |x| self.deviance(model, held, x))?;
        *warm = lowest.at;
        Ok(lowest.value - model.objective)
    }

    /// The deviance, residual variance not profiled out, and its gradient in what is free.
    fn deviance(&self, model: &Mixed, held: f64, x: &[f64]) -> Result<(f64, Vec<f64>), Refusal> {
        let mut rest = x.iter().copied();
        let mut factor = Factor::default();
        for (entry, value) in self.free.iter().zip(rest.by_ref()) {
            entry.set(&mut factor, value);
        }
        let mut others: Vec<f64> = x.iter().skip(self.free.len()).copied().collect();
        let sigma = match self.of {
            Component::Residual => held,
            _ => others.pop().unwrap_or_default().exp(),
        };
        match self.of {
            Component::Residual => {}
            Component::Intercept => factor.level = held / sigma,
            Component::Group => factor.inner = held / sigma,
            Component::Slope => {
                let angle = others.pop().unwrap_or_default();
                factor.lean = held / sigma * angle.sin();
                factor.slope = held / sigma * angle.cos();
            }
        }
        let sums = &model.sums;
        let at = sums.profile(&factor)?;
        let variance = sigma * sigma;
        let degrees = sums.degrees();
        let value = sums.cost(&at) + degrees * (TAU * variance).ln() + at.residual / variance;
        let (slope, inner) = sums.slope(&factor, &at, 1.0 / variance, sums.restricted());
        let by = |entry: Entry| entry.chain(&factor, slope, inner);
        let mut gradient: Vec<f64> = self.free.iter().map(|entry| by(*entry)).collect();
        let (lean, own) = (by(Entry::Lean), by(Entry::Slope));
        if self.turns {
            gradient.push(lean * factor.slope - own * factor.lean);
        }
        let through = match self.of {
            Component::Residual => return Ok((value, gradient)),
            Component::Intercept => by(Entry::Level) * factor.level,
            Component::Group => by(Entry::Inner) * factor.inner,
            Component::Slope => lean * factor.lean + own * factor.slope,
        };
        gradient.push(2.0 * degrees - 2.0 * at.residual / variance - through);
        Ok((value, gradient))
    }
}

impl Sums {
    /// The profiled deviance of full maximum likelihood with a coefficient held (as it differs from least squares).
    fn with_coefficient(
        &self,
        entries: &[Entry],
        x: &[f64],
        contrast: &Weights,
        held: f64,
    ) -> Result<(f64, Vec<f64>), Refusal> {
        let factor = Self::factor(entries, x);
        let mut at = self.profile(&factor)?;
        let spread = spread(contrast, &at);
        let push = (held - coefficient(contrast, &at)) / spread;
        at.residual += push * push * spread;
        let lean = lean(contrast, &at);
        for (shift, step) in at.shift.iter_mut().zip(times(&at.inverse, &lean)) {
            *shift += push * step;
        }
        if let Some(block) = at.blocks.first_mut()
            && let Some(level) = block.means.last_mut()
        {
            *level += push * contrast.level / block.weight;
        }
        let precision = self.degrees() / at.residual;
        let (slope, inner) = self.slope(&factor, &at, precision, false);
        let gradient = entries
            .iter()
            .map(|entry| entry.chain(&factor, slope, inner));
        Ok((self.deviance(&at), gradient.collect()))
    }
}

/// A contrast as generalised least squares moves it.
pub(super) fn coefficient(contrast: &Weights, at: &Profile) -> f64 {
    // The level moves by what the weighted means of the residuals leave.
    let level = at.blocks.first().map_or(0.0, |block| {
        let (residual, columns) = block
            .means
            .split_last()
            .map_or((0.0, &[][..]), |(r, c)| (*r, c));
        residual - crate::matrix::dot(columns, &at.shift)
    });
    contrast.level * level + crate::matrix::dot(&contrast.slopes, &at.shift)
}

/// The contrast's variance over σ²: `c₀²/W + a'C⁻¹a` with `a = c − c₀ d̄`.
pub(super) fn spread(contrast: &Weights, at: &Profile) -> f64 {
    let lean = lean(contrast, at);
    let level = at
        .blocks
        .first()
        .map_or(0.0, |b| contrast.level.powi(2) / b.weight);
    level + crate::matrix::dot(&lean, &times(&at.inverse, &lean))
}

pub(super) fn lean(contrast: &Weights, at: &Profile) -> Vec<f64> {
    let means = at.blocks.first().map_or(&[][..], |b| &b.means);
    (contrast.slopes.iter().zip(means))
        .map(|(c, mean)| c - contrast.level * mean)
        .collect()
}

/// How far the parameter must be moved for the deviance to rise by `threshold`: outwards until it has, then inwards by the
/// straight line that its root is nearly on.
fn where_it_rises(
    mut rise: impl FnMut(f64) -> Result<f64, Refusal>,
    threshold: f64,
    first: f64,
) -> Result<f64, Refusal> {
    let goal = threshold.sqrt();
    let mut root = |by: f64| -> Result<f64, Refusal> { Ok(rise(by)?.max(0.0).sqrt() - goal) };
    let (mut low, mut at_low) = (0.0, -goal);
    let mut high = first;
    let mut at_high = root(high)?;
    for _ in 0..60 {
        if at_high > 0.0 {
            break;
        }
        (low, at_low) = (high, at_high);
        high *= 1.6;
        at_high = root(high)?;
    }
    for _ in 0..60 {
        if high - low <= 1e-7 * high || at_high == at_low {
            break;
        }
        let mut middle = (low * at_high - high * at_low) / (at_high - at_low);
        if !(middle > low && middle < high) {
            middle = 0.5 * (low + high);
        }
        let value = root(middle)?;
        if value.abs() < 1e-7 {
            return Ok(middle);
        }
        if value < 0.0 {
            (low, at_low) = (middle, value);
            at_high *= 0.5;
        } else {
            (high, at_high) = (middle, value);
            at_low *= 0.5;
        }
    }
    Ok(0.5 * (low + high))
}

fn no_such_term() -> Refusal {
    Refusal::new(
        "no-such-term",
        "The model has no such coefficient.",
        "Ask for one of those that it has.",
    )
}
