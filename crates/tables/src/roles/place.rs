//! Which column says in which class, school or pair a pupil is.
//!
//! Who may call this: `roles` alone. What must stay true: the data decide. A class in which all got
//! the same is a cluster; one with both groups in it is a block.

use std::collections::HashMap;

use super::heading::Names;
use super::{Confidence, Draft, Known, Role};
use crate::column::profile::ColumnKind;
use crate::error::TableError;
use crate::table::Table;

/// How the groups lie in the classes of a column.
struct Spread {
    classes: usize,
    /// Classes of two or more rows.
    sizeable: usize,
    /// Classes with both groups in them.
    mixed: usize,
}

impl Spread {
    fn whole(&self) -> bool {
        self.mixed * 10 <= self.classes
    }
    fn within(&self) -> bool {
        self.mixed * 2 > self.sizeable
    }
}

/// Decides cluster and block.
pub(super) fn find(draft: &mut Draft<'_>, table: &Table) -> Result<(), TableError> {
    let groups = match draft.of(Role::Treatment) {
        Some(treatment) if treatment.profile.kind == ColumnKind::Ticks => {
            let ticks = table.cells(treatment.profile.index)?.into_iter();
            Some(
                ticks
                    .map(|t| Some(if t.is_empty() { t } else { "x".to_owned() }))
                    .collect(),
            )
        }
        Some(treatment) => Some(table.words(&treatment.profile.name)?),
        None => None,
    };
    let mut places: Vec<(usize, &Known<'_>, Spread)> = Vec::new();
    let open: Vec<(usize, &Known<'_>)> = draft.open().collect();
    for (at, known) in open {
        let column = known.profile;
        if !matches!(
            known.meaning.names,
            Names::Class | Names::School | Names::Block
        ) || column.distinct < 2
        {
            continue;
        }
        let Some(groups) = &groups else {
            draft.decide(
                at,
                Role::Cluster,
                Confidence::Likely,
                "The heading names a class or school.",
            );
            continue;
        };
        let mut classes = table.words(&column.name)?;
        if column.only_where_it_changes {
            fill_down(&mut classes);
        }
        places.push((at, known, spread(&classes, groups)));
    }
    // The widest place whose members all got the same was allocated as a whole; the narrowest that
    // holds both groups is what lots were drawn within.
    places.sort_by_key(|(_, _, spread)| spread.classes);
    let cluster = places.iter().position(|(_, k, s)| {
        k.meaning.names != Names::Block && s.whole() && s.sizeable > 0 && s.classes > 2
    });
    let block = places
        .iter()
        .rposition(|(_, k, s)| k.meaning.names == Names::Block && s.within())
        .or_else(|| {
            places
                .iter()
                .enumerate()
                .filter(|(i, (_, _, s))| s.within() && cluster.is_none_or(|c| *i < c))
                .map(|(i, _)| i)
                .next_back()
        });
    let doubles = doubles(&places);
    for (i, (at, known, spread)) in places.iter().enumerate() {
        let sure = if known.meaning.names == Names::Block {
            Confidence::Sure
        } else {
            Confidence::Likely
        };
        if Some(i) == cluster {
            draft.decide(
                *at,
                Role::Cluster,
                Confidence::Likely,
                format!("In each of its {} all got the same.", spread.classes),
            );
        } else if Some(i) == block {
            draft.decide(*at, Role::Block, sure, "Both groups are found within it.");
        } else if doubles.contains(&i) {
            draft.decide(
                *at,
                Role::LeaveOut,
                Confidence::Likely,
                "It says the same as another column.",
            );
        } else {
            draft.decide(
                *at,
                Role::LeaveOut,
                Confidence::Likely,
                "Another column says better who was together.",
            );
        }
    }
    Ok(())
}

/// As merged cells mean it; the guess asks whether they do.
fn fill_down(classes: &mut [Option<String>]) {
    let mut last = None;
    for class in classes {
        if class.is_some() {
            last.clone_from(class);
        } else {
            class.clone_from(&last);
        }
    }
}

fn spread(classes: &[Option<String>], groups: &[Option<String>]) -> Spread {
    let mut seen: HashMap<&str, (u64, HashMap<&str, u64>)> = HashMap::new();
    for (class, group) in classes.iter().zip(groups) {
        let (Some(class), Some(group)) = (class, group) else {
            continue;
        };
        let (rows, groups) = seen.entry(class).or_default();
        *rows += 1;
        *groups.entry(group).or_default() += 1;
    }
    Spread {
        classes: seen.len(),
        sizeable: seen.values().filter(|(rows, _)| *rows > 1).count(),
        mixed: seen.values().filter(|(_, groups)| groups.len() > 1).count(),
    }
}

/// Places that come in the same number as one before: a school's name beside its number.
fn doubles(places: &[(usize, &Known<'_>, Spread)]) -> Vec<usize> {
    places
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(i, (_, _, spread))| {
            i.checked_sub(1)
                .and_then(|before| places.get(before))
                .is_some_and(|(_, _, other)| other.classes == spread.classes)
        })
        .map(|(i, _)| i)
        .collect()
}
