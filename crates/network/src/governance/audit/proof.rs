//! Proofs that a stranger checks without the log, without the network and without us.
//!
//! Who may call this: `difference audit prove` and `verify`, and the page of a locked plan. What must
//! stay true: making a proof reads only as many nodes as the tree is high; checking one needs nothing
//! but the file, takes any bytes, and is done by `ct-merkle`, not by the code that made it.

use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sea_orm::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::error::{Error, Result};
use crate::handle::Network;
use crate::log::leaf::{Leaf, SCHEMA};
use crate::log::tree::{self, Head};
use crate::log::{self, entry};
use crate::secrets::from_hexadecimal;
use crate::thing::Thing;

const INCLUSION: &str = "difference.inclusion/1";
const CONSISTENCY: &str = "difference.consistency/1";

/// That an entry stands in the log with a given head, at its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// `difference.inclusion/1`.
    pub schema: String,
    /// The entry, with who and why sealed.
    pub entry: Leaf,
    /// The locked plan that it vouches for, as it is downloaded; none when it vouches for nothing.
    pub plan: Option<String>,
    /// The log's head when the proof was made.
    pub head: Head,
    /// The audit path, from the leaf up (RFC 6962, section 2.1.1).
    pub path: Vec<String>,
}

/// That a later log begins with all of an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// `difference.consistency/1`.
    pub schema: String,
    /// The earlier head.
    pub earlier: Head,
    /// The later head.
    pub later: Head,
    /// The consistency proof (RFC 6962, section 2.1.2).
    pub path: Vec<String>,
}

/// Proves that the entry which vouches for something is in the log. The plan is not in it yet.
///
/// # Errors
/// [`Error::NotFound`] when no entry on that thing vouches for it.
pub(crate) async fn inclusion(network: &Network, on: &Thing, vouches: &str) -> Result<Inclusion> {
    let row = entry::Entity::find()
        .filter(entry::Column::OnKind.eq(&on.kind))
        .filter(entry::Column::OnId.eq(&on.id))
        .filter(entry::Column::Vouches.eq(vouches))
        .one(network.read())
        .await?
        .ok_or(Error::NotFound)?;
    let size = log::size(network.read()).await?;
    let head = tree::edge(network.read(), size).await?.head();
    let leaf = Leaf::of(&row);
    let index = leaf.number.saturating_sub(1);
    let numbers = ct_merkle::indices_for_inclusion_proof(size, index);
    Ok(Inclusion {
        schema: INCLUSION.to_owned(),
        entry: leaf,
        plan: None,
        head,
        path: tree::proof(network.read(), size, &numbers).await?,
    })
}

/// Proves that the log as it is now begins with all that it held when it had `earlier` entries.
///
/// # Errors
/// When it never had so many or so few.
pub async fn consistency(network: &Network, earlier: u64) -> Result<Consistency> {
    let size = log::size(network.read()).await?;
    if earlier == 0 || earlier > size {
        return Err(Error::invalid(
            "since",
            format!("The log has {size} entries: give a number from 1 to {size}."),
        ));
    }
    let later = tree::edge(network.read(), size).await?.head();
    let numbers = ct_merkle::indices_for_consistency_proof(earlier, size - earlier);
    Ok(Consistency {
        schema: CONSISTENCY.to_owned(),
        earlier: tree::edge(network.read(), earlier).await?.head(),
        later,
        path: tree::proof(network.read(), size, &numbers).await?,
    })
}

fn no(says: impl Into<String>) -> Error {
    Error::invalid("proof", says)
}

/// The root that a head stands for.
fn root(head: &Head) -> Option<RootHash<Sha256>> {
    let fits = (1..=tree::LARGEST).contains(&head.size);
    let hash = tree::hash_from(&head.hash).filter(|_| fits)?;
    Some(RootHash::new(hash.into(), head.size))
}

fn joined(path: &[String]) -> Option<Vec<u8>> {
    let hashes: Option<Vec<Vec<u8>>> = path
        .iter()
        .map(|text| from_hexadecimal(text).filter(|hash| hash.len() == 32))
        .collect();
    hashes.map(|hashes| hashes.concat())
}

impl Inclusion {
    /// Checks it, with nothing but itself: the entry is in the log with this head, and the plan, if
    /// there is one, is the one that it vouches for.
    ///
    /// Whether the head is the network's own, the file can't say: compare it with one that the
    /// network published, or that somebody wrote down.
    ///
    /// # Errors
    /// [`Error::Invalid`], with what does not fit.
    pub fn check(&self) -> Result<()> {
        if self.schema != INCLUSION || self.entry.schema != SCHEMA {
            return Err(no("This is not a proof that this version can read."));
        }
        if let Some(plan) = &self.plan
            && Some(engine::trial_plan::fingerprint_of(plan)) != self.entry.vouches
        {
            return Err(no(
                "The plan in the file is not the one that was locked: its fingerprint is another.",
            ));
        }
        let fits = || {
            let path = InclusionProof::try_from_bytes(joined(&self.path)?).ok()?;
            let index = self.entry.number.checked_sub(1)?;
            let leaf = self.entry.bytes().ok()?;
            root(&self.head)?.verify_inclusion(&leaf, index, &path).ok()
        };
        fits().ok_or_else(|| {
            no("The entry in the file is not in the log with this head: one of them was changed.")
        })
    }
}

impl Consistency {
    /// Checks it, with nothing but itself: the later log begins with all of the earlier one.
    ///
    /// # Errors
    /// [`Error::Invalid`], with what does not fit.
    pub fn check(&self) -> Result<()> {
        if self.schema != CONSISTENCY {
            return Err(no("This is not a proof that this version can read."));
        }
        let fits = || {
            let path = ConsistencyProof::try_from_bytes(joined(&self.path)?).ok()?;
            let (earlier, later) = (root(&self.earlier)?, root(&self.later)?);
            later.verify_consistency(&earlier, &path).ok()
        };
        fits().ok_or_else(|| {
            no("The later log does not begin with the earlier one: something in it was changed or removed.")
        })
    }
}
