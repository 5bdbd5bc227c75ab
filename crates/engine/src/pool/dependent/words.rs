//! What is said of results that depend on each other, beside what every pool says.
//!
//! Who may call this: this folder.

use super::Working;
use crate::pool::hksj::Inferred;
use crate::pool::{Heterogeneity, Inference, Pool, PoolQuestion};
use crate::words::numbers::spelled;

/// Fewer degrees of freedom than these and the approximation cannot be relied on (Tipton 2015).
const FEWEST_DF: f64 = 4.0;

/// Words of care.
pub(super) fn cautions(pool: &Pool, average: &Inferred) -> Vec<String> {
    let mut cautions = Vec::new();
    let Some(dependent) = &pool.dependent else {
        return cautions;
    };
    let many = pool.question.many();
    if average.df.is_some_and(|df| df < FEWEST_DF) {
        cautions.push(format!(
            "With results from {} {many} the interval rests on few degrees of freedom, and may be too narrow or too wide.",
            spelled(dependent.places)
        ));
    }
    if dependent.places == pool.k {
        cautions.push(format!(
            "None of the {many} has more than one result, so how far results differ within one cannot be told."
        ));
    }
    cautions
}

/// How each figure was computed.
pub(super) fn definitions(question: &PoolQuestion, rho: f64) -> Vec<String> {
    let likelihood = match question.method {
        Heterogeneity::Ml => "maximum likelihood",
        _ => "restricted maximum likelihood",
    };
    let mut said = vec![match question.working {
        None => format!(
            "Average: three levels by {likelihood} (Konstantopoulos 2011): true effects differ between places and between the results of one place; limits of both variances by profile likelihood."
        ),
        Some(Working::Che) => format!(
            "Average: correlated and hierarchical effects (Pustejovsky and Tipton 2022) by {likelihood}: true effects differ between places and within them, and sampling errors of one place are taken to be correlated by {rho}; limits of both variances by profile likelihood."
        ),
        Some(Working::Corr) => format!(
            "Average: correlated effects (Hedges, Tipton and Johnson 2010): each place weighs 1/(mean variance + τ²), τ² by moments with sampling errors of one place correlated by {rho}."
        ),
        Some(Working::Hier) => "Average: hierarchical effects (Hedges, Tipton and Johnson 2010): weights 1/(variance + τ² + ω²), both variances by moments.".to_owned(),
    }];
    said.push(match question.inference {
        Inference::Cr2 => "Interval: cluster-robust by place, CR2, t with Satterthwaite’s degrees of freedom (Tipton 2015): right however results of one place depend on each other.".to_owned(),
        _ => "Interval: the model’s own variance, normal quantiles.".to_owned(),
    });
    said.push("τ²: variance of true effects, all levels together; a level’s I² is its variance over those of all levels and the typical sampling variance (Higgins and Thompson 2002).".to_owned());
    if question.working == Some(Working::Corr) {
        said.push("Cochran’s Q: of the places’ means; I² from the weighted sum of squares and its expectation without τ² (Hedges, Tipton and Johnson 2010).".to_owned());
    }
    let df = match question.inference {
        Inference::Cr2 => "the average’s degrees of freedom",
        _ => "degrees of freedom as many as places less two",
    };
    said.push(format!(
        "Prediction interval: average ± t √(se² + τ²), with {df}. With few places it covers less than its nominal 95%."
    ));
    if !question.moderators.is_empty() {
        said.push(match question.inference {
            Inference::Cr2 => "Moderators: the same model and inference; all of them together by Hotelling’s T² approximation (Tipton and Pustejovsky 2015).".to_owned(),
            _ => "Moderators: the same model; all of them together by χ².".to_owned(),
        });
    }
    said.push("Not worked out where results depend on each other: the average as results arrived and without each, influence, small-study methods.".to_owned());
    said
}
