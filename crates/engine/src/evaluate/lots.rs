//! The lots of this trial drawn again.

use std::collections::BTreeMap;

use super::design::Setting;
use super::estimates::Answer;
use super::redraw::OwnLots;
use super::rows;
use super::tally::{Tally, out_of_range};
use crate::allocation::{LotMethod, Rerandomise};
use crate::count::count;
use crate::evaluation::Estimate;
use crate::least_squares::{Cell, LeastSquares};
use crate::permutation::{COMPLETE_UP_TO, Draws, Permutation, Units, permutation, redrawn};
use crate::question::Question;
use crate::refusal::Refusal;
use crate::sample::{Levels, Roles, Sample};
use crate::words::numbers::thousands;

/// Draws again as the trial drew: by the record of the draw where there is one, otherwise whole clusters, or
/// rows, within blocks.
///
/// # Errors
/// `lots-do-not-fit` where a cluster has both groups or lies in several blocks, or the record is not about
/// what is compared; `no-unit`, `not-drawn`, `other-group`; and those of [`permutation`] and [`redrawn`].
pub(super) fn draw_again(
    sample: &dyn Sample,
    tally: &Tally,
    setting: Setting,
    question: &Question,
) -> Result<Permutation, Refusal> {
    if setting.whole_clusters {
        by_cluster(tally, setting, question, sample.roles())
    } else {
        by_row(sample, tally, setting, question)
    }
}

fn draws(question: &Question) -> Draws {
    Draws {
        complete_up_to: COMPLETE_UP_TO,
        draws: question.draws,
        seed: question.seed,
    }
}

/// One unit a cluster, its value the mean of its pupils' residuals on the covariates and blocks.
pub(super) fn by_cluster(
    tally: &Tally,
    setting: Setting,
    question: &Question,
    roles: &Roles,
) -> Result<Permutation, Refusal> {
    let cells: Vec<Cell> = tally
        .cells
        .iter()
        .map(|((cluster, block, _), moments)| Cell {
            cluster: usize::try_from(*cluster).unwrap_or(usize::MAX),
            block: if setting.blocked {
                usize::try_from(*block).unwrap_or(usize::MAX)
            } else {
                0
            },
            moments: moments.clone(),
        })
        .collect();
    let fit = LeastSquares::fit(&cells)?;
    struct Unit {
        n: f64,
        sum: f64,
        treated: bool,
        block: u32,
    }
    let mut units: BTreeMap<u32, Unit> = BTreeMap::new();
    for (((cluster, block, arm), moments), cell) in tally.cells.iter().zip(&cells) {
        let block = if setting.blocked { *block } else { 0 };
        let residual = fit
            .residual_at(cell.block, &moments.means())
            .ok_or_else(out_of_range)?;
        let n = count(moments.n());
        let unit = units.entry(*cluster).or_insert(Unit {
            n: 0.0,
            sum: 0.0,
            treated: *arm == 1,
            block,
        });
        if unit.treated != (*arm == 1) || unit.block != block {
            return Err(Refusal::new(
                "lots-do-not-fit",
                "A class or school has both groups in it, or lies in several blocks, so its lot can’t be drawn again as one.",
                "Check the columns of groups, blocks and classes or schools.",
            ));
        }
        unit.n += n;
        unit.sum += n * residual;
    }
    let values: Vec<f64> = units.values().map(|u| u.sum / u.n).collect();
    let treated: Vec<bool> = units.values().map(|u| u.treated).collect();
    let blocks: Vec<u32> = units.values().map(|u| u.block).collect();
    let codes: Vec<u32> = units.keys().copied().collect();
    let units = Units {
        values: &values,
        treated: &treated,
        blocks: &blocks,
        covariates: &[],
    };
    tested(&units, &codes, &[], roles, question)
}

/// The test, by the record of the draw where there is one. Units carry the codes of their clusters, of
/// themselves, or both.
fn tested(
    units: &Units<'_>,
    clusters: &[u32],
    codes: &[u32],
    roles: &Roles,
    question: &Question,
) -> Result<Permutation, Refusal> {
    let Some(drawn) = &question.lots else {
        return permutation(units, draws(question));
    };
    let (levels, codes) = match drawn.method {
        LotMethod::Cluster => (roles.cluster.as_ref(), clusters),
        _ => (roles.unit.as_ref(), codes),
    };
    let Some(levels) = levels.filter(|_| codes.len() == units.values.len()) else {
        return Err(no_unit(drawn.method));
    };
    let own = OwnLots::of(drawn, roles)?;
    let label = |code: &u32| label(levels, *code);
    let labels: Vec<&str> = codes.iter().map(label).collect();
    let tickets = own.tickets(&labels, units.treated)?;
    redrawn(units, &tickets, &own.lottery, own.treated, draws(question))
}

fn label(levels: &Levels, code: u32) -> &str {
    usize::try_from(code)
        .ok()
        .and_then(|place| levels.labels.get(place))
        .map_or("", String::as_str)
}

fn no_unit(method: LotMethod) -> Refusal {
    let (says, cure) = if method == LotMethod::Cluster {
        (
            "Lots were drawn between whole classes or schools, and no column says which each pupil is in.",
            "Name the column of classes or schools.",
        )
    } else {
        (
            "Lots were drawn one by one, and no column says which row is whose.",
            "Name the column of codes, or compare one by one what was drawn one by one.",
        )
    };
    Refusal::new("no-unit", says, cure)
}

/// One unit a row; the only method that holds rows.
fn by_row(
    sample: &dyn Sample,
    tally: &Tally,
    setting: Setting,
    question: &Question,
) -> Result<Permutation, Refusal> {
    let n = tally.used();
    let mut values = Vec::with_capacity(n);
    let mut treated = Vec::with_capacity(n);
    let mut blocks = Vec::with_capacity(n);
    let mut covariates = vec![Vec::with_capacity(n); tally.outcome()];
    let (mut clusters, mut codes) = (Vec::new(), Vec::new());
    rows::each(sample, |chunk, at, row| {
        let Ok(row) = row else { return };
        codes.extend(chunk.unit.get(at));
        clusters.push(row.cluster);
        values.extend(row.values.last());
        treated.push(row.arm == 1);
        blocks.push(if setting.blocked { row.block } else { 0 });
        for (column, value) in covariates.iter_mut().zip(row.values) {
            column.push(*value);
        }
    })?;
    let units = Units {
        values: &values,
        treated: &treated,
        blocks: &blocks,
        covariates: &covariates,
    };
    tested(&units, &clusters, &codes, sample.roles(), question)
}

/// The test's line among the estimates.
pub(super) fn answer(roles: &Roles, lots: &Permutation, question: &Question) -> Answer {
    let mut note = if lots.complete {
        format!(
            "{} of the {} ways in which the lots could have fallen are at least as extreme",
            thousands(lots.as_extreme),
            thousands(lots.looked_at)
        )
    } else {
        let interval = lots.interval.map_or(String::new(), |i| {
            format!(
                "; the p-value itself is known to within {:.4} to {:.4}",
                i.lower, i.upper
            )
        });
        format!(
            "{} of {} draws are at least as extreme{interval}",
            thousands(lots.as_extreme),
            thousands(lots.looked_at)
        )
    };
    if let Some(drawn) = &question.lots {
        note.push_str("; drawn again by the trial’s own rule");
        match drawn.rerandomised.map(|r| r.rule) {
            Some(Rerandomise::BestOf(of)) if lots.complete => note.push_str(&format!(
                ", each way weighed by how often it is the best of {of} draws"
            )),
            Some(Rerandomise::BestOf(of)) => {
                note.push_str(&format!(", each time the best of {of} draws"));
            }
            Some(Rerandomise::Within(_)) => {
                note.push_str(", counting only ways as well balanced as it asked for");
            }
            None => {}
        }
    }
    Answer {
        estimate: Estimate {
            method: "permutation".to_owned(),
            term: roles
                .treatment
                .as_ref()
                .map_or(String::new(), |t| t.column.clone()),
            estimate: lots.observed,
            standard_error: None,
            statistic: None,
            df: None,
            p_value: Some(lots.p_value),
            interval: None,
            primary: false,
            note: Some(note),
        },
        fit: None,
        influence: None,
        warnings: Vec::new(),
    }
}
