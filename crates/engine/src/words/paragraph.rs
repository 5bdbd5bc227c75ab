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
    if ladder(better, finding.rung).leaning == Leaning::EitherWay && wide(finding, &gain) {
        sentences.push("That is not enough to tell.".to_owned());
    }
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

/// Whether the interval holds both a gain and a loss that somebody would care about: the smallest
/// difference worth having where it was said, otherwise 0.1 standard deviations.
fn wide(finding: &Finding, gain: &Gain) -> bool {
    let in_sds = finding.comparable.and_then(|(_, interval)| interval);
    let both_sides = |lower: f64, upper: f64, worth: f64| lower <= -worth && upper >= worth;
    match (finding.worthwhile, in_sds) {
        (Some(Worthwhile::Unit(worth)), _) => {
            let (lower, upper) = finding.interval.map_or((0.0, 0.0), |i| (i.lower, i.upper));
            both_sides(lower, upper, worth.abs())
        }
        (Some(Worthwhile::Sd(worth)), Some(i)) => both_sides(i.lower, i.upper, worth.abs()),
        (None, Some(i)) => both_sides(i.lower, i.upper, 0.1),
        (_, None) => gain.shown(gain.lower) < 0.0 && gain.shown(gain.upper) > 0.0,
    }
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
    let lots = finding.by_lot();
    // Told for the side that it leans to.
    let (chance, claim) = match (ladder(better, finding.rung).leaning, lots) {
        (Leaning::Worse, true) => (1.0 - better, "that it made things worse"),
        (Leaning::Worse, false) => (1.0 - better, "that their results are truly worse"),
        (_, true) => (better, "that it helped at all"),
        (_, false) => (better, "that their results are truly better"),
    };
    let condition = if lots {
        "The chance"
    } else {
        "If nothing else set the groups apart, the chance"
    };
    let mut text = format!("{condition} {claim} is {}", about(&in_counts(chance)));
    if let (Some(worth), Some(chance)) = (finding.worthwhile, finding.above_worthwhile) {
        let gain = if lots {
            "that it helped by"
        } else {
            "that they are better by"
        };
        text.push_str(&format!(
            ", and {gain} {} or more, which you said would be worth having, {}",
            worth_in_words(finding, worth),
            about(&in_counts(chance))
        ));
    }
    text.push('.');
    text
}

/// "about 17 in 20", "more than 99 in 100".
fn about(count: &str) -> String {
    if count.starts_with(|c: char| c.is_ascii_digit()) {
        format!("about {count}")
    } else {
        count.to_owned()
    }
}

fn worth_in_words(finding: &Finding, worth: Worthwhile) -> String {
    match worth {
        Worthwhile::Sd(sd) if finding.attainment && Months::of(sd.abs()).months > 0 => {
            months_of(Months::of(sd.abs()))
        }
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
