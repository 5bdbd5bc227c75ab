//! A question with nothing left open, and how sharp its design is.

use crate::question::Design;
use crate::refusal::Refusal;

use super::defaults::{CLUSTER_SIZE, Filling, ICC, R2, R2_CLUSTER, SIZE_CV};
use super::{Assumed, PowerQuestion, Sharpness, design_effect};

const BLOCKS: &str = "blocks within which lots are drawn";

pub(super) fn wrong(code: &str, what: &str, cure: &str) -> Refusal {
    Refusal::new(code, what, cure)
}

fn share(value: f64, name: &str) -> Result<f64, Refusal> {
    if (0.0..1.0).contains(&value) {
        Ok(value)
    } else {
        Err(wrong(
            "share-out-of-range",
            &format!("{name} must be at least 0 and below 1, not {value}."),
            "Give it as a share, such as 0.15.",
        ))
    }
}

/// A question with nothing left open.
pub(super) struct Filled<'a> {
    pub(super) asked: &'a PowerQuestion,
    pub(super) pupils: f64,
    pub(super) clusters: f64,
    pub(super) size: f64,
    size_cv: f64,
    pub(super) blocks: f64,
    pub(super) icc: f64,
    block_icc: f64,
    r2: f64,
    r2_cluster: f64,
    pub(super) assumed: Vec<Assumed>,
}

/// Whether whole clusters are drawn or compared.
#[must_use]
pub fn clustered(design: Design, clusters: Option<f64>) -> bool {
    matches!(design, Design::Cluster | Design::BlockedCluster)
        || (design == Design::Comparison && clusters.is_some_and(|c| c > 0.0))
}

pub(super) fn fill(asked: &PowerQuestion) -> Result<Filled<'_>, Refusal> {
    possible(asked)?;
    let mut filling = Filling::of(asked);
    let in_clusters = clustered(asked.design, asked.clusters);
    let (mut size, mut clusters, mut size_cv, mut icc, mut r2_cluster) = (1.0, 0.0, 0.0, 0.0, 0.0);
    let pupils;
    if in_clusters {
        size = match (asked.cluster_size, asked.pupils, asked.clusters) {
            (None, Some(n), Some(j)) => n / j,
            (given, _, _) => filling.or(given, CLUSTER_SIZE),
        };
        clusters = asked
            .clusters
            .or_else(|| asked.pupils.map(|n| (n / size).floor()))
            .ok_or_else(|| {
                wrong(
                    "size-missing",
                    "How many classes or schools can take part is not known.",
                    "Enter how many, as a number such as 12.",
                )
            })?;
        pupils = clusters * size;
        icc = filling.or_learnt(asked.icc, ICC, |learnt| learnt.icc.as_ref());
        size_cv = filling.or(asked.size_cv, SIZE_CV);
        r2_cluster = if asked.covariates > 0.0 {
            filling.or_learnt(asked.r2_cluster, R2_CLUSTER, |l| l.r2_cluster.as_ref())
        } else {
            asked.r2_cluster.unwrap_or(0.0)
        };
    } else {
        pupils = asked.pupils.ok_or_else(|| {
            wrong(
                "size-missing",
                "How many pupils can take part is not known.",
                "Enter how many, as a number such as 120.",
            )
        })?;
    }
    let r2 = if asked.covariates > 0.0 || asked.design == Design::BeforeAfter {
        filling.or_learnt(asked.r2, R2, |learnt| learnt.r2.as_ref())
    } else {
        asked.r2.unwrap_or(0.0)
    };
    let in_blocks = matches!(
        asked.design,
        Design::BlockedIndividual | Design::BlockedCluster
    );
    let blocks = match (in_blocks, in_clusters, asked.blocks) {
        (false, _, _) => 0.0,
        (true, _, Some(given)) => given,
        (true, true, None) => filling.tell(
            BLOCKS,
            (clusters / 2.0).floor().max(1.0),
            "pairs".to_owned(),
        ),
        (true, false, None) => filling.tell(BLOCKS, 1.0, "one, where none is given".to_owned()),
    };
    Ok(Filled {
        asked,
        pupils,
        clusters,
        size,
        size_cv,
        blocks,
        icc: share(icc, "The share between classes or schools")?,
        block_icc: share(asked.block_icc.unwrap_or(0.0), "The share between blocks")?,
        r2: share(r2, "The share that the score before explains")?,
        r2_cluster: share(r2_cluster, "The share that the score before explains")?,
        assumed: filling.told(),
    })
}

/// Whether what was given can be meant.
fn possible(asked: &PowerQuestion) -> Result<(), Refusal> {
    let sizes = [
        asked.pupils,
        asked.clusters,
        asked.cluster_size,
        asked.blocks,
    ];
    let positive = sizes
        .into_iter()
        .flatten()
        .all(|n| n.is_finite() && n > 0.0);
    let spreads = [
        asked.size_cv,
        asked.effect_variation,
        asked.effect_sd,
        asked.icc_sd,
        Some(asked.covariates),
    ];
    let no_less = (spreads.into_iter().flatten()).all(|x| x.is_finite() && x >= 0.0);
    if !(positive && no_less) {
        return Err(wrong(
            "size-out-of-range",
            "The numbers of pupils, classes and blocks must be above 0, and no spread below it.",
            "Enter how many pupils can take part, as a number such as 120.",
        ));
    }
    for (value, name) in [
        (asked.power, "The chance of noticing"),
        (asked.alpha, "Alpha"),
        (asked.share_treated, "The share that gets it"),
    ] {
        if !(value > 0.0 && value < 1.0) {
            return Err(wrong(
                "share-out-of-range",
                &format!("{name} must be between 0 and 1, not {value}."),
                "Give it as a share, such as 0.8.",
            ));
        }
    }
    if asked.power <= asked.alpha {
        return Err(wrong(
            "share-out-of-range",
            "The chance of noticing a difference that is there must be above the chance of noticing one that is not.",
            "Ask for a chance such as 0.8.",
        ));
    }
    if asked.effect.is_some_and(|effect| !effect.is_finite()) {
        return Err(no_effect());
    }
    Ok(())
}

/// The smallest difference worth having is none.
pub(super) fn no_effect() -> Refusal {
    wrong(
        "size-out-of-range",
        "The smallest change worth having must be above 0.",
        "Enter it as a number such as 0.2 standard deviations.",
    )
}

impl Filled<'_> {
    /// The standard error with `factor` times as many units.
    pub(super) fn sharpness(&self, factor: f64) -> Result<Sharpness, Refusal> {
        let q = self.asked;
        let pq = q.share_treated * (1.0 - q.share_treated);
        let pupils = self.pupils * factor;
        if q.design == Design::BeforeAfter {
            // The variance of a change is 2(1 − r), with r the correlation of before and after.
            return sharp(
                (2.0 * (1.0 - self.r2.sqrt()) / pupils).sqrt(),
                pupils - 1.0,
                1.0,
            );
        }
        let in_clusters = clustered(q.design, q.clusters);
        let blocks = match (self.blocks > 0.0, in_clusters) {
            (false, _) => 1.0,
            // More clusters come as more blocks; more pupils fill the blocks that there are.
            (true, true) => self.blocks * factor,
            (true, false) => self.blocks,
        };
        let within_blocks = 1.0 - self.block_icc;
        let (variance, units, effect) = if in_clusters {
            let clusters = self.clusters * factor;
            let uneven = 1.0 + self.size_cv * self.size_cv;
            let between = self.icc * uneven * (1.0 - self.r2_cluster) / (pq * clusters);
            let within =
                (within_blocks - self.icc).max(0.0) * (1.0 - self.r2) / (pq * clusters * self.size);
            (
                between + within,
                clusters,
                design_effect(self.size, self.size_cv, self.icc),
            )
        } else {
            (within_blocks * (1.0 - self.r2) / (pq * pupils), pupils, 1.0)
        };
        match q.effect_variation {
            Some(omega) if self.blocks > 0.0 => sharp(
                (variance + self.block_icc * omega / blocks).sqrt(),
                blocks - 1.0 - q.covariates,
                effect,
            ),
            _ => sharp(variance.sqrt(), units - blocks - 1.0 - q.covariates, effect),
        }
    }
}

fn sharp(standard_error: f64, df: f64, design_effect: f64) -> Result<Sharpness, Refusal> {
    if df < 1.0 || !standard_error.is_finite() {
        return Err(wrong(
            "size-not-possible",
            "There are too few to draw: with so few units nothing but chance could be seen.",
            "Add pupils, classes or schools.",
        ));
    }
    Ok(Sharpness {
        standard_error,
        df,
        design_effect,
    })
}
