//! What a command has to say: lines for people, fields for programs, and an end that scripts can use.
//!
//! It prints nothing; `main.rs` does. The rule a newcomer would break: what people read is Indonesian and what programs read is
//! English, and neither is made from the other.

use crate::words;
use drivers::status::CommandResult;
use serde_json::{Map, Value, json};
use std::error::Error;

/// Causes of one fault that are shown.
const CAUSES_MAX: usize = 8;

/// How the tool ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A device was asked, and this came of it.
    Device(CommandResult),
    /// The command line, or a file named on it, is wrong.
    WrongLine,
    /// The tool itself could not work.
    Tool,
}

impl End {
    /// Nothing went wrong.
    pub const FINE: End = End::Device(CommandResult::Success);

    /// For scripts.
    pub fn exit_code(self) -> u8 {
        match self {
            End::Device(result) => result.exit_code(),
            End::WrongLine => 1,
            End::Tool => 2,
        }
    }

    fn word(self) -> &'static str {
        match self {
            End::Device(result) => result.word(),
            End::WrongLine => "wrongCommandLine",
            End::Tool => "toolFailed",
        }
    }
}

/// One thing said.
#[derive(Clone, Debug)]
pub struct Report {
    /// For people, on standard output.
    pub lines: Vec<String>,
    /// For people, on standard error: what went wrong.
    pub complaints: Vec<String>,
    /// For programs.
    pub facts: Map<String, Value>,
    /// `None` while the command goes on.
    pub end: Option<End>,
}

impl Report {
    /// Nothing said yet, ending well.
    pub fn fine() -> Self {
        Report::ending(End::FINE)
    }

    /// Nothing said yet, ending so.
    pub fn ending(end: End) -> Self {
        Report { lines: Vec::new(), complaints: Vec::new(), facts: Map::new(), end: Some(end) }
    }

    /// Said on the way.
    pub fn on_the_way() -> Self {
        Report { end: None, ..Report::fine() }
    }

    /// One more line for people.
    pub fn line(&mut self, line: impl Into<String>) -> &mut Self {
        self.lines.push(line.into());
        self
    }

    /// One more field for programs.
    pub fn fact(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        self.facts.insert(name.into(), value.into());
        self
    }

    /// One line of JSON.
    pub fn json(&self, command: &str) -> String {
        let mut all = Map::from_iter([("command".to_owned(), json!(command))]);
        if let Some(end) = self.end {
            all.insert("result".into(), json!(end.word()));
            all.insert("exit_code".into(), json!(end.exit_code()));
        }
        all.extend(self.facts.clone());
        Value::Object(all).to_string()
    }
}

/// Why a command came to nothing.
#[derive(Clone, Debug)]
pub struct Failure {
    end: End,
    /// One sentence for people.
    said: String,
    /// The driver's words, the outermost first.
    causes: Vec<String>,
}

impl Failure {
    /// A device said no.
    pub fn device(result: CommandResult, fault: &(dyn Error + 'static)) -> Self {
        Failure { end: End::Device(result), said: words::result(result).into(), causes: causes(fault) }
    }

    /// The command line is wrong. The fault is worded for people.
    pub fn line(fault: &(dyn Error + 'static)) -> Self {
        let mut causes = causes(fault);
        let said = causes.remove(0);
        Failure { end: End::WrongLine, said, causes }
    }

    /// The command line is wrong, in one sentence.
    pub fn wrong(said: impl Into<String>) -> Self {
        Failure { end: End::WrongLine, said: said.into(), causes: Vec::new() }
    }

    /// A file named on the command line is wrong.
    pub fn file(said: impl Into<String>, fault: &(dyn Error + 'static)) -> Self {
        Failure { end: End::WrongLine, said: said.into(), causes: causes(fault) }
    }

    /// The tool could not do its part.
    pub fn tool(said: impl Into<String>, fault: &(dyn Error + 'static)) -> Self {
        Failure { end: End::Tool, said: said.into(), causes: causes(fault) }
    }

    /// Ended so, in one sentence, without a cause.
    pub fn plain(end: End, said: impl Into<String>) -> Self {
        Failure { end, said: said.into(), causes: Vec::new() }
    }
}

impl From<Failure> for Report {
    fn from(failure: Failure) -> Self {
        let mut report = Report::ending(failure.end);
        report.complaints.push(failure.said);
        report.complaints.extend(failure.causes.iter().map(|cause| format!("  rincian: {cause}")));
        report.fact("error", if failure.causes.is_empty() { report.complaints.clone() } else { failure.causes });
        report
    }
}

/// What a fault says, and what is behind it, the outermost first.
pub fn causes(fault: &(dyn Error + 'static)) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = Some(fault);
    while let Some(cause) = next.filter(|_| causes.len() < CAUSES_MAX) {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}
