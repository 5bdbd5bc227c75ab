//! The strength of a pool's evidence: strong only where several good trials agree.
//!
//! What must stay true: computed from the trials' own rungs and their agreement, never from how
//! large or welcome the average is.

use std::collections::BTreeSet;

use super::{Prediction, Study};
use crate::evaluation::Evidence;

/// The pool's rung; None where a trial's own rung is not known.
///
/// Rung 5 needs three or more rung-4 trials in three or more places, and results that agree: I² of
/// 50 % at most, or a prediction interval on one side of nothing. Otherwise it is the median rung of
/// the trials (the lower one of two), 4 at most.
pub(super) fn evidence(
    studies: &[Study],
    i2: f64,
    prediction: Option<Prediction>,
) -> Option<Evidence> {
    let mut rungs: Vec<u8> = studies.iter().map(|s| s.rung).collect::<Option<_>>()?;
    rungs.sort_unstable();
    let median = (*rungs.get((rungs.len() - 1) / 2)?).clamp(1, 4);

    let good: Vec<&Study> = studies
        .iter()
        .filter(|s| s.rung.is_some_and(|r| r >= 4))
        .collect();
    let places: BTreeSet<&str> = good.iter().map(|s| place(s)).collect();
    let one_side = prediction.is_some_and(|p| p.lower > 0.0 || p.upper < 0.0);
    let agree = i2 <= 50.0 || one_side;
    let many = good.len() >= 3 && places.len() >= 3;
    let rung = if many && agree { 5 } else { median };

    let (mut stronger, mut weaker) = (Vec::new(), Vec::new());
    let trials = |n: usize| if n == 1 { "trial" } else { "trials" };
    let counted = format!(
        "{} of {} {} stand on rung 4 on their own, in {} {}",
        good.len(),
        studies.len(),
        trials(studies.len()),
        places.len(),
        if places.len() == 1 { "place" } else { "places" }
    );
    if many {
        stronger.push(counted);
    } else {
        weaker.push(format!(
            "{counted}: strong evidence takes three in three places"
        ));
    }
    if studies.len() > 1 {
        let share = format!("I² is {i2:.0}%");
        match (i2 <= 50.0, one_side) {
            (true, _) => stronger.push(format!("The results agree about as well as chance allows ({share})")),
            (false, true) => stronger.push(format!(
                "The results differ in size ({share}) but point the same way"
            )),
            (false, false) => weaker.push(format!(
                "The results differ by more than chance would explain ({share}), and a new place could fall on either side of nothing"
            )),
        }
    } else {
        weaker.push("One trial alone has nothing to agree with".to_owned());
    }
    if rung != 5 {
        weaker.push(format!("The typical trial here stands on rung {median}"));
    }
    Some(Evidence {
        rung,
        word: word(rung).to_owned(),
        stronger,
        weaker,
    })
}

/// The place a trial ran in: its label where nothing else is said.
pub(super) fn place(study: &Study) -> &str {
    study.place.as_deref().unwrap_or(&study.label)
}

fn word(rung: u8) -> &'static str {
    match rung {
        1 => "An idea",
        2 => "An early sign",
        3 => "Fair evidence",
        4 => "Good evidence",
        _ => "Strong evidence",
    }
}
