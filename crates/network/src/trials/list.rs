//! The people of a trial: their list, without names.

use std::collections::{HashMap, HashSet};

use engine::allocation;
use jiff::SignedDuration;

use super::begin::{back_to_draft, change, refuse_after_lock, thing};
use super::draft::ListSummary;
use super::key_sheet::{KeyRow, KeySheet};
use super::who::{self, Hashed};
use super::{Compare, Pupil, Trial, lots, store};
use crate::actor::Actor;
use crate::door::Write;
use crate::error::{Error, Problem, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::ShortId;

/// The most pupils on a list.
const MOST: usize = 20_000;
/// How long a list is kept after the planned measurement, or after it was brought while there is none.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);

/// A pupil as the teacher's list has them. Recognised now and later, never stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedPupil {
    /// A name, a pupil number or a code, as written; the key sheet shows it.
    pub who: String,
    /// What else names them: a pupil number beside the name. Later files may use either.
    pub also: Vec<String>,
    /// Their class or school.
    pub class: Option<String>,
    /// Their score from before.
    pub baseline: Option<f64>,
    /// Whether they are disadvantaged.
    pub disadvantaged: Option<bool>,
    /// Their group, where somebody chose the groups.
    pub group: Option<String>,
}

impl ListedPupil {
    fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.who.as_str()).chain(self.also.iter().map(String::as_str))
    }
}

impl From<tables::Person> for ListedPupil {
    /// Known by all that the list says: name, pupil number and code.
    fn from(person: tables::Person) -> Self {
        let who = person.named.who().unwrap_or_default().to_owned();
        let named = person.named;
        let also = [named.name, named.upn, named.code].into_iter().flatten();
        Self {
            also: also.filter(|other| *other != who).collect(),
            who,
            class: person.class,
            baseline: person.baseline,
            disadvantaged: person.disadvantaged,
            group: person.group,
        }
    }
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
        lots::regroup(network, actor, &write, &after, compare, None).await?
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

/// The key sheet of a list that was brought before, for whoever has its names again: each pupil's
/// code and group as they are now. Nothing more is kept than was.
///
/// # Errors
/// When the policy says no, or one of the pupils is not on the list.
pub async fn recognised(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    pupils: &[ListedPupil],
) -> Result<KeySheet> {
    let trial = super::see(network, actor, short).await?;
    let scope = Scope::begun(trial.place, trial.begun_by);
    policy::ask(actor, Action::SeePupils, scope)?;
    let gone = || Error::conflict("Another list was brought since. Bring yours again.");
    let key = store::list_key(network.read(), trial.id)
        .await?
        .ok_or_else(gone)?;
    let list = store::list(network.read(), trial.id).await?;
    let by_names: HashMap<&[u8], &Listed> = list
        .iter()
        .map(|listed| (listed.hashed.wholes.as_slice(), listed))
        .collect();
    let mut found = Vec::with_capacity(pupils.len());
    for pupil in pupils {
        let hashed = who::hashed(&key, pupil.names());
        let listed = by_names.get(hashed.wholes.as_slice()).ok_or_else(gone)?;
        found.push((*listed).clone());
    }
    key_sheet(&trial, pupils, &found, &found)
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
    let hashes: Vec<Hashed> = pupils
        .iter()
        .map(|pupil| who::hashed(key, pupil.names()))
        .collect();
    let mut lines: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (line, hashed) in (1_usize..).zip(&hashes) {
        for hash in hashed.each() {
            lines.entry(hash).or_default().push(line);
        }
    }
    let mut list = Vec::with_capacity(pupils.len());
    for (((line, pupil), code), hashed) in (1_usize..).zip(pupils).zip(codes).zip(&hashes) {
        if hashed.is_nobody() {
            problem(format!(
                "Pupil {line} has no name, number or code. Enter one, or take the line away."
            ));
        } else if let Some(first) = same_as_before(line, hashed, &lines) {
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
            hashed: hashed.clone(),
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

/// The earlier line from which nothing tells this one apart; none when something is its own.
fn same_as_before(
    line: usize,
    hashed: &Hashed,
    lines: &HashMap<&[u8], Vec<usize>>,
) -> Option<usize> {
    let mut first = None;
    for hash in hashed.each() {
        match lines.get(hash).map(Vec::as_slice) {
            Some([_]) | None => return None,
            Some(all) => first = first.or(all.iter().copied().find(|other| *other < line)),
        }
    }
    first
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
    allocation::Lots::new(lots::seed(network)).shuffle(&mut codes);
    codes
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
