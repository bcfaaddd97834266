//! The number on the e-Kitir: `GBG-261121-0001-4`, minted by the kiosk alone, without a network.
//!
//! Kiosk block (two to four capital letters), day, serial of that day in that block, and one check digit: ISO 7064 MOD 11,10
//! over the digits, letters counting as two digits each (A = 10 … Z = 35) as in ISO 13616. It finds every single wrong digit
//! and nearly all neighbours that changed places.

use jiff::civil::Date;
use thiserror::Error;

/// A well-formed number whose check digit is right.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SlipNumber(String);

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SlipNumberError {
    #[error("not of the form ABC-YYMMDD-NNNN-C")]
    Form,
    #[error("the check digit does not belong to the number")]
    CheckDigit,
}

impl SlipNumber {
    /// Largest serial of one block on one day.
    pub const SERIAL_MAX: u32 = 9999;

    /// Mints a number. `None` when the block is not two to four capital letters or the serial is used up.
    pub fn mint(block: &str, day: Date, serial: u32) -> Option<Self> {
        let block_is_right = (2..=4).contains(&block.len()) && block.bytes().all(|byte| byte.is_ascii_uppercase());
        if !block_is_right || serial == 0 || serial > Self::SERIAL_MAX {
            return None;
        }
        let body = format!("{block}-{:02}{:02}{:02}-{serial:04}", day.year() % 100, day.month(), day.day());
        let check = check_digit(&body);
        Some(Self(format!("{body}-{check}")))
    }

    /// Reads what a person typed: case, spaces and hyphens do not matter.
    pub fn parse(typed: &str) -> Result<Self, SlipNumberError> {
        let bare: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
        let letters = bare.bytes().take_while(u8::is_ascii_uppercase).count();
        let digits = &bare[letters..];
        if !(2..=4).contains(&letters) || digits.len() != 11 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SlipNumberError::Form);
        }
        let body = format!("{}-{}-{}", &bare[..letters], &digits[..6], &digits[6..10]);
        if digits[10..] == check_digit(&body).to_string() { Ok(Self(format!("{body}-{}", &digits[10..]))) } else { Err(SlipNumberError::CheckDigit) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SlipNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// ISO 7064 MOD 11,10 over all letters and digits of `body`.
fn check_digit(body: &str) -> u32 {
    let digits = body.chars().filter(char::is_ascii_alphanumeric).flat_map(|character| {
        let value = character.to_digit(36).expect("only ASCII letters and digits pass the filter");
        let pair = if value < 10 { [None, Some(value)] } else { [Some(value / 10), Some(value % 10)] };
        pair.into_iter().flatten()
    });
    let product = digits.fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}
