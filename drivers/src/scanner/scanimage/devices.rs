//! The scanners that SANE sees, by `scanimage -f`, and what makes one of them the same as yesterday.
//!
//! It opens no scanner. The rule a newcomer would break: `libusb:001:004` in a device's name is a bus and a number that
//! changes with every plug, so such a name is a way to a device and not its identity.

use crate::child::{Ended, Leash, run};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Devices of one list.
pub const DEVICES_MAX: usize = 64;
/// Network backends look around for some seconds.
pub const LIST_SECS_DEFAULT: u64 = 20;
const LIST_BYTES_MAX: usize = 65_536;
const FIELD_LETTERS_MAX: usize = 256;
/// One line a device; `scanimage(1)` defines the fields, and a device's name holds no tab.
const LIST_FORMAT: &str = "%d\t%v\t%m\t%t%n";

/// A scanner that SANE sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaneDevice {
    /// The name to open it by.
    pub name: String,
    pub vendor: String,
    pub model: String,
    /// As SANE words it: `flatbed scanner`, `virtual device`.
    pub kind: String,
}

/// Why there is no list.
#[derive(Debug, Error)]
pub enum ListError {
    #[error("the scanner program {program} cannot be started")]
    Program { program: PathBuf, source: std::io::Error },
    #[error("the scanner program gave no list within {limit_secs} s")]
    TimedOut { limit_secs: u64 },
    #[error("the scanner program ended without a list")]
    Failed,
}

/// Asks SANE. An empty list is an answer.
///
/// # Errors
/// The program is missing, fails, or takes longer than `limit`; a backend that hangs is killed with it.
pub fn list_devices(program: &Path, limit: Duration) -> Result<Vec<SaneDevice>, ListError> {
    list_with(Command::new(program), program, limit)
}

pub(super) fn list_with(mut command: Command, program: &Path, limit: Duration) -> Result<Vec<SaneDevice>, ListError> {
    command.arg(format!("--formatted-device-list={LIST_FORMAT}"));
    let never = AtomicBool::new(false);
    let leash = Leash { deadline: Instant::now() + limit, output_bytes_max: LIST_BYTES_MAX, cancel: &never, spool: None };
    match run(&mut command, &leash).map_err(|source| ListError::Program { program: program.to_path_buf(), source })? {
        Ended::Exited { status, output } if status.success() => Ok(parse_devices(&output)),
        Ended::TimedOut | Ended::Hung => Err(ListError::TimedOut { limit_secs: limit.as_secs() }),
        Ended::Exited { .. } | Ended::TooMuchOutput { .. } | Ended::Cancelled => Err(ListError::Failed),
    }
}

/// Reads what `scanimage -f '%d\t%v\t%m\t%t%n'` printed; lines that are not of this form are skipped.
pub fn parse_devices(printed: &[u8]) -> Vec<SaneDevice> {
    let text = String::from_utf8_lossy(printed);
    let device = |line: &str| {
        let mut fields = line.split('\t').map(|field| field.chars().filter(|c| !c.is_control()).take(FIELD_LETTERS_MAX).collect::<String>());
        let (name, vendor, model, kind) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        (!name.is_empty() && fields.next().is_none()).then_some(SaneDevice { name, vendor, model, kind })
    };
    text.lines().filter_map(device).take(DEVICES_MAX).collect()
}

/// The configured device in the list: by its whole name, else the only one of the same name but for bus and number.
pub fn same_device<'a>(configured: &str, seen: &'a [SaneDevice]) -> Option<&'a SaneDevice> {
    if let Some(exact) = seen.iter().find(|device| device.name == configured) {
        return Some(exact);
    }
    let wanted = lasting_name(configured)?;
    let mut alike = seen.iter().filter(|device| lasting_name(&device.name).as_ref() == Some(&wanted));
    // Two of a kind cannot be told apart, so neither is taken.
    alike.next().filter(|_| alike.next().is_none())
}

/// A name without bus and number; `None` for a name that has none, because that name lasts by itself.
pub(super) fn lasting_name(name: &str) -> Option<String> {
    let (before, numbers) = name.split_once("libusb:")?;
    let mut parts = numbers.splitn(3, ':');
    let is_number = |part: &str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
    let (bus, number) = (parts.next()?, parts.next()?);
    (is_number(bus) && is_number(number)).then(|| format!("{before}libusb:*:{}", parts.next().unwrap_or_default()))
}
