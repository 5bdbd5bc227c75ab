//! People's files to typed columns, with errors that name row, column and cure.
#![deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions)]
