//! Rust text without its words: comments and the insides of strings become spaces, line by line and byte by byte.
//!
//! It is no parser. It knows just enough to tell code from prose, so that a comment about tokio is not taken for its use.
//! The rule a newcomer would break: lengths and line breaks stay, so a position here is a position in the file.

/// The same text with comments, strings and character literals blanked out.
pub fn without_words(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => comment_end(bytes, at),
            b'"' => string_end(bytes, at + 1),
            b'r' | b'b' | b'c' if !follows_name(bytes, at) => raw_string_end(bytes, at).unwrap_or(at + 1),
            b'\'' => character_end(bytes, at).unwrap_or(at + 1),
            _ => at + 1,
        };
        if end > at + 1 {
            out[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
        at = end;
    }
    // Only whole comments and strings were replaced, so what is left is text as before.
    String::from_utf8_lossy(&out).into_owned()
}

/// Line of a byte position, counted from 1.
pub fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// Where `word` stands as a whole word, in code without words.
pub fn word_positions<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = code[..*at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Where the crate or module `name` is used as the start of a path: `name::…`, `use name;`, but not `crate::name::…`.
pub fn path_starts<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    word_positions(code, name).filter(move |at| {
        let before = code[..*at].trim_end();
        let after = code[at + name.len()..].trim_start();
        let begins = !before.ends_with("::") && !before.ends_with('.');
        begins && (after.starts_with("::") || before.ends_with("use") || before.ends_with("extern crate"))
    })
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn follows_name(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

/// Comments nest.
fn comment_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'/', b'*') => (depth, at) = (depth + 1, at + 2),
            (b'*', b'/') => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `r"…"`, `r#"…"#`, and the same with `b` or `c` before; also `b"…"` and `c"…"`.
fn raw_string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    if matches!(bytes[at], b'b' | b'c') {
        at += 1;
        if bytes.get(at) == Some(&b'"') {
            return Some(string_end(bytes, at + 1));
        }
    }
    if bytes.get(at) != Some(&b'r') {
        return None;
    }
    let hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
    let open = at + 1 + hashes;
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let length = bytes[open + 1..].windows(close.len()).position(|window| window == close)?;
    Some(open + 1 + length + close.len())
}

/// `'x'`, `'\n'`, `'•'`; a lifetime such as `'static` is none.
fn character_end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at + 1) == Some(&b'\\') {
        let close = bytes[at + 3..].iter().take(10).position(|byte| *byte == b'\'')?;
        return Some(at + 3 + close + 1);
    }
    let text = std::str::from_utf8(&bytes[at + 1..(at + 6).min(bytes.len())]);
    let text = match &text {
        Ok(text) => text,
        Err(cut) => std::str::from_utf8(&bytes[at + 1..at + 1 + cut.valid_up_to()]).unwrap_or_default(),
    };
    let first = text.chars().next()?;
    let close = at + 1 + first.len_utf8();
    (bytes.get(close) == Some(&b'\'')).then_some(close + 1)
}

#[cfg(test)]
mod tests {
    use super::{path_starts, without_words};

    #[test]
    fn comments_and_strings_are_blank_and_code_stays_in_its_place() {
        let cases = [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"f("x \" y", 'z')"#, "f(        ,    )"),
            (r##"r#"say "hi""# + b"two" + 1"##, "              +        + 1"),
            ("fn f<'a>(x: &'a str) -> char { '\\'' }", "fn f<'a>(x: &'a str) -> char {      }"),
            ("let attr = '•';", "let attr =      ;"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_words(text), expected, "{text}");
            assert_eq!(without_words(text).len(), text.len(), "{text}");
        }
    }

    #[test]
    fn only_the_start_of_a_path_names_a_crate() {
        let cases = [
            ("use wire::v1::Problem;", 1),
            ("use wire;", 1),
            ("let x = wire::v1::VERSION;", 1),
            ("use super::wire::start;", 0),
            ("crate::wire::start()", 0),
            ("let wire = 3; wire + 1", 0),
            ("rewire::go()", 0),
        ];
        for (code, expected) in cases {
            assert_eq!(path_starts(code, "wire").count(), expected, "{code}");
        }
    }
}
