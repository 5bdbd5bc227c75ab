//! Who is meant, without keeping a name: a keyed hash for each pupil, under a key of the trial's own.
//!
//! The hash is HMAC-SHA-256 over the canonical form of a name, a pupil number or a code. The parts
//! of a name are hashed too, eight bytes each, so that "Amina Rashid-Cole" can suggest the pupil who
//! was listed as "Amina Rashid". Key and hashes go together when the list goes.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tables::who::{canonical, parts};

/// Bytes of a hash of a whole.
const WHOLE: usize = 32;
/// Bytes of a part's hash.
const PART: usize = 8;

/// A pupil as the list keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hashed {
    /// Of each way in which they are named (name, pupil number, code), [`WHOLE`] bytes each.
    pub(crate) wholes: Vec<u8>,
    /// Of each part of these, [`PART`] bytes each, in the order of their bytes.
    pub(crate) parts: Vec<u8>,
}

impl Hashed {
    /// The hash of each way in which they are named.
    pub(crate) fn each(&self) -> impl Iterator<Item = &[u8]> {
        self.wholes.chunks(WHOLE)
    }

    /// Whether nothing was written that names anybody.
    pub(crate) const fn is_nobody(&self) -> bool {
        self.wholes.is_empty()
    }
}

/// The hashes of all the ways in which a pupil is named.
pub(crate) fn hashed<'a>(key: &[u8], named: impl IntoIterator<Item = &'a str>) -> Hashed {
    let mut hashed = Hashed::default();
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for who in named {
        let whole = canonical(who);
        if whole.is_empty() {
            continue;
        }
        hashed.wholes.extend(mac(key, "whole", &whole));
        seen.extend(
            parts(who)
                .iter()
                .map(|part| mac(key, "part", part).into_iter().take(PART).collect()),
        );
    }
    seen.sort_unstable();
    seen.dedup();
    hashed.parts = seen.concat();
    hashed
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
    use super::{hashed, shared};

    #[test]
    fn a_trials_key_keeps_its_hashes_apart_from_any_others() {
        let one = hashed(b"one trial", ["Amina Rashid"]);
        assert_eq!(one, hashed(b"one trial", ["Rashid, AMINA"]));
        assert_ne!(
            one.wholes,
            hashed(b"another trial", ["Amina Rashid"]).wholes
        );
        assert_eq!(one.wholes.len(), 32);
    }

    #[test]
    fn a_pupil_is_known_by_name_and_by_number() {
        let both = hashed(b"key", ["Amina Rashid", "Z999200001001", " "]);
        assert_eq!(both.each().count(), 2);
        let number = hashed(b"key", ["z9992 0000 1001"]);
        assert!(both.each().any(|hash| Some(hash) == number.each().next()));
        assert!(hashed(b"key", [" - "]).is_nobody());
    }

    #[test]
    fn names_that_share_a_part_are_near() {
        let listed = hashed(b"key", ["Amina Rashid"]);
        let married = hashed(b"key", ["Amina Rashid-Cole"]);
        let other = hashed(b"key", ["Tom Brearley"]);
        assert_eq!(shared(&married.parts, &listed.parts), 2);
        assert_eq!(shared(&other.parts, &listed.parts), 0);
    }
}
