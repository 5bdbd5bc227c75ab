//! Who was lost on the way, and whether the lots fell as they should.
//!
//! Who may call this: [`evaluate`](crate::evaluate()). What must stay true: the denominator is who was drawn,
//! not who turned up; where only the file is known, it says so (`from_list: false`).

use crate::count::count_u64 as count;
use crate::distributions::chi2_upper;
use crate::evaluation::{Attrition, Lost};
use crate::refusal::Refusal;

fn share_lost(drawn: u64, measured: u64) -> f64 {
    if drawn == 0 {
        0.0
    } else {
        count(drawn.saturating_sub(measured)) / count(drawn)
    }
}

/// Attrition of pupils from who was drawn and who was measured.
///
/// ```
/// use difference_engine::{attrition::attrition, evaluation::Lost};
/// let lost = |drawn, measured| Lost { drawn, measured, ..Lost::default() };
/// let a = attrition(lost(100, 90), lost(100, 80), true);
/// assert!((a.overall - 0.15).abs() < 1e-12);
/// assert!((a.differential + 0.10).abs() < 1e-12);
/// ```
#[must_use]
pub fn attrition(intervention: Lost, comparison: Lost, from_list: bool) -> Attrition {
    Attrition {
        overall: share_lost(
            intervention.drawn + comparison.drawn,
            intervention.measured.min(intervention.drawn)
                + comparison.measured.min(comparison.drawn),
        ),
        differential: share_lost(intervention.drawn, intervention.measured)
            - share_lost(comparison.drawn, comparison.measured),
        intervention,
        comparison,
        from_list,
    }
}

/// The worse of the loss of pupils and the loss of clusters: what the rung looks at, as
/// (overall, between groups), shares from 0 to 1.
#[must_use]
pub fn worst(attrition: &Attrition) -> (f64, f64) {
    let (i, c) = (attrition.intervention, attrition.comparison);
    let clusters = (
        share_lost(
            i.clusters_drawn + c.clusters_drawn,
            i.clusters_measured.min(i.clusters_drawn) + c.clusters_measured.min(c.clusters_drawn),
        ),
        (share_lost(i.clusters_drawn, i.clusters_measured)
            - share_lost(c.clusters_drawn, c.clusters_measured))
        .abs(),
    );
    (
        attrition.overall.max(clusters.0),
        attrition.differential.abs().max(clusters.1),
    )
}

/// Sample-ratio mismatch: χ² of the groups' sizes against the share that the lots should have given
/// the intervention, and its p.
///
/// # Errors
/// `no-pupils` where there is nobody; `out-of-domain` where the share is not between 0 and 1.
pub fn sample_ratio(
    intervention: u64,
    comparison: u64,
    share_intervention: f64,
) -> Result<(f64, f64), Refusal> {
    let n = count(intervention + comparison);
    if n <= 0.0 || !(share_intervention > 0.0 && share_intervention < 1.0) {
        return Err(Refusal::new(
            "no-pupils",
            "There is nobody to count, or no share to count against.",
            "Give the number drawn into each group and the planned share.",
        ));
    }
    let expected = n * share_intervention;
    let other = n - expected;
    let statistic = (count(intervention) - expected).powi(2) / expected
        + (count(comparison) - other).powi(2) / other;
    Ok((statistic, chi2_upper(statistic, 1.0)?))
}
