//! What a resident has said and shown so far.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Answers by question id, and how many pages each paper has.
///
/// Every value is text: a choice's value, digits, a name, or a date as `YYYY-MM-DD`. An optional question that was skipped
/// holds an empty value, which is not the same as no value.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    pub values: BTreeMap<String, String>,
    pub pages: BTreeMap<String, usize>,
}

impl Answers {
    /// The value of a question, empty when it was not asked yet.
    pub fn value(&self, id: &str) -> &str {
        self.values.get(id).map_or("", String::as_str)
    }

    pub fn set(&mut self, id: &str, value: &str) {
        self.values.insert(id.to_owned(), value.to_owned());
    }

    pub fn page_count(&self, paper: &str) -> usize {
        self.pages.get(paper).copied().unwrap_or(0)
    }
}

/// Answers are personal data, so only their number is ever printed.
impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answers({} values •••, {} papers)", self.values.len(), self.pages.len())
    }
}
