//! What tests are built from: a network in a folder of its own, a clock and a randomness that the
//! test holds, a browser, and builders that read as a story. Never shipped.
//!
//! What must stay true: a story is told through the public way in, as a person would walk it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what goes wrong here is a failed test"
)]

#[cfg(feature = "app")]
pub mod browser;
mod clock;
mod database;
mod network;
mod randomness;
pub mod trials;

#[cfg(feature = "app")]
pub use browser::{Answer, Browser};
pub use clock::FakeClock;
pub use database::a_database;
pub use network::{PASSWORD, TestNetwork, email_of, phone_code};
pub use randomness::SeededRandomness;
