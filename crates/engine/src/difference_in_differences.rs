//! Difference in differences: by how much more did the group that got it change than the group that did not?
//!
//! Who may call this: whoever has a measure before and after in two groups that nobody drew. What must stay true: both groups are there both times;
//! the change came to all of the group at the same time (where places adopt one after another the simple average can weigh some of them
//! negatively: Goodman-Bacon 2021; use each adoption's own two by two); the answer takes it that without it both would have changed alike, which no figure here
//! can show.
//!
//! `y = a + b·treated + c·after + τ·treated·after`, with a level for each class or school instead of `a + b·treated` where the same ones are there
//! both times; CR2 and Satterthwaite over classes or schools. Bertrand, M., Duflo, E. & Mullainathan, S. (2004). How much should we trust
//! differences-in-differences estimates? *Quarterly Journal of Economics* 119(1), 249–275. Reference: `panel_did_its awards_did_2x2`, `awards_did_schoolFE`.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster_robust::{ClusterRobust, Correction};
use crate::distributions::{t_quantile, t_two_sided};
use crate::evaluation::Interval;
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::moments::{Moments, Source};
use crate::refusal::Refusal;

/// Rows of one class or school at one time: other columns in order, and the outcome last.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Number of the class or school.
    pub cluster: usize,
    /// Whether it is in the group that got it in the end.
    pub treated: bool,
    /// Whether these rows are from after.
    pub after: bool,
    /// Of its rows.
    pub moments: Moments,
}

/// How much more the one group changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DifferenceInDifferences {
    /// τ, in the outcome's unit.
    pub estimate: f64,
    /// CR2.
    pub standard_error: f64,
    /// Satterthwaite's.
    pub df: f64,
    /// Two-sided.
    pub p_value: f64,
    /// 95 %.
    pub interval: Interval,
    /// Classes or schools.
    pub clusters: usize,
}

/// Works it out; `levels` gives each class or school a level of its own.
///
/// ```
/// use difference_engine::difference_in_differences::{Part, difference_in_differences};
/// use difference_engine::moments::Moments;
///
/// // Six schools before and after; the second three got it in between.
/// let scores = [[10., 11.], [12., 12.], [11., 13.], [10., 14.], [13., 16.], [12., 17.]];
/// let parts: Vec<Part> = (0..)
///     .zip(scores)
///     .flat_map(|(cluster, both)| {
///         [false, true].into_iter().zip(both).map(move |(after, score)| Part {
///             cluster, after, treated: cluster >= 3, moments: Moments::of([[score]]),
///         })
///     })
///     .collect();
/// let found = difference_in_differences(&parts, true)?;
/// assert!((found.estimate - 3.0).abs() < 1e-12); // 4 more after, against 1 more
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `one-group` where a group is missing at a time; `changes-sides` where a class or school is in both groups; those of [`LeastSquares::fit`] and
/// [`ClusterRobust::new`]; `too-few-clusters` where too few carry the answer.
pub fn difference_in_differences(
    parts: &[Part],
    levels: bool,
) -> Result<DifferenceInDifferences, Refusal> {
    let seen: BTreeSet<(bool, bool)> = (parts.iter())
        .filter(|part| part.moments.n() > 0)
        .map(|part| (part.treated, part.after))
        .collect();
    if seen.len() < 4 {
        return Err(Refusal::new(
            "one-group",
            "One of the groups has nobody before or nobody after, so there are no two changes to compare.",
            "Give both groups' scores from before and from after.",
        ));
    }
    let mut sides: BTreeMap<usize, bool> = BTreeMap::new();
    if parts
        .iter()
        .any(|part| *sides.entry(part.cluster).or_insert(part.treated) != part.treated)
    {
        return Err(Refusal::new(
            "changes-sides",
            "A class or school is in both groups.",
            "Say of each whether it got it in the end, the same before and after.",
        ));
    }
    let is = |yes: bool| Source {
        column: None,
        add: f64::from(u8::from(yes)),
    };
    let cells: Vec<Cell> = (parts.iter())
        .map(|part| {
            let own = (0..part.moments.columns()).map(|c| Source {
                column: Some(c),
                add: 0.0,
            });
            let first = [
                is(part.treated && part.after),
                is(part.after),
                is(part.treated),
            ];
            let sources: Vec<Source> = first.into_iter().chain(own).collect();
            Cell {
                cluster: part.cluster,
                block: if levels { part.cluster } else { 0 },
                moments: part.moments.arranged(&sources),
            }
        })
        .collect();
    let fit = LeastSquares::fit(&cells)?;
    let term = Term::Column(0);
    let robust = ClusterRobust::new(&fit, &cells, Correction::Cr2)?;
    let known =
        (fit.coefficient(term).zip(robust.standard_error(term))).zip(robust.satterthwaite(term));
    let ((estimate, standard_error), df) = known
        .filter(|((_, se), _)| *se > 0.0 && se.is_finite())
        .ok_or_else(too_few)?;
    let half = t_quantile(0.975, df)? * standard_error;
    if !half.is_finite() {
        return Err(too_few());
    }
    Ok(DifferenceInDifferences {
        estimate,
        standard_error,
        df,
        p_value: t_two_sided(estimate / standard_error, df)?,
        interval: Interval {
            level: 0.95,
            lower: estimate - half,
            upper: estimate + half,
        },
        clusters: robust.clusters(),
    })
}

fn too_few() -> Refusal {
    Refusal::new(
        "too-few-clusters",
        "Too few classes or schools carry the answer for an interval to be given.",
        "Compare more of them.",
    )
}
