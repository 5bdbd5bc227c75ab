//! What difference did it make? The one way from a trial's rows to everything that is said about them.
//!
//! Who may call this: the command line, the web and the browser. What must stay true: every method works
//! on the same complete rows; every figure comes with its uncertainty; no NaN and no infinity
//! leaves, a named [`Refusal`] does; the same question on the same rows gives the same bytes, however the rows come in
//! chunks.

mod before_after;
mod columns;
mod compliance;
mod design;
mod effect_sizes;
mod errors;
mod estimates;
mod facts;
mod lots;
mod missing;
mod model;
mod multisite;
mod nested;
mod promise;
mod redraw;
mod rows;
mod subgroups;
mod tally;
mod trial;

use crate::VERSION;
use crate::attrition::worst;
use crate::balance::largest_baseline;
use crate::chances::chances;
use crate::evaluation::{
    Attrition, Balance, Bounds, Compliance, Data, Detectable, EffectSize, Estimate, Evaluation,
    Evidence, Fit, Group, Influence, SCHEMA, SubgroupEffects,
};
use crate::question::{Design, Question, Worthwhile};
use crate::refusal::Refusal;
use crate::rung::{RungFacts, rung};
use crate::sample::{Dropped, Roles, Sample};
use crate::words;

/// The intervals' level.
const LEVEL: f64 = 0.95;

/// Evaluates a trial: how large the difference is, how sure we are, how strong the evidence is, and
/// all of it in words.
///
/// Left to itself ([`Method::Auto`](crate::question::Method::Auto)) it answers by the analysis of covariance: the outcome on the treatment, a level for
/// each block, the baselines and the covariates.
///
/// * Where pupils were drawn: HC2 standard errors, residual degrees of freedom.
/// * Where clusters are named: CR2 with Satterthwaite's degrees of freedom, and the mixed model (random intercept,
///   REML, Satterthwaite) beside it. Where *whole* clusters were drawn or compared, the degrees of freedom of the treatment, in `estimates`, are never
///   more than clusters − 2 − columns that are the same for all of a cluster (blocks count as such columns, one fewer than there are); a
///   note says where that bound them. `fits` hold what lme4 and clubSandwich would say. Under 8 clusters the lots are drawn again beside, and where
///   even the most extreme of them would have p > 0.05 there is no answer but `too-few-clusters`; so too with one cluster in a group.
/// * Clusters that have both groups in them, with no design said: pupils were compared, and CR2 allows for those
///   of one cluster being alike. With `Design::Individual` said, HC2 as above.
/// * Before and after: the mean paired difference, its interval, no p-value.
///
/// ```
/// use difference_engine::evaluate;
/// use difference_engine::question::{Allocation, Question};
/// use difference_engine::sample::{Chunk, InMemory, Outcome, Roles, Treatment};
///
/// let sample = InMemory {
///     roles: Roles {
///         outcome: Outcome { column: "words read".into(), name: "reading".into(), unit: "words".into(), ..Outcome::default() },
///         treatment: Some(Treatment { column: "group".into(), intervention: "club".into(), comparison: "usual".into() }),
///         ..Roles::default()
///     },
///     chunk: Chunk {
///         outcome: vec![41.0, 52.0, 47.0, 55.0, 39.0, 44.0, 36.0, 40.0],
///         treatment: vec![1, 1, 1, 1, 0, 0, 0, 0],
///         ..Chunk::default()
///     },
/// };
/// let question = Question { allocation: Allocation::Lot, ..Question::default() };
/// let answer = evaluate(&sample, &question)?;
/// let primary = answer.primary().unwrap();
/// assert_eq!(primary.method, "ancova, HC2");
/// assert_eq!(primary.estimate, 9.0);
/// assert_eq!(answer.evidence.rung, 2); // eight pupils see little
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// "Cannot say", with its reason: `no-rows`, `one-group`, `no-variation`, `too-few-rows`, `too-few-clusters`,
/// `collinear`, `no-clusters`, `no-blocks`, `no-treatment`, `no-baseline`, `out-of-range`; `errors-ignore-clusters`, `errors-too-sure` and
/// `too-many-degrees-of-freedom` where docs/calibration.md shows that what was asked for calls differences that are not there; and what the
/// sample's own passes refuse.
pub fn evaluate(sample: &dyn Sample, question: &Question) -> Result<Evaluation, Refusal> {
    let measured = if design::is_before_after(sample.roles(), question) {
        before_after::measure(sample, question)?
    } else {
        trial::measure(sample, question)?
    };
    conclude(sample, question, measured)
}

/// All that was worked out, before it is judged and said.
struct Measured {
    design: Design,
    rows: u64,
    used: u64,
    dropped: Vec<Dropped>,
    groups: Vec<Group>,
    balance: Vec<Balance>,
    attrition: Option<Attrition>,
    estimates: Vec<Estimate>,
    fits: Vec<Fit>,
    effect_sizes: Vec<EffectSize>,
    detectable: Option<Detectable>,
    /// Standard deviation that effects are measured against, in the outcome's unit.
    sd: Option<f64>,
    /// Whether the primary estimate allows for the baselines.
    adjusted: bool,
    /// Clusters in the smaller group, where clusters were drawn.
    fewest_clusters: Option<u64>,
    subgroups: Vec<SubgroupEffects>,
    bounds: Vec<Bounds>,
    influence: Option<Influence>,
    compliance: Option<Compliance>,
    warnings: Vec<String>,
    /// Whether a permutation test drew by the seed.
    drew: bool,
}

fn conclude(
    sample: &dyn Sample,
    question: &Question,
    measured: Measured,
) -> Result<Evaluation, Refusal> {
    let roles = without_codes(sample.roles());
    let evidence = judge(question, &measured);
    let mut evaluation = Evaluation {
        schema: SCHEMA.to_owned(),
        engine: VERSION.to_owned(),
        data: Data {
            fingerprint: sample.fingerprint(),
            rows: measured.rows,
            used: measured.used,
            dropped: (sample.set_aside().iter().cloned())
                .chain(measured.dropped)
                .collect(),
        },
        roles,
        design: measured.design,
        allocation: question.allocation,
        headline: String::new(),
        highlight: String::new(),
        paragraph: String::new(),
        evidence,
        balance: measured.balance,
        attrition: measured.attrition,
        groups: measured.groups,
        estimates: measured.estimates,
        fits: measured.fits,
        effect_sizes: measured.effect_sizes,
        subgroups: measured.subgroups,
        bounds: measured.bounds,
        influence: measured.influence,
        compliance: measured.compliance,
        chances: None,
        assumptions: Vec::new(),
        warnings: Vec::new(),
        detectable: measured.detectable,
        worthwhile: question.worthwhile,
        attainment: question.attainment,
        plan: question.plan.clone(),
        seed: measured.drew.then_some(question.seed),
        call: question.call.clone(),
    };
    if evaluation.evidence.rung >= 3
        && let Some(primary) = evaluation.primary()
        && let Some(standard_error) = primary.standard_error
    {
        let worthwhile = match question.worthwhile {
            Some(Worthwhile::Unit(unit)) => Some(unit),
            Some(Worthwhile::Sd(sds)) => measured.sd.map(|sd| sd * sds),
            None => None,
        };
        evaluation.chances = Some(chances(
            primary.estimate,
            standard_error,
            primary.df,
            evaluation.roles.outcome.lower_is_better,
            worthwhile,
        )?);
    }
    let said = words::say(&evaluation, question.who.as_deref());
    evaluation.headline = said.headline;
    evaluation.highlight = said.highlight;
    evaluation.paragraph = said.paragraph;
    evaluation.assumptions = words::assumptions::assumptions(&evaluation);
    evaluation.warnings = words::warnings::warnings(&evaluation);
    evaluation.warnings.extend(measured.warnings);
    Ok(evaluation)
}

/// The roles as they are printed: what the columns are, without the codes of pupils, classes and
/// blocks that stand in them.
fn without_codes(roles: &Roles) -> Roles {
    let mut roles = roles.clone();
    let codes = [
        &mut roles.cluster,
        &mut roles.cluster_within,
        &mut roles.block,
        &mut roles.unit,
    ];
    for levels in codes.into_iter().flatten() {
        levels.labels.clear();
    }
    roles
}

fn judge(question: &Question, measured: &Measured) -> Evidence {
    let lost = measured.attrition.as_ref().map(worst);
    rung(&RungFacts {
        design: Some(measured.design),
        allocation: question.allocation,
        baseline: largest_baseline(&measured.balance),
        adjusted: measured.adjusted,
        detectable: measured.detectable.map(|d| d.sd),
        lost: lost.map(|(overall, _)| overall),
        lost_difference: lost.map(|(_, between)| between),
        from_list: measured.attrition.as_ref().is_some_and(|a| a.from_list),
        locked: question.plan.as_ref().is_some_and(|p| p.before_outcome),
        clusters: measured.fewest_clusters,
        looks: question.looks,
        sequential: false,
    })
}
