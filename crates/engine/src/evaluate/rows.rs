//! Which rows are complete, and what the others lack.

use std::collections::BTreeMap;

use crate::refusal::Refusal;
use crate::sample::{Chunk, Dropped, MISSING, Roles, Sample};

/// A row that every method uses.
pub(super) struct Row<'a> {
    /// 0 comparison, 1 intervention.
    pub arm: u32,
    /// 0 where there are no clusters.
    pub cluster: u32,
    /// 0 where there are no blocks.
    pub block: u32,
    /// The covariates in the order of their roles, then the outcome.
    pub values: &'a [f64],
}

/// What a row lacks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lacks {
    Outcome,
    Group,
    Cluster,
    Within,
    Block,
    Covariate(usize),
}

/// Looks at every row of a sample once.
///
/// # Errors
/// What the sample refuses; `out-of-range` for an infinite value.
pub(super) fn each(
    sample: &dyn Sample,
    mut see: impl FnMut(&Chunk, usize, Result<Row<'_>, Lacks>),
) -> Result<(), Refusal> {
    let roles = sample.roles();
    let mut values = Vec::with_capacity(roles.covariates.len() + 1);
    let mut infinite = false;
    sample.pass(&mut |chunk| {
        for at in 0..chunk.len() {
            let row = look(roles, chunk, at, &mut values);
            infinite |= matches!(&row, Ok(row) if row.values.iter().any(|v| v.is_infinite()));
            see(chunk, at, row);
        }
    })?;
    if infinite {
        return Err(Refusal::new(
            "out-of-range",
            "Some values are too large to be numbers.",
            "Look for a slip of the pen in the outcome and the other columns.",
        ));
    }
    Ok(())
}

fn look<'a>(
    roles: &Roles,
    chunk: &Chunk,
    at: usize,
    values: &'a mut Vec<f64>,
) -> Result<Row<'a>, Lacks> {
    values.clear();
    let outcome = chunk.outcome.get(at).copied().unwrap_or(f64::NAN);
    if outcome.is_nan() {
        return Err(Lacks::Outcome);
    }
    let code = |codes: &[u32], asked: bool, lacks: Lacks| match codes.get(at) {
        _ if !asked => Ok(0),
        None | Some(&MISSING) => Err(lacks),
        Some(code) => Ok(*code),
    };
    let arm = code(&chunk.treatment, roles.treatment.is_some(), Lacks::Group)?;
    if arm > 1 {
        return Err(Lacks::Group);
    }
    let cluster = code(&chunk.cluster, roles.cluster.is_some(), Lacks::Cluster)?;
    code(
        &chunk.cluster_within,
        roles.cluster_within.is_some(),
        Lacks::Within,
    )?;
    let block = code(&chunk.block, roles.block.is_some(), Lacks::Block)?;
    for place in 0..roles.covariates.len() {
        let column = chunk.covariates.get(place);
        let value = column.and_then(|column| column.get(at)).copied();
        let value = value.filter(|value| !value.is_nan());
        values.push(value.ok_or(Lacks::Covariate(place))?);
    }
    values.push(outcome);
    Ok(Row {
        arm,
        cluster,
        block,
        values,
    })
}

/// Why rows are not used, in words, most telling first.
pub(super) fn in_words(roles: &Roles, lacking: &BTreeMap<Lacks, u64>) -> Vec<Dropped> {
    let column = |levels: Option<&crate::sample::Levels>| {
        levels.map(|l| l.column.clone()).unwrap_or_default()
    };
    lacking
        .iter()
        .map(|(lacks, rows)| Dropped {
            reason: match lacks {
                Lacks::Outcome => format!("no outcome in “{}”", roles.outcome.column),
                Lacks::Group => format!(
                    "no group in “{}”",
                    roles.treatment.as_ref().map_or("", |t| t.column.as_str())
                ),
                Lacks::Cluster => {
                    format!("no class or school in “{}”", column(roles.cluster.as_ref()))
                }
                Lacks::Within => format!("no class in “{}”", column(roles.cluster_within.as_ref())),
                Lacks::Block => format!("no block in “{}”", column(roles.block.as_ref())),
                Lacks::Covariate(place) => format!(
                    "nothing in “{}”",
                    roles
                        .covariates
                        .get(*place)
                        .map_or("", |c| c.column.as_str())
                ),
            },
            rows: *rows,
        })
        .collect()
}
