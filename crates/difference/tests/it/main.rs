//! The built binary and the house that it stands in, from outside.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod architecture;
