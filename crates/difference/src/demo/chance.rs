//! Chance that comes out the same every time: a seeded generator (ChaCha20), with a stream of its own
//! for each story, so that one story more leaves the others' figures as they were.

use std::sync::{Arc, Mutex, PoisonError};

use network::Randomness;
use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};
use statrs::distribution::{ContinuousCDF as _, Normal};

/// The city's seed.
const SEED: u64 = 999_001;

/// A story's own generator.
fn stream(story: &str) -> ChaCha20Rng {
    let mut number = [0_u8; 8];
    for (byte, hashed) in number.iter_mut().zip(Sha256::digest(story)) {
        *byte = hashed;
    }
    let mut rng = ChaCha20Rng::seed_from_u64(SEED);
    rng.set_stream(u64::from_le_bytes(number));
    rng
}

/// Draws for one story's rows.
pub struct Chance(ChaCha20Rng);

impl Chance {
    /// The draws of a story.
    pub fn of(story: &str) -> Self {
        Self(stream(story))
    }

    /// A draw from 0 up to 1.
    pub fn share(&mut self) -> f64 {
        self.0.random()
    }

    /// A draw from the standard normal distribution.
    pub fn normal(&mut self) -> f64 {
        // Half a step up, so that neither 0 nor 1 can come.
        let share = self.share() + f64::EPSILON / 4.0;
        Normal::standard().inverse_cdf(share)
    }

    /// A whole number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }
}

/// The network's randomness while the city is filled: ids, codes and lots, and apart from them the
/// audit log's salts. Clones are the same.
#[derive(Clone, Debug)]
pub struct CityRandomness {
    story: Arc<Mutex<ChaCha20Rng>>,
    aside: Arc<Mutex<ChaCha20Rng>>,
}

fn draw(from: &Mutex<ChaCha20Rng>, bytes: &mut [u8]) {
    from.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .fill_bytes(bytes);
}

impl CityRandomness {
    /// The draws of the founding.
    pub fn new() -> Self {
        Self {
            story: Arc::new(Mutex::new(stream("the founding"))),
            aside: Arc::new(Mutex::new(stream("the audit log"))),
        }
    }

    /// From now on, the draws of another story.
    pub fn turn_to(&self, story: &str) {
        *self.story.lock().unwrap_or_else(PoisonError::into_inner) = stream(story);
    }
}

impl Randomness for CityRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        draw(&self.story, bytes);
    }
    fn fill_aside(&self, bytes: &mut [u8]) {
        draw(&self.aside, bytes);
    }
}
