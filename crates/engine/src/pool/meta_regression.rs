//! Moderators: does the effect move with something about the place or the trial?
//!
//! Who may call this: [`super::pool`]. What must stay true: places were not drawn by lot to differ in a
//! moderator, and the words say so; more moderators than studies is a refusal.
//!
//! Thompson & Higgins (2002), *Statistics in Medicine* 21:1559; Knapp & Hartung (2003), *Statistics in
//! Medicine* 22:2693: `y = Xβ + u + e`, `var(u) = τ²`; the variance of β is `(X′WX)⁻¹` times
//! `y′Py / (k − p)` (with the floor never below 1), judged by t and F with k − p degrees of freedom.
//! R² is the share of the variance between places, without moderators, that they take away (Raudenbush
//! 2009, in *The Handbook of Research Synthesis*). Reference: `rr_metareg1_knha` of `meta_bcg.json` and
//! the like.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::average::Datum;
use super::cochran::{cochran, i2_h2, i2_h2_equal};
use super::heterogeneity::tau2;
use super::model::{Constant, Model};
use super::regression::Regression;
use super::{Cochran, Heterogeneity, Inference, PoolQuestion, Study};
use crate::count::count;
use crate::distributions::{chi2_upper, critical, f_upper, two_sided_p};
use crate::evaluation::{Estimate, Interval};
use crate::refusal::Refusal;

/// A moderator's value for one study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Level {
    /// A number, such as weeks of contact.
    Number(f64),
    /// A word, such as the setting; the first in the alphabet is what the others are compared with.
    Word(String),
}

/// Whether all the moderators together say anything.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModeratorTest {
    /// F, or χ² where the interval is Wald's.
    pub statistic: f64,
    /// Columns of moderators.
    pub df: f64,
    /// Residual degrees of freedom; None for χ².
    pub residual_df: Option<f64>,
    /// Upper tail.
    pub p_value: f64,
}

/// What the effects do with the moderators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetaRegression {
    /// Results that have a value for every moderator.
    pub k: u64,
    /// Those that lack one, and are left out here.
    pub left_out: Vec<String>,
    /// β: the average where every moderator is zero (or its first level), then each moderator's.
    pub coefficients: Vec<Estimate>,
    /// Variance between places that the moderators leave.
    pub tau2: f64,
    /// The same without moderators, over the same results.
    pub tau2_without: f64,
    /// Share of what is left that chance does not explain, in per cent.
    pub i2: f64,
    /// Total over sampling variation of what is left.
    pub h2: f64,
    /// Share of the variance between places that the moderators take away, in per cent; None where
    /// there was none.
    pub r2: Option<f64>,
    /// Cochran's Q of what is left.
    pub q: Cochran,
    /// All the moderators together.
    pub test: ModeratorTest,
}

/// The design: names of its columns and a row for each complete study.
pub(super) struct Design<'a> {
    pub studies: Vec<&'a Study>,
    pub left_out: Vec<String>,
    pub names: Vec<String>,
    pub rows: Vec<Vec<f64>>,
}

/// The meta-regression that the question asks for; None where it names no moderator.
pub(super) fn meta_regression(
    studies: &[Study],
    question: &PoolQuestion,
    level: f64,
) -> Result<Option<MetaRegression>, Refusal> {
    if question.moderators.is_empty() {
        return Ok(None);
    }
    let design = design(studies, &question.moderators)?;
    let data: Vec<Datum> = design.studies.iter().map(|s| Datum::from(*s)).collect();
    let model = Regression::new(&data, &design.rows, &design.names)?;

    let between = tau2(&model, question.method);
    let mut alone: Vec<Datum> = model.data().to_vec();
    alone.sort_by(super::soundness::order);
    let alone = Constant(&alone);
    let between_alone = tau2(&alone, question.method);
    let q = cochran(&model)?;
    let (i2, h2) = if question.method == Heterogeneity::Equal {
        i2_h2_equal(&q)
    } else {
        i2_h2(&model, between)
    };

    let fit = model.fit(between);
    let freedom = model.freedom();
    let factor = question.inference.factor(fit.q, freedom);
    if factor <= 0.0 || !factor.is_finite() {
        return Err(Refusal::new(
            "no-variation",
            "The moderators fit every effect exactly, so the interval without a floor has no width.",
            "Use hksj-floor, or fewer moderators.",
        ));
    }
    let df = question.inference.df(freedom);
    let critical = critical(level, df)?;
    let method = super::pooling::method_name(question);
    let coefficients = design
        .names
        .iter()
        .zip(fit.coefficients.iter().zip(&fit.standard_errors))
        .map(|(term, (estimate, error))| {
            let error = error * factor.sqrt();
            let statistic = estimate / error;
            Ok(Estimate {
                method: method.clone(),
                term: term.clone(),
                estimate: *estimate,
                standard_error: Some(error),
                statistic: Some(statistic),
                df,
                p_value: Some(two_sided_p(statistic, df)?),
                interval: Some(Interval {
                    level,
                    lower: estimate - critical * error,
                    upper: estimate + critical * error,
                }),
                primary: false,
                note: None,
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;

    Ok(Some(MetaRegression {
        k: u64::try_from(data.len()).unwrap_or(u64::MAX),
        left_out: design.left_out,
        coefficients,
        tau2: between,
        tau2_without: between_alone,
        i2,
        h2,
        r2: (between_alone > 0.0)
            .then(|| (100.0 * (between_alone - between) / between_alone).max(0.0)),
        q,
        test: test(
            &alone,
            &fit.q,
            between,
            factor,
            question.inference,
            freedom,
            model.columns(),
        )?,
    }))
}

/// All the moderators together: what they take out of the weighted sum of squares.
fn test(
    alone: &Constant<'_>,
    q: &f64,
    tau2: f64,
    factor: f64,
    inference: Inference,
    freedom: f64,
    columns: f64,
) -> Result<ModeratorTest, Refusal> {
    let df = columns - 1.0;
    let taken = ((alone.at(tau2).q - q) / factor).max(0.0);
    Ok(match inference.df(freedom) {
        Some(residual) => ModeratorTest {
            statistic: taken / df,
            df,
            residual_df: Some(residual),
            p_value: f_upper(taken / df, df, residual)?,
        },
        None => ModeratorTest {
            statistic: taken,
            df,
            residual_df: None,
            p_value: chi2_upper(taken, df)?,
        },
    })
}

/// The rows of the studies that have a value for every moderator.
pub(super) fn design<'a>(
    studies: &'a [Study],
    moderators: &[String],
) -> Result<Design<'a>, Refusal> {
    let value = |study: &'a Study, at: usize| study.moderators.get(at).and_then(Option::as_ref);
    let sound = |level: &Level| match level {
        Level::Number(x) => x.is_finite(),
        Level::Word(word) => !word.trim().is_empty(),
    };
    let (complete, lacking): (Vec<&Study>, Vec<&Study>) = studies
        .iter()
        .partition(|study| (0..moderators.len()).all(|at| value(study, at).is_some_and(sound)));
    let mut names = vec!["average".to_owned()];
    let mut rows = vec![vec![1.0]; complete.len()];
    for (at, moderator) in moderators.iter().enumerate() {
        let values: Vec<&Level> = complete.iter().filter_map(|s| value(s, at)).collect();
        let words: BTreeSet<String> = values.iter().map(|level| word(level)).collect();
        let numbers: Option<Vec<f64>> = values
            .iter()
            .map(|level| match level {
                Level::Number(x) => Some(*x),
                Level::Word(_) => None,
            })
            .collect();
        if let Some(numbers) = numbers {
            names.push(moderator.clone());
            for (row, x) in rows.iter_mut().zip(numbers) {
                row.push(x);
            }
            continue;
        }
        if words.len() < 2 {
            return Err(Refusal::new(
                "moderator-constant",
                format!("The moderator {moderator} is the same for every result."),
                "Leave it out, or use one that differs between results.",
            ));
        }
        for other in words.iter().skip(1) {
            names.push(format!("{moderator} = {other}"));
            for (row, level) in rows.iter_mut().zip(&values) {
                row.push(if word(level) == *other { 1.0 } else { 0.0 });
            }
        }
    }
    Ok(Design {
        studies: complete,
        left_out: lacking.iter().map(|s| s.label.clone()).collect(),
        names,
        rows,
    })
}

fn word(level: &Level) -> String {
    match level {
        Level::Number(x) => x.to_string(),
        Level::Word(word) => word.clone(),
    }
}

impl MetaRegression {
    /// How the moderators stand to the effects, in words.
    #[must_use]
    pub fn says(&self, moderators: &[String]) -> String {
        let which = match moderators {
            [one] => one.clone(),
            several => several.join(", "),
        };
        let together = if self.test.p_value < 0.05 {
            format!("Results move with {which} by more than chance alone would explain")
        } else {
            format!("Whether results move with {which} could be chance")
        };
        let share = self.r2.map_or_else(
            || "; there was no variation between places to explain".to_owned(),
            |r2| format!("; about {r2:.0}% of the variation between places goes with it"),
        );
        let few = if count(usize::try_from(self.k).unwrap_or(0)) < 10.0 * self.test.df {
            " There are fewer than ten results for each moderator, so take this as a question to ask next."
        } else {
            ""
        };
        format!(
            "{together}{share}. Nobody drew lots over {which}, so another difference between the results may be behind it.{few}"
        )
    }
}
