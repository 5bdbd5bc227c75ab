//! The mixed model of three levels: pupils in classes in schools.
//!
//! What must stay true: schools stay what was drawn or compared; classes only take their share of the spread, so that a class that
//! is unlike its school is not counted as if its pupils each were.

use super::design::Setting;
use super::estimates::{Answer, hold_down, of_mixed, treatment};
use super::model::Model;
use super::promise;
use super::rows::each;
use crate::evaluation::{Fit, VarianceComponent};
use crate::least_squares::Cell;
use crate::mixed::{Component, Likelihood, Mixed};
use crate::moments::Fold;
use crate::question::Question;
use crate::refusal::Refusal;
use crate::sample::{MISSING, Sample};

/// The model's answer.
///
/// # Errors
/// Those of [`Mixed::nested`], and what the sample refuses.
pub(super) fn mixed(
    sample: &dyn Sample,
    model: &Model,
    setting: Setting,
    question: &Question,
    likelihood: Likelihood,
) -> Result<Answer, Refusal> {
    let roles = sample.roles();
    let least = model.fit()?;
    let mut fold = Fold::new(roles.covariates.len() + 2);
    let mut values = Vec::new();
    each(sample, |chunk, at, row| {
        let Ok(row) = row else { return };
        values.clear();
        values.push(f64::from(row.arm));
        values.extend_from_slice(row.values);
        let class = chunk.cluster_within.get(at).copied().unwrap_or(MISSING);
        let block = if model.blocked { row.block } else { 0 };
        fold.add((row.cluster, block, class), &values);
    })?;
    let number = |code: u32| usize::try_from(code).unwrap_or(usize::MAX);
    let (cells, schools): (Vec<Cell>, Vec<usize>) = (fold.finish().into_iter())
        .map(|((school, block, class), moments)| {
            let cell = Cell {
                cluster: number(class),
                block: number(block),
                moments,
            };
            (cell, number(school))
        })
        .unzip();
    let fitted = Mixed::nested(&cells, &schools, likelihood)?;
    let (method, coefficients) = of_mixed(&fitted, model, least, question)?;
    let estimate = hold_down(treatment(&coefficients)?, model, least, setting)?;
    promise::of_mixed(question.df, &fitted, &estimate)?;
    let name = |levels: &Option<crate::sample::Levels>| {
        levels
            .as_ref()
            .map_or(String::new(), |levels| levels.column.clone())
    };
    let (school, class) = (name(&roles.cluster), name(&roles.cluster_within));
    let mut warnings = Vec::new();
    for part in fitted.at_boundary() {
        let words = match part {
            Component::Group => format!("classes (“{class}”) of one school"),
            _ => format!("schools (“{school}”), beside their classes,"),
        };
        warnings.push(format!(
            "In the mixed model {words} do not differ more than chance would make them: that variance is 0."
        ));
    }
    let component = |group: String, term: &str, variance: f64| VarianceComponent {
        group,
        term: term.to_owned(),
        variance,
        sd: variance.sqrt(),
        interval: None,
    };
    let groups = fitted.between_groups().unwrap_or_default();
    Ok(Answer {
        estimate,
        fit: Some(Fit {
            method,
            objective: Some(fitted.objective()),
            coefficients: coefficients.into_iter().map(|(_, one)| one).collect(),
            variance_components: vec![
                component(format!("{class}:{school}"), "(Intercept)", groups),
                component(school, "(Intercept)", fitted.between()),
                component("residual".to_owned(), "", fitted.within()),
            ],
            icc: Some(fitted.intraclass_correlation()),
        }),
        influence: None,
        warnings,
    })
}
