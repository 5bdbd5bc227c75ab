//! The rule set `anhoej`: unusually long runs and unusually few crossings.
//!
//! Anhøj & Olesen (2014), "Run charts revisited", *PLoS ONE* 9:e113825. Of the n values that are not
//! on the centre, a run longer than round(log₂ n + 3), or fewer crossings than the 5% quantile of a
//! binomial of n − 1 and ½, is more than chance. Where there are limits, so is a point outside. Held to
//! `reference/spc.json`: `…_runchart`, `…_qic_run`, `…_qic_i`.

use serde::{Deserialize, Serialize};

use super::zones::Zone;
use super::{Signal, Signals};
use crate::count::{count, nearest};
use crate::distributions::{binomial_cdf, normal_quantile};

/// Where crossings are few, runs of so many points are marked: a point or two that just crossed are not.
const STRETCH: usize = 4;

/// Below so many values off the centre runs are not judged.
const FROM: usize = 10;

/// The runs of a series about its centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs {
    /// Values that are not on the centre.
    pub useful: usize,
    /// Points in the longest run.
    pub longest: usize,
    /// The longest that is ordinary, round(log₂ n + 3).
    pub longest_ordinary: usize,
    /// How often the series crosses the centre.
    pub crossings: usize,
    /// The fewest that are ordinary.
    pub crossings_ordinary: usize,
}

impl Runs {
    /// Whether the longest run is more than chance.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.useful >= FROM && self.longest > self.longest_ordinary
    }

    /// Whether the crossings are fewer than chance.
    #[must_use]
    pub fn is_seldom_crossed(&self) -> bool {
        self.useful >= FROM && self.crossings < self.crossings_ordinary
    }
}

/// Counts runs and crossings; values on the centre are passed over.
///
/// ```
/// use difference_engine::chart::rules::{runs, zones};
/// let values = [1.0, 1.0, 2.0, 3.0, 3.0, 1.0, 3.0, 1.0, 1.0, 3.0, 3.0];
/// let runs = runs(&zones(&values, 2.0, 3.0));
/// assert_eq!((runs.useful, runs.longest, runs.longest_ordinary), (10, 2, 6));
/// assert_eq!((runs.crossings, runs.crossings_ordinary), (5, 2));
/// ```
#[must_use]
pub fn runs(zones: &[Zone]) -> Runs {
    let (mut useful, mut longest, mut crossings) = (0, 0, 0);
    let (mut run, mut before) = (0, 0);
    for side in zones.iter().map(|z| z.signum()).filter(|s| *s != 0) {
        useful += 1;
        if side == before {
            run += 1;
        } else {
            crossings += usize::from(before != 0);
            run = 1;
            before = side;
        }
        longest = longest.max(run);
    }
    Runs {
        useful,
        longest,
        longest_ordinary: longest_ordinary(useful),
        crossings,
        crossings_ordinary: crossings_ordinary(useful),
    }
}

/// round(log₂ n + 3).
fn longest_ordinary(useful: usize) -> usize {
    if useful == 0 {
        return 0;
    }
    usize::try_from(nearest(count(useful).log2() + 3.0)).unwrap_or(usize::MAX)
}

/// The smallest number of crossings whose chance to be met or not reached is at least 5%.
fn crossings_ordinary(useful: usize) -> usize {
    let n = count(useful.saturating_sub(1));
    if n == 0.0 {
        return 0;
    }
    let at_most = |r: f64| binomial_cdf(r, n, 0.5).unwrap_or(1.0);
    // Near the normal quantile; from there step by step.
    let z = normal_quantile(0.05).unwrap_or(-1.645);
    let mut r = (0.5 * n + z * 0.5 * n.sqrt()).floor().max(0.0);
    while at_most(r) < 0.05 {
        r += 1.0;
    }
    while r > 0.0 && at_most(r - 1.0) >= 0.05 {
        r -= 1.0;
    }
    usize::try_from(nearest(r)).unwrap_or(usize::MAX)
}

/// What each value signals: outside, in an unusually long run, or, where crossings are unusually few, in
/// a run of four or more.
#[must_use]
pub fn anhoej(zones: &[Zone]) -> Vec<Signals> {
    let all = runs(zones);
    let long = all.is_long();
    let seldom = all.is_seldom_crossed();
    // The run that each value belongs to: its side and how long it becomes. Values on the centre
    // belong to none.
    let mut lengths: Vec<usize> = Vec::new();
    let mut before = 0;
    for side in zones.iter().map(|z| z.signum()).filter(|s| *s != 0) {
        match lengths.last_mut() {
            Some(run) if side == before => *run += 1,
            _ => lengths.push(1),
        }
        before = side;
    }
    let mut lengths = lengths.into_iter();
    let (mut run, mut before) = (0, 0);
    zones
        .iter()
        .map(|zone| {
            let side = zone.signum();
            let mut bits = 0;
            if zone.abs() == 4 {
                bits |= Signal::Outside.bit();
            }
            if side != 0 {
                if side != before {
                    run = lengths.next().unwrap_or(0);
                    before = side;
                }
                if long && run > all.longest_ordinary {
                    bits |= Signal::LongRun.bit();
                }
                if seldom && run >= STRETCH {
                    bits |= Signal::FewCrossings.bit();
                }
            }
            Signals::new(bits, if bits == 0 { 0 } else { side })
        })
        .collect()
}
