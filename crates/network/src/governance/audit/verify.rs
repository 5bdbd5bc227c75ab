//! Reading the whole log again.
//!
//! Who may call this: `difference audit verify`, the restore drill, the fault tests. What must stay
//! true: every column of every entry is covered by a hash that is worked out anew from the first entry
//! on, and so is every node of the tree; memory does not grow with the log.

use sea_orm::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use crate::error::Result;
use crate::handle::Network;
use crate::log::tree::{self, Edge, Head, node};
use crate::log::{entry, leaf};
use crate::secrets::hexadecimal;

/// Entries that are read at a time.
const PAGE: u64 = 1_000;

/// What checking the log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries that are as they were written, from the first on.
    pub entries: u64,
    /// The head over them: write it down elsewhere, and nobody can write the log anew unseen.
    pub head: Head,
    /// Entries from which who and why were erased, because somebody asked to be forgotten.
    pub erased: u64,
    /// The first entry that is not as it was written; none when all are.
    pub broken: Option<Broken>,
}

/// The first entry that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its number.
    pub number: u64,
    /// What is wrong with it, as half a sentence.
    pub says: String,
}

/// Reads the whole log again and says whether every entry is as it was written. Heads that were
/// written down earlier are held against it: a log that was written anew, or cut, does not meet them.
///
/// # Errors
/// When the database can't be read.
pub async fn verify(network: &Network, heads: &[Head]) -> Result<Verified> {
    let mut edge = Edge::default();
    let mut erased = 0;
    let mut broken = None;
    let mut nodes = 0;
    if let Some(head) = heads.iter().find(|h| h.size == 0) {
        broken = unlike(&edge.head(), head);
    }
    while broken.is_none() {
        let rows = match page(network, edge.size(), PAGE).await {
            Ok(rows) => rows,
            // Something in the page can't be read any more: go on one by one up to it.
            Err(_) => match page(network, edge.size(), 1).await {
                Ok(rows) => rows,
                Err(fault) => {
                    broken = Some(Broken {
                        number: edge.size() + 1,
                        says: format!("it can’t be read any more ({fault})"),
                    });
                    break;
                }
            },
        };
        if rows.is_empty() {
            break;
        }
        let mut made = Vec::new();
        for row in rows {
            if let Some(says) = fault(&row, &edge)? {
                broken = Some(Broken {
                    number: edge.size() + 1,
                    says,
                });
                break;
            }
            erased += u64::from(row.salt.is_none());
            let number = edge.size() + 1;
            made.extend(
                edge.push(leaf::hash_of_row(&row)?)
                    .into_iter()
                    .map(|(at, hash)| (number, at, hexadecimal(&hash))),
            );
            let head = edge.head();
            if head.hash != row.head {
                broken = Some(Broken {
                    number,
                    says: "its tree head is another".to_owned(),
                });
                break;
            }
            if let Some(known) = heads.iter().find(|h| h.size == head.size && **h != head) {
                broken = unlike(&head, known);
                break;
            }
        }
        nodes += u64::try_from(made.len()).unwrap_or(u64::MAX);
        if let Some(earlier) = lost_node(network, &made).await? {
            broken = Some(earlier);
        }
    }
    if broken.is_none()
        && let Some(cut) = heads.iter().find(|h| h.size > edge.size())
    {
        broken = Some(Broken {
            number: edge.size() + 1,
            says: format!(
                "it is missing: the log had {} entries when its head was written down",
                cut.size
            ),
        });
    }
    if broken.is_none() && node::Entity::find().count(network.read()).await? != nodes {
        broken = Some(Broken {
            number: edge.size() + 1,
            says: "it is missing, but the tree has nodes for it".to_owned(),
        });
    }
    Ok(Verified {
        entries: broken
            .as_ref()
            .map_or(edge.size(), |b| b.number.saturating_sub(1)),
        head: edge.head(),
        erased,
        broken,
    })
}

/// The entries after the first `read` ones.
async fn page(network: &Network, read: u64, at_most: u64) -> Result<Vec<entry::Model>> {
    Ok(entry::Entity::find()
        .filter(entry::Column::Number.gt(tree::stored(read)))
        .order_by_asc(entry::Column::Number)
        .limit(at_most)
        .all(network.read())
        .await?)
}

fn unlike(found: &Head, known: &Head) -> Option<Broken> {
    (found != known).then(|| Broken {
        number: known.size,
        says: format!(
            "it or one before it was written anew: up to here the head was {}, and is {}",
            known.hash, found.hash
        ),
    })
}

/// What is wrong with the row that should come next.
fn fault(row: &entry::Model, edge: &Edge) -> Result<Option<String>> {
    let expected = tree::stored(edge.size()).saturating_add(1);
    if row.number != expected {
        return Ok(Some("it is missing".to_owned()));
    }
    if row.previous != edge.head().hash {
        return Ok(Some("it does not follow the entry before it".to_owned()));
    }
    let sealed = match leaf::seal_of(row)? {
        Some(seal) => seal == row.sealed,
        // Erased: nothing of what was sealed may be left, or it was changed and not erased.
        None => {
            row.person_id.is_none()
                && row.why.is_none()
                && row.before.is_none()
                && row.after.is_none()
        }
    };
    if !sealed || hexadecimal(&leaf::hash_of_row(row)?) != row.hash {
        return Ok(Some("it is not as it was written".to_owned()));
    }
    Ok(None)
}

/// The first entry by which a node was made that is not there as it was made.
async fn lost_node(network: &Network, made: &[(u64, u64, String)]) -> Result<Option<Broken>> {
    if made.is_empty() {
        return Ok(None);
    }
    let rows = node::Entity::find()
        .filter(node::Column::At.is_in(made.iter().map(|(_, at, _)| tree::stored(*at))))
        .all(network.read())
        .await?;
    let there: std::collections::HashMap<i64, String> =
        rows.into_iter().map(|row| (row.at, row.hash)).collect();
    Ok(made
        .iter()
        .find(|(_, at, hash)| there.get(&tree::stored(*at)) != Some(hash))
        .map(|(number, _, _)| Broken {
            number: *number,
            says: "the tree above it was changed".to_owned(),
        }))
}

/// Every entry on a kind of thing that vouches for something: its number, the thing's id and the
/// SHA-256, in the log's order. For whoever holds the things themselves against it.
///
/// # Errors
/// When the database can't be read.
pub(crate) async fn vouched_for(
    network: &Network,
    kind: &str,
) -> Result<Vec<(u64, String, String)>> {
    let rows = entry::Entity::find()
        .filter(entry::Column::OnKind.eq(kind))
        .filter(entry::Column::Vouches.is_not_null())
        .order_by_asc(entry::Column::Number)
        .all(network.read())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((u64::try_from(row.number).ok()?, row.on_id, row.vouches?)))
        .collect())
}
