//! `--plan FILE`: the locked plan, its fingerprint, and what was done otherwise.
//!
//! What must stay true: a plan that was edited has another fingerprint, and that is printed; what the
//! file can't show (when it was locked) is never assumed.

use std::path::Path;

use engine::date::Day;
use engine::question::{Allocation, Design, PlanRecord, Question, Worthwhile};
use engine::sample::Roles;
use engine::trial_plan::{self, Done, TrialPlan};

use crate::ending::Ending;

/// Reads a plan as it was downloaded.
pub fn read(path: &Path) -> Result<TrialPlan, Ending> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Ending::wrong(
            "plan-unreadable",
            format!("The plan “{}” can’t be read: {error}.", path.display()),
            "Check the name and the folder.",
        )
    })?;
    let plan: TrialPlan = serde_json::from_str(&text).map_err(|error| {
        Ending::wrong(
            "plan-damaged",
            format!("“{}” is no plan of a trial: {error}.", path.display()),
            "Give the plan as it was downloaded from the trial’s page.",
        )
    })?;
    if plan.schema != trial_plan::SCHEMA {
        return Err(Ending::wrong(
            "plan-unknown",
            format!(
                "“{}” is a “{}”, and this is made for “{}”.",
                path.display(),
                plan.schema,
                trial_plan::SCHEMA
            ),
            "Give the plan as it was downloaded from the trial’s page.",
        ));
    }
    Ok(plan)
}

/// What is on record about the plan: its fingerprint, when it was locked, what was done otherwise.
pub fn record(
    plan: &TrialPlan,
    locked: Option<&str>,
    roles: &Roles,
    question: &Question,
) -> Result<PlanRecord, Ending> {
    let hash = plan
        .fingerprint()
        .map_err(|refusal| Ending::wrong(&refusal.code, &refusal.says, &refusal.cure))?;
    let locked_on = match locked {
        Some(day) => Some(Day::parse(day).ok_or_else(|| {
            Ending::wrong(
                "not-a-date",
                format!("“{day}” is no day."),
                "Give the day on which the plan was locked as 2026-01-06; its page says it.",
            )
        })?),
        None => None,
    };
    let before_outcome = locked_on
        .zip(Day::parse(&plan.measured))
        .is_some_and(|(locked, measured)| locked.number() < measured.number());
    Ok(PlanRecord {
        hash,
        locked_at: locked.unwrap_or("on a day that was not said").to_owned(),
        before_outcome,
        deviations: deviations(plan, roles, question),
    })
}

fn deviations(plan: &TrialPlan, roles: &Roles, question: &Question) -> Vec<String> {
    let outcome = &roles.outcome;
    // Words that nobody planned were read from the file, and the plan does not speak of them.
    let success = if plan.measure.success.is_empty() {
        Vec::new()
    } else {
        outcome.success.clone()
    };
    let done = Done {
        baseline: roles
            .covariates
            .iter()
            .any(|column| column.kind == engine::sample::CovariateKind::Baseline),
        success,
        ..Done::default()
    };
    let mut said = trial_plan::deviations(plan, &done);
    if let Some(design) = question.design
        && design != plan.design
    {
        said.push(format!(
            "The plan compares {}; here {} are compared.",
            compared(plan.design),
            compared(design)
        ));
    }
    if question.allocation != plan.allocation {
        said.push(format!(
            "The plan says that groups {}; here they {}.",
            came_about(plan.allocation),
            came_about(question.allocation)
        ));
    }
    if let Some(treatment) = &roles.treatment {
        let pairs = [
            (&plan.intervention, &treatment.intervention),
            (&plan.comparison, &treatment.comparison),
        ];
        for (planned, found) in pairs {
            if planned.trim().to_lowercase() != found.trim().to_lowercase() {
                said.push(format!(
                    "The plan has a group “{planned}”; the file has “{found}”."
                ));
            }
        }
    }
    if question.worthwhile != plan.worthwhile {
        said.push(format!(
            "The plan calls {} worth having; here it is {}.",
            size(plan.worthwhile),
            size(question.worthwhile)
        ));
    }
    if outcome.lower_is_better != plan.measure.lower_is_better {
        let way = |lower: bool| if lower { "a lower" } else { "a higher" };
        said.push(format!(
            "The plan calls {} result the better one; here it is {} one.",
            way(plan.measure.lower_is_better),
            way(outcome.lower_is_better)
        ));
    }
    said
}

fn compared(design: Design) -> &'static str {
    match design {
        Design::Individual => "pupils one by one",
        Design::BlockedIndividual => "pupils within blocks",
        Design::Cluster => "whole classes or schools",
        Design::BlockedCluster => "whole classes or schools within blocks",
        Design::Comparison => "two groups that nobody drew",
        Design::BeforeAfter => "the same pupils before and after",
    }
}

fn came_about(allocation: Allocation) -> &'static str {
    match allocation {
        Allocation::Lot => "were drawn by lot",
        Allocation::Chosen => "were chosen",
        Allocation::Unknown => "came about in a way that was not said",
    }
}

fn size(worthwhile: Option<Worthwhile>) -> String {
    match worthwhile {
        None => "nothing".to_owned(),
        Some(Worthwhile::Unit(size)) => size.to_string(),
        Some(Worthwhile::Sd(size)) => format!("{size} standard deviations"),
    }
}
