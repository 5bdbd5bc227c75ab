//! What tests are built from: a network in a folder of its own, a clock and a randomness that the
//! test holds, and builders that read as a story. Never shipped.

mod clock;
mod network;
mod randomness;

pub use clock::FakeClock;
pub use network::{PASSWORD, TestNetwork, email_of};
pub use randomness::SeededRandomness;
