//! Results by the place that they come from, in an order of their own.
//!
//! Who may call this: this folder. What must stay true: the order in which results came changes no digit,
//! so rows, groups and places stand in the order of what they hold; the design is taken apart once
//! (`X = ZR`, Z with orthonormal columns), and the effects are counted from the least-squares fit, so that
//! neither a moderator such as a year nor a large average costs digits.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use faer::Mat;

use super::super::Study;
use super::super::average::Datum;
use super::super::regression::orthonormal;
use super::super::soundness::order;
use crate::count::count;
use crate::matrix::{dot, times};
use crate::refusal::Refusal;

/// Results that share one draw of the inner level.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Sampling variances.
    pub v: Vec<f64>,
    /// A row of Z for each result.
    pub z: Vec<Vec<f64>>,
    /// Effects less what least squares makes of them.
    pub y: Vec<f64>,
    /// Each result's place in the order given.
    pub rows: Vec<usize>,
}

/// The results of one place.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    /// The place.
    pub name: String,
    /// Its results, by what they share within it.
    pub groups: Vec<Group>,
}

/// All results, by place.
#[derive(Clone, Debug)]
pub(super) struct Clusters {
    /// The places.
    pub places: Vec<Cluster>,
    /// Results.
    pub k: usize,
    /// Names of the columns of the design, the average first.
    pub names: Vec<String>,
    /// `R⁻¹`, p × p.
    r_inverse: Mat<f64>,
    /// What least squares gave, for the effects less `origin`.
    start: Vec<f64>,
    /// One of the effects: equal effects keep every digit.
    origin: f64,
}

/// One result on its way into order.
struct Row<'a> {
    datum: Datum,
    x: &'a [f64],
    row: usize,
}

/// Rows by what they share, or by themselves.
type Groups<'a> = BTreeMap<(Option<&'a str>, usize), Vec<Row<'a>>>;

impl Row<'_> {
    fn order(&self, other: &Self) -> Ordering {
        order(&self.datum, &other.datum).then_with(|| {
            let columns = self.x.iter().zip(other.x);
            columns
                .map(|(a, b)| a.total_cmp(b))
                .find(|o| o.is_ne())
                .unwrap_or(Ordering::Equal)
        })
    }
}

fn lexical<T>(a: &[T], b: &[T], order: impl Fn(&T, &T) -> Ordering) -> Ordering {
    a.iter()
        .zip(b)
        .map(|(a, b)| order(a, b))
        .find(|o| o.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// What place a result comes from.
pub(super) fn place(study: &Study) -> &str {
    study.place.as_deref().unwrap_or(&study.label)
}

impl Clusters {
    /// From results, a row of the design for each, and the names of the design's columns, the constant first.
    pub fn new(studies: &[&Study], design: &[Vec<f64>], names: &[String]) -> Result<Self, Refusal> {
        let (k, p) = (studies.len(), names.len());
        let mut by_place: BTreeMap<&str, Groups<'_>> = BTreeMap::new();
        for (row, (study, x)) in studies.iter().zip(design).enumerate() {
            // Without a name for what it shares, a result shares nothing.
            let group = match study.within.as_deref() {
                Some(name) => (Some(name), 0),
                None => (None, row),
            };
            let groups = by_place.entry(place(study)).or_default();
            let datum = Datum::from(*study);
            groups.entry(group).or_default().push(Row { datum, x, row });
        }
        let mut places: Vec<(&str, Vec<Vec<Row<'_>>>)> = by_place
            .into_iter()
            .map(|(name, groups)| {
                let mut groups: Vec<Vec<Row<'_>>> = groups.into_values().collect();
                for rows in &mut groups {
                    rows.sort_by(Row::order);
                }
                groups.sort_by(|a, b| lexical(a, b, Row::order));
                (name, groups)
            })
            .collect();
        places.sort_by(|(_, a), (_, b)| lexical(a, b, |a, b| lexical(a, b, Row::order)));

        if places.len() < 2 {
            return Err(Refusal::new(
                "too-few-clusters",
                "All the results come from one place, so nothing shows how far places differ.",
                "Name the column that tells places or studies apart, or pool the results of at least two.",
            ));
        }
        if places.len() <= p && p > 1 {
            return Err(Refusal::new(
                "too-many-moderators",
                format!(
                    "{} places are too few for {} columns of moderators beside the average.",
                    places.len(),
                    p - 1
                ),
                "Use fewer moderators; as a rule of thumb, one for every ten places.",
            ));
        }
        let in_order: Vec<&Row<'_>> = places
            .iter()
            .flat_map(|(_, g)| g.iter().flatten())
            .collect();
        let rows: Vec<Vec<f64>> = in_order.iter().map(|row| row.x.to_vec()).collect();
        let (z, r_inverse) = if p == 1 {
            // An average alone: the same figure in every row.
            let unit = 1.0 / count(k).sqrt();
            (vec![vec![unit]; k], Mat::from_fn(1, 1, |_, _| unit))
        } else {
            orthonormal(&rows, names)?
        };
        let origin = in_order.first().map_or(0.0, |row| row.datum.y);
        let mut start = vec![0.0; p];
        for (row, z) in in_order.iter().zip(&z) {
            for (sum, z) in start.iter_mut().zip(z) {
                *sum += z * (row.datum.y - origin);
            }
        }
        let mut z = z.into_iter();
        let places = places
            .iter()
            .map(|(name, groups)| Cluster {
                name: (*name).to_owned(),
                groups: groups
                    .iter()
                    .map(|rows| {
                        let z: Vec<Vec<f64>> = z.by_ref().take(rows.len()).collect();
                        Group {
                            v: rows.iter().map(|row| row.datum.v).collect(),
                            y: (rows.iter().zip(&z))
                                .map(|(row, z)| row.datum.y - origin - dot(z, &start))
                                .collect(),
                            z,
                            rows: rows.iter().map(|row| row.row).collect(),
                        }
                    })
                    .collect(),
            })
            .collect();
        Ok(Self {
            places,
            k,
            names: names.to_vec(),
            r_inverse,
            start,
            origin,
        })
    }

    /// An average and nothing else.
    pub fn constant(studies: &[&Study]) -> Result<Self, Refusal> {
        Self::new(
            studies,
            &vec![vec![1.0]; studies.len()],
            &["average".to_owned()],
        )
    }

    /// Columns of the design.
    pub fn p(&self) -> usize {
        self.names.len()
    }

    /// `R⁻¹`: what turns coefficients of Z into those of X.
    pub fn r_inverse(&self) -> &Mat<f64> {
        &self.r_inverse
    }

    /// β, from the coefficients of Z for [`Group::y`].
    pub fn coefficients(&self, gamma: &[f64]) -> Vec<f64> {
        let all: Vec<f64> = gamma.iter().zip(&self.start).map(|(a, b)| a + b).collect();
        let mut beta = times(&self.r_inverse, &all);
        if let Some(average) = beta.first_mut() {
            *average += self.origin;
        }
        beta
    }

    /// Groups in all places.
    pub fn groups(&self) -> usize {
        self.places.iter().map(|place| place.groups.len()).sum()
    }

    /// The smallest and the largest sampling variance, and the sum of squares that least squares leaves.
    pub fn scales(&self) -> (f64, f64, f64) {
        let groups = || self.places.iter().flat_map(|place| &place.groups);
        let v = || groups().flat_map(|group| group.v.iter().copied());
        (
            v().fold(f64::INFINITY, f64::min),
            v().fold(0.0, f64::max),
            groups().flat_map(|g| &g.y).map(|y| y * y).sum(),
        )
    }
}

impl Cluster {
    /// Results of this place.
    pub fn k(&self) -> usize {
        self.groups.iter().map(|group| group.v.len()).sum()
    }

    /// Every result: its variance, its row of Z, its effect.
    pub fn rows(&self) -> impl Iterator<Item = (f64, &Vec<f64>, f64)> {
        self.groups.iter().flat_map(|group| {
            (group.v.iter().zip(&group.z).zip(&group.y)).map(|((v, z), y)| (*v, z, *y))
        })
    }
}
