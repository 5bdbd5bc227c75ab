//! The one source of randomness: ids, tokens, salts, keys and the seeds of lots.

use rand::TryRng;
use rand::rngs::SysRng;

/// Where chance comes from: the system's, or one that a test holds.
pub trait Randomness: Send + Sync + 'static {
    /// Fills the slice with bytes that nobody can foresee.
    fn fill(&self, bytes: &mut [u8]);
    /// The same, for what no lot, code or address hangs on. A seeded source may keep a stream of its own
    /// for it, so that one entry more in a log leaves the lots as they were.
    fn fill_aside(&self, bytes: &mut [u8]) {
        self.fill(bytes);
    }
}

/// The operating system's own source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no token is safe and no lot is fair: stopping is the honest answer.
        SysRng
            .try_fill_bytes(bytes)
            .expect("the operating system gives random bytes");
    }
}
