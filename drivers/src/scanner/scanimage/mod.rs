//! A SANE scanner through the `scanimage` program.
//!
//! It does not link against SANE: a scanner's backend may crash or hang, and only a process can be killed.
//!
//! The rule a newcomer would break: the exit code of `scanimage` is the SANE status of the last page (3 busy, 6 jammed, 7 no
//! documents, 8 cover open, 9 input/output, 10 memory, 11 access; 1 cannot open), but 0 does not mean that there is a page.

mod devices;
mod options;
mod spool;

pub use devices::{DEVICES_MAX, LIST_SECS_DEFAULT, ListError, SaneDevice, list_devices, parse_devices, same_device};
pub use options::{DeviceOptions, args_for, parse_options};

use super::{AcquireError, AcquireLimits, DocumentSource, ScanJob, ScannedPage, status_after};
use crate::child::{Ended, Leash, run};
use crate::picture::DecodeError;
use crate::status::Status;
use devices::{lasting_name, list_with};
use spool::PrivateFolder;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Where pages go while they come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spool {
    /// One page over a pipe; nothing touches a disk. For flatbeds.
    Pipe,
    /// Several pages from a feeder, as files in a private folder below this one, removed right after. The folder has to be
    /// in memory (`/run/…`), so that no page reaches a disk.
    Folder(PathBuf),
}

/// Which scanner and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanImageSettings {
    /// The program; normally `scanimage`.
    pub program: PathBuf,
    /// SANE device name, as `scanimage -L` prints it; `None` takes the first.
    pub device: Option<String>,
    /// Options of the device, such as `--mode=Gray` or `--resolution=300`.
    pub args: Vec<String>,
    /// One page or a feeder.
    pub spool: Spool,
}

impl ScanImageSettings {
    /// A flatbed with its own defaults.
    pub fn flatbed(device: impl Into<String>) -> Self {
        ScanImageSettings { program: PathBuf::from("scanimage"), device: Some(device.into()), args: Vec::new(), spool: Spool::Pipe }
    }
}

/// The text of a device's options.
const HELP_BYTES_MAX: usize = 1_000_000;
/// Time for a scanner to tell its options; a network scanner has to be reached first.
const HELP_LIMIT: Duration = Duration::from_secs(20);

/// A scanner behind `scanimage`.
pub struct ScanImage {
    settings: ScanImageSettings,
    /// What is asked for in words of every scanner, and the arguments once the device has told its own.
    job: Option<(ScanJob, Option<Vec<String>>)>,
    environment: Vec<(String, String)>,
    last: Status,
    runs: u64,
}

/// Makes folder names different between sources in one process.
static SOURCES: AtomicU64 = AtomicU64::new(0);

impl ScanImage {
    /// Touches no device.
    pub fn new(settings: ScanImageSettings) -> Self {
        let runs = SOURCES.fetch_add(1, Ordering::Relaxed) << 32;
        ScanImage { settings, job: None, environment: Vec::new(), last: Status::unknown(), runs }
    }

    /// The same, with source, mode, resolution and paper in words of every scanner; the device is asked for its own words at
    /// the first scan. Arguments of the settings come after these and so overrule them. A feeder needs `Spool::Folder`, or it
    /// gives one page.
    #[must_use]
    pub fn with_job(mut self, job: ScanJob) -> Self {
        self.job = Some((job, None));
        self
    }

    /// The same, with one more environment variable for the program, such as `SANE_CONFIG_DIR`.
    #[must_use]
    pub fn with_environment(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The name that the device is opened by now; it follows a device that came back at another place of the bus.
    pub fn device(&self) -> Option<&str> {
        self.settings.device.as_deref()
    }

    /// Asks the scanner for nothing but its presence, and keeps the answer as the status.
    ///
    /// # Errors
    /// As for `acquire`.
    pub fn probe(&mut self, timeout: Duration) -> Result<(), AcquireError> {
        let mut command = self.command();
        command.arg("--dont-scan");
        let never = AtomicBool::new(false);
        let leash = Leash { deadline: Instant::now() + timeout, output_bytes_max: 1_000_000, cancel: &never, spool: None };
        let limits = AcquireLimits { deadline_secs: timeout.as_secs(), ..AcquireLimits::default() };
        let result = self.run(&mut command, &leash, &limits).map(|_| ());
        self.remember(result.as_ref().err());
        result
    }

    fn program(&self) -> Command {
        let mut command = Command::new(&self.settings.program);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn named(&self) -> Command {
        let mut command = self.program();
        if let Some(device) = &self.settings.device {
            command.arg(format!("--device-name={device}"));
        }
        command
    }

    fn command(&self) -> Command {
        let mut command = self.named();
        if let Some((_, Some(args))) = &self.job {
            command.args(args);
        }
        command.args(&self.settings.args);
        command
    }

    /// Asks the device for its words, once.
    fn learn_options(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<(), AcquireError> {
        let Some((job, None)) = self.job else {
            return Ok(());
        };
        let mut command = self.named();
        command.arg("--help");
        let limit = HELP_LIMIT.min(limits.deadline());
        let leash = Leash { deadline: Instant::now() + limit, output_bytes_max: HELP_BYTES_MAX, cancel, spool: None };
        let printed = self.run(&mut command, &leash, limits)?;
        let options = parse_options(&String::from_utf8_lossy(&printed));
        if options == DeviceOptions::default() {
            // The program prints its own options and ends well even when the device cannot be opened.
            return Err(AcquireError::Absent);
        }
        self.job = Some((job, Some(args_for(&job, &options)?)));
        Ok(())
    }

    /// Looks for the device at another place of the bus. True when there is a new name to try.
    fn follow(&mut self, limit: Duration) -> bool {
        let Some(old) = self.settings.device.as_deref().filter(|name| lasting_name(name).is_some()) else {
            return false;
        };
        let limit = limit.min(Duration::from_secs(LIST_SECS_DEFAULT));
        let seen = list_with(self.program(), &self.settings.program, limit).unwrap_or_default();
        let found = same_device(old, &seen).map(|device| device.name.clone()).filter(|name| name != old);
        if found.is_some() {
            log::info!("scanner_followed_on_bus");
            self.settings.device = found;
            return true;
        }
        false
    }

    fn scan(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        self.learn_options(limits, cancel)?;
        match self.settings.spool.clone() {
            Spool::Pipe => self.one_page(limits, cancel),
            Spool::Folder(below) => self.feeder(&below, limits, cancel),
        }
    }

    fn run(&self, command: &mut Command, leash: &Leash<'_>, limits: &AcquireLimits) -> Result<Vec<u8>, AcquireError> {
        let program = self.settings.program.clone();
        match run(command, leash).map_err(|source| AcquireError::Program { program, source })? {
            Ended::Exited { status, output } => match status.code() {
                Some(0) => Ok(output),
                Some(code) => Err(error_of(code)),
                None => Err(AcquireError::Crashed),
            },
            Ended::TooMuchOutput { bytes } => {
                let source = DecodeError::TooManyBytes { bytes, bytes_max: limits.page_bytes_max };
                Err(AcquireError::TooLarge { page: 1, source })
            }
            Ended::TimedOut => Err(AcquireError::TimedOut { deadline_secs: limits.deadline_secs }),
            Ended::Cancelled => Err(AcquireError::Cancelled),
            Ended::Hung => Err(AcquireError::Hung),
        }
    }

    fn one_page(&self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        let mut command = self.command();
        command.arg("--format=pnm");
        let leash = Leash { deadline: Instant::now() + limits.deadline(), output_bytes_max: limits.page_bytes_max, cancel, spool: None };
        let bytes = self.run(&mut command, &leash, limits)?;
        if bytes.is_empty() {
            return Err(AcquireError::Truncated { page: 1 });
        }
        Ok(vec![ScannedPage::checked(1, bytes, limits)?])
    }

    fn feeder(&self, below: &Path, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        let folder = PrivateFolder::below(below, self.runs)?;
        let mut command = self.command();
        command.arg("--format=pnm");
        command.arg(format!("--batch={}", folder.path.join("page%d.pnm").display()));
        command.arg(format!("--batch-count={}", limits.pages_max));
        let spool_bytes_max = (limits.page_bytes_max as u64).saturating_mul(limits.pages_max as u64);
        let leash = Leash { deadline: Instant::now() + limits.deadline(), output_bytes_max: 1_000_000, cancel, spool: Some((&folder.path, spool_bytes_max)) };
        let ended = self.run(&mut command, &leash, limits);
        let mut pages = Vec::new();
        for page in 1..=limits.pages_max {
            let path = folder.path.join(format!("page{page}.pnm"));
            let Ok(meta) = std::fs::metadata(&path) else {
                break;
            };
            if meta.len() > limits.page_bytes_max as u64 {
                let source = DecodeError::TooManyBytes { bytes: meta.len() as usize, bytes_max: limits.page_bytes_max };
                return Err(AcquireError::TooLarge { page, source });
            }
            let bytes = std::fs::read(&path).map_err(|source| AcquireError::Spool { path: path.clone(), source })?;
            pages.push((page, bytes));
        }
        match ended {
            // An emptied feeder is how a batch ends, whatever the backend calls it, once there is a page.
            Err(AcquireError::NoDocument) if !pages.is_empty() => {}
            Err(fault) => return Err(fault),
            Ok(_) if pages.is_empty() => return Err(AcquireError::NoDocument),
            Ok(_) => {}
        }
        pages.into_iter().map(|(page, bytes)| ScannedPage::checked(page, bytes, limits)).collect()
    }

    fn remember(&mut self, fault: Option<&AcquireError>) {
        self.last = status_after(fault);
    }
}

impl DocumentSource for ScanImage {
    fn acquire(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        self.runs += 1;
        let began = Instant::now();
        let left = || limits.deadline().saturating_sub(began.elapsed());
        let mut result = self.scan(limits, cancel);
        if matches!(result, Err(AcquireError::Absent)) && self.follow(left()) {
            result = self.scan(&AcquireLimits { deadline_secs: left().as_secs(), ..*limits }, cancel);
        }
        self.remember(result.as_ref().err());
        result
    }

    fn status(&self) -> Status {
        self.last.clone()
    }
}

/// The exit codes of `scanimage`, which are SANE_Status values (SANE standard 1.06, section 4.2.7).
fn error_of(code: i32) -> AcquireError {
    match code {
        1 => AcquireError::Absent,
        2 => AcquireError::Cancelled,
        3 => AcquireError::Busy,
        5 => AcquireError::Truncated { page: 1 },
        6 => AcquireError::Jammed,
        7 => AcquireError::NoDocument,
        8 => AcquireError::CoverOpen,
        9 => AcquireError::Device,
        10 => AcquireError::NoMemory,
        11 => AcquireError::Permission,
        code => AcquireError::Refused { code },
    }
}
