//! Passwords: argon2id with OWASP's parameters (19 MiB, two passes, one lane), off the server's
//! own threads, two at a time.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::error::{Error, Problem, Result};
use crate::randomness::Randomness;

/// The shortest password taken.
pub(crate) const SHORTEST: usize = 12;
/// The longest: more only costs time.
const LONGEST: usize = 256;

/// Makes and checks passwords.
pub(crate) struct Passwords {
    /// Hashed like a real one; an unknown e-mail address is checked against it, so that it takes
    /// the same time as a known one.
    nobody: String,
    /// Each check takes 19 MiB.
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new(randomness: &dyn Randomness) -> Result<Self> {
        let mut unguessable = [0_u8; 32];
        randomness.fill(&mut unguessable);
        let mut salt = [0_u8; 16];
        randomness.fill(&mut salt);
        Ok(Self {
            nobody: hashed(&unguessable, &salt)?,
            turns: Arc::new(Semaphore::new(2)),
        })
    }

    /// The form in which a password is kept.
    pub(crate) async fn keep(&self, password: &str, randomness: &dyn Randomness) -> Result<String> {
        let mut salt = [0_u8; 16];
        randomness.fill(&mut salt);
        let password = password.as_bytes().to_vec();
        self.apart(move || hashed(&password, &salt)).await?
    }

    /// Whether a password is the kept one. Takes as long when there is none.
    pub(crate) async fn check(&self, password: &str, kept: Option<&str>) -> Result<bool> {
        let known = kept.is_some();
        let against = kept.unwrap_or(&self.nobody).to_owned();
        let password: Vec<u8> = password
            .as_bytes()
            .iter()
            .copied()
            .take(LONGEST * 4)
            .collect();
        let fits = self
            .apart(move || {
                PasswordHash::new(&against)
                    .is_ok_and(|kept| Argon2::default().verify_password(&password, &kept).is_ok())
            })
            .await?;
        Ok(fits && known)
    }

    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let _turn = self
            .turns
            .acquire()
            .await
            .map_err(|_| Error::Unexpected("the server is closing".to_owned()))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| Error::Unexpected(format!("a password could not be checked: {e}")))
    }
}

fn hashed(password: &[u8], salt: &[u8]) -> Result<String> {
    // `Argon2::default()` is argon2id, version 19, m = 19456 KiB, t = 2, p = 1; a test holds it.
    Argon2::default()
        .hash_password_with_salt(password, salt)
        .map(|hash| hash.to_string())
        .map_err(|e| Error::Unexpected(format!("a password could not be kept: {e}")))
}

/// What is wrong with a new password, if anything.
pub(crate) fn problem(password: &str, email: &str) -> Option<Problem> {
    let says = |says: String| Some(Problem::new("password", says));
    let letters = password.chars().count();
    if letters < SHORTEST {
        return says(format!(
            "Enter a password of at least {SHORTEST} characters. Three or four words together are easy to remember."
        ));
    }
    if letters > LONGEST {
        return says(format!("Enter a password of at most {LONGEST} characters."));
    }
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 || password.eq_ignore_ascii_case(email) {
        return says("Enter a password that is harder to guess.".to_owned());
    }
    None
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::randomness::SystemRandomness;

    #[tokio::test]
    async fn is_argon2id_with_owasps_parameters_and_checks() {
        let passwords = Passwords::new(&SystemRandomness).unwrap();
        let kept = passwords
            .keep("correct horse battery", &SystemRandomness)
            .await
            .unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(
            passwords
                .check("correct horse battery", Some(&kept))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .check("correct horse batterz", Some(&kept))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .check("correct horse battery", None)
                .await
                .unwrap()
        );
    }

    #[test]
    fn weak_passwords_are_refused_in_words() {
        assert!(problem("short", "a@example.org").is_some());
        assert!(problem("aaaaaaaaaaaaaa", "a@example.org").is_some());
        assert!(problem("amina.rashid@example.org", "amina.rashid@example.org").is_some());
        assert!(problem("blue kettle on the hill", "a@example.org").is_none());
    }
}
