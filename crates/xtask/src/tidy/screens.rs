//! What a `.slint` file may import: components know the theme, pages know their own audience, state knows types.
//!
//! It looks at import lines only; what a page shows is tested where pages are drawn.

use super::Finding;
use crate::tree::{File, Tree};

/// Longest `.slint` file, in lines; half of it is a good page.
pub const LINES_MAX: usize = 250;

/// Every screen file imports only what its layer may know.
pub fn imports(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending(".slint").filter(|file| file.path.starts_with("ui/")) {
        for (line, target) in imported(file) {
            if let Some(because) = refused(&file.path, &target) {
                findings.push(Finding::new(&file.path, line, format!("imports `{target}`: {because}")));
            }
        }
    }
    findings
}

/// No screen file is longer than [`LINES_MAX`].
pub fn short(tree: &Tree) -> Vec<Finding> {
    let long = tree.ending(".slint").filter(|file| file.line_count() > LINES_MAX);
    long.map(|file| Finding::new(&file.path, 0, format!("{} lines, at most {LINES_MAX}: move a part of the page into a component", file.line_count())))
        .collect()
}

fn refused(path: &str, target: &str) -> Option<&'static str> {
    let below = |place: &str| path.starts_with(place);
    let wants = |place: &str| target.starts_with(place);
    if !target.starts_with("ui/") {
        return Some("screens are made of our own parts: draw it as a component, so that it looks and speaks like the rest");
    }
    if below("ui/theme/") && !wants("ui/theme/") {
        return Some("the theme knows nothing but itself");
    }
    if below("ui/components/") && !(wants("ui/components/") || wants("ui/theme/") || target == "ui/types.slint") {
        return Some("a component knows the theme and its own properties: hand the value in as a property");
    }
    if let Some(file) = path.strip_prefix("ui/state/") {
        // `resident.slint` may keep its values for the preview beside it, in `resident_….slint`.
        let own_values = format!("ui/state/{}_", file.strip_suffix(".slint").unwrap_or(file));
        if !(wants("ui/theme/") || target == "ui/types.slint" || wants(&own_values)) {
            return Some("a state global holds plain values and knows no page");
        }
    }
    if let Some(audience) = path.strip_prefix("ui/pages/").and_then(|rest| rest.split('/').next()) {
        let own_pages = format!("ui/pages/{audience}/");
        let own_state = format!("ui/state/{audience}.slint");
        if wants("ui/state/") && target != own_state {
            return Some("a page reads its own audience's global only: residents must never see what staff see");
        }
        if wants("ui/pages/") && !target.starts_with(&own_pages) {
            return Some("a page knows the pages of its own audience only");
        }
        if target.matches('/').count() == 1 && target != "ui/types.slint" {
            return Some("a page is part of a window and never imports one");
        }
    }
    None
}

/// Line and path, from the root, of every import and re-export.
fn imported(file: &File) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in file.lines() {
        let line = line.trim();
        let is_import = line.starts_with("import") || line.starts_with("export") || line.starts_with('}');
        let Some((_, rest)) = line.split_once("from \"") else {
            if let Some(path) = line.strip_prefix("import \"").and_then(|rest| rest.split('"').next())
                && !path.ends_with(".ttf")
                && !path.ends_with(".otf")
            {
                found.push((number, resolve(&file.path, path)));
            }
            continue;
        };
        if is_import && let Some(path) = rest.split('"').next() {
            found.push((number, resolve(&file.path, path)));
        }
    }
    found
}

fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    // Slint's own widgets have a bare name that is no file of ours.
    if path == "std-widgets.slint" {
        return path.to_owned();
    }
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
