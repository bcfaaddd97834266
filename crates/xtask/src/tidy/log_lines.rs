//! The log is a closed list: what the kiosk writes stands in `config/log_events.toml`, and what stands there is written.
//!
//! The fields of each line are compared too, because a field is where something personal would slip in.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Finding;
use crate::code::{line_of, without_words, word_positions};
use crate::tree::{File, Tree};

/// Path of the closed list.
pub const LIST: &str = "config/log_events.toml";
/// Functions whose first argument is the name of a line.
const WRITERS: [&str; 2] = ["note", "refused"];
const LEVELS: [&str; 3] = ["error", "warn", "info"];
const ACTORS: [&str; 4] = ["nobody", "staff", "technician", "developers"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    level: String,
    #[serde(default)]
    fields: Vec<String>,
    actor: String,
    meaning: String,
}

/// A name in the code, with the fields it is given where they stand beside it.
struct Written {
    name: String,
    line: usize,
    fields: Option<BTreeSet<String>>,
}

/// Code and list agree.
pub fn closed(tree: &Tree) -> Vec<Finding> {
    let list: BTreeMap<String, Line> = match tree.text(LIST).map(toml::from_str) {
        Some(Ok(list)) => list,
        Some(Err(reason)) => return vec![Finding::new(LIST, 0, reason.to_string())],
        None => return vec![Finding::new(LIST, 0, "the closed list of log lines is missing")],
    };
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for file in tree.ending(".rs").filter(|file| file.path.starts_with("src/")) {
        for written in written(file) {
            match list.get(&written.name) {
                None => findings.push(Finding::new(
                    &file.path,
                    written.line,
                    format!("`{}` is not in {LIST}: give it a level, fields, an actor and a meaning", written.name),
                )),
                Some(line) => {
                    let listed: BTreeSet<String> = line.fields.iter().cloned().collect();
                    if let Some(fields) = &written.fields
                        && *fields != listed
                    {
                        let message = format!("`{}` is written with {fields:?} and listed with {listed:?}: make them agree", written.name);
                        findings.push(Finding::new(&file.path, written.line, message));
                    }
                }
            }
            used.insert(written.name);
        }
    }
    for (name, line) in &list {
        let at = tree.text(LIST).map_or(0, |text| text.lines().position(|line| line.contains(&format!("[\"{name}\"]"))).map_or(0, |index| index + 1));
        if !used.contains(name) {
            findings.push(Finding::new(LIST, at, format!("`{name}` is never written: remove it, or write it where it happens")));
        }
        if !LEVELS.contains(&line.level.as_str()) || !ACTORS.contains(&line.actor.as_str()) || line.meaning.trim().is_empty() {
            findings.push(Finding::new(LIST, at, format!("`{name}` needs a level of {LEVELS:?}, an actor of {ACTORS:?} and a meaning")));
        }
    }
    findings
}

fn written(file: &File) -> Vec<Written> {
    let code = without_words(&file.text);
    let mut found = Vec::new();
    for writer in WRITERS {
        for at in word_positions(&code, writer) {
            let open = at + writer.len();
            let Some(name) = file.text.get(open..).and_then(|rest| rest.strip_prefix("(\"")).and_then(|rest| rest.split('"').next()) else { continue };
            let fields = (writer == "note").then(|| fields(&file.text[open..open + call_length(&code[open..])]));
            found.push(Written { name: name.to_owned(), line: line_of(&code, at), fields });
        }
    }
    found
}

/// Length of a call's parentheses; strings are blank in `code`, so they balance.
fn call_length(code: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in code.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// Keys of `("key", &value)` pairs in a call.
fn fields(call: &str) -> BTreeSet<String> {
    let pairs = call.match_indices("(\"").skip(1);
    pairs.filter_map(|(at, _)| call[at + 2..].split_once("\", &")).map(|(key, _)| key).filter(|key| !key.contains('"')).map(str::to_owned).collect()
}
