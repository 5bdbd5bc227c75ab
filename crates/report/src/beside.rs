//! What stands beside the answer: parts of the groups, who was lost, who took part, and what one class or school carries.
//!
//! Who may call this: the outline. What must stay true: the whole groups' answer comes first; a part that is too small to show is not
//! shown, nor what would give it away.

use engine::evaluation::{Bounds, Compliance, Evaluation, Influence, SubgroupEffects};
use engine::words::numbers::{percent, thousands};

use crate::told::Told;

/// Each with a few words and what follows them.
pub(crate) fn beside(evaluation: &Evaluation, smallest: u64) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for column in &evaluation.subgroups {
        list.extend(parts(evaluation, column, smallest));
    }
    if let Some(told) = Told::own(evaluation) {
        list.extend(lost(&told, &evaluation.bounds));
        list.extend(
            evaluation
                .influence
                .map(|influence| carried(&told, influence)),
        );
    }
    list.extend(evaluation.compliance.map(took_part));
    list
}

fn parts(
    evaluation: &Evaluation,
    column: &SubgroupEffects,
    smallest: u64,
) -> Option<(String, String)> {
    let small = |n: u64| n < smallest;
    if column
        .levels
        .iter()
        .any(|l| small(l.intervention) || small(l.comparison))
    {
        return None;
    }
    let each: Vec<String> = (column.levels.iter())
        .filter_map(|level| {
            let told = Told::alone(evaluation, &level.estimate)?;
            Some(format!(
                "{}: {} ({})",
                level.level,
                told.with_unit(told.estimate),
                told.range()
            ))
        })
        .collect();
    Some((
        format!("By “{}”.", column.column),
        format!("{}. {}", each.join("; "), column.note),
    ))
}

fn lost(told: &Told, bounds: &[Bounds]) -> Option<(String, String)> {
    let between = |name: &str| {
        let found = bounds.iter().find(|bounds| bounds.name == name)?;
        Some(format!(
            "between {} and {}",
            told.raw(found.lower),
            told.raw(found.upper)
        ))
    };
    let (one_way, whoever) = (between("lee")?, between("horowitz-manski")?);
    Some((
        "Those who were not measured.".to_owned(),
        format!(
            "Whoever they are, the raw difference lies {whoever}. If being drawn only ever moved pupils one way between being measured and not, it lies {one_way}."
        ),
    ))
}

fn carried(told: &Told, influence: Influence) -> (String, String) {
    let mut says = format!(
        "Leaving out each of the {} classes or schools in turn, the answer goes from {} to {}.",
        thousands(influence.clusters),
        told.raw(influence.lower),
        told.raw(influence.upper)
    );
    if influence.needed > 0 {
        says.push_str(&format!(
            " Without {} of them there would be none.",
            thousands(influence.needed)
        ));
    }
    ("What one class or school carries.".to_owned(), says)
}

fn took_part(compliance: Compliance) -> (String, String) {
    (
        "Who took part.".to_owned(),
        format!(
            "{} of the intervention and {} of the comparison, of {} pupils of whom it is known. The answer above is for everybody who was drawn, whether they took part or not.",
            percent(compliance.intervention),
            percent(compliance.comparison),
            thousands(compliance.known)
        ),
    )
}
