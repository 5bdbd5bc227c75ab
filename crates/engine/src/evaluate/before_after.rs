//! Before and after, with nobody to compare with: the same pupils measured twice.
//!
//! The answer is the mean of the paired differences with its interval, and never a p-value: what
//! it would be tested against, nothing having changed in between, is not what would have happened without it.

use std::collections::BTreeMap;

use super::Measured;
use super::estimates::estimate;
use super::facts::whole;
use super::model::clusters;
use super::rows::{Lacks, each, in_words};
use super::tally::{no_rows, out_of_range};
use crate::cluster_robust::{ClusterRobust, Correction};
use crate::count::count;
use crate::evaluation::{Detectable, Estimate, Group};
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::moments::{Fold, Moments};
use crate::power::{PowerQuestion, sharpness, smallest_detectable};
use crate::question::{Design, Question};
use crate::refusal::Refusal;
use crate::sample::{Chunk, CovariateKind, Dropped, MISSING, Roles, Sample};

/// The pairs of a file.
struct Pairs {
    /// Before and after, by cluster.
    cells: Vec<(u32, Moments)>,
    rows: u64,
    /// Rows that a pair is made of.
    rows_a_pair: u64,
    dropped: Vec<Dropped>,
    /// Names of before and after.
    names: [String; 2],
}

pub(super) fn measure(sample: &dyn Sample, question: &Question) -> Result<Measured, Refusal> {
    let roles = sample.roles();
    let pairs = if roles.treatment.is_some() {
        by_unit(sample)?
    } else {
        by_column(sample)?
    };
    let mut all = Moments::empty(2);
    for (_, moments) in &pairs.cells {
        all.merge(moments);
    }
    if all.n() < 2 {
        return Err(no_rows(pairs.rows));
    }
    if !all.is_finite() {
        return Err(out_of_range());
    }
    let primary = paired_difference(roles, &pairs, &all)?;
    let sd = all.variance(1).map(f64::sqrt);
    let [before, after] = &pairs.names;
    let group = |name: &str, column: usize| Group {
        name: name.to_owned(),
        n: whole(all.n()),
        clusters: match roles.cluster {
            Some(_) => whole(pairs.cells.len()),
            None => 0,
        },
        mean: all.mean(column),
        sd: all.variance(column).map(f64::sqrt),
        subgroups: Vec::new(),
    };
    Ok(Measured {
        design: Design::BeforeAfter,
        rows: pairs.rows,
        used: whole(all.n()) * pairs.rows_a_pair,
        dropped: pairs.dropped.clone(),
        groups: vec![group(after, 1), group(before, 0)],
        balance: Vec::new(),
        attrition: None,
        detectable: detectable(&all, sd),
        sd,
        effect_sizes: Vec::new(),
        adjusted: false,
        fewest_clusters: None,
        drew: false,
        estimates: vec![Estimate {
            p_value: None,
            primary: true,
            ..primary
        }],
        fits: Vec::new(),
        subgroups: Vec::new(),
        bounds: Vec::new(),
        influence: None,
        compliance: None,
        warnings: if question.methods.is_empty() {
            Vec::new()
        } else {
            vec!["Before and after are compared by the paired difference, whatever method is asked for.".to_owned()]
        },
    })
}

/// The mean of after less before; with clusters, allowing for their pupils being alike.
fn paired_difference(roles: &Roles, pairs: &Pairs, all: &Moments) -> Result<Estimate, Refusal> {
    let term = match &roles.treatment {
        Some(treatment) => treatment.column.clone(),
        None => "after less before".to_owned(),
    };
    let difference = |m: &Moments| m.mean(1) - m.mean(0);
    let squares = |m: &Moments| m.cross(1, 1) - 2.0 * m.cross(1, 0) + m.cross(0, 0);
    let n = count(all.n());
    if roles.cluster.is_none() {
        let se = (squares(all).max(0.0) / (n - 1.0) / n).sqrt();
        return estimate(
            "difference, paired",
            &term,
            difference(all),
            se,
            Some(n - 1.0),
        );
    }
    let cells: Vec<Cell> = pairs
        .cells
        .iter()
        .map(|(cluster, moments)| Cell {
            cluster: usize::try_from(*cluster).unwrap_or(usize::MAX),
            block: 0,
            moments: moments.difference(1, 0),
        })
        .collect();
    if clusters(&cells) < 2 {
        return Err(Refusal::new(
            "too-few-clusters",
            "All the pupils are in one class or school, so nothing shows how far classes or schools differ.",
            "Leave the column of classes or schools out, or add others.",
        ));
    }
    let fit = LeastSquares::fit(&cells)?;
    let robust = ClusterRobust::new(&fit, &cells, Correction::Cr2)?;
    estimate(
        "difference, paired, CR2",
        &term,
        difference(all),
        robust.standard_error(Term::Intercept).unwrap_or_default(),
        robust.satterthwaite(Term::Intercept),
    )
}

fn detectable(all: &Moments, sd: Option<f64>) -> Option<Detectable> {
    let sd = sd?;
    let correlation = all.cross(1, 0) / (all.cross(0, 0) * all.cross(1, 1)).sqrt();
    let question = PowerQuestion {
        design: Design::BeforeAfter,
        pupils: Some(count(all.n())),
        r2: Some(correlation.clamp(0.0, 0.99).powi(2)).filter(|r2| r2.is_finite()),
        ..PowerQuestion::default()
    };
    let sharp = sharpness(&question).ok()?;
    let size = smallest_detectable(
        sharp.standard_error,
        sharp.df,
        question.power,
        question.alpha,
    )
    .ok()?;
    size.is_finite().then_some(Detectable {
        sd: size,
        unit: size * sd,
        design_effect: sharp.design_effect,
        icc: None,
        r2: None,
        r2_cluster: None,
    })
}

/// A score from before and a score from after in one row.
fn by_column(sample: &dyn Sample) -> Result<Pairs, Refusal> {
    let roles = sample.roles();
    let baseline = roles
        .covariates
        .iter()
        .position(|c| c.kind == CovariateKind::Baseline);
    let Some(baseline) = baseline else {
        return Err(Refusal::new(
            "no-baseline",
            "Nothing says what was measured before, so there is nothing to compare after with.",
            "Name the column of scores from before, or the column that says which rows are before and after, and whose they are.",
        ));
    };
    let mut fold = Fold::new(2);
    let mut rows = 0;
    let mut lacking: BTreeMap<Lacks, u64> = BTreeMap::new();
    each(sample, |_, _, row| {
        rows += 1;
        match row {
            Err(lacks) => *lacking.entry(lacks).or_default() += 1,
            Ok(row) => {
                let before = row.values.get(baseline).copied().unwrap_or_default();
                let after = row.values.last().copied().unwrap_or_default();
                fold.add(row.cluster, &[before, after]);
            }
        }
    })?;
    let name = roles
        .covariates
        .get(baseline)
        .map_or(String::new(), |c| c.column.clone());
    Ok(Pairs {
        cells: fold.finish(),
        rows,
        rows_a_pair: 1,
        dropped: in_words(roles, &lacking),
        names: [name, roles.outcome.column.clone()],
    })
}

/// One row a pupil and phase: pairs are found by the pupil's code.
fn by_unit(sample: &dyn Sample) -> Result<Pairs, Refusal> {
    let roles = sample.roles();
    let Some(treatment) = roles.treatment.as_ref().filter(|_| roles.unit.is_some()) else {
        return Err(Refusal::new(
            "no-unit",
            "Nothing says whose score each row is, so before and after can’t be paired.",
            "Name the column of pupils’ codes, or put both scores into one row.",
        ));
    };
    #[derive(Default)]
    struct Unit {
        before: Option<f64>,
        after: Option<f64>,
        cluster: u32,
    }
    let mut units: BTreeMap<u32, Unit> = BTreeMap::new();
    let (mut rows, mut nameless, mut twice) = (0, 0, 0);
    let mut lacking: BTreeMap<Lacks, u64> = BTreeMap::new();
    each(sample, |chunk: &Chunk, at, row| {
        rows += 1;
        let row = match row {
            Ok(row) => row,
            Err(lacks) => {
                *lacking.entry(lacks).or_default() += 1;
                return;
            }
        };
        let code = chunk.unit.get(at).copied().unwrap_or(MISSING);
        if code == MISSING {
            nameless += 1;
            return;
        }
        let unit = units.entry(code).or_default();
        unit.cluster = row.cluster;
        let score = if row.arm == 1 {
            &mut unit.after
        } else {
            &mut unit.before
        };
        if score.is_some() {
            twice += 1;
        } else {
            *score = row.values.last().copied();
        }
    })?;
    let mut fold = Fold::new(2);
    let mut once = 0;
    for unit in units.values() {
        match (unit.before, unit.after) {
            (Some(before), Some(after)) => fold.add(unit.cluster, &[before, after]),
            _ => once += 1,
        }
    }
    let mut dropped = in_words(roles, &lacking);
    let labels = roles.unit.as_ref().map_or("", |u| u.column.as_str());
    for (n, reason) in [
        (nameless, format!("nobody in “{labels}”")),
        (
            twice,
            "a second row of the same pupil in the same phase".to_owned(),
        ),
        (once, "measured before or after only".to_owned()),
    ] {
        if n > 0 {
            dropped.push(Dropped { reason, rows: n });
        }
    }
    Ok(Pairs {
        cells: fold.finish(),
        rows,
        rows_a_pair: 2,
        dropped,
        names: [treatment.comparison.clone(), treatment.intervention.clone()],
    })
}
