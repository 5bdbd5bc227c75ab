//! What an answer was asked for otherwise than the plan says.
//!
//! Who may call this: whoever evaluates a trial with a locked plan, before the evaluation, so that
//! the sentences are printed on it, after those of [`super::deviations`] (which tells of the trial's
//! life, its baseline and the words that count). What must stay true: silence means "as planned" for
//! everything that is compared here; a deviation is told, never judged.

use super::TrialPlan;
use crate::question::{Allocation, Design, Method, Question, Worthwhile};
use crate::sample::{CovariateKind, Roles};
use crate::words::numbers::{Precision, thousands};

/// Every departure, one sentence each, in the order of a plan: measure, comparison, people, answer.
///
/// ```
/// use difference_engine::{question::Question, sample::Roles, trial_plan::{TrialPlan, answered_otherwise}};
/// # let json = include_str!("../../tests/it/trial_plan/morning_reading.json");
/// let plan = TrialPlan::parse(json)?;
/// let otherwise = answered_otherwise(&plan, &Roles::default(), &Question::default());
/// assert!(otherwise.iter().any(|s| s.contains("drawn by lot")));
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[must_use]
pub fn answered_otherwise(plan: &TrialPlan, roles: &Roles, question: &Question) -> Vec<String> {
    [
        measure(plan, roles, question),
        comparison(plan, roles, question),
        people(plan, question),
        answer(plan, roles, question),
    ]
    .concat()
}

fn measure(plan: &TrialPlan, roles: &Roles, question: &Question) -> Vec<String> {
    let mut otherwise = Vec::new();
    let (planned, outcome) = (&plan.measure, &roles.outcome);
    let name = if outcome.name.trim().is_empty() {
        &outcome.column
    } else {
        &outcome.name
    };
    if !alike(&planned.name, name) && !alike(&planned.name, &outcome.column) {
        otherwise.push(format!(
            "The plan measures “{}”; this answer is about “{name}”.",
            planned.name
        ));
    }
    if planned.lower_is_better != outcome.lower_is_better {
        let better = |lower| if lower { "a lower" } else { "a higher" };
        otherwise.push(format!(
            "In the plan {} value is the better one; here {} one is.",
            better(planned.lower_is_better),
            better(outcome.lower_is_better)
        ));
    }
    if planned.attainment != question.attainment {
        otherwise.push(if planned.attainment {
            "The plan calls the measure attainment; here it is not, so no months are said."
                .to_owned()
        } else {
            "The plan does not call the measure attainment; here it is, so months are said."
                .to_owned()
        });
    }
    otherwise
}

fn comparison(plan: &TrialPlan, roles: &Roles, question: &Question) -> Vec<String> {
    let mut otherwise = Vec::new();
    let used = question
        .design
        .unwrap_or_else(|| design_of(roles, question));
    if used != plan.design {
        otherwise.push(format!(
            "The plan compares {}; this answer compares {}.",
            compared(plan.design),
            compared(used)
        ));
    }
    if question.allocation != plan.allocation {
        otherwise.push(format!(
            "In the plan the groups are {}; here they were {}.",
            came_about(plan.allocation),
            came_about(question.allocation)
        ));
    }
    if let Some(treatment) = &roles.treatment
        && plan.design != Design::BeforeAfter
    {
        for (what, planned, found) in [
            (
                "The group that gets it",
                &plan.intervention,
                &treatment.intervention,
            ),
            (
                "The group to compare with",
                &plan.comparison,
                &treatment.comparison,
            ),
        ] {
            if !alike(planned, found) {
                otherwise.push(format!(
                    "{what} is “{planned}” in the plan and “{found}” here."
                ));
            }
        }
    }
    otherwise
}

fn people(plan: &TrialPlan, question: &Question) -> Vec<String> {
    let mut otherwise = Vec::new();
    let Some(drawn) = question.drawn else {
        return otherwise;
    };
    for (what, planned, found) in [
        ("pupils", plan.pupils, drawn.intervention + drawn.comparison),
        (
            "classes or schools",
            plan.clusters,
            drawn.intervention_clusters + drawn.comparison_clusters,
        ),
    ] {
        if planned > 0 && found > 0 && u64::from(planned) != found {
            otherwise.push(format!(
                "The plan lists {} {what}; {} were drawn.",
                thousands(u64::from(planned)),
                thousands(found)
            ));
        }
    }
    otherwise
}

fn answer(plan: &TrialPlan, roles: &Roles, question: &Question) -> Vec<String> {
    let mut otherwise = Vec::new();
    let analysis = plan.analysis.to_lowercase();
    let mut unplanned: Vec<&str> = roles
        .covariates
        .iter()
        .filter(|c| c.kind == CovariateKind::Covariate)
        .map(|c| c.column.trim())
        .filter(|column| !analysis.contains(&column.to_lowercase()))
        .collect();
    unplanned.dedup();
    if !unplanned.is_empty() {
        otherwise.push(format!(
            "This answer also allows for {}, which the plan does not name.",
            unplanned.join(", ")
        ));
    }
    let methods: Vec<&str> = question
        .methods
        .iter()
        .filter_map(|m| method(*m))
        .filter(|m| !analysis.contains(m))
        .collect();
    if !methods.is_empty() {
        otherwise.push(format!(
            "The answer was asked for by {}, which the plan does not name.",
            methods.join(" and ")
        ));
    }
    if plan.worthwhile != question.worthwhile {
        otherwise.push(format!(
            "The smallest difference worth having is {} in the plan and {} here.",
            worth(plan, plan.worthwhile),
            worth(plan, question.worthwhile)
        ));
    }
    if question.looks > 1 {
        otherwise.push(format!(
            "The outcome was looked at {} times; the plan says once.",
            question.looks
        ));
    }
    otherwise
}

/// The design that the roles show, as the evaluation reads it when none is named.
fn design_of(roles: &Roles, question: &Question) -> Design {
    if roles.treatment.is_none() || roles.unit.is_some() {
        return Design::BeforeAfter;
    }
    if question.allocation != Allocation::Lot {
        return Design::Comparison;
    }
    match (&roles.cluster, &roles.block) {
        (None, None) => Design::Individual,
        (None, Some(_)) => Design::BlockedIndividual,
        (Some(_), None) => Design::Cluster,
        (Some(_), Some(_)) => Design::BlockedCluster,
    }
}

fn compared(design: Design) -> &'static str {
    match design {
        Design::Individual => "pupils, one by one",
        Design::BlockedIndividual => "pupils within blocks",
        Design::Cluster => "whole classes or schools",
        Design::BlockedCluster => "whole classes or schools within blocks",
        Design::Comparison => "two groups that nobody drew",
        Design::BeforeAfter => "the same people before and after",
    }
}

fn came_about(allocation: Allocation) -> &'static str {
    match allocation {
        Allocation::Lot => "drawn by lot",
        Allocation::Chosen => "chosen by somebody",
        Allocation::Unknown => "made in a way nobody said",
    }
}

fn method(method: Method) -> Option<&'static str> {
    match method {
        Method::Auto => None,
        Method::Difference => Some("difference in means"),
        Method::Ancova => Some("analysis of covariance"),
        Method::Lin => Some("analysis of covariance with a slope for each group"),
        Method::Mixed => Some("mixed model"),
        Method::MixedMl => Some("mixed model by maximum likelihood"),
        Method::Permutation => Some("permutation"),
    }
}

fn worth(plan: &TrialPlan, worthwhile: Option<Worthwhile>) -> String {
    match worthwhile {
        None => "left open".to_owned(),
        Some(Worthwhile::Sd(x)) => {
            format!("{} standard deviations", Precision::HUNDREDTHS.write(x))
        }
        Some(Worthwhile::Unit(x)) => {
            let unit = match plan.measure.unit.trim() {
                "" => "points",
                unit => unit,
            };
            crate::words::numbers::plural(&Precision::TENTHS.write(x), unit)
        }
    }
}

fn alike(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}
