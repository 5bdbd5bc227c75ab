//! The effect on those who took part because the lot said so, beside, never instead of, the effect of having been drawn.

use super::columns::Place;
use super::design::Setting;
use super::errors::{Also, Errors, label};
use super::estimates::{estimate, standard_errors};
use super::facts::whole;
use super::rows;
use crate::evaluation::{Compliance, Estimate};
use crate::instrumental::TwoStage;
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::moments::{Fold, Moments, Source};
use crate::question::Question;
use crate::refusal::Refusal;
use crate::sample::Sample;

/// Under this F of the first stage the interval of the second can't be relied on (Staiger & Stock 1997).
const WEAK: f64 = 10.0;

/// What is known about who took part.
pub(super) struct TookPart {
    pub compliance: Option<Compliance>,
    pub estimate: Result<Estimate, Refusal>,
}

/// The complier average causal effect by two-stage least squares, with the primary estimate's standard errors, on the complete rows of which it
/// is known who took part. None where no column says so.
pub(super) fn took_part(
    sample: &dyn Sample,
    setting: Setting,
    question: &Question,
) -> Result<Option<TookPart>, Refusal> {
    let roles = sample.roles();
    let Some(column) = &roles.received else {
        return Ok(None);
    };
    // The covariates, what was received, the outcome.
    let received = roles.covariates.len();
    let mut fold = Fold::new(received + 2);
    let mut values = Vec::with_capacity(received + 2);
    each(sample, &mut |place, row| {
        values.clear();
        values.extend_from_slice(row);
        fold.add(place, &values);
    })?;
    let parts = fold.finish();
    let mut arms = [Moments::empty(received + 2), Moments::empty(received + 2)];
    for (place, moments) in &parts {
        let [comparison, intervention] = &mut arms;
        (if place.arm == 1 {
            intervention
        } else {
            comparison
        })
        .merge(moments);
    }
    let [comparison, intervention] = &arms;
    if comparison.n() == 0 || intervention.n() == 0 {
        return Ok(Some(TookPart {
            compliance: None,
            estimate: Err(Refusal::new(
                "nobody-received",
                format!("“{column}” says of nobody in one of the groups whether they took part."),
                "Check the column that says who took part.",
            )),
        }));
    }
    let compliance = Compliance {
        intervention: intervention.mean(received),
        comparison: comparison.mean(received),
        known: whole(comparison.n() + intervention.n()),
        strength: None,
    };
    let cells: Vec<Cell> = (parts.iter())
        .map(|(place, moments)| {
            let lot = Source {
                column: None,
                add: f64::from(place.arm),
            };
            let own = (0..moments.columns()).map(|c| Source {
                column: Some(c),
                add: 0.0,
            });
            let sources: Vec<Source> = [lot].into_iter().chain(own).collect();
            Cell {
                cluster: usize::try_from(place.cluster).unwrap_or(usize::MAX),
                block: block(*place, setting),
                moments: moments.arranged(&sources),
            }
        })
        .collect();
    let (strength, estimate) = match two_stages(sample, setting, question, &cells, column) {
        Ok((strength, estimate)) => (Some(strength), estimate),
        Err(refusal) => (None, Err(refusal)),
    };
    Ok(Some(TookPart {
        compliance: Some(Compliance {
            strength,
            ..compliance
        }),
        estimate,
    }))
}

/// The first stage's F, and the effect where that is large enough.
fn two_stages(
    sample: &dyn Sample,
    setting: Setting,
    question: &Question,
    cells: &[Cell],
    column: &str,
) -> Result<(f64, Result<Estimate, Refusal>), Refusal> {
    let stages = TwoStage::fit(cells)?;
    let se = standard_errors(setting, question);
    let lot = Term::Column(0);
    // What was received stands before the outcome; the first stage's rows leave the outcome out.
    let first_cells: Vec<Cell> = (cells.iter())
        .map(|cell| {
            let columns: Vec<usize> = (0..cell.moments.columns().saturating_sub(1)).collect();
            Cell {
                moments: cell.moments.select(&columns),
                ..cell.clone()
            }
        })
        .collect();
    let clustered = sample.roles().cluster.is_some();
    let errors = |cells: &[Cell], fit: &LeastSquares, second: bool| -> Result<_, Refusal> {
        let cells = cells.to_vec();
        let errors = Errors::of(
            se,
            Also::default(),
            clustered.then_some(&cells),
            fit,
            &|see| {
                let (mut all, mut row) = (Vec::new(), Vec::new());
                each(sample, &mut |place, values| {
                    all.clear();
                    all.push(f64::from(place.arm));
                    all.extend_from_slice(values);
                    if second {
                        stages.row(&all, &mut row);
                        see(block(place, setting), &row);
                    } else if let Some((_, first)) = all.split_last() {
                        see(block(place, setting), first);
                    }
                })
            },
        )?;
        Ok((
            errors.standard_error(fit, lot),
            errors.df(question.df, fit, lot),
        ))
    };
    let (first, second) = (stages.first(), stages.second());
    let (moved, _) = errors(&first_cells, first, false)?;
    let moves = first.coefficient(lot).unwrap_or_default();
    // Where everybody did as drawn there is nothing to doubt: F has no end.
    let strength = match moved {
        Some(se) if se > 1e-12 * moves.abs() => (moves / se).powi(2).min(1e12),
        _ => 1e12,
    };
    if strength < WEAK {
        return Ok((
            strength,
            Err(Refusal::new(
                "too-weak",
                format!(
                    "being drawn moved too few into taking part (F = {strength:.1}, where at least {WEAK:.0} is needed), so an effect on those it did move is a guess."
                ),
                "Read the effect of having been drawn, which stands.",
            )),
        ));
    }
    let (spread, df) = errors(stages.cells(), second, true)?;
    let value = second.coefficient(lot).unwrap_or_default();
    let method = format!("cace, {}", label(se));
    let mut one = estimate(&method, column, value, spread.unwrap_or_default(), df?);
    if let Ok(one) = &mut one {
        one.note = Some(
            "on those who took part because the lot said so, if being drawn made no odds but through taking part"
                .to_owned(),
        );
    }
    Ok((strength, one))
}

fn block(place: Place, setting: Setting) -> usize {
    if setting.blocked {
        usize::try_from(place.block).unwrap_or(usize::MAX)
    } else {
        0
    }
}

/// Every complete row of which it is known whether they took part: the covariates, what was received, the outcome.
fn each(sample: &dyn Sample, see: &mut dyn FnMut(Place, &[f64])) -> Result<(), Refusal> {
    let mut values = Vec::new();
    rows::each(sample, |chunk, at, row| {
        let Ok(row) = row else { return };
        let received = chunk.received.get(at).copied().unwrap_or(f64::NAN);
        let Some((outcome, covariates)) = row.values.split_last() else {
            return;
        };
        if !received.is_finite() {
            return;
        }
        values.clear();
        values.extend_from_slice(covariates);
        values.extend([received, *outcome]);
        let place = Place {
            cluster: row.cluster,
            block: row.block,
            arm: row.arm,
            level: 0,
        };
        see(place, &values);
    })
}
