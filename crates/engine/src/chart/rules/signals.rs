//! What one point signals, in the room of three bytes.

use super::Signal;

/// The rules that one point breaks, and which way the weightiest points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    bits: u16,
    direction: i8,
}

impl Signal {
    pub(super) const fn bit(self) -> u16 {
        match self {
            Self::Outside => 1,
            Self::Trend => 1 << 1,
            Self::NearLimit => 1 << 2,
            Self::FourOfFive => 1 << 3,
            Self::Side => 1 << 4,
            Self::LongRun => 1 << 5,
            Self::FewCrossings => 1 << 6,
            Self::Alternating => 1 << 7,
            Self::Hugging => 1 << 8,
            Self::Mixture => 1 << 9,
        }
    }
}

impl Signals {
    pub(super) const fn new(bits: u16, direction: i8) -> Self {
        Self { bits, direction }
    }

    /// One rule, and which way it points.
    #[must_use]
    pub const fn one(signal: Signal, direction: i8) -> Self {
        Self::new(signal.bit(), direction)
    }

    /// Whether nothing is signalled.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Whether this rule is broken.
    #[must_use]
    pub const fn has(self, signal: Signal) -> bool {
        self.bits & signal.bit() != 0
    }

    /// Every rule that is broken, the weightiest first.
    #[must_use]
    pub fn rules(self) -> Vec<Signal> {
        Signal::ALL.into_iter().filter(|s| self.has(*s)).collect()
    }

    /// Whether the weightiest points up (1) or down (−1); 0 where nothing is signalled or the pattern
    /// points neither way.
    #[must_use]
    pub const fn direction(self) -> i8 {
        self.direction
    }
}
