//! What a column holds: numbers, words in order, dates, and the words that mean "no value".

pub(crate) mod date;
pub(crate) mod missing;
pub(crate) mod number;
pub(crate) mod order;
mod values;
pub(crate) mod words;
