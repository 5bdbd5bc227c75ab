//! Standard errors and degrees of freedom that promise more than they keep: refused where docs/calibration.md shows it.
//!
//! What must stay true: what the design itself chooses is never refused here; each rule names what to ask for instead; and each has
//! its trials in the calibration room, in which it called a difference that was not there too often.

use super::design::Setting;
use super::model::{Model, TREATMENT, clusters};
use crate::count::count;
use crate::evaluation::Estimate;
use crate::least_squares::LeastSquares;
use crate::mixed::{Likelihood, Mixed};
use crate::moments::Moments;
use crate::question::{DegreesOfFreedom, StandardErrors};
use crate::refusal::Refusal;

/// From so many classes or schools on, what leans on there being many of them may be asked for.
const MANY_CLUSTERS: usize = 40;
/// From so many degrees of freedom on, the normal distribution is near enough.
const MANY_DEGREES: f64 = 60.0;
/// Rows for each column of the model, levels among them, under which HC0 takes the residuals for the errors.
const ROWS_A_COLUMN: usize = 40;
/// Groups differ in size, or in spread, from so many times on.
const APART: f64 = 1.2;

/// Whether standard errors may be asked for.
pub(super) fn errors(
    se: StandardErrors,
    setting: Setting,
    model: &Model,
    fit: &LeastSquares,
) -> Result<(), Refusal> {
    use StandardErrors::{Classical, Cr0, Cr1, Cr1s, Hc0, Hc1, Hc2, Hc3};
    if setting.whole_clusters && matches!(se, Classical | Hc0 | Hc1 | Hc2 | Hc3) {
        return Err(Refusal::new(
            "errors-ignore-clusters",
            "Whole classes or schools were compared, and these standard errors take their pupils for strangers to each other: in trials like that they see a difference where there is none up to half of the time.",
            "Leave the standard errors out (CR2 is used then), or ask for CR3.",
        ));
    }
    if se == Classical && wider_where_smaller(model) {
        return Err(too_sure(
            "The smaller group varies more than the larger, and one variance for both makes the answer look surer than it is.",
            "Leave the standard errors out (HC2 is used then).",
        ));
    }
    if setting.whole_clusters && setting.blocked && matches!(se, Cr0 | Cr1 | Cr1s) {
        return Err(too_sure(
            "Within pairs or blocks these standard errors come out too small: in simulated pairs they miss 1 time in 7, not 1 in 20.",
            "Leave the standard errors out (CR2 is used then), or ask for CR3.",
        ));
    }
    if setting.whole_clusters && se == Cr0 && clusters(&model.cells) < MANY_CLUSTERS {
        return Err(too_sure(
            format!("CR0 comes out too small with fewer than {MANY_CLUSTERS} classes or schools."),
            "Leave the standard errors out (CR2 is used then).",
        ));
    }
    if se == Hc0 && fit.n() < ROWS_A_COLUMN * fit.rank() {
        return Err(too_sure(
            format!(
                "HC0 comes out too small with fewer than {ROWS_A_COLUMN} rows for each column of the model, blocks counted."
            ),
            "Leave the standard errors out (HC2 is used then).",
        ));
    }
    Ok(())
}

/// Whether the smaller group is the one that varies more, both clearly: what takes the groups to vary alike is too sure then.
pub(super) fn wider_where_smaller(model: &Model) -> bool {
    let outcome = model
        .cells
        .first()
        .map_or(0, |c| c.moments.columns().saturating_sub(1));
    let mut groups = [Moments::empty(outcome + 1), Moments::empty(outcome + 1)];
    for cell in &model.cells {
        let [zero, one] = &mut groups;
        (if cell.moments.mean(0) > 0.5 {
            one
        } else {
            zero
        })
        .merge(&cell.moments);
    }
    groups.sort_by_key(Moments::n);
    let [small, large] = groups;
    let (Some(narrow), Some(wide)) = (large.variance(outcome), small.variance(outcome)) else {
        return false;
    };
    count(large.n()) > APART * count(small.n()) && wide > APART * APART * narrow
}

/// Whether degrees of freedom were asked for that can be far too many.
pub(super) fn lavish(asked: Option<DegreesOfFreedom>) -> bool {
    matches!(
        asked,
        Some(DegreesOfFreedom::Normal | DegreesOfFreedom::Residual)
    )
}

/// Whether the degrees of freedom are about the trial's own; `own` are Satterthwaite's or the residual ones, `got` None for the
/// normal distribution.
pub(super) fn degrees(got: Option<f64>, own: Option<f64>) -> Result<(), Refusal> {
    let Some(own) = own else {
        return Ok(());
    };
    if own >= MANY_DEGREES || got.is_some_and(|got| got <= 1.5 * own) {
        return Ok(());
    }
    Err(Refusal::new(
        "too-many-degrees-of-freedom",
        format!(
            "These degrees of freedom promise more than the trial can keep: it has about {own:.0}."
        ),
        "Leave the degrees of freedom out.",
    ))
}

/// The same of a mixed model's.
pub(super) fn of_mixed(
    asked: Option<DegreesOfFreedom>,
    mixed: &Mixed,
    estimate: &Estimate,
) -> Result<(), Refusal> {
    if lavish(asked) {
        degrees(estimate.df, mixed.satterthwaite(TREATMENT))?;
    }
    Ok(())
}

/// Whether so many sites bear degrees of freedom that don't count them.
pub(super) fn of_sites(asked: Option<DegreesOfFreedom>, sites: usize) -> Result<(), Refusal> {
    if lavish(asked) && sites < MANY_CLUSTERS {
        return Err(Refusal::new(
            "too-many-degrees-of-freedom",
            format!(
                "{sites} sites can’t keep what these degrees of freedom promise, because the difference varies from site to site."
            ),
            "Leave the degrees of freedom out (Satterthwaite’s are used then).",
        ));
    }
    Ok(())
}

/// Whether a mixed model of so many clusters may be fitted by this likelihood.
pub(super) fn likelihood(likelihood: Likelihood, clusters: usize) -> Result<(), Refusal> {
    if likelihood == Likelihood::Restricted || clusters >= MANY_CLUSTERS {
        return Ok(());
    }
    Err(too_sure(
        format!(
            "Maximum likelihood makes the spread between {clusters} classes, schools or sites look smaller than it is, and so the answer surer; from {MANY_CLUSTERS} on that is little."
        ),
        "Ask for the mixed model itself, which is fitted by restricted maximum likelihood.",
    ))
}

fn too_sure(says: impl Into<String>, cure: &str) -> Refusal {
    Refusal::new("errors-too-sure", says, cure)
}
