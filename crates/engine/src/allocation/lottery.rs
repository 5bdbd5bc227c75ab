//! A trial's lots, ready to be drawn as often as wanted: once for the trial, and again for its test.
//!
//! Who may call this: [`draw`](super::draw) and [`permutation`](crate::permutation). What must stay true: both
//! draw by the same steps, whatever the blocks, the pairs and the balance that was asked for; a draw
//! from the same generator is the same for ever.

use super::Lots;
use super::distance::whitened;
use super::rerandomise::Rerandomise;
use super::scheme::Scheme;
use super::tickets::{Block, Tickets};
use super::{MOST_DRAWS, Unit};
use crate::count::count;
use crate::refusal::Refusal;

/// The lots of a trial.
#[derive(Clone, Debug)]
pub struct Lottery {
    tickets: Tickets,
    groups: usize,
    rule: Option<Rerandomise>,
    /// For each ticket its whitened numbers to be balanced; empty where nothing is.
    white: Vec<Vec<f64>>,
}

/// How the lots fell, ticket by ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Fallen {
    /// For each ticket its group's place.
    pub groups: Vec<usize>,
    /// Mahalanobis's distance between the groups, 0 where nothing was balanced.
    pub distance: f64,
    /// Draws that were looked at for it.
    pub draws: u32,
}

impl Lottery {
    /// Makes the lots of a list ready.
    ///
    /// # Errors
    /// As [`draw`](super::draw).
    pub fn of(units: &[Unit], scheme: &Scheme) -> Result<Self, Refusal> {
        let tickets = Tickets::of(units, scheme)?;
        if tickets.codes.len() < scheme.groups.len() {
            return Err(Refusal::new(
                "too-few-units",
                "There are fewer on the list than groups to draw.",
                "Add to the list, or draw fewer groups.",
            ));
        }
        let white = match scheme.rerandomise {
            Some(_) => whitened(&tickets.means(units, |unit| &unit.balanced_on))?,
            None => Vec::new(),
        };
        if scheme.rerandomise.is_some() && white.iter().all(Vec::is_empty) {
            return Err(Refusal::new(
                "nothing-to-balance",
                "All on the list have the same numbers, so every draw is balanced alike.",
                "Name other columns to even out, or draw without.",
            ));
        }
        Ok(Self {
            groups: scheme.groups.len(),
            rule: scheme.rerandomise,
            white,
            tickets,
        })
    }

    /// What lots are drawn for.
    #[must_use]
    pub fn tickets(&self) -> &Tickets {
        &self.tickets
    }

    /// How many groups there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The rule by which a draw is kept, where there is one.
    #[must_use]
    pub fn rule(&self) -> Option<Rerandomise> {
        self.rule
    }

    /// Draws as the trial draws, until the rule keeps one.
    ///
    /// # Errors
    /// `never-balanced` where [`MOST_DRAWS`] draws were all too far from balance.
    pub fn draw(&self, lots: &mut Lots) -> Result<Fallen, Refusal> {
        let mut groups = vec![0; self.tickets.codes.len()];
        let mut scratch = Vec::new();
        self.once(lots, &mut groups, &mut scratch);
        let mut distance = self.distance(&groups);
        let mut draws = 1;
        match self.rule {
            None => {}
            Some(Rerandomise::BestOf(of)) => {
                let mut next = groups.clone();
                while draws < of {
                    self.once(lots, &mut next, &mut scratch);
                    let other = self.distance(&next);
                    draws += 1;
                    // What ties but for rounding ties: the first stays.
                    if other < distance * (1.0 - 1e-9) {
                        distance = other;
                        groups.clone_from(&next);
                    }
                }
            }
            Some(Rerandomise::Within(most)) => {
                while distance > most {
                    if draws >= MOST_DRAWS {
                        return Err(Refusal::new(
                            "never-balanced",
                            format!(
                                "None of {MOST_DRAWS} draws came as near to balance as was asked for."
                            ),
                            "Ask for less: accept a larger share of draws, or even out fewer columns.",
                        ));
                    }
                    self.once(lots, &mut groups, &mut scratch);
                    distance = self.distance(&groups);
                    draws += 1;
                }
            }
        }
        Ok(Fallen {
            groups,
            distance,
            draws,
        })
    }

    /// One plain draw, block by block.
    fn once(&self, lots: &mut Lots, groups: &mut [usize], order: &mut Vec<usize>) {
        // Whoever is left over when a block does not divide evenly takes a group from this pile,
        // which holds each group once: so groups stay even over blocks, and every group equally likely.
        let mut pile: Vec<usize> = Vec::new();
        for block in &self.tickets.blocks {
            order.clone_from(&block.tickets);
            lots.shuffle(order);
            let whole = order.len() / self.groups * self.groups;
            for (place, ticket) in order.iter().enumerate() {
                let group = if place < whole {
                    place % self.groups
                } else {
                    if pile.is_empty() {
                        pile.extend(0..self.groups);
                        lots.shuffle(&mut pile);
                    }
                    pile.pop().unwrap_or_default()
                };
                if let Some(slot) = groups.get_mut(*ticket) {
                    *slot = group;
                }
            }
        }
    }

    /// Mahalanobis's distance between the groups: Σ n_g z̄_g'z̄_g over whitened numbers, for two groups
    /// M = n p(1 − p)(x̄₁ − x̄₀)'S⁻¹(x̄₁ − x̄₀) (Morgan & Rubin 2012, section 2.2).
    #[must_use]
    pub fn distance(&self, groups: &[usize]) -> f64 {
        let width = self.white.first().map_or(0, Vec::len);
        if width == 0 {
            return 0.0;
        }
        (0..self.groups)
            .map(|group| {
                let (mut sums, mut n) = (vec![0.0; width], 0_usize);
                for (row, _) in self.white.iter().zip(groups).filter(|(_, g)| **g == group) {
                    n += 1;
                    sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
                }
                sums.iter().map(|sum| sum * sum).sum::<f64>() / count(n.max(1))
            })
            .sum()
    }

    /// How many equally likely plain draws of two groups there are; `None` where blocks that do not divide
    /// evenly hang together, so that not all are equally likely.
    #[must_use]
    pub fn allocations(&self) -> Option<f64> {
        let odd = self
            .tickets
            .blocks
            .iter()
            .filter(|b| b.tickets.len() % 2 == 1)
            .count();
        if self.groups != 2 || odd > 1 {
            return None;
        }
        Some(
            self.tickets
                .blocks
                .iter()
                .map(|b| ways(b.tickets.len()))
                .product::<f64>()
                .min(f64::MAX),
        )
    }

    /// Every plain draw of two groups, where [`Lottery::allocations`] counts them.
    pub fn each(&self, look: &mut dyn FnMut(&[usize])) {
        let mut groups = vec![1; self.tickets.codes.len()];
        deeper(&self.tickets.blocks, &mut groups, look);
    }
}

/// C(n, n/2); with an odd n the larger group may be either.
fn ways(n: usize) -> f64 {
    let half = n / 2;
    let choose = (1..=half).fold(1.0, |product, i| {
        (product * count(n - half + i) / count(i)).round()
    });
    if n % 2 == 1 { 2.0 * choose } else { choose }
}

fn deeper(blocks: &[Block], groups: &mut [usize], look: &mut dyn FnMut(&[usize])) {
    let Some((block, rest)) = blocks.split_first() else {
        look(groups);
        return;
    };
    let n = block.tickets.len();
    let sizes = if n % 2 == 1 {
        vec![n / 2, n / 2 + 1]
    } else {
        vec![n / 2]
    };
    for first in sizes {
        choose(&block.tickets, first, groups, &mut |groups| {
            deeper(rest, groups, look);
        });
    }
}

/// Each choice of `k` tickets into the first group, the others into the second.
fn choose(tickets: &[usize], k: usize, groups: &mut [usize], then: &mut dyn FnMut(&mut [usize])) {
    let Some((ticket, rest)) = tickets.split_first() else {
        then(groups);
        return;
    };
    for (group, may) in [(0, k > 0), (1, rest.len() >= k)] {
        if may {
            if let Some(slot) = groups.get_mut(*ticket) {
                *slot = group;
            }
            choose(rest, k - usize::from(group == 0), groups, then);
        }
    }
}
