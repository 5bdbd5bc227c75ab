//! What describes a trial beside its estimate: groups, balance, losses, and what it could have seen.

use super::design::Setting;
use super::tally::{Part, Tally};
use crate::attrition;
use crate::balance::balance;
use crate::count::count;
use crate::evaluation::{Attrition, Balance, Detectable, Group, Lost, Subgroup};
use crate::power::{PowerQuestion, sharpness, smallest_detectable};
use crate::question::{Drawn, Question};
use crate::sample::{Covariate, CovariateKind, Roles};

/// A covariate's name, with the level that it stands for.
pub(super) fn name(covariate: &Covariate) -> String {
    match &covariate.level {
        Some(level) => format!("{} = {level}", covariate.column),
        None => covariate.column.clone(),
    }
}

/// The two groups, intervention first.
pub(super) fn groups(roles: &Roles, tally: &Tally) -> Vec<Group> {
    let labels = roles.treatment.clone().unwrap_or_default();
    let clusters = tally.clusters().map(|set| whole(set.len()));
    let outcome = tally.outcome();
    let [comparison, intervention] = &tally.arms;
    let [few, many] = clusters;
    let sides = [
        (labels.intervention, intervention, many, 1),
        (labels.comparison, comparison, few, 0),
    ];
    sides
        .into_iter()
        .map(|(name, moments, clusters, side)| Group {
            name,
            n: whole(moments.n()),
            clusters: if roles.cluster.is_some() { clusters } else { 0 },
            mean: moments.mean(outcome),
            sd: moments.variance(outcome).map(f64::sqrt),
            subgroups: subgroups(roles, tally, side),
        })
        .collect()
}

fn subgroups(roles: &Roles, tally: &Tally, side: usize) -> Vec<Subgroup> {
    let columns = roles.subgroups.iter().zip(&tally.subgroups);
    columns
        .flat_map(|(levels, parts)| {
            (levels.labels.iter().zip(parts))
                .map(move |(label, by_arm)| (levels.column.clone(), label.clone(), by_arm))
        })
        .filter_map(|(column, level, by_arm)| {
            let part: Part = by_arm.get(side).copied()?;
            (part.n > 0).then_some(Subgroup {
                column,
                level,
                n: part.n,
                mean: part.mean,
            })
        })
        .collect()
}

/// How alike the groups were on each covariate.
pub(super) fn balances(roles: &Roles, tally: &Tally) -> Vec<Balance> {
    (roles.covariates.iter().enumerate())
        .filter_map(|(column, covariate)| {
            let kind = match covariate.kind {
                CovariateKind::Baseline => "baseline",
                CovariateKind::Covariate => "covariate",
            };
            Some(balance(&name(covariate), kind, &tally.groups(column)?))
        })
        .collect()
}

/// Who was lost: against the drawn list where it is known, otherwise against the file's own rows.
pub(super) fn losses(question: &Question, tally: &Tally) -> Attrition {
    let drawn = question.drawn.unwrap_or_else(|| {
        let [comparison, intervention] = tally.drawn;
        let [comparison_clusters, intervention_clusters] = tally.clusters_drawn;
        Drawn {
            intervention,
            comparison,
            intervention_clusters,
            comparison_clusters,
        }
    });
    let [comparison, intervention] = tally.measured;
    let [comparison_clusters, intervention_clusters] = tally.clusters_measured;
    attrition::attrition(
        Lost {
            drawn: drawn.intervention,
            measured: intervention,
            clusters_drawn: drawn.intervention_clusters,
            clusters_measured: intervention_clusters,
        },
        Lost {
            drawn: drawn.comparison,
            measured: comparison,
            clusters_drawn: drawn.comparison_clusters,
            clusters_measured: comparison_clusters,
        },
        question.drawn.is_some(),
    )
}

/// How the outcome varies, as far as the size of what could be seen depends on it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Variation {
    /// Standard deviation that effects are measured against.
    pub sd: f64,
    /// Share between clusters.
    pub icc: f64,
    /// Shares that the columns account for, within and between clusters.
    pub r2: f64,
    pub r2_clusters: f64,
    /// Whether a score from before is among the columns.
    pub baseline: bool,
    /// Columns of the model that cost a degree of freedom of the test.
    pub columns: usize,
}

/// The smallest difference that the trial, as large as it was at its start, would probably have
/// noticed: 80 % power, 5 % two-sided.
pub(super) fn detectable(
    setting: Setting,
    losses: &Attrition,
    tally: &Tally,
    blocks: usize,
    variation: Variation,
) -> Option<Detectable> {
    let (i, c) = (losses.intervention, losses.comparison);
    let pupils = crate::count::count_u64(i.drawn + c.drawn);
    let clusters = crate::count::count_u64(i.clusters_drawn + c.clusters_drawn);
    let drawn = crate::count::count_u64(if setting.whole_clusters {
        i.clusters_drawn
    } else {
        i.drawn
    });
    let all = if setting.whole_clusters {
        clusters
    } else {
        pupils
    };
    let question = PowerQuestion {
        design: setting.design,
        pupils: Some(pupils),
        clusters: setting.whole_clusters.then_some(clusters),
        cluster_size: setting.whole_clusters.then(|| pupils / clusters),
        size_cv: Some(unevenness(tally)),
        blocks: setting.blocked.then_some(count(blocks)),
        icc: Some(variation.icc),
        r2: Some(variation.r2),
        r2_cluster: Some(variation.r2_clusters),
        covariates: count(variation.columns),
        share_treated: drawn / all,
        ..PowerQuestion::default()
    };
    let sharp = sharpness(&question).ok()?;
    let sd = smallest_detectable(
        sharp.standard_error,
        sharp.df,
        question.power,
        question.alpha,
    );
    let sd = sd.ok().filter(|sd| sd.is_finite())?;
    Some(Detectable {
        sd,
        unit: sd * variation.sd,
        design_effect: sharp.design_effect,
        icc: setting.whole_clusters.then_some(variation.icc),
        r2: variation.baseline.then_some(variation.r2),
        r2_cluster: (variation.baseline && setting.whole_clusters).then_some(variation.r2_clusters),
    })
}

/// Coefficient of variation of the clusters' sizes.
fn unevenness(tally: &Tally) -> f64 {
    let mut sizes: std::collections::BTreeMap<u32, f64> = std::collections::BTreeMap::new();
    for ((cluster, _, _), moments) in &tally.cells {
        *sizes.entry(*cluster).or_default() += count(moments.n());
    }
    let all = crate::moments::Moments::of(sizes.values().map(|n| [*n]));
    match all.variance(0) {
        Some(variance) if all.mean(0) > 0.0 => variance.sqrt() / all.mean(0),
        _ => 0.0,
    }
}

pub(super) fn whole(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
