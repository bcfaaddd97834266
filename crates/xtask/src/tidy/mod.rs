//! Rules of taste and of structure that a machine can hold. Each is a function from texts to findings.
//!
//! `tests/tidy.rs` runs every rule over the real tree; `tests/teeth.rs` hands each rule something bad and sees it bite.
//! The rule a newcomer would break: a finding says what to do, not only what is wrong.

pub mod edges;
pub mod fences;
pub mod log_lines;
pub mod map;
pub mod people;
pub mod screens;
pub mod shape;

use std::fmt;

/// One place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    /// Counted from 1; 0 when it is about the whole file.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl Finding {
    pub fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}
