//! p′ chart: a p chart whose limits are widened by what the values really do from one to the next.
//!
//! Laney (2002). Limits are p̄ ± 3 σᵢ σz, kept between 0 and 1. At 280,000 a week a p chart's limits are
//! uselessly tight: nearly every week is outside (Mohammed et al. 2013, *BMJ Quality & Safety* 22:362).
//! Held to `reference/spc.json`: `nhs_p_laney`, `nhs_qic_pp`.

use super::{laney, p};

/// σz of shares about their centre.
#[must_use]
pub fn sigma_z(counts: &[f64], denominators: &[f64], centre: f64) -> f64 {
    laney::sigma_z(&p::standardised(counts, denominators, centre))
}
