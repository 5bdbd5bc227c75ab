//! What is asked of a trial: the design, how the groups came about, and the method.
//!
//! Who may call this: everybody who asks for an evaluation. What must stay true: a question holds
//! no data; the same question on the same sample gives the same evaluation, byte for byte.

use serde::{Deserialize, Serialize};

use crate::allocation::DrawnLots;
use crate::sample::Roles;

/// What was drawn or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Design {
    /// Pupils, one by one.
    Individual,
    /// Pupils within blocks (classes, schools, pairs).
    BlockedIndividual,
    /// Whole classes or schools.
    Cluster,
    /// Whole classes or schools within blocks or pairs.
    BlockedCluster,
    /// Two groups that nobody drew.
    Comparison,
    /// The same people before and after, with nobody to compare with.
    BeforeAfter,
}

/// How the groups came about. The columns of a file can't show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allocation {
    /// Drawn by lot.
    Lot,
    /// Somebody chose.
    Chosen,
    /// Not said: rung 3 at most, and never "made".
    #[default]
    Unknown,
}

/// How the effect is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The design's own defaults.
    Auto,
    /// Difference in means.
    Difference,
    /// Analysis of covariance.
    Ancova,
    /// Analysis of covariance with the treatment's own slope on each centred column (Lin 2013).
    Lin,
    /// Random intercept for the cluster, by restricted maximum likelihood.
    Mixed,
    /// The same by maximum likelihood.
    MixedMl,
    /// The lots drawn again.
    Permutation,
}

/// Which standard errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StandardErrors {
    /// One variance for all.
    Classical,
    /// Heteroskedasticity-consistent, no correction (White 1980).
    Hc0,
    /// The same times n/(n − p).
    Hc1,
    /// Heteroskedasticity-consistent, leverage-corrected (MacKinnon & White 1985).
    Hc2,
    /// The jackknife-like variant.
    Hc3,
    /// Cluster-robust, no correction.
    Cr0,
    /// Cluster-robust, J/(J − 1) times CR0, as clubSandwich counts it.
    Cr1,
    /// Cluster-robust, J(N − 1)/((J − 1)(N − p)) times CR0, as Stata counts it.
    Cr1s,
    /// Cluster-robust, bias-reduced (Bell & McCaffrey 2002).
    Cr2,
    /// Cluster-robust, close to leaving one cluster out.
    Cr3,
}

/// Which degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DegreesOfFreedom {
    /// Satterthwaite.
    Satterthwaite,
    /// Kenward & Roger's, with their standard errors: of mixed models by restricted maximum likelihood. Other methods
    /// keep their own.
    KenwardRoger,
    /// Rows less columns.
    Residual,
    /// The normal distribution.
    Normal,
}

/// The smallest difference worth having.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worthwhile {
    /// In the outcome's own unit.
    Unit(f64),
    /// In standard deviations.
    Sd(f64),
}

/// Whether a plan was locked before the outcome was known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRecord {
    /// SHA-256 of the locked plan's canonical form.
    pub hash: String,
    /// When it was locked (RFC 3339).
    pub locked_at: String,
    /// Whether that was before the outcome was known.
    pub before_outcome: bool,
    /// What was done otherwise than planned, one sentence each.
    pub deviations: Vec<String>,
}

/// How many were drawn into a group, for attrition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// Pupils drawn into the intervention.
    pub intervention: u64,
    /// Pupils drawn into the comparison.
    pub comparison: u64,
    /// Clusters drawn into the intervention; 0 where pupils were drawn.
    pub intervention_clusters: u64,
    /// Clusters drawn into the comparison; 0 where pupils were drawn.
    pub comparison_clusters: u64,
}

impl Drawn {
    /// Counted from the lots as they were drawn; none for more than two groups.
    #[must_use]
    pub fn of(lots: &DrawnLots, roles: &Roles) -> Option<Self> {
        let (got, usual) = match (lots.groups.as_slice(), lots.place_of(roles)) {
            ([one, other], 0) => (one, other),
            ([one, other], _) => (other, one),
            _ => return None,
        };
        Some(Self {
            intervention: got.units,
            comparison: usual.units,
            intervention_clusters: got.clusters,
            comparison_clusters: usual.clusters,
        })
    }
}

/// What is asked of a trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Left out: read from the roles (cluster, block) and the allocation.
    pub design: Option<Design>,
    /// How the groups came about.
    pub allocation: Allocation,
    /// Empty or `[Auto]`: the design's defaults.
    pub methods: Vec<Method>,
    /// Left out: the design's default.
    pub se: Option<StandardErrors>,
    /// Left out: the design's default.
    pub df: Option<DegreesOfFreedom>,
    /// Whether the outcome is attainment, so that months may be said.
    pub attainment: bool,
    /// The smallest difference worth having.
    pub worthwhile: Option<Worthwhile>,
    /// Who was drawn, when the list is known.
    pub drawn: Option<Drawn>,
    /// The lots as they were drawn, when their record is known: the permutation test draws by the same rule.
    pub lots: Option<DrawnLots>,
    /// The locked plan, when there is one.
    pub plan: Option<PlanRecord>,
    /// How many times the outcome was looked at.
    pub looks: u32,
    /// Monte Carlo draws of the permutation test.
    pub draws: u32,
    /// Seed of those draws.
    pub seed: u64,
    /// Who the sentence is about, such as "pupils in the morning reading group"; left out: the intervention's label.
    pub who: Option<String>,
    /// The call that asks the same again, printed with the answer.
    pub call: Option<String>,
}

impl Default for Question {
    fn default() -> Self {
        Self {
            design: None,
            allocation: Allocation::Unknown,
            methods: Vec::new(),
            se: None,
            df: None,
            attainment: false,
            worthwhile: None,
            drawn: None,
            lots: None,
            plan: None,
            looks: 1,
            draws: 9_999,
            seed: 1,
            who: None,
            call: None,
        }
    }
}
