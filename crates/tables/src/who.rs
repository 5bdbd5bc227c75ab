//! Who is meant: names and pupil numbers in one form, and the nearest of several.
//!
//! Who may call this: `network`, which matches people by a keyed hash of [`canonical`]; whoever asks
//! "did you mean?". What must stay true: the form never changes without a new name for it, or lists
//! that were matched once match no more.

use crate::column::order::fold;

/// The candidate that a word most likely means, if one is near enough.
#[must_use]
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = fold(word);
    let longest = wanted.chars().count();
    candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(&wanted, &fold(c)), c))
        .filter(|(distance, c)| *distance * 3 <= longest.max(c.chars().count()).max(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}
