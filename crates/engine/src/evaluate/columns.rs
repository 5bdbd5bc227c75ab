//! The columns of a model: what each is within rows that share a group, a block and a level.
//!
//! Within such rows every column is one of the sample's own columns moved by an amount, or the amount alone, so that
//! interactions need no pass of their own: their moments are rearranged from those of the sample's columns.

use crate::moments::Source;

/// What rows share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub cluster: u32,
    pub block: u32,
    /// 0 comparison, 1 intervention.
    pub arm: u32,
    /// Of the subgroup's column that the model is about; 0 where it is about none.
    pub level: u32,
}

/// A column of a model, and what it is called.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub name: String,
    pub is: Is,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Is {
    /// 1 in the intervention.
    Treatment,
    /// A column of the sample.
    Value(usize),
    /// A column of the sample less its mean.
    Centred { value: usize, mean: f64 },
    /// The same in the intervention, 0 in the comparison.
    TreatmentByCentred { value: usize, mean: f64 },
    /// Whether the row is in a block, less the block's share, in the intervention; 0 in the comparison.
    TreatmentByBlock { block: u32, share: f64 },
    /// 1 in a level of the subgroup's column.
    Level(u32),
    /// 1 in the intervention within a level.
    TreatmentInLevel(u32),
}

impl Is {
    /// The column within rows of one place.
    pub(super) fn at(self, place: Place) -> Source {
        let constant = |add: f64| Source { column: None, add };
        let is = |yes: bool| f64::from(u8::from(yes));
        let treated = f64::from(place.arm);
        match self {
            Self::Treatment => constant(treated),
            Self::Value(value) => Source {
                column: Some(value),
                add: 0.0,
            },
            Self::TreatmentByCentred { .. } if place.arm == 0 => constant(0.0),
            Self::Centred { value, mean } | Self::TreatmentByCentred { value, mean } => Source {
                column: Some(value),
                add: -mean,
            },
            Self::TreatmentByBlock { block, share } => {
                constant(treated * (is(place.block == block) - share))
            }
            Self::Level(level) => constant(is(place.level == level)),
            Self::TreatmentInLevel(level) => constant(treated * is(place.level == level)),
        }
    }
}
