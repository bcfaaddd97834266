//! Numbers people carry: NIK, No. KK, phone, and the number on our own slip.
//!
//! Each type can only be made from a well-formed text; softer doubts live in [`crate::finding`].

mod kk;
mod nik;
mod phone;
mod slip;

pub use kk::Kk;
pub use nik::Nik;
pub use phone::Phone;
pub use slip::{SlipNumber, SlipNumberError};

use thiserror::Error;

/// Length of NIK and No. KK.
pub const DIGITS: usize = 16;

/// What is wrong with the structure of a NIK or a No. KK.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NumberError {
    #[error("something other than a digit")]
    NotDigits,
    #[error("{0} digits are missing")]
    Missing(usize),
    #[error("{0} digits too many")]
    TooMany(usize),
    #[error("the date inside does not exist")]
    NoSuchDate,
}

/// Digits in groups of four, as they are read aloud: `3578 0145 0790 0000`.
pub fn grouped(digits: &str) -> String {
    let characters: Vec<char> = digits.chars().collect();
    characters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

/// First four and last four digits only: `3578 •••• •••• 0000`.
pub fn masked(digits: &str) -> String {
    if digits.len() != 16 || !digits.is_ascii() {
        return "•".repeat(digits.chars().count().min(16));
    }
    format!("{} **** **** {}", &digits[..4], &digits[12..])
}

/// A name of which only the first letter of each word is left: `S*** A*****`.
pub fn masked_name(name: &str) -> String {
    let mask = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(String::from).unwrap_or_default();
        first + &"*".repeat(letters.count())
    };
    name.split_whitespace().map(mask).collect::<Vec<_>>().join(" ")
}

fn sixteen_digits(text: &str) -> Result<(), NumberError> {
    match text.len() {
        _ if !text.bytes().all(|byte| byte.is_ascii_digit()) => Err(NumberError::NotDigits),
        n if n < DIGITS => Err(NumberError::Missing(DIGITS - n)),
        n if n > DIGITS => Err(NumberError::TooMany(n - DIGITS)),
        _ => Ok(()),
    }
}

/// Parses `DDMMYY` in any century: is there a year for which it is a date?
pub(crate) fn is_date_in_some_century(day: u8, month: u8, year: u8) -> bool {
    [1900, 2000].into_iter().any(|century| jiff::civil::Date::new(century + i16::from(year), month as i8, day as i8).is_ok())
}

/// Two ASCII digits at `at`; the caller has checked that all are digits.
pub(crate) fn two(digits: &str, at: usize) -> u8 {
    digits.as_bytes()[at..at + 2].iter().fold(0, |number, digit| number * 10 + (digit - b'0'))
}
