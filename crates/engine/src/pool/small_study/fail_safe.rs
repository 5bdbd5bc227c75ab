//! Rosenthal's fail-safe number.
//!
//! Rosenthal (1979), *Psychological Bulletin* 86:638: how many unreported results that average nothing
//! would bring the combined one-sided p (Stouffer's Z) to 0.05. It is printed because people ask for it;
//! it knows neither sizes nor variation, so no sentence rests on it. Reference: `rr_fsn_rosenthal` of
//! `meta_bcg.json` and the like.

use serde::{Deserialize, Serialize};

use super::super::average::Datum;
use crate::count::{count, nearest};
use crate::distributions::{OutOfDomain, normal_quantile, normal_upper};

/// A fail-safe number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailSafe {
    /// Unreported results.
    pub n: u64,
    /// One-sided p of Stouffer's Z as it stands.
    pub p_value: f64,
}

/// Rosenthal's number at 0.05.
pub(super) fn rosenthal(data: &[Datum]) -> Result<FailSafe, OutOfDomain> {
    let k = count(data.len());
    let z = data.iter().map(|d| d.y / d.v.sqrt()).sum::<f64>() / k.sqrt();
    let bar = normal_quantile(0.95)?;
    Ok(FailSafe {
        n: nearest((k * (z / bar).powi(2) - k).max(0.0).ceil()),
        p_value: normal_upper(z.abs())?,
    })
}
