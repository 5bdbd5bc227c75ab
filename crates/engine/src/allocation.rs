//! Drawing the lots: who gets it, from a seed that anybody can re-run.
//!
//! Who may call this: `network` and the command line, when a plan's groups are drawn. What must stay
//! true: the same units, method and seed give the same list, on every machine and in every version,
//! in whatever order the units come; every unit of a block has the same chance of every group.
//!
//! The generator is ChaCha20 (Bernstein 2008; RFC 8439's block function with a 64-bit counter from
//! 0 and a zero nonce). Its key is the seed as 8 little-endian bytes followed by 24 zero bytes. Its
//! 32-bit words are taken two by two, low half first, as 64-bit numbers. A number below n is the
//! next 64-bit number modulo n, those at or above the largest multiple of n being skipped. A list is
//! shuffled from its last place to its second, each swapped with a place at or before it (Fisher &
//! Yates). Nothing else is drawn.

use std::collections::BTreeMap;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::count::count;
use crate::refusal::Refusal;

/// The schema's name and version.
pub const SCHEMA: &str = "difference.allocation/1";

/// The documented generator: the same seed gives the same numbers for ever.
#[derive(Clone, Debug)]
pub struct Lots(ChaCha20Rng);

impl Lots {
    /// Lots from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut key = [0_u8; 32];
        for (place, byte) in key.iter_mut().zip(seed.to_le_bytes()) {
            *place = byte;
        }
        Self(ChaCha20Rng::from_seed(key))
    }

    /// A whole number below `n`, each equally likely; 0 where `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n < 2 {
            return 0;
        }
        let beyond = u64::MAX - (u64::MAX % n + 1) % n;
        loop {
            let drawn = self.0.next_u64();
            if drawn <= beyond {
                return drawn % n;
            }
        }
    }

    fn place(&mut self, places: usize) -> usize {
        let n = u64::try_from(places).unwrap_or(u64::MAX);
        usize::try_from(self.below(n)).unwrap_or(0)
    }

    /// Shuffles a list, every order equally likely.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.place(last + 1);
            list.swap(last, other);
        }
    }

    /// Moves `k` entries of a list, drawn by lot, to its front.
    pub fn choose<T>(&mut self, list: &mut [T], k: usize) {
        let n = list.len();
        for i in 0..k.min(n) {
            let other = i + self.place(n - i);
            list.swap(i, other);
        }
    }
}

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
}

/// How lots are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LotMethod {
    /// Unit by unit, in groups as equal as can be.
    Simple,
    /// The same within each block.
    Blocked,
    /// Units are matched in pairs (or sets of as many as there are groups) on their numbers, within
    /// their block where they have one, and lots are drawn within each.
    Paired,
    /// Whole clusters, in groups of clusters as equal as can be, within blocks where they are given.
    Cluster,
}

/// A unit and its group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// As given.
    pub code: String,
    /// One of the groups asked for.
    pub group: String,
    /// The block or matched set within which it was drawn.
    pub block: Option<String>,
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

/// The lots as they fell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnLots {
    /// [`SCHEMA`].
    pub schema: String,
    /// How.
    pub method: LotMethod,
    /// From what.
    pub seed: u64,
    /// SHA-256 of the list: [`fingerprint`].
    pub fingerprint: String,
    /// Sizes.
    pub groups: Vec<GroupSize>,
    /// In the order of the units given.
    pub assigned: Vec<Assigned>,
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
/// use difference_engine::allocation::{draw, LotMethod, Unit};
/// let class: Vec<Unit> = (1..=28)
///     .map(|i| Unit { code: format!("P{i:02}"), ..Unit::default() })
///     .collect();
/// let groups = ["now".to_owned(), "next term".to_owned()];
/// let lots = draw(&class, LotMethod::Simple, &groups, 2026)?;
/// assert_eq!(lots.groups[0].units, 14);
/// assert_eq!(lots, draw(&class, LotMethod::Simple, &groups, 2026)?);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `too-few-groups`, `too-few-units`, `code-twice`, `no-cluster`, `no-match`.
pub fn draw(
    units: &[Unit],
    method: LotMethod,
    groups: &[String],
    seed: u64,
) -> Result<DrawnLots, Refusal> {
    check(units, method, groups)?;
    // The order of the file must not matter: everything is drawn in the order of the codes.
    let tickets = tickets(units, method)?;
    if tickets.values().map(Vec::len).sum::<usize>() < groups.len() {
        return Err(Refusal::new(
            "too-few-units",
            "There are fewer on the list than groups to draw.",
            "Add to the list, or draw fewer groups.",
        ));
    }
    let mut lots = Lots::new(seed);
    // Whoever is left over when a block does not divide evenly takes a group from this pile, which
    // holds each group once: so groups stay even over blocks, and every group stays equally likely.
    let mut pile: Vec<&String> = Vec::new();
    let mut fallen: BTreeMap<String, (&String, Option<String>)> = BTreeMap::new();
    for (block, mut tickets) in tickets {
        lots.shuffle(&mut tickets);
        let whole = tickets.len() / groups.len() * groups.len();
        for (place, ticket) in tickets.into_iter().enumerate() {
            let group = if place < whole {
                groups.iter().cycle().nth(place)
            } else {
                if pile.is_empty() {
                    pile = groups.iter().collect();
                    lots.shuffle(&mut pile);
                }
                pile.pop()
            };
            if let Some(group) = group {
                fallen.insert(ticket, (group, block.clone()));
            }
        }
    }
    let by_cluster = method == LotMethod::Cluster;
    let assigned: Vec<Assigned> = units
        .iter()
        .filter_map(|unit| {
            let ticket = if by_cluster {
                unit.cluster.as_ref()?
            } else {
                &unit.code
            };
            let (group, block) = fallen.get(ticket)?;
            Some(Assigned {
                code: unit.code.clone(),
                group: (*group).clone(),
                block: block.clone(),
            })
        })
        .collect();
    let sizes = groups
        .iter()
        .map(|name| GroupSize {
            name: name.clone(),
            units: counted(assigned.iter().filter(|a| a.group == *name).count()),
            clusters: if by_cluster {
                counted(fallen.values().filter(|(group, _)| *group == name).count())
            } else {
                0
            },
        })
        .collect();
    Ok(DrawnLots {
        schema: SCHEMA.to_owned(),
        method,
        seed,
        fingerprint: fingerprint(assigned.iter().map(|a| (a.code.as_str(), a.group.as_str()))),
        groups: sizes,
        assigned,
    })
}

fn counted(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn check(units: &[Unit], method: LotMethod, groups: &[String]) -> Result<(), Refusal> {
    let mut names: Vec<&String> = groups.iter().collect();
    names.sort();
    names.dedup();
    if names.len() < 2 || names.len() != groups.len() {
        return Err(Refusal::new(
            "too-few-groups",
            "Lots need two groups or more, with different names.",
            "Name the group that gets it and the group that carries on as usual.",
        ));
    }
    let mut codes: Vec<&String> = units.iter().map(|u| &u.code).collect();
    codes.sort();
    if let Some(twice) = codes
        .iter()
        .zip(codes.iter().skip(1))
        .find_map(|(one, next)| (one == next).then_some(one))
    {
        return Err(Refusal::new(
            "code-twice",
            format!("The code “{twice}” is on the list twice."),
            "Give every pupil a code of their own, or take the second line away.",
        ));
    }
    if method == LotMethod::Cluster
        && let Some(unit) = units.iter().find(|u| u.cluster.is_none())
    {
        return Err(Refusal::new(
            "no-cluster",
            format!(
                "“{}” has no class or school, so it can’t be drawn with one.",
                unit.code
            ),
            "Fill in its class or school, or draw pupils one by one.",
        ));
    }
    if method == LotMethod::Paired {
        let numbers = units.first().map_or(0, |u| u.matched_on.len());
        if let Some(unit) = units.iter().find(|u| {
            u.matched_on.is_empty()
                || u.matched_on.len() != numbers
                || u.matched_on.iter().any(|x| !x.is_finite())
        }) {
            return Err(Refusal::new(
                "no-match",
                format!("“{}” has no number to be matched on.", unit.code),
                "Fill in its score before, or draw without pairs.",
            ));
        }
    }
    Ok(())
}

type Tickets = BTreeMap<Option<String>, Vec<String>>;

/// What lots are drawn for, by block, in the order of the codes.
fn tickets(units: &[Unit], method: LotMethod) -> Result<Tickets, Refusal> {
    let mut sorted: Vec<&Unit> = units.iter().collect();
    sorted.sort_by(|a, b| a.code.cmp(&b.code));
    let mut tickets = Tickets::new();
    match method {
        LotMethod::Simple => {
            tickets.insert(None, sorted.iter().map(|u| u.code.clone()).collect());
        }
        LotMethod::Blocked => {
            for unit in sorted {
                tickets
                    .entry(unit.block.clone())
                    .or_default()
                    .push(unit.code.clone());
            }
        }
        LotMethod::Paired => {
            let mut blocks: BTreeMap<Option<String>, Vec<&Unit>> = BTreeMap::new();
            for unit in sorted {
                blocks.entry(unit.block.clone()).or_default().push(unit);
            }
            let mut number = 0_u64;
            for members in blocks.into_values() {
                for pair in matched(members) {
                    number += 1;
                    // Numbered with leading zeros, so that their order is the order of drawing.
                    tickets.insert(Some(format!("pair {number:05}")), pair);
                }
            }
        }
        LotMethod::Cluster => {
            let mut seen: BTreeMap<&String, &Option<String>> = BTreeMap::new();
            for unit in sorted {
                let Some(cluster) = &unit.cluster else {
                    continue;
                };
                if let Some(block) = seen.insert(cluster, &unit.block)
                    && *block != unit.block
                {
                    return Err(Refusal::new(
                        "cluster-in-two-blocks",
                        format!("“{cluster}” is in two blocks."),
                        "Give all its pupils the same block.",
                    ));
                }
            }
            for (cluster, block) in seen {
                tickets
                    .entry(block.clone())
                    .or_default()
                    .push(cluster.clone());
            }
        }
    }
    Ok(tickets)
}

/// Matches units two by two on their standardised numbers: the unit farthest from the average is
/// matched with its nearest, and so on inwards. A unit left over is alone.
fn matched(members: Vec<&Unit>) -> Vec<Vec<String>> {
    let numbers = members.first().map_or(0, |u| u.matched_on.len());
    let mut points: Vec<(String, Vec<f64>)> = members
        .iter()
        .map(|u| (u.code.clone(), Vec::with_capacity(numbers)))
        .collect();
    for column in 0..numbers {
        let values: Vec<f64> = members
            .iter()
            .filter_map(|u| u.matched_on.get(column).copied())
            .collect();
        let n = count(values.len());
        let mean = values.iter().sum::<f64>() / n;
        let sd = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
        let scale = if sd > 0.0 { sd } else { 1.0 };
        for ((_, point), value) in points.iter_mut().zip(values) {
            point.push((value - mean) / scale);
        }
    }
    let distance = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>()
    };
    let size = |a: &[f64]| -> f64 { a.iter().map(|x| x * x).sum::<f64>() };
    // Farthest first; equals in the order of their codes.
    points.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)).then(a.0.cmp(&b.0)));
    let mut pairs = Vec::new();
    while !points.is_empty() {
        let (code, point) = points.remove(0);
        let nearest = points
            .iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| {
                distance(&a.1, &point)
                    .total_cmp(&distance(&b.1, &point))
                    .then(a.0.cmp(&b.0))
            })
            .map(|(i, _)| i);
        let mut pair = vec![code];
        if let Some(i) = nearest {
            pair.push(points.remove(i).0);
        }
        pair.sort();
        pairs.push(pair);
    }
    pairs
}
