//! What a network's own earlier results say about the values that planning needs.
//!
//! Who may call this: whoever keeps results and plans trials. What must stay true: only sums over
//! trials come out, never a trial's own value; too few trials give nothing, and the published default stands.
//!
//! ICCs are averaged with weights mⱼ(mⱼ − 1)(Jⱼ − 1)/(1 + (mⱼ − 1)ρ)², the reciprocals of their
//! large-sample variances up to the factor 2(1 − ρ)² that they share (Donner & Koval 1980), with J
//! clusters of m pupils. The ρ in the weights is the average itself, found by repeating: a trial's own
//! value would give small ICCs weight for being small. Shares explained are averaged with the number
//! of clusters, or of pupils, as weights.

use serde::{Deserialize, Serialize};

use crate::count::{count, count_u64};
use crate::evaluation::Evaluation;

/// The fewest trials that an average is taken over.
pub const FEWEST_TRIALS: usize = 3;
/// The fewest clusters in all of them together, for what concerns clusters.
pub const FEWEST_CLUSTERS: f64 = 20.0;

/// What one earlier result found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Earlier {
    /// Pupils measured.
    pub pupils: f64,
    /// Clusters measured, 0 where none were named.
    pub clusters: f64,
    /// Share of the outcome's variance between clusters, before anything is allowed for.
    pub icc: Option<f64>,
    /// Share of the variance between pupils that the score before explained.
    pub r2: Option<f64>,
    /// Share of the variance between clusters that it explained.
    pub r2_cluster: Option<f64>,
}

impl Earlier {
    /// What an evaluation tells; none where it could not say what it could have seen.
    #[must_use]
    pub fn of(evaluation: &Evaluation) -> Option<Self> {
        let seen = evaluation.detectable?;
        let clusters = evaluation.attrition.as_ref().map_or(0, |a| {
            a.intervention.clusters_measured + a.comparison.clusters_measured
        });
        Some(Self {
            pupils: count_u64(evaluation.data.used),
            clusters: count_u64(clusters),
            icc: seen.icc,
            r2: seen.r2,
            r2_cluster: seen.r2_cluster,
        })
    }
}

/// An average over earlier results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The average.
    pub value: f64,
    /// How far results lie from it: their weighted standard deviation.
    pub sd: f64,
    /// Results that it is taken over.
    pub trials: u64,
    /// Such as "from the 7 trials of this network that tell".
    pub because: String,
}

/// What earlier results bear; what they do not is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learnt {
    /// Share of the variance between clusters.
    pub icc: Option<Value>,
    /// Share of the variance between pupils that the score before explains.
    pub r2: Option<Value>,
    /// Share of the variance between clusters that it explains.
    pub r2_cluster: Option<Value>,
}

/// Averages earlier results; `whose` ends the sentence "from the 7 trials of …", such as "this network".
///
/// ```
/// use difference_engine::power::{learn, Earlier};
/// let trial = |icc| Earlier { pupils: 250.0, clusters: 10.0, icc: Some(icc), ..Earlier::default() };
/// let learnt = learn(&[trial(0.08), trial(0.12), trial(0.10)], "this network");
/// let icc = learnt.icc.unwrap();
/// assert!((icc.value - 0.10).abs() < 1e-12);
/// assert_eq!(icc.because, "from the 3 trials of this network that tell");
/// assert_eq!(learnt.r2, None);
/// ```
#[must_use]
pub fn learn(earlier: &[Earlier], whose: &str) -> Learnt {
    let sound = |share: &f64| (0.0..1.0).contains(share);
    let iccs: Vec<(f64, f64, f64)> = earlier
        .iter()
        .filter(|e| e.clusters >= 2.0 && e.pupils > e.clusters)
        .filter_map(|e| Some((e.icc.filter(sound)?, e.clusters, e.pupils / e.clusters)))
        .collect();
    let enough = iccs.iter().map(|(_, clusters, _)| clusters).sum::<f64>() >= FEWEST_CLUSTERS;
    let icc = enough.then(|| common_icc(&iccs, whose)).flatten();

    let between: Vec<(f64, f64)> = earlier
        .iter()
        .filter(|e| e.clusters >= 2.0)
        .filter_map(|e| Some((e.r2_cluster.filter(sound)?, e.clusters)))
        .collect();
    let enough = between.iter().map(|(_, clusters)| clusters).sum::<f64>() >= FEWEST_CLUSTERS;
    let within: Vec<(f64, f64)> = earlier
        .iter()
        .filter(|e| e.pupils >= 2.0)
        .filter_map(|e| Some((e.r2.filter(sound)?, e.pupils)))
        .collect();
    Learnt {
        icc,
        r2: average(&within, whose),
        r2_cluster: enough.then(|| average(&between, whose)).flatten(),
    }
}

/// The average whose weights are worked out at the average itself.
fn common_icc(iccs: &[(f64, f64, f64)], whose: &str) -> Option<Value> {
    let mut rho = 0.0;
    for _ in 0..100 {
        let weighted: Vec<(f64, f64)> = iccs
            .iter()
            .map(|(icc, clusters, m)| {
                let spread = 1.0 + (m - 1.0) * rho;
                (*icc, m * (m - 1.0) * (clusters - 1.0) / (spread * spread))
            })
            .collect();
        let next = average(&weighted, whose)?;
        if (next.value - rho).abs() < 1e-12 {
            return Some(next);
        }
        rho = next.value;
    }
    None
}

fn average(weighted: &[(f64, f64)], whose: &str) -> Option<Value> {
    let trials = weighted.len();
    let all: f64 = weighted.iter().map(|(_, w)| w).sum();
    if trials < FEWEST_TRIALS || !(all > 0.0 && all.is_finite()) {
        return None;
    }
    let value = weighted.iter().map(|(x, w)| x * w).sum::<f64>() / all;
    let squares = weighted
        .iter()
        .map(|(x, w)| w * (x - value).powi(2))
        .sum::<f64>()
        / all;
    let k = count(trials);
    Some(Value {
        value,
        sd: (squares * k / (k - 1.0)).sqrt(),
        trials: u64::try_from(trials).unwrap_or(u64::MAX),
        because: format!("from the {trials} trials of {whose} that tell"),
    })
}
