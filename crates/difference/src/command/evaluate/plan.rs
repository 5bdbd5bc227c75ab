//! `--plan FILE`: the locked plan, its fingerprint, and what was done otherwise.
//!
//! What must stay true: a plan that was edited has another fingerprint, and that is printed; what the
//! file can't show (when it was locked) is never assumed.

use std::path::Path;

use engine::date::Day;
use engine::question::{PlanRecord, Question};
use engine::refusal::Refusal;
use engine::sample::{CovariateKind, Roles};
use engine::trial_plan::{self, Done, TrialPlan};

use crate::ending::Ending;

/// Reads a plan as it was downloaded, and holds it to its fingerprint when that is known.
pub fn read(path: &Path, fingerprint: Option<&str>) -> Result<TrialPlan, Ending> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Ending::wrong(
            "plan-unreadable",
            format!("The plan “{}” can’t be read: {error}.", path.display()),
            "Check the name and the folder.",
        )
    })?;
    match fingerprint {
        Some(fingerprint) => TrialPlan::verify(&text, fingerprint),
        None => TrialPlan::parse(&text),
    }
    .map_err(|refusal| wrong(&refusal))
}

/// What is on record about the plan: its fingerprint, when it was locked, what was done otherwise.
pub fn record(
    plan: &TrialPlan,
    locked: Option<&str>,
    roles: &Roles,
    question: &Question,
) -> Result<PlanRecord, Ending> {
    let hash = plan.fingerprint().map_err(|refusal| wrong(&refusal))?;
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
    // Words that nobody planned were read from the file, and the plan does not speak of them.
    let success = if plan.measure.success.is_empty() {
        Vec::new()
    } else {
        roles.outcome.success.clone()
    };
    let done = Done {
        baseline: roles
            .covariates
            .iter()
            .any(|column| column.kind == CovariateKind::Baseline),
        success,
        ..Done::default()
    };
    let deviations = [
        trial_plan::deviations(plan, &done),
        trial_plan::answered_otherwise(plan, roles, question),
    ]
    .concat();
    Ok(PlanRecord {
        hash,
        locked_at: locked.unwrap_or("on a day that was not said").to_owned(),
        before_outcome,
        deviations,
    })
}

fn wrong(refusal: &Refusal) -> Ending {
    Ending::wrong(&refusal.code, &refusal.says, &refusal.cure)
}
