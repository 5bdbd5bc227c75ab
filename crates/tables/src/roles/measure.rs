//! Which column was measured at the end, and which before.
//!
//! Who may call this: `roles` alone. What must stay true: time in the headings decides; the order of
//! columns only where nothing else does, and then it is asked.

use std::cmp::Ordering;

use super::heading::Names;
use super::time::Side;
use super::{Confidence, Draft, Known, Role};
use crate::column::order;
use crate::column::profile::ColumnKind;

/// Whether a column can be something measured.
fn measured(known: &Known<'_>) -> bool {
    let column = known.profile;
    if known.meaning.names != Names::Nothing || column.filled == 0 || column.distinct < 2 {
        return false;
    }
    match column.kind {
        ColumnKind::Numbers => {
            // Codes such as 1 and 2 under a heading that says nothing are not scores.
            known.meaning.measure || known.meaning.time.is_said() || column.distinct > 2
        }
        ColumnKind::Words | ColumnKind::Text => {
            let words: Vec<String> = column.words.iter().map(|(w, _)| w.clone()).collect();
            order::scale(&words).is_some()
                && (known.meaning.measure || known.meaning.time.is_said() || words.len() > 2)
        }
        _ => false,
    }
}

/// Decides outcome and baselines, or asks.
pub(super) fn find(draft: &mut Draft<'_>) {
    let mut measures: Vec<(usize, &Known<'_>)> =
        draft.open().filter(|(_, k)| measured(k)).collect();
    // A number under a heading that names nothing measured stands back where others do.
    if measures.iter().any(|(_, k)| speaks(k)) {
        measures.retain(|(_, k)| speaks(k));
    }
    let plain = |k: &Known<'_>| !k.meaning.derived || k.meaning.time.side == Some(Side::After);
    if measures.iter().any(|(_, k)| plain(k)) {
        for (at, known) in &measures {
            if !plain(known) {
                draft.decide(
                    *at,
                    Role::LeaveOut,
                    Confidence::Likely,
                    "It is worked out from other columns.",
                );
            }
        }
        measures.retain(|(_, k)| plain(k));
    }
    // What was plainly measured before is the last to be meant.
    let (before, rest): (Vec<_>, Vec<_>) = measures
        .iter()
        .partition(|(_, k)| k.meaning.time.side == Some(Side::Before));
    let names: Vec<String> = rest
        .into_iter()
        .chain(before)
        .map(|(_, k)| k.profile.name.clone())
        .collect();
    let Some((chosen, sure)) = outcome(&measures) else {
        draft.ask(
            "outcome",
            "Which column holds what was measured at the end?",
            names,
        );
        return;
    };
    let Some((at, known)) = measures.get(chosen).copied() else {
        return;
    };
    let (confidence, reason) = match sure {
        Sure::Only => (
            Confidence::Sure,
            "It is the only column that holds something measured.",
        ),
        Sure::Time => (
            Confidence::Sure,
            "The heading says that it was measured last.",
        ),
        Sure::Subject => (Confidence::Ask, "Several columns were measured last."),
        Sure::Place => (
            Confidence::Ask,
            "It stands last among the measured columns.",
        ),
    };
    if confidence == Confidence::Ask {
        let mut answers = vec![known.profile.name.clone()];
        answers.extend(names.iter().filter(|n| **n != known.profile.name).cloned());
        let others = others(draft, &answers);
        answers.extend(others);
        draft.ask(
            "outcome",
            "Which column holds what was measured at the end?",
            answers,
        );
    }
    draft.decide(at, Role::Outcome, confidence, reason);
    success(draft, known);
    baselines(draft, known, &measures);
}

/// Columns of numbers that may be meant though their headings don't say so.
fn others(draft: &Draft<'_>, named: &[String]) -> Vec<String> {
    draft
        .open()
        .filter(|(_, k)| k.profile.kind == ColumnKind::Numbers && k.meaning.names == Names::Nothing)
        .map(|(_, k)| k.profile.name.clone())
        .filter(|n| !named.contains(n))
        .take(12)
        .collect()
}

fn speaks(known: &Known<'_>) -> bool {
    known.meaning.measure || known.meaning.time.is_said()
}

/// Why a column is the outcome.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sure {
    Only,
    Time,
    Subject,
    Place,
}

/// The place of the outcome among the measures.
fn outcome(measures: &[(usize, &Known<'_>)]) -> Option<(usize, Sure)> {
    if let [_] = measures {
        return Some((0, Sure::Only));
    }
    // Those with none later than themselves, and some earlier or plainly after.
    let last: Vec<usize> = (0..measures.len())
        .filter(|i| {
            let Some((_, me)) = measures.get(*i) else {
                return false;
            };
            let orders: Vec<Ordering> = measures
                .iter()
                .filter_map(|(_, other)| me.meaning.time.order(&other.meaning.time))
                .collect();
            let after = me.meaning.time.side == Some(Side::After);
            after || !orders.contains(&Ordering::Less) && orders.contains(&Ordering::Greater)
        })
        .collect();
    match last.as_slice() {
        [one] => Some((*one, Sure::Time)),
        [first, ..] => Some((*first, Sure::Subject)),
        [] => {
            let not_before = |i: &usize| {
                measures
                    .get(*i)
                    .is_some_and(|(_, k)| k.meaning.time.side != Some(Side::Before))
            };
            let rest: Vec<usize> = (0..measures.len()).filter(not_before).collect();
            match rest.as_slice() {
                [one] => Some((*one, Sure::Time)),
                [.., last] => Some((*last, Sure::Place)),
                [] => None,
            }
        }
    }
}

/// Of an outcome in words: the success, or the question.
fn success(draft: &mut Draft<'_>, known: &Known<'_>) {
    let column = known.profile;
    if column.kind == ColumnKind::Numbers {
        if let [(a, _), (b, _)] = column.words.as_slice()
            && (a.as_str(), b.as_str()) != ("0", "1")
        {
            draft.ask(
                "success",
                format!(
                    "“{}” holds only {a} and {b}. Which of them counts as success?",
                    column.name
                ),
                vec![b.clone(), a.clone()],
            );
        }
        return;
    }
    let words: Vec<String> = column.words.iter().map(|(w, _)| w.clone()).collect();
    if let [_, later] = words.as_slice() {
        draft.success = vec![later.clone()];
        return;
    }
    draft.success = words.iter().rev().take(2).rev().cloned().collect();
    draft.ask(
        "success",
        format!("Which words in “{}” count as success?", column.name),
        words.iter().rev().cloned().collect(),
    );
}

/// The outcome's own earlier values; others are left out, because nobody planned to allow for them.
fn baselines(draft: &mut Draft<'_>, outcome: &Known<'_>, measures: &[(usize, &Known<'_>)]) {
    let time = |k: &Known<'_>| k.meaning.time;
    let earlier: Vec<(usize, &Known<'_>)> = measures
        .iter()
        .copied()
        .filter(|(_, k)| {
            time(k).order(&time(outcome)) == Some(Ordering::Less)
                && time(k).side != Some(Side::After)
        })
        .collect();
    let same: Vec<(usize, &Known<'_>)> = earlier
        .iter()
        .copied()
        .filter(|(_, k)| alike(k, outcome))
        .collect();
    // Of several dated measurements the first was taken before; those between may have been touched.
    let first = |k: &Known<'_>| {
        time(k).side == Some(Side::Before)
            || same
                .iter()
                .all(|(_, other)| time(other).order(&time(k)) != Some(Ordering::Less))
    };
    for (at, known) in measures {
        if known.profile.index == outcome.profile.index {
            continue;
        }
        let is_earlier = earlier.iter().any(|(e, _)| e == at);
        let is_same = same.iter().any(|(s, _)| s == at);
        let (role, confidence, reason) = if is_same && first(known) {
            let confidence = if same.len() == 1 {
                Confidence::Sure
            } else {
                Confidence::Likely
            };
            (
                Role::Baseline,
                confidence,
                "The heading says that it was measured before.",
            )
        } else if is_same {
            (
                Role::LeaveOut,
                Confidence::Likely,
                "It was measured in between.",
            )
        } else if is_earlier {
            (
                Role::LeaveOut,
                Confidence::Likely,
                "It was measured before, but of something else.",
            )
        } else {
            (
                Role::LeaveOut,
                Confidence::Likely,
                "It is another measure; one answer has one outcome.",
            )
        };
        draft.decide(*at, role, confidence, reason);
    }
}

/// Whether two headings name the same thing measured.
fn alike(known: &Known<'_>, outcome: &Known<'_>) -> bool {
    let (a, b) = (&known.meaning.subject, &outcome.meaning.subject);
    let silent = !known.meaning.time.is_said();
    a == b
        || !silent && (a.is_empty() || b.is_empty())
        || a.iter().any(|s| b.iter().any(|o| same_subject(s, o)))
}

/// "read" and "readscore", "math" and "maths": the same beginning of four letters.
fn same_subject(one: &str, other: &str) -> bool {
    let start = |word: &str| word.chars().take(4).collect::<String>();
    one == other || one.chars().count() >= 4 && start(one) == start(other)
}
