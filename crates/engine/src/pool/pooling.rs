//! From studies to a pool.

use super::average::{Datum, average};
use super::cochran::{cochran, i2_h2, i2_h2_equal};
use super::hksj::{Inferred, infer};
use super::{
    Heterogeneity, Inference, Pool, PoolQuestion, Pooled, Prediction, SCHEMA, Study, Tau2,
    dersimonian_laird, prediction, q_profile, reml, series, shrinkage, soundness, words,
};
use crate::VERSION;
use crate::distributions::OutOfDomain;
use crate::evaluation::{Estimate, Evidence, Interval};
use crate::refusal::Refusal;
use crate::rung::{PoolFacts, pool_rung};

/// The level of every interval.
const LEVEL: f64 = 0.95;

/// Pools the results of several trials: a random-effects meta-analysis (REML unless asked
/// otherwise) with the Hartung–Knapp–Sidik–Jonkman interval that is never narrower than Wald's.
///
/// Effects share one scale and variances are in that scale squared. The same studies in any order
/// give the same numbers to the last digit.
///
/// ```
/// use difference_engine::pool::{PoolQuestion, Study, pool};
/// let study = |label: &str, effect, variance| Study {
///     label: label.to_owned(), effect, variance, ..Study::default()
/// };
/// let pooled = pool(
///     &[study("Gipsy Row", 0.31, 0.04), study("Millgarth", 0.21, 0.03), study("Oakshaw", -0.15, 0.01)],
///     &PoolQuestion { attainment: true, ..PoolQuestion::default() },
/// ).unwrap();
/// assert_eq!(pooled.k, 3);
/// let average = pooled.primary().unwrap();
/// let interval = average.interval.unwrap();
/// assert!(interval.lower < average.estimate && average.estimate < interval.upper);
/// assert!(pooled.headline.contains(&pooled.highlight));
/// ```
///
/// # Errors
/// A named refusal when there is nothing to pool (`no-studies`), when an effect or variance is no
/// number (`effect-not-a-number`, `variance-not-a-number`, `variance-zero`), or when the interval
/// without the floor has no width because all effects are equal (`no-variation`).
pub fn pool(studies: &[Study], question: &PoolQuestion) -> Result<Pool, Refusal> {
    soundness::check(studies)?;
    let data = soundness::sorted(studies);
    let k = data.len();

    let tau2_estimate = tau2(&data, question.method);
    let primary = infer(&data, tau2_estimate, question.inference, LEVEL)?;
    if primary.standard_error <= 0.0 {
        return Err(Refusal::new(
            "no-variation",
            "All the effects are exactly equal, so the interval without a floor has no width.",
            "Use hksj-floor, which keeps each trial's own uncertainty.",
        ));
    }
    let q = cochran(&data)?;
    let (i2, h2) = match question.method {
        Heterogeneity::Equal => i2_h2_equal(&q),
        Heterogeneity::Reml | Heterogeneity::Dl => i2_h2(&data, tau2_estimate),
    };
    let limits = match question.method {
        Heterogeneity::Equal => None,
        Heterogeneity::Reml | Heterogeneity::Dl => q_profile::interval(&data, LEVEL)?,
    };
    let prediction = match question.method {
        Heterogeneity::Equal => None,
        Heterogeneity::Reml | Heterogeneity::Dl => {
            prediction::interval(&primary, tau2_estimate, k, LEVEL)?
        }
    };

    let mut estimates = vec![estimate(&primary, &method_name(question), true)];
    if k > 1 && question.method != Heterogeneity::Equal {
        let equal = PoolQuestion {
            method: Heterogeneity::Equal,
            inference: Inference::Wald,
            ..PoolQuestion::default()
        };
        estimates.push(estimate(
            &infer(&data, 0.0, Inference::Wald, LEVEL)?,
            &method_name(&equal),
            false,
        ));
    }

    let mut pool = Pool {
        schema: SCHEMA.to_owned(),
        engine: VERSION.to_owned(),
        question: question.clone(),
        k: u64::try_from(k).unwrap_or(u64::MAX),
        estimates,
        tau2: Tau2 {
            estimate: tau2_estimate,
            lower: limits.map(|l| l.0),
            upper: limits.map(|l| l.1),
        },
        i2,
        h2,
        q,
        prediction,
        studies: pooled(studies, &data, tau2_estimate)?,
        cumulative: series::cumulative(studies, question, LEVEL)?,
        leave_one_out: series::leave_one_out(studies, question, LEVEL)?,
        evidence: evidence(studies, i2, prediction),
        headline: String::new(),
        highlight: String::new(),
        paragraph: String::new(),
        warnings: soundness::cautions(studies),
        definitions: words::definitions(question, k),
        attainment: question.attainment,
    };
    pool.warnings.extend(words::cautions(&pool));
    let said = words::say(&pool, &primary);
    pool.headline = said.headline;
    pool.highlight = said.highlight;
    pool.paragraph = said.paragraph;
    Ok(pool)
}

/// The variance between places by the method asked for.
pub(super) fn tau2(data: &[Datum], method: Heterogeneity) -> f64 {
    match method {
        Heterogeneity::Reml => reml::tau2(data),
        Heterogeneity::Dl => dersimonian_laird::tau2(data),
        Heterogeneity::Equal => 0.0,
    }
}

fn pooled(studies: &[Study], data: &[Datum], tau2: f64) -> Result<Vec<Pooled>, OutOfDomain> {
    let at = average(data, tau2);
    studies
        .iter()
        .map(|study| {
            let d = Datum::from(study);
            let alone = infer(&[d], 0.0, Inference::Wald, LEVEL)?;
            Ok(Pooled {
                label: study.label.clone(),
                effect: study.effect,
                variance: study.variance,
                lower: alone.lower,
                upper: alone.upper,
                weight: 100.0 / (d.v + tau2) / at.sum_w,
                shrunken: (data.len() > 1).then(|| shrinkage::shrunken(d, tau2, at.mean)),
                date: study.date.clone(),
                rung: study.rung,
                pupils: study.pupils,
                place: study.place.clone(),
            })
        })
        .collect()
}

/// The strength of the pool's evidence; None where no trial's own rung is known.
fn evidence(studies: &[Study], i2: f64, prediction: Option<Prediction>) -> Option<Evidence> {
    let trials: Vec<(Option<u8>, &str)> = studies
        .iter()
        .map(|s| (s.rung, s.place.as_deref().unwrap_or(&s.label)))
        .collect();
    pool_rung(&PoolFacts {
        trials: &trials,
        i2,
        prediction: prediction.map(|p| (p.lower, p.upper)),
    })
}

fn estimate(average: &Inferred, method: &str, primary: bool) -> Estimate {
    Estimate {
        method: method.to_owned(),
        term: "average".to_owned(),
        estimate: average.estimate,
        standard_error: Some(average.standard_error),
        statistic: average.statistic(),
        df: average.df,
        p_value: average.p_value(),
        interval: Some(Interval {
            level: LEVEL,
            lower: average.lower,
            upper: average.upper,
        }),
        primary,
        note: None,
    }
}

fn method_name(question: &PoolQuestion) -> String {
    let method = match question.method {
        Heterogeneity::Reml => "reml",
        Heterogeneity::Equal => "equal",
        Heterogeneity::Dl => "dl",
    };
    let inference = match question.inference {
        Inference::HksjFloor => "hksj-floor",
        Inference::Hksj => "hksj",
        Inference::Wald => "wald",
    };
    format!("{method}, {inference}")
}
