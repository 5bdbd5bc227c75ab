//! Who is meant: names and pupil numbers in one form, and the nearest of several.
//!
//! Who may call this: `network`, which matches people by a keyed hash of [`canonical`]; whoever asks
//! "did you mean?". What must stay true: the form never changes without a new name for it, or lists
//! that were matched once match no more.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The letters of a UPN: no I, O or S, which look like digits.
const UPN_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// Whether a text is a Unique Pupil Number: a check letter and twelve digits, the last of which is a
/// letter in a temporary one, and the check letter is right.
///
/// ```
/// assert!(difference_tables::who::is_upn("Z999200001001"));
/// assert!(!difference_tables::who::is_upn("A999200001001"));
/// ```
#[must_use]
pub fn is_upn(text: &str) -> bool {
    upn(text).is_some()
}

/// A UPN in capitals and without spaces, when the text is one.
fn upn(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let bytes = plain.as_bytes();
    let (check, rest) = bytes.split_first()?;
    if rest.len() != 12 {
        return None;
    }
    let mut sum = 0_usize;
    for (i, byte) in rest.iter().enumerate() {
        let value = if byte.is_ascii_digit() {
            usize::from(byte - b'0')
        } else if i == 11 {
            UPN_LETTERS.iter().position(|l| l == byte)?
        } else {
            return None;
        };
        sum += value * (i + 2);
    }
    (UPN_LETTERS.get(sum % 23)? == check).then_some(plain)
}

/// One form for all the ways in which a name, a UPN or a code is written: its parts in the order of
/// their letters, so that "Rashid, Amina" is "Amina Rashid".
///
/// ```
/// use difference_tables::who::canonical;
/// assert_eq!(canonical("  O’BRIEN,  Zoë-Ann "), canonical("Zoe Ann O'Brien"));
/// assert_eq!(canonical("z9992 0000 1001"), canonical("Z999200001001"));
/// assert_ne!(canonical("P1"), canonical("P01"));
/// ```
#[must_use]
pub fn canonical(text: &str) -> String {
    let mut parts = parts(text);
    parts.sort_unstable();
    parts.join(" ")
}

/// The parts of a name, a UPN or a code in plain small letters: no accents, no punctuation.
/// Apostrophes and dots join (O’Neil is one part), hyphens and commas part; a UPN is one part.
#[must_use]
pub fn parts(text: &str) -> Vec<String> {
    if let Some(upn) = upn(text) {
        return vec![upn.to_lowercase()];
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '.' | '\u{200b}' | '\u{feff}' => {}
            'ß' | 'ẞ' => plain.push_str("ss"),
            'æ' | 'Æ' => plain.push_str("ae"),
            'œ' | 'Œ' => plain.push_str("oe"),
            'ø' | 'Ø' => plain.push('o'),
            'ł' | 'Ł' => plain.push('l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => plain.push('d'),
            'þ' | 'Þ' => plain.push_str("th"),
            'ı' => plain.push('i'),
            c if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

/// The candidate that a word most likely means, if one is near enough.
#[must_use]
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    ranked(word, candidates).into_iter().next()
}

/// The candidates that a word may mean, the likeliest first.
///
/// A slip of the keys, forename and surname the other way round, a name left out or shortened.
///
/// ```
/// use difference_tables::who::ranked;
/// let list = ["Amina Rashid", "Tom Fletcher", "Zofia Nowak"];
/// assert_eq!(ranked("Rashid Amina", list), ["Amina Rashid"]);
/// assert_eq!(ranked("Tom Fletcer", list), ["Tom Fletcher"]);
/// assert_eq!(ranked("Zofia", list), ["Zofia Nowak"]);
/// assert!(ranked("Priya Patel", list).is_empty());
/// ```
#[must_use]
pub fn ranked<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = parts(word);
    let mut near: Vec<(usize, usize, &str)> = candidates
        .into_iter()
        .enumerate()
        .filter_map(|(i, candidate)| Some((distance(&wanted, &parts(candidate))?, i, candidate)))
        .collect();
    near.sort_unstable();
    near.into_iter()
        .map(|(_, _, candidate)| candidate)
        .collect()
}

/// How far two texts are apart; none when too far.
fn distance(one: &[String], other: &[String]) -> Option<usize> {
    let sorted = |parts: &[String]| {
        let mut sorted = parts.to_vec();
        sorted.sort_unstable();
        sorted.join(" ")
    };
    let (a, b) = (one.join(" "), other.join(" "));
    let plain = strsim::damerau_levenshtein(&a, &b);
    let turned = strsim::damerau_levenshtein(&sorted(one), &sorted(other));
    let nearest = plain.min(turned + usize::from(turned < plain));
    let longest = a.chars().count().max(b.chars().count());
    if is_part(one, other) {
        Some(nearest.min(2))
    } else {
        (nearest * 3 <= longest.max(3)).then_some(nearest)
    }
}

/// "Zofia" for "Zofia Nowak", "Tom F" for "Tom Fletcher".
fn is_part(one: &[String], other: &[String]) -> bool {
    let (few, many) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let initial = |p: &String, q: &String| p.chars().count() == 1 && q.starts_with(p.as_str());
    let within = few
        .iter()
        .all(|p| many.iter().any(|q| p == q || initial(p, q)));
    let shorter = few.len() < many.len() || few.iter().any(|p| p.chars().count() == 1);
    shorter && within && few.iter().any(|p| p.chars().count() > 2)
}
