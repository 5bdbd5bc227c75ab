//! Whole months by the published table (until the engine's own room for months opens).

/// Upper edges in hundredths of a standard deviation, 0 months first.
const UPPER_EDGES: [u32; 13] = [1, 9, 18, 26, 35, 44, 52, 61, 69, 78, 87, 95, 100];

/// Whole months for an effect size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Months {
    pub months: i8,
    pub or_more: bool,
}

impl Months {
    pub fn of(effect: f64) -> Self {
        let hundredths = (effect.abs() * 100.0 * (1.0 + 4.0 * f64::EPSILON)).round();
        let mut months: i8 = 0;
        for edge in UPPER_EDGES {
            if hundredths <= f64::from(edge) {
                break;
            }
            months += 1;
        }
        Self {
            or_more: months > 12,
            months: months.min(12) * if effect < 0.0 { -1 } else { 1 },
        }
    }
}
