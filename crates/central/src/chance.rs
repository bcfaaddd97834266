//! Random secrets from the operating system, and the alphabets they are written in.

use zeroize::Zeroizing;

/// Letters and digits that are not mistaken for each other on paper (Crockford base 32).
const PAPER_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `N` random bytes. A machine whose kernel cannot give randomness must not run central, so this stops the program.
pub fn bytes<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut raw = Zeroizing::new([0; N]);
    getrandom::fill(raw.as_mut_slice()).expect("the kernel gives randomness once it has booted");
    raw
}

/// 256 random bits in hexadecimal: a session cookie or a kiosk's secret.
pub fn secret_hex() -> Zeroizing<String> {
    Zeroizing::new(hex::encode(bytes::<32>().as_slice()))
}

/// A password a person can copy from a screen once: four groups of five, 100 bits.
pub fn password() -> Zeroizing<String> {
    let raw = bytes::<20>();
    let letters: Vec<u8> = raw.iter().map(|byte| PAPER_ALPHABET[usize::from(byte % 32)]).collect();
    let groups: Vec<&str> = letters.chunks(5).map(|group| std::str::from_utf8(group).expect("the alphabet is ASCII")).collect();
    Zeroizing::new(groups.join("-"))
}
