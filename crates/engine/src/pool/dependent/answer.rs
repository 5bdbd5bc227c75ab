//! From results that depend on each other to a pool.
//!
//! Who may call this: [`super::super::pool`]. What must stay true: every figure is of the same fit; what is not offered
//! is refused before anything is worked out.

use super::clusters::Clusters;
use super::fit::{Fitted, Model};
use super::levels::Levels;
use super::profile::{Which, limits};
use super::sandwich::{Sandwich, out_of_range};
use super::{
    ByRho, Component, Dependent, Deviation, RHO, Working, correlated, moderators, whole, words,
};
use crate::VERSION;
use crate::count::count;
use crate::distributions::{chi2_upper, critical};
use crate::evaluation::Estimate;
use crate::pool::average::Datum;
use crate::pool::cochran::{cochran, i2_h2};
use crate::pool::hksj::{Inferred, infer};
use crate::pool::measure::Measure;
use crate::pool::model::Constant;
use crate::pool::pooling::{LEVEL, estimate, evidence};
use crate::pool::{
    Cochran, Inference, Pool, PoolQuestion, Pooled, Predicting, SCHEMA, Study, Tau2, prediction,
    soundness,
};
use crate::refusal::Refusal;

/// Correlations that the average is worked out for again.
const RHOS: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];

/// Pools results that depend on each other.
pub(in crate::pool) fn pool_dependent(
    studies: &[Study],
    question: &PoolQuestion,
) -> Result<Pool, Refusal> {
    let rho = refuse_what_is_not_offered(question)?;
    let model = Model::of(question.working, question.method, rho)?;
    let all: Vec<&Study> = studies.iter().collect();
    let clusters = Clusters::constant(&all)?;
    let fitted = model.fit(&clusters)?;
    let estimates = estimates(&fitted, question, clusters.k)?;
    let primary = estimates
        .first()
        .map(|(_, inferred)| *inferred)
        .ok_or_else(out_of_range)?;

    let (data, _) = soundness::sorted(studies);
    let tau2 = fitted.tau2();
    let (i2, h2) = match fitted.i2 {
        Some(i2) => (i2, h2_of(i2)?),
        None => i2_h2(&Constant(&data), tau2),
    };
    let next = match question.predicting {
        Predicting::Standard => {
            prediction::standard(&primary, tau2, fitted.sandwich.clusters, LEVEL)?
        }
        Predicting::Calibrated => None,
    };
    let prediction = next.as_ref().map(|next| next.interval);
    let next_place = next
        .map(|next| next.chances(question.lower_is_better, question.worthwhile))
        .transpose()?;
    let components = components(&fitted, &clusters, studies, i2)?;
    let tau2 = Tau2 {
        estimate: tau2,
        lower: components.first().and_then(|c| c.lower),
        upper: components.first().and_then(|c| c.upper),
    };
    let tau2 = match components.as_slice() {
        [_] => tau2,
        // The limits are those of each level.
        _ => Tau2 {
            lower: None,
            upper: None,
            ..tau2
        },
    };
    let mut pool = Pool {
        schema: SCHEMA.to_owned(),
        engine: VERSION.to_owned(),
        question: question.clone(),
        k: whole(clusters.k),
        estimates: estimates
            .into_iter()
            .map(|(estimate, _)| estimate)
            .collect(),
        tau2,
        i2,
        h2,
        q: heterogeneity(&fitted, question.working, &clusters, &data, rho)?,
        prediction,
        next_place,
        studies: pooled(studies, &clusters, &fitted, primary.estimate)?,
        cumulative: Vec::new(),
        leave_one_out: Vec::new(),
        influence: Vec::new(),
        meta_regression: moderators::meta_regression(studies, question, model, LEVEL)?,
        small_study: None,
        file_drawer: None,
        sequential: None,
        evidence: evidence(studies, i2, prediction),
        dependent: Some(Dependent {
            working: question.working,
            places: whole(fitted.sandwich.clusters),
            rho: uses_rho(question.working).then_some(rho),
            log_likelihood: fitted.levels.as_ref().map(|(_, _, height)| *height),
            components,
            by_rho: by_rho(question, &clusters)?,
        }),
        headline: String::new(),
        highlight: String::new(),
        paragraph: String::new(),
        warnings: soundness::cautions(studies),
        definitions: words::definitions(question, rho),
        attainment: question.attainment,
    };
    pool.warnings.extend(words::cautions(&pool, &primary));
    let measure = Measure::of(question, &primary);
    pool.warnings
        .extend(super::super::words::cautions(&pool, &measure));
    let said = super::super::words::say(&pool, &measure, &primary);
    pool.headline = said.headline;
    pool.highlight = said.highlight;
    pool.paragraph = said.paragraph;
    Ok(pool)
}

/// H² is `1/(1 − I²)`.
pub(super) fn h2_of(i2: f64) -> Result<f64, Refusal> {
    let h2 = 100.0 / (100.0 - i2);
    if h2.is_finite() {
        Ok(h2)
    } else {
        Err(out_of_range())
    }
}

fn uses_rho(working: Option<Working>) -> bool {
    matches!(working, Some(Working::Corr | Working::Che))
}

/// What such results cannot be asked, by name; otherwise ρ.
fn refuse_what_is_not_offered(question: &PoolQuestion) -> Result<f64, Refusal> {
    let moments = matches!(question.working, Some(Working::Corr | Working::Hier));
    let offered = match question.inference {
        Inference::Cr2 => true,
        Inference::Wald => !moments,
        Inference::Hksj | Inference::HksjFloor => false,
    };
    if !offered {
        return Err(Refusal::new(
            "inference-not-for-dependent-results",
            "That interval takes results for independent, and here several come from one place.",
            "Ask for cr2, which stays right however results of one place depend on each other.",
        ));
    }
    if question.predicting == Predicting::Calibrated {
        return Err(Refusal::new(
            "prediction-not-for-dependent-results",
            "The calibrated prediction takes results for independent, and here several come from one place.",
            "Ask for the standard prediction.",
        ));
    }
    if !question.unreported.is_empty() {
        return Err(Refusal::new(
            "unreported-not-for-dependent-results",
            "What trials that never reported could change is worked out only for places with one result each.",
            "Leave out the trials that never reported, or pool one result of each place.",
        ));
    }
    if question.sequential.is_some() {
        return Err(Refusal::new(
            "sequential-not-for-dependent-results",
            "The verdict that may be read at every look takes results for independent, and here several come from one place.",
            "Ask without it, or pool one result of each place.",
        ));
    }
    let rho = question.rho.unwrap_or(RHO);
    let sound = match question.working {
        Some(Working::Corr) => (0.0..=1.0).contains(&rho),
        Some(Working::Che) => (0.0..1.0).contains(&rho),
        Some(Working::Hier) | None => question.rho.is_none(),
    };
    if sound {
        return Ok(rho);
    }
    Err(match question.working {
        Some(Working::Corr | Working::Che) => Refusal::new(
            "rho-out-of-range",
            format!("{rho} is no correlation that sampling errors of one place can have here."),
            "Give a number from 0 to 1, below 1 with the working model che; 0.6 or 0.8 is usual.",
        ),
        Some(Working::Hier) | None => Refusal::new(
            "rho-without-its-model",
            "A correlation of sampling errors was given, and the model takes them for independent.",
            "Leave rho out, or ask for the working model corr or che.",
        ),
    })
}

/// What a fit is called, with the inference.
pub(super) fn name(question: &PoolQuestion, inference: &str) -> String {
    let method = question.method.name();
    match question.working {
        None => format!("{method}, three levels, {inference}"),
        Some(Working::Corr) => format!("corr, {inference}"),
        Some(Working::Hier) => format!("hier, {inference}"),
        Some(Working::Che) => format!("{method}, che, {inference}"),
    }
}

/// An estimate with its limits; refuses one without width.
fn inferred(value: f64, variance: f64, df: Option<f64>) -> Result<Inferred, Refusal> {
    if variance <= 0.0 {
        return Err(Refusal::new(
            "no-variation",
            "Places do not differ at all from what was fitted, so a robust interval has no width.",
            "Check that the effects were not copied from one another; otherwise pool more places, or use fewer moderators.",
        ));
    }
    let standard_error = variance.sqrt();
    let half = critical(LEVEL, df)? * standard_error;
    if !half.is_finite() {
        return Err(out_of_range());
    }
    Ok(Inferred {
        estimate: value,
        standard_error,
        df,
        lower: value - half,
        upper: value + half,
    })
}

/// A coefficient of a fit by CR2.
pub(super) fn robust(sandwich: &Sandwich, coefficient: usize) -> Result<Inferred, Refusal> {
    let variance = diagonal(&sandwich.robust, coefficient);
    let value = sandwich.coefficients.get(coefficient).copied();
    let df = if variance > 0.0 {
        Some(sandwich.satterthwaite(coefficient)?)
    } else {
        None
    };
    inferred(value.unwrap_or_default(), variance, df)
}

/// A coefficient of a fit by the model's own variance.
pub(super) fn by_model(
    sandwich: &Sandwich,
    coefficient: usize,
    df: Option<f64>,
) -> Result<Inferred, Refusal> {
    let value = sandwich.coefficients.get(coefficient).copied();
    inferred(
        value.unwrap_or_default(),
        diagonal(&sandwich.model, coefficient),
        df,
    )
}

fn diagonal(matrix: &[Vec<f64>], at: usize) -> f64 {
    let row = matrix.get(at);
    row.and_then(|row| row.get(at)).copied().unwrap_or_default()
}

/// The average in every way that goes with the fit, the one asked for first.
fn estimates(
    fitted: &Fitted,
    question: &PoolQuestion,
    k: usize,
) -> Result<Vec<(Estimate, Inferred)>, Refusal> {
    let sandwich = &fitted.sandwich;
    let places = count(sandwich.clusters);
    let cr2 = robust(sandwich, 0);
    let mut ways = Vec::new();
    if fitted.levels.is_some() {
        let cr1 = inferred(
            sandwich.coefficients.first().copied().unwrap_or_default(),
            diagonal(&sandwich.plain, 0) * places / (places - 1.0),
            Some(places - 1.0),
        );
        ways.push((Inference::Wald, "wald", by_model(sandwich, 0, None)?));
        let residual = Some(count(k) - 1.0);
        ways.push((Inference::Hksj, "t", by_model(sandwich, 0, residual)?));
        let contained = Some(places - 1.0);
        ways.push((
            Inference::Hksj,
            "t by places",
            by_model(sandwich, 0, contained)?,
        ));
        if let Ok(cr1) = cr1 {
            ways.push((Inference::Hksj, "cr1", cr1));
        }
    }
    match cr2 {
        Ok(cr2) => ways.insert(0, (Inference::Cr2, "cr2", cr2)),
        Err(refusal) if question.inference == Inference::Cr2 => return Err(refusal),
        Err(_) => {}
    }
    // Stable: the one asked for comes first.
    ways.sort_by_key(|(inference, _, _)| *inference != question.inference);
    Ok(ways
        .into_iter()
        .enumerate()
        .map(|(at, (_, inference, found))| {
            (estimate(&found, &name(question, inference), at == 0), found)
        })
        .collect())
}

/// Whether places differ by more than sampling errors, as the working model has them.
fn heterogeneity(
    fitted: &Fitted,
    working: Option<Working>,
    clusters: &Clusters,
    data: &[Datum],
    rho: f64,
) -> Result<Cochran, Refusal> {
    match (&fitted.levels, working) {
        (Some((levels, _, _)), Some(Working::Che)) => {
            let statistic = levels.at([0.0, 0.0]).ok_or_else(out_of_range)?.q;
            let df = count(clusters.k) - 1.0;
            Ok(Cochran {
                statistic,
                df,
                p_value: chi2_upper(statistic, df)?,
            })
        }
        (_, Some(Working::Corr)) => {
            // Means of places, with the variance that correlated errors leave them.
            let mut means: Vec<Datum> = (clusters.places.iter())
                .map(|place| {
                    let k = count(place.k());
                    Datum {
                        y: place.rows().map(|(_, _, y)| y / k).sum(),
                        v: correlated::mean_variance(place) * ((1.0 - rho) / k + rho),
                    }
                })
                .collect();
            means.sort_by(soundness::order);
            Ok(cochran(&Constant(&means))?)
        }
        _ => Ok(cochran(&Constant(data))?),
    }
}

fn components(
    fitted: &Fitted,
    clusters: &Clusters,
    studies: &[Study],
    i2: f64,
) -> Result<Vec<Component>, Refusal> {
    let total = fitted.tau2();
    let deviations = fitted
        .levels
        .as_ref()
        .and_then(|(levels, variances, _)| levels.deviations(*variances));
    let [mut by_place, mut by_group] = [Vec::new(), Vec::new()];
    if let Some(found) = deviations {
        let mut groups = found.groups.into_iter();
        for (place, deviation) in clusters.places.iter().zip(found.places) {
            let first = |rows: &[usize]| rows.iter().min().copied().unwrap_or_default();
            let rows = place.groups.iter().map(|group| first(&group.rows));
            let at = rows.clone().min().unwrap_or_default();
            by_place.push((at, place.name.clone(), deviation));
            for (row, deviation) in rows.zip(groups.by_ref()) {
                let label = studies.get(row).map_or("", |study| &study.label);
                by_group.push((row, label.to_owned(), deviation));
            }
        }
    }
    let in_order_given = |mut all: Vec<(usize, String, (f64, f64))>| -> Vec<Deviation> {
        all.sort_by_key(|(at, _, _)| *at);
        let all = all.into_iter();
        all.map(|(_, label, (estimate, standard_error))| Deviation {
            label,
            estimate,
            standard_error,
        })
        .collect()
    };
    let parts = [
        (
            "between places",
            Which::Outer,
            clusters.places.len(),
            by_place,
        ),
        ("within places", Which::Inner, clusters.groups(), by_group),
    ];
    (fitted.variances.iter().zip(parts))
        .map(|(variance, (level, which, groups, deviations))| {
            let found = match &fitted.levels {
                Some((levels, top, height)) => limits(levels, (*top, *height), which, LEVEL)?,
                None => None,
            };
            Ok(Component {
                level: level.to_owned(),
                groups: whole(groups),
                variance: *variance,
                lower: found.map(|l| l.0),
                upper: found.map(|l| l.1),
                i2: if total > 0.0 {
                    i2 * variance / total
                } else {
                    0.0
                },
                deviations: in_order_given(deviations),
            })
        })
        .collect()
}

/// The results in the order given, with their weights and what their own effects are likely to be.
fn pooled(
    studies: &[Study],
    clusters: &Clusters,
    fitted: &Fitted,
    average: f64,
) -> Result<Vec<Pooled>, Refusal> {
    let shrunken = shrunken(clusters, fitted.levels.as_ref(), average);
    // The constant's column of Z is a constant, so shares of the average add to 1.
    studies
        .iter()
        .enumerate()
        .map(|(row, study)| {
            let alone = infer(&[Datum::from(study)], 0.0, Inference::Wald, LEVEL)?;
            Ok(Pooled {
                label: study.label.clone(),
                effect: study.effect,
                variance: study.variance,
                lower: alone.lower,
                upper: alone.upper,
                weight: 100.0 * fitted.sandwich.shares.get(row).copied().unwrap_or_default(),
                shrunken: shrunken.get(row).copied().flatten(),
                date: study.date.clone(),
                rung: study.rung,
                pupils: study.pupils,
                place: study.place.clone(),
            })
        })
        .collect()
}

/// The average and what the place and the group add to it.
fn shrunken(
    clusters: &Clusters,
    levels: Option<&(Levels, [f64; 2], f64)>,
    average: f64,
) -> Vec<Option<f64>> {
    let mut all = vec![None; clusters.k];
    let Some(found) = levels.and_then(|(levels, top, _)| levels.deviations(*top)) else {
        return all;
    };
    let mut groups = found.groups.into_iter();
    for (place, (by_place, _)) in clusters.places.iter().zip(found.places) {
        for (group, (by_group, _)) in place.groups.iter().zip(groups.by_ref()) {
            for row in &group.rows {
                if let Some(at) = all.get_mut(*row) {
                    *at = Some(average + by_place + by_group);
                }
            }
        }
    }
    all
}

/// The average for other correlations than the one taken for granted.
fn by_rho(question: &PoolQuestion, clusters: &Clusters) -> Result<Vec<ByRho>, Refusal> {
    if !uses_rho(question.working) {
        return Ok(Vec::new());
    }
    let below = |rho: &&f64| question.working == Some(Working::Corr) || **rho < 1.0;
    RHOS.iter()
        .filter(below)
        .map(|rho| {
            let fitted = Model::of(question.working, question.method, *rho)?.fit(clusters)?;
            let found = robust(&fitted.sandwich, 0)?;
            Ok(ByRho {
                rho: *rho,
                estimate: found.estimate,
                standard_error: found.standard_error,
                df: found.df.unwrap_or(f64::INFINITY),
                lower: found.lower,
                upper: found.upper,
                tau2: fitted.tau2(),
            })
        })
        .collect()
}
