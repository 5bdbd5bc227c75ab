//! difference
fn main() {}
