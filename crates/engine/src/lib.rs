//! How a difference is measured. Pure: no files, no clock, no network, no threads, no randomness
//! but a seed that it is given.
#![deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions)]

pub mod allocation;
pub mod anytime;
pub mod attrition;
pub mod autoregressive;
pub mod balance;
pub mod binary;
pub mod bounds;
pub mod chances;
pub mod change;
pub mod chart;
pub mod cluster_effect_size;
pub mod cluster_robust;
pub mod count;
pub mod date;
pub mod difference_in_differences;
pub mod distributions;
mod double;
pub mod effect_size;
pub mod estimating_equations;
pub mod evaluate;
pub mod evaluation;
pub mod generalised;
pub mod heteroskedastic;
pub mod instrumental;
pub mod interrupted;
pub mod intraclass;
pub mod least_squares;
pub mod logistic_mixed;
mod matrix;
pub mod mixed;
pub mod moments;
pub mod months;
pub mod multiplicity;
pub mod newey_west;
pub mod normal_posterior;
pub mod offered;
pub mod permutation;
pub mod pool;
pub mod power;
pub mod qr;
pub mod question;
pub mod random_effects;
pub mod ratios;
pub mod refinement;
pub mod refusal;
pub mod rubins_rules;
pub mod rung;
pub mod sample;
pub mod trial_plan;
pub mod unmeasured_confounding;
pub mod wald;
pub mod words;

pub use evaluate::evaluate;

/// The engine's version, printed with every answer.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
