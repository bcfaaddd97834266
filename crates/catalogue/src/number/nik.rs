//! NIK: sixteen digits `PPKKCC DDMMYY SSSS`, forty added to the day for women; permanent (PP 40/2019 ps 30 (2)).
//!
//! There is no check digit. The region is where the number was *first* issued, so it proves nothing about where a person
//! lives now, and never has to begin with the city's own code.

use jiff::civil::Date;

use super::{NumberError, is_date_in_some_century, sixteen_digits, two};

/// A NIK whose structure is right.
#[derive(Clone, PartialEq, Eq)]
pub struct Nik(String);

impl Nik {
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        sixteen_digits(text)?;
        let nik = Self(text.to_owned());
        if is_date_in_some_century(nik.day(), two(text, 8), two(text, 10)) { Ok(nik) } else { Err(NumberError::NoSuchDate) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `35.78.07`, as the region tables write it.
    pub fn region(&self) -> String {
        format!("{}.{}.{}", &self.0[..2], &self.0[2..4], &self.0[4..6])
    }

    pub fn is_woman(&self) -> bool {
        two(&self.0, 6) > 40
    }

    /// Day, month and two-digit year agree; the century is never taken from the NIK.
    pub fn agrees_with(&self, born: Date) -> bool {
        (self.day(), two(&self.0, 8), two(&self.0, 10)) == (born.day() as u8, born.month() as u8, (born.year() % 100) as u8)
    }

    /// Real serials begin at 0001; 0000 belongs to invented people.
    pub fn is_invented(&self) -> bool {
        self.0.ends_with("0000")
    }

    fn day(&self) -> u8 {
        let day = two(&self.0, 6);
        if day > 40 { day - 40 } else { day }
    }
}

impl std::fmt::Debug for Nik {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nik(•••)")
    }
}
