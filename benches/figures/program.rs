//! The field program as it is installed: from its start to its first page, and what it holds in memory while it waits.
//!
//! The peer is Chromium in kiosk mode with the same words and drawings, the way most public terminals are made.
//! The rule a newcomer would break: the binary must be the one without feature `demo`, and it is told nothing special;
//! it gets a settings file, an X screen of its page's size and the software renderer, as in an office.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kiosk::demo::office::{Failure, Office};

use crate::Ground;
use crate::like_page::Kiosk as LikePage;
use crate::screen::Glass;
use crate::table::{Row, Spans, Verdict, show};
use crate::wait;

/// Path of the field program; `make bench` builds it and says where it is.
const BINARY: &str = "KLAMPID_FIELD_BINARY";
/// A text that only a build with element names contains, which is the build of demo and tests.
const DEMO_MARK: &[u8] = b"AppWindow::shield";
const STARTS: usize = 7;
const START_WAIT: Duration = Duration::from_secs(30);
const START_BAR: Duration = Duration::from_secs(1);
/// Chromium may hold four times as much.
const MEMORY_BAR_PARTS: u64 = 4;
const SETTLE_LOOK: Duration = Duration::from_secs(1);
const SETTLE_LOOKS_MIN: u32 = 6;
const SETTLE_LOOKS_MAX: u32 = 40;

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let binary = field_binary()?;
    let folder = ground.folder("program")?;
    let office = Office::open(&folder.join("office"), &ground.shipped("config/catalogue"))?;
    let settings = write_settings(&office, &folder)?;
    let glass = Glass::start(&ground.folder("program/glass")?)?;

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let program = start_field(&binary, &settings, &glass)?;
        starts.push(glass.first_page_since(begun, START_WAIT)?);
        drop(program);
        glass.cleared(START_WAIT)?;
    }
    let program = start_field(&binary, &settings, &glass)?;
    glass.first_page_since(Instant::now(), START_WAIT)?;
    let ours = settled(&program)?;
    drop(program);

    let page = LikePage::serve(ground)?;
    let begun = Instant::now();
    let chromium = start_chromium(&page.address(), &ground.folder("program/chromium")?)?;
    let peer_start = page.shown_since(begun, START_WAIT)?;
    let theirs = settled(&chromium)?;
    drop(chromium);

    let starts = Spans::of(starts)?;
    let size_mib = std::fs::metadata(&binary)?.len() as f64 / f64::from(1 << 20);
    Ok(vec![
        Row {
            what: "field program, start to first page".into(),
            measured: format!(
                "p50 {} / worst {} ({} starts, files in the page cache, the first with a fresh store)",
                show(starts.at(50)),
                show(starts.worst()),
                starts.count()
            ),
            bar: format!("≤ {}", show(START_BAR)),
            verdict: Verdict::of(starts.worst() <= START_BAR),
            beside: format!("headless Chromium until a like page is drawn: {}; the program is one file of {size_mib:.1} MiB", show(peer_start)),
        },
        Row {
            what: "field program, memory while it waits (PSS of the whole process tree)".into(),
            measured: format!("{} MiB in {} process(es)", ours.pss_kib / 1024, ours.processes),
            bar: format!("≤ 1/{MEMORY_BAR_PARTS} of Chromium"),
            verdict: Verdict::of(ours.pss_kib * MEMORY_BAR_PARTS <= theirs.pss_kib),
            beside: format!(
                "headless Chromium in kiosk mode with a like page: {} MiB in {} processes; ours is 1/{:.1} of it; the X server is not counted",
                theirs.pss_kib / 1024,
                theirs.processes,
                theirs.pss_kib as f64 / ours.pss_kib as f64
            ),
        },
    ])
}

fn field_binary() -> Result<PathBuf, Failure> {
    let path = std::env::var_os(BINARY).map(PathBuf::from).ok_or_else(|| format!("{BINARY} does not say where the field program is"))?;
    let program = std::fs::read(&path).map_err(|reason| format!("{}: {reason}", path.display()))?;
    if program.windows(DEMO_MARK.len()).any(|window| window == DEMO_MARK) {
        return Err(format!("{} was built with feature demo; build it with `cargo build --release -p kiosk --bin klampid-kiosk`", path.display()).into());
    }
    Ok(path)
}

/// `kiosk.toml` for this office: no devices, which is a kiosk that has just been put up.
fn write_settings(office: &Office, folder: &Path) -> Result<PathBuf, Failure> {
    let settings = &office.settings;
    let file = serde_json::json!({
        "office": {
            "kelurahan_code": settings.office.kelurahan_code,
            "name": settings.office.name,
            "kiosk": settings.office.kiosk,
            "number_block": settings.office.number_block,
        },
        "catalogue": { "dir": settings.catalogue.dir },
        "store": { "dir": settings.store.dir, "mib_max": settings.store.mib_max },
        "central": {
            "url": settings.central.url,
            "ca_file": office.ca_file(),
            "secret_file": settings.central.secret_file,
            "seal_to": settings.central.seal_to,
            "receipt_key": settings.central.receipt_key,
        },
    });
    let path = folder.join("kiosk.toml");
    std::fs::write(&path, toml::to_string(&file)?)?;
    Ok(path)
}

fn start_field(binary: &Path, settings: &Path, glass: &Glass) -> Result<Program, Failure> {
    let mut command = Command::new(binary);
    // Full screen is granted by a window manager and a bare X server has none; the page's own size is the screen's.
    command.arg("--windowed").arg("--config").arg(settings).env("DISPLAY", &glass.display).env("SLINT_BACKEND", "winit-software").env_remove("WAYLAND_DISPLAY");
    Program::start(command)
}

fn start_chromium(address: &str, profile: &Path) -> Result<Program, Failure> {
    let mut command = Command::new("chromium");
    command.args(["--headless=new", "--kiosk", "--window-size=1080,1920", "--no-first-run", "--no-default-browser-check"]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    if is_root()? {
        // Chromium refuses to sandbox itself for root, as in a container.
        command.arg("--no-sandbox");
    }
    command.arg(address);
    Program::start(command).map_err(|reason| format!("chromium cannot be started ({reason}): install the package chromium").into())
}

fn is_root() -> Result<bool, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    Ok(status.lines().any(|line| line.strip_prefix("Uid:").is_some_and(|ids| ids.split_whitespace().nth(1) == Some("0"))))
}

/// A program that ends with its owner.
struct Program(Child);

impl Program {
    fn start(mut command: Command) -> Result<Self, Failure> {
        Ok(Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _it_has_ended_already = self.0.kill();
        let _it_has_ended_already = self.0.wait();
    }
}

/// Memory of a process and everything it started.
#[derive(Clone, Copy)]
struct Memory {
    pss_kib: u64,
    processes: usize,
}

/// Waits until the memory of the whole tree has come to rest: two looks that differ by less than a hundredth.
fn settled(program: &Program) -> Result<Memory, Failure> {
    let mut last = memory_of(program.0.id())?;
    for look in 1..=SETTLE_LOOKS_MAX {
        wait::pause(SETTLE_LOOK);
        let now = memory_of(program.0.id())?;
        let is_at_rest = now.pss_kib.abs_diff(last.pss_kib) * 100 < last.pss_kib && now.processes == last.processes;
        if look >= SETTLE_LOOKS_MIN && is_at_rest {
            return Ok(now);
        }
        last = now;
    }
    Err(format!("the memory did not come to rest within {SETTLE_LOOKS_MAX} looks").into())
}

/// PSS counts a page shared by n processes as 1/n in each (proc_pid_smaps_rollup in proc(5)), so a tree may be added up.
fn memory_of(root: u32) -> Result<Memory, Failure> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let path = entry?.path();
        let pid = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
        // A process may end between the listing and the reading.
        if let (Some(pid), Ok(stat)) = (pid, std::fs::read_to_string(path.join("stat"))) {
            let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)).and_then(|parent| parent.parse::<u32>().ok());
            parents.extend(parent.map(|parent| (pid, parent)));
        }
    }
    let mut tree = vec![root];
    let mut next = 0;
    while next < tree.len() {
        let grown = tree[next];
        tree.extend(parents.iter().filter(|(_, parent)| *parent == grown).map(|(pid, _)| *pid));
        next += 1;
    }
    let pss = |pid: &u32| {
        let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?.split_whitespace().next()?.parse::<u64>().ok()
    };
    let sizes: Vec<u64> = tree.iter().filter_map(pss).collect();
    if sizes.is_empty() {
        return Err("the program has ended, or its memory may not be read".into());
    }
    Ok(Memory { pss_kib: sizes.iter().sum(), processes: sizes.len() })
}
