//! A SANE scanner through the `scanimage` program.
//!
//! It does not link against SANE: a scanner's backend may crash or hang, and only a process can be killed.
//!
//! The rule a newcomer would break: the exit code of `scanimage` is the SANE status of the last page (3 busy, 6 jammed, 7 no
//! documents, 8 cover open, 9 input/output, 10 memory, 11 access; 1 cannot open), but 0 does not mean that there is a page.

use super::{AcquireError, AcquireLimits, DocumentSource, ScannedPage};
use crate::child::{Ended, Leash, run};
use crate::picture::DecodeError;
use crate::status::{Condition, DeviceState, Status};
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

/// A scanner behind `scanimage`.
pub struct ScanImage {
    settings: ScanImageSettings,
    last: Status,
    runs: u64,
}

/// Makes folder names different between sources in one process.
static SOURCES: AtomicU64 = AtomicU64::new(0);

impl ScanImage {
    /// Touches no device.
    pub fn new(settings: ScanImageSettings) -> Self {
        ScanImage { settings, last: Status::unknown(), runs: SOURCES.fetch_add(1, Ordering::Relaxed) << 32 }
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

    fn command(&self) -> Command {
        let mut command = Command::new(&self.settings.program);
        if let Some(device) = &self.settings.device {
            command.arg(format!("--device-name={device}"));
        }
        command.args(&self.settings.args);
        command
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
        let result = match self.settings.spool.clone() {
            Spool::Pipe => self.one_page(limits, cancel),
            Spool::Folder(below) => self.feeder(&below, limits, cancel),
        };
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

/// What the last result says about the device. A picture that was too large or a cancel says nothing bad about it.
pub(crate) fn status_after(fault: Option<&AcquireError>) -> Status {
    let broken = |condition| Status::of(DeviceState::HardwareError).with(condition);
    let user = |condition| Status::of(DeviceState::UserError).with(condition);
    match fault {
        None | Some(AcquireError::Cancelled | AcquireError::TooLarge { .. }) => Status::of(DeviceState::Online),
        Some(AcquireError::NoDocument) => Status::of(DeviceState::Online).with(Condition::FEEDER_EMPTY),
        Some(AcquireError::Truncated { .. } | AcquireError::NotAPicture { .. }) => Status::of(DeviceState::Online).with(Condition::DATA_CORRUPT),
        Some(AcquireError::Jammed) => user(Condition::PATH_JAMMED),
        Some(AcquireError::CoverOpen) => user(Condition::LID_OPEN),
        Some(AcquireError::Busy) => Status::of(DeviceState::DeviceBusy).with(Condition::SCANNER_HELD_BY_OTHER),
        Some(AcquireError::Absent) => Status::of(DeviceState::NoDevice).with(Condition::SCANNER_ABSENT),
        Some(AcquireError::Permission) => Status::unknown().with(Condition::ACCESS_PERMISSION),
        Some(AcquireError::NoMemory) => broken(Condition::OUTPUT_NO_MEMORY),
        Some(AcquireError::Device | AcquireError::Crashed) => broken(Condition::SCANNER_INOPERATIVE),
        Some(AcquireError::Refused { .. } | AcquireError::Program { .. } | AcquireError::Spool { .. }) => {
            Status::unknown().with(Condition::SCANNER_MISCONFIGURED)
        }
        Some(AcquireError::TimedOut { .. }) => Status::unknown().with(Condition::SCANNER_INOPERATIVE),
        Some(AcquireError::Hung) => broken(Condition::SCANNER_ABANDONED),
    }
}

/// A folder that only we may read and that is gone afterwards.
struct PrivateFolder {
    path: PathBuf,
}

impl PrivateFolder {
    fn below(parent: &Path, run: u64) -> Result<Self, AcquireError> {
        use std::os::unix::fs::DirBuilderExt;
        let path = parent.join(format!("scan-{}-{run:x}", std::process::id()));
        match std::fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => Ok(PrivateFolder { path }),
            Err(source) => Err(AcquireError::Spool { path, source }),
        }
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        if std::fs::remove_dir_all(&self.path).is_err() {
            log::warn!("scan_spool_not_removed");
        }
    }
}
