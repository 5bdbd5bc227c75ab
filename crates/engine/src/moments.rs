//! Mergeable moments: all that estimators made of sums need to know about some rows.
//!
//! Who may call this: the estimators, and whoever sends moments instead of rows. What must stay
//! true: never raw sums of squares (they lose digits); merging in any order agrees within
//! [`Moments::bound`]; the same rows in the same order give the same bytes, however they were cut into chunks.
//!
//! Chan, T. F., Golub, G. H. & LeVeque, R. J. (1983). Algorithms for computing the sample variance:
//! analysis and recommendations. *The American Statistician* 37(3), 242–247.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::count::count;
use crate::refusal::Refusal;

/// Where a column of a model comes from, within rows that share their group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Source {
    /// A column of the rows; None for the amount alone.
    pub column: Option<usize>,
    /// An amount that is the same in every row.
    pub add: f64,
}

/// The count, the means and the centred cross-products `Σ (x − x̄)(x − x̄)'` of some columns.
///
/// Two moments of the same columns merge exactly (up to rounding) into those of all the rows, and
/// what was added can be taken away again.
///
/// ```
/// use difference_engine::moments::Moments;
///
/// let here = Moments::of([[1.0, 10.0], [2.0, 20.0], [3.0, 20.0]]);
/// let there = Moments::of([[4.0, 40.0], [5.0, 35.0]]);
/// let mut both = here.clone();
/// both.merge(&there);
/// assert_eq!(both.n(), 5);
/// assert_eq!(both.mean(0), 3.0);
/// assert_eq!(both.cross(0, 0), 10.0);
/// both.subtract(&there)?;
/// assert!((both.cross(1, 0) - here.cross(1, 0)).abs() <= both.bound(1, 0));
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    n: usize,
    /// A row of these rows, from which the means are counted: a mean a million standard deviations from zero
    /// would otherwise lose the digits that the cross-products need.
    origin: Vec<f64>,
    /// Each mean less its origin.
    offset: Vec<f64>,
    /// The lower triangle, row by row.
    cross: Vec<f64>,
}

impl Moments {
    /// No rows of so many columns.
    #[must_use]
    pub fn empty(columns: usize) -> Self {
        Self {
            n: 0,
            origin: vec![0.0; columns],
            offset: vec![0.0; columns],
            cross: vec![0.0; columns * (columns + 1) / 2],
        }
    }

    /// So many rows that are all the same.
    #[must_use]
    pub fn constant(n: usize, row: &[f64]) -> Self {
        let mut all = Self::empty(row.len());
        if n > 0 {
            all.n = n;
            all.origin.clone_from_slice(row);
        }
        all
    }

    /// The moments of some rows, all of one length.
    pub fn of<Row: AsRef<[f64]>>(rows: impl IntoIterator<Item = Row>) -> Self {
        let mut rows = rows.into_iter().peekable();
        let columns = rows.peek().map_or(0, |row| row.as_ref().len());
        let mut moments = Self::empty(columns);
        for row in rows {
            moments.add(row.as_ref());
        }
        moments
    }

    /// Rows.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.origin.len()
    }

    /// Mean of a column, in its own unit; 0 where there is no such column.
    #[must_use]
    pub fn mean(&self, column: usize) -> f64 {
        self.at(column)
            .map_or(0.0, |(origin, offset)| origin + offset)
    }

    fn at(&self, column: usize) -> Option<(f64, f64)> {
        Some((*self.origin.get(column)?, *self.offset.get(column)?))
    }

    /// All the means.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        let parts = self.origin.iter().zip(&self.offset);
        parts.map(|(origin, offset)| origin + offset).collect()
    }

    /// Centred cross-product of two columns, in the product of their units.
    #[must_use]
    pub fn cross(&self, a: usize, b: usize) -> f64 {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        self.cross
            .get(high * (high + 1) / 2 + low)
            .copied()
            .unwrap_or_default()
    }

    /// Variance of a column (over n − 1), in its unit squared; None with fewer than two rows.
    #[must_use]
    pub fn variance(&self, column: usize) -> Option<f64> {
        (self.n > 1).then(|| self.cross(column, column) / (count(self.n) - 1.0))
    }

    /// How far rounding may put two ways of merging the same rows apart, for one cross-product:
    /// `1e-12 × (n·|x̄|·|ȳ| + √(Sxx·Syy))`, for values up to 10⁶ standard deviations from zero.
    #[must_use]
    pub fn bound(&self, a: usize, b: usize) -> f64 {
        1e-12
            * (count(self.n) * self.mean(a).abs() * self.mean(b).abs()
                + (self.cross(a, a) * self.cross(b, b)).sqrt())
    }

    /// Whether every figure is a number.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let parts = [&self.origin, &self.offset, &self.cross];
        parts.into_iter().flatten().all(|v| v.is_finite())
    }

    /// Adds one row (Welford's update: the pairwise merge with a single row).
    pub fn add(&mut self, row: &[f64]) {
        self.n += 1;
        if self.n == 1 {
            self.origin.clone_from_slice(row);
            return;
        }
        let n = count(self.n);
        let parts = row.iter().zip(&self.origin).zip(&self.offset);
        let apart = parts.map(|((value, origin), offset)| value - origin - offset);
        outer(&mut self.cross, apart, (n - 1.0) / n);
        for ((offset, origin), value) in self.offset.iter_mut().zip(&self.origin).zip(row) {
            *offset += (value - origin - *offset) / n;
        }
    }

    /// Lets all rows go.
    fn clear(&mut self) {
        self.n = 0;
        for all in [&mut self.origin, &mut self.offset, &mut self.cross] {
            all.fill(0.0);
        }
    }

    /// Takes in another set of rows of the same columns.
    pub fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            self.clone_from(other);
            return;
        }
        let (ours, theirs) = (count(self.n), count(other.n));
        let all = ours + theirs;
        let apart = self.apart(other);
        for (sum, more) in self.cross.iter_mut().zip(&other.cross) {
            *sum += more;
        }
        outer(
            &mut self.cross,
            apart.iter().copied(),
            ours * (theirs / all),
        );
        for (offset, apart) in self.offset.iter_mut().zip(&apart) {
            *offset += apart * (theirs / all);
        }
        self.n += other.n;
    }

    /// How far the other's means are from ours: origins from origins, so that nothing is lost to a common level.
    fn apart(&self, other: &Self) -> Vec<f64> {
        let origins = self.origin.iter().zip(&other.origin);
        let offsets = self.offset.iter().zip(&other.offset);
        (origins.zip(offsets))
            .map(|((ours, theirs), (our_offset, their_offset))| {
                (theirs - ours) + (their_offset - our_offset)
            })
            .collect()
    }

    /// Takes rows away that were merged in before, such as a pupil's who withdraws.
    ///
    /// The result is that of the rows that stay, within the [`bound`](Self::bound) of what was there before.
    ///
    /// # Errors
    /// `more-than-there-is` when there are fewer rows than should go.
    pub fn subtract(&mut self, other: &Self) -> Result<(), Refusal> {
        if other.n > self.n {
            return Err(Refusal::new(
                "more-than-there-is",
                format!(
                    "There are {} rows, so {} can't be taken away.",
                    self.n, other.n
                ),
                "Check that these rows were added before.",
            ));
        }
        if other.n == self.n {
            *self = Self::empty(self.columns());
            return Ok(());
        }
        let (all, gone) = (count(self.n), count(other.n));
        let stay = all - gone;
        // From the mean of those that stay to the mean of those that go.
        let apart: Vec<f64> = (self.apart(other).iter())
            .map(|apart| apart * (all / stay))
            .collect();
        for (offset, apart) in self.offset.iter_mut().zip(&apart) {
            *offset -= apart * (gone / all);
        }
        for (sum, less) in self.cross.iter_mut().zip(&other.cross) {
            *sum -= less;
        }
        outer(&mut self.cross, apart.iter().copied(), -stay * (gone / all));
        self.n -= other.n;
        Ok(())
    }

    /// The same rows with a column put in that holds one value in each of them, such as the arm.
    #[must_use]
    pub fn with_constant(&self, at: usize, value: f64) -> Self {
        let columns = self.columns() + 1;
        let source = |column: usize| match column.cmp(&at) {
            std::cmp::Ordering::Less => Some(column),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(column - 1),
        };
        Self {
            n: self.n,
            origin: (0..columns)
                .map(|c| source(c).map_or(Some(value), |c| Some(self.at(c)?.0)))
                .map(Option::unwrap_or_default)
                .collect(),
            offset: (0..columns)
                .map(|c| source(c).and_then(|c| self.at(c)).map_or(0.0, |at| at.1))
                .collect(),
            cross: (0..columns)
                .flat_map(|a| (0..=a).map(move |b| (a, b)))
                .map(|(a, b)| match (source(a), source(b)) {
                    (Some(a), Some(b)) => self.cross(a, b),
                    _ => 0.0,
                })
                .collect(),
        }
    }

    /// The same rows with some of the columns, in the order given.
    #[must_use]
    pub fn select(&self, columns: &[usize]) -> Self {
        Self {
            n: self.n,
            origin: (columns.iter())
                .map(|c| self.at(*c).unwrap_or_default().0)
                .collect(),
            offset: (columns.iter())
                .map(|c| self.at(*c).unwrap_or_default().1)
                .collect(),
            cross: columns
                .iter()
                .enumerate()
                .flat_map(|(i, a)| columns.iter().take(i + 1).map(move |b| self.cross(*a, *b)))
                .collect(),
        }
    }

    /// The same rows with other columns, each one of these moved by an amount, or the amount alone.
    #[must_use]
    pub(crate) fn arranged(&self, columns: &[Source]) -> Self {
        let place = |source: &Source| source.column.and_then(|c| self.at(c));
        Self {
            n: self.n,
            origin: (columns.iter())
                .map(|s| place(s).map_or(0.0, |at| at.0) + s.add)
                .collect(),
            offset: (columns.iter())
                .map(|s| place(s).map_or(0.0, |at| at.1))
                .collect(),
            cross: (columns.iter().enumerate())
                .flat_map(|(i, a)| {
                    columns
                        .iter()
                        .take(i + 1)
                        .map(move |b| (a.column, b.column))
                })
                .map(|pair| match pair {
                    (Some(a), Some(b)) => self.cross(a, b),
                    _ => 0.0,
                })
                .collect(),
        }
    }

    /// The same rows with one column less a combination of all of them: `column + Σ weights × columns`.
    #[must_use]
    pub(crate) fn with_added(&self, column: usize, weights: &[f64]) -> Self {
        let with = |other: usize| -> f64 {
            (weights.iter().enumerate())
                .map(|(c, weight)| weight * self.cross(c, other))
                .sum()
        };
        let own: f64 = (weights.iter().enumerate())
            .map(|(c, weight)| weight * with(c))
            .sum();
        let mut sums = self.clone();
        let mut at = 0;
        for a in 0..self.columns() {
            for b in 0..=a {
                let more = match (a == column, b == column) {
                    (true, true) => 2.0 * with(column) + own,
                    (true, false) => with(b),
                    (false, true) => with(a),
                    (false, false) => 0.0,
                };
                if let Some(sum) = sums.cross.get_mut(at) {
                    *sum += more;
                }
                at += 1;
            }
        }
        let moved = |parts: &[f64]| -> f64 { weights.iter().zip(parts).map(|(w, p)| w * p).sum() };
        let (origin, offset) = (moved(&self.origin), moved(&self.offset));
        if let (Some(o), Some(f)) = (sums.origin.get_mut(column), sums.offset.get_mut(column)) {
            *o += origin;
            *f += offset;
        }
        sums
    }

    /// Moves a column by an amount that is the same in every row.
    pub(crate) fn shift(&mut self, column: usize, by: f64) {
        if let Some(origin) = self.origin.get_mut(column) {
            *origin += by;
        }
    }

    /// The moments of one column less another.
    #[must_use]
    pub fn difference(&self, of: usize, less: usize) -> Self {
        let part = |column| self.at(column).unwrap_or_default();
        let squares = self.cross(of, of) - 2.0 * self.cross(of, less) + self.cross(less, less);
        Self {
            n: self.n,
            origin: vec![part(of).0 - part(less).0],
            offset: vec![part(of).1 - part(less).1],
            cross: vec![squares.max(0.0)],
        }
    }
}

/// Adds `weight × apart × apart'` to the lower triangle of the cross-products.
fn outer(cross: &mut [f64], apart: impl Iterator<Item = f64> + Clone, weight: f64) {
    let mut rest = cross;
    for (i, value) in apart.clone().enumerate() {
        let Some((row, below)) = rest.split_at_mut_checked(i + 1) else {
            return;
        };
        let scaled = weight * value;
        for (sum, value) in row.iter_mut().zip(apart.clone()) {
            *sum += scaled * value;
        }
        rest = below;
    }
}

/// Rows of one chunk of the fold. Within a chunk rows are added one by one, so that even the worst
/// rounding of a chunk (rows × 2⁻⁵³) stays within the bound; chunks are merged in pairs.
const CHUNK: usize = 8_192;

/// Folds rows into moments, one for each key (a cluster and an arm within it).
///
/// Chunks have a fixed number of rows, counted from the first row on, and merge in a fixed tree, so that the
/// bytes of the answer do not depend on the pieces in which the rows are read.
///
/// ```
/// use difference_engine::moments::Fold;
///
/// let mut fold = Fold::new(1);
/// for score in 0..10_000_u32 {
///     fold.add(score % 2, &[f64::from(score)]);
/// }
/// let moments = fold.finish();
/// assert_eq!(moments.len(), 2);
/// assert_eq!(moments[0].0, 0);
/// assert_eq!(moments[0].1.mean(0), 4_999.0);
/// ```
#[derive(Clone, Debug)]
pub struct Fold<Key> {
    columns: usize,
    rows: usize,
    slots: HashMap<Key, usize>,
    folded: Vec<Folded<Key>>,
    /// The last row's key and slot: rows of a class mostly stand together.
    last: Option<(Key, usize)>,
    /// Slots with rows in the open chunk, in the order of their first row.
    touched: Vec<usize>,
    /// Room that merged chunks left.
    spare: Vec<Moments>,
}

#[derive(Clone, Debug)]
struct Folded<Key> {
    key: Key,
    open: Moments,
    /// Merged chunks, largest first, with the height of their subtree.
    closed: Vec<(u32, Moments)>,
}

impl<Key: Copy + Eq + Ord + std::hash::Hash> Fold<Key> {
    /// An empty fold of rows with so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            rows: 0,
            slots: HashMap::new(),
            folded: Vec::new(),
            last: None,
            touched: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Adds one row.
    pub fn add(&mut self, key: Key, row: &[f64]) {
        let slot = match self.last {
            Some((last, slot)) if last == key => slot,
            _ => self.slot(key),
        };
        self.last = Some((key, slot));
        if let Some(folded) = self.folded.get_mut(slot) {
            if folded.open.n() == 0 {
                self.touched.push(slot);
            }
            folded.open.add(row);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(CHUNK) {
            self.close();
        }
    }

    fn slot(&mut self, key: Key) -> usize {
        let next = self.folded.len();
        let slot = *self.slots.entry(key).or_insert(next);
        if slot == next {
            self.folded.push(Folded {
                key,
                open: Moments::empty(self.columns),
                closed: Vec::new(),
            });
        }
        slot
    }

    fn close(&mut self) {
        for slot in self.touched.drain(..) {
            if let Some(folded) = self.folded.get_mut(slot) {
                folded.close(self.columns, &mut self.spare);
            }
        }
    }

    /// Every key's moments, in the order of the keys.
    #[must_use]
    pub fn finish(mut self) -> Vec<(Key, Moments)> {
        self.close();
        let mut all: Vec<(Key, Moments)> = self
            .folded
            .into_iter()
            .map(|folded| {
                let mut whole = Moments::empty(self.columns);
                for (_, part) in folded.closed.iter().rev() {
                    whole.merge(part);
                }
                (folded.key, whole)
            })
            .collect();
        all.sort_by_key(|(key, _)| *key);
        all
    }
}

impl<Key> Folded<Key> {
    /// Closes the open chunk: equal subtrees merge, as digits carry in a binary counter.
    fn close(&mut self, columns: usize, spare: &mut Vec<Moments>) {
        let mut height = 0;
        let next = spare.pop().unwrap_or_else(|| Moments::empty(columns));
        let mut part = std::mem::replace(&mut self.open, next);
        while let Some((top, mut earlier)) = self.closed.pop() {
            if top != height {
                self.closed.push((top, earlier));
                break;
            }
            earlier.merge(&part);
            part.clear();
            spare.push(std::mem::replace(&mut part, earlier));
            height += 1;
        }
        self.closed.push((height, part));
    }
}
