//! From studies to a pool.

use super::average::{self, Datum};
use super::cochran::{cochran, i2_h2, i2_h2_equal};
use super::heterogeneity::tau2;
use super::hksj::{Inferred, infer};
use super::measure::Measure;
use super::model::Constant;
use super::{
    Cochran, Heterogeneity, Inference, Influence, Pool, PoolQuestion, Pooled, Predicting,
    Prediction, SCHEMA, Study, Tau2, Tau2Limits, dependent, file_drawer, influence,
    meta_regression, prediction, profile_likelihood, q_profile, sequential, series, shrinkage,
    small_study, soundness, words,
};
use crate::VERSION;
use crate::distributions::OutOfDomain;
use crate::evaluation::{Estimate, Evidence, Interval};
use crate::refusal::Refusal;
use crate::rung::{PoolFacts, pool_rung};

/// The level of every interval.
pub(super) const LEVEL: f64 = 0.95;

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
/// number (`effect-not-a-number`, `variance-not-a-number`, `variance-zero`), when the interval
/// without the floor has no width because all effects are equal (`no-variation`), or when moderators
/// are more than the studies can tell apart (`too-many-moderators`, `moderators-collinear`,
/// `moderator-constant`), or when the looks that were asked for have no sound scale or day (`prior-sd`,
/// `as-of-not-a-date`). Where results depend on each other ([`Study::within`]) what is worked out only for
/// independent ones is refused by name (`method-not-for-dependent-results` and the like), and so is a correlation that
/// the model cannot have (`rho-out-of-range`, `rho-without-its-model`), one place alone (`too-few-clusters`), and levels
/// that moments cannot tell apart (`levels-not-told-apart`).
pub fn pool(studies: &[Study], question: &PoolQuestion) -> Result<Pool, Refusal> {
    soundness::check(studies)?;
    if dependent::asked(studies, question) {
        return dependent::pool_dependent(studies, question);
    }
    let Core {
        data,
        places,
        primary,
        tau2,
        q,
        i2,
        h2,
    } = Core::of(studies, question)?;
    let (k, tau2_estimate) = (data.len(), tau2.estimate);
    let equal = question.method == Heterogeneity::Equal;
    let next = match question.predicting {
        _ if equal => None,
        Predicting::Standard => prediction::standard(&primary, tau2_estimate, k, LEVEL)?,
        Predicting::Calibrated => prediction::calibrated(&data, LEVEL, question.seed)?,
    };
    let prediction = next.as_ref().map(|next| next.interval);
    let next_place = next
        .map(|next| next.chances(question.lower_is_better, question.worthwhile))
        .transpose()?;
    let without = series::without_each(&data, question, LEVEL)?;
    let influence = if k < 3 {
        Vec::new()
    } else {
        influence::influence(&data, tau2_estimate, &primary, &without)
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
        tau2,
        i2,
        h2,
        q,
        prediction,
        next_place,
        studies: pooled(studies, &data, tau2_estimate)?,
        cumulative: series::cumulative(studies, question, LEVEL)?,
        leave_one_out: series::leave_one_out(studies, &places, &without),
        influence: in_order_given(studies, &places, &influence),
        meta_regression: meta_regression::meta_regression(studies, question, LEVEL)?,
        small_study: if question.small_study {
            Some(small_study::small_study(&data, question, LEVEL)?)
        } else {
            None
        },
        file_drawer: file_drawer::file_drawer(studies, &data, question, LEVEL)?,
        dependent: None,
        sequential: sequential::sequential(studies, question)?,
        evidence: evidence(studies, i2, prediction),
        headline: String::new(),
        highlight: String::new(),
        paragraph: String::new(),
        warnings: soundness::cautions(studies),
        definitions: words::definitions(question, k),
        attainment: question.attainment,
    };
    let measure = Measure::of(question, &primary);
    pool.warnings.extend(words::cautions(&pool, &measure));
    pool.warnings.extend(too_sure(&pool));
    let said = words::say(&pool, &measure, &primary);
    pool.headline = said.headline;
    pool.highlight = said.highlight;
    pool.paragraph = said.paragraph;
    Ok(pool)
}

/// The average alone with the variance between places: what [`pool`] says first, without what costs a fit for each study.
///
/// ```
/// use difference_engine::pool::{PoolQuestion, Study, average, pool};
/// let study = |effect| Study { effect, variance: 0.04, ..Study::default() };
/// let studies = [study(0.3), study(0.1), study(0.2)];
/// let (found, tau2) = average(&studies, &PoolQuestion::default())?;
/// let whole = pool(&studies, &PoolQuestion::default())?;
/// assert_eq!((Some(&found), tau2), (whole.primary(), whole.tau2));
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// As [`pool`], but for moderators, which are not looked at.
pub fn average(studies: &[Study], question: &PoolQuestion) -> Result<(Estimate, Tau2), Refusal> {
    soundness::check(studies)?;
    if dependent::asked(studies, question) {
        let whole = dependent::pool_dependent(studies, question)?;
        let tau2 = whole.tau2;
        let found = whole.estimates.into_iter().find(|one| one.primary);
        return found.map(|found| (found, tau2)).ok_or_else(|| {
            Refusal::new(
                "no-studies",
                "There is no result to pool yet.",
                "Add at least one effect with its variance or standard error.",
            )
        });
    }
    let core = Core::of(studies, question)?;
    let found = estimate(&core.primary, &method_name(question), true);
    Ok((found, core.tau2))
}

/// What everything else about a pool rests on.
struct Core {
    data: Vec<Datum>,
    places: Vec<usize>,
    primary: Inferred,
    tau2: Tau2,
    q: Cochran,
    i2: f64,
    h2: f64,
}

impl Core {
    fn of(studies: &[Study], question: &PoolQuestion) -> Result<Self, Refusal> {
        let (data, places) = soundness::sorted(studies);
        let constant = Constant(&data);

        let tau2_estimate = tau2(&constant, question.method);
        let primary = infer(&data, tau2_estimate, question.inference, LEVEL)?;
        if primary.standard_error <= 0.0 {
            return Err(Refusal::new(
                "no-variation",
                "All the effects are exactly equal, so the interval without a floor has no width.",
                "Use hksj-floor, which keeps each trial's own uncertainty.",
            ));
        }
        let q = cochran(&constant)?;
        let equal = question.method == Heterogeneity::Equal;
        let (i2, h2) = if equal {
            i2_h2_equal(&q)
        } else {
            i2_h2(&constant, tau2_estimate)
        };
        let limits = match question.tau2_limits {
            _ if equal => None,
            Tau2Limits::QProfile => q_profile::interval(&constant, LEVEL)?,
            Tau2Limits::ProfileLikelihood => {
                profile_likelihood::interval(&constant, question.method, LEVEL)?
            }
        };
        Ok(Self {
            tau2: Tau2 {
                estimate: tau2_estimate,
                lower: limits.map(|l| l.0),
                upper: limits.map(|l| l.1),
            },
            data,
            places,
            primary,
            q,
            i2,
            h2,
        })
    }
}

/// Where docs/calibration.md shows that what was asked for misses more often than it says.
fn too_sure(pool: &Pool) -> Option<String> {
    if pool.question.method == Heterogeneity::Equal && pool.k > 1 {
        return Some(format!(
            "One true effect is taken for all. Where {} really differ the interval is too short: it can miss as often as 1 time in 4.",
            pool.question.many()
        ));
    }
    (pool.question.inference == Inference::Wald && (2..20).contains(&pool.k)).then(|| {
        format!(
            "With so few {} Wald’s interval is too short where they differ: it can miss 1 time in 7, not 1 in 20.",
            pool.question.many()
        )
    })
}

fn pooled(studies: &[Study], data: &[Datum], tau2: f64) -> Result<Vec<Pooled>, OutOfDomain> {
    let at = average::average(data, tau2);
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

/// Influence by study instead of by place in the sorted data, with the studies' names.
fn in_order_given(studies: &[Study], places: &[usize], sorted: &[Influence]) -> Vec<Influence> {
    studies
        .iter()
        .zip(places)
        .filter_map(|(study, place)| {
            sorted.get(*place).map(|influence| Influence {
                label: study.label.clone(),
                ..influence.clone()
            })
        })
        .collect()
}

/// The strength of the pool's evidence; None where no trial's own rung is known.
pub(super) fn evidence(
    studies: &[Study],
    i2: f64,
    prediction: Option<Prediction>,
) -> Option<Evidence> {
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

pub(super) fn estimate(average: &Inferred, method: &str, primary: bool) -> Estimate {
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

pub(super) fn method_name(question: &PoolQuestion) -> String {
    let inference = match question.inference {
        Inference::HksjFloor => "hksj-floor",
        Inference::Hksj => "hksj",
        Inference::Wald => "wald",
        Inference::Cr2 => "cr2",
    };
    format!("{}, {inference}", question.method.name())
}
