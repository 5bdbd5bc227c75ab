//! Reading trials: each reader sees what the policy and the disclosure gate let through.

use engine::evaluation::Evaluation;
use engine::power::{self, Earlier, Learnt};
use serde::Serialize;

use super::{Brought, Draft, Draw, Pupil, State, Trial, scores, store};
use crate::actor::{Actor, Colleague};
use crate::error::{Error, Result};
use crate::governance::disclosure::Audience;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::{PlaceId, ShortId};
use crate::people;

/// What reading a trial is, by where it stands.
const fn reading(state: State) -> Action {
    match state {
        State::Draft | State::Asked => Action::SeeDraft,
        State::Locked | State::Stopped | State::Measured => Action::SeeTrial,
        State::Reported | State::Withdrawn => Action::ReadPublished,
    }
}

fn scope(trial: &Trial) -> Scope {
    Scope::begun(trial.place, trial.begun_by)
}

/// Whose a trial is: what a guard asks the policy with, before anything of it is read or sent.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn scope_of(network: &Network, short: &ShortId) -> Result<Scope> {
    let trial = store::by_short(network.read(), short)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(scope(&trial))
}

fn may_see(actor: &Actor, trial: &Trial) -> bool {
    actor.may(reading(trial.state), scope(trial))
}

/// A trial, if the actor may see it.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or the actor may not know of it.
pub async fn see(network: &Network, actor: &Actor, short: &ShortId) -> Result<Trial> {
    let trial = store::by_short(network.read(), short)
        .await?
        .ok_or(Error::NotFound)?;
    policy::ask(actor, reading(trial.state), scope(&trial))?;
    Ok(seen_by(actor, trial))
}

/// Outside the place nobody sees how a plan came about: what was typed on the way to it, and what
/// was said when it came back.
fn seen_by(actor: &Actor, mut trial: Trial) -> Trial {
    if !actor.may(Action::SeeTrial, scope(&trial)) {
        trial.draft = Draft::default();
        trial.asked = None;
        trial.sent_back = None;
        trial.list_until = None;
    }
    trial
}

/// A place's trials that the actor may see, the last changed first.
///
/// # Errors
/// When the database can't be read.
pub async fn of_place(network: &Network, actor: &Actor, place: PlaceId) -> Result<Vec<Trial>> {
    let mut trials = store::of_places(network.read(), &[place], &State::ALL).await?;
    trials.retain(|trial| may_see(actor, trial));
    Ok(trials
        .into_iter()
        .map(|trial| seen_by(actor, trial))
        .collect())
}

/// Trials that run at a place, or whose result waits to be reported.
///
/// # Errors
/// When the policy says no.
pub async fn under_way(network: &Network, actor: &Actor, place: PlaceId) -> Result<Vec<Trial>> {
    policy::ask(actor, Action::SeePlace, Scope::place(place))?;
    let states = [State::Locked, State::Stopped, State::Measured];
    store::of_places(network.read(), &[place], &states).await
}

/// Plans that wait for this actor's approval.
///
/// # Errors
/// When the database can't be read.
pub async fn waiting_for(network: &Network, actor: &Actor) -> Result<Vec<Trial>> {
    let places: Vec<PlaceId> = actor
        .places()
        .into_iter()
        .filter(|place| actor.may(Action::ApprovePlan, Scope::place(*place)))
        .collect();
    store::of_places(network.read(), &places, &[State::Asked]).await
}

/// Every published result, the newest first, tombstones included.
///
/// # Errors
/// When the database can't be read.
pub async fn reported(network: &Network) -> Result<Vec<Trial>> {
    let mut trials = store::in_states(network.read(), &[State::Reported, State::Withdrawn]).await?;
    trials.sort_by_key(|trial| std::cmp::Reverse(trial.reported.map(|d| d.at)));
    let public = Actor::public();
    Ok(trials
        .into_iter()
        .map(|trial| seen_by(&public, trial))
        .collect())
}

/// The allocation list, for the trial's own team: codes and groups, never names.
///
/// # Errors
/// When the policy says no.
pub async fn pupils(network: &Network, actor: &Actor, short: &ShortId) -> Result<Vec<Pupil>> {
    let trial = see(network, actor, short).await?;
    policy::ask(actor, Action::SeePupils, scope(&trial))?;
    let list = store::list(network.read(), trial.id).await?;
    Ok(list.into_iter().map(super::list::Listed::shown).collect())
}

/// What the network's reported trials of this kind of measure bear for planning: averages over three or
/// more, never a trial's own value. Anybody may read it.
///
/// # Errors
/// When the database can't be read.
pub async fn learnt(network: &Network, attainment: bool) -> Result<Learnt> {
    let mut earlier = Vec::new();
    for trial in reported(network).await? {
        let counts = store::results(network.read(), trial.id).await?.pop();
        let evaluation = counts.map(|brought| brought.evaluation);
        earlier.extend(
            evaluation
                .filter(|e| e.attainment == attainment)
                .as_ref()
                .and_then(Earlier::of),
        );
    }
    Ok(power::learn(&earlier, "this network"))
}

/// Every draw of the lots. Whoever may see the trial may see these.
///
/// # Errors
/// When the policy says no.
pub async fn draws(network: &Network, actor: &Actor, short: &ShortId) -> Result<Vec<Draw>> {
    let trial = see(network, actor, short).await?;
    store::draws(network.read(), trial.id).await
}

/// A trial's result, as one reader may see it.
#[derive(Clone, Debug, Serialize)]
pub struct TrialResult {
    /// The trial, with its locked plan.
    pub trial: Trial,
    /// What the engine said, through the disclosure gate.
    pub evaluation: Evaluation,
    /// What was done otherwise than planned, one sentence each, replacements included.
    pub deviations: Vec<String>,
    /// Every file that was brought, the counting one last.
    pub files: Vec<File>,
    /// Who had a part in it: began it, approved it, brought the scores.
    pub people: Vec<Colleague>,
}

/// A file of scores as a result page names it.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// From 1.
    pub number: i32,
    /// When it was brought.
    pub at: jiff::Timestamp,
    /// When the outcome was measured.
    pub measured: jiff::civil::Date,
    /// SHA-256 of its bytes.
    pub file_hash: String,
    /// Pupils on the list.
    pub listed: i32,
    /// Pupils with a score.
    pub matched: i32,
    /// Why it took the place of the one before.
    pub why: Option<String>,
}

impl File {
    /// How many were listed and matched, as a reader may see it: none where one of them, or what
    /// is between them, is too few.
    #[must_use]
    pub fn counts(&self, audience: Audience) -> (Option<u64>, Option<u64>) {
        let people = |n: i32| u64::try_from(n).unwrap_or(0);
        let (listed, matched) = (people(self.listed), people(self.matched));
        match audience.count(listed.saturating_sub(matched)) {
            Some(_) => (audience.count(listed), audience.count(matched)),
            None => (None, audience.count(matched)),
        }
    }
}

/// The result of a trial: for its team as soon as scores are brought, for everybody once reported.
///
/// # Errors
/// [`Error::NotFound`] when there is no result that the actor may see.
pub async fn result(network: &Network, actor: &Actor, short: &ShortId) -> Result<TrialResult> {
    let trial = see(network, actor, short).await?;
    if !trial.state.is_published() {
        policy::ask(actor, Action::SeePupils, scope(&trial))?;
    }
    of_trial(network, trial, |place| Audience::of(actor, place)).await
}

/// A published result as anybody may see it.
pub(crate) async fn published(network: &Network, trial: Trial) -> Result<TrialResult> {
    of_trial(network, trial, |_| Audience::Outside).await
}

async fn of_trial(
    network: &Network,
    trial: Trial,
    audience: impl FnOnce(PlaceId) -> Audience,
) -> Result<TrialResult> {
    let results = store::results(network.read(), trial.id).await?;
    let list = store::list(network.read(), trial.id).await?;
    let files = scores::files(network.read(), &trial).await?;
    let deviations = scores::deviations_of(network.read(), &trial, &list, &files).await?;
    let last = results.last().ok_or(Error::NotFound)?;
    let mut evaluation = audience(trial.place).evaluation(&last.evaluation);
    if let Some(plan) = &mut evaluation.plan {
        // A deviation may have been said after the scores came.
        plan.deviations.clone_from(&deviations);
    }
    let mut ids = vec![trial.begun_by];
    ids.extend(trial.lock.as_ref().map(|lock| lock.by));
    ids.extend(results.iter().map(|brought| brought.by));
    let people = people::called(network, &ids).await?;
    Ok(TrialResult {
        evaluation,
        deviations,
        files: results.into_iter().map(file_of).collect(),
        people,
        trial,
    })
}

fn file_of(brought: Brought) -> File {
    File {
        number: brought.number,
        at: brought.at,
        measured: brought.measured,
        file_hash: brought.file_hash,
        listed: brought.listed,
        matched: brought.matched,
        why: brought.why,
    }
}
