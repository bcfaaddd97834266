//! A field being typed: which keys do something, how it is grouped for reading, what its value is.

use catalogue::EntryKind;
use catalogue::finding::{LETTER_CHARS_MAX, NAME_CHARS_MAX, TEXT_SIGNS};
use catalogue::number::{DIGITS, Phone, grouped};
use jiff::civil::Date;
use zeroize::Zeroize;

use crate::view::Keys;

/// Digits of a date as it is typed, DDMMYYYY.
const DATE_DIGITS: usize = 8;
/// Letters and digits of an application number.
const NUMBER_CHARS_MAX: usize = 15;
/// Digits of a time as it is typed, HHMM.
const TIME_DIGITS: usize = 4;
const EMAIL_CHARS_MAX: usize = 60;
/// Letters of a search; nobody needs more to find something.
const SEARCH_CHARS_MAX: usize = 40;
pub const PIN_DIGITS: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Entry(EntryKind),
    /// A few letters that narrow a list.
    Search,
    Number,
    Pin,
}

/// What has been typed so far. Wiped from memory when dropped.
#[derive(Clone)]
pub struct Typing {
    pub field: Field,
    raw: String,
    /// The resident tried to go on: from now on every finding is shown.
    pub tried: bool,
}

impl Drop for Typing {
    fn drop(&mut self) {
        self.raw.zeroize();
    }
}

impl std::fmt::Debug for Typing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Typing({:?}, •••)", self.field)
    }
}

impl Typing {
    pub fn new(field: Field) -> Self {
        Self { field, raw: String::new(), tried: false }
    }

    /// A field that holds a stored value already.
    pub fn with_value(kind: EntryKind, value: &str) -> Self {
        let raw = match (kind, value.parse::<Date>()) {
            (kind, Ok(date)) if kind.is_date() => format!("{:02}{:02}{:04}", date.day(), date.month(), date.year()),
            (EntryKind::Time, _) => value.replace('.', ""),
            _ => value.to_owned(),
        };
        Self { field: Field::Entry(kind), raw, tried: false }
    }

    pub fn key(&mut self, key: char) {
        let key = if self.keys() == Keys::Email { key.to_ascii_lowercase() } else { key.to_ascii_uppercase() };
        let space_fits = !self.raw.is_empty() && !self.raw.ends_with(' ');
        let fits = match self.keys() {
            Keys::Digits | Keys::Pin => key.is_ascii_digit(),
            Keys::Number => key.is_ascii_alphanumeric(),
            Keys::Letters => key.is_ascii_alphabetic() || matches!(key, '\'' | '-' | '.' | ',') || (key == ' ' && space_fits),
            Keys::Text => key.is_ascii_alphanumeric() || (key != ' ' && TEXT_SIGNS.contains(key)) || (key == ' ' && space_fits),
            Keys::Email => key.is_ascii_alphanumeric() || matches!(key, '@' | '.' | '_' | '-' | '+'),
        };
        if fits && self.raw.len() < self.chars_max() {
            self.raw.push(key);
        }
        self.tried = false;
    }

    pub fn erase(&mut self) {
        self.raw.pop();
        self.tried = false;
    }

    pub fn clear(&mut self) {
        self.raw.zeroize();
        self.tried = false;
    }

    pub fn keys(&self) -> Keys {
        match self.field {
            Field::Entry(EntryKind::Name { .. }) => Keys::Letters,
            Field::Entry(EntryKind::Text { .. } | EntryKind::Akta | EntryKind::Skpwni | EntryKind::Letter) | Field::Search => Keys::Text,
            Field::Entry(EntryKind::Email) => Keys::Email,
            Field::Entry(
                EntryKind::Nik
                | EntryKind::Kk
                | EntryKind::BirthDate
                | EntryKind::Date
                | EntryKind::PlanDate
                | EntryKind::Time
                | EntryKind::Phone
                | EntryKind::Number { .. },
            ) => Keys::Digits,
            Field::Number => Keys::Number,
            Field::Pin => Keys::Pin,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Nothing more can be typed, so findings may already be told.
    pub fn is_full(&self) -> bool {
        self.exact_chars().is_some_and(|chars| self.raw.len() == chars)
    }

    /// The value as it is stored: trimmed, and a possible date as `YYYY-MM-DD`.
    pub fn value(&self) -> String {
        match self.field {
            Field::Entry(kind) if kind.is_date() => date(&self.raw).map_or_else(|| self.raw.clone(), |date| date.to_string()),
            Field::Entry(EntryKind::Time) => time_groups(&self.raw),
            _ => self.raw.trim().to_owned(),
        }
    }

    /// The value grouped for reading; dots for a PIN.
    pub fn shown(&self) -> String {
        match self.field {
            Field::Entry(EntryKind::Nik | EntryKind::Kk) => grouped(&self.raw),
            Field::Entry(EntryKind::Phone) => Phone::grouped(&self.raw),
            Field::Entry(EntryKind::Time) => time_groups(&self.raw),
            Field::Entry(kind) if kind.is_date() => date_groups(&self.raw),
            Field::Entry(_) | Field::Search => self.raw.clone(),
            Field::Number => number_groups(&self.raw),
            Field::Pin => "●".repeat(self.raw.len()),
        }
    }

    /// How many characters the field has when it has a fixed length.
    pub fn exact_chars(&self) -> Option<usize> {
        match self.field {
            Field::Entry(EntryKind::Nik | EntryKind::Kk) => Some(DIGITS),
            Field::Entry(EntryKind::Time) => Some(TIME_DIGITS),
            Field::Entry(kind) if kind.is_date() => Some(DATE_DIGITS),
            Field::Pin => Some(PIN_DIGITS),
            Field::Entry(_) | Field::Number | Field::Search => None,
        }
    }

    pub fn typed_chars(&self) -> usize {
        self.raw.len()
    }

    fn chars_max(&self) -> usize {
        self.exact_chars().unwrap_or(match self.field {
            Field::Entry(EntryKind::Name { .. }) => NAME_CHARS_MAX,
            Field::Entry(EntryKind::Text { chars_max }) => chars_max,
            Field::Entry(EntryKind::Number { max, .. }) => max.to_string().len(),
            Field::Entry(EntryKind::Email) => EMAIL_CHARS_MAX,
            Field::Entry(EntryKind::Akta | EntryKind::Skpwni | EntryKind::Letter) => LETTER_CHARS_MAX,
            Field::Entry(_) => Phone::DIGITS_MAX,
            Field::Search => SEARCH_CHARS_MAX,
            Field::Number | Field::Pin => NUMBER_CHARS_MAX,
        })
    }
}

fn date(digits: &str) -> Option<Date> {
    if digits.len() != DATE_DIGITS {
        return None;
    }
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    Date::new(number(4..8)?, number(2..4)? as i8, number(0..2)? as i8).ok()
}

/// `09.30`, or as far as it is typed.
fn time_groups(digits: &str) -> String {
    match digits.len() {
        0..=2 => digits.to_owned(),
        _ => format!("{}.{}", &digits[..2], &digits[2..]),
    }
}

fn date_groups(digits: &str) -> String {
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index == 2 || index == 4 {
            shown.push('-');
        }
        shown.push(digit);
    }
    shown
}

/// `GBG-261121-0001-4`: letters first, then six, four and one digit.
fn number_groups(raw: &str) -> String {
    let letters = raw.chars().take_while(char::is_ascii_alphabetic).count();
    let mut shown = raw[..letters].to_owned();
    for (index, character) in raw[letters..].chars().enumerate() {
        if matches!(index, 0 | 6 | 10) && !shown.is_empty() {
            shown.push('-');
        }
        shown.push(character);
    }
    shown
}
