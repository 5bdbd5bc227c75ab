//! Moderators of results that depend on each other.
//!
//! Who may call this: this folder. What must stay true: as in [`super::super::meta_regression`], and together
//! moderators are judged by Hotelling's T² approximation where single ones are judged by CR2.
//!
//! Reference: `konstantopoulos2011_3level_mods1_CR2`, `dropout_robu_CORR_mods`.

use super::answer::{by_model, h2_of, name, robust};
use super::clusters::Clusters;
use super::fit::Model;
use super::sandwich::quadratic;
use super::whole;
use crate::count::count;
use crate::distributions::chi2_upper;
use crate::evaluation::{Estimate, Interval};
use crate::pool::average::Datum;
use crate::pool::cochran::{cochran, i2_h2};
use crate::pool::meta_regression::{MetaRegression, ModeratorTest, design};
use crate::pool::regression::Regression;
use crate::pool::{Inference, PoolQuestion, Study};
use crate::refusal::Refusal;

/// The meta-regression that the question asks for; None where it names no moderator.
pub(super) fn meta_regression(
    studies: &[Study],
    question: &PoolQuestion,
    model: Model,
    level: f64,
) -> Result<Option<MetaRegression>, Refusal> {
    if question.moderators.is_empty() {
        return Ok(None);
    }
    let design = design(studies, &question.moderators)?;
    let data: Vec<Datum> = design.studies.iter().map(|s| Datum::from(*s)).collect();
    // Refuses moderators that are too many, or repeat each other.
    let independent = Regression::new(&data, &design.rows, &design.names)?;
    let clusters = Clusters::new(&design.studies, &design.rows, &design.names)?;
    let fitted = model.fit(&clusters)?;
    let sandwich = &fitted.sandwich;
    let without = model.fit(&Clusters::constant(&design.studies)?)?.tau2();
    let tau2 = fitted.tau2();
    let (i2, h2) = match fitted.i2 {
        Some(i2) => (i2, h2_of(i2)?),
        None => i2_h2(&independent, tau2),
    };
    let columns: Vec<usize> = (0..clusters.p()).collect();
    let (label, find): (&str, fn(&_, usize) -> _) = match question.inference {
        Inference::Cr2 => ("cr2", robust),
        _ => ("wald", |sandwich, i| by_model(sandwich, i, None)),
    };
    let coefficients = (columns.iter().zip(&design.names))
        .map(|(i, term)| {
            let found = find(sandwich, *i)?;
            Ok(Estimate {
                method: name(question, label),
                term: term.clone(),
                estimate: found.estimate,
                standard_error: Some(found.standard_error),
                statistic: found.statistic(),
                df: found.df,
                p_value: found.p_value(),
                interval: Some(Interval {
                    level,
                    lower: found.lower,
                    upper: found.upper,
                }),
                primary: false,
                note: None,
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let moderators = columns.get(1..).unwrap_or_default();
    let test = if question.inference == Inference::Cr2 {
        let wald = sandwich.wald(moderators)?;
        ModeratorTest {
            statistic: wald.statistic,
            df: wald.df,
            residual_df: wald.df_denominator,
            p_value: wald.p_value,
        }
    } else {
        let statistic = quadratic(&sandwich.coefficients, &sandwich.model, moderators)?;
        let df = count(moderators.len());
        ModeratorTest {
            statistic,
            df,
            residual_df: None,
            p_value: chi2_upper(statistic, df)?,
        }
    };
    Ok(Some(MetaRegression {
        k: whole(clusters.k),
        left_out: design.left_out,
        coefficients,
        tau2,
        tau2_without: without,
        i2,
        h2,
        r2: (without > 0.0).then(|| (100.0 * (without - tau2) / without).max(0.0)),
        q: cochran(&independent)?,
        test,
    }))
}
