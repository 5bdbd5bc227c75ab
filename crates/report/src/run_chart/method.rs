//! How a chart's limits and signals are made, in a sentence for each kind.
//!
//! What must stay true: the rule set is named on every chart.

use engine::chart::{Chart, Kind, RuleSet, Season};
use engine::words::numbers::Precision;

/// How limits are made, and by which rules signals.
pub(crate) fn method(chart: &Chart) -> String {
    let rules = match chart.rules {
        RuleSet::Nhs => "nhs",
        RuleSet::Anhoej => "anhoej",
        RuleSet::Nelson => "nelson",
    };
    let signals = match chart.kind {
        Kind::Cusum => "A sum beyond 5 standard deviations is a signal (k = ½, h = 5).".to_owned(),
        Kind::Ewma => {
            "A weighted average outside its range is a signal (λ = 0.2, L = 3).".to_owned()
        }
        _ => format!("Signals by the rule set “{rules}”."),
    };
    format!("{} {signals}", limits(chart))
}

fn limits(chart: &Chart) -> String {
    let xmr = "2.66 × mean moving range (XmR chart)";
    match (chart.kind, chart.question.season) {
        (_, Some(season)) => {
            let part = match season {
                Season::Week => "week",
                Season::Month => "month",
            };
            format!("Usual range: the mean of the same {part} of earlier years ± {xmr} of the differences.")
        }
        (Kind::Run, _) => "Run chart: the median, and no usual range.".to_owned(),
        (Kind::Auto | Kind::Xmr, _) => format!("Usual range: average ± {xmr}."),
        (Kind::P, _) => "Usual range: average ± 3 binomial standard deviations of each denominator (p chart).".to_owned(),
        (Kind::PPrime, _) => format!(
            "Usual range: average ± 3 binomial standard deviations of each denominator{} (Laney’s p′ chart).",
            times(chart)
        ),
        (Kind::U, _) => "Usual range: average ± 3 Poisson standard deviations of each denominator (u chart).".to_owned(),
        (Kind::UPrime, _) => format!(
            "Usual range: average ± 3 Poisson standard deviations of each denominator{} (Laney’s u′ chart).",
            times(chart)
        ),
        (Kind::C, _) => "Usual range: average ± 3 roots of the average (c chart).".to_owned(),
        (Kind::G, _) => "Usual range: up to mean + 3 √(mean × (mean + 1)), about the median (g chart).".to_owned(),
        (Kind::T, _) => format!("Usual range: average ± {xmr} of the times’ 3.6th root, taken back (t chart)."),
        (Kind::Cusum, _) => "CUSUM chart: sums of the differences from the average, in standard deviations (mean moving range ÷ 1.128).".to_owned(),
        (Kind::Ewma, _) => "EWMA chart: a weighted average; its range is drawn from the mean moving range ÷ 1.128.".to_owned(),
    }
}

/// ", times 10.6", Laney's σz of the newest phase.
fn times(chart: &Chart) -> String {
    chart
        .phases
        .last()
        .and_then(|phase| phase.sigma_z)
        .map_or_else(String::new, |z| {
            format!(", times {}", Precision::TENTHS.write(z))
        })
}
