//! u′ chart: a u chart whose limits are widened by what the rates really do from one to the next.
//!
//! Laney (2002). Limits are ū ± 3 σᵢ σz, not below 0. Held to `reference/spc.json`: `cdi_u_laney`,
//! `cdi_qic_up`, `complaints_u_laney`.

use super::{laney, u};

/// σz of rates about their centre.
#[must_use]
pub fn sigma_z(counts: &[f64], denominators: &[f64], centre: f64) -> f64 {
    laney::sigma_z(&u::standardised(counts, denominators, centre))
}
