//! Reading numbers off a page with Tesseract, to warn and never to block.
//!
//! It fills nothing in and refuses nothing: on identity cards engines read two letters in three, so all that may follow from
//! it is the question "is this number right?". Without Tesseract installed everything works as before.
//!
//! The rule a newcomer would break: a number that differs is told only when it was read twice, from two preparations of the
//! page, with the same digits. A warning that is wrong half the time teaches people to ignore warnings.

mod digits;
mod tesseract;

pub use digits::{DIGITS_MAX, Digits, DigitsError, Glance, glance, runs_in};
pub use tesseract::{Ocr, OcrError, OcrSettings, Zone};

/// What comparing a typed number with a page gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The page shows the number.
    Agrees,
    /// The page shows a number that is nearly the same; both readings of the page agree on it.
    Differs {
        /// What stands on the page, as read.
        read: Digits,
    },
    /// No number of that length was read with any confidence. Nothing follows from it.
    NotRead,
}
