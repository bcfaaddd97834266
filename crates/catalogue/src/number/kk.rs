//! No. KK: sixteen digits, region of first issue, date of first issue, serial. Nothing is added to the day.

use jiff::civil::Date;

use super::{NumberError, is_date_in_some_century, sixteen_digits, two};

/// A No. KK whose structure is right.
#[derive(Clone, PartialEq, Eq)]
pub struct Kk(String);

impl Kk {
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        sixteen_digits(text)?;
        if is_date_in_some_century(two(text, 6), two(text, 8), two(text, 10)) { Ok(Self(text.to_owned())) } else { Err(NumberError::NoSuchDate) }
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
