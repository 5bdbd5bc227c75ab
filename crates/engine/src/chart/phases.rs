//! Where limits come from: the baseline of each phase, and how its points are judged.
//!
//! What must stay true: limits are drawn anew only at a dated, named change. Until a new phase has
//! enough points for a range of its own, its points are judged by the old one, and the judgement of
//! those first points stays as it was made.

use super::kinds::run::mean;
use super::model::{Design, Judged, Model};
use super::rules::{Runs, Signals};
use super::soundness::{Dated, DatedChange, Sound};
use super::{Kind, Sums};

/// A usual range is drawn from so many points on.
pub(super) const RANGE_FROM: usize = 13;
/// Runs about a median are judged from so many points on (Anhøj & Olesen 2014).
const RUNS_FROM: usize = 10;
/// A baseline that ends early still needs so many points.
pub(super) const BASELINE_FROM: usize = 7;

/// From how many points on a kind of chart says anything.
pub(super) fn enough_for(kind: Kind) -> usize {
    match kind {
        Kind::Run => RUNS_FROM,
        _ => RANGE_FROM,
    }
}

/// A stretch between two changes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    pub points: Vec<Dated>,
    /// The change that it began with.
    pub change: Option<DatedChange>,
    /// What its baseline says.
    pub baseline: Model,
    /// How many points the baseline has.
    pub baseline_points: usize,
    /// The same, when it has enough points.
    pub own: Option<Model>,
    /// What came before it.
    pub carried: Option<Model>,
    /// Each point with its judgement.
    pub judgements: Vec<Judgement>,
    /// Its runs about its own centre.
    pub runs: Option<Runs>,
}

/// What was said of one point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Judgement {
    pub signals: Signals,
    /// Whether it was judged by the limits that came before.
    pub by_carried: bool,
    pub ewma: Option<f64>,
    pub cusum: Option<Sums>,
}

impl Stretch {
    /// Whether the newest point was judged, and how.
    pub fn newest(&self) -> Judgement {
        self.judgements.last().copied().unwrap_or_default()
    }

    /// What judged the newest point.
    pub fn judge_of_newest(&self) -> Option<Model> {
        if self.newest().by_carried {
            self.carried
        } else {
            self.own
        }
    }
}

/// Cuts the series at its changes and judges every point.
pub(super) fn stretches(sound: &Sound, design: Design) -> Vec<Stretch> {
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
            let stretch = judge(points, change, carried, sound, design)?;
            carried = stretch.own.or(carried);
            Some(stretch)
        })
        .collect()
}

fn judge(
    points: Vec<Dated>,
    change: Option<DatedChange>,
    carried: Option<Model>,
    sound: &Sound,
    design: Design,
) -> Option<Stretch> {
    let first = points.first()?.day;
    let until = sound.baseline_until.filter(|until| *until >= first);
    // Where the season is compared, a point without an earlier year can't be.
    let comparable = |p: &&Dated| !design.seasonal || p.expected.is_some();
    let judged: Vec<Dated> = points.iter().filter(comparable).copied().collect();
    let of_baseline: Vec<Dated> = judged
        .iter()
        .filter(|p| until.is_none_or(|until| p.day <= until))
        .copied()
        .collect();
    let mut baseline = Model::of(design, &of_baseline).or_else(|| Model::of(design, &points))?;
    if design.seasonal && change.is_some() {
        let values: Vec<f64> = of_baseline.iter().map(Dated::judged).collect();
        baseline = baseline.about(mean(&values).unwrap_or(0.0));
    }
    let enough_for = enough_for(design.kind);
    let enough = judged.len() >= enough_for && of_baseline.len() >= BASELINE_FROM;
    let own = enough.then_some(baseline);

    let by_own = own.map(|model| model.judge(&judged));
    let early = if own.is_some() {
        enough_for - 1
    } else {
        judged.len()
    };
    let by_old = carried.map(|model| model.judge(judged.get(..early).unwrap_or_default()));
    let mut each = (0..judged.len()).map(|i| {
        let old = by_old.as_ref().and_then(|judged| at(judged, i, true));
        let new = by_own.as_ref().and_then(|judged| at(judged, i, false));
        match (old, new) {
            (Some(old), None) => old,
            (Some(old), Some(_)) if !old.signals.is_empty() => old,
            (_, new) => new.unwrap_or_default(),
        }
    });
    let judgements = points
        .iter()
        .map(|point| {
            if comparable(&point) {
                each.next().unwrap_or_default()
            } else {
                Judgement::default()
            }
        })
        .collect();
    Some(Stretch {
        change,
        baseline,
        baseline_points: of_baseline.len(),
        own,
        carried,
        judgements,
        runs: by_own.and_then(|judged| judged.runs),
        points,
    })
}

fn at(judged: &Judged, i: usize, by_carried: bool) -> Option<Judgement> {
    Some(Judgement {
        signals: *judged.signals.get(i)?,
        by_carried,
        ewma: judged.ewma.get(i).copied(),
        cusum: judged.cusum.get(i).copied(),
    })
}
