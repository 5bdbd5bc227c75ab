//! What a column holds: numbers, words in order, dates, and the words that mean "no value".

pub(crate) mod date;
mod gathering;
pub(crate) mod missing;
pub(crate) mod number;
pub(crate) mod order;
pub(crate) mod preview;
pub(crate) mod profile;
mod values;
pub(crate) mod words;
