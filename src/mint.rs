//! What only chance can make: keys, tokens, PINs, and the verifier that lets central check a PIN it never saw.

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use flow::slip::{TOKEN_ALPHABET, TOKEN_CHARS};

/// Memory of one verifier in KiB, passes and lanes: the smallest set OWASP recommends for Argon2id.
/// A six-digit PIN is guessed offline whatever the cost, so the verifier travels sealed and tries are counted at central.
const VERIFIER_MEMORY_KIB: u32 = 19_456;
const VERIFIER_PASSES: u32 = 2;
const VERIFIER_LANES: u32 = 1;
const PIN_DIGITS: usize = 6;
const SALT_BYTES: usize = 16;

/// Where random bytes come from; a test hands in its own.
pub trait Chance: Send {
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The operating system's generator.
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("Linux gives random bytes once it has booted");
    }
}

/// 100 bits as twenty characters that nobody confuses.
pub fn token(chance: &mut dyn Chance) -> String {
    let mut bytes = [0u8; TOKEN_CHARS];
    chance.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(TOKEN_ALPHABET[usize::from(byte % 32)])).collect()
}

/// Six digits, each equally likely.
pub fn pin(chance: &mut dyn Chance) -> String {
    let mut pin = String::with_capacity(PIN_DIGITS);
    let mut byte = [0u8; 1];
    while pin.len() < PIN_DIGITS {
        chance.fill(&mut byte);
        // 250 is the largest multiple of ten below 256; larger values would favour small digits.
        if byte[0] < 250 {
            pin.push(char::from(b'0' + byte[0] % 10));
        }
    }
    pin
}

/// Argon2id verifier of `pin` in PHC form.
pub fn pin_verifier(pin: &str, chance: &mut dyn Chance) -> String {
    let mut salt = [0u8; SALT_BYTES];
    chance.fill(&mut salt);
    let salt = SaltString::encode_b64(&salt).expect("sixteen bytes are a valid salt");
    let params = Params::new(VERIFIER_MEMORY_KIB, VERIFIER_PASSES, VERIFIER_LANES, None).expect("the constants are within Argon2's bounds");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password(pin.as_bytes(), &salt).expect("six digits are a valid password").to_string()
}
