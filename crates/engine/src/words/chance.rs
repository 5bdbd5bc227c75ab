//! Chance words and counts: 0.99 almost certainly, 0.90 very likely, 0.70 probably, 0.30 to 0.70
//! could go either way, and the same words for the other direction below.
//!
//! Who may call this: sentences, and pages that print a chance. What must stay true: the word comes
//! from the chance alone, and the rung caps it: *probably* on rung 3, *may* on rungs 1 and 2.

/// Which way a chance leans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaning {
    /// Toward the better side.
    Better,
    /// Toward the worse side.
    Worse,
    /// Neither.
    EitherWay,
}

/// A chance word and the side that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// "almost certainly", "very likely", "probably", "may"; "could go either way" where it leans to neither.
    pub word: &'static str,
    /// The side.
    pub leaning: Leaning,
}

/// The chance word for the chance of being better, capped by the rung.
///
/// ```
/// use difference_engine::words::chance::{ladder, Leaning};
/// assert_eq!(ladder(0.95, 4).word, "very likely");
/// assert_eq!(ladder(0.95, 3).word, "probably");
/// assert_eq!(ladder(0.05, 2).word, "may");
/// assert_eq!(ladder(0.05, 2).leaning, Leaning::Worse);
/// ```
#[must_use]
pub fn ladder(better: f64, rung: u8) -> Ladder {
    let (chance, leaning) = if better >= 0.5 {
        (better, Leaning::Better)
    } else {
        (1.0 - better, Leaning::Worse)
    };
    // 1 − 0.3 falls a rounding short of 0.7.
    let at_least = |edge: f64| chance >= edge - 1e-12;
    if !at_least(0.70) {
        return Ladder {
            word: "could go either way",
            leaning: Leaning::EitherWay,
        };
    }
    let word = if rung <= 2 {
        "may"
    } else if rung == 3 || !at_least(0.90) {
        "probably"
    } else if at_least(0.99) {
        "almost certainly"
    } else {
        "very likely"
    };
    Ladder { word, leaning }
}

/// A chance as a count of one whole: "17 in 20"; in hundredths beyond 19 in 20, where it never
/// reaches all or none, and wherever rounding to twentieths would promise another word of the ladder.
///
/// ```
/// use difference_engine::words::chance::in_counts;
/// assert_eq!(in_counts(0.83), "17 in 20");
/// assert_eq!(in_counts(0.899), "89 in 100"); // "18 in 20" would be very likely
/// assert_eq!(in_counts(0.97), "97 in 100");
/// assert_eq!(in_counts(0.9999), "more than 99 in 100");
/// ```
#[must_use]
pub fn in_counts(chance: f64) -> String {
    let chance = chance.clamp(0.0, 1.0);
    if chance >= 0.995 {
        return "more than 99 in 100".to_owned();
    }
    if chance < 0.005 {
        return "fewer than 1 in 100".to_owned();
    }
    let same_word = |rounded: f64| ladder(rounded, 4) == ladder(chance, 4);
    let twentieths = (chance * 20.0).round();
    if (0.05..=0.95).contains(&chance) && same_word(twentieths / 20.0) {
        return format!("{twentieths:.0} in 20");
    }
    let hundredths = (chance * 100.0).round();
    let hundredths = if same_word(hundredths / 100.0) {
        hundredths
    } else if chance > 0.5 {
        (chance * 100.0).floor()
    } else {
        (chance * 100.0).ceil()
    };
    format!("{hundredths:.0} in 100")
}
