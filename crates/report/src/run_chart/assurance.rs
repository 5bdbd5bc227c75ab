//! Whether the target will be met, as a mark beside its words.
//!
//! After NHS England's assurance icons: the target is a dashed line, and a wave lies past it, across
//! it or short of it. What must stay true: a shape and a colour for each, and words always beside it.

use engine::chart::{Assurance, Chart};

/// The target's words with their mark; without one where it can't be said.
pub(super) fn with_icon(chart: &Chart, words: &str) -> String {
    // The wave lies where the values do: above the line, or below it where lower is better.
    let (class, wave, around) = match (chart.assurance, chart.question.lower_is_better) {
        (Assurance::Unknown, _) => return format!("<p class=\"small\">{words}</p>\n"),
        (Assurance::Passes, lower) => ("better", if lower { 16.0 } else { 6.5 }, CIRCLE),
        (Assurance::HitAndMiss, _) => ("steady", 11.0, CIRCLE),
        (Assurance::Fails, lower) => ("worse", if lower { 7.5 } else { 14.5 }, DIAMOND),
    };
    format!(
        "<p class=\"assurance small {class}\"><svg width=\"22\" height=\"22\" viewBox=\"-1 -1 24 24\" aria-hidden=\"true\">{around}\
         <path d=\"M3.5 11h15\" stroke=\"currentColor\" stroke-width=\"1.5\" stroke-dasharray=\"3 2\"/>\
         <path d=\"M6 {wave}c1.7-3.2 3.3-3.2 5 0s3.3 3.2 5 0\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/></svg><span>{words}</span></p>\n"
    )
}

const CIRCLE: &str = "<circle cx=\"11\" cy=\"11\" r=\"10\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>";
const DIAMOND: &str = "<path d=\"M11-.4 22.4 11 11 22.4-.4 11Z\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>";
