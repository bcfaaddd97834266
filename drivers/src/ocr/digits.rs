//! Comparing digits that were typed with digits that were read. Pure.
//!
//! The rule a newcomer would break: a reading that differs much is another number or rubbish and says nothing; only one that
//! is nearly the same points at a slip of the finger.

use std::fmt;
use thiserror::Error;

/// Longest number that is compared, in digits. NIK and number of a KK have 16.
pub const DIGITS_MAX: usize = 32;
const DIGITS_MIN: usize = 6;
/// Digits that may differ before it is another number.
const DIFFERENT_MAX: usize = 2;

/// A number somebody typed or a page shows. Prints as `•••`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Digits(String);

/// Why a text is no number that can be compared.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DigitsError {
    #[error("the number holds something that is no digit")]
    NotADigit,
    #[error("the number has {digits} digits, not {DIGITS_MIN} to {DIGITS_MAX}")]
    Length { digits: usize },
}

impl Digits {
    /// The digits of `text`; spaces, dots and dashes between them are left out.
    ///
    /// # Errors
    /// `NotADigit` for anything else, `Length` for a number too short to be told from chance.
    pub fn new(text: &str) -> Result<Self, DigitsError> {
        let kept: String = text.chars().filter(|letter| !matches!(letter, ' ' | '.' | '-')).collect();
        if !kept.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DigitsError::NotADigit);
        }
        match kept.len() {
            DIGITS_MIN..=DIGITS_MAX => Ok(Digits(kept)),
            digits => Err(DigitsError::Length { digits }),
        }
    }

    /// The digits, for showing them to the person who holds the page.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({} •••)", self.0.len())
    }
}

/// What one reading of a page says about one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Glance {
    /// It stands there.
    Same,
    /// Nearly the same stands there.
    Near(Digits),
    /// Nothing like it.
    Nothing,
}

/// Runs of digits in what an engine read. Letters that engines confuse with digits count as those digits inside a run that
/// is mostly digits; a single space inside a run is passed over, since engines put them in.
pub fn runs_in(text: &str) -> Vec<String> {
    let mut runs = Vec::new();
    for line in text.lines() {
        let mut run = String::new();
        let mut gap = 0;
        for letter in line.chars() {
            match digit_of(letter) {
                Some(digit) => {
                    run.push(digit);
                    gap = 0;
                }
                None if letter == ' ' && gap == 0 && !run.is_empty() => gap = 1,
                None => {
                    keep(&mut runs, &mut run);
                    gap = 0;
                }
            }
        }
        keep(&mut runs, &mut run);
    }
    runs
}

fn keep(runs: &mut Vec<String>, run: &mut String) {
    let run = std::mem::take(run);
    if run.len() >= DIGITS_MIN {
        runs.push(run);
    }
}

fn digit_of(letter: char) -> Option<char> {
    match letter {
        '0'..='9' => Some(letter),
        'O' | 'o' | 'D' => Some('0'),
        'l' | 'I' | '|' | '!' => Some('1'),
        'S' => Some('5'),
        'B' => Some('8'),
        _ => None,
    }
}

/// Looks for `expected` in the runs of one reading.
pub fn glance(expected: &Digits, runs: &[String]) -> Glance {
    let wanted = expected.0.as_bytes();
    let mut nearest: Option<(usize, &[u8])> = None;
    for window in runs.iter().flat_map(|run| run.as_bytes().windows(wanted.len())) {
        let different = window.iter().zip(wanted).filter(|(read, typed)| read != typed).count();
        if different == 0 {
            return Glance::Same;
        }
        if different <= DIFFERENT_MAX && nearest.is_none_or(|(least, _)| different < least) {
            nearest = Some((different, window));
        }
    }
    match nearest {
        Some((_, window)) => Glance::Near(Digits(String::from_utf8_lossy(window).into_owned())),
        None => Glance::Nothing,
    }
}
