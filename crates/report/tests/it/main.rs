//! What readers see of an evaluation: one made by hand here, so that no estimator is needed.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where a value is not there"
)]

mod documents;
mod dots;
mod forest;
mod pools;
mod run_chart;
mod sample;
mod small_groups;
