//! What an evaluation's report says, part by part, before anybody writes it as text, Markdown or HTML.
//!
//! Who may call this: the writers of this crate. What must stay true: every writer says the same; a
//! group that is too small to show is shown by none of them.

use engine::date::Day;
use engine::evaluation::{Balance, Estimate, Evaluation, Group};
use engine::question::Design;
use engine::words::numbers::{Precision, p_value, percent, thousands};

use crate::beside;
use crate::dots::{self, EffectDots};
use crate::told::Told;

/// Groups under this many pupils are not shown, unless a page asks for more.
pub const SMALLEST_GROUP: u64 = 5;

/// The parts of a report, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// The rung's word and its number.
    pub rung: (String, u8),
    /// The picture with its words; none where the design bears no interval.
    pub dots: Option<EffectDots>,
    /// The question over the reasons, such as "Why “good” and not “strong”?".
    pub why: String,
    /// Who took part.
    pub who: Who,
    /// What to keep in mind: a few words and what follows them.
    pub mind: Vec<(String, String)>,
    /// Every estimate that was made.
    pub estimates: Vec<Row>,
    /// How to get it again: a name and what stands behind it.
    pub again: Vec<(String, String)>,
}

/// The two groups, side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Who {
    /// The groups' names, intervention first.
    pub groups: Vec<String>,
    /// What is counted, and a cell for each group.
    pub rows: Vec<(String, Vec<String>)>,
    /// What must be read with it; may be empty.
    pub note: String,
}

/// One estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// How it was made.
    pub method: String,
    /// With its unit.
    pub estimate: String,
    /// Both limits; a dash where the method gives none.
    pub interval: String,
    /// Such as "0.34"; a dash where the design bears none.
    pub p: String,
    /// Whether the sentence is made from it.
    pub primary: bool,
    /// What must be read with it; may be empty.
    pub note: String,
}

impl Outline {
    /// The parts of an evaluation's report. Groups under `smallest` pupils are not shown.
    #[must_use]
    pub fn of(evaluation: &Evaluation, smallest: u64) -> Self {
        Self {
            rung: (evaluation.evidence.word.clone(), evaluation.evidence.rung),
            dots: dots::layout(evaluation),
            why: why(evaluation),
            who: who(evaluation, smallest),
            mind: mind(evaluation, smallest),
            estimates: evaluation
                .estimates
                .iter()
                .map(|estimate| row(evaluation, estimate))
                .collect(),
            again: again(evaluation),
        }
    }
}

/// The rungs' short words, as they stand between quotation marks.
const LADDER: [&str; 5] = ["an idea", "an early sign", "fair", "good", "strong"];

fn why(evaluation: &Evaluation) -> String {
    let rung = usize::from(evaluation.evidence.rung);
    let here = rung.checked_sub(1).and_then(|at| LADDER.get(at));
    match (here, LADDER.get(rung)) {
        (Some(here), Some(next)) => format!("Why “{here}” and not “{next}”?"),
        (Some(here), None) => format!("Why “{here}”?"),
        _ => "Why this rung?".to_owned(),
    }
}

fn column_words(
    column: &str,
    cell: impl Fn(&Group) -> Option<String>,
    groups: &[Group],
) -> Option<(String, Vec<String>)> {
    let cells: Option<Vec<String>> = groups.iter().map(cell).collect();
    cells.map(|cells| (column.to_owned(), cells))
}

fn who(evaluation: &Evaluation, smallest: u64) -> Who {
    let groups = &evaluation.groups;
    let outcome = &evaluation.roles.outcome;
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let mut hidden = false;
    if let (Some(lost), 2) = (&evaluation.attrition, groups.len()) {
        if lost.intervention.clusters_drawn + lost.comparison.clusters_drawn > 0 {
            rows.push((
                "Classes or schools at the start".to_owned(),
                vec![
                    thousands(lost.intervention.clusters_drawn),
                    thousands(lost.comparison.clusters_drawn),
                ],
            ));
        }
        let label = if lost.from_list {
            "On the list that was drawn"
        } else {
            "In the file"
        };
        rows.push((
            label.to_owned(),
            vec![
                thousands(lost.intervention.drawn),
                thousands(lost.comparison.drawn),
            ],
        ));
    }
    let name = if outcome.name.is_empty() {
        &outcome.column
    } else {
        &outcome.name
    };
    rows.extend(column_words(
        "Measured",
        |group| Some(thousands(group.n)),
        groups,
    ));
    if let Some(cluster) = &evaluation.roles.cluster {
        let label = format!("Classes or schools ({}) measured", cluster.column);
        rows.extend(column_words(
            &label,
            |group| (group.clusters > 0).then(|| thousands(group.clusters)),
            groups,
        ));
    }
    let enough = groups.iter().all(|group| group.n >= smallest);
    if enough {
        rows.extend(at_the_start(evaluation));
        if outcome.binary {
            let label = if outcome.success.is_empty() {
                name.clone()
            } else {
                format!("{name}: {}", outcome.success.join(" or "))
            };
            rows.extend(column_words(
                &label,
                |group| Some(percent(group.mean)),
                groups,
            ));
        } else {
            let spread = groups
                .iter()
                .filter_map(|group| group.sd)
                .fold(0.0, f64::max);
            let digits = decimals(spread);
            rows.extend(column_words(
                &format!("Average {name}"),
                |group| Some(digits.fixed(group.mean)),
                groups,
            ));
            rows.extend(column_words(
                "Standard deviation",
                |group| group.sd.map(|sd| digits.fixed(sd)),
                groups,
            ));
        }
    } else {
        hidden = true;
    }
    hidden |= subgroups(&mut rows, evaluation, smallest);
    Who {
        groups: groups
            .iter()
            .map(|group| group_name(evaluation, &group.name))
            .collect(),
        rows,
        note: if hidden {
            format!(
                "Groups of fewer than {smallest} pupils are not shown, nor what would give them away."
            )
        } else {
            String::new()
        },
    }
}

/// Averages of the columns that say how alike the groups were at the start.
fn at_the_start(evaluation: &Evaluation) -> Vec<(String, Vec<String>)> {
    if evaluation.groups.len() != 2 {
        return Vec::new();
    }
    let is_word = |column: &str| {
        evaluation.roles.covariates.iter().any(|covariate| {
            let word = covariate.level.as_ref();
            word.is_some_and(|word| format!("{} = {word}", covariate.column) == column)
        })
    };
    let mean = |balance: &Balance| {
        let means = [balance.intervention, balance.comparison];
        if is_word(&balance.column) {
            let label = balance.column.replacen(" = ", ": ", 1);
            return (label, means.map(percent).to_vec());
        }
        let digits = decimals(balance.intervention.abs().max(balance.comparison.abs()));
        // A column that says so itself, such as "score before", is not told twice.
        let when = if balance.kind == "baseline" && !balance.column.ends_with(" before") {
            " before"
        } else {
            ""
        };
        (
            format!("Average {}{when}", balance.column),
            means.map(|mean| digits.fixed(mean)).to_vec(),
        )
    };
    evaluation.balance.iter().map(mean).collect()
}

/// A group's name; a bare figure, such as the 1 of a column of noughts and ones, takes its column along.
fn group_name(evaluation: &Evaluation, name: &str) -> String {
    match &evaluation.roles.treatment {
        Some(treatment) if name.parse::<f64>().is_ok() => {
            format!("{} = {name}", treatment.column)
        }
        _ => name.to_owned(),
    }
}

/// Decimal places for scores that spread this far.
fn decimals(spread: f64) -> Precision {
    if spread >= 5.0 {
        Precision::TENTHS
    } else if spread >= 0.5 {
        Precision::HUNDREDTHS
    } else {
        Precision::THOUSANDTHS
    }
}

/// Adds the parts of the groups; true where a column had to be left out because a part is too small.
fn subgroups(
    rows: &mut Vec<(String, Vec<String>)>,
    evaluation: &Evaluation,
    smallest: u64,
) -> bool {
    let groups = &evaluation.groups;
    let binary = evaluation.roles.outcome.binary;
    let mut hidden = false;
    for column in &evaluation.roles.subgroups {
        let parts = || {
            groups.iter().flat_map(|group| {
                group
                    .subgroups
                    .iter()
                    .filter(|part| part.column == column.column)
            })
        };
        // One small part would be the difference of the whole and the others: none is shown then.
        if parts().any(|part| part.n < smallest) {
            hidden = true;
            continue;
        }
        for level in &column.labels {
            let cell = |group: &Group| {
                let part = group
                    .subgroups
                    .iter()
                    .find(|part| part.column == column.column && part.level == *level)?;
                let mean = if binary {
                    percent(part.mean)
                } else {
                    decimals(group.sd.unwrap_or(1.0)).fixed(part.mean)
                };
                Some(format!("{} pupils, {mean}", thousands(part.n)))
            };
            rows.extend(column_words(
                &format!("{}: {level}", column.column),
                cell,
                groups,
            ));
        }
    }
    hidden
}

fn mind(evaluation: &Evaluation, smallest: u64) -> Vec<(String, String)> {
    let mut mind = beside::beside(evaluation, smallest);
    for warning in &evaluation.warnings {
        mind.push((String::new(), warning.clone()));
    }
    let set_aside: Vec<String> = evaluation
        .data
        .dropped
        .iter()
        .map(|dropped| format!("{} ({})", dropped.reason, thousands(dropped.rows)))
        .collect();
    if !set_aside.is_empty() {
        mind.push((
            "Rows left out.".to_owned(),
            format!(
                "{} rows are used. Left out: {}.",
                thousands(evaluation.data.used),
                set_aside.join("; ")
            ),
        ));
    }
    for assumption in &evaluation.assumptions {
        mind.push((
            sentence(&assumption.says),
            [&assumption.check, &assumption.finding]
                .map(|words| sentence(words))
                .join(" ")
                .trim()
                .to_owned(),
        ));
    }
    if !evaluation.roles.assumed.is_empty() {
        mind.push((
            "How the file was read.".to_owned(),
            evaluation.roles.assumed.join(" "),
        ));
    }
    mind
}

fn row(evaluation: &Evaluation, estimate: &Estimate) -> Row {
    let told = Told::alone(evaluation, estimate);
    let dash = || "none".to_owned();
    Row {
        method: estimate.method.clone(),
        estimate: told.as_ref().map_or_else(
            || without_interval(evaluation, estimate.estimate),
            |told| told.with_unit(told.estimate),
        ),
        interval: told.map_or_else(dash, |told| told.range()),
        p: estimate.p_value.map_or_else(dash, p_value),
        primary: estimate.primary,
        note: estimate.note.clone().unwrap_or_default(),
    }
}

/// An estimate whose method gives no interval, with as many digits as the primary one bears.
fn without_interval(evaluation: &Evaluation, estimate: f64) -> String {
    Told::own(evaluation).map_or_else(
        || Precision::HUNDREDTHS.write(estimate),
        |told| told.raw(estimate),
    )
}

fn design_words(design: Design) -> &'static str {
    match design {
        Design::Individual => "pupils, one by one",
        Design::BlockedIndividual => "pupils within blocks",
        Design::Cluster => "whole classes or schools",
        Design::BlockedCluster => "whole classes or schools within blocks",
        Design::Comparison => "two groups that nobody drew",
        Design::BeforeAfter => "the same pupils before and after",
    }
}

fn again(evaluation: &Evaluation) -> Vec<(String, String)> {
    let mut again = vec![(
        "What was compared".to_owned(),
        design_words(evaluation.design).to_owned(),
    )];
    if let Some(plan) = &evaluation.plan {
        let when = Day::parse(&plan.locked_at)
            .map_or_else(|| plan.locked_at.clone(), |day| day.to_string());
        let order = if plan.before_outcome {
            "before the results were known"
        } else {
            "not shown to be before the results were known"
        };
        again.push(("Plan locked".to_owned(), format!("{when}, {order}")));
        again.push((
            "Changes since".to_owned(),
            if plan.deviations.is_empty() {
                "none".to_owned()
            } else {
                plan.deviations.join(" ")
            },
        ));
        again.push(("Plan’s fingerprint".to_owned(), plan.hash.clone()));
    }
    if let Some(call) = &evaluation.call {
        again.push(("Call".to_owned(), call.clone()));
    }
    again.push((
        "Engine".to_owned(),
        format!("difference {}", evaluation.engine),
    ));
    if let Some(fingerprint) = &evaluation.data.fingerprint {
        again.push(("File’s fingerprint".to_owned(), fingerprint.bytes.clone()));
        again.push((
            "Fingerprint of what was used".to_owned(),
            fingerprint.used.clone(),
        ));
    }
    if let Some(seed) = evaluation.seed {
        again.push(("Seed".to_owned(), seed.to_string()));
    }
    again
}

/// Words with a full stop behind them.
fn sentence(words: &str) -> String {
    let words = words.trim();
    if words.is_empty() || words.ends_with(['.', '!', '?']) {
        words.to_owned()
    } else {
        format!("{words}.")
    }
}
