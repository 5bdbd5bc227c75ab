//! The people of a trial: their list without names, and the lots.

use std::collections::{HashMap, HashSet};

use engine::allocation::{self, LotMethod, Unit};
use jiff::SignedDuration;

use super::begin::{back_to_draft, change, refuse_after_lock, thing};
use super::draft::ListSummary;
use super::key_sheet::{KeyRow, KeySheet};
use super::who::{self, Hashed};
use super::{Compare, Draw, Pupil, Trial, store};
use crate::actor::Actor;
use crate::door::Write;
use crate::error::{Error, Problem, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::Action;
use crate::handle::Network;
use crate::ids::ShortId;

/// The most pupils on a list.
const MOST: usize = 20_000;
/// How long a list is kept after the planned measurement, or after it was brought while there is none.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);

/// A pupil as the teacher's list has them. Recognised now and later, never stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedPupil {
    /// A name, a pupil number or a code, as written.
    pub who: String,
    /// Their class or school.
    pub class: Option<String>,
    /// Their score from before.
    pub baseline: Option<f64>,
    /// Whether they are disadvantaged.
    pub disadvantaged: Option<bool>,
    /// Their group, where somebody chose the groups.
    pub group: Option<String>,
}

/// A pupil as the list is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listed {
    pub(crate) code: String,
    pub(crate) hashed: Hashed,
    pub(crate) class: Option<String>,
    pub(crate) baseline: Option<f64>,
    pub(crate) disadvantaged: Option<bool>,
    pub(crate) group: Option<String>,
}

impl Listed {
    pub(crate) fn shown(self) -> Pupil {
        Pupil {
            code: self.code,
            class: self.class,
            baseline: self.baseline,
            disadvantaged: self.disadvantaged,
            group: self.group,
        }
    }
}

/// What a list comes to.
pub(crate) fn summary(list: &[Listed], draws: usize) -> ListSummary {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let classes: HashSet<&str> = list.iter().filter_map(|p| p.class.as_deref()).collect();
    ListSummary {
        pupils: count(list.len()),
        classes: count(classes.len()),
        without_class: count(list.iter().filter(|p| p.class.is_none()).count()),
        without_group: count(list.iter().filter(|p| p.group.is_none()).count()),
        without_baseline: count(list.iter().filter(|p| p.baseline.is_none()).count()),
        fingerprint: fingerprint(list),
        draws: count(draws),
    }
}

/// SHA-256 of codes and groups.
pub(crate) fn fingerprint(list: &[Listed]) -> String {
    allocation::fingerprint(
        list.iter()
            .map(|p| (p.code.as_str(), p.group.as_deref().unwrap_or_default())),
    )
}

/// Takes the list of pupils: makes a code for each, in an order that tells nothing, keeps hashes
/// instead of names, draws the lots where lots are drawn, and hands the key sheet over. The sheet is
/// made now and kept nowhere: it is for the teacher's own device.
///
/// # Errors
/// When the policy says no, the plan is locked, or the list can't be used as it is.
pub async fn bring_people(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    pupils: &[ListedPupil],
) -> Result<(Trial, KeySheet)> {
    let (write, before) = change(network, actor, Action::PlanTrial, short).await?;
    refuse_after_lock(&before)?;
    let compare = before.draft.comparison.compare.ok_or_else(|| {
        Error::invalid(
            "people",
            "Choose first how you will compare, then bring the list.",
        )
    })?;
    let mut key = vec![0_u8; 32];
    network.randomness().fill(&mut key);
    let listed = listed(network, pupils, &key, &before)?;
    let mut after = back_to_draft(before.clone(), &write);
    after.list_until = Some(keep_until(&after, &write));
    store::delete_list(write.on(), after.id).await?;
    store::insert_list(write.on(), after.id, &listed).await?;
    store::set_list_key(write.on(), after.id, Some(key)).await?;
    store::update(write.on(), &after).await?;
    let grouped = if compare.is_by_lot() {
        regroup(network, actor, &write, &after, compare, None).await?
    } else {
        listed.clone()
    };
    let sheet = key_sheet(&after, pupils, &listed, &grouped)?;
    let entry = Entry::new("brought the list of pupils", thing(&after))
        .before(&before)?
        .after(&(after.id, pupils.len()))?;
    write.commit(entry).await?;
    Ok((after, sheet))
}

/// When the list is forgotten.
fn keep_until(trial: &Trial, write: &Write<'_>) -> jiff::Timestamp {
    let measured = trial
        .draft
        .dates
        .measured
        .and_then(|day| day.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok())
        .map(|day| day.timestamp());
    measured.unwrap_or(write.at).max(write.at) + KEPT
}

/// Extends the list's last day when the plan is locked with its dates.
pub(super) fn keep_from_lock(trial: &mut Trial, write: &Write<'_>) {
    trial.list_until = Some(keep_until(trial, write));
}

/// Checks a list and gives each pupil a code and hashes, in the order of the list.
fn listed(
    network: &Network,
    pupils: &[ListedPupil],
    key: &[u8],
    trial: &Trial,
) -> Result<Vec<Listed>> {
    let comparison = &trial.draft.comparison;
    let mut problems = Vec::new();
    let mut problem = |says: String| {
        if problems.len() < 10 {
            problems.push(Problem::new("people", says));
        }
    };
    if pupils.len() < 2 {
        problem("Bring a list of at least two pupils, one a line.".to_owned());
    }
    if pupils.len() > MOST {
        return Err(Error::invalid(
            "people",
            format!(
                "This list has {} lines. Bring at most {MOST}.",
                pupils.len()
            ),
        ));
    }
    let codes = codes(network, pupils.len());
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut list = Vec::with_capacity(pupils.len());
    for ((line, pupil), code) in (1_usize..).zip(pupils).zip(codes) {
        let hashed = who::hashed(key, &pupil.who);
        if who::canonical(&pupil.who).is_empty() {
            problem(format!(
                "Pupil {line} has no name, number or code. Enter one, or take the line away."
            ));
        } else if let Some(first) = seen.insert(hashed.whole.clone(), line) {
            problem(format!(
                "Pupils {first} and {line} have the same name. Use their pupil numbers, or add a letter to one of them."
            ));
        }
        if pupil.baseline.is_some_and(|b| !b.is_finite()) {
            problem(format!(
                "Pupil {line} has a score from before that is no number."
            ));
        }
        let group = match comparison.compare {
            Some(Compare::ChosenGroups) => chosen_group(pupil, trial).unwrap_or_else(|| {
                problem(format!(
                    "Pupil {line} has no group. Enter “{}” or “{}”.",
                    comparison.intervention.trim(),
                    comparison.comparison.trim()
                ));
                None
            }),
            _ => None,
        };
        list.push(Listed {
            code,
            hashed,
            class: pupil
                .class
                .as_ref()
                .map(|c| c.trim().to_owned())
                .filter(|c| !c.is_empty()),
            baseline: pupil.baseline,
            disadvantaged: pupil.disadvantaged,
            group,
        });
    }
    all_well(problems)?;
    Ok(list)
}

/// The group that somebody chose for a pupil, in the plan's own words; none when it is neither.
fn chosen_group(pupil: &ListedPupil, trial: &Trial) -> Option<Option<String>> {
    let comparison = &trial.draft.comparison;
    let said = pupil.group.as_ref()?.trim();
    [comparison.intervention.trim(), comparison.comparison.trim()]
        .into_iter()
        .find(|label| !label.is_empty() && label.eq_ignore_ascii_case(said))
        .map(|label| Some(label.to_owned()))
}

/// Codes P01, P02 …, shuffled, so that a code tells nothing of the list's order.
fn codes(network: &Network, pupils: usize) -> Vec<String> {
    let digits = pupils.to_string().len().max(2);
    let mut codes: Vec<String> = (1..=pupils).map(|n| format!("P{n:0digits$}")).collect();
    allocation::Lots::new(seed(network)).shuffle(&mut codes);
    codes
}

/// A seed from the network's own randomness.
fn seed(network: &Network) -> u64 {
    let mut bytes = [0_u8; 8];
    network.randomness().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// Groups a list anew as the comparison asks: by lot where everything for it is there, otherwise
/// nobody has a group yet. Gives the list as it is now.
pub(super) async fn regroup(
    network: &Network,
    actor: &Actor,
    write: &Write<'_>,
    trial: &Trial,
    compare: Compare,
    why: Option<String>,
) -> Result<Vec<Listed>> {
    let mut list = store::list(write.on(), trial.id).await?;
    let comparison = &trial.draft.comparison;
    let ready = compare.is_by_lot()
        && list.len() >= 2
        && !comparison.intervention.trim().is_empty()
        && !comparison.comparison.trim().is_empty()
        && (!compare.needs_classes() || list.iter().all(|p| p.class.is_some()));
    if ready {
        draw(network, actor, write, trial, compare, &mut list, why).await?;
    } else {
        for pupil in &mut list {
            pupil.group = None;
        }
    }
    rewrite(write, trial, &list).await?;
    Ok(list)
}

/// Gives the groups new names; who is in which stays as it is.
pub(super) async fn rename_groups(
    write: &Write<'_>,
    trial: &Trial,
    names: [(&str, &str); 2],
) -> Result<()> {
    let mut list = store::list(write.on(), trial.id).await?;
    for pupil in &mut list {
        let new = names
            .iter()
            .find(|(old, _)| pupil.group.as_deref() == Some(*old));
        if let Some((_, new)) = new {
            pupil.group = Some((*new).to_owned());
        }
    }
    rewrite(write, trial, &list).await
}

async fn rewrite(write: &Write<'_>, trial: &Trial, list: &[Listed]) -> Result<()> {
    let key = store::list_key(write.on(), trial.id).await?;
    store::delete_list(write.on(), trial.id).await?;
    store::insert_list(write.on(), trial.id, list).await?;
    store::set_list_key(write.on(), trial.id, key).await
}

async fn draw(
    network: &Network,
    actor: &Actor,
    write: &Write<'_>,
    trial: &Trial,
    compare: Compare,
    list: &mut [Listed],
    why: Option<String>,
) -> Result<()> {
    let by = actor.person_id().ok_or(Error::SignIn)?;
    let (method, word) = match compare {
        Compare::LotsWithinClasses => (LotMethod::Blocked, "blocked"),
        Compare::LotsBetweenClasses => (LotMethod::Cluster, "cluster"),
        _ => (LotMethod::Simple, "simple"),
    };
    let units: Vec<Unit> = list
        .iter()
        .map(|pupil| Unit {
            code: pupil.code.clone(),
            cluster: pupil.class.clone().filter(|_| method == LotMethod::Cluster),
            block: pupil.class.clone().filter(|_| method == LotMethod::Blocked),
            matched_on: Vec::new(),
        })
        .collect();
    let comparison = &trial.draft.comparison;
    let groups = [
        comparison.intervention.trim().to_owned(),
        comparison.comparison.trim().to_owned(),
    ];
    let seed = seed(network);
    let lots = allocation::draw(&units, method, &groups, seed)?;
    for (pupil, assigned) in list.iter_mut().zip(lots.assigned) {
        pupil.group = Some(assigned.group);
    }
    let before = store::draws(write.on(), trial.id).await?;
    let number = before.last().map_or(1, |draw| draw.number + 1);
    let draw = Draw {
        number,
        at: write.at,
        by,
        seed,
        method: word.to_owned(),
        fingerprint: lots.fingerprint,
        after_lock: !trial.state.is_before_lock(),
        why,
    };
    store::insert_draw(write.on(), trial.id, &draw).await
}

/// Draws the lots again. Before the lock the plan shows how often they were drawn; after it, it is
/// a deviation, with its reason.
///
/// # Errors
/// When the policy says no, there is no reason, or scores were already brought.
pub async fn draw_again(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    why: &str,
) -> Result<Trial> {
    let (write, before) = change(network, actor, Action::PlanTrial, short).await?;
    let compare = before.draft.comparison.compare.filter(|c| c.is_by_lot());
    let Some(compare) = compare else {
        return Err(Error::conflict("No lots are drawn in this trial."));
    };
    let why = why.trim();
    if why.is_empty() {
        return Err(Error::invalid("why", "Enter why the lots are drawn again."));
    }
    if !before.state.is_before_lock() && before.state != super::State::Locked {
        return Err(Error::conflict(
            "Scores were brought or the trial has ended, so the lots stay as they fell.",
        ));
    }
    let mut after = before.clone();
    if before.state.is_before_lock() {
        after = back_to_draft(after, &write);
    }
    after.changed = write.at;
    let list = regroup(
        network,
        actor,
        &write,
        &after,
        compare,
        Some(why.to_owned()),
    )
    .await?;
    if list.is_empty() || list.iter().any(|p| p.group.is_none()) {
        return Err(Error::conflict(
            "There is no complete list to draw lots for. Bring it first.",
        ));
    }
    store::update(write.on(), &after).await?;
    let entry = Entry::new("drew the lots again", thing(&after))
        .because(why)
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await?;
    Ok(after)
}

/// Name, code and group of each pupil, in the order of the teacher's own list; `grouped` holds the
/// groups by code.
fn key_sheet(
    trial: &Trial,
    pupils: &[ListedPupil],
    listed: &[Listed],
    grouped: &[Listed],
) -> Result<KeySheet> {
    let groups: HashMap<&str, Option<&str>> = grouped
        .iter()
        .map(|p| (p.code.as_str(), p.group.as_deref()))
        .collect();
    let rows = pupils
        .iter()
        .zip(listed)
        .map(|(pupil, listed)| KeyRow {
            who: pupil.who.trim().to_owned(),
            code: listed.code.clone(),
            group: groups
                .get(listed.code.as_str())
                .copied()
                .flatten()
                .map(str::to_owned),
        })
        .collect();
    KeySheet::new(trial.title(), rows)
}
