//! Who is meant, without keeping a name: a keyed hash for each pupil, under a key of the trial's own.
//!
//! The hash is HMAC-SHA-256 over the canonical form of a name, a pupil number or a code. The parts
//! of a name are hashed too, eight bytes each, so that "Amina Rashid-Cole" can suggest the pupil who
//! was listed as "Amina Rashid". Key and hashes go together when the list goes.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Bytes of a part's hash.
const PART: usize = 8;

/// A pupil as the list keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hashed {
    /// Of the whole.
    pub(crate) whole: Vec<u8>,
    /// Of each part, [`PART`] bytes each, in the order of their bytes.
    pub(crate) parts: Vec<u8>,
}

/// The parts of a name, number or code in one form: lower case, without accents and punctuation;
/// apostrophes join (O’Neil is one part), hyphens part.
fn parts(who: &str) -> Vec<String> {
    let mut text = String::new();
    for letter in who.nfkd().filter(|c| !is_combining_mark(*c)) {
        if letter.is_alphanumeric() {
            text.extend(letter.to_lowercase());
        } else if !matches!(letter, '\'' | '’' | '‘' | '`' | '.') {
            text.push(' ');
        }
    }
    text.split_whitespace().map(str::to_owned).collect()
}

/// One form for each pupil: the parts in the order of their letters, so that "Rashid, Amina" is
/// "Amina Rashid".
pub(crate) fn canonical(who: &str) -> String {
    let mut parts = parts(who);
    parts.sort_unstable();
    parts.join(" ")
}

/// The hashes of a name, number or code.
pub(crate) fn hashed(key: &[u8], who: &str) -> Hashed {
    let mut parts: Vec<Vec<u8>> = parts(who)
        .iter()
        .map(|part| mac(key, "part", part).into_iter().take(PART).collect())
        .collect();
    parts.sort_unstable();
    parts.dedup();
    Hashed {
        whole: mac(key, "whole", &canonical(who)),
        parts: parts.concat(),
    }
}

/// How many parts two pupils' hashes share.
pub(crate) fn shared(one: &[u8], other: &[u8]) -> usize {
    one.chunks(PART)
        .filter(|part| other.chunks(PART).any(|o| o == *part))
        .count()
}

fn mac(key: &[u8], kind: &str, text: &str) -> Vec<u8> {
    // HMAC takes a key of any length, so this can't fail; an empty answer would match nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(kind.as_bytes());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{canonical, hashed, shared};

    #[test]
    fn a_name_has_one_form_however_it_is_written() {
        for same in [
            "Amina Rashid",
            " amina  RASHID ",
            "Rashid, Amina",
            "Amína Rashid",
        ] {
            assert_eq!(canonical(same), "amina rashid", "{same}");
        }
        assert_eq!(canonical("Sinéad O’Neil"), canonical("O'Neil, Sinead"));
        assert_eq!(canonical("Mary-Jane Poe"), "jane mary poe");
        assert_eq!(canonical("A823456789012"), "a823456789012");
        assert_ne!(canonical("P1"), canonical("P01"));
        assert_eq!(canonical("王小明"), "王小明");
        assert_eq!(canonical(" - "), "");
    }

    #[test]
    fn a_trials_key_keeps_its_hashes_apart_from_any_others() {
        let one = hashed(b"one trial", "Amina Rashid");
        assert_eq!(one, hashed(b"one trial", "Rashid, Amina"));
        assert_ne!(one.whole, hashed(b"another trial", "Amina Rashid").whole);
        assert_eq!(one.whole.len(), 32);
    }

    #[test]
    fn names_that_share_a_part_are_near() {
        let listed = hashed(b"key", "Amina Rashid");
        let married = hashed(b"key", "Amina Rashid-Cole");
        let other = hashed(b"key", "Tom Brearley");
        assert_eq!(shared(&married.parts, &listed.parts), 2);
        assert_eq!(shared(&other.parts, &listed.parts), 0);
    }
}
