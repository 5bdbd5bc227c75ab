//! How often the answers are wrong, for a chosen set of trials; the page has all of them.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected should stop there and say so"
)]

mod offered;
mod refused;
mod simulation;
