//! The lots drawn again by the trial's own rule: its blocks and pairs, whoever was lost, and only draws
//! that its re-randomisation would have kept.
//!
//! Morgan & Rubin 2012, section 2.3: a randomisation test after re-randomisation compares with draws that
//! pass the same criterion. Where the best of N draws was kept, an allocation whose distance has a share
//! S≥ of all allocations at or beyond it, and S> beyond it, is kept with chance (S≥ᴺ − S>ᴺ) over all that
//! tie with it; where all can be looked at, they are weighed so, and otherwise each draw again is itself the best of N.
//!
//! Units that were drawn and have no outcome keep their lot and give nothing to the sums, so that the
//! number who got it among those measured varies as the lots would have it vary.

use crate::allocation::{Lots, Lottery, Rerandomise};
use crate::binary::wilson;
use crate::count::{count as size, count_u64 as count};
use crate::refusal::Refusal;

use super::{Draws, Permutation, Setting, Tally, Units};

/// Plain draws times tickets that drawing again may take, before it makes do with fewer draws.
const MOST_STEPS: f64 = 4e8;
/// However long a draw takes, so many are made.
const FEWEST_DRAWS: u64 = 199;

/// What the units of a ticket add to the sums.
#[derive(Clone, Default)]
struct Share {
    sums: Vec<f64>,
    /// Places of blocks, and how many of its units are in each.
    counts: Vec<(usize, f64)>,
}

struct Drawn<'a> {
    setting: &'a Setting,
    shares: Vec<Share>,
    sizes: Vec<f64>,
    treated: usize,
}

impl<'a> Drawn<'a> {
    fn of(
        setting: &'a Setting,
        tickets: &[usize],
        lottery: &Lottery,
        treated: usize,
    ) -> Result<Self, Refusal> {
        let mut shares = vec![Share::default(); lottery.tickets().len()];
        for share in &mut shares {
            share.sums = vec![0.0; setting.width()];
        }
        for (place, block) in setting.blocks.iter().enumerate() {
            for unit in &block.units {
                let share = tickets
                    .get(*unit)
                    .and_then(|ticket| shares.get_mut(*ticket))
                    .ok_or_else(|| {
                        Refusal::new(
                            "lots-do-not-fit",
                            "The lots can’t be drawn again, because a unit was never drawn for.",
                            "Use the list that the lots were drawn from.",
                        )
                    })?;
                setting.add(&mut share.sums, *unit);
                match share.counts.iter_mut().find(|(at, _)| *at == place) {
                    Some((_, n)) => *n += 1.0,
                    None => share.counts.push((place, 1.0)),
                }
            }
        }
        Ok(Self {
            setting,
            shares,
            sizes: setting.blocks.iter().map(|b| size(b.units.len())).collect(),
            treated,
        })
    }

    /// The coefficient that an allocation would have given; 0 where it leaves nothing to compare.
    fn coefficient(&self, groups: &[usize], sums: &mut [f64], counts: &mut [f64]) -> f64 {
        sums.iter_mut().for_each(|s| *s = 0.0);
        counts.iter_mut().for_each(|n| *n = 0.0);
        for (share, _) in self
            .shares
            .iter()
            .zip(groups)
            .filter(|(_, group)| **group == self.treated)
        {
            sums.iter_mut()
                .zip(&share.sums)
                .for_each(|(sum, x)| *sum += x);
            for (block, n) in &share.counts {
                if let Some(sum) = counts.get_mut(*block) {
                    *sum += n;
                }
            }
        }
        let spread: f64 = counts
            .iter()
            .zip(&self.sizes)
            .map(|(got, all)| got * (all - got) / all)
            .sum();
        self.setting.coefficient_over(sums, spread)
    }
}

/// Draws the lots again by the rule of `lottery`. `tickets` has the place of each unit's ticket, and
/// `treated` the place of the group that got it.
///
/// ```
/// use difference_engine::allocation::{Lottery, Scheme, LotMethod, Unit};
/// use difference_engine::permutation::{permutation, redrawn, Draws, Units};
/// // Three pairs: 2³ ways, of which none but this and its mirror image is as extreme.
/// let units: Vec<Unit> = (0..6).map(|i| Unit {
///     code: format!("{i}"), block: Some(format!("pair {}", i / 2)), ..Unit::default()
/// }).collect();
/// let scheme = Scheme::plain(LotMethod::Blocked, &["now".to_owned(), "later".to_owned()]);
/// let lottery = Lottery::of(&units, &scheme)?;
/// let values = [5.0, 3.0, 9.0, 4.0, 8.0, 7.0];
/// let treated = [true, false, true, false, true, false];
/// let units = Units { values: &values, treated: &treated, blocks: &[], covariates: &[] };
/// let p = redrawn(&units, &[0, 1, 2, 3, 4, 5], &lottery, 0, Draws::default())?;
/// assert_eq!((p.p_value, p.looked_at), (0.25, 8));
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `lots-do-not-fit`, `one-group`, `no-variation`, `never-balanced`.
pub fn redrawn(
    units: &Units<'_>,
    tickets: &[usize],
    lottery: &Lottery,
    treated: usize,
    draws: Draws,
) -> Result<Permutation, Refusal> {
    let setting = Setting::of(units)?;
    let observed = setting.observed(units.treated);
    let scale = super::scale(&setting, units)?;
    let drawn = Drawn::of(&setting, tickets, lottery, treated)?;
    let mut sums = vec![0.0; setting.width()];
    let mut counts = vec![0.0; drawn.sizes.len()];
    let mut tally = Tally::new(observed, scale);
    let allocations = lottery.allocations();
    if let Some(all) = allocations.filter(|all| *all <= count(draws.complete_up_to)) {
        let mut seen: Vec<(f64, f64)> = Vec::new();
        lottery.each(&mut |groups| {
            let coefficient = drawn.coefficient(groups, &mut sums, &mut counts);
            seen.push((lottery.distance(groups), coefficient));
        });
        return Ok(weighed(seen, lottery.rule(), observed, tally.slack, all));
    }
    let mut lots = Lots::new(draws.seed);
    let mut steps = 0.0;
    while tally.looked_at < u64::from(draws.draws)
        && (steps < MOST_STEPS || tally.looked_at < FEWEST_DRAWS)
    {
        let fallen = lottery.draw(&mut lots)?;
        steps += f64::from(fallen.draws) * size(fallen.groups.len());
        tally.look(drawn.coefficient(&fallen.groups, &mut sums, &mut counts));
    }
    let m = count(tally.looked_at);
    Ok(Permutation {
        observed,
        p_value: (count(tally.as_extreme) + 1.0) / (m + 1.0),
        chance_sd: tally.spread(),
        allocations: allocations.unwrap_or(f64::MAX),
        looked_at: tally.looked_at,
        as_extreme: tally.as_extreme,
        as_large: tally.as_large,
        complete: false,
        interval: if tally.looked_at == 0 {
            None
        } else {
            Some(wilson(tally.as_extreme, tally.looked_at, 0.95)?)
        },
        smallest_p: 1.0 / (m + 1.0),
    })
}

/// The answer where every allocation was looked at: its distance and its coefficient.
fn weighed(
    mut seen: Vec<(f64, f64)>,
    rule: Option<Rerandomise>,
    observed: f64,
    slack: f64,
    all: f64,
) -> Permutation {
    if let Some(Rerandomise::Within(most)) = rule {
        seen.retain(|(distance, _)| *distance <= most * (1.0 + 1e-9));
    }
    let n = size(seen.len());
    let mut weights = vec![1.0 / n; seen.len()];
    if let Some(Rerandomise::BestOf(of)) = rule {
        seen.sort_by(|a, b| a.0.total_cmp(&b.0));
        weights.clear();
        let power = |share: f64| share.powi(i32::try_from(of).unwrap_or(i32::MAX));
        let mut from = 0;
        while let Some((distance, _)) = seen.get(from) {
            let ties = seen
                .iter()
                .skip(from)
                .take_while(|(d, _)| *d <= distance + 1e-9 * distance.abs())
                .count()
                .max(1);
            let (at, beyond) = (n - size(from), n - size(from + ties));
            let each = (power(at / n) - power(beyond / n)) / size(ties);
            weights.extend(std::iter::repeat_n(each, ties));
            from += ties;
        }
    }
    let weighing = |is: &dyn Fn(f64) -> bool| -> (f64, u64) {
        seen.iter()
            .zip(&weights)
            .filter(|((_, c), _)| is(*c))
            .fold((0.0, 0), |(sum, n), (_, w)| (sum + w, n + 1))
    };
    let bound = observed.abs() - slack;
    let (p_value, as_extreme) = weighing(&|c| c.abs() >= bound);
    let (_, as_large) = weighing(&|c| c >= observed - slack);
    let most = seen.iter().fold(0.0_f64, |m, (_, c)| m.max(c.abs()));
    let (smallest_p, _) = weighing(&|c| c.abs() >= most - slack);
    let mean: f64 = seen.iter().zip(&weights).map(|((_, c), w)| w * c).sum();
    let squares: f64 = seen.iter().zip(&weights).map(|((_, c), w)| w * c * c).sum();
    Permutation {
        observed,
        p_value: p_value.min(1.0),
        chance_sd: (squares - mean * mean).max(0.0).sqrt(),
        allocations: all,
        looked_at: u64::try_from(seen.len()).unwrap_or(u64::MAX),
        as_extreme,
        as_large,
        complete: true,
        interval: None,
        smallest_p: smallest_p.min(1.0),
    }
}
