//! What lots are drawn for: units or whole clusters, by block, in the order of their codes.
//!
//! Who may call this: [`super::lottery`]. What must stay true: the order of the list changes nothing.

use std::collections::BTreeMap;

use super::Unit;
use super::matching;
use super::scheme::{Scheme, Within};
use crate::count::count;
use crate::refusal::Refusal;

/// The tickets of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub name: Option<String>,
    /// Places among the tickets, ascending.
    pub tickets: Vec<usize>,
}

/// What lots are drawn for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tickets {
    /// Units' or clusters' codes, in the order of their bytes.
    pub(super) codes: Vec<String>,
    /// Each unit's ticket.
    pub(super) of_unit: Vec<usize>,
    /// In the order of drawing.
    pub(super) blocks: Vec<Block>,
}

impl Tickets {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The place of a unit's or cluster's code.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<usize> {
        self.codes
            .binary_search_by(|own| own.as_str().cmp(code))
            .ok()
    }

    /// The block of each ticket, by name.
    pub(super) fn block_of(&self) -> Vec<Option<&str>> {
        let mut names = vec![None; self.codes.len()];
        for block in &self.blocks {
            for ticket in &block.tickets {
                if let Some(name) = names.get_mut(*ticket) {
                    *name = block.name.as_deref();
                }
            }
        }
        names
    }

    /// For each ticket the means of its units' numbers.
    pub(super) fn means<'a>(
        &self,
        units: &'a [Unit],
        numbers: impl Fn(&'a Unit) -> &'a Vec<f64>,
    ) -> Vec<Vec<f64>> {
        let mut sums: Vec<(Vec<f64>, usize)> = vec![(Vec::new(), 0); self.codes.len()];
        for (unit, ticket) in units.iter().zip(&self.of_unit) {
            let row = numbers(unit);
            if let Some((sum, n)) = sums.get_mut(*ticket) {
                sum.resize(row.len(), 0.0);
                sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
                *n += 1;
            }
        }
        sums.into_iter()
            .map(|(sum, n)| sum.into_iter().map(|x| x / count(n.max(1))).collect())
            .collect()
    }

    pub(super) fn of(units: &[Unit], scheme: &Scheme) -> Result<Self, Refusal> {
        check(units, scheme)?;
        let code = |unit: &Unit| -> String {
            match (&unit.cluster, scheme.whole_clusters) {
                (Some(cluster), true) => cluster.clone(),
                _ => unit.code.clone(),
            }
        };
        let mut codes: Vec<String> = units.iter().map(code).collect();
        codes.sort_unstable();
        codes.dedup();
        let mut tickets = Self {
            of_unit: units
                .iter()
                .map(|unit| codes.binary_search(&code(unit)).unwrap_or_default())
                .collect(),
            codes,
            blocks: Vec::new(),
        };
        let named = tickets.named(units)?;
        let mut by_block: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
        for (ticket, block) in named.into_iter().enumerate() {
            let block = block.filter(|_| scheme.within != Within::Everybody);
            by_block.entry(block).or_default().push(ticket);
        }
        if scheme.within == Within::Pairs {
            complete_pairs(&by_block, scheme.groups.len())?;
        }
        tickets.blocks = if scheme.within == Within::MatchedPairs {
            let numbers = tickets.means(units, |unit| &unit.matched_on);
            matched(by_block, &numbers)?
        } else {
            by_block
                .into_iter()
                .map(|(name, tickets)| Block { name, tickets })
                .collect()
        };
        Ok(tickets)
    }

    /// Each ticket's block as its units name it.
    fn named(&self, units: &[Unit]) -> Result<Vec<Option<String>>, Refusal> {
        let mut named: Vec<Option<&Option<String>>> = vec![None; self.codes.len()];
        for (unit, ticket) in units.iter().zip(&self.of_unit) {
            if let Some(slot) = named.get_mut(*ticket)
                && let Some(before) = slot.replace(&unit.block)
                && *before != unit.block
            {
                return Err(Refusal::new(
                    "cluster-in-two-blocks",
                    format!(
                        "“{}” is in two blocks.",
                        self.codes.get(*ticket).map_or("", String::as_str)
                    ),
                    "Give all its pupils the same block.",
                ));
            }
        }
        Ok(named.into_iter().map(|b| b.cloned().flatten()).collect())
    }
}

/// Pairs matched within each block, numbered with leading zeros so that their order is the order of drawing.
fn matched(
    by_block: BTreeMap<Option<String>, Vec<usize>>,
    numbers: &[Vec<f64>],
) -> Result<Vec<Block>, Refusal> {
    let mut blocks = Vec::new();
    for members in by_block.into_values() {
        let rows: Vec<Vec<f64>> = members
            .iter()
            .filter_map(|ticket| numbers.get(*ticket).cloned())
            .collect();
        for pair in matching::pairs(&rows)? {
            blocks.push(Block {
                name: Some(format!("pair {:05}", blocks.len() + 1)),
                tickets: pair
                    .iter()
                    .filter_map(|place| members.get(*place).copied())
                    .collect(),
            });
        }
    }
    Ok(blocks)
}

fn complete_pairs(
    by_block: &BTreeMap<Option<String>, Vec<usize>>,
    groups: usize,
) -> Result<(), Refusal> {
    for (pair, members) in by_block {
        let Some(pair) = pair else {
            return Err(Refusal::new(
                "no-pair",
                "Some on the list are in no pair.",
                "Fill in every pair, or draw within blocks instead.",
            ));
        };
        if members.len() != groups {
            return Err(Refusal::new(
                "not-a-pair",
                format!(
                    "“{pair}” has {}, and lots within it need exactly {groups}: one for each group.",
                    members.len()
                ),
                "Put each into a pair of its own, or draw within blocks instead, which may be of any size.",
            ));
        }
    }
    Ok(())
}

fn check(units: &[Unit], scheme: &Scheme) -> Result<(), Refusal> {
    let mut names: Vec<&String> = scheme.groups.iter().collect();
    names.sort();
    names.dedup();
    if names.len() < 2 || names.len() != scheme.groups.len() {
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
    if scheme.whole_clusters
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
    if scheme.within == Within::MatchedPairs {
        if scheme.groups.len() != 2 {
            return Err(Refusal::new(
                "pairs-need-two-groups",
                format!(
                    "Pairs are parted between two groups, and here are {}.",
                    scheme.groups.len()
                ),
                "Draw two groups, or draw within blocks.",
            ));
        }
        numbers(units, |unit| &unit.matched_on, "to be matched on")?;
    }
    if scheme.rerandomise.is_some() {
        numbers(units, |unit| &unit.balanced_on, "to be evened out")?;
    }
    Ok(())
}

/// Whether every unit has its numbers, as many as the others.
fn numbers<'a>(
    units: &'a [Unit],
    of: impl Fn(&'a Unit) -> &'a Vec<f64>,
    what: &str,
) -> Result<(), Refusal> {
    let width = units.first().map_or(0, |unit| of(unit).len());
    for unit in units {
        let row = of(unit);
        if row.is_empty() || row.len() != width || row.iter().any(|x| !x.is_finite()) {
            return Err(Refusal::new(
                "no-match",
                format!("“{}” has no number {what}.", unit.code),
                "Fill in its score before, or draw without.",
            ));
        }
    }
    Ok(())
}
