//! Limits and signals of bare values: for thousands of measures at once, without dates or words.
//!
//! Who may call this: whoever looks through many measures for those that moved. What must stay true: the
//! same limits and the same signals as [`super::chart`] gives the values as one phase.

use super::kinds::xmr::{Xmr, xmr};
use super::rules::{Signals, nhs, zones};

/// An XmR chart's limits, screened, and what each value signals by the rule set `nhs`; None without values.
/// It takes O(n).
///
/// ```
/// use difference_engine::chart::{Signal, limits_and_signals};
/// let mut weeks = [93.1, 93.7].repeat(10);
/// weeks.push(97.0);
/// let (limits, signals) = limits_and_signals(&weeks).unwrap();
/// assert!(limits.upper() < 97.0);
/// assert!(signals[20].has(Signal::Outside));
/// ```
#[must_use]
pub fn limits_and_signals(values: &[f64]) -> Option<(Xmr, Vec<Signals>)> {
    let limits = xmr(values, true)?;
    let zones = zones(values, limits.centre, limits.reach());
    Some((limits, nhs(values, &zones)))
}
