//! The log's Merkle tree ([RFC 6962](https://www.rfc-editor.org/rfc/rfc6962#section-2.1) and
//! [RFC 9162](https://www.rfc-editor.org/rfc/rfc9162#section-2.1)): SHA-256, 0x00 before a leaf,
//! 0x01 before two halves.
//!
//! Who may call this: the log. What must stay true: a whole subtree is written once and never
//! again, so that an append reads and writes as many nodes as the tree is high, and a proof too.
//! Nodes are numbered from left to right, leaves even, as in
//! [RFC 9420, appendix C](https://www.rfc-editor.org/rfc/rfc9420#appendix-C); `ct-merkle`, which
//! says which nodes a proof needs and checks it, numbers them so.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use sea_orm::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::entry;
use crate::error::{Error, Result};
use crate::secrets::{from_hexadecimal, hexadecimal};

/// A node's hash.
pub(crate) type Hash = [u8; 32];

/// A node above the leaves whose subtree is whole.
pub(crate) mod node {
    use sea_orm::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_node")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub at: i64,
        pub hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A tree head: how many entries the log has, and the one hash that stands for all of them.
///
/// Written as `SIZE:HASH`, so that it can be kept elsewhere and held against the log later.
///
/// ```
/// use network::governance::audit::Head;
/// let head: Head = format!("3:{}", "ab".repeat(32)).parse().unwrap();
/// assert_eq!(head.size, 3);
/// assert!("three".parse::<Head>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Entries in the log.
    pub size: u64,
    /// The tree's hash, in hexadecimal.
    pub hash: String,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.size, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (size, hash) = text.trim().split_once(':')?;
            let hash = hexadecimal(&hash_from(hash)?);
            Some(Self {
                size: size.parse().ok().filter(|size| *size <= LARGEST)?,
                hash,
            })
        };
        read().ok_or_else(|| {
            Error::invalid(
                "head",
                "A tree head is the number of entries, a colon and 64 digits and letters from a to f, as “difference audit head” prints it.",
            )
        })
    }
}

/// More entries than any log has; no sum over fewer of them overflows.
pub(crate) const LARGEST: u64 = 1 << 48;

/// A hash from its hexadecimal digits.
pub(crate) fn hash_from(text: &str) -> Option<Hash> {
    from_hexadecimal(text)?.try_into().ok()
}

/// A leaf's hash.
pub(crate) fn leaf(bytes: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(bytes)
        .finalize()
        .into()
}

fn parent(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The numbers of the whole subtrees that the leaves from `first` up to `end` fall into, from the
/// left; `first` is where a subtree of that size begins.
fn whole(mut first: u64, end: u64) -> Vec<u64> {
    let mut numbers = Vec::new();
    while first < end {
        let height = (end - first).ilog2();
        numbers.push(2 * first + (1 << height) - 1);
        first += 1 << height;
    }
    numbers
}

/// The hash over subtrees, of which each one to the right is smaller.
fn folded(mut hashes: Vec<Hash>) -> Option<Hash> {
    let mut all = hashes.pop()?;
    while let Some(left) = hashes.pop() {
        all = parent(&left, &all);
    }
    Some(all)
}

/// The right edge of a tree: all that an append needs to know of it.
#[derive(Debug, Default)]
pub(crate) struct Edge {
    size: u64,
    whole: Vec<(u64, Hash)>,
}

impl Edge {
    /// How many leaves there are.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, and gives the nodes whose subtrees are whole by it.
    pub(crate) fn push(&mut self, leaf: Hash) -> Vec<(u64, Hash)> {
        let mut made = Vec::new();
        let mut right = (2 * self.size, leaf);
        let mut height = 0;
        while self.size >> height & 1 == 1
            && let Some((number, left)) = self.whole.pop()
        {
            right = (number + (1 << height), parent(&left, &right.1));
            made.push(right);
            height += 1;
        }
        self.whole.push(right);
        self.size += 1;
        made
    }

    /// The tree's head; that of an empty tree is the hash of nothing.
    pub(crate) fn head(&self) -> Head {
        let hashes = self.whole.iter().map(|(_, hash)| *hash).collect();
        let hash = folded(hashes).unwrap_or_else(|| Sha256::digest([]).into());
        Head {
            size: self.size,
            hash: hexadecimal(&hash),
        }
    }
}

/// Reads the right edge of the tree of `size` leaves.
pub(crate) async fn edge(on: &impl ConnectionTrait, size: u64) -> Result<Edge> {
    if size > LARGEST {
        return Err(damaged(size));
    }
    let numbers = whole(0, size);
    let hashes = nodes(on, &numbers).await?;
    Ok(Edge {
        size,
        whole: numbers.into_iter().zip(hashes).collect(),
    })
}

/// Writes the nodes whose subtrees are whole now.
pub(crate) async fn keep(on: &impl ConnectionTrait, made: &[(u64, Hash)]) -> Result<()> {
    if made.is_empty() {
        return Ok(());
    }
    let rows = made.iter().map(|(number, hash)| node::ActiveModel {
        at: sea_orm::Set(stored(*number)),
        hash: sea_orm::Set(hexadecimal(hash)),
    });
    node::Entity::insert_many(rows)
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The hashes of whole subtrees, in the order of their numbers.
async fn nodes(on: &impl ConnectionTrait, numbers: &[u64]) -> Result<Vec<Hash>> {
    let (leaves, above): (Vec<u64>, Vec<u64>) = numbers.iter().partition(|n| **n % 2 == 0);
    let mut known: HashMap<i64, String> = HashMap::new();
    if !leaves.is_empty() {
        let entries = leaves.iter().map(|n| stored(n / 2 + 1));
        let rows = entry::Entity::find()
            .filter(entry::Column::Number.is_in(entries))
            .all(on)
            .await?;
        known.extend(rows.into_iter().map(|row| (2 * (row.number - 1), row.hash)));
    }
    if !above.is_empty() {
        let rows = node::Entity::find()
            .filter(node::Column::At.is_in(above.iter().map(|n| stored(*n))))
            .all(on)
            .await?;
        known.extend(rows.into_iter().map(|row| (row.at, row.hash)));
    }
    numbers
        .iter()
        .map(|number| {
            known
                .get(&stored(*number))
                .and_then(|text| hash_from(text))
                .ok_or_else(|| damaged(*number))
        })
        .collect()
}

fn damaged(number: u64) -> Error {
    Error::Unexpected(format!(
        "the audit log’s tree lacks node {number}; “difference audit verify” says where the log was changed"
    ))
}

/// The hashes of any nodes of the tree that had `size` leaves, as a proof needs them: one whose
/// subtree is not whole is worked out from those below it.
pub(crate) async fn proof(
    on: &impl ConnectionTrait,
    size: u64,
    numbers: &[u64],
) -> Result<Vec<String>> {
    let mut path = Vec::with_capacity(numbers.len());
    for number in numbers {
        let height = number.trailing_ones();
        let first = (number + 1 - (1 << height)) / 2;
        let parts = whole(first, size.min(first + (1 << height)));
        let hash = folded(nodes(on, &parts).await?).ok_or_else(|| damaged(*number))?;
        path.push(hexadecimal(&hash));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use ct_merkle::mem_backed_tree::MemoryBackedTree;

    use super::*;

    #[test]
    fn the_head_is_the_one_of_the_rfc_at_every_size() {
        let mut reference = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let mut edge = Edge::default();
        assert_eq!(
            edge.head().hash,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        let mut made = 0;
        for n in 0..300_u64 {
            let bytes = n.to_be_bytes().to_vec();
            made += edge.push(leaf(&bytes)).len();
            reference.push(bytes);
            assert_eq!(
                edge.head().hash,
                hexadecimal(reference.root().as_bytes()),
                "{n}"
            );
            let numbers: Vec<u64> = edge.whole.iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers, whole(0, n + 1));
        }
        assert_eq!(made, 300 - 4, "each leaf but one in every peak");
    }

    #[test]
    fn a_leaf_can_not_pass_for_two_halves() {
        let (left, right) = (leaf(b"a"), leaf(b"b"));
        assert_ne!(leaf(&[left, right].concat()), parent(&left, &right));
    }

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = Edge::default().head();
        assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
        for wrong in ["", "3", "3:", "3:zz", "-1:00", "3:abcd"] {
            assert!(wrong.parse::<Head>().is_err(), "{wrong}");
        }
    }
}
