//! The last day of a list: codes, groups, hashes and their key go together.

use super::begin::thing;
use super::store;
use crate::actor::Actor;
use crate::error::Result;
use crate::governance::Entry;
use crate::governance::policy::{Action, Scope};
use crate::handle::Network;

/// Forgets every list whose last day is past, and says how many. Results stay.
///
/// # Errors
/// When the policy says no, or the database can't be written.
pub async fn forget_lists(network: &Network, actor: &Actor) -> Result<u64> {
    let mut forgotten = 0;
    for due in store::with_list_past(network.read(), network.now()).await? {
        let scope = Scope::place(due.place);
        let write = network.write(actor, Action::ForgetLists, scope).await?;
        let Some(mut trial) = store::by_id(write.on(), due.id).await? else {
            continue;
        };
        if trial.list_until.is_none_or(|until| until > write.at) {
            continue;
        }
        store::delete_list(write.on(), trial.id).await?;
        trial.list_until = None;
        store::update(write.on(), &trial).await?;
        write
            .commit(Entry::new(
                "forgot the list of pupils on its last day",
                thing(&trial),
            ))
            .await?;
        forgotten += 1;
    }
    Ok(forgotten)
}
