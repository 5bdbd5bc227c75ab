//! An answer as text for a window of a given width.
//!
//! Who may call this: the command line. What must stay true: no line is wider than the width (but for
//! fingerprints and calls, which must be copied whole); it says the same without colour.

mod chart;
mod evaluation;
mod funnel;
mod page;
mod plan;
mod pool;
mod refusal;

pub use chart::chart;
pub use evaluation::evaluation;
pub use funnel::funnel;
pub use plan::plan;
pub use pool::pool;
pub use refusal::refusal;
