//! A question with nothing left open, and how sharp its design is.

use crate::question::Design;
use crate::refusal::Refusal;

use super::{Assumed, PowerQuestion, Sharpness, design_effect};

pub(super) fn wrong(what: &str, cure: &str) -> Refusal {
    Refusal::new("size-not-possible", what, cure)
}

fn share(value: f64, name: &str) -> Result<f64, Refusal> {
    if (0.0..1.0).contains(&value) {
        Ok(value)
    } else {
        Err(wrong(
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
    blocks: f64,
    icc: f64,
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
    let mut assumed = Vec::new();
    let mut or = |given: Option<f64>, name: &str, value: f64, because: &str| {
        given.unwrap_or_else(|| {
            assumed.push(Assumed {
                name: name.to_owned(),
                value,
                because: because.to_owned(),
            });
            value
        })
    };
    let in_clusters = clustered(asked.design, asked.clusters);
    let (mut size, mut clusters, mut size_cv, mut icc, mut r2_cluster) = (1.0, 0.0, 0.0, 0.0, 0.0);
    let pupils;
    if in_clusters {
        size = match (asked.cluster_size, asked.pupils, asked.clusters) {
            (None, Some(n), Some(j)) if j > 0.0 => n / j,
            (given, _, _) => or(
                given,
                "pupils a class or school",
                25.0,
                "a usual class; give your own for whole schools",
            ),
        };
        clusters = asked
            .clusters
            .or_else(|| asked.pupils.map(|n| (n / size).floor()))
            .ok_or_else(|| {
                wrong(
                    "How many classes or schools can take part is not known.",
                    "Enter how many, as a number such as 12.",
                )
            })?;
        pupils = clusters * size;
        icc = or(
            asked.icc,
            "share of the variation that lies between classes or schools",
            0.15,
            "within the 0.10 to 0.20 usual in planning trials of attainment in English schools; lower for most other measures",
        );
        size_cv = or(
            asked.size_cv,
            "unevenness of their sizes (standard deviation over mean)",
            0.0,
            "taken as equal sizes; very uneven ones see less",
        );
        if asked.covariates > 0.0 {
            r2_cluster = or(
                asked.r2_cluster,
                "share of the variation between classes or schools that the score before explains",
                0.5,
                "scores of the year before explain half or more of it in attainment tests",
            );
        } else {
            r2_cluster = asked.r2_cluster.unwrap_or(0.0);
        }
    } else {
        pupils = asked.pupils.ok_or_else(|| {
            wrong(
                "How many pupils can take part is not known.",
                "Enter how many, as a number such as 120.",
            )
        })?;
    }
    let r2 = if asked.covariates > 0.0 || asked.design == Design::BeforeAfter {
        or(
            asked.r2,
            "share of the variation between pupils that the score before explains",
            0.5,
            "two attainment tests a year apart usually correlate at about 0.7, and 0.7² is about 0.5",
        )
    } else {
        asked.r2.unwrap_or(0.0)
    };
    let in_blocks = matches!(
        asked.design,
        Design::BlockedIndividual | Design::BlockedCluster
    );
    let blocks = if in_blocks {
        or(
            asked.blocks,
            "blocks within which lots are drawn",
            if in_clusters {
                (clusters / 2.0).floor().max(1.0)
            } else {
                1.0
            },
            if in_clusters {
                "pairs"
            } else {
                "one, where none is given"
            },
        )
    } else {
        0.0
    };
    let positive = pupils.is_finite() && pupils > 0.0 && size > 0.0 && size_cv >= 0.0;
    let some_each = asked.share_treated > 0.0 && asked.share_treated < 1.0;
    if !(positive && some_each) {
        return Err(wrong(
            "The numbers of pupils and groups must be above 0, and the share that gets it between 0 and 1.",
            "Enter how many pupils can take part, as a number such as 120.",
        ));
    }
    for (value, name) in [
        (asked.power, "The chance of noticing"),
        (asked.alpha, "Alpha"),
    ] {
        if !(value > 0.0 && value < 1.0) {
            return Err(wrong(
                &format!("{name} must be between 0 and 1, not {value}."),
                "Give it as a share, such as 0.8.",
            ));
        }
    }
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
        assumed,
    })
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
