//! How lots are to be drawn, settled before the first draw.

use serde::{Deserialize, Serialize};

use super::rerandomise::Rerandomise;

/// How lots are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LotMethod {
    /// Unit by unit, in groups as equal as can be.
    Simple,
    /// The same within each block.
    Blocked,
    /// Units in pairs, and lots within each.
    Paired,
    /// Whole clusters, in groups of clusters as equal as can be, within blocks or pairs where they are given.
    Cluster,
}

/// Within what lots are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// Over all.
    #[default]
    Everybody,
    /// Within each unit's block; a unit without one is in a block of its own kind.
    Blocks,
    /// Within pairs that were given as blocks, each with exactly as many as there are groups.
    Pairs,
    /// Within pairs that are matched here on the units' numbers, within their block where they have one.
    MatchedPairs,
}

/// How lots are to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scheme {
    /// The groups' names, the one that gets it first.
    pub groups: Vec<String>,
    /// Whether whole clusters are drawn.
    pub whole_clusters: bool,
    /// Within what.
    pub within: Within,
    /// Which of several draws is kept; left out, the first stands.
    pub rerandomise: Option<Rerandomise>,
    /// What [`Unit::matched_on`](super::Unit::matched_on) holds, column by column.
    pub matched_on: Vec<String>,
    /// What [`Unit::balanced_on`](super::Unit::balanced_on) holds, column by column.
    pub balanced_on: Vec<String>,
}

impl Scheme {
    /// One of the plain ways, as it is usually meant: clusters within their blocks where they have some.
    #[must_use]
    pub fn plain(method: LotMethod, groups: &[String]) -> Self {
        Self {
            groups: groups.to_vec(),
            whole_clusters: method == LotMethod::Cluster,
            within: match method {
                LotMethod::Simple => Within::Everybody,
                LotMethod::Blocked | LotMethod::Cluster => Within::Blocks,
                LotMethod::Paired => Within::MatchedPairs,
            },
            ..Self::default()
        }
    }

    /// The word for it.
    #[must_use]
    pub fn method(&self) -> LotMethod {
        match (self.whole_clusters, self.within) {
            (true, _) => LotMethod::Cluster,
            (false, Within::Everybody) => LotMethod::Simple,
            (false, Within::Blocks) => LotMethod::Blocked,
            (false, Within::Pairs | Within::MatchedPairs) => LotMethod::Paired,
        }
    }
}
