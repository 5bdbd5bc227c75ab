//! Months of extra progress: the published table of the EEF Toolkit.
//!
//! Who may call this: everybody who says months. What must stay true: months are said only of
//! attainment, only as whole months, and only beside the standard deviations that they translate.
//! The translation is contested (growth depends on age: Hill, Bloom, Black & Lipsey 2008), so a
//! page that shows months says so ([`CAUTION`]).

use crate::evaluation::{EffectSize, Interval};

/// What a page says where it shows months.
pub const CAUTION: &str = "“Months” is a translation of standard deviations by the table of the Education Endowment Foundation’s Toolkit. It is a guide to size, not a calendar: pupils grow faster when they are young.";

/// Upper edge of each month in hundredths of a standard deviation, 0 months first; beyond the last
/// it is "12 or more".
const UPPER_EDGES: [u32; 13] = [1, 9, 18, 26, 35, 44, 52, 61, 69, 78, 87, 95, 100];

/// The effect sizes at which each month begins, for ticks: 0.02 is 1 month, 0.96 is 12.
pub const LOWER_EDGES: [f64; 13] = [
    0.0, 0.02, 0.10, 0.19, 0.27, 0.36, 0.45, 0.53, 0.62, 0.70, 0.79, 0.88, 0.96,
];

/// Whole months for an effect size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Months {
    /// −12 to 12; the sign follows the effect.
    pub months: i8,
    /// Beyond the table: "12 or more".
    pub or_more: bool,
}

impl Months {
    /// Looks an effect size up: rounded to 2 decimals first, the sign carried.
    ///
    /// ```
    /// use difference_engine::months::Months;
    /// assert_eq!(Months::of(0.24).months, 3);
    /// assert_eq!(Months::of(-0.015).months, -1);
    /// assert!(Months::of(1.3).or_more);
    /// ```
    #[must_use]
    pub fn of(effect: f64) -> Self {
        if effect.is_nan() {
            return Self::default();
        }
        // Half a hundredth is rounded away from zero, as `{:.2}` of 0.005 written by hand would be;
        // the tiny allowance keeps 0.185 (stored just below) where the reader puts it.
        let hundredths = (effect.abs() * 100.0 * (1.0 + 4.0 * f64::EPSILON)).round();
        let mut months: i8 = 0;
        for edge in UPPER_EDGES {
            if hundredths <= f64::from(edge) {
                break;
            }
            months += 1;
        }
        let or_more = months > 12;
        let months = months.min(12);
        Self {
            months: if effect < 0.0 { -months } else { months },
            or_more,
        }
    }
}

/// The comparable effect size and its limits in months; no standard error, as months are steps.
#[must_use]
pub fn months(g: &EffectSize) -> EffectSize {
    let whole = |x: f64| f64::from(Months::of(x).months);
    EffectSize {
        name: "months".to_owned(),
        estimate: whole(g.estimate),
        standard_error: None,
        interval: g.interval.map(|i| Interval {
            level: i.level,
            lower: whole(i.lower),
            upper: whole(i.upper),
        }),
        definition: format!(
            "EEF Toolkit table on {} rounded to 2 decimals; 12 stands for 12 or more",
            g.name
        ),
    }
}
