//! Pools of trials, each answered by every way to pool; and a pool that people look at every week.

use engine::pool::{PoolQuestion, Study, average, pool};

use crate::chance::Chance;
use crate::estimator::Pooling;
use crate::shown::{Answer, Shown, Sums, Verdict};
use crate::trials::Cell;

/// A kind of pool.
#[derive(Clone, Copy, Debug)]
pub struct Pools {
    /// Places in it.
    pub k: u32,
    /// Results that a place reports at most; from 1 on, each as likely.
    pub most: u32,
    /// Standard deviation of the true effects between places.
    pub tau: f64,
    /// The average effect.
    pub truth: f64,
    /// Whether only those are reported whose own interval lies above 0.
    pub good_news_only: bool,
}

/// Trials in a pool.
pub const SIZES: [u32; 5] = [2, 3, 5, 10, 30];
/// Places in a pool in which a place reports several results.
pub const SIZES_OF_SEVERAL: [u32; 3] = [5, 10, 30];
/// Results of one place, at most, in such a pool.
pub const SEVERAL: u32 = 6;
/// Standard deviations between places: none, small, large.
pub const SPREADS: [(&str, f64); 3] = [("none", 0.0), ("small", 0.1), ("large", 0.3)];

impl Pools {
    /// Every size with every spread.
    #[must_use]
    pub fn all() -> Vec<(String, Self)> {
        let of = |k| {
            SPREADS.map(|(name, tau)| {
                (
                    format!("{k} trials, {name} between places"),
                    Self { tau, ..Self::of(k) },
                )
            })
        };
        let several = |k| {
            SPREADS.map(|(name, tau)| {
                (
                    format!("{k} places of up to {SEVERAL} results, {name} between places"),
                    Self {
                        tau,
                        most: SEVERAL,
                        ..Self::of(k)
                    },
                )
            })
        };
        let alone = SIZES.into_iter().flat_map(of);
        alone
            .chain(SIZES_OF_SEVERAL.into_iter().flat_map(several))
            .collect()
    }

    /// Places with one result each and one true effect for all: nothing.
    #[must_use]
    pub const fn of(k: u32) -> Self {
        Self {
            k,
            most: 1,
            tau: 0.0,
            truth: 0.0,
            good_news_only: false,
        }
    }

    /// One such pool: trials of 20 to 200 pupils, each with the sampling variance that it would report. Results of one
    /// place truly differ by a third as much as places do, and half of their sampling error is the same pupils'.
    #[must_use]
    pub fn draw(&self, chance: &mut Chance) -> Vec<Study> {
        if self.most > 1 {
            return (1..=self.k)
                .flat_map(|place| self.place(place, chance))
                .collect();
        }
        let mut studies = Vec::new();
        while studies.len() < usize::try_from(self.k).unwrap_or(usize::MAX) {
            let pupils = 20.0 * 10.0_f64.powf(chance.share());
            let variance = 4.0 / pupils;
            let effect =
                self.truth + self.tau * chance.normal() + variance.sqrt() * chance.normal();
            let reported = variance * chance.variance_ratio(pupils - 2.0);
            if self.good_news_only && effect < 1.96 * reported.sqrt() {
                continue;
            }
            studies.push(Study {
                label: format!("place {}", studies.len() + 1),
                effect,
                variance: reported,
                ..Study::default()
            });
        }
        studies
    }

    /// The results of one place.
    fn place(&self, place: u32, chance: &mut Chance) -> Vec<Study> {
        let level = self.truth + self.tau * chance.normal();
        let shared = chance.normal();
        let pupils = 20.0 * 10.0_f64.powf(chance.share());
        let variance = 4.0 / pupils;
        (0..1 + chance.below(self.most))
            .map(|result| {
                let error = (shared + chance.normal()) * (0.5 * variance).sqrt();
                Study {
                    label: format!("place {place}, result {result}"),
                    effect: level + self.tau / 3.0 * chance.normal() + error,
                    variance: variance * chance.variance_ratio(pupils - 2.0),
                    place: Some(format!("place {place}")),
                    ..Study::default()
                }
            })
            .collect()
    }

    /// Every way to pool, held to its bands.
    #[must_use]
    pub fn cells(&self, ways: &[Pooling], trials: u32) -> Vec<Cell> {
        let first = self.run(ways, trials, 1);
        ways.iter()
            .zip(first)
            .map(|(way, sums)| {
                let mut shown = sums.shown();
                let null = self.truth == 0.0;
                if shown.verdict(null) == Verdict::Outside && !shown.far_outside(null) {
                    let again = self.run(std::slice::from_ref(way), 10 * trials, 2);
                    shown = again.first().map_or(shown, Sums::shown);
                }
                Cell {
                    estimator: way.name(),
                    shown,
                    verdict: shown.verdict(null),
                    null,
                }
            })
            .collect()
    }

    fn run(&self, ways: &[Pooling], trials: u32, run: u64) -> Vec<Sums> {
        let mut chance = Chance::of(&format!("{self:?}"), run);
        let mut sums = vec![Sums::default(); ways.len()];
        for _ in 0..trials {
            let studies = self.draw(&mut chance);
            for (way, sums) in ways.iter().zip(&mut sums) {
                sums.add(self.answer(&studies, *way));
            }
        }
        sums
    }

    fn answer(&self, studies: &[Study], way: Pooling) -> Option<Answer> {
        let (primary, _) = average(studies, &asked(way)).ok()?;
        Some(Answer {
            off: primary.estimate - self.truth,
            standard_error: primary.standard_error,
            called: primary.p_value.map(|p| p < 0.05),
            covered: primary
                .interval
                .map(|i| i.lower <= self.truth && self.truth <= i.upper),
        })
    }

    /// How often the prediction interval of the default pool holds what a new place would see; None where there is none.
    #[must_use]
    pub fn prediction(&self, trials: u32) -> Option<Shown> {
        let mut chance = Chance::of(&format!("prediction {self:?}"), 1);
        let mut sums = Sums::default();
        for _ in 0..trials {
            let studies = self.draw(&mut chance);
            let new = self.truth + self.tau * chance.normal();
            let pooled = pool(&studies, &PoolQuestion::default()).ok();
            sums.add(pooled.and_then(|pooled| pooled.prediction).map(|p| Answer {
                covered: Some(p.lower <= new && new <= p.upper),
                ..Answer::default()
            }));
        }
        Some(sums.shown()).filter(|shown| shown.answered > 0.0)
    }
}

fn asked(way: Pooling) -> PoolQuestion {
    PoolQuestion {
        method: way.method,
        inference: way.inference,
        working: way.working,
        ..PoolQuestion::default()
    }
}

/// How often somebody who looks at a growing pool at each new result, and stops at the first interval that leaves 0
/// out, is wrong: by the ordinary interval.
#[must_use]
pub fn looking_each_time(looks: u32, trials: u32) -> Shown {
    let null = Pools::of(looks);
    let mut chance = Chance::of("looking each time", 1);
    let mut sums = Sums::default();
    for _ in 0..trials {
        let studies = null.draw(&mut chance);
        let pooled = pool(&studies, &PoolQuestion::default()).ok();
        sums.add(pooled.map(|pooled| {
            let steps = pooled.cumulative.iter().filter(|step| step.k > 1);
            let called = steps
                .into_iter()
                .any(|step| step.lower > 0.0 || step.upper < 0.0);
            Answer {
                called: Some(called),
                ..Answer::default()
            }
        }));
    }
    sums.shown()
}
