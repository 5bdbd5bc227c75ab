//! What the engine promises, told as stories, and held to numbers that others worked out.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that meets the unexpected should stop there and say so"
)]

mod allocation;
mod any_input;
mod anytime;
mod awards_trial;
mod beside;
mod chart;
mod chart_kinds;
mod definitions;
mod dependent;
mod distributions;
mod effects;
mod evaluations;
mod funnel;
mod lots_again;
mod mixed;
mod moments;
mod overview;
mod planning;
mod pool;
mod pool_looks;
mod pool_questions;
mod redrawn;
mod reference;
mod rungs;
mod trial;
mod trial_plan;
mod words;
