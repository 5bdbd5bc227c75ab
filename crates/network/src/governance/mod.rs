//! Who may do what, what was done, and what may leave: policy, audit log, disclosure gate.

pub mod audit;
pub mod disclosure;
pub mod policy;

pub use audit::{Entry, Recorded};

/// What the database says of its own settings; 1 for yes. For `doctor` and its tests.
///
/// # Errors
/// When the database can't be asked.
pub async fn pragmas(network: &crate::handle::Network) -> crate::error::Result<Vec<(String, i64)>> {
    crate::database::pragmas(network.writer(), network.read()).await
}
