//! Secrets: passwords as argon2id, tokens as hashes.
//!
//! Who may call this: `people`. What must stay true: a secret is never kept, only what it can be
//! checked against.

use sha2::{Digest, Sha256};

use crate::randomness::Randomness;

pub(crate) mod password;

/// 256 random bits as 64 hexadecimal digits.
pub(crate) fn new_secret(randomness: &dyn Randomness) -> String {
    let mut bytes = [0_u8; 32];
    randomness.fill(&mut bytes);
    hexadecimal(&bytes)
}

/// The form in which a secret is kept. It holds 256 random bits, so one SHA-256 is enough, and
/// looking it up by its hash tells nothing by its timing.
pub(crate) fn hash_of_secret(secret: &str) -> String {
    hexadecimal(&Sha256::digest(secret.as_bytes()))
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Bytes from hexadecimal; none when it is not an even number of such digits.
pub(crate) fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| {
            let digits = text.get(at..at + 2)?;
            let both = digits.bytes().all(|b| b.is_ascii_hexdigit());
            u8::from_str_radix(digits, 16).ok().filter(|_| both)
        })
        .collect()
}
