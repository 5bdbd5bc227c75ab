//! Everything that the engine says about one trial at one time: the one value that every page,
//! report, file and stored result is made from.
//!
//! Who may call this: everybody reads it; only [`evaluate`](crate::evaluate()) makes it. What must stay true:
//! the JSON grows by adding; no number is NaN or infinite (unknown is `None`); nothing here is typed
//! by a person.

use serde::{Deserialize, Serialize};

use crate::question::{Allocation, Design, PlanRecord, Worthwhile};
use crate::sample::{Dropped, Fingerprint, Roles};

/// The schema's name and version.
pub const SCHEMA: &str = "difference.evaluation/1";

/// An interval at a level, such as 0.95.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Such as 0.95.
    pub level: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// An effect with its uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Such as `ancova, CR2`; the kebab-case name of the method first.
    pub method: String,
    /// The coefficient's name; the treatment's column for the effect.
    pub term: String,
    /// In the outcome's own unit.
    pub estimate: f64,
    /// Same unit. None for a permutation test.
    pub standard_error: Option<f64>,
    /// Estimate over standard error.
    pub statistic: Option<f64>,
    /// Degrees of freedom; None for the normal distribution.
    pub df: Option<f64>,
    /// Two-sided; None where the design bears none.
    pub p_value: Option<f64>,
    /// None where the method gives none.
    pub interval: Option<Interval>,
    /// Whether this is the one that the sentence is made from.
    pub primary: bool,
    /// Anything that must be read with it, such as the Monte Carlo interval of a p-value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A variance component of a mixed model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VarianceComponent {
    /// The grouping column, or `residual`.
    pub group: String,
    /// Such as `(Intercept)`.
    pub term: String,
    /// Outcome's unit squared.
    pub variance: f64,
    /// Outcome's unit.
    pub sd: f64,
    /// Profile-likelihood interval of `sd`, where it was worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
}

/// A fitted model, with all its coefficients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// Same names as [`Estimate::method`].
    pub method: String,
    /// −2 log-likelihood, restricted where REML; None for least squares.
    pub objective: Option<f64>,
    /// All coefficients.
    pub coefficients: Vec<Estimate>,
    /// Empty for least squares.
    pub variance_components: Vec<VarianceComponent>,
    /// Between-cluster share of the variance.
    pub icc: Option<f64>,
}

/// An effect on a scale that can be compared between trials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectSize {
    /// `hedges_g`, `hedges_g_total`, `hedges_g_within`, `months`, `risk_difference`, `odds_ratio` …
    pub name: String,
    /// On that scale.
    pub estimate: f64,
    /// Same scale; None for months.
    pub standard_error: Option<f64>,
    /// Same scale.
    pub interval: Option<Interval>,
    /// What exactly was computed.
    pub definition: String,
}

/// What was read, used and set aside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// What pins the answer to its data.
    pub fingerprint: Option<Fingerprint>,
    /// Rows read, without rows set aside by filters and totals.
    pub rows: u64,
    /// Rows in the primary estimate.
    pub used: u64,
    /// Why the others are not.
    pub dropped: Vec<Dropped>,
}

/// The strength of evidence, with every reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// 1 to 5.
    pub rung: u8,
    /// An idea, An early sign, Fair evidence, Good evidence, Strong evidence.
    pub word: String,
    /// Reasons that it stands where it stands, or could be higher.
    pub stronger: Vec<String>,
    /// Reasons that hold it down.
    pub weaker: Vec<String>,
}

/// How alike the groups were at the start, on one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The column, with its level when it holds words.
    pub column: String,
    /// Mean in the intervention.
    pub intervention: f64,
    /// Mean in the comparison.
    pub comparison: f64,
    /// Standardised mean difference (Hedges' g).
    pub difference: Option<f64>,
    /// Ratio of the variances, intervention over comparison.
    pub variance_ratio: Option<f64>,
    /// `baseline` or `covariate`.
    pub kind: String,
}

/// Who was lost on the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attrition {
    /// Share lost of all who were drawn, 0 to 1.
    pub overall: f64,
    /// Share lost in the intervention less share lost in the comparison.
    pub differential: f64,
    /// Drawn and lost in the intervention.
    pub intervention: Lost,
    /// Drawn and lost in the comparison.
    pub comparison: Lost,
    /// Whether the drawn list was known, or the file's own rows stand in for it.
    pub from_list: bool,
}

/// Drawn and measured in one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Drawn.
    pub drawn: u64,
    /// With an outcome.
    pub measured: u64,
    /// Clusters drawn, 0 where pupils were drawn.
    pub clusters_drawn: u64,
    /// Clusters with an outcome.
    pub clusters_measured: u64,
}

/// How the difference differs between parts of the groups, such as girls and boys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubgroupEffects {
    /// The column.
    pub column: String,
    /// Whether it differs between them at all; None where that can't be tested.
    pub interaction: Option<Interaction>,
    /// The difference within each part, with its uncertainty.
    pub levels: Vec<LevelEffect>,
    /// What must be read with it, in words.
    pub note: String,
}

/// A test that the difference is the same in all parts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// F: with clusters Hotelling's T² approximation on CR2.
    pub statistic: f64,
    /// Parts less one.
    pub df: f64,
    /// Of the denominator.
    pub df_denominator: Option<f64>,
    /// Upper tail.
    pub p_value: f64,
    /// The same, allowing for the other columns that were looked at (Holm 1979).
    pub p_holm: f64,
}

/// The difference within one part of the groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelEffect {
    /// The level.
    pub level: String,
    /// Pupils of it in the intervention.
    pub intervention: u64,
    /// Pupils of it in the comparison.
    pub comparison: u64,
    /// In the outcome's own unit; its p-value as if nothing else had been looked at.
    pub estimate: Estimate,
    /// Allowing for all parts of all columns that were looked at (Holm 1979).
    pub p_holm: Option<f64>,
    /// The same by the share of false alarms (Benjamini & Hochberg 1995).
    pub p_bh: Option<f64>,
}

/// What the estimate becomes without each class or school in turn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Influence {
    /// Classes or schools that were left out in turn.
    pub clusters: u64,
    /// The lowest estimate.
    pub lower: f64,
    /// The highest.
    pub upper: f64,
    /// Classes or schools without which there is no estimate.
    pub needed: u64,
}

/// Between what the effect lies, whoever the pupils were who were not measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// `lee` or `horowitz-manski`.
    pub name: String,
    /// In the outcome's own unit.
    pub lower: f64,
    /// In the outcome's own unit.
    pub upper: f64,
    /// For the effect itself, wherever it lies between them; None where rows are not independent.
    pub interval: Option<Interval>,
    /// What exactly was computed, and what it takes to be so.
    pub definition: String,
}

/// Who took part, against who was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compliance {
    /// Share of the intervention who took part.
    pub intervention: f64,
    /// Share of the comparison who took part.
    pub comparison: f64,
    /// Pupils of whom it is known.
    pub known: u64,
    /// How strongly the lot moved people into taking part: the first stage's F (robust as the estimate is).
    pub strength: Option<f64>,
}

/// One group's pupils and scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The group's label.
    pub name: String,
    /// Pupils with an outcome.
    pub n: u64,
    /// Clusters with an outcome, 0 where there are none.
    pub clusters: u64,
    /// Mean outcome.
    pub mean: f64,
    /// Standard deviation of the outcome; None with one pupil.
    pub sd: Option<f64>,
    /// Means by subgroup, `column = level`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subgroups: Vec<Subgroup>,
}

/// A part of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subgroup {
    /// The column.
    pub column: String,
    /// The level.
    pub level: String,
    /// Pupils with an outcome.
    pub n: u64,
    /// Mean outcome.
    pub mean: f64,
}

/// Posterior chances under a flat prior, P(T_df > (x − estimate)/se).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chances {
    /// `flat`.
    pub prior: String,
    /// The chance that the true effect is above zero (below zero, where lower is better).
    pub above_zero: f64,
    /// The chance that it is past the smallest difference worth having.
    pub above_worthwhile: Option<f64>,
}

/// Something taken to be so, with the check that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// What is taken to be so.
    pub says: String,
    /// The check that was made.
    pub check: String,
    /// What the check showed.
    pub finding: String,
}

/// What the trial could have seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detectable {
    /// Smallest detectable difference in standard deviations (80 % power, 5 % two-sided).
    pub sd: f64,
    /// In the outcome's unit.
    pub unit: f64,
    /// Design effect that it includes; 1 where pupils were drawn.
    pub design_effect: f64,
    /// Share of the outcome's variance between clusters, where whole ones were drawn or compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icc: Option<f64>,
    /// Share of the variance between pupils (within clusters where those were drawn) that a score from
    /// before and the model's other columns account for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r2: Option<f64>,
    /// The same of the variance between clusters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r2_cluster: Option<f64>,
}

/// Everything that the engine says about one trial at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// [`SCHEMA`].
    pub schema: String,
    /// The engine's version.
    pub engine: String,
    /// What was read.
    pub data: Data,
    /// What each column was taken to be.
    pub roles: Roles,
    /// What was drawn or compared.
    pub design: Design,
    /// How the groups came about.
    pub allocation: Allocation,
    /// One sentence.
    pub headline: String,
    /// The sentence's most telling phrase, to be highlighted: a substring of the headline.
    #[serde(default)]
    pub highlight: String,
    /// How sure, in two or three sentences.
    pub paragraph: String,
    /// Strength of evidence.
    pub evidence: Evidence,
    /// How alike the groups were at the start.
    pub balance: Vec<Balance>,
    /// Who was lost.
    pub attrition: Option<Attrition>,
    /// The two groups, intervention first.
    pub groups: Vec<Group>,
    /// One for each method.
    pub estimates: Vec<Estimate>,
    /// One for each model fitted.
    pub fits: Vec<Fit>,
    /// Comparable scales.
    pub effect_sizes: Vec<EffectSize>,
    /// How the difference differs between parts of the groups; the whole groups' answer comes first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subgroups: Vec<SubgroupEffects>,
    /// How far those who were not measured could move the answer, in trials by lot.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<Bounds>,
    /// What the primary estimate becomes without each class or school.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub influence: Option<Influence>,
    /// Who took part, where a column says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compliance: Option<Compliance>,
    /// None under rung 3.
    pub chances: Option<Chances>,
    /// What is taken to be so.
    pub assumptions: Vec<Assumption>,
    /// What to be careful with.
    pub warnings: Vec<String>,
    /// What the trial could have seen at its start.
    pub detectable: Option<Detectable>,
    /// The smallest difference worth having, as asked.
    pub worthwhile: Option<Worthwhile>,
    /// Whether months may be said.
    pub attainment: bool,
    /// The locked plan, when there is one.
    pub plan: Option<PlanRecord>,
    /// Seed and draws of the permutation test, where one was made.
    pub seed: Option<u64>,
    /// The call that asks the same again.
    pub call: Option<String>,
}

impl Evaluation {
    /// The estimate that the sentence is made from.
    #[must_use]
    pub fn primary(&self) -> Option<&Estimate> {
        self.estimates.iter().find(|e| e.primary)
    }
    /// An effect size by its name.
    #[must_use]
    pub fn effect_size(&self, name: &str) -> Option<&EffectSize> {
        self.effect_sizes.iter().find(|e| e.name == name)
    }
    /// The comparable effect that the sentence, months and pools use: `hedges_g_total` where
    /// clusters were drawn, otherwise `hedges_g_adjusted` (the primary estimate over the
    /// unadjusted pooled standard deviation), with the primary interval on the same scale.
    #[must_use]
    pub fn comparable(&self) -> Option<&EffectSize> {
        self.effect_size("hedges_g_total")
            .or_else(|| self.effect_size("hedges_g_adjusted"))
    }
}
