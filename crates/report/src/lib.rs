//! An evaluation, pool or chart as text, Markdown, HTML and accessible SVG.
//!
//! Who may call this: the command line and the web pages, each with a value that the engine made.
//! What must stay true: nothing is computed here but where a mark goes on the paper; every number in
//! words comes from the engine; good and bad news look alike.

mod axis;
mod beside;
pub mod dots;
pub mod drawing;
pub mod escape;
pub mod forest;
pub mod funnel;
pub mod funnel_plot;
pub mod html;
pub mod looks;
pub mod markdown;
pub mod outline;
pub mod plot;
pub mod pooled;
pub mod power_curve;
pub mod result;
pub mod run_chart;
pub mod svg;
pub mod text;
pub mod told;
