//! How lots were drawn, and what to keep in mind, in words.

use super::Unit;
use super::lottery::Lottery;
use super::rerandomise::{Rerandomise, Rerandomised};
use super::scheme::{Scheme, Within};

/// How they were drawn.
pub(super) fn says(
    units: &[Unit],
    scheme: &Scheme,
    lottery: &Lottery,
    rerandomised: Option<Rerandomised>,
) -> String {
    let tickets = lottery.tickets();
    let mut text = if scheme.whole_clusters {
        format!(
            "Lots were drawn between {} whole classes or schools",
            tickets.len()
        )
    } else {
        format!(
            "Lots were drawn between {} on the list, one by one",
            units.len()
        )
    };
    let blocks = tickets.blocks.len();
    match scheme.within {
        Within::Everybody => {}
        Within::Blocks if blocks == 1 => {}
        Within::Blocks => text.push_str(&format!(", within {blocks} blocks")),
        Within::Pairs => text.push_str(&format!(", within {blocks} pairs")),
        Within::MatchedPairs => text.push_str(&format!(
            ", within {blocks} pairs that are alike on {} ({}; Greevy, Lu, Silber & Rosenbaum 2004)",
            listed(&scheme.matched_on),
            match scheme.matched_on.len() {
                0 | 1 => "neighbours in its order",
                _ => "nearest by Mahalanobis’s distance, partners exchanged while that helps",
            }
        )),
    }
    text.push('.');
    if let Some(kept) = rerandomised {
        let on = listed(&scheme.balanced_on);
        let distance = if kept.distance < 0.01 {
            "under 0.01".to_owned()
        } else {
            format!("{:.2}", kept.distance)
        };
        match kept.rule {
            Rerandomise::BestOf(of) => text.push_str(&format!(
                " Of {of} draws the one was kept whose groups are most alike on {on}: Mahalanobis’s distance {distance} (Morgan & Rubin 2012)."
            )),
            Rerandomise::Within(_) => text.push_str(&format!(
                " The first draw was kept whose groups are alike enough on {on}, number {}: Mahalanobis’s distance {distance} (Morgan & Rubin 2012).",
                kept.draws
            )),
        }
    }
    text
}

fn listed(columns: &[String]) -> String {
    match columns.split_last() {
        None => "their numbers".to_owned(),
        Some((one, [])) => one.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// What to keep in mind.
pub(super) fn warnings(scheme: &Scheme, lottery: &Lottery) -> Vec<String> {
    let mut list = Vec::new();
    let alone: Vec<&str> = lottery
        .tickets()
        .blocks
        .iter()
        .filter(|block| block.tickets.len() == 1)
        .map(|block| block.name.as_deref().unwrap_or("no block"))
        .collect();
    match (scheme.within, alone.as_slice()) {
        (Within::Everybody, _) | (_, []) => {}
        (Within::MatchedPairs, _) => list.push(
            "The number is odd, so one is in no pair; its lot was drawn alone.".to_owned(),
        ),
        (_, [one]) => list.push(format!(
            "“{one}” holds only one to draw for, so nothing can be compared within it."
        )),
        (_, [one, ..]) => list.push(format!(
            "“{one}” and {} more hold only one to draw for, so nothing can be compared within them.",
            alone.len() - 1
        )),
    }
    if scheme.whole_clusters && lottery.tickets().codes.len() < 8 {
        list.push(
            "Under eight classes or schools even the largest difference may come from the lots alone, and then nobody can say."
                .to_owned(),
        );
    }
    list
}
