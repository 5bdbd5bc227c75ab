//! Which column says who got what.
//!
//! Who may call this: `roles` alone. What must stay true: two words alone make no treatment (boys and
//! girls are two words); heading or words must speak for it, or it is asked.

use super::heading::Names;
use super::{Confidence, Draft, Known, Role};
use crate::column::order::{self, By};
use crate::column::profile::ColumnKind;
use crate::table::listed;

/// How much speaks for a column.
fn weight(known: &Known<'_>) -> i32 {
    let column = known.profile;
    let words: Vec<&str> = column.words.iter().map(|(w, _)| w.as_str()).collect();
    let heading = match known.meaning.names {
        Names::Group => 4,
        Names::Nothing | Names::Phase => 0,
        Names::Class | Names::Block => -1,
        _ => return i32::MIN,
    };
    let control = words.iter().any(|w| order::is_control(w));
    let intervention = words.iter().any(|w| order::is_intervention(w));
    let said = match (control, intervention) {
        (true, true) => 5,
        (true, false) => 4,
        (false, true) => 2,
        (false, false) => 0,
    };
    let shape = match (column.kind, words.len()) {
        (ColumnKind::Ticks, _) if heading > 0 => 1,
        (_, 2) => 1,
        (_, 3..=6) if heading > 0 || control => -2,
        (_, 1) if heading > 0 => -2,
        _ => return i32::MIN,
    };
    // Something measured in words that order, such as "WTS" and "EXS", is no group.
    if known.meaning.measure && said == 0 && heading == 0 {
        return i32::MIN;
    }
    heading + said + shape
}

/// Decides the treatment, or asks.
pub(super) fn find(draft: &mut Draft<'_>) {
    let mut weighed: Vec<(i32, usize)> = draft
        .open()
        .map(|(at, known)| (weight(known), at))
        .filter(|(w, _)| *w > 0)
        .collect();
    weighed.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let names: Vec<String> = weighed
        .iter()
        .filter_map(|(_, i)| draft.known.get(*i))
        .map(|k| k.profile.name.clone())
        .collect();
    let best = weighed.first().filter(|(w, _)| *w >= ENOUGH).copied();
    let Some((best, at)) = best else {
        if !phases(draft) {
            let asks = if names.is_empty() {
                "No column says who got what. Are there scores from before and after only?"
            } else {
                "Which column says who got what?"
            };
            draft.ask("treatment", asks, names);
        }
        return;
    };
    let Some(known) = draft.known.get(at) else {
        return;
    };
    let rivals = weighed.iter().filter(|(w, _)| *w + 1 >= best).count();
    let groups = known.profile.words.len();
    if rivals > 1 {
        draft.ask("treatment", "Which column says who got what?", names);
    }
    let (confidence, reason) = if rivals > 1 {
        (
            Confidence::Ask,
            "It could be this column or another.".to_owned(),
        )
    } else if groups > 2 {
        (
            Confidence::Ask,
            format!("The heading says so, but it holds {groups} groups."),
        )
    } else if best >= 5 {
        (
            Confidence::Sure,
            "The heading says so, and it holds two groups.".to_owned(),
        )
    } else {
        (Confidence::Likely, "Its words say so.".to_owned())
    };
    draft.decide(at, Role::Treatment, confidence, reason);
    control(draft, known);
}

/// So much must speak for a treatment, or it is asked.
const ENOUGH: i32 = 2;

/// One row before and one after for each person: the phase is what is compared.
fn phases(draft: &mut Draft<'_>) -> bool {
    let phase = draft.open().find(|(_, known)| {
        let words: Vec<String> = known.profile.words.iter().map(|(w, _)| w.clone()).collect();
        order::is_phase(&words)
    });
    let Some((phase, known)) = phase else {
        return false;
    };
    let unit = draft.known.iter().position(|k| {
        let column = k.profile;
        matches!(k.meaning.names, Names::Number | Names::Person)
            && column.distinct * 3 > column.filled
            && column.distinct * 3 < column.filled * 2
    });
    draft.decide(
        phase,
        Role::Treatment,
        Confidence::Likely,
        "It says which of two measurements of the same person a row is.",
    );
    control(draft, known);
    match unit {
        Some(unit) => draft.decide(
            unit,
            Role::Unit,
            Confidence::Likely,
            "Each comes twice, once for each measurement.",
        ),
        None => draft.ask(
            "unit",
            "Which column says whose measurement a row is?",
            Vec::new(),
        ),
    }
    true
}

/// Decides which word is the comparison, or asks.
fn control(draft: &mut Draft<'_>, known: &Known<'_>) {
    let column = known.profile;
    let words: Vec<String> = column.words.iter().map(|(w, _)| w.clone()).collect();
    if column.kind == ColumnKind::Ticks {
        draft.control = Some(String::new());
        draft.ask(
            "control",
            format!(
                "Does an empty cell in “{}” mean the comparison?",
                column.name
            ),
            vec!["an empty cell".to_owned()],
        );
        return;
    }
    if let [only] = words.as_slice() {
        draft.control = Some(String::new());
        draft.ask(
            "control",
            format!(
                "“{}” says only “{only}”. Does an empty cell mean the comparison?",
                column.name
            ),
            vec!["an empty cell".to_owned()],
        );
        return;
    }
    if words.len() != 2 {
        draft.ask(
            "treatment",
            format!(
                "“{}” holds {} groups: {}. Which two are compared?",
                column.name,
                words.len(),
                listed(&words, 6)
            ),
            words,
        );
        return;
    }
    let (order, by) = order::sorted_by(&words);
    let in_order: Vec<String> = order
        .iter()
        .filter_map(|i| words.get(*i).cloned())
        .collect();
    let Some(first) = in_order.first() else {
        return;
    };
    draft.control = Some(first.clone());
    let plain = match by {
        By::Scale => true,
        By::Numbers => first == "0",
        By::Alphabet => false,
    };
    if !plain {
        draft.ask(
            "control",
            format!("Which word in “{}” means the comparison?", column.name),
            in_order,
        );
    }
}
