//! Drawing the lots: who gets it, from a seed that anybody can re-run.
//!
//! Who may call this: `network` and the command line, when a plan's groups are drawn;
//! [`permutation`](crate::permutation), which draws them again. What must stay true: the same units, scheme and
//! seed give the same list, on every machine and in every version, in whatever order the units come;
//! every unit of a block has the same chance of every group.
//!
//! The generator is ChaCha20 (Bernstein 2008; RFC 8439's block function with a 64-bit counter from
//! 0 and a zero nonce). Its key is the seed as 8 little-endian bytes followed by 24 zero bytes. Its
//! 32-bit words are taken two by two, low half first, as 64-bit numbers. A number below n is the
//! next 64-bit number modulo n, those at or above the largest multiple of n being skipped. A list is
//! shuffled from its last place to its second, each swapped with a place at or before it (Fisher &
//! Yates). Nothing else is drawn. Where several draws are made ([`Rerandomise`]), each begins with the codes in
//! their order and goes on with the same generator.

mod distance;
mod lots;
mod lottery;
mod matching;
mod rerandomise;
mod scheme;
mod tickets;
mod words;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::count::count;
use crate::refusal::Refusal;
use crate::sample::Roles;

pub use lots::Lots;
pub use lottery::{Fallen, Lottery};
pub use rerandomise::{Rerandomise, Rerandomised};
pub use scheme::{LotMethod, Scheme, Within};
pub use tickets::Tickets;

/// The schema's name and version.
pub const SCHEMA: &str = "difference.allocation/1";

/// Draws that a rule may ask for before it is given up.
pub const MOST_DRAWS: u32 = 1_000_000;

/// A pupil, or whatever gets a lot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// A code that is unique on the list; never a name.
    pub code: String,
    /// The class or school that it sits in, where whole clusters are drawn.
    pub cluster: Option<String>,
    /// The stratum, pair or site within which lots are drawn.
    pub block: Option<String>,
    /// Numbers on which pairs are matched, such as a score before; the same count for every unit.
    pub matched_on: Vec<f64>,
    /// Numbers that the groups are to be alike on, where lots are re-randomised; likewise.
    pub balanced_on: Vec<f64>,
}

/// A unit and its group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assigned {
    /// As given.
    pub code: String,
    /// One of the groups asked for.
    pub group: String,
    /// The block or matched pair within which it was drawn.
    pub block: Option<String>,
    /// The cluster that it was drawn with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Its numbers that were evened out: without them nobody could draw by the same rule again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub balanced_on: Vec<f64>,
}

/// How many a group has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSize {
    /// The group's label.
    pub name: String,
    /// Units.
    pub units: u64,
    /// Clusters, 0 where units were drawn.
    pub clusters: u64,
}

/// How alike the groups are on a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupMeans {
    /// The column.
    pub column: String,
    /// The mean of each group, in the order of the groups.
    pub means: Vec<f64>,
    /// The first less the second, over their pooled standard deviation; none without spread.
    pub difference: Option<f64>,
}

/// The lots as they fell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawnLots {
    /// [`SCHEMA`].
    pub schema: String,
    /// How.
    pub method: LotMethod,
    /// Within what.
    #[serde(default)]
    pub within: Within,
    /// From what.
    pub seed: u64,
    /// SHA-256 of the list: [`fingerprint`].
    pub fingerprint: String,
    /// Sizes.
    pub groups: Vec<GroupSize>,
    /// How the draw was chosen among several, where it was.
    #[serde(default)]
    pub rerandomised: Option<Rerandomised>,
    /// How alike the groups are on the columns that were matched or evened out.
    #[serde(default)]
    pub balance: Vec<GroupMeans>,
    /// How they were drawn, in a sentence or two.
    #[serde(default)]
    pub says: String,
    /// What to keep in mind, one sentence each.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// In the order of the units given.
    pub assigned: Vec<Assigned>,
}

impl DrawnLots {
    /// The place of the group that got it, by the intervention's label; the first where no name is the same.
    #[must_use]
    pub fn place_of(&self, roles: &Roles) -> usize {
        let label = roles.treatment.as_ref().map(|t| t.intervention.trim());
        self.groups
            .iter()
            .position(|group| Some(group.name.trim()) == label)
            .unwrap_or(0)
    }

    /// The same lots, ready to be drawn again by the same rule: pairs that were matched stay as they are.
    ///
    /// # Errors
    /// As [`draw`], and `lots-changed` where the list does not come out of its own seed.
    pub fn lottery(&self) -> Result<Lottery, Refusal> {
        let units: Vec<Unit> = self
            .assigned
            .iter()
            .map(|one| Unit {
                code: one.code.clone(),
                cluster: one.cluster.clone(),
                block: one.block.clone(),
                matched_on: Vec::new(),
                balanced_on: one.balanced_on.clone(),
            })
            .collect();
        let scheme = Scheme {
            groups: self.groups.iter().map(|group| group.name.clone()).collect(),
            whole_clusters: self.method == LotMethod::Cluster,
            within: match self.within {
                Within::MatchedPairs | Within::Pairs => Within::Blocks,
                within => within,
            },
            rerandomise: self.rerandomised.map(|r| r.rule),
            ..Scheme::default()
        };
        let again = draw(&units, &scheme, self.seed)?;
        if again.fingerprint != self.fingerprint {
            return Err(Refusal::new(
                "lots-changed",
                "The list does not come out of its own seed, so it was changed after the lots were drawn.",
                "Use the record as `difference allocate` printed it.",
            ));
        }
        Lottery::of(&units, &scheme)
    }
}

/// SHA-256, in hexadecimal, of codes and groups sorted by code, as RFC 4180 with the heading
/// `code,group` and CRLF.
#[must_use]
pub fn fingerprint<'a>(list: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let field = |text: &str| {
        if text.contains([',', '"', '\r', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let mut lines: Vec<(&str, &str)> = list.into_iter().collect();
    lines.sort_unstable();
    let mut text = String::from("code,group\r\n");
    for (code, group) in lines {
        text.push_str(&field(code));
        text.push(',');
        text.push_str(&field(group));
        text.push_str("\r\n");
    }
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Draws the lots.
///
/// Block by block in the order of the blocks' names, each block's codes in their own order are
/// shuffled and dealt to the groups in turn. Whoever is left when a block does not divide evenly
/// takes a group from the end of a shuffled pile that holds each group once, refilled when empty.
/// Codes and names are ordered by their bytes; a unit without a block comes first.
///
/// ```
/// use difference_engine::allocation::{draw, LotMethod, Scheme, Unit};
/// let class: Vec<Unit> = (1..=28)
///     .map(|i| Unit { code: format!("P{i:02}"), ..Unit::default() })
///     .collect();
/// let scheme = Scheme::plain(LotMethod::Simple, &["now".to_owned(), "next term".to_owned()]);
/// let lots = draw(&class, &scheme, 2026)?;
/// assert_eq!(lots.groups[0].units, 14);
/// assert_eq!(lots, draw(&class, &scheme, 2026)?);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `too-few-groups`, `too-few-units`, `code-twice`, `no-cluster`, `cluster-in-two-blocks`, `no-match`, `no-pair`,
/// `not-a-pair`, `pairs-need-two-groups`, `nothing-to-balance`, `never-balanced`, `share-out-of-range` for a rule
/// of no or more than [`MOST_DRAWS`] draws.
pub fn draw(units: &[Unit], scheme: &Scheme, seed: u64) -> Result<DrawnLots, Refusal> {
    if let Some(Rerandomise::BestOf(of)) = scheme.rerandomise
        && !(1..=MOST_DRAWS).contains(&of)
    {
        return Err(Refusal::new(
            "share-out-of-range",
            format!("The best of {of} draws can’t be kept."),
            format!("Ask for the best of 2 to {MOST_DRAWS} draws, such as 100."),
        ));
    }
    let lottery = Lottery::of(units, scheme)?;
    let fallen = lottery.draw(&mut Lots::new(seed))?;
    let tickets = lottery.tickets();
    let blocks = tickets.block_of();
    let assigned: Vec<Assigned> = units
        .iter()
        .zip(&tickets.of_unit)
        .filter_map(|(unit, ticket)| {
            let group = scheme.groups.get(*fallen.groups.get(*ticket)?)?;
            Some(Assigned {
                code: unit.code.clone(),
                group: group.clone(),
                block: blocks.get(*ticket)?.map(str::to_owned),
                cluster: unit.cluster.clone().filter(|_| scheme.whole_clusters),
                balanced_on: if scheme.rerandomise.is_some() {
                    unit.balanced_on.clone()
                } else {
                    Vec::new()
                },
            })
        })
        .collect();
    let groups = (scheme.groups.iter().enumerate())
        .map(|(place, name)| GroupSize {
            name: name.clone(),
            units: whole(assigned.iter().filter(|a| a.group == *name).count()),
            clusters: if scheme.whole_clusters {
                whole(fallen.groups.iter().filter(|g| **g == place).count())
            } else {
                0
            },
        })
        .collect();
    let rerandomised = scheme.rerandomise.map(|rule| Rerandomised {
        rule,
        draws: fallen.draws,
        distance: fallen.distance,
    });
    Ok(DrawnLots {
        schema: SCHEMA.to_owned(),
        says: words::says(units, scheme, &lottery, rerandomised),
        method: scheme.method(),
        within: scheme.within,
        seed,
        fingerprint: fingerprint(assigned.iter().map(|a| (a.code.as_str(), a.group.as_str()))),
        groups,
        rerandomised,
        balance: balance(units, scheme, &assigned),
        warnings: words::warnings(scheme, &lottery),
        assigned,
    })
}

fn whole(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// How alike the groups are on each column that was matched or evened out, each column once.
fn balance(units: &[Unit], scheme: &Scheme, assigned: &[Assigned]) -> Vec<GroupMeans> {
    let matched = scheme.matched_on.iter().enumerate();
    let evened = scheme.balanced_on.iter().enumerate();
    let columns = matched
        .map(|(place, name)| (name, place, false))
        .chain(evened.map(|(place, name)| (name, place, true)));
    let mut table: Vec<GroupMeans> = Vec::new();
    for (name, place, of_balance) in columns {
        if table.iter().any(|row| row.column == *name) {
            continue;
        }
        let value = |unit: &Unit| {
            let row = if of_balance {
                &unit.balanced_on
            } else {
                &unit.matched_on
            };
            row.get(place).copied()
        };
        let of_group = |group: &String| -> Vec<f64> {
            units
                .iter()
                .zip(assigned)
                .filter(|(_, a)| a.group == *group)
                .filter_map(|(unit, _)| value(unit))
                .collect()
        };
        let values: Vec<Vec<f64>> = scheme.groups.iter().map(of_group).collect();
        table.push(GroupMeans {
            column: name.clone(),
            means: values.iter().map(|v| mean(v)).collect(),
            difference: match values.as_slice() {
                [one, other, ..] => standardised(one, other),
                _ => None,
            },
        });
    }
    table
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len().max(1))
}

fn standardised(one: &[f64], other: &[f64]) -> Option<f64> {
    let squares = |values: &[f64]| -> f64 {
        let mean = mean(values);
        values.iter().map(|x| (x - mean).powi(2)).sum()
    };
    let df = count((one.len() + other.len()).checked_sub(2)?);
    let sd = ((squares(one) + squares(other)) / df).sqrt();
    let difference = (mean(one) - mean(other)) / sd;
    difference.is_finite().then_some(difference)
}
