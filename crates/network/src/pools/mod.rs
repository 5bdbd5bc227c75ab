//! Pools: what all the places that tried a practice found together, good news and bad.
//!
//! Who may call this: the practice's page, the API, place homes. What must stay true: every reported
//! result that can be compared counts, and nobody chooses which; a withdrawn one leaves its
//! tombstone; one that can't be compared says why; a trial that began and has not reported is named. The verdict that may be
//! read as often as one likes takes results in the order in which their plans say that they are measured.
//! A pool is worked out anew from the stored evaluations whenever it is read, so it is never stale.

use engine::pool::{Inference, Pool, PoolQuestion, Study, Unreported, pool};
use engine::question::Worthwhile;
use engine::refusal::Refusal;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::governance::disclosure::Audience;
use crate::ids::{PlaceId, ShortId};
use crate::practices::Practice;
use crate::trials::{State, Trial, TrialResult};

mod read;

/// How large effects usually are, in standard deviations: what the verdict for repeated looks is set to look for.
/// Chosen before any result, for all practices alike.
const USUAL_EFFECT: f64 = 0.2;

pub use read::of_practice;

/// A place's trial of a practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// The trial's address.
    pub trial: ShortId,
    /// Its place.
    pub place: PlaceId,
    /// The place's name.
    pub place_name: String,
    /// The place's address.
    pub place_slug: String,
}

/// A result that counts.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    /// Whose.
    #[serde(flatten)]
    pub tried: Tried,
    /// When it was reported.
    pub reported: Timestamp,
    /// As it entered the pool.
    pub study: Study,
    /// What the trial's own page says.
    pub headline: String,
}

/// A reported result that does not enter the average, with the reason.
#[derive(Clone, Debug, Serialize)]
pub struct Apart {
    /// Whose.
    #[serde(flatten)]
    pub tried: Tried,
    /// When it was reported.
    pub reported: Timestamp,
    /// Why it can't be averaged with the others.
    pub why: String,
    /// What the trial's own page says.
    pub headline: String,
}

/// A result that was reported and withdrawn.
#[derive(Clone, Debug, Serialize)]
pub struct Tombstone {
    /// Whose.
    #[serde(flatten)]
    pub tried: Tried,
    /// When it was reported.
    pub reported: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn: Timestamp,
    /// Why, in the place's own words.
    pub why: String,
}

/// A trial that was begun and has not reported.
#[derive(Clone, Debug, Serialize)]
pub struct UnderWay {
    /// Whose.
    #[serde(flatten)]
    pub tried: Tried,
    /// When its plan was locked.
    pub locked: Timestamp,
    /// The day planned for measuring (ISO).
    pub measured: String,
    /// Why it was stopped early, where it was.
    pub stopped: Option<String>,
}

/// What is known of a practice.
#[derive(Clone, Debug, Serialize)]
pub struct LivingPool {
    /// What was measured.
    pub outcome: String,
    /// The average and all that belongs to it; none before there is a result that counts.
    pub pool: Option<Pool>,
    /// Why there is no average although there are results.
    pub refused: Option<Refusal>,
    /// Results that count, by date.
    pub counted: Vec<Counted>,
    /// Results that do not, by date.
    pub apart: Vec<Apart>,
    /// Results that were withdrawn.
    pub tombstones: Vec<Tombstone>,
    /// Trials that have not reported.
    pub under_way: Vec<UnderWay>,
}

/// One trial of a practice: where, and its result where it is published.
pub(crate) struct Member {
    pub(crate) tried: Tried,
    pub(crate) trial: Trial,
    pub(crate) result: Option<TrialResult>,
}

/// Pools a practice's trials as of today. Pure: the records decide, in any order.
pub(crate) fn living_pool(
    practice: &Practice,
    first: &Trial,
    members: Vec<Member>,
    today: Date,
) -> LivingPool {
    let kind = Kind::of(first);
    let mut living = LivingPool {
        outcome: kind.name.clone(),
        pool: None,
        refused: None,
        counted: Vec::new(),
        apart: Vec::new(),
        tombstones: Vec::new(),
        under_way: Vec::new(),
    };
    let mut unreported = Vec::new();
    for member in members {
        unreported.extend(awaited(&kind, &member));
        sort_in(&mut living, &kind, member);
    }
    living
        .counted
        .sort_by(|a, b| (a.reported, &a.tried.trial).cmp(&(b.reported, &b.tried.trial)));
    living.apart.sort_by_key(|apart| apart.reported);
    living.tombstones.sort_by_key(|stone| stone.withdrawn);
    living.under_way.sort_by_key(|trial| trial.locked);
    if !living.counted.is_empty() {
        let studies: Vec<Study> = living.counted.iter().map(|c| c.study.clone()).collect();
        let question = PoolQuestion {
            unreported,
            as_of: Some(today.to_string()),
            sequential: Some(USUAL_EFFECT),
            ..question(practice, first, &kind)
        };
        match together(&studies, question) {
            Ok(pool) => living.pool = Some(pool),
            Err(refused) => living.refused = Some(refused),
        }
    }
    living
}

/// Results of one place depend on each other: where any place has several they are pooled so, by three levels. Where
/// that has no answer (all from one place, say) they are pooled as if each stood alone.
fn together(studies: &[Study], question: PoolQuestion) -> Result<Pool, Refusal> {
    let mut places: Vec<&Option<String>> = studies.iter().map(|study| &study.place).collect();
    places.sort_unstable();
    places.dedup();
    if places.len() < studies.len() {
        let robust = PoolQuestion {
            inference: Inference::Cr2,
            // Both take results for independent of each other.
            unreported: Vec::new(),
            sequential: None,
            ..question.clone()
        };
        if let Ok(pool) = pool(studies, &robust) {
            return Ok(pool);
        }
    }
    pool(studies, &question)
}

/// A kind of outcome: results of another kind are not averaged with these.
#[derive(Debug, PartialEq, Eq)]
struct Kind {
    name: String,
    attainment: bool,
    lower_is_better: bool,
}

impl Kind {
    fn of(trial: &Trial) -> Self {
        let measure = trial
            .lock
            .as_ref()
            .map_or(&trial.draft.idea.measure, |lock| &lock.plan.measure);
        Self {
            name: measure.name.trim().to_owned(),
            attainment: measure.attainment,
            lower_is_better: measure.lower_is_better,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.name.to_lowercase() == other.name.to_lowercase()
            && self.attainment == other.attainment
            && self.lower_is_better == other.lower_is_better
    }
}

fn question(practice: &Practice, first: &Trial, kind: &Kind) -> PoolQuestion {
    let worthwhile = match first.lock.as_ref().and_then(|lock| lock.plan.worthwhile) {
        Some(Worthwhile::Sd(x)) => Some(x),
        // Points of one test come onto the shared scale by the spread that the plan names.
        Some(Worthwhile::Unit(x)) => first.draft.comparison.spread.map(|spread| x / spread),
        None => None,
    };
    PoolQuestion {
        worthwhile,
        attainment: kind.attainment,
        outcome: Some(kind.name.clone()),
        practice: Some(practice.words.title.clone()),
        lower_is_better: kind.lower_is_better,
        ..PoolQuestion::default()
    }
}

/// A trial of this kind of outcome that began and has not reported.
fn awaited(kind: &Kind, member: &Member) -> Option<Unreported> {
    let begun = matches!(
        member.trial.state,
        State::Locked | State::Stopped | State::Measured
    );
    let lock = member.trial.lock.as_ref().filter(|_| begun)?;
    kind.is_same(&Kind::of(&member.trial)).then(|| Unreported {
        label: member.tried.place_name.clone(),
        due: Some(lock.plan.measured.clone()),
        ..Unreported::default()
    })
}

fn sort_in(living: &mut LivingPool, kind: &Kind, member: Member) {
    let Member {
        tried,
        trial,
        result,
    } = member;
    match trial.state {
        State::Draft | State::Asked => {}
        State::Locked | State::Stopped | State::Measured => {
            if let Some(lock) = trial.lock {
                living.under_way.push(UnderWay {
                    tried,
                    locked: lock.at,
                    measured: lock.plan.measured,
                    stopped: trial.stopped.map(|stopped| stopped.why),
                });
            }
        }
        State::Withdrawn => {
            if let Some(withdrawn) = trial.withdrawn {
                living.tombstones.push(Tombstone {
                    tried,
                    reported: trial.reported.map(|done| done.at),
                    withdrawn: withdrawn.at,
                    why: withdrawn.why,
                });
            }
        }
        State::Reported => {
            let (Some(reported), Some(result)) = (trial.reported, result) else {
                return;
            };
            let headline = result.evaluation.headline.clone();
            match study(kind, &trial, &result, &tried, reported.at) {
                Ok(study) => living.counted.push(Counted {
                    tried,
                    reported: reported.at,
                    study,
                    headline,
                }),
                Err(why) => {
                    living.apart.push(Apart {
                        tried,
                        reported: reported.at,
                        why,
                        headline,
                    });
                }
            }
        }
    }
}

/// A result as the pool takes it, or why it can't.
fn study(
    kind: &Kind,
    trial: &Trial,
    result: &TrialResult,
    tried: &Tried,
    reported: Timestamp,
) -> Result<Study, String> {
    let own = Kind::of(trial);
    if !kind.is_same(&own) {
        return Err(format!("It measured {}, not {}.", own.name, kind.name));
    }
    let evaluation = &result.evaluation;
    let effect = evaluation.comparable().ok_or_else(|| {
        "There was nobody to compare with, so nothing can be averaged.".to_owned()
    })?;
    let error = effect
        .standard_error
        .filter(|se| *se > 0.0)
        .ok_or_else(|| "Its uncertainty is not on a scale that the trials share.".to_owned())?;
    Ok(Study {
        label: tried.place_name.clone(),
        effect: effect.estimate,
        variance: error * error,
        date: Some(
            reported
                .to_zoned_datetime(jiff::tz::TimeZone::UTC)
                .date()
                .to_string(),
        ),
        due: trial.lock.as_ref().map(|lock| lock.plan.measured.clone()),
        rung: Some(evaluation.evidence.rung),
        pupils: Audience::Outside.count(evaluation.data.used),
        place: Some(tried.place_slug.clone()),
        ..Study::default()
    })
}
