//! The lots: drawn from the system's randomness, every draw kept.

use engine::allocation::{self, LotMethod, Rerandomise, Scheme, Unit};

use super::begin::{back_to_draft, change, thing};
use super::draft::EVENED_DRAWS;
use super::list::Listed;
use super::{Compare, Draw, Trial, store};
use crate::actor::Actor;
use crate::door::Write;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::Action;
use crate::handle::Network;
use crate::ids::ShortId;

/// A seed from the network's own randomness.
pub(super) fn seed(network: &Network) -> u64 {
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
            balanced_on: pupil.baseline.into_iter().collect(),
            ..Unit::default()
        })
        .collect();
    let comparison = &trial.draft.comparison;
    let groups = [
        comparison.intervention.trim().to_owned(),
        comparison.comparison.trim().to_owned(),
    ];
    let seed = seed(network);
    let mut scheme = Scheme::plain(method, &groups);
    let mut word = word.to_owned();
    if trial.draft.evens_out() && can_be_evened(list) {
        scheme.rerandomise = Some(Rerandomise::BestOf(EVENED_DRAWS));
        scheme.balanced_on = vec!["score before".to_owned()];
        word.push_str(", best of 100");
    }
    let lots = allocation::draw(&units, &scheme, seed)?;
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
        method: word,
        fingerprint: lots.fingerprint,
        after_lock: !trial.state.is_before_lock(),
        why,
    };
    store::insert_draw(write.on(), trial.id, &draw).await
}

/// Whether everybody has a score from before, and not all the same.
fn can_be_evened(list: &[Listed]) -> bool {
    let scores: Vec<f64> = list.iter().filter_map(|pupil| pupil.baseline).collect();
    scores.len() == list.len() && scores.windows(2).any(|pair| pair.first() != pair.last())
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
