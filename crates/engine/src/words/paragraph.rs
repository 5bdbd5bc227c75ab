//! The paragraph: how sure, and what it does not say.

use super::chance::{Ladder, Leaning, in_counts, ladder};
use super::finding::{Finding, Gain, Scale};
use super::headline::span;
use super::numbers::{Precision, months_of, plural};
use crate::months::Months;
use crate::question::{Allocation, Worthwhile};

/// Two to four sentences.
pub(super) fn paragraph(finding: &Finding) -> String {
    let (Some(gain), Some(better)) = (finding.gain(), finding.better()) else {
        return "The scores do not let us say how sure the answer would be, so we give none."
            .to_owned();
    };
    let mut sentences = vec![how_sure(finding, &gain, better)];
    if finding.rung >= 3 {
        sentences.push(counts(finding, better));
    }
    if finding.before_after() {
        sentences.push(
            "There was nobody to compare with, so we can’t say what made the difference: pupils also grow, and so do other things around them."
                .to_owned(),
        );
    } else if !finding.by_lot() {
        sentences.push(
            if finding.allocation == Allocation::Unknown {
                "Nobody said that the groups were drawn by lot, so something else about them may be the cause."
            } else {
                "The groups were not drawn by lot, so something else about them may be the cause."
            }
            .to_owned(),
        );
    }
    sentences.join(" ")
}

/// "It probably helped, but it could be nothing, from about 5 points worse to 15 better."
fn how_sure(finding: &Finding, gain: &Gain, better: f64) -> String {
    let Ladder { word, leaning } = ladder(better, finding.rung);
    let claim = if finding.by_lot() {
        let (helped, hurt) = if word == "may" {
            ("have helped", "have made things worse")
        } else {
            ("helped", "made things worse")
        };
        match leaning {
            Leaning::Better => format!("It {word} {helped}"),
            Leaning::Worse => format!("It {word} {hurt}"),
            Leaning::EitherWay => "It could go either way".to_owned(),
        }
    } else {
        let results = if finding.before_after() {
            "Results after"
        } else {
            "Their results"
        };
        let verb = if word == "may" { "may be" } else { "are" };
        let word = if word == "may" {
            String::new()
        } else {
            format!("{word} ")
        };
        match leaning {
            Leaning::Better => format!("{results} {verb} {word}better"),
            Leaning::Worse => format!("{results} {verb} {word}worse"),
            Leaning::EitherWay => format!("{results} could go either way"),
        }
    };
    let shown = (gain.shown(gain.lower), gain.shown(gain.upper));
    if gain.could_be_nothing() {
        let but = if leaning == Leaning::EitherWay {
            "and"
        } else {
            "but"
        };
        return format!(
            "{claim}, {but} it could be nothing, {}.",
            span(finding, gain)
        );
    }
    if shown.0 == 0.0 || shown.1 == 0.0 {
        return format!(
            "{claim}, but it could be next to nothing, {}.",
            span(finding, gain)
        );
    }
    // Both limits on one side, the nearer first.
    let (near, far) = if gain.lower > 0.0 {
        (gain.lower, gain.upper)
    } else {
        (gain.upper, gain.lower)
    };
    if finding.size(gain, near) == finding.size(gain, far) {
        return format!("{claim}, by about {}.", finding.measured(gain, far, true));
    }
    format!(
        "{claim}, by about {} to {}.",
        finding.size(gain, near),
        finding.measured(gain, far, true)
    )
}

fn counts(finding: &Finding, better: f64) -> String {
    let helped = if finding.by_lot() {
        "that it helped at all"
    } else {
        "that their results are truly better"
    };
    let condition = if finding.by_lot() {
        "The chance"
    } else {
        "If nothing else set the groups apart, the chance"
    };
    let mut text = format!("{condition} {helped} is about {}", in_counts(better));
    if let (Some(worth), Some(chance)) = (finding.worthwhile, finding.above_worthwhile) {
        text.push_str(&format!(
            ", and that it is {} or more, which you said would be worth having, about {}",
            worth_in_words(finding, worth),
            in_counts(chance)
        ));
    }
    text.push('.');
    text.replace("about more than", "more than")
        .replace("about fewer than", "fewer than")
}

fn worth_in_words(finding: &Finding, worth: Worthwhile) -> String {
    match worth {
        Worthwhile::Sd(sd) if finding.attainment => months_of(Months::of(sd.abs())),
        Worthwhile::Sd(sd) => format!(
            "{} standard deviations",
            Precision::HUNDREDTHS.write(sd.abs())
        ),
        Worthwhile::Unit(x) => {
            let own = Gain {
                scale: if finding.binary {
                    Scale::Percentage
                } else {
                    Scale::Own
                },
                estimate: 0.0,
                lower: 0.0,
                upper: 0.0,
                precision: Precision::TENTHS,
            };
            let times = if finding.binary { 100.0 } else { 1.0 };
            let size = x.abs() * times;
            plural(
                &Precision::for_width(size.min(4.9)).write(size),
                finding.unit_word(&own, true),
            )
        }
    }
}
