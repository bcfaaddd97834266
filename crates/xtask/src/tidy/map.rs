//! `docs/architecture.md` is a map: it names every crate and every module of the kiosk, and nothing that is gone.

use std::collections::BTreeSet;

use super::{Finding, edges};
use crate::tree::Tree;

/// Path of the map.
pub const MAP: &str = "docs/architecture.md";
/// Folders whose paths the map may name in backticks.
const ROOTS: [&str; 9] = ["src/", "crates/", "drivers/", "ui/", "config/", "docs/", "tests/", "benches/", ".cargo/"];

/// The map names every crate and module there is.
pub fn complete(tree: &Tree) -> Vec<Finding> {
    let Some(map) = tree.text(MAP) else { return vec![Finding::new(MAP, 0, "the map is missing")] };
    let modules = tree.files.iter().filter_map(|file| module(&file.path)).collect::<BTreeSet<String>>();
    let missing = edges::folders().map(str::to_owned).chain(modules).filter(|place| !map.contains(&format!("`{place}`")));
    missing
        .map(|place| Finding::new(MAP, 0, format!("`{place}` is not on the map: say what it does, where to start reading, and what it never does")))
        .collect()
}

/// The map names nothing that is gone.
pub fn true_to_life(tree: &Tree) -> Vec<Finding> {
    let Some(map) = tree.text(MAP) else { return Vec::new() };
    let mut findings = Vec::new();
    for (index, line) in map.lines().enumerate() {
        for name in line.split('`').skip(1).step_by(2).filter(|name| ROOTS.iter().any(|root| name.starts_with(root)) && !name.contains(['*', '{', '…', ' ']))
        {
            let name = name.trim_end_matches('/');
            let is_there = tree.files.iter().any(|file| file.path == name || file.path.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')));
            if !is_there {
                findings.push(Finding::new(MAP, index + 1, format!("`{name}` is on the map but not in the tree: change the map with the code")));
            }
        }
    }
    findings
}

/// `src/app.rs`, or `src/devices` for anything below it.
fn module(path: &str) -> Option<String> {
    let rest = path.strip_prefix("src/")?;
    match rest.split_once('/') {
        Some((folder, _)) => Some(format!("src/{folder}")),
        None => path.ends_with(".rs").then(|| path.to_owned()),
    }
}
