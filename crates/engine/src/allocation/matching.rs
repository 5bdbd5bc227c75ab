//! Pairs of units that are alike before lots are drawn.
//!
//! Who may call this: [`super::lottery`]. What must stay true: the order of the list changes nothing;
//! with an odd number one is left alone.
//!
//! On one column neighbours in its order are paired, which gives the least sum of differences that
//! there is; with an odd number the one is left out whose leaving makes that sum least. On several columns
//! the unit farthest from the average is paired with its nearest by Mahalanobis's distance, and so on
//! inwards; then partners are exchanged between two pairs as long as that brings the sum of distances
//! down. Matching before randomisation: Greevy, Lu, Silber & Rosenbaum 2004 ("Optimal multivariate
//! matching before randomization"); for clusters Imai, King & Nall 2009.

use super::distance::{apart, whitened};
use crate::refusal::Refusal;

/// Passes over all pairs of pairs, at most: each brings the sum down, so they end by themselves before.
const PASSES: usize = 100;

/// Pairs by place, each with the smaller place first, those whose first place is smallest first.
///
/// # Errors
/// `out-of-range` where values are too large to be worked with.
pub(super) fn pairs(rows: &[Vec<f64>]) -> Result<Vec<Vec<usize>>, Refusal> {
    let white = whitened(rows)?;
    let mut pairs = match white.first().map_or(0, Vec::len) {
        0 | 1 => neighbours(&white),
        _ => exchanged(&white, nearest(&white)),
    };
    for pair in &mut pairs {
        pair.sort_unstable();
    }
    pairs.sort();
    Ok(pairs)
}

/// The best pairs on one column.
fn neighbours(white: &[Vec<f64>]) -> Vec<Vec<usize>> {
    let value = |place: &usize| {
        white
            .get(*place)
            .and_then(|row| row.first().copied())
            .unwrap_or(0.0)
    };
    let mut order: Vec<usize> = (0..white.len()).collect();
    order.sort_by(|a, b| value(a).total_cmp(&value(b)).then(a.cmp(b)));
    let mut alone = None;
    if order.len() % 2 == 1 {
        // Leaving out the 1st, 3rd, 5th … of the order: the sum before it and the sum behind it.
        let gap = |at: usize| match (order.get(at), order.get(at + 1)) {
            (Some(a), Some(b)) => value(b) - value(a),
            _ => 0.0,
        };
        let mut sum: f64 = (1..order.len()).step_by(2).map(gap).sum();
        let mut best = (sum, 0);
        for at in (2..order.len()).step_by(2) {
            sum += gap(at - 2) - gap(at - 1);
            if sum < best.0 - 1e-12 {
                best = (sum, at);
            }
        }
        alone = Some(order.remove(best.1));
    }
    order
        .chunks(2)
        .map(<[usize]>::to_vec)
        .chain(alone.map(|one| vec![one]))
        .collect()
}

/// The farthest from the average with its nearest, and so on inwards.
fn nearest(white: &[Vec<f64>]) -> Vec<Vec<usize>> {
    let size = |row: &Vec<f64>| -> f64 { row.iter().map(|x| x * x).sum() };
    let mut left: Vec<(usize, &Vec<f64>)> = white.iter().enumerate().collect();
    left.sort_by(|(i, a), (j, b)| size(b).total_cmp(&size(a)).then(i.cmp(j)));
    let mut pairs = Vec::new();
    while !left.is_empty() {
        let (one, row) = left.remove(0);
        let other = left
            .iter()
            .enumerate()
            .min_by(|(_, (i, a)), (_, (j, b))| {
                apart(a, row).total_cmp(&apart(b, row)).then(i.cmp(j))
            })
            .map(|(at, _)| at);
        let mut pair = vec![one];
        if let Some(at) = other {
            pair.push(left.remove(at).0);
        }
        pairs.push(pair);
    }
    pairs
}

/// Exchanges partners between two pairs as long as it helps.
fn exchanged(white: &[Vec<f64>], mut pairs: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let far = |a: usize, b: usize| match (white.get(a), white.get(b)) {
        (Some(a), Some(b)) => apart(a, b).sqrt(),
        _ => f64::INFINITY,
    };
    for _ in 0..PASSES {
        let mut helped = false;
        for i in 0..pairs.len() {
            for j in i + 1..pairs.len() {
                let (Some([a, b]), Some([c, d])) = (
                    pairs.get(i).map(Vec::as_slice),
                    pairs.get(j).map(Vec::as_slice),
                ) else {
                    continue;
                };
                let (a, b, c, d) = (*a, *b, *c, *d);
                let now = far(a, b) + far(c, d) - 1e-12;
                let [crossed, straight] = [far(a, d) + far(c, b), far(a, c) + far(b, d)];
                let better = if crossed <= straight && crossed < now {
                    [vec![a, d], vec![c, b]]
                } else if straight < now {
                    [vec![a, c], vec![b, d]]
                } else {
                    continue;
                };
                for (place, pair) in [i, j].into_iter().zip(better) {
                    if let Some(slot) = pairs.get_mut(place) {
                        *slot = pair;
                    }
                }
                helped = true;
            }
        }
        if !helped {
            break;
        }
    }
    pairs
}
