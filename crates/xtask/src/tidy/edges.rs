//! Who may depend on whom, read from the manifests: what a crate does not list it cannot name.
//!
//! The table is the never-import table of `docs/architecture.md`. The rule a newcomer would break: a new crate of ours gets
//! a row here before it gets a line of code.

use toml::{Table, Value};

use super::Finding;
use crate::tree::{File, Tree};

/// What one crate of ours may and may not have.
struct Edge {
    name: &'static str,
    manifest: &'static str,
    /// Crates of ours it may depend on.
    ours: &'static [&'static str],
    /// Crates of others it must never see.
    never: &'static [&'static str],
    because: &'static str,
}

const EDGES: [Edge; 10] = [
    Edge {
        name: "catalogue",
        manifest: "crates/catalogue/Cargo.toml",
        ours: &[],
        never: &["tokio", "reqwest", "axum", "hyper", "slint", "rusqlite", "sqlx", "rand", "getrandom", "uuid", "log", "chrono"],
        because: "the same rules must give the same answer in the kiosk, at central and next year",
    },
    Edge {
        name: "flow",
        manifest: "crates/flow/Cargo.toml",
        ours: &["catalogue"],
        never: &["tokio", "reqwest", "axum", "hyper", "slint", "rusqlite", "sqlx", "rand", "getrandom", "rustix", "crossbeam-channel", "log", "image"],
        because: "every path must run in microseconds in a test",
    },
    Edge {
        name: "drivers",
        manifest: "drivers/Cargo.toml",
        ours: &[],
        never: &["tokio", "axum", "hyper", "slint", "rusqlite", "sqlx", "jiff", "age"],
        because: "hardware must be replaceable by a stranger, and may live in another process",
    },
    Edge {
        name: "ui",
        manifest: "ui/Cargo.toml",
        ours: &[],
        never: &["tokio", "reqwest", "axum", "hyper", "rusqlite", "sqlx", "serde", "serde_json", "jiff", "log", "age"],
        because: "screens must preview and be tested alone",
    },
    Edge {
        name: "outbox",
        manifest: "crates/outbox/Cargo.toml",
        ours: &[],
        never: &["tokio", "reqwest", "axum", "hyper", "slint", "sqlx", "serde_json", "image", "log"],
        because: "the outbox cannot leak what it cannot read or send",
    },
    Edge {
        name: "wire",
        manifest: "crates/wire/Cargo.toml",
        ours: &[],
        never: &["tokio", "reqwest", "axum", "hyper", "slint", "rusqlite", "sqlx", "log"],
        because: "a contract between two programs holds shapes and no behaviour",
    },
    Edge {
        name: "central",
        manifest: "crates/central/Cargo.toml",
        ours: &["catalogue", "wire"],
        never: &["slint", "rusqlite", "serialport", "nokhwa", "crossbeam-channel"],
        because: "server and kiosk must be able to age apart",
    },
    Edge {
        name: "xtask",
        manifest: "crates/xtask/Cargo.toml",
        ours: &["catalogue"],
        never: &["tokio", "slint", "rusqlite", "sqlx", "reqwest"],
        because: "a check that takes minutes to build is not run",
    },
    Edge {
        name: "kiosk",
        manifest: "Cargo.toml",
        ours: &["catalogue", "flow", "outbox", "wire", "drivers", "ui", "central"],
        never: &["rusqlite", "sqlx", "axum", "serialport", "nokhwa", "rqrr", "rxing", "cel", "age"],
        because: "the glue reaches storage, hardware and rules only through the crates that own them",
    },
    Edge {
        name: "klampid-fuzz",
        manifest: FUZZ,
        ours: &["drivers"],
        never: &["tokio", "axum", "slint", "rusqlite", "sqlx"],
        because: "a target reaches parsers, and what takes minutes to build is not run",
    },
];

/// The fuzz targets: no program of the field is built from this manifest, and no other crate may depend on it.
const FUZZ: &str = "fuzz/Cargo.toml";
/// Features of machines that pretend, that are driven without a screen, or that write down what passes at a device.
const NEVER_IN_THE_FIELD: [&str; 4] = ["sim", "demo", "headless", "record"];

/// Every crate lists only what its row allows, and every crate of ours has a row.
pub fn never_import(tree: &Tree) -> Vec<Finding> {
    let ours: Vec<&str> = EDGES.iter().map(|edge| edge.name).collect();
    let mut findings = Vec::new();
    for file in manifests(tree) {
        let Some(edge) = EDGES.iter().find(|edge| edge.manifest == file.path) else {
            findings.push(Finding::new(&file.path, 0, "this crate has no row in crates/xtask/src/tidy/edges.rs: say there what it must never import"));
            continue;
        };
        let table = match file.text.parse::<Table>() {
            Ok(table) => table,
            Err(reason) => {
                findings.push(Finding::new(&file.path, 0, format!("no valid TOML: {}", reason.message())));
                continue;
            }
        };
        for (kind, name) in dependencies(&table) {
            let is_ours = ours.contains(&name.as_str());
            let itself = kind == "dev-dependencies" && name == edge.name;
            let refused =
                if is_ours { !edge.ours.contains(&name.as_str()) && !itself } else { edge.never.contains(&name.as_str()) && kind != "dev-dependencies" };
            if refused {
                let message = format!("`{}` must never import `{name}`, because {}: move the code to where it may be", edge.name, edge.because);
                findings.push(Finding::new(&file.path, line_naming(&file.text, &name), message));
            }
        }
    }
    findings
}

/// No machine in the field may pretend or record: simulators come only with feature `demo`, and no feature is on by default.
pub fn no_simulator_in_the_field(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in manifests(tree) {
        let Ok(table) = file.text.parse::<Table>() else { continue };
        let on_by_default = table.get("features").and_then(|features| features.get("default")).and_then(Value::as_array);
        if on_by_default.is_some_and(|features| !features.is_empty()) {
            findings.push(Finding::new(&file.path, line_naming(&file.text, "default"), "features on by default reach the field: ask for them by name"));
        }
        for (name, what) in table.get("dependencies").and_then(Value::as_table).into_iter().flatten() {
            let asked = what.get("features").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            for feature in asked.filter(|feature| NEVER_IN_THE_FIELD.contains(feature) && file.path != FUZZ) {
                let message = format!("`{name}` is asked for with feature `{feature}` in every build: ask for it in feature `demo` only");
                findings.push(Finding::new(&file.path, line_naming(&file.text, name), message));
            }
        }
        if file.path == "Cargo.toml" {
            findings.extend(kiosk_simulators(&file.text, &table));
        }
    }
    findings
}

fn kiosk_simulators(text: &str, table: &Table) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ["central", "ab_glyph"] {
        let optional = table.get("dependencies").and_then(|all| all.get(name)).and_then(|what| what.get("optional")).and_then(Value::as_bool);
        if table.get("dependencies").is_some_and(|all| all.get(name).is_some()) && optional != Some(true) {
            findings.push(Finding::new("Cargo.toml", line_naming(text, name), format!("`{name}` belongs to the demo: make it optional")));
        }
    }
    for program in table.get("bin").and_then(Value::as_array).into_iter().flatten() {
        let path = program.get("path").and_then(Value::as_str).unwrap_or_default();
        let wants_demo = program.get("required-features").and_then(Value::as_array).into_iter().flatten().any(|feature| feature.as_str() == Some("demo"));
        if path.starts_with("src/demo/") && !wants_demo {
            findings.push(Finding::new("Cargo.toml", line_naming(text, path), "a program of src/demo needs required-features = [\"demo\"]"));
        }
    }
    findings
}

/// One licence for everything, and the workspace's lints everywhere.
pub fn licence_and_lints(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in manifests(tree) {
        let Ok(table) = file.text.parse::<Table>() else { continue };
        let Some(package) = table.get("package") else { continue };
        let own = package.get("license").and_then(Value::as_str);
        let shared = package.get("license").and_then(|licence| licence.get("workspace")).and_then(Value::as_bool) == Some(true);
        if own != Some("GPL-3.0-only") && !shared {
            findings.push(Finding::new(&file.path, line_naming(&file.text, "license"), "every crate of ours is GPL-3.0-only: write license.workspace = true"));
        }
        let lints = table.get("lints").and_then(|lints| lints.get("workspace")).and_then(Value::as_bool);
        if lints != Some(true) {
            findings.push(Finding::new(&file.path, 0, "a crate without [lints] workspace = true is not looked at: add it"));
        }
        if file.path == "Cargo.toml" {
            let licence = table.get("workspace").and_then(|all| all.get("package")).and_then(|all| all.get("license")).and_then(Value::as_str);
            if licence != Some("GPL-3.0-only") {
                findings.push(Finding::new(&file.path, line_naming(&file.text, "license"), "the workspace's licence is GPL-3.0-only"));
            }
        }
    }
    findings
}

/// Folders of the crates that have a row; the package at the root has none of its own.
pub fn folders() -> impl Iterator<Item = &'static str> {
    EDGES.iter().filter_map(|edge| edge.manifest.strip_suffix("/Cargo.toml"))
}

/// Manifests of the workspace. Tools for tests that stand outside it, with a `[workspace]` of their own, ship nowhere.
fn manifests(tree: &Tree) -> impl Iterator<Item = &File> {
    let is_manifest = |file: &&File| file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml");
    tree.files.iter().filter(is_manifest).filter(|file| file.path == "Cargo.toml" || !stands_alone(&file.path, &file.text))
}

/// Only below a crate's tests.
fn stands_alone(path: &str, text: &str) -> bool {
    let may = path.contains("/tests/");
    may && text.lines().any(|line| line.trim() == "[workspace]")
}

/// Kind and crate name of every dependency, under any target and with any alias.
fn dependencies(table: &Table) -> Vec<(&'static str, String)> {
    let mut places = vec![table];
    places.extend(table.get("target").and_then(Value::as_table).into_iter().flat_map(|targets| targets.values()).filter_map(Value::as_table));
    let mut found = Vec::new();
    for place in places {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (alias, what) in place.get(kind).and_then(Value::as_table).into_iter().flatten() {
                let name = what.get("package").and_then(Value::as_str).unwrap_or(alias);
                found.push((kind, name.to_owned()));
            }
        }
    }
    found
}

/// The first line that begins with the name, or else names it.
fn line_naming(text: &str, name: &str) -> usize {
    let begins = text.lines().position(|line| line.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', ' ', '='])));
    begins.or_else(|| text.lines().position(|line| line.contains(name))).map_or(0, |index| index + 1)
}
