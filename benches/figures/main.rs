//! `make bench`: every figure the product promises, measured on this machine and set beside its bar.
//!
//! It drives the real crates, the real pages and the field program; nothing in here is a model of them. Beside each figure
//! stands a peer or a raw limit from the same run, so that a slow disk is not taken for slow code.
//! The rule a newcomer would break: a missed bar is printed as MISSED and is no failure of the run; only a figure that could
//! not be measured is. Arguments choose sections by name, for whoever works on one of them.

mod accept;
mod devices;
mod like_page;
mod load;
mod machine;
mod page;
mod paint;
mod program;
mod question;
mod screen;
mod search;
mod sight;
mod slip;
mod store;
mod table;
mod wait;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kiosk::demo::office::Failure;

use crate::table::{Row, Table};

/// Where the bench works: one folder on the disk whose syncs are counted, emptied at the start.
pub struct Ground {
    root: PathBuf,
    data: PathBuf,
}

impl Ground {
    /// Makes the folder anew below the workspace, since `/tmp` may be memory that never syncs.
    fn clear() -> Result<Self, Failure> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let data = root.join("out/bench");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        std::fs::create_dir_all(&data)?;
        Ok(Self { root, data })
    }

    /// Gives the disk back: a run leaves half a gigabyte. After a fault everything stays to be looked at.
    fn leave(self) -> Result<(), Failure> {
        Ok(std::fs::remove_dir_all(&self.data)?)
    }

    /// A file or folder of the workspace.
    pub fn shipped(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A fresh folder of this name.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.data.join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The folder all others lie in.
    pub fn data(&self) -> &Path {
        &self.data
    }
}

/// Below the workspace.
const REPORT: &str = "out/bench.md";

type Section = (&'static str, fn(&Ground) -> Result<Vec<Row>, Failure>);

/// In the order of the table. The screen comes before the sections that load the machine.
const SECTIONS: [Section; 10] = [
    ("load", load::measure),
    ("question", question::measure),
    ("search", search::measure),
    ("paint", paint::measure),
    ("store", store::measure),
    ("slip", slip::measure),
    ("devices", devices::measure),
    ("sight", sight::measure),
    ("accept", accept::measure),
    ("program", program::measure),
];

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    let done = match std::env::var(store::PROBE) {
        Ok(order) => store::obey(&order).map(|()| true),
        Err(_) => measure(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("bench: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// True when every section could be measured.
fn measure() -> Result<bool, Failure> {
    // Cargo hands `--bench` to every bench.
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let Some(stranger) = chosen.iter().find(|name| !SECTIONS.iter().any(|(section, _)| section == name)) {
        return Err(format!("there is no section {stranger:?}; there are {:?}", SECTIONS.map(|(name, _)| name)).into());
    }
    let ground = Ground::clear()?;
    let mut table = Table::new(machine::describe(ground.data())?);
    let mut all_measured = true;
    for (name, section) in SECTIONS {
        if !chosen.is_empty() && !chosen.iter().any(|one| one == name) {
            continue;
        }
        eprintln!("bench: {name} ...");
        match section(&ground) {
            Ok(rows) => table.extend(rows),
            Err(reason) => {
                all_measured = false;
                table.extend([Row::not_measured(name, &reason.to_string())]);
            }
        }
    }
    table.note(&format!("load average at the end: {}", machine::load()?));
    println!("{}", table.for_terminal());
    if chosen.is_empty() {
        // A report of some sections would pass for the whole one.
        std::fs::write(ground.shipped(REPORT), table.for_markdown())?;
        println!("Also in {REPORT}");
    }
    if all_measured {
        ground.leave()?;
    }
    Ok(all_measured)
}
