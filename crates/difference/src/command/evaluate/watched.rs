//! A sample whose passes are shown on a terminal.
//!
//! What must stay true: the rows that go through are untouched, and whether reading them failed is
//! remembered, because that is a fault of the file and not an answer.

use std::cell::Cell;

use engine::refusal::Refusal;
use engine::sample::{Chunk, Dropped, Fingerprint, Roles, Sample};
use tables::FileSample;

use crate::progress::Progress;

/// From this many rows on a pass is worth watching.
const MANY: u64 = 100_000;

/// A file's rows, watched.
pub struct Watched<'a> {
    sample: &'a FileSample,
    failed: Cell<bool>,
}

impl<'a> Watched<'a> {
    /// Watches a sample.
    pub fn new(sample: &'a FileSample) -> Self {
        Self {
            sample,
            failed: Cell::new(false),
        }
    }

    /// Whether a pass could not be read to its end.
    pub fn failed(&self) -> bool {
        self.failed.get()
    }
}

impl Sample for Watched<'_> {
    fn roles(&self) -> &Roles {
        self.sample.roles()
    }

    fn pass(&self, each: &mut dyn FnMut(&Chunk)) -> Result<(), Refusal> {
        let rows = self.sample.rows();
        if rows < MANY {
            let passed = self.sample.pass(each);
            self.failed.set(self.failed.get() || passed.is_err());
            return passed;
        }
        let progress = Progress::of("Working it out", rows);
        let mut done = 0_u64;
        let passed = self.sample.pass(&mut |chunk| {
            each(chunk);
            done += u64::try_from(chunk.len()).unwrap_or(0);
            progress.reached(done);
        });
        self.failed.set(self.failed.get() || passed.is_err());
        passed
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        self.sample.fingerprint()
    }

    fn set_aside(&self) -> &[Dropped] {
        self.sample.set_aside()
    }
}
