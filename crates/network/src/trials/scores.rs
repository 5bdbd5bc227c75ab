//! Bringing scores: matched by keyed hash, evaluated by the engine, forgotten.

use std::collections::{BTreeMap, BTreeSet};

use engine::trial_plan::{self, Dated, TrialPlan};
use jiff::Timestamp;
use jiff::civil::Date;

use super::begin::{change, thing};
use super::list::{Listed, fingerprint};
use super::matching::{self, Answer, Matching};
use super::{Brought, Lock, State, Trial, question, store};
use crate::actor::Actor;
use crate::error::{Error, Problem, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::ShortId;

/// An outcome as it was typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Score {
    /// A number.
    Number(f64),
    /// A word, such as EXS.
    Word(String),
}

/// One row of a file of scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRow {
    /// A name, a pupil number or a code, as written.
    pub who: String,
    /// What else names them: a pupil number beside the name.
    pub also: Vec<String>,
    /// The outcome; none where it is missing (absent, left).
    pub score: Option<Score>,
}

impl From<tables::ScoreRow> for ScoreRow {
    /// Known by name and pupil number; by a code only where there is nothing else, because a number
    /// beside a name may only count the rows.
    fn from(row: tables::ScoreRow) -> Self {
        let who = row.named.who().unwrap_or_default().to_owned();
        Self {
            also: row
                .named
                .upn
                .into_iter()
                .filter(|upn| *upn != who)
                .collect(),
            who,
            score: match row.score {
                tables::Score::Number(x) => Some(Score::Number(x)),
                tables::Score::Word(word) => Some(Score::Word(word)),
                tables::Score::Missing(_) => None,
            },
        }
    }
}

/// A file of scores, or what was pasted, as `tables` read it. Held in memory only.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// The rows.
    pub rows: Vec<ScoreRow>,
    /// SHA-256, in hexadecimal, of the bytes that came.
    pub file_hash: String,
    /// The day the outcome was measured.
    pub measured: Date,
    /// What the teacher says about rows that the list does not know, by what is written there.
    pub answers: BTreeMap<String, Answer>,
}

/// Says which rows belong to which pupil, and what is left to ask. Keeps nothing.
///
/// # Errors
/// When the policy says no, or the trial takes no scores now.
pub async fn match_scores(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    scores: &Scores,
) -> Result<Matching> {
    let trial = store::by_short(network.read(), short)
        .await?
        .ok_or(Error::NotFound)?;
    policy::ask(
        actor,
        Action::BringScores,
        Scope::begun(trial.place, trial.begun_by),
    )?;
    refuse_other_states(&trial)?;
    let list = store::list(network.read(), trial.id).await?;
    let key = store::list_key(network.read(), trial.id)
        .await?
        .ok_or_else(list_is_gone)?;
    Ok(matching::matched(&key, &list, &scores.rows, &scores.answers).found)
}

fn refuse_other_states(trial: &Trial) -> Result<&Lock> {
    match (&trial.lock, trial.state.takes_scores()) {
        (Some(lock), true) => Ok(lock),
        (None, _) => Err(Error::conflict(
            "Lock the plan first, then bring the scores.",
        )),
        (Some(_), false) => Err(Error::conflict(
            "This result is reported, so its scores can’t be replaced. Withdraw it if it is wrong.",
        )),
    }
}

fn list_is_gone() -> Error {
    Error::conflict(
        "This trial’s list was forgotten on its last day, so scores can’t be matched any more.",
    )
}

/// Takes the scores of a trial: matches them, asks the engine, keeps the answer and forgets the
/// scores. A second file takes the place of the first, with a reason that stands on the result.
///
/// # Errors
/// When the policy says no, something is left to ask, a score can't be read, a replacement has no
/// reason, or the engine can't say.
pub async fn bring_scores(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    scores: &Scores,
    why: Option<&str>,
) -> Result<Trial> {
    let seen = store::by_short(network.read(), short)
        .await?
        .ok_or(Error::NotFound)?;
    policy::ask(
        actor,
        Action::BringScores,
        Scope::begun(seen.place, seen.begun_by),
    )?;
    network.refuse_repeats(actor).await?;
    let lock = refuse_other_states(&seen)?;
    let mut files = files(network.read(), &seen).await?;
    let file = File {
        at: network.now(),
        measured: scores.measured,
        why: reason_to_replace(&files, why)?,
    };
    let number = count(files.len() + 1);
    files.push(file.clone());
    let list = store::list(network.read(), seen.id).await?;
    let key = store::list_key(network.read(), seen.id)
        .await?
        .ok_or_else(list_is_gone)?;
    let matched = matching::matched(&key, &list, &scores.rows, &scores.answers);
    if !matched.found.is_clear() {
        return Err(Error::invalid("scores", matched.found.says));
    }
    let outcomes = outcomes(&lock.plan, &list, scores, &matched)?;
    let deviations = deviations_of(network.read(), &seen, &list, &files).await?;
    let sample = question::rows(&lock.plan, &list, &outcomes, &scores.file_hash);
    let asked = question::question(lock, &list, deviations, looks(&lock.plan, &files));
    // Before the door opens, so that nobody else's change waits for an evaluation.
    let evaluation = apart(move || engine::evaluate(&sample, &asked)).await??;

    let (write, before) = change(network, actor, Action::BringScores, short).await?;
    if before != seen {
        return Err(Error::conflict(
            "Somebody changed this trial while the scores were being worked out. Look at it, then bring them again.",
        ));
    }
    let brought = Brought {
        number,
        at: write.at,
        by: actor.person_id().ok_or(Error::SignIn)?,
        measured: scores.measured,
        file_hash: scores.file_hash.clone(),
        listed: count(list.len()),
        matched: count(outcomes.iter().flatten().count()),
        not_in_trial: count(matched.found.not_in_trial),
        why: file.why,
        engine: engine::VERSION.to_owned(),
        evaluation,
    };
    let hash = store::insert_result(write.on(), before.id, &brought).await?;
    let mut after = before.clone();
    after.state = State::Measured;
    after.changed = write.at;
    store::update(write.on(), &after).await?;
    let mut entry = Entry::new("brought scores", thing(&after))
        .before(&before)?
        .after(&(&after, &brought.evaluation))?
        .vouches(hash);
    if let Some(why) = brought.why {
        entry = entry.because(why);
    }
    write.commit(entry).await?;
    Ok(after)
}

/// A file of scores as far as deviations and looks go.
#[derive(Clone, Debug)]
pub(super) struct File {
    at: Timestamp,
    measured: Date,
    why: Option<String>,
}

/// The files that were brought so far.
pub(super) async fn files(on: &impl sea_orm::ConnectionTrait, trial: &Trial) -> Result<Vec<File>> {
    let results = store::results(on, trial.id).await?;
    Ok(results
        .into_iter()
        .map(|brought| File {
            at: brought.at,
            measured: brought.measured,
            why: brought.why,
        })
        .collect())
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// Runs the engine off the server's own threads.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::Unexpected(format!("the evaluation did not end: {e}")))
}

/// The first file needs no reason; each later one does.
fn reason_to_replace(earlier: &[File], why: Option<&str>) -> Result<Option<String>> {
    if earlier.is_empty() {
        return Ok(None);
    }
    super::ending::reason(
        why.unwrap_or_default(),
        "Enter why this file takes the place of the one before. It will stand on the result.",
    )
    .map(Some)
}

/// Each listed pupil's outcome as a number, in the order of the list.
fn outcomes(
    plan: &TrialPlan,
    list: &[Listed],
    scores: &Scores,
    matched: &matching::Matched,
) -> Result<Vec<Option<f64>>> {
    let mut outcomes = vec![None; list.len()];
    let mut problems = Vec::new();
    let mut other_words: BTreeSet<&str> = BTreeSet::new();
    for (pupil, row) in &matched.rows {
        let Some(written) = scores.rows.get(*row) else {
            continue;
        };
        let number = match &written.score {
            None => None,
            Some(Score::Number(x)) if plan.measure.words.is_empty() && x.is_finite() => Some(*x),
            Some(Score::Number(x)) => {
                problems.push((
                    *row,
                    format!(
                        "Row {} has {x}, not one of {}.",
                        row + 1,
                        plan.measure.words.join(", ")
                    ),
                ));
                None
            }
            Some(Score::Word(word)) if plan.measure.words.is_empty() => {
                problems.push((
                    *row,
                    format!(
                        "Row {} has “{}” as its score. Enter a number, or leave it empty.",
                        row + 1,
                        word.trim()
                    ),
                ));
                None
            }
            Some(Score::Word(word)) => {
                let is = |w: &String| w.trim().eq_ignore_ascii_case(word.trim());
                if !plan.measure.words.iter().any(is) {
                    other_words.insert(word.trim());
                }
                Some(if plan.measure.success.iter().any(is) {
                    1.0
                } else {
                    0.0
                })
            }
        };
        if let Some(outcome) = outcomes.get_mut(*pupil) {
            *outcome = number;
        }
    }
    problems.sort_unstable();
    let mut problems: Vec<Problem> = problems
        .into_iter()
        .map(|(_, says)| Problem::new("scores", says))
        .collect();
    problems.truncate(10);
    if !other_words.is_empty() {
        let words: Vec<&str> = other_words.into_iter().take(10).collect();
        problems.push(Problem::new(
            "scores",
            format!(
                "The file has “{}”, but the plan’s words are {}. Change the file, or leave those cells empty.",
                words.join("”, “"),
                plan.measure.words.join(", ")
            ),
        ));
    }
    all_well(problems)?;
    if outcomes.iter().flatten().next().is_none() {
        return Err(Error::invalid(
            "scores",
            "No pupil in this file has a score. Check the column.",
        ));
    }
    Ok(outcomes)
}

/// How many times the outcome was looked at: once at the end, and once for each file brought before
/// the day planned for measuring. A wrong file that is replaced afterwards is no further look.
fn looks(plan: &TrialPlan, files: &[File]) -> u32 {
    let planned: Option<Date> = plan.measured.parse().ok();
    let early = files
        .iter()
        .rev()
        .skip(1)
        .filter(|file| planned.is_some_and(|planned| file.measured < planned))
        .count();
    u32::try_from(early + 1).unwrap_or(u32::MAX)
}

/// What was done otherwise than planned, as the records stand.
pub(super) async fn deviations_of(
    on: &impl sea_orm::ConnectionTrait,
    trial: &Trial,
    list: &[Listed],
    files: &[File],
) -> Result<Vec<String>> {
    let Some(lock) = &trial.lock else {
        return Ok(Vec::new());
    };
    let day = |at: Timestamp| {
        at.to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .date()
            .to_string()
    };
    let draws = store::draws(on, trial.id).await?;
    let said = store::deviations(on, trial.id).await?;
    let forgotten = list.is_empty();
    let done = trial_plan::Done {
        measured: files.last().map(|file| file.measured.to_string()),
        stopped: trial.stopped.as_ref().map(|stopped| Dated {
            on: day(stopped.at),
            why: stopped.why.clone(),
        }),
        drawn_again: draws
            .into_iter()
            .filter(|draw| draw.after_lock)
            .map(|draw| Dated {
                on: day(draw.at),
                why: draw.why.unwrap_or_default(),
            })
            .collect(),
        replaced: files
            .iter()
            .filter_map(|file| {
                Some(Dated {
                    on: day(file.at),
                    why: file.why.clone()?,
                })
            })
            .collect(),
        baseline: if forgotten {
            lock.plan.measure.baseline
        } else {
            question::uses_baseline(&lock.plan, list)
                || (lock.plan.measure.baseline
                    && lock.plan.design == engine::question::Design::BeforeAfter)
        },
        success: lock.plan.measure.success.clone(),
        allocation_fingerprint: if forgotten {
            lock.plan.allocation_fingerprint.clone()
        } else {
            fingerprint(list)
        },
        said: said
            .into_iter()
            .map(|(on, said)| Dated { on, why: said.why })
            .collect(),
    };
    Ok(trial_plan::deviations(&lock.plan, &done))
}
