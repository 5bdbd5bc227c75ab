//! A line across a chart: the same all along, or one value for each point.

use serde::{Deserialize, Serialize};

/// A centre or a limit. In JSON one number, or a list with one for each point of the phase (null where
/// a point has nothing to be compared with).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// The same for every point.
    One(f64),
    /// One for each point of the phase.
    Each(Vec<Option<f64>>),
}

impl Line {
    /// At the phase's point with this number, from 0.
    #[must_use]
    pub fn at(&self, point: usize) -> Option<f64> {
        match self {
            Self::One(value) => Some(*value),
            Self::Each(values) => values.get(point).copied().flatten(),
        }
    }

    /// The one value of a line that is the same all along.
    #[must_use]
    pub fn one(&self) -> Option<f64> {
        match self {
            Self::One(value) => Some(*value),
            Self::Each(_) => None,
        }
    }

    /// At the newest point that it knows.
    #[must_use]
    pub fn newest(&self) -> Option<f64> {
        match self {
            Self::One(value) => Some(*value),
            Self::Each(values) => values.iter().rev().copied().flatten().next(),
        }
    }

    /// Every value that it takes.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        match self {
            Self::One(value) => vec![Some(*value)],
            Self::Each(values) => values.clone(),
        }
        .into_iter()
        .flatten()
    }

    /// The values, as one where they are all the same.
    pub(super) fn of(values: Vec<Option<f64>>) -> Self {
        match values.split_first() {
            Some((Some(first), rest)) if rest.iter().all(|v| *v == Some(*first)) => {
                Self::One(*first)
            }
            _ => Self::Each(values),
        }
    }
}
