//! What was drawn or compared, as asked or as the columns show.

use std::collections::BTreeMap;

use super::tally::Tally;
use crate::question::{Allocation, Design, Question};
use crate::refusal::Refusal;
use crate::sample::{CovariateKind, Roles};

/// What the answer is worked out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub design: Design,
    /// Whether rows of one cluster are taken to move together.
    pub clustered: bool,
    /// Whether whole clusters were drawn or compared.
    pub whole_clusters: bool,
    /// Whether the model has a level for each block.
    pub blocked: bool,
}

/// Whether before is compared with after: asked for, or all that the columns bear.
pub(super) fn is_before_after(roles: &Roles, question: &Question) -> bool {
    match question.design {
        Some(design) => design == Design::BeforeAfter,
        None => {
            // With the record of a draw, the unit is what lots were drawn for.
            let phases =
                roles.treatment.is_some() && roles.unit.is_some() && question.lots.is_none();
            let baseline = roles
                .covariates
                .iter()
                .any(|c| c.kind == CovariateKind::Baseline);
            phases || (roles.treatment.is_none() && baseline)
        }
    }
}

/// Settles what was drawn.
///
/// # Errors
/// `no-treatment` without a column that says who got what, `no-clusters` and `no-blocks` where these were drawn or drawn within and none are named,
/// `one-group` when every row is in the same group.
pub(super) fn settle(
    roles: &Roles,
    question: &Question,
    tally: &Tally,
) -> Result<Setting, Refusal> {
    let Some(treatment) = &roles.treatment else {
        return Err(Refusal::new(
            "no-treatment",
            "No column says who got what, so there is nothing to compare.",
            "Name the column of groups; or name a score from before, to compare before with after.",
        ));
    };
    let [comparison, intervention] = &tally.arms;
    let empty = match (comparison.n(), intervention.n()) {
        (0, _) => Some(&treatment.comparison),
        (_, 0) => Some(&treatment.intervention),
        _ => None,
    };
    if let Some(label) = empty {
        return Err(Refusal::new(
            "one-group",
            format!(
                "No complete row is in the group “{label}”, so there is nothing to compare with."
            ),
            "Check which column says who got what, and whether that group has outcomes.",
        ));
    }
    let (clusters, blocks) = (roles.cluster.is_some(), roles.block.is_some());
    let whole = clusters && whole(tally);
    let design = question
        .design
        .unwrap_or(match (question.allocation, whole, blocks) {
            (Allocation::Chosen, _, _) => Design::Comparison,
            (_, true, false) => Design::Cluster,
            (_, true, true) => Design::BlockedCluster,
            (_, false, false) => Design::Individual,
            (_, false, true) => Design::BlockedIndividual,
        });
    let drawn = matches!(design, Design::Cluster | Design::BlockedCluster);
    if drawn && !clusters {
        return Err(no_clusters());
    }
    if !blocks && matches!(design, Design::BlockedIndividual | Design::BlockedCluster) {
        return Err(Refusal::new(
            "no-blocks",
            "Nothing says within which blocks or pairs lots were drawn.",
            "Name the column of blocks or pairs.",
        ));
    }
    // Who names clusters without saying that pupils were drawn one by one gets an answer that allows for them.
    let one_by_one = matches!(
        question.design,
        Some(Design::Individual | Design::BlockedIndividual)
    );
    Ok(Setting {
        design,
        clustered: clusters && !one_by_one,
        whole_clusters: drawn || (design == Design::Comparison && whole),
        blocked: blocks,
    })
}

pub(super) fn no_clusters() -> Refusal {
    Refusal::new(
        "no-clusters",
        "Nothing says which class or school each pupil is in.",
        "Name the column of classes or schools.",
    )
}

/// Whether every cluster is in one group.
pub(super) fn whole(tally: &Tally) -> bool {
    let mut arm_of: BTreeMap<u32, u32> = BTreeMap::new();
    tally
        .cells
        .iter()
        .all(|((cluster, _, arm), _)| *arm_of.entry(*cluster).or_insert(*arm) == *arm)
}
