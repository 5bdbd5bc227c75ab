//! What is taken to be so, each with the check that was made and what it showed.

use crate::evaluation::{Assumption, Evaluation};
use crate::question::{Allocation, Design};
use crate::rung::by_lot;

use super::numbers::{Precision, percent, plural, thousands};

fn assumption(says: &str, check: impl Into<String>, finding: impl Into<String>) -> Assumption {
    Assumption {
        says: says.to_owned(),
        check: check.into(),
        finding: finding.into(),
    }
}

/// The assumptions of an evaluation whose numbers are in place.
#[must_use]
pub fn assumptions(evaluation: &Evaluation) -> Vec<Assumption> {
    let mut list = Vec::new();
    let compared = evaluation.design != Design::BeforeAfter;
    if compared {
        list.push(alike(evaluation));
    } else {
        list.push(assumption(
            "Without it, results would have stayed as they were",
            "No check is possible: there is nobody to compare with",
            "Pupils grow, tests differ, and a low score tends to be followed by a higher one; any of these may be the cause",
        ));
    }
    list.push(lost(evaluation));
    list.push(apart(evaluation));
    if compared {
        list.push(assumption(
            "One group’s pupils did not get what the other group got",
            "The file can’t show it; ask the people who were there",
            "Not checked",
        ));
    }
    list.push(shape(evaluation));
    list
}

fn alike(evaluation: &Evaluation) -> Assumption {
    let lots = by_lot(Some(evaluation.design), evaluation.allocation);
    let baselines: Vec<String> = evaluation
        .balance
        .iter()
        .filter(|b| b.kind == "baseline")
        .filter_map(|b| {
            b.difference.map(|g| {
                format!(
                    "{} standard deviations on {}",
                    Precision::HUNDREDTHS.signed(g),
                    b.column
                )
            })
        })
        .collect();
    let finding = if baselines.is_empty() {
        "Nothing was measured before, so nobody can tell".to_owned()
    } else {
        format!(
            "At the start the groups were apart by {}",
            baselines.join(", ")
        )
    };
    let says = if lots {
        "Lots made the groups alike but for chance"
    } else {
        "But for what the model allows for, the groups would have done equally well"
    };
    let check = match (lots, evaluation.allocation) {
        (true, _) => "Scores before, compared between the groups",
        (false, Allocation::Unknown) => {
            "Nobody said how the groups came about; scores before, compared between the groups"
        }
        (false, _) => {
            "Scores before, compared between the groups; what nobody measured can’t be checked"
        }
    };
    assumption(says, check, finding)
}

fn lost(evaluation: &Evaluation) -> Assumption {
    let says = "Whoever was not measured would not have changed the answer";
    match &evaluation.attrition {
        Some(a) => {
            let list = if a.from_list {
                "Who was drawn, against who was measured"
            } else {
                "Rows in the file, against rows with a result; nobody gave the list of who was drawn"
            };
            let drawn = a.intervention.drawn + a.comparison.drawn;
            let measured = a.intervention.measured + a.comparison.measured;
            let missing = drawn.saturating_sub(measured);
            let finding = if missing == 0 {
                format!("All {} were measured", thousands(drawn))
            } else {
                format!(
                    "{} of {} were not measured ({}); the groups’ losses differ by {}",
                    thousands(missing),
                    thousands(drawn),
                    percent(a.overall),
                    plural(
                        &Precision::TENTHS.write((a.differential * 100.0).abs()),
                        "percentage points"
                    )
                )
            };
            assumption(says, list, finding)
        }
        None => {
            let dropped: u64 = evaluation.data.dropped.iter().map(|d| d.rows).sum();
            assumption(
                says,
                "Rows in the file, against rows with a result",
                if dropped == 0 {
                    "No row was left out".to_owned()
                } else {
                    format!(
                        "{} of {} rows were left out",
                        thousands(dropped),
                        thousands(evaluation.data.rows)
                    )
                },
            )
        }
    }
}

fn apart(evaluation: &Evaluation) -> Assumption {
    let clustered = evaluation.roles.cluster.is_some();
    let icc = evaluation.fits.iter().find_map(|f| f.icc);
    if !clustered {
        return assumption(
            "One pupil’s result tells nothing about another’s",
            "No column of classes or schools was given, so it can’t be checked",
            "Pupils of one class are usually alike; if whole classes were drawn, name their column",
        );
    }
    assumption(
        "Pupils of one class or school are alike, and classes or schools are independent of each other",
        "The share of the variation that lies between classes or schools",
        match icc {
            Some(icc) => format!(
                "{} of it lies between them, and the answer allows for it",
                percent(icc)
            ),
            None => "The answer allows for it".to_owned(),
        },
    )
}

fn shape(evaluation: &Evaluation) -> Assumption {
    if evaluation.design == Design::BeforeAfter {
        let pupils = evaluation.groups.first().map_or(0, |g| g.n);
        return assumption(
            "There are enough for averages to behave as the method expects",
            "How many pupils there are with both scores",
            format!("{} pupils", thousands(pupils)),
        );
    }
    let clusters: u64 = evaluation.groups.iter().map(|g| g.clusters).sum();
    let pupils: u64 = evaluation.groups.iter().map(|g| g.n).sum();
    let (count, unit) = if clusters > 0 {
        (clusters, "classes or schools")
    } else {
        (pupils, "pupils")
    };
    let spreads: Vec<f64> = evaluation.groups.iter().filter_map(|g| g.sd).collect();
    let uneven = match spreads.as_slice() {
        [a, b] if *a > 0.0 && *b > 0.0 => Some((a / b).max(b / a)),
        _ => None,
    };
    let spread = match uneven {
        Some(ratio) if ratio > 2.0 => {
            "; one group’s scores spread more than twice as widely, which the standard errors allow for"
        }
        Some(_) => "; the groups’ scores spread about equally widely",
        None => "",
    };
    assumption(
        "There are enough for averages to behave as the method expects",
        format!("How many {unit} there are, and how widely each group’s scores spread"),
        format!("{} {unit}{spread}", thousands(count)),
    )
}
