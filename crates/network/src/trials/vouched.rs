//! What the audit log vouches for: the locked plan and each result, held against what is kept.
//!
//! Who may call this: `difference audit`, the page of a locked plan, the restore drill. What must stay
//! true: a plan or a result that was changed behind the product's back, put in or taken out is found;
//! the proof of a lock holds what a reader of the trial may read anyway.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::prelude::*;

use super::store::{self, result, trial};
use super::{State, see};
use crate::actor::{Actor, Role};
use crate::error::{Error, Result};
use crate::governance::audit::{self, Broken, Inclusion};
use crate::handle::Network;
use crate::ids::ShortId;
use crate::log;

/// SHA-256 of a result as it is kept, every column that says something of it.
pub(super) fn hash_of_result(row: &result::Model) -> Result<String> {
    log::hash_of(&serde_json::json!({
        "trial": row.trial_id, "number": row.number, "at": row.at.to_string(),
        "measured": row.measured, "file_hash": row.file_hash, "listed": row.listed,
        "matched": row.matched, "not_in_trial": row.not_in_trial, "why": row.why,
        "engine": row.engine, "evaluation": row.evaluation,
    }))
}

/// The proof that a trial's plan was locked when the log says, with the plan in it, for whoever may
/// see the trial or has the server's shell.
///
/// # Errors
/// [`Error::NotFound`] when there is none that the actor may see, or it has no lock that the log
/// vouches for.
pub async fn lock_proof(network: &Network, actor: &Actor, short: &ShortId) -> Result<Inclusion> {
    let trial = match see(network, actor, short).await {
        Ok(trial) => trial,
        // Whoever has the server's shell has its proofs too; who only reads the log reads no plan by it.
        Err(refused) if actor.has(Role::Operator) => store::by_short(network.read(), short)
            .await?
            .filter(|trial| trial.lock.is_some())
            .ok_or(refused)?,
        Err(refused) => return Err(refused),
    };
    let on = super::begin::thing(&trial);
    let lock = trial.lock.ok_or(Error::NotFound)?;
    let mut proof = audit::inclusion(network, &on, &lock.hash).await?;
    proof.plan = Some(lock.canonical);
    Ok(proof)
}

/// The first entry that vouches for a plan or a result which is not kept as it was, or that is
/// missing for one that is kept; none when all are as they were.
///
/// # Errors
/// When the database can't be read.
pub async fn altered(network: &Network) -> Result<Option<Broken>> {
    let mut vouched: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
    for (number, id, hash) in audit::vouched_for(network, "trial").await? {
        vouched.entry(id).or_default().push((number, hash));
    }
    let mut kept = kept(network, &vouched).await?;
    let mut first: Option<Broken> = None;
    let mut found = |number: u64, says: String| {
        if first.as_ref().is_none_or(|known| number < known.number) {
            first = Some(Broken { number, says });
        }
    };
    for (id, entries) in &vouched {
        let kept = kept.remove(id).unwrap_or_default();
        let mut vouches = BTreeSet::new();
        for (number, hash) in entries {
            vouches.insert(hash);
            if !kept.contains(hash) {
                found(
                    *number,
                    format!(
                        "the plan or result of trial {id} that it vouches for was changed or removed"
                    ),
                );
            }
        }
        if kept.iter().any(|hash| !vouches.contains(hash)) {
            let last = entries.last().map_or(0, |(number, _)| *number);
            found(
                last,
                format!("trial {id} has a plan or result that no entry after it vouches for"),
            );
        }
    }
    Ok(first)
}

/// The hashes of the locked plan and the results of each trial that an entry vouches for. A trial that
/// was locked before entries vouched has none.
async fn kept(
    network: &Network,
    vouched: &BTreeMap<String, Vec<(u64, String)>>,
) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut kept: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let locked = trial::Entity::find()
        .filter(trial::Column::State.is_not_in([State::Draft.word(), State::Asked.word()]))
        .all(network.read())
        .await?;
    let mut shorts = BTreeMap::new();
    for row in locked {
        let id = row.short.to_string();
        shorts.insert(row.id, id.clone());
        if let (Some(plan), true) = (row.plan, vouched.contains_key(&id)) {
            let hash = engine::trial_plan::fingerprint_of(&plan);
            let kept = kept.entry(id).or_default();
            // The fingerprint that a page shows must be the plan's own.
            if row.plan_hash.as_ref() == Some(&hash) {
                kept.insert(hash);
            }
        }
    }
    for row in result::Entity::find().all(network.read()).await? {
        if let Some(id) = shorts.get(&row.trial_id)
            && vouched.contains_key(id)
        {
            let hash = hash_of_result(&row)?;
            kept.entry(id.clone()).or_default().insert(hash);
        }
    }
    Ok(kept)
}
