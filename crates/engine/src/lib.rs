//! How a difference is measured. Pure: no files, no clock, no network, no threads, no randomness
//! but a seed that it is given.
#![deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions)]

pub mod chart;
pub mod count;
pub mod date;
pub mod evaluation;
pub mod pool;
pub mod question;
pub mod refusal;
pub mod sample;
pub mod trial_plan;

/// The engine's version, printed with every answer.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
