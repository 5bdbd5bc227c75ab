//! Stories of files that people bring.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may"
)]

mod bytes;
mod files;
mod guess;
mod hostile;
mod list;
mod places;
mod sample;

use difference_tables::{Asked, FileSample, Options, Source, Table, TableError};
use engine::sample::{Chunk, Sample};

/// A file's content as if somebody had uploaded it.
fn upload(content: impl AsRef<[u8]>) -> Result<Table, TableError> {
    difference_tables::open(
        Source::bytes("upload", content.as_ref()),
        &Options::default(),
    )
}

/// A question about two columns.
fn ask(outcome: &str, treatment: &str) -> Asked {
    Asked {
        outcome: outcome.to_owned(),
        treatment: Some(treatment.to_owned()),
        ..Asked::default()
    }
}

/// All rows in one stretch.
fn rows(sample: &FileSample) -> Chunk {
    let mut all = Chunk::default();
    sample
        .pass(&mut |chunk| {
            all.outcome.extend(&chunk.outcome);
            all.treatment.extend(&chunk.treatment);
            all.cluster.extend(&chunk.cluster);
            all.cluster_within.extend(&chunk.cluster_within);
            all.block.extend(&chunk.block);
            all.unit.extend(&chunk.unit);
            all.covariates.resize(chunk.covariates.len(), Vec::new());
            for (all, some) in all.covariates.iter_mut().zip(&chunk.covariates) {
                all.extend(some);
            }
            all.subgroups.resize(chunk.subgroups.len(), Vec::new());
            for (all, some) in all.subgroups.iter_mut().zip(&chunk.subgroups) {
                all.extend(some);
            }
        })
        .unwrap();
    all
}
