//! The mixed model of a trial in many sites: lots drawn within each of them, and a difference of its own in each.
//!
//! Sites keep levels of their own (fixed intercepts) and only the difference is drawn from a spread of differences: what a
//! site is like anyway then can't lean on the answer, whatever share of its pupils was drawn. Bloom, H. S., Raudenbush,
//! S. W., Weiss, M. J. & Porter, K. (2017). Using multisite experiments to study cross-site variation in treatment effects.
//! *Journal of Research on Educational Effectiveness* 10(4), 817–842.

use std::collections::BTreeMap;

use super::LEVEL;
use super::design::Setting;
use super::estimates::{Answer, of_mixed, treatment};
use super::model::{Model, TREATMENT};
use super::promise;
use crate::evaluation::{Fit, VarianceComponent};
use crate::intraclass::Intraclass;
use crate::least_squares::Cell;
use crate::mixed::{Component, Likelihood, Mixed, Random};
use crate::question::{Design, Question};
use crate::refusal::Refusal;
use crate::sample::Roles;
use crate::words::variation::{Variation, variation};

/// The model's cells by site, where lots were drawn within blocks and nothing else ties pupils together.
pub(super) fn sites(model: &Model, setting: Setting) -> Option<Vec<Cell>> {
    if setting.design != Design::BlockedIndividual || !setting.blocked {
        return None;
    }
    if setting.clustered {
        let (mut there, mut back) = (BTreeMap::new(), BTreeMap::new());
        let alike = model.cells.iter().all(|cell| {
            *there.entry(cell.cluster).or_insert(cell.block) == cell.block
                && *back.entry(cell.block).or_insert(cell.cluster) == cell.cluster
        });
        if !alike {
            return None;
        }
    }
    let cells = model.cells.iter().map(|cell| Cell {
        cluster: cell.block,
        ..cell.clone()
    });
    Some(cells.collect())
}

/// How the outcome varies between and within the sites.
pub(super) fn spread(cells: &[Cell]) -> Option<Intraclass> {
    Intraclass::of(cells).ok()
}

/// The model's answer.
///
/// # Errors
/// Those of [`Mixed::with`].
pub(super) fn mixed(
    roles: &Roles,
    model: &Model,
    cells: &[Cell],
    question: &Question,
    likelihood: Likelihood,
) -> Result<Answer, Refusal> {
    let least = model.fit()?;
    let fitted = Mixed::with(cells, Random::SlopeOnly(0), likelihood)?;
    let (method, coefficients) = of_mixed(&fitted, model, least, question)?;
    let mut estimate = treatment(&coefficients)?;
    promise::of_sites(question.df, fitted.clusters())?;
    let site = roles
        .block
        .as_ref()
        .map_or("", |levels| levels.column.as_str());
    let variance = fitted.slope_variance().unwrap_or_default();
    let interval = fitted.profile_sd(Component::Slope, LEVEL)?;
    let test = fitted.likelihood_ratio()?;
    let said = variation(&Variation {
        site,
        unit: &roles.outcome.unit,
        average: estimate.estimate,
        sd: variance.sqrt(),
        interval,
        p_value: test.p_value,
    });
    estimate.note = Some(match estimate.note {
        Some(note) => format!("{note}; {said}"),
        None => said,
    });
    let component = |group: &str, term: String, variance: f64, interval| VarianceComponent {
        group: group.to_owned(),
        term,
        variance,
        sd: variance.sqrt(),
        interval,
    };
    Ok(Answer {
        estimate,
        fit: Some(Fit {
            method,
            objective: Some(fitted.objective()),
            coefficients: coefficients.into_iter().map(|(_, one)| one).collect(),
            variance_components: vec![
                component(site, model.term(TREATMENT), variance, interval),
                component("residual", String::new(), fitted.within(), None),
            ],
            icc: spread(cells).map(|spread| spread.correlation()),
        }),
        influence: None,
        warnings: Vec::new(),
    })
}
