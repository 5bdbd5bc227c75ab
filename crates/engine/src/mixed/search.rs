//! Where the deviance is lowest: a look along a grid, then Newton's steps.
//!
//! Who may call this: the fits. What must stay true: a variance on its boundary is exactly zero, never a small number; a trial
//! whose variances can't be told apart is refused, never answered by wherever the search stopped.

use faer::Mat;

use super::Random;
use super::deviance::{Factor, Profile, Symmetric};
use super::sums::Sums;
use crate::count::count;
use crate::matrix::eigen;
use crate::refusal::Refusal;

/// Steps that a fit takes by the gradient alone, where differences of the deviance are lost in rounding.
pub(super) const POLISH: u32 = 3;

/// A free entry of the factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Level,
    Lean,
    Slope,
    Inner,
}

impl Entry {
    /// Whether its square is a variance, which can't fall below zero.
    fn bounded(self) -> bool {
        self != Self::Lean
    }

    pub(super) fn set(self, factor: &mut Factor, value: f64) {
        match self {
            Self::Level => factor.level = value,
            Self::Lean => factor.lean = value,
            Self::Slope => factor.slope = value,
            Self::Inner => factor.inner = value,
        }
    }

    fn of(self, factor: &Factor) -> f64 {
        match self {
            Self::Level => factor.level,
            Self::Lean => factor.lean,
            Self::Slope => factor.slope,
            Self::Inner => factor.inner,
        }
    }

    /// The derivative by this entry, from those in `D` and in the groups' variance: `2ΓΛ`.
    pub(super) fn chain(self, factor: &Factor, [a, b, c]: Symmetric, inner: f64) -> f64 {
        2.0 * match self {
            Self::Level => a * factor.level + b * factor.lean,
            Self::Lean => b * factor.level + c * factor.lean,
            Self::Slope => c * factor.slope,
            Self::Inner => inner * factor.inner,
        }
    }
}

impl Random {
    /// The entries of the factor that are free.
    pub(super) fn entries(self, third: bool) -> Vec<Entry> {
        let mut entries = match self {
            Self::Intercept => vec![Entry::Level],
            Self::Slope(_) => vec![Entry::Level, Entry::Lean, Entry::Slope],
            Self::UncorrelatedSlope(_) => vec![Entry::Level, Entry::Slope],
            Self::SlopeOnly(_) => vec![Entry::Slope],
        };
        if third {
            entries.push(Entry::Inner);
        }
        entries
    }
}

/// The lowest point of a function of a few numbers.
pub(super) struct Lowest {
    pub(super) at: Vec<f64>,
    pub(super) value: f64,
}

/// Newton's method with the second derivatives taken as differences of first ones; steps that would climb are turned round
/// and halved; the last `polish` ones go by the gradient alone. `unit` is the size of a change in each number that can be noticed.
///
/// # Errors
/// What `f` refuses.
pub(super) fn newton(
    start: Vec<f64>,
    unit: &[f64],
    polish: u32,
    mut f: impl FnMut(&[f64]) -> Result<(f64, Vec<f64>), Refusal>,
) -> Result<Lowest, Refusal> {
    let mut x = start;
    let (mut value, mut gradient) = f(&x)?;
    let size = x.len();
    let mut settled = 0;
    let most = if size == 0 { 0 } else { 100 };
    for _ in 0..most {
        let mut hessian = Mat::<f64>::zeros(size, size);
        for (j, unit) in unit.iter().enumerate() {
            let mut near = x.clone();
            let mut step = 0.0;
            if let Some(value) = near.get_mut(j) {
                step = 1e-5 * (value.abs() + unit);
                *value += step;
            }
            let (_, there) = f(&near)?;
            for (i, (there, here)) in there.iter().zip(&gradient).enumerate() {
                let slope = (there - here) / step;
                *hessian.get_mut(i, j) += 0.5 * slope;
                *hessian.get_mut(j, i) += 0.5 * slope;
            }
        }
        let (vectors, bends) = eigen(&hessian)?;
        let sharpest = bends
            .iter()
            .fold(0.0_f64, |most, bend| most.max(bend.abs()));
        if sharpest.is_nan() || sharpest <= 0.0 {
            break;
        }
        let (mut step, mut gain) = (vec![0.0; size], 0.0);
        for (vector, bend) in vectors.col_iter().zip(&bends) {
            let along: f64 = vector.iter().zip(&gradient).map(|(v, g)| v * g).sum();
            let bend = bend.abs().max(1e-9 * sharpest);
            gain += along * along / bend;
            for (step, v) in step.iter_mut().zip(vector.iter()) {
                *step -= v * along / bend;
            }
        }
        // No entry moves by more than a few times what it is.
        let reach = (step.iter().zip(&x).zip(unit))
            .map(|((step, x), unit)| step.abs() / (2.0 * x.abs() + 4.0 * unit))
            .fold(1.0, f64::max);
        // Too close for differences in the value to be seen: the gradient alone decides.
        let close = gain < 1e-12 * (1e4 + value.abs());
        let mut share = 1.0 / reach;
        let mut moved = false;
        for _ in 0..40 {
            let next: Vec<f64> = x.iter().zip(&step).map(|(x, s)| x + share * s).collect();
            let (there, slope) = f(&next)?;
            if close || there < value - 1e-4 * share * gain {
                (x, value, gradient, moved) = (next, there, slope, true);
                break;
            }
            share *= 0.5;
        }
        settled += u32::from(close);
        if !moved || gain < 1e-18 || settled >= polish {
            break;
        }
    }
    Ok(Lowest { at: x, value })
}

impl Sums {
    /// The factor that some free entries stand for.
    pub(super) fn factor(entries: &[Entry], values: &[f64]) -> Factor {
        let mut factor = Factor::default();
        for (entry, value) in entries.iter().zip(values) {
            entry.set(&mut factor, *value);
        }
        factor
    }

    /// The profiled deviance and its gradient in the free entries.
    pub(super) fn deviance_at(
        &self,
        entries: &[Entry],
        values: &[f64],
    ) -> Result<(f64, Vec<f64>), Refusal> {
        let factor = Self::factor(entries, values);
        let at = self.profile(&factor)?;
        let precision = self.degrees() / at.residual;
        let (slope, inner) = self.slope(&factor, &at, precision, self.restricted());
        let gradient = entries
            .iter()
            .map(|entry| entry.chain(&factor, slope, inner));
        Ok((self.deviance(&at), gradient.collect()))
    }

    /// How large an entry must be to matter: one over the root of what a cluster knows about it.
    pub(super) fn unit(&self, entry: Entry) -> f64 {
        let clusters = count(self.clusters.len());
        let known = match entry {
            Entry::Level => self.n / clusters,
            Entry::Inner => self.n / count(self.sizes.len()),
            Entry::Lean | Entry::Slope => {
                let each = self.each().map(|seen| {
                    let n: f64 = seen.sizes.iter().sum();
                    seen.cluster.spread.powi(2) + n * seen.cluster.mean.powi(2)
                });
                each.sum::<f64>() / clusters
            }
        };
        1.0 / known.sqrt()
    }

    /// The factor where the deviance is lowest.
    ///
    /// # Errors
    /// `too-few-clusters`, `no-variation`, `collinear`.
    pub(super) fn minimise(&self, random: Random) -> Result<Factor, Refusal> {
        let entries = random.entries(self.third);
        let nothing = self.profile(&Factor::default())?;
        self.can_be_told(&entries, &nothing)?;
        let units: Vec<f64> = entries.iter().map(|entry| self.unit(*entry)).collect();
        let start = self.along_a_grid(&entries, &units)?;
        if let ([entry], [value]) = (entries.as_slice(), start.as_slice())
            && *value == 0.0
        {
            // A single variance: at zero, unless the deviance falls from there.
            let precision = self.degrees() / nothing.residual;
            let ([a, _, c], inner) =
                self.slope(&Factor::default(), &nothing, precision, self.restricted());
            let falls = match entry {
                Entry::Level => a,
                Entry::Inner => inner,
                Entry::Lean | Entry::Slope => c,
            };
            if falls >= 0.0 {
                return Ok(Factor::default());
            }
        }
        let start = beside(&entries, &start, &units);
        let lowest = newton(start, &units, POLISH, |x| self.deviance_at(&entries, x))?;
        self.at_the_boundary(entries, units, lowest)
    }

    /// Variances that are next to nothing become nothing, where that costs nothing.
    fn at_the_boundary(
        &self,
        mut entries: Vec<Entry>,
        mut units: Vec<f64>,
        mut lowest: Lowest,
    ) -> Result<Factor, Refusal> {
        loop {
            let small = (entries.iter().zip(&lowest.at).zip(&units))
                .position(|((entry, x), unit)| entry.bounded() && x.abs() < 0.02 * unit);
            let Some(small) = small else { break };
            let without = |list: &[f64]| -> Vec<f64> {
                (list.iter().enumerate().filter(|(i, _)| *i != small))
                    .map(|(_, v)| *v)
                    .collect()
            };
            let mut fewer = entries.clone();
            fewer.remove(small);
            let there = newton(without(&lowest.at), &without(&units), POLISH, |x| {
                self.deviance_at(&fewer, x)
            })?;
            if there.value > lowest.value + 1e-10 * (1.0 + lowest.value.abs()) {
                break;
            }
            units = without(&units);
            (entries, lowest) = (fewer, there);
        }
        let mut factor = Self::factor(&entries, &lowest.at);
        // A factor and the same with a column's sign turned stand for one covariance.
        if factor.level < 0.0 {
            (factor.level, factor.lean) = (-factor.level, -factor.lean);
        }
        factor.slope = factor.slope.abs();
        factor.inner = factor.inner.abs();
        Ok(factor)
    }

    fn along_a_grid(&self, entries: &[Entry], units: &[f64]) -> Result<Vec<f64>, Refusal> {
        let bounded = entries.iter().filter(|entry| entry.bounded()).count();
        let decades: Vec<f64> = if bounded == 1 {
            (-6..=7)
                .map(|ten| 10_f64.powf(f64::from(ten) / 2.0))
                .collect()
        } else {
            (-4..=8)
                .step_by(3)
                .map(|ten| 10_f64.powf(f64::from(ten) / 4.0))
                .collect()
        };
        let mut starts: Vec<Vec<f64>> = vec![Vec::new()];
        for (entry, unit) in entries.iter().zip(units) {
            let choices: Vec<f64> = if entry.bounded() {
                std::iter::once(0.0)
                    .chain(decades.iter().map(|d| d * unit))
                    .collect()
            } else {
                vec![0.0]
            };
            starts = (starts.iter())
                .flat_map(|start| {
                    choices.iter().map(move |choice| {
                        let mut longer = start.clone();
                        longer.push(*choice);
                        longer
                    })
                })
                .collect();
        }
        let mut best = (Vec::new(), f64::INFINITY);
        for start in starts {
            let value = self.deviance(&self.profile(&Self::factor(entries, &start))?);
            if value < best.1 {
                best = (start, value);
            }
        }
        if best.0.is_empty() {
            return Err(self.no_variation());
        }
        Ok(best.0)
    }

    /// Whether the rows say anything about each variance beside the coefficients and the residual.
    fn can_be_told(&self, entries: &[Entry], nothing: &Profile) -> Result<(), Refusal> {
        // tr(Z'MZ) of each, M the residual maker of least squares.
        let ([level, _, slope], inner) = self.slope(&Factor::default(), nothing, 0.0, true);
        for entry in entries {
            let free = match entry {
                Entry::Level => level,
                Entry::Slope => slope,
                Entry::Inner => inner,
                Entry::Lean => continue,
            };
            // Against what a single cluster knows.
            if free * self.unit(*entry).powi(2) < 1e-6 {
                return Err(Refusal::new(
                    "too-few-clusters",
                    "There are no more classes or schools than things to work out about them, so how far they differ can't be told.",
                    "Add classes or schools, or ask with fewer blocks and columns.",
                ));
            }
        }
        if self.third && !self.clusters.iter().any(|cluster| cluster.groups > 1) {
            return Err(Refusal::new(
                "one-class-a-school",
                "Every school has one class only, so how far classes differ within a school can't be told.",
                "Ask without the classes, or name a column that says which class of its school a pupil is in.",
            ));
        }
        let inside = self.within.last().copied().unwrap_or_default();
        if inside <= 1e-14 * nothing.residual.max(f64::MIN_POSITIVE) {
            return Err(self.no_variation());
        }
        Ok(())
    }

    fn no_variation(&self) -> Refusal {
        if self.measure.is_some() {
            return Refusal::new(
                "no-variation",
                "Within each school everybody of one group has the same outcome, or is alone in it, so pupils add nothing to how far the difference differs between schools.",
                "Ask without it, or add pupils to each group of each school.",
            );
        }
        Refusal::new(
            "no-variation",
            "Within each class or school everybody has the same outcome, so pupils add nothing to it.",
            "Compare the classes or schools themselves, one row for each.",
        )
    }
}

/// What the entries of a factor are, in the order that they are free.
pub(super) fn values(entries: &[Entry], factor: &Factor) -> Vec<f64> {
    entries.iter().map(|entry| entry.of(factor)).collect()
}

/// The same with variances of nothing made small ones: zero is a level place of every variance, from which no search would leave.
pub(super) fn beside(entries: &[Entry], values: &[f64], units: &[f64]) -> Vec<f64> {
    (entries.iter().zip(values).zip(units))
        .map(|((entry, value), unit)| {
            if entry.bounded() && value.abs() < 0.03 * unit {
                0.03 * unit
            } else {
                *value
            }
        })
        .collect()
}
