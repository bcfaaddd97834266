//! Nobody real stands in this tree: every number that could be a NIK or a family card ends in the serial 0000, which is never issued.

use super::Finding;
use crate::tree::Tree;

/// Digits of a NIK and of a family card number.
const DIGITS: usize = 16;
/// Serial that the register never gives out.
const NOBODY: &str = "0000";
/// Sixteen digits that are no person, with where they stand: a line of digits that fills a narrow paper.
const NO_PERSON: [(&str, &str); 1] = [("drivers/tests/paper.rs", concat!("12345678", "90123456"))];

/// Every sixteen-digit number ends in 0000, also when it is written in groups of four.
pub fn invented(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.path != "Cargo.lock") {
        for (number, line) in file.lines() {
            for digits in numbers(line).into_iter().filter(|digits| !digits.ends_with(NOBODY)) {
                if !NO_PERSON.contains(&(file.path.as_str(), digits.as_str())) {
                    let shown = format!("{}…", &digits[..6]);
                    findings.push(Finding::new(&file.path, number, format!("{shown} has sixteen digits and could be somebody: end it in {NOBODY}")));
                }
            }
        }
    }
    findings
}

/// Numbers of exactly sixteen digits in a line, plain or in four groups of four.
fn numbers(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let words: Vec<&str> =
        line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '.').filter(|word| !word.is_empty()).collect();
    let is_number = |word: &str, digits: usize| word.len() == digits && word.bytes().all(|byte| byte.is_ascii_digit());
    let plain = words.iter().map(|word| word.trim_matches('.')).filter(|word| is_number(word, DIGITS));
    found.extend(plain.map(str::to_owned));
    for group in words.windows(4).filter(|group| group.iter().all(|word| is_number(word.trim_matches('.'), 4))) {
        let joined = group.join(" ");
        // Four years in a table are no number; groups of one number stand apart by one space.
        if line.contains(&joined) {
            found.push(group.concat().replace('.', ""));
        }
    }
    found
}
