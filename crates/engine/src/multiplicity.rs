//! Many questions of one trial: p-values that allow for how often chance was given a go.
//!
//! Who may call this: whoever tests several outcomes or subgroups at once. What must stay true: an
//! adjusted p is never below its own p, never above 1, and the adjusted ones keep the order.
//!
//! Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scandinavian Journal of
//! Statistics* 6, 65–70. Hochberg, Y. (1988). A sharper Bonferroni procedure. *Biometrika* 75, 800–802.
//! Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. *Journal of the Royal
//! Statistical Society B* 57, 289–300. Benjamini, Y. & Yekutieli, D. (2001). The control of the false
//! discovery rate under dependency. *Annals of Statistics* 29, 1165–1188.

use serde::{Deserialize, Serialize};

use crate::count::count;
use crate::refusal::Refusal;

/// How p-values are adjusted, m of them, the i-th smallest called `p₍ᵢ₎`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjustment {
    /// `m p`: any false alarm at all.
    Bonferroni,
    /// `max over j ≤ i of (m − j + 1) p₍ⱼ₎`: the same promise, never less powerful.
    #[default]
    Holm,
    /// `min over j ≥ i of (m − j + 1) p₍ⱼ₎`: the same promise where the tests are independent.
    Hochberg,
    /// `min over j ≥ i of m/j p₍ⱼ₎`: the share of false alarms among the alarms.
    BenjaminiHochberg,
    /// The same times `1 + 1/2 + … + 1/m`: however the tests depend on each other.
    BenjaminiYekutieli,
}

/// The p-values adjusted, in the order given.
///
/// Checked by `padjust_bonferroni`, `padjust_holm`, `padjust_hochberg`, `padjust_BH` and `padjust_BY`.
///
/// ```
/// use difference_engine::multiplicity::{Adjustment, adjusted};
/// let p = adjusted(&[0.04, 0.01, 0.03], Adjustment::Holm)?;
/// assert_eq!(p, [0.06, 0.03, 0.06]);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `p-value` where one is not between 0 and 1.
pub fn adjusted(p_values: &[f64], adjustment: Adjustment) -> Result<Vec<f64>, Refusal> {
    if let Some(wrong) = p_values.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Refusal::new(
            "p-value",
            format!("{wrong} is not a p-value."),
            "Give p-values between 0 and 1.",
        ));
    }
    let m = count(p_values.len());
    let harmonic: f64 = (1..=p_values.len()).map(|i| 1.0 / count(i)).sum();
    let mut order: Vec<(usize, f64)> = p_values.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    // From the smallest p to the largest.
    let raised: Vec<f64> = (1..)
        .zip(&order)
        .map(|(i, (_, p))| {
            let rank = count(i);
            let factor = match adjustment {
                Adjustment::Bonferroni => m,
                Adjustment::Holm | Adjustment::Hochberg => m - rank + 1.0,
                Adjustment::BenjaminiHochberg => m / rank,
                Adjustment::BenjaminiYekutieli => m / rank * harmonic,
            };
            factor * p
        })
        .collect();
    let settled: Vec<f64> = match adjustment {
        Adjustment::Bonferroni => raised,
        Adjustment::Holm => running(raised.into_iter(), f64::max),
        _ => {
            let mut down = running(raised.into_iter().rev(), f64::min);
            down.reverse();
            down
        }
    };
    let mut answer: Vec<(usize, f64)> = (order.into_iter().zip(settled))
        .map(|((place, _), p)| (place, p.min(1.0)))
        .collect();
    answer.sort_by_key(|(place, _)| *place);
    Ok(answer.into_iter().map(|(_, p)| p).collect())
}

/// Each number, or what came before it, as `choose` says.
fn running(numbers: impl Iterator<Item = f64>, choose: fn(f64, f64) -> f64) -> Vec<f64> {
    numbers
        .scan(None, |before: &mut Option<f64>, x| {
            *before = Some(before.map_or(x, |b| choose(b, x)));
            *before
        })
        .collect()
}
