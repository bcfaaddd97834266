//! A gettext file's lines, looked at before the parser sees them.
//!
//! The parser of the library is made for files that tools have written: over a half quote it panics, a misspelt keyword it
//! passes over, and entries without an empty line between them it melts together. Translators write by hand, so each of these
//! is told here with its line. What a sentence means is no affair of this file.

use std::collections::BTreeMap;

/// Words that begin a line of an entry.
const KEYWORDS: [&str; 2] = ["msgid", "msgstr"];

/// The line of each `msgid`, or the first line that is wrong and what is wrong there.
pub(crate) fn lines_of(text: &str) -> Result<BTreeMap<String, usize>, (usize, String)> {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut entry: Option<Entry> = None;
    for (at, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line)) {
        if line.is_empty() {
            end(&mut lines, entry.take())?;
            continue;
        }
        if let Some(comment) = line.strip_prefix('#') {
            if comment.is_empty() {
                return Err((at, "a lone # says nothing: delete it".into()));
            }
            if entry.is_some() {
                return Err((at, "an empty line is missing before this entry".into()));
            }
            continue;
        }
        let (keyword, quoted) = match line.split_once(' ') {
            _ if line.starts_with('"') => ("", line),
            Some((keyword, quoted)) if KEYWORDS.contains(&keyword) => (keyword, quoted),
            _ => return Err((at, "a line begins with msgid, msgstr, # or a quote".into())),
        };
        let words = unquoted(quoted).map_err(|reason| (at, reason))?;
        match (keyword, &mut entry) {
            ("msgid", None) => entry = Some(Entry { at, source: words, has_translation: false }),
            ("msgid", Some(_)) => return Err((at, "an empty line is missing before this entry".into())),
            ("msgstr", Some(entry)) if !entry.has_translation => entry.has_translation = true,
            ("msgstr", _) => return Err((at, "a msgstr follows its msgid".into())),
            (_, Some(entry)) if !entry.has_translation => entry.source.push_str(&words),
            (_, Some(_)) => {}
            (_, None) => return Err((at, "these words belong to no msgid".into())),
        }
    }
    end(&mut lines, entry)?;
    Ok(lines)
}

struct Entry {
    at: usize,
    source: String,
    has_translation: bool,
}

fn end(lines: &mut BTreeMap<String, usize>, entry: Option<Entry>) -> Result<(), (usize, String)> {
    let Some(entry) = entry else { return Ok(()) };
    if !entry.has_translation {
        return Err((entry.at, "this msgid has no msgstr".into()));
    }
    match lines.insert(entry.source, entry.at) {
        Some(first) => Err((entry.at, format!("line {first} translates this sentence already"))),
        None => Ok(()),
    }
}

/// The words between two quotes, with `\"`, `\\`, `\n`, `\r` and `\t` read.
fn unquoted(quoted: &str) -> Result<String, String> {
    let inner = quoted.strip_prefix('"').ok_or("the words stand between two quotes")?;
    let mut words = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' if characters.as_str().is_empty() => return Ok(words),
            '"' => return Err("a quote inside the words is written \\\"".into()),
            '\\' => words.push(match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(sign @ ('"' | '\\')) => sign,
                _ => return Err("a \\ stands only before \", \\, n, r or t".into()),
            }),
            _ => words.push(character),
        }
    }
    Err("the closing quote is missing".into())
}
