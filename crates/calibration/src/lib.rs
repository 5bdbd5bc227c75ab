//! Trials and pools made up by chance, in which the truth is known: how often does an answer miss it?
//!
//! Who may call this: the tests, for a chosen set, and `cargo xtask calibrate`, for all of it. What must stay
//! true: every figure comes from a seed, so that anybody gets the same; every estimator that the engine offers is
//! found here by the engine's own list, so that none can be forgotten; never shipped.

pub mod beside;
pub mod chance;
pub mod estimator;
pub mod grid;
pub mod looks;
pub mod outcomes;
pub mod pools;
pub mod scenario;
pub mod shown;
pub mod trials;
