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
