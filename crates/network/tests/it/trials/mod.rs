//! A trial's life, as the people in it would tell it.

mod list;
mod lock;
mod plan;
mod result;
