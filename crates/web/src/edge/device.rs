//! Devices on which somebody has signed in before, so that an attack on their account from
//! elsewhere does not lock them out.
//!
//! Who may call this: signing in. What must stay true: the cookie says only "somebody signed in to
//! this account here"; it opens nothing.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

pub(crate) struct Devices {
    key: Hmac<Sha256>,
}

/// How long a device is known.
pub(crate) const KNOWN_FOR: u64 = 365 * 24 * 60 * 60;

impl Devices {
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        // A key shorter than the hash's block stands for itself and noughts.
        let mut block = [0_u8; 64];
        block[..32].copy_from_slice(&secret);
        Self {
            key: Hmac::new(&block.into()),
        }
    }

    /// The cookie's value for an account.
    pub(crate) fn mark(&self, email: &str) -> String {
        let mut mac = self.key.clone();
        mac.update(b"device\0");
        mac.update(email.trim().to_lowercase().as_bytes());
        mac.finalize()
            .into_bytes()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect()
    }

    pub(crate) fn knows(&self, email: &str, mark: Option<&str>) -> bool {
        mark.is_some_and(|m| m.as_bytes().ct_eq(self.mark(email).as_bytes()).into())
    }
}
