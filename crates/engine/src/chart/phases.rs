//! Where limits come from: the baseline of each phase, and how its points are judged.
//!
//! What must stay true: limits are drawn anew only at a dated, named change. Until a new phase has
//! enough points for a range of its own, its points are judged by the old one, and the judgement of
//! those first points stays as it was made.

use super::limits::Limits;
use super::rules::{Signals, nhs};
use super::soundness::{Dated, DatedChange, Sound};

/// A usual range is drawn from so many points on.
pub(super) const RANGE_FROM: usize = 13;
/// A baseline that ends early still needs so many points.
pub(super) const BASELINE_FROM: usize = 7;

/// A stretch between two changes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    pub points: Vec<Dated>,
    /// The change that it began with.
    pub change: Option<DatedChange>,
    /// Average and moving range of its baseline.
    pub baseline: Limits,
    /// How many points the baseline has.
    pub baseline_points: usize,
    /// Its own limits, when it has enough points.
    pub own: Option<Limits>,
    /// The limits that came before it.
    pub carried: Option<Limits>,
    /// What each point signals.
    pub signals: Vec<Signals>,
    /// Whether each point was judged by the limits that came before.
    pub by_carried: Vec<bool>,
}

/// Cuts the series at its changes and judges every point.
pub(super) fn stretches(sound: &Sound) -> Vec<Stretch> {
    let mut cuts: Vec<(Option<DatedChange>, Vec<Dated>)> = vec![(None, Vec::new())];
    let mut changes = sound.changes.iter().peekable();
    for point in &sound.series {
        let mut began = None;
        while let Some(change) = changes.next_if(|c| c.day <= point.day) {
            began = Some(change.clone());
        }
        match cuts.last_mut() {
            // Before the first value there is nothing to change.
            Some((_, points)) if points.is_empty() => points.push(*point),
            Some((_, points)) if began.is_none() => points.push(*point),
            _ => cuts.push((began, vec![*point])),
        }
    }
    let mut carried = None;
    cuts.into_iter()
        .filter_map(|(change, points)| {
            let stretch = judge(points, change, carried, sound)?;
            carried = stretch.own.or(carried);
            Some(stretch)
        })
        .collect()
}

fn judge(
    points: Vec<Dated>,
    change: Option<DatedChange>,
    carried: Option<Limits>,
    sound: &Sound,
) -> Option<Stretch> {
    let first = points.first()?.day;
    let until = sound.baseline_until.filter(|until| *until >= first);
    let values: Vec<f64> = points.iter().map(|p| p.value).collect();
    // Never empty: the first point is on or before the end of a baseline that counts.
    let baseline_values: Vec<f64> = points
        .iter()
        .filter(|p| until.is_none_or(|until| p.day <= until))
        .map(|p| p.value)
        .collect();
    let baseline = Limits::of(&baseline_values)?;
    let enough = values.len() >= RANGE_FROM && baseline_values.len() >= BASELINE_FROM;
    let own = enough.then_some(baseline);

    let by_own = own.map(|limits| nhs(&values, &limits));
    let early = if own.is_some() {
        RANGE_FROM - 1
    } else {
        values.len()
    };
    let early: Vec<f64> = values.iter().copied().take(early).collect();
    let by_old = carried.map(|limits| nhs(&early, &limits));

    let judged = (0..values.len()).map(|i| {
        let old = by_old.as_ref().and_then(|s| s.get(i)).cloned();
        let new = by_own.as_ref().and_then(|s| s.get(i)).cloned();
        match (old, new) {
            (Some(old), None) => (old, true),
            (Some(old), Some(_)) if !old.rules.is_empty() => (old, true),
            (_, new) => (new.unwrap_or_default(), false),
        }
    });
    let (signals, by_carried) = judged.unzip();
    Some(Stretch {
        points,
        change,
        baseline,
        baseline_points: baseline_values.len(),
        own,
        carried,
        signals,
        by_carried,
    })
}
