//! The headline: who made (or had) about how much, at what, compared with whom.

use super::finding::{Finding, Gain, Scale};
use super::numbers::months_of;
use crate::months::Months;

/// The sentence and its phrase to highlight.
pub(super) fn headline(finding: &Finding) -> (String, String) {
    let Some(gain) = finding.gain() else {
        let highlight = "We can’t say what difference it made".to_owned();
        return (
            format!("{highlight}: there is no way to tell how sure the answer would be."),
            highlight,
        );
    };
    let who = finding.subject();
    let what = finding.what();
    let same = gain.shown(gain.estimate) == 0.0;
    let (highlight, sentence) = if gain.scale == Scale::Percentage {
        share(finding, &gain, same)
    } else if finding.before_after() {
        let highlight = if same {
            "about the same".to_owned()
        } else {
            format!("about {}", raw_difference(finding, &gain))
        };
        let sentence =
            format!("{who} had {highlight} in {what} after as before, with nobody to compare with");
        let sentence = if same {
            sentence
        } else {
            sentence.replace("after as before", "after than before")
        };
        (highlight, sentence)
    } else if finding.by_lot() {
        let verb = if finding.may() {
            "may have made"
        } else {
            "made"
        };
        let highlight = progress(finding, &gain, same);
        let aim = if finding.lower_is_better {
            format!("in bringing down {what}")
        } else {
            format!("in {what}")
        };
        let sentence = format!(
            "{who} {verb} {highlight} {aim}, compared with {}",
            finding.comparator()
        );
        (highlight, sentence)
    } else {
        let highlight = if gain.scale == Scale::Months {
            progress(finding, &gain, same)
        } else if same {
            "about the same results".to_owned()
        } else {
            format!("about {}", raw_difference(finding, &gain))
        };
        let sentence = format!(
            "{who} had {highlight} in {what}, compared with {}",
            finding.comparator()
        );
        (highlight, sentence)
    };
    (
        format!("{sentence}{}.", doubt(finding, &gain, same)),
        highlight,
    )
}

/// A share is reached more or less often: "reached “EXS” in reading about 5 percentage points more often".
fn share(finding: &Finding, gain: &Gain, same: bool) -> (String, String) {
    let highlight = if same {
        "about as often".to_owned()
    } else {
        format!("about {} often", raw_difference(finding, gain))
    };
    let reached = match (finding.lower_is_better, finding.may()) {
        (false, false) => "reached",
        (false, true) => "may have reached",
        (true, false) => "had",
        (true, true) => "may have had",
    };
    let than = match (finding.before_after(), same) {
        (true, true) => " after as before, with nobody to compare with".to_owned(),
        (true, false) => " after than before, with nobody to compare with".to_owned(),
        (false, _) => format!(", compared with {}", finding.comparator()),
    };
    let (who, what) = (finding.subject(), finding.what());
    let sentence = format!("{who} {reached} {what} {highlight}{than}");
    (highlight, sentence)
}

/// "about 3 months’ extra progress", "about 5 points less progress", "about the same progress".
fn progress(finding: &Finding, gain: &Gain, same: bool) -> String {
    if same {
        return "about the same progress".to_owned();
    }
    let up = gain.estimate > 0.0;
    if gain.scale == Scale::Months {
        let months = months_of(Months::of(gain.estimate));
        let possessive = if months.ends_with('s') { "’" } else { "’s" };
        let kind = if up { "extra" } else { "less" };
        let about = if Months::of(gain.estimate).or_more {
            ""
        } else {
            "about "
        };
        return format!("{about}{months}{possessive} {kind} progress");
    }
    let kind = if up { "more" } else { "less" };
    format!(
        "about {} {kind} progress",
        finding.measured(gain, gain.estimate, false)
    )
}

/// "2.4 points more": up and down as measured, whichever is better.
fn raw_difference(finding: &Finding, gain: &Gain) -> String {
    let up = (gain.estimate > 0.0) != finding.lower_is_better;
    let kind = if up { "more" } else { "less" };
    format!("{} {kind}", finding.measured(gain, gain.estimate, false))
}

fn doubt(finding: &Finding, gain: &Gain, same: bool) -> String {
    let shown = (gain.shown(gain.lower), gain.shown(gain.upper));
    if same {
        if shown == (0.0, 0.0) {
            return String::new();
        }
        return format!("; anything {} fits what we saw", span(finding, gain));
    }
    if gain.could_be_nothing() {
        ", but it could be nothing".to_owned()
    } else if shown.0 == 0.0 || shown.1 == 0.0 {
        ", but it could be next to nothing".to_owned()
    } else {
        String::new()
    }
}

/// "from about 5 points worse to 15 better", "from nothing to 4 months better".
pub(super) fn span(finding: &Finding, gain: &Gain) -> String {
    let (lower, upper) = (gain.shown(gain.lower), gain.shown(gain.upper));
    let side = |x: f64| if x < 0.0 { "worse" } else { "better" };
    if lower == 0.0 && upper == 0.0 {
        return "next to nothing either way".to_owned();
    }
    if lower == 0.0 {
        return format!(
            "from about nothing to {} {}",
            finding.measured(gain, gain.upper, true),
            side(upper)
        );
    }
    if upper == 0.0 {
        return format!(
            "from about {} {} to nothing",
            finding.measured(gain, gain.lower, true),
            side(lower)
        );
    }
    if (lower < 0.0) == (upper < 0.0) {
        // The nearer limit first.
        let (near, far) = if lower > 0.0 {
            (gain.lower, gain.upper)
        } else {
            (gain.upper, gain.lower)
        };
        return format!(
            "from about {} to {} {}",
            finding.size(gain, near),
            finding.measured(gain, far, true),
            side(upper)
        );
    }
    format!(
        "from about {} worse to {} better",
        finding.measured(gain, gain.lower, true),
        finding.size(gain, gain.upper)
    )
}
