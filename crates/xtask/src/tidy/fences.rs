//! Fences inside a crate, where no crate edge can hold: which file may name which crate, call or type.
//!
//! Comments and strings do not count, so a file may speak of what it does not use.
//! The rule a newcomer would break: a fence is moved in the same change that moves the design's table.

use super::Finding;
use crate::code::{line_of, path_starts, without_words, word_positions};
use crate::tree::Tree;

/// What is fenced off.
enum What {
    /// A crate or module at the start of a path.
    Path(&'static str),
    /// A piece of code as it stands.
    Text(&'static str),
}

/// Files `under` these places, but not `except` those, never name any of `what`.
struct Fence {
    under: &'static [&'static str],
    except: &'static [&'static str],
    what: &'static [What],
    because: &'static str,
}

use What::{Path, Text};

/// Everything that runs in an office.
const PRODUCT: &[&str] =
    &["src/", "crates/catalogue/src/", "crates/flow/src/", "crates/outbox/src/", "crates/wire/src/", "crates/central/src/", "drivers/src/", "ui/src/"];

const FENCES: [Fence; 15] = [
    Fence {
        under: &["src/"],
        except: &["src/present/", "src/demo/"],
        what: &[Path("slint"), Path("ui")],
        because: "only src/present paints; everybody else hands it a view",
    },
    Fence {
        under: &["src/"],
        except: &["src/uplink/", "src/demo/"],
        what: &[Path("tokio"), Path("reqwest"), Path("hyper"), Path("wire"), Path("rustls")],
        because: "only src/uplink knows the network; everybody else leaves things in the outbox",
    },
    Fence { under: &["src/"], except: &["src/demo/"], what: &[Path("central")], because: "a kiosk contains no server; only the demo starts one" },
    Fence {
        under: &["src/present/"],
        except: &[],
        what: &[
            Path("drivers"),
            Path("outbox"),
            Path("catalogue"),
            Text("std::fs"),
            Text("std::net"),
            Text("std::thread"),
            Text("Mutex"),
            Text("RwLock"),
            Text("Condvar"),
            Text(".lock()"),
            Text(".await"),
            Text(".recv()"),
            Text(".recv_timeout("),
            Text("async fn"),
        ],
        because: "this runs on the thread that paints: it may not lock, wait, read a file or know a device",
    },
    Fence {
        under: &["src/", "crates/", "ui/"],
        except: &["src/demo/", "crates/xtask/"],
        what: &[Text("drivers::sim"), Text("sim::Bench")],
        because: "no machine in the field may pretend; simulators are named in src/demo, tests and benches",
    },
    Fence {
        under: &["src/"],
        except: &["src/clock.rs", "src/demo/"],
        what: &[Text("SystemTime::now"), Text("Timestamp::now"), Text("Zoned::now"), Text("new_v4("), Text("now_v7(")],
        because: "time and ids are handed in by src/clock.rs",
    },
    Fence {
        under: &["src/"],
        except: &["src/mint.rs", "src/demo/"],
        what: &[Path("getrandom"), Path("rand"), Path("argon2")],
        because: "chance is handed in by src/mint.rs",
    },
    Fence {
        under: PRODUCT,
        except: &["src/demo/"],
        what: &[Text("env::var"), Text("env::vars"), Text("env::set_var")],
        because: "what a machine is told stands in its settings file, where a technician can read it",
    },
    Fence {
        under: PRODUCT,
        except: &["src/demo/main.rs", "crates/central/src/main.rs", "drivers/src/probe/main.rs"],
        what: &[Text("println!"), Text("eprintln!"), Text("print!"), Text("eprint!")],
        because: "only a program's main.rs speaks to a terminal; a library returns or logs",
    },
    Fence {
        under: &["crates/catalogue/src/"],
        except: &["crates/catalogue/src/load.rs"],
        what: &[Text("std::fs")],
        because: "the catalogue is read in one place and computed in all others",
    },
    Fence {
        under: &["crates/catalogue/src/", "crates/flow/src/", "crates/wire/src/"],
        except: &[],
        what: &[
            Text("std::time::Instant"),
            Text("Instant::now"),
            Text("SystemTime"),
            Text("Timestamp::now"),
            Text("Zoned::now"),
            Text("TimeZone::system"),
            Text("std::net"),
            Text("std::process"),
            Text("std::env"),
        ],
        because: "what decides is pure: the time comes in as an argument",
    },
    Fence {
        under: &["crates/catalogue/src/", "crates/flow/src/", "crates/wire/src/"],
        // The long look before shipping shares out services that know nothing of each other; its report is the same in any order.
        except: &["crates/catalogue/src/check.rs"],
        what: &[Text("std::thread")],
        because: "what decides is pure: it runs on the thread that asks",
    },
    Fence {
        under: &["crates/flow/src/", "crates/wire/src/"],
        except: &[],
        what: &[Text("std::fs"), Text("std::io"), Text("Mutex"), Text(".await"), Text("new_v4(")],
        because: "what decides is pure: effects are wishes, and what became of them comes back as events",
    },
    Fence {
        under: &["crates/outbox/src/"],
        except: &[],
        what: &[Text("std::net"), Text("SystemTime"), Text("Timestamp::now"), Text("Zoned::now"), Text("std::process")],
        because: "the outbox opens no connection and is told the time",
    },
    Fence {
        under: &["crates/central/src/"],
        except: &["crates/central/src/clock.rs"],
        what: &[Text("SystemTime::now"), Text("Timestamp::now"), Text("Zoned::now"), Text("Instant::now")],
        because: "every operation of central is handed its clock",
    },
];

/// Every file stays inside its fences.
pub fn kept(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending(".rs") {
        let mut fences = FENCES.iter().filter(|fence| file.is_in(fence.under) && !file.is_in(fence.except)).peekable();
        if fences.peek().is_none() {
            continue;
        }
        let code = without_words(&file.text);
        for fence in fences {
            for what in fence.what {
                let (name, places): (&str, Vec<usize>) = match what {
                    Path(name) => (name, path_starts(&code, name).collect()),
                    Text(text) => (text, places_of(&code, text)),
                };
                let found = places.into_iter().map(|at| Finding::new(&file.path, line_of(&code, at), format!("`{name}` has no place here: {}", fence.because)));
                findings.extend(found);
            }
        }
    }
    findings
}

/// Every fence is about files that exist, so that a moved folder does not leave a fence around nothing.
pub fn stand_around_something(tree: &Tree) -> Vec<Finding> {
    let places = FENCES.iter().flat_map(|fence| fence.under.iter().chain(fence.except));
    let lost = places.filter(|place| !tree.files.iter().any(|file| file.is_in(&[place])));
    lost.map(|place| Finding::new("crates/xtask/src/tidy/fences.rs", 0, format!("nothing lies at `{place}` any more: move the fence along"))).collect()
}

/// Where a piece of code stands; one that begins with a letter must stand as a word.
fn places_of(code: &str, text: &str) -> Vec<usize> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let starts_word = text.chars().next().is_some_and(is_word);
    if starts_word && text.chars().all(is_word) {
        return word_positions(code, text).collect();
    }
    let at_word = |at: &usize| !starts_word || !code[..*at].chars().next_back().is_some_and(is_word);
    code.match_indices(text).map(|(at, _)| at).filter(at_word).collect()
}
