//! Acts of whoever runs central: registering kiosks and officers. Each secret is shown once and kept only as a hash.

use jiff::Timestamp;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::chance;
use crate::db::{Db, DbError};
use crate::keys::fingerprint;
use crate::verify;

/// Shortest password of an officer, in characters (NIST SP 800-63B-4 asks for 15 where it is the only factor).
pub const PASSWORD_CHARS_MIN: usize = 15;
/// Longest name of a kiosk, login or person, in characters.
const NAME_CHARS_MAX: usize = 64;

/// Why nothing was registered.
#[derive(Debug, Error)]
pub enum AdminError {
    #[error("a kiosk's name has capitals, digits and hyphens only, such as GBG-1")]
    KioskName,
    #[error("a login has small letters, digits, dots and hyphens only")]
    Login,
    #[error("an officer needs a name of up to {NAME_CHARS_MAX} characters")]
    Name,
    #[error("a password needs at least {PASSWORD_CHARS_MIN} characters")]
    Password,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Registers a kiosk and gives its fresh secret; a known kiosk's old secret ends.
///
/// # Errors
/// [`AdminError`].
pub async fn add_kiosk(db: &Db, name: &str, now: Timestamp) -> Result<Zeroizing<String>, AdminError> {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=NAME_CHARS_MAX).contains(&name.len()) || !name.bytes().all(plain) {
        return Err(AdminError::KioskName);
    }
    let secret = chance::secret_hex();
    db.put_kiosk(name, &fingerprint(&secret), now).await?;
    Ok(secret)
}

/// Registers an officer, or gives a known one a new password and ends their sessions.
///
/// # Errors
/// [`AdminError`].
pub async fn add_officer(db: &Db, login: &str, name: &str, password: &str, now: Timestamp) -> Result<(), AdminError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-';
    if !(1..=NAME_CHARS_MAX).contains(&login.len()) || !login.bytes().all(plain) {
        return Err(AdminError::Login);
    }
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(AdminError::Name);
    }
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(AdminError::Password);
    }
    db.put_officer(login, name.trim(), &verify::hash(password), now).await?;
    Ok(())
}
