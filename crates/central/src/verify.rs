//! Checking PINs and passwords with Argon2id, a bounded number at a time and never on a network thread.
//!
//! An unknown application or officer is checked against a stand-in, so that it costs the same time as a wrong secret.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier};
use thiserror::Error;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::chance;

/// Checks running at once; each takes one core and 19 MiB.
pub const CHECKS_AT_ONCE_MAX: usize = 2;
/// How long a check may queue.
pub const CHECK_WAIT_SECS_MAX: u64 = 8;
/// Most memory a verifier from a kiosk may ask for, in KiB.
const MEMORY_KIB_MAX: u32 = 64 * 1024;
/// Most passes and lanes a verifier may ask for.
const PASSES_MAX: u32 = 4;

/// Too many checks are waiting.
#[derive(Debug, Error)]
#[error("too many secrets are being checked")]
pub struct Busy;

/// The queue of checks.
pub struct Verifier {
    slots: Arc<Semaphore>,
    stand_in: String,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { slots: Arc::new(Semaphore::new(CHECKS_AT_ONCE_MAX)), stand_in: hash(&chance::secret_hex()) }
    }
}

impl Verifier {
    /// Is `secret` the one `verifier` was made of? Without a verifier the answer is no, after the same work.
    ///
    /// # Errors
    /// [`Busy`] when no slot came free within [`CHECK_WAIT_SECS_MAX`].
    pub async fn check(&self, secret: Zeroizing<String>, verifier: Option<String>) -> Result<bool, Busy> {
        let slot = tokio::time::timeout(Duration::from_secs(CHECK_WAIT_SECS_MAX), self.slots.clone().acquire_owned()).await;
        let slot = slot.map_err(|_| Busy)?.map_err(|_| Busy)?;
        let known = verifier.is_some();
        let verifier = verifier.unwrap_or_else(|| self.stand_in.clone());
        let right = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            PasswordHash::new(&verifier).is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
        })
        .await
        .map_err(|_| Busy)?;
        Ok(right && known)
    }
}

/// A new verifier in PHC form.
pub fn hash(secret: &str) -> String {
    let salt = SaltString::encode_b64(chance::bytes::<16>().as_slice()).expect("16 bytes are a valid salt");
    Argon2::default().hash_password(secret.as_bytes(), &salt).expect("the default parameters are valid").to_string()
}

/// May a kiosk's verifier be kept? Argon2id, with a cost that cannot be used to tire the server.
pub fn is_acceptable(verifier: &str) -> bool {
    let Ok(hash) = PasswordHash::new(verifier) else { return false };
    let Ok(params) = Params::try_from(&hash) else { return false };
    hash.algorithm == Algorithm::Argon2id.ident()
        && hash.salt.is_some()
        && hash.hash.is_some()
        && params.m_cost() <= MEMORY_KIB_MAX
        && params.t_cost() <= PASSES_MAX
        && params.p_cost() <= PASSES_MAX
}

#[cfg(test)]
mod tests {
    use super::{hash, is_acceptable};

    #[test]
    fn only_an_argon2id_verifier_of_bearable_cost_is_kept() {
        let good = hash("000000");
        let cases = [
            (good.clone(), true),
            (good.replace("argon2id", "argon2i"), false),
            (good.replace("m=19456", "m=4194304"), false),
            (good.replace("t=2", "t=900"), false),
            ("$argon2id$v=19$m=19456,t=2,p=1".into(), false),
            ("000000".into(), false),
            (String::new(), false),
        ];
        for (verifier, kept) in cases {
            assert_eq!(is_acceptable(&verifier), kept, "{verifier}");
        }
    }
}
