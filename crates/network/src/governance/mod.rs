//! Who may do what, what was done, and what may leave: policy, audit log, disclosure gate.

pub mod audit;
pub mod disclosure;
pub mod policy;

pub use crate::database::Safety;
pub use audit::{Entry, Recorded};

/// The database's settings that keep what was acknowledged, and whether each is as it must be: for
/// `doctor` and its tests.
///
/// # Errors
/// When the database can't be asked.
pub async fn safety(
    network: &crate::handle::Network,
) -> crate::error::Result<Vec<crate::database::Safety>> {
    crate::database::safety(network.connections()).await
}
