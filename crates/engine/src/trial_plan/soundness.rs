//! What a plan must say before it can be locked.

use super::TrialPlan;
use crate::date::Day;
use crate::question::{Design, Worthwhile};
use crate::refusal::Refusal;

/// Refuses a plan that is incomplete or contradicts itself.
pub(super) fn check(plan: &TrialPlan) -> Result<(), Refusal> {
    named(plan)?;
    dated(plan)?;
    grouped(plan)?;
    measured(plan)
}

fn named(plan: &TrialPlan) -> Result<(), Refusal> {
    for (what, text) in [
        ("a title", &plan.title),
        ("what will be tried", &plan.idea),
        ("what will be measured", &plan.measure.name),
    ] {
        if text.trim().is_empty() {
            return refuse(
                "plan-incomplete",
                format!("The plan does not say {what}."),
                "Fill it in before the plan is locked.",
            );
        }
    }
    if plan.salt.len() != 32 || !plan.salt.bytes().all(|b| b.is_ascii_hexdigit()) {
        return refuse(
            "plan-without-salt",
            "The plan lacks its 16 random bytes, so its fingerprint could be guessed.",
            "Let the product or the command line write the plan.",
        );
    }
    Ok(())
}

fn dated(plan: &TrialPlan) -> Result<(), Refusal> {
    let day = |text: &str, what: &str| {
        Day::parse(text).ok_or_else(|| {
            Refusal::new(
                "plan-date-not-read",
                format!("“{text}”, the day of the {what}, is not a day that can be read."),
                "Write days as year, month and day, such as 2026-11-16.",
            )
        })
    };
    let (starts, measured) = (
        day(&plan.starts, "start")?,
        day(&plan.measured, "measurement")?,
    );
    if measured < starts {
        return refuse(
            "plan-dates-backwards",
            format!("The measurement on {measured} comes before the start on {starts}."),
            "Choose a day after the start.",
        );
    }
    Ok(())
}

fn grouped(plan: &TrialPlan) -> Result<(), Refusal> {
    if plan.design == Design::BeforeAfter {
        return Ok(());
    }
    let (a, b) = (plan.intervention.trim(), plan.comparison.trim());
    if a.is_empty() || b.is_empty() || a.eq_ignore_ascii_case(b) {
        return refuse(
            "plan-groups-alike",
            "The two groups have no names of their own.",
            "Give each group a name, such as “morning reading” and “as usual”.",
        );
    }
    let in_clusters = matches!(plan.design, Design::Cluster | Design::BlockedCluster);
    if in_clusters && plan.clusters < 2 {
        return refuse(
            "plan-without-clusters",
            "Whole classes or schools are to be drawn, but the list has fewer than two.",
            "Add the classes or schools, or draw pupils one by one.",
        );
    }
    Ok(())
}

fn measured(plan: &TrialPlan) -> Result<(), Refusal> {
    let smallest = match plan.worthwhile {
        Some(Worthwhile::Unit(x) | Worthwhile::Sd(x)) => x,
        None => 1.0,
    };
    if !smallest.is_finite() || smallest <= 0.0 {
        return refuse(
            "plan-worthwhile",
            "The smallest difference worth having is not a number above zero.",
            "Enter it as a number such as 3, or leave it out.",
        );
    }
    let (words, success) = (&plan.measure.words, &plan.measure.success);
    if words.is_empty() {
        return Ok(());
    }
    let unlike = words.iter().enumerate().all(|(i, word)| {
        !word.trim().is_empty() && !words.iter().take(i).any(|w| w.trim() == word.trim())
    });
    if words.len() < 2 || !unlike {
        return refuse(
            "plan-words",
            "The words of the measure are fewer than two, or one of them comes twice.",
            "List each word once, the lowest first, such as WTS, EXS, GDS.",
        );
    }
    // The words that count are the last ones of the order, whole.
    let reached: Vec<&String> = words.iter().rev().take(success.len()).collect();
    let in_order = success.iter().all(|word| reached.contains(&word));
    if success.is_empty() || success.len() >= words.len() || !in_order {
        return refuse(
            "plan-words-in-order",
            format!(
                "The words that count ({}) are not the upper part of the order {}.",
                success.join(", "),
                words.join(", ")
            ),
            "List the words with the lowest first, and count one word and all above it.",
        );
    }
    Ok(())
}

fn refuse(code: &str, says: impl Into<String>, cure: &str) -> Result<(), Refusal> {
    Err(Refusal::new(code, says, cure))
}
