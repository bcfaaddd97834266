//! Every rule of `tidy.rs` bites: each gets a tree that breaks it once, and the place and the advice are looked at.
//!
//! Beside each bad text stands a good one that looks much like it, so that a rule that bites everything is caught too.

use std::fs;

use xtask::check_catalogue::{self, Verdict};
use xtask::tidy::{Finding, edges, fences, log_lines, map, people, screens, shape};
use xtask::tree::Tree;

type Rule = fn(&Tree) -> Vec<Finding>;

/// Any day will do for a catalogue that cannot even be read.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 23);

/// `rule` finds something at `place` (`path:line`) in a file with this text, and says `words`.
fn bites(rule: Rule, path: &str, text: &str, place: &str, words: &str) {
    let findings: Vec<String> = rule(&Tree::of(&[(path, text)])).iter().map(Finding::to_string).collect();
    assert!(findings.iter().any(|line| line.starts_with(&format!("{place}: ")) && line.contains(words)), "{path}:\n{text}\ngave {findings:?}");
}

fn lets_pass(rule: Rule, path: &str, text: &str) {
    let findings = rule(&Tree::of(&[(path, text)]));
    assert!(findings.is_empty(), "{path}:\n{text}\ngave {findings:?}");
}

#[test]
fn a_dependency_that_the_design_keeps_away_is_found() {
    let cases = [
        ("crates/catalogue/Cargo.toml", "[dependencies]\ntokio.workspace = true\n", 2, "same answer"),
        ("crates/catalogue/Cargo.toml", "[dependencies]\nflow.workspace = true\n", 2, "catalogue"),
        ("crates/flow/Cargo.toml", "[package]\n[dependencies]\noutbox = { path = \"../outbox\" }\n", 3, "microseconds"),
        ("drivers/Cargo.toml", "[target.'cfg(unix)'.dependencies]\ntokio = \"1\"\n", 2, "stranger"),
        ("ui/Cargo.toml", "[build-dependencies]\ncatalogue.workspace = true\n", 2, "alone"),
        ("crates/outbox/Cargo.toml", "[dependencies]\nhttp = { package = \"reqwest\", version = \"0.13\" }\n", 2, "cannot read"),
        ("crates/wire/Cargo.toml", "[dev-dependencies]\ncentral.workspace = true\n", 2, "contract"),
        ("crates/central/Cargo.toml", "[dependencies]\nflow.workspace = true\n", 2, "age apart"),
        ("Cargo.toml", "[dependencies]\nrusqlite.workspace = true\n", 2, "own them"),
        ("crates/fresh/Cargo.toml", "[package]\nname = \"fresh\"\n", 0, "no row"),
        ("crates/apart/Cargo.toml", "[package]\nname = \"apart\"\n[workspace]\n", 0, "no row"),
    ];
    for (path, text, line, words) in cases {
        let place = if line == 0 { path.to_owned() } else { format!("{path}:{line}") };
        bites(edges::never_import, path, text, &place, words);
    }
    lets_pass(
        edges::never_import,
        "drivers/Cargo.toml",
        "[dependencies]\nserialport = \"4\"\n[dev-dependencies]\ndrivers = { path = \".\", features = [\"sim\"] }\n",
    );
    lets_pass(edges::never_import, "drivers/tests/tool/Cargo.toml", "[package]\nname = \"tool\"\n[workspace]\n");
    lets_pass(edges::never_import, "crates/flow/Cargo.toml", "[dependencies]\ncatalogue.workspace = true\n");
}

#[test]
fn a_simulator_on_its_way_into_the_field_is_found() {
    let cases = [
        ("[features]\ndefault = [\"demo\"]\n", 2, "by default"),
        ("[dependencies]\ndrivers = { path = \"drivers\", features = [\"sim\"] }\n", 2, "feature `demo` only"),
        ("[dependencies]\ndrivers = { path = \"drivers\", features = [\"record\"] }\n", 2, "feature `record`"),
        ("[dependencies]\ncentral = { path = \"crates/central\" }\n", 2, "optional"),
        ("[[bin]]\nname = \"klampid-demo\"\npath = \"src/demo/main.rs\"\n", 3, "required-features"),
    ];
    for (text, line, words) in cases {
        bites(edges::no_simulator_in_the_field, "Cargo.toml", text, &format!("Cargo.toml:{line}"), words);
    }
    lets_pass(
        edges::no_simulator_in_the_field,
        "Cargo.toml",
        "[dependencies]\ncentral = { path = \"c\", optional = true }\n[features]\ndemo = [\"drivers/sim\", \"dep:central\"]\n",
    );
}

#[test]
fn only_the_fuzz_targets_may_ask_for_the_recorder() {
    let text = "[dependencies]\ndrivers = { path = \"../drivers\", features = [\"record\"] }\n";
    lets_pass(edges::no_simulator_in_the_field, "fuzz/Cargo.toml", text);
    lets_pass(edges::never_import, "fuzz/Cargo.toml", text);
    bites(edges::no_simulator_in_the_field, "crates/central/Cargo.toml", text, "crates/central/Cargo.toml:2", "feature `record`");
    bites(edges::never_import, "Cargo.toml", "[dependencies]\nklampid-fuzz = { path = \"fuzz\" }\n", "Cargo.toml:2", "klampid-fuzz");
}

#[test]
fn another_licence_and_a_crate_without_lints_are_found() {
    bites(
        edges::licence_and_lints,
        "crates/flow/Cargo.toml",
        "[package]\nname = \"flow\"\nlicense = \"MIT\"\n[lints]\nworkspace = true\n",
        "crates/flow/Cargo.toml:3",
        "GPL",
    );
    bites(edges::licence_and_lints, "crates/flow/Cargo.toml", "[package]\nlicense.workspace = true\n", "crates/flow/Cargo.toml", "[lints]");
    bites(
        edges::licence_and_lints,
        "Cargo.toml",
        "[workspace.package]\nlicense = \"MIT\"\n[package]\nlicense.workspace = true\n[lints]\nworkspace = true\n",
        "Cargo.toml:2",
        "GPL",
    );
    lets_pass(edges::licence_and_lints, "crates/flow/Cargo.toml", "[package]\nlicense.workspace = true\n[lints]\nworkspace = true\n");
}

#[test]
fn a_name_behind_a_fence_is_found_in_code_and_not_in_words() {
    let cases = [
        ("src/app.rs", "use slint::Weak;\n", 1, "only src/present paints"),
        ("src/effects.rs", "fn f() {\n    let x = wire::v1::VERSION;\n}\n", 2, "only src/uplink"),
        ("src/devices/printer.rs", "use tokio::sync::Notify;\n", 1, "outbox"),
        ("src/boot.rs", "use central::Central;\n", 1, "no server"),
        ("src/present/pages.rs", "use std::sync::Mutex;\n", 1, "paints"),
        ("src/present/pages.rs", "\nlet x = cell.lock();\n", 2, "paints"),
        ("src/present/mod.rs", "use drivers::picture::RgbPage;\n", 1, "paints"),
        ("src/boot.rs", "use drivers::sim::Bench;\n", 1, "pretend"),
        ("src/app.rs", "let now = jiff::Timestamp::now();\n", 1, "src/clock.rs"),
        ("src/effects.rs", "use getrandom::fill;\n", 1, "src/mint.rs"),
        ("crates/outbox/src/store.rs", "let x = std::env::var(\"X\");\n", 1, "settings file"),
        ("crates/flow/src/kiosk.rs", "println!(\"x\");\n", 1, "terminal"),
        ("crates/catalogue/src/route.rs", "use std::fs;\n", 1, "one place"),
        ("crates/flow/src/submit.rs", "let t = std::time::Instant::now();\n", 1, "pure"),
        ("crates/catalogue/src/walk.rs", "std::thread::scope(|scope| {});\n", 1, "thread that asks"),
        ("crates/flow/src/session.rs", "use std::io::Read;\n", 1, "wishes"),
        ("crates/outbox/src/queue.rs", "use std::net::TcpStream;\n", 1, "no connection"),
        ("crates/central/src/acts.rs", "let now = Timestamp::now();\n", 1, "clock"),
    ];
    for (path, text, line, words) in cases {
        bites(fences::kept, path, text, &format!("{path}:{line}"), words);
    }
    let passing = [
        ("src/app.rs", "// slint::Weak would be wrong here, and so would tokio::spawn.\nlet text = \"slint::x\";\n"),
        ("src/present/mod.rs", "use slint::Weak;\nuse ui::AppWindow;\n"),
        ("src/uplink/courier.rs", "use tokio::sync::Notify;\nuse wire::v1::Problem;\n"),
        ("src/demo/desk.rs", "use drivers::sim::Bench;\nuse ui::BenchWindow;\n"),
        ("src/clock.rs", "let now = jiff::Timestamp::now();\n"),
        ("drivers/src/sim/printer/mod.rs", "use super::wire::start;\n"),
        ("crates/catalogue/src/load.rs", "std::fs::read_dir(dir)\n"),
        ("crates/central/src/main.rs", "println!(\"x\");\n"),
    ];
    for (path, text) in passing {
        lets_pass(fences::kept, path, text);
    }
}

#[test]
fn a_fence_around_nothing_is_found() {
    let findings = fences::stand_around_something(&Tree::of(&[("src/app.rs", "")]));
    assert!(findings.iter().any(|finding| finding.message.contains("src/present/")), "{findings:?}");
    assert!(!findings.iter().any(|finding| finding.message.contains("`src/`")), "{findings:?}");
}

#[test]
fn a_screen_that_reaches_beyond_its_layer_is_found() {
    let cases = [
        ("ui/components/cards.slint", "import { Resident } from \"../state/resident.slint\";\n", "own properties"),
        ("ui/components/cards.slint", "import { Idle } from \"../pages/resident/idle.slint\";\n", "own properties"),
        ("ui/pages/resident/idle.slint", "import { Staff } from \"../../state/staff.slint\";\n", "own audience"),
        ("ui/pages/resident/idle.slint", "import {\n    Queue,\n} from \"../staff/queue.slint\";\n", "own audience"),
        ("ui/pages/resident/idle.slint", "import { AppWindow } from \"../../app.slint\";\n", "part of a window"),
        ("ui/state/resident.slint", "import { Card } from \"../components/cards.slint\";\n", "no page"),
        ("ui/state/resident.slint", "import { Staff } from \"staff.slint\";\n", "no page"),
        ("ui/theme/palette.slint", "import { Card } from \"../components/cards.slint\";\n", "itself"),
        ("ui/pages/resident/idle.slint", "import { Button } from \"std-widgets.slint\";\n", "own parts"),
        ("ui/components/components.slint", "export { Idle } from \"../pages/resident/idle.slint\";\n", "own properties"),
    ];
    for (path, text, words) in cases {
        let findings = screens::imports(&Tree::of(&[(path, text)]));
        assert!(findings.iter().any(|finding| finding.line > 0 && finding.message.contains(words)), "{path}: {text} gave {findings:?}");
    }
    let good = "import { Palette } from \"../../theme/theme.slint\";\nimport { Resident } from \"../../state/resident.slint\";\nimport { T } from \"../../types.slint\";\n";
    lets_pass(screens::imports, "ui/pages/resident/idle.slint", good);
    lets_pass(screens::imports, "ui/state/resident.slint", "import { Canned } from \"resident_canned.slint\";\n");
    lets_pass(screens::imports, "ui/components/cards.slint", "import { Palette } from \"../theme/theme.slint\";\nimport { Icon } from \"icon.slint\";\n");
}

#[test]
fn files_that_are_too_long_are_found() {
    let line = "// a line\n";
    bites(screens::short, "ui/pages/resident/idle.slint", &line.repeat(251), "ui/pages/resident/idle.slint", "at most 250");
    lets_pass(screens::short, "ui/pages/resident/idle.slint", &line.repeat(250));
    bites(shape::short, "drivers/src/status.rs", &line.repeat(501), "drivers/src/status.rs", "at most 500");
    lets_pass(shape::short, "drivers/src/status.rs", &line.repeat(500));
    bites(shape::short, "src/main.rs", &line.repeat(100), "src/main.rs", "under 100");
    lets_pass(shape::short, "src/main.rs", &line.repeat(99));
}

#[test]
fn a_long_file_that_does_not_say_what_it_is_is_found() {
    let body = "fn f() {}\n".repeat(41);
    bites(shape::opens, "src/app.rs", &body, "src/app.rs:1", "//!");
    lets_pass(shape::opens, "src/app.rs", &format!("//! The loop.\n{body}"));
    lets_pass(shape::opens, "src/app.rs", &"fn f() {}\n".repeat(40));
}

#[test]
fn unfinished_skipped_and_blindly_waiting_code_is_found() {
    let unfinished = concat!("// TO", "DO: later\n");
    let cases = [
        ("docs/glossary.md", unfinished, "finish it"),
        ("src/app.rs", "fn f() { todo!() }\n", "typed error"),
        ("src/app.rs", "fn f() { unimplemented!() }\n", "typed error"),
        ("tests/it.rs", "#[ignore = \"slow\"]\n", "proves nothing"),
        ("tests/it.rs", "#[should_panic]\n", "assert"),
        ("tests/it.rs", "std::thread::sleep(WAIT);\n", "level"),
        ("drivers/src/link.rs", "unsafe { libc::poll() };\n", "rustix"),
        ("src/app.rs", "dbg!(x);\n", "assert"),
    ];
    for (path, text, words) in cases {
        bites(shape::finished, path, text, &format!("{path}:1"), words);
    }
    lets_pass(shape::finished, "src/app.rs", "// A todo! in a comment and \"thread::sleep\" in words are fine.\nlet text = \"#[ignore]\";\n");
}

#[test]
fn trailing_spaces_missing_ends_and_machine_paths_are_found() {
    bites(shape::clean, "README.md", "one \ntwo\n", "README.md:1", "spaces");
    bites(shape::clean, "README.md", "one\ntwo", "README.md:2", "line break");
    lets_pass(shape::clean, "README.md", "one\n\ntwo\n");
    bites(shape::at_home_anywhere, "docs/field-guide.md", concat!("see /ho", "me/budi/kiosk\n"), "docs/field-guide.md:1", "one machine");
    lets_pass(shape::at_home_anywhere, "docs/field-guide.md", "see /etc/klampid/kiosk.toml\n");
}

#[test]
fn a_log_line_that_is_not_listed_not_written_or_has_another_field_is_found() {
    let list = "[\"started\"]\nlevel = \"info\"\nfields = [\"queued\"]\nactor = \"nobody\"\nmeaning = \"It runs.\"\n";
    let check = |list: &str, code: &str| {
        let findings = log_lines::closed(&Tree::of(&[(log_lines::LIST, list), ("src/app.rs", code)]));
        findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    };
    let good = "fn f() {\n    note(\"started\", &[(\"queued\", &(one(2) + 1))]);\n}\n";
    assert_eq!(check(list, good), "");
    assert!(check(list, "note(\"other\", &[]);\n").contains("src/app.rs:1: `other` is not in"));
    assert!(check(list, "").contains("config/log_events.toml:1: `started` is never written"));
    assert!(check(list, "note(\"started\", &[(\"name\", &name)]);\n").contains("make them agree"));
    assert!(check(list, "note(\"started\", &[]);\n").contains("make them agree"));
    assert!(check(&list.replace("nobody", "somebody"), good).contains("an actor of"));
    assert!(check("[\"started\"]\nlevel = 3\n", good).contains("config/log_events.toml"));
    assert!(check(list, &format!("{good}refused(\"draft.gone\", &reason, fault);\n")).contains("`draft.gone` is not in"));
}

#[test]
fn a_map_that_lacks_a_place_or_names_a_lost_one_is_found() {
    let all: String = edges::folders().map(|folder| format!("`{folder}` ")).collect();
    let with = |map: &str| Tree::of(&[(map::MAP, map), ("src/app.rs", ""), ("src/devices/printer.rs", ""), ("crates/flow/src/lib.rs", "")]);
    let whole = format!("{all} `src/app.rs` and `src/devices`\n");
    assert_eq!(map::complete(&with(&whole)), []);
    assert!(map::complete(&with(&all)).iter().any(|finding| finding.message.contains("`src/devices`")));
    assert!(map::complete(&with("`src/app.rs` `src/devices`")).iter().any(|finding| finding.message.contains("`crates/outbox`")));
    assert_eq!(map::complete(&Tree::of(&[])).len(), 1);
    assert_eq!(map::true_to_life(&with("see `src/devices/` and `crates/flow/src/lib.rs`\n")), []);
    assert!(map::true_to_life(&with("one\nsee `src/gone.rs`\n")).iter().any(|finding| finding.line == 2));
}

#[test]
fn a_number_that_could_be_somebody_is_found_and_not_repeated_whole() {
    // Put together here, so that this file holds nobody either.
    let somebody = format!("35780145079{}", "00001");
    for text in [format!("nik = \"{somebody}\"\n"), format!("NIK {} {} {} {}\n", &somebody[..4], &somebody[4..8], &somebody[8..12], &somebody[12..])] {
        bites(people::invented, "tests/it.rs", &text, "tests/it.rs:1", "357801…");
        assert!(!people::invented(&Tree::of(&[("tests/it.rs", &text)])).iter().any(|finding| finding.message.contains(&somebody)));
    }
    lets_pass(people::invented, "tests/it.rs", "3578014507900000 and 3578 0145 0790 0000 and 0123456789abcdef0123456789abcdef\n");
    lets_pass(people::invented, "tests/it.rs", "2023 and 2024, 2025 with 2026\n");
}

#[test]
fn a_broken_catalogue_is_named_with_file_and_line() {
    let folder = std::env::temp_dir().join(format!("klampid-xtask-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder can be made");
    fs::write(folder.join("index.toml"), "services = [\n").expect("a temporary file can be written");
    let verdict = check_catalogue::check(&folder, TODAY).expect("the folder can be read");
    let gone = check_catalogue::check(&folder.join("nowhere"), TODAY);
    fs::remove_dir_all(&folder).expect("what was made can be removed");
    let Verdict::Problems(problems) = verdict else { panic!("a catalogue of one broken file is no catalogue: {verdict:?}") };
    assert!(problems.iter().any(|problem| problem.starts_with(&format!("{}/index.toml:", folder.display()))), "{problems:?}");
    assert!(gone.is_err_and(|reason| reason.to_string().contains("nowhere")));
}
