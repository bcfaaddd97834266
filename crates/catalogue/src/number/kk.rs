//! No. KK: sixteen digits, region of first issue, date of first issue, serial. Nothing is added to the day.

use jiff::civil::Date;
use thiserror::Error;

use super::{is_date_in_some_century, two};

/// A No. KK whose structure is right.
#[derive(Clone, PartialEq, Eq)]
pub struct Kk(String);

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum KkError {
    #[error("something other than a digit")]
    NotDigits,
    #[error("{0} digits are missing")]
    Missing(usize),
    #[error("{0} digits too many")]
    TooMany(usize),
    #[error("the date of issue inside does not exist")]
    NoSuchDate,
}

impl Kk {
    pub const DIGITS: usize = 16;

    pub fn parse(text: &str) -> Result<Self, KkError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(KkError::NotDigits);
        }
        match text.len() {
            n if n < Self::DIGITS => return Err(KkError::Missing(Self::DIGITS - n)),
            n if n > Self::DIGITS => return Err(KkError::TooMany(n - Self::DIGITS)),
            _ => {}
        }
        if !is_date_in_some_century(two(text, 6), two(text, 8), two(text, 10)) {
            return Err(KkError::NoSuchDate);
        }
        Ok(Self(text.to_owned()))
    }

    /// The card numbers itself after a date that lies ahead, read in the current century.
    pub fn is_issued_after(&self, today: Date) -> bool {
        let date = Date::new(2000 + i16::from(two(&self.0, 10)), two(&self.0, 8) as i8, two(&self.0, 6) as i8);
        // Numbers from before 2000 read as a far future year; only the near future is a doubt.
        date.is_ok_and(|date| date > today && date.year() <= today.year() + 1)
    }
}

impl std::fmt::Debug for Kk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kk(•••)")
    }
}
