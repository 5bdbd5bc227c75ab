//! A kind of trial, and how one such is drawn.

use engine::question::Method;
use engine::sample::{
    Chunk, Covariate, CovariateKind, InMemory, Levels, Outcome, Roles, Treatment,
};

use crate::chance::Chance;

/// How pupils' own share of the outcome is spread: mean 0, standard deviation 1.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Bell-shaped.
    Normal,
    /// A long tail upwards.
    Skewed,
    /// A test too easy for a third of them.
    Ceiling,
    /// Reached or not, by this share.
    Reached(f64),
    /// Days absent and the like: counts with this mean, more spread than chance alone.
    Counts(f64),
}

/// What lots are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LotsFor {
    /// Each unit as a whole: a pupil, or a class with all its pupils.
    Whole,
    /// The pupils of each site, half and half, so that each site is a trial of its own.
    PupilsOfSites,
    /// Pupils, half and half in each class, the class being named but no block.
    PupilsOfClasses,
}

/// A kind of trial.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// How the outcome is spread.
    pub shape: Shape,
    /// Clusters drawn into the comparison and the intervention; pupils where `size` is 1.
    pub drawn: [u32; 2],
    /// Smallest and largest cluster.
    pub size: [u32; 2],
    /// What lots are drawn for.
    pub lots: LotsFor,
    /// Share of the variance between clusters.
    pub icc: f64,
    /// Classes within each cluster, which is a school then; 0 for none.
    pub classes: u32,
    /// Share of the variance between those classes.
    pub class_share: f64,
    /// Drawn within blocks of so many, half and half; 0 for none.
    pub block: u32,
    /// Correlation of the outcome with a score from before; 0 for no such score.
    pub baseline: f64,
    /// How much wider the intervention spreads.
    pub wider: f64,
    /// Standard deviation of the effect itself: from class to class, or from pupil to pupil.
    pub uneven: f64,
    /// Share of outcomes that are missing, likelier the lower the score before.
    pub missing: f64,
    /// The true difference, in standard deviations.
    pub truth: f64,
}

/// Sixty pupils, drawn one by one.
pub const PUPILS: Scenario = Scenario {
    shape: Shape::Normal,
    drawn: [30, 30],
    size: [1, 1],
    lots: LotsFor::Whole,
    icc: 0.0,
    classes: 0,
    class_share: 0.0,
    block: 0,
    baseline: 0.7,
    wider: 1.0,
    uneven: 0.0,
    missing: 0.0,
    truth: 0.0,
};

/// Ten sites, in each of which the lots of thirty pupils are drawn.
pub const SITES: Scenario = Scenario {
    drawn: [10, 0],
    size: [30, 30],
    lots: LotsFor::PupilsOfSites,
    icc: 0.2,
    ..PUPILS
};

/// Twenty classes of twenty, drawn as classes.
pub const CLASSES: Scenario = Scenario {
    drawn: [10, 10],
    size: [20, 20],
    icc: 0.2,
    ..PUPILS
};

impl Scenario {
    /// Whether a column says which class each pupil is in.
    #[must_use]
    pub fn clustered(&self) -> bool {
        self.size[1] > 1 && self.lots != LotsFor::PupilsOfSites
    }

    /// Whether a column says within what lots were drawn.
    #[must_use]
    pub fn blocked(&self) -> bool {
        self.block > 0 || self.lots == LotsFor::PupilsOfSites
    }

    /// One such trial.
    #[must_use]
    pub fn draw(&self, chance: &mut Chance) -> InMemory {
        self.draw_known(chance).0
    }

    /// One such trial, and the true difference on average over the very units in it, each as often as it has pupils.
    #[must_use]
    pub fn draw_known(&self, chance: &mut Chance) -> (InMemory, f64) {
        let (mut all, mut effects) = (0.0, 0.0);
        let mut chunk = Chunk::default();
        let mut before = Vec::new();
        for unit in 0..self.drawn[0] + self.drawn[1] {
            // With blocks, units alternate within each; the draw itself is in the independent errors.
            let of_unit = match self.block {
                0 => u32::from(unit >= self.drawn[0]),
                _ => unit % 2,
            };
            let block = match self.lots {
                LotsFor::PupilsOfSites => unit,
                _ => unit.checked_div(self.block).unwrap_or(0),
            };
            let shift = if self.block > 0 {
                f64::from(block % 5)
            } else {
                0.0
            };
            let level = self.icc.sqrt() * chance.normal();
            let classes: Vec<f64> = (0..self.classes)
                .map(|_| self.class_share.sqrt() * chance.normal())
                .collect();
            let effect = self.truth + self.uneven * chance.normal();
            let pupils = self.size[0] + chance.below(self.size[1] - self.size[0] + 1);
            all += f64::from(pupils);
            effects += f64::from(pupils) * effect;
            for pupil in 0..pupils {
                let arm = match self.lots {
                    LotsFor::Whole => of_unit,
                    _ => pupil % 2,
                };
                let class = pupil.checked_rem(self.classes).unwrap_or(0);
                let here = usize::try_from(class).ok().and_then(|c| classes.get(c));
                let level = level + here.copied().unwrap_or_default();
                let earlier = chance.normal();
                let score = self.score(arm, level, effect, shift, earlier, chance);
                let lost = 2.0 * self.missing * if earlier < 0.0 { 0.8 } else { 0.2 };
                chunk.outcome.push(if chance.share() < lost {
                    f64::NAN
                } else {
                    score
                });
                before.push(earlier);
                chunk.treatment.push(arm);
                if self.clustered() {
                    chunk.cluster.push(unit);
                }
                if self.classes > 0 {
                    chunk.cluster_within.push(unit * self.classes + class);
                }
                if self.blocked() {
                    chunk.block.push(block);
                }
            }
        }
        if self.baseline > 0.0 {
            chunk.covariates.push(before);
        }
        let sample = InMemory {
            roles: self.roles(),
            chunk,
        };
        (sample, effects / all)
    }

    /// Whether a method says something of the very sites in the trial, and nothing of others like them.
    #[must_use]
    pub fn of_these_sites(&self, method: Method) -> bool {
        self.lots == LotsFor::PupilsOfSites
            && self.uneven > 0.0
            && !matches!(method, Method::Mixed | Method::MixedMl)
    }

    /// One pupil's outcome.
    fn score(
        &self,
        arm: u32,
        level: f64,
        effect: f64,
        shift: f64,
        earlier: f64,
        chance: &mut Chance,
    ) -> f64 {
        let wider = if arm == 1 { self.wider } else { 1.0 };
        let pupil = match self.shape {
            Shape::Skewed => chance.exponential(),
            _ => chance.normal(),
        };
        let own = self.baseline * earlier + (1.0 - self.baseline.powi(2)).sqrt() * pupil;
        let gained = effect * f64::from(arm);
        let score =
            shift + wider * (level + (1.0 - self.icc - self.class_share).sqrt() * own) + gained;
        match self.shape {
            Shape::Normal | Shape::Skewed => score,
            Shape::Ceiling => score.min(0.43),
            Shape::Reached(share) => {
                // A share of its own in each class, the same on average.
                let spread = (share * (1.0 - share) * self.icc).sqrt().min(share);
                let here = share + gained + spread * level.signum();
                f64::from(u8::from(chance.share() < here))
            }
            Shape::Counts(mean) => {
                // Log-normal means: a class's own, a pupil's own, 1 on average.
                let log = 0.7 * (level + (1.0 - self.icc).sqrt() * own);
                f64::from(chance.poisson(mean * (log - 0.245).exp())) + gained
            }
        }
    }

    fn roles(&self) -> Roles {
        let levels = |column: &str| Levels {
            column: column.into(),
            labels: Vec::new(),
        };
        Roles {
            outcome: Outcome {
                column: "score".into(),
                name: "reading".into(),
                binary: matches!(self.shape, Shape::Reached(_)),
                ..Outcome::default()
            },
            treatment: Some(Treatment {
                column: "group".into(),
                intervention: "club".into(),
                comparison: "usual".into(),
            }),
            cluster: self.clustered().then(|| levels("class")),
            cluster_within: (self.classes > 0).then(|| levels("form")),
            block: self.blocked().then(|| levels("pair")),
            covariates: Vec::from_iter((self.baseline > 0.0).then(|| Covariate {
                column: "before".into(),
                level: None,
                kind: CovariateKind::Baseline,
            })),
            ..Roles::default()
        }
    }
}
