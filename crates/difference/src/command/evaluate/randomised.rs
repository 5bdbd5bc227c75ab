//! `--randomised COL|FILE`: who was drawn, counted for the share who were lost.
//!
//! What must stay true: a name that is neither of the two groups is named with its row, never counted
//! as one of them.

use std::collections::BTreeSet;

use engine::question::Drawn;
use engine::sample::Roles;
use tables::{Kind, Options, Source, Table, TableError};

/// Counts who was drawn into each group, from a column of the trial's file or from a file of its own.
pub fn drawn(
    named: &str,
    table: &Table,
    options: &Options,
    roles: &Roles,
) -> Result<Drawn, TableError> {
    let Some(treatment) = &roles.treatment else {
        return Err(TableError::new(
            Kind::RoleMissing,
            "There is a list of who was drawn, and no column that says who got what.",
            "Name that column with --treatment.",
        ));
    };
    let labels = [
        treatment.intervention.as_str(),
        treatment.comparison.as_str(),
    ];
    let cluster = roles
        .cluster
        .as_ref()
        .map(|cluster| cluster.column.as_str());
    let here = table.column(named);
    if here.is_ok() {
        return count(table, named, cluster, labels);
    }
    if !std::path::Path::new(named).exists() {
        let error = match here {
            Err(error) => error,
            Ok(_) => return count(table, named, cluster, labels),
        };
        return Err(TableError::new(
            error.kind,
            format!("“{named}” is neither a column of the file nor a file."),
            error.cure,
        ));
    }
    let list = tables::open(Source::file(named)?, options)?;
    let column = group_column(&list, &treatment.column, labels)?;
    count(&list, &column, cluster, labels)
}

/// The list's column of groups: the treatment's own heading, or the first that holds both groups.
fn group_column(list: &Table, heading: &str, labels: [&str; 2]) -> Result<String, TableError> {
    if let Ok(column) = list.column(heading) {
        return Ok(column.heading.name.clone());
    }
    for column in list.columns() {
        let words = list.words(&column.heading.name)?;
        let holds = |label: &str| words.iter().flatten().any(|word| same(word, label));
        if labels.iter().all(|label| holds(label)) {
            return Ok(column.heading.name.clone());
        }
    }
    Err(TableError::new(
        Kind::List,
        format!(
            "No column of “{}” holds both “{}” and “{}”.",
            list.name(),
            labels[0],
            labels[1]
        ),
        "Give the list with one row for each pupil and a column that names their group as the file does.",
    ))
}

fn count(
    list: &Table,
    column: &str,
    cluster: Option<&str>,
    labels: [&str; 2],
) -> Result<Drawn, TableError> {
    let groups = list.words(column)?;
    let clusters = match cluster {
        Some(cluster) if list.column(cluster).is_ok() => list.words(cluster)?,
        _ => vec![None; groups.len()],
    };
    let mut pupils = [0_u64; 2];
    let mut seen = [BTreeSet::new(), BTreeSet::new()];
    for (row, (group, cluster)) in (2_u64..).zip(groups.into_iter().zip(clusters)) {
        // Nobody's name stands there: a pupil who was not drawn.
        let Some(group) = group else { continue };
        let Some(at) = labels.iter().position(|label| same(&group, label)) else {
            return Err(TableError::new(
                Kind::NoSuchWord,
                format!("“{group}” is neither “{}” nor “{}”.", labels[0], labels[1]),
                "Name the groups as the trial’s file does; leave the cell empty for pupils who were not drawn.",
            )
            .at_row(row)
            .in_column(column));
        };
        if let Some(pupils) = pupils.get_mut(at) {
            *pupils += 1;
        }
        if let (Some(seen), Some(cluster)) = (seen.get_mut(at), cluster) {
            seen.insert(cluster);
        }
    }
    let distinct = |clusters: &BTreeSet<String>| u64::try_from(clusters.len()).unwrap_or(u64::MAX);
    Ok(Drawn {
        intervention: pupils[0],
        comparison: pupils[1],
        intervention_clusters: distinct(&seen[0]),
        comparison_clusters: distinct(&seen[1]),
    })
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
