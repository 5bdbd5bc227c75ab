//! Words in order: WTS before EXS before GDS, no before yes, control before intervention.
//!
//! Who may call this: whoever needs the earlier and the later word. What must stay true: numbers
//! order as numbers; known scales in their own order; all else by the alphabet, digits as numbers,
//! so that "Year 2" comes before "Year 10".

use std::cmp::Ordering;

/// Scales that schools use, lowest first; words of one step are alike.
const SCALES: &[&[&[&str]]] = &[
    &[
        &[
            "blw",
            "pks",
            "pre-key stage",
            "pre key stage",
            "below pre-key stage",
        ],
        &[
            "wts",
            "wt",
            "wtg",
            "working towards",
            "working towards the expected standard",
            "working towards expected",
            "wtes",
        ],
        &[
            "exs",
            "exp",
            "expected",
            "at expected",
            "working at",
            "working at the expected standard",
            "expected standard",
            "are",
        ],
        &[
            "gds",
            "gd",
            "greater depth",
            "working at greater depth",
            "exceeding",
            "higher standard",
            "mastery",
        ],
    ],
    &[
        &["well below", "significantly below", "well below expected"],
        &[
            "below",
            "below expected",
            "just below",
            "below average",
            "working below",
            "behind",
        ],
        &[
            "expected",
            "at",
            "at expected",
            "on track",
            "average",
            "as expected",
            "in line",
            "secure",
            "met",
        ],
        &[
            "above",
            "above expected",
            "above average",
            "working above",
            "exceeding",
            "exceeded",
            "ahead",
        ],
        &["well above", "significantly above", "well above expected"],
    ],
    &[
        &["not yet", "beginning", "entering"],
        &["emerging", "em"],
        &["developing", "dev"],
        &["expected", "ex", "secure", "securing", "sec"],
        &["exceeding", "exc", "mastered", "mastering", "excelling"],
    ],
    &[
        &["low", "lower"],
        &["middle", "medium", "mid", "moderate"],
        &["high", "higher", "upper"],
    ],
    &[&["no", "n", "false", "non"], &["yes", "y", "true"]],
    &[
        &[
            "not met",
            "fail",
            "failed",
            "not achieved",
            "not there",
            "incorrect",
            "not secure",
        ],
        &[
            "met", "pass", "passed", "achieved", "there", "correct", "secure",
        ],
    ],
    &[
        &["never"],
        &["rarely", "hardly ever"],
        &["sometimes"],
        &["often", "usually"],
        &["always"],
    ],
    &[
        &["strongly disagree"],
        &["disagree"],
        &[
            "neither",
            "neither agree nor disagree",
            "neutral",
            "not sure",
        ],
        &["agree"],
        &["strongly agree"],
    ],
    &[BEFORE, AFTER],
    &[&["autumn", "aut"], &["spring", "spr"], &["summer", "sum"]],
    &[&["small"], &["medium"], &["large"]],
    &[CONTROL, INTERVENTION],
];

/// Grades, lowest first; only where there are three or more, because A and B may be two groups.
const GRADES: &[&[&[&str]]] = &[
    &[
        &["u", "unclassified"],
        &["g"],
        &["f"],
        &["e"],
        &["d"],
        &["c"],
        &["b"],
        &["a"],
        &["a*"],
    ],
    &[
        &["fail", "u"],
        &["pass", "p"],
        &["merit", "m"],
        &["distinction", "d"],
        &["distinction*", "d*"],
    ],
];

/// Words for the first of two measurements.
const BEFORE: &[&str] = &[
    "pre", "before", "baseline", "pre-test", "pretest", "pre test", "start",
];

/// Words for the second.
const AFTER: &[&str] = &[
    "post",
    "after",
    "follow-up",
    "follow up",
    "endline",
    "post-test",
    "posttest",
    "post test",
    "end",
];

/// Words for the group that carries on as usual.
const CONTROL: &[&str] = &[
    "control",
    "ctrl",
    "con",
    "comparison",
    "comp",
    "usual",
    "as usual",
    "business as usual",
    "bau",
    "usual teaching",
    "usual lessons",
    "usual class",
    "no intervention",
    "none",
    "wait",
    "waiting",
    "wait list",
    "waitlist",
    "waiting list",
    "wait-list",
    "later",
    "not treated",
    "untreated",
    "standard",
    "placebo",
    "non-intervention",
    "no treatment",
    "control group",
    "comparison group",
    "untaught",
    "carry on as usual",
];

/// Words for the group that gets something.
const INTERVENTION: &[&str] = &[
    "intervention",
    "int",
    "intv",
    "treatment",
    "treated",
    "treat",
    "tx",
    "trial",
    "experimental",
    "experiment",
    "exp",
    "programme",
    "program",
    "intervention group",
    "treatment group",
    "now",
    "first",
];

/// The form in which words are compared: no case, single spaces, plain dashes and apostrophes.
pub(crate) fn fold(word: &str) -> String {
    let plain: String = word
        .chars()
        .map(|c| match c {
            '–' | '—' | '‑' => '-',
            '’' | '‘' => '\'',
            c => c,
        })
        .collect();
    plain
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// Whether a word is one for the group that carries on as usual.
pub(crate) fn is_control(word: &str) -> bool {
    CONTROL.contains(&fold(word).as_str())
}

/// Whether a word is one for the group that gets something.
pub(crate) fn is_intervention(word: &str) -> bool {
    INTERVENTION.contains(&fold(word).as_str())
}

/// Whether two words tell the first of two measurements from the second.
pub(crate) fn is_phase(words: &[String]) -> bool {
    let [a, b] = words else { return false };
    let (a, b) = (fold(a), fold(b));
    let side = |w: &str| (BEFORE.contains(&w), AFTER.contains(&w));
    matches!(
        (side(&a), side(&b)),
        ((true, _), (_, true)) | ((_, true), (true, _))
    )
}

/// The step of each word on a scale that has them all, and on more than one step.
pub(crate) fn scale(words: &[String]) -> Option<Vec<usize>> {
    if words.len() < 2 {
        return None;
    }
    let folded: Vec<String> = words.iter().map(|w| fold(w)).collect();
    let grades = if words.len() > 2 { GRADES } else { &[] };
    SCALES.iter().chain(grades).find_map(|steps| {
        let places: Vec<usize> = folded
            .iter()
            .map(|word| steps.iter().position(|step| step.contains(&word.as_str())))
            .collect::<Option<_>>()?;
        let first = places.first()?;
        places.iter().any(|p| p != first).then_some(places)
    })
}

/// How an order was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Numbers,
    Scale,
    Alphabet,
}

/// Indices of the words from the earliest to the latest.
pub(crate) fn sorted(words: &[String]) -> Vec<usize> {
    sorted_by(words).0
}

/// Numbers as numbers, all else by the alphabet: names of classes are no scale.
pub(crate) fn sorted_names(words: &[String]) -> Vec<usize> {
    by_numbers(words).unwrap_or_else(|| by_steps(words, None))
}

/// The same, with how it was found.
pub(crate) fn sorted_by(words: &[String]) -> (Vec<usize>, By) {
    if let Some(indices) = by_numbers(words) {
        return (indices, By::Numbers);
    }
    let steps = scale(words).or_else(|| control_side(words));
    let by = if steps.is_some() {
        By::Scale
    } else {
        By::Alphabet
    };
    (by_steps(words, steps.as_deref()), by)
}

fn by_numbers(words: &[String]) -> Option<Vec<usize>> {
    let mut numbers: Vec<(f64, usize)> = words
        .iter()
        .enumerate()
        .map(|(i, w)| Some((w.parse::<f64>().ok().filter(|n| n.is_finite())?, i)))
        .collect::<Option<_>>()?;
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    Some(numbers.into_iter().map(|(_, i)| i).collect())
}

fn by_steps(words: &[String], steps: Option<&[usize]>) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..words.len()).collect();
    indices.sort_by(|a, b| {
        let step = |i: &usize| steps.and_then(|s| s.get(*i));
        let word = |i: &usize| words.get(*i).map(String::as_str).unwrap_or_default();
        step(a)
            .cmp(&step(b))
            .then_with(|| natural(word(a), word(b)))
    });
    indices
}

/// Of two words, one that is plainly the control ("usual") comes before the other ("reading").
fn control_side(words: &[String]) -> Option<Vec<usize>> {
    let [a, b] = words else { return None };
    match (
        is_control(a),
        is_control(b),
        is_intervention(a),
        is_intervention(b),
    ) {
        (true, false, _, _) | (false, false, false, true) => Some(vec![0, 1]),
        (false, true, _, _) | (false, false, true, false) => Some(vec![1, 0]),
        _ => None,
    }
}

/// Alphabetical, with runs of digits compared as numbers.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    let (fa, fb) = (fold(a), fold(b));
    let (mut x, mut y) = (fa.as_str(), fb.as_str());
    loop {
        let (left, right) = (run(x), run(y));
        if left.is_empty() || right.is_empty() {
            // Two spellings that fold alike still need an order that never changes.
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        }
        let order = if is_digits(left) && is_digits(right) {
            let (l, r) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
            l.len().cmp(&r.len()).then_with(|| l.cmp(r))
        } else {
            left.cmp(right)
        };
        if order != Ordering::Equal {
            return order;
        }
        x = x.get(left.len()..).unwrap_or_default();
        y = y.get(right.len()..).unwrap_or_default();
    }
}

fn is_digits(run: &str) -> bool {
    run.starts_with(|c: char| c.is_ascii_digit())
}

/// The first stretch of digits, or of anything else.
fn run(text: &str) -> &str {
    let digits = is_digits(text);
    let end = text
        .find(|c: char| c.is_ascii_digit() != digits)
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        sorted(&words)
            .into_iter()
            .filter_map(|i| words.get(i).cloned())
            .collect()
    }

    #[test]
    fn words_come_in_the_order_that_schools_mean() {
        assert_eq!(order(&["GDS", "EXS", "WTS"]), ["WTS", "EXS", "GDS"]);
        assert_eq!(
            order(&["Above", "Expected", "Below"]),
            ["Below", "Expected", "Above"]
        );
        assert_eq!(order(&["Yes", "No"]), ["No", "Yes"]);
        assert_eq!(order(&["reading", "usual"]), ["usual", "reading"]);
        assert_eq!(
            order(&["Intervention", "Control"]),
            ["Control", "Intervention"]
        );
        assert_eq!(order(&["Year 10", "Year 2"]), ["Year 2", "Year 10"]);
        assert_eq!(order(&["10", "9", "2"]), ["2", "9", "10"]);
        assert_eq!(order(&["DRTA", "Basal"]), ["Basal", "DRTA"]);
        assert_eq!(order(&["B", "A"]), ["A", "B"]);
        assert_eq!(order(&["A*", "B", "C"]), ["C", "B", "A*"]);
    }
}
