//! A network scanner that speaks eSCL (AirScan, Mopria): over the network, or on loopback behind `ipp-usb`.
//!
//! It needs no driver of a maker and links against none. It does not look for scanners by itself: a kiosk has one at a fixed
//! address, and [`discover`] is for whoever sets it up. Start reading at [`Escl`], then `pages.rs`; what single devices do
//! differently stands in `quirks.rs`.
//!
//! The rule a newcomer would break: nothing that comes from the scanner is believed. Addresses keep only their path, XML has
//! limits, pages are bounded before they are read, before they are decoded and after.

mod capabilities;
mod client;
mod discover;
mod exchange;
mod pages;
mod plan;
mod quirks;
mod state;
mod watch;
mod xml;

pub use capabilities::{Capabilities, ColourMode, InputCaps, Resolutions, SettingProfile, UNITS_PER_INCH, parse_capabilities};
pub use client::{Certificates, EsclSetupError};
pub use discover::{DiscoverError, Found, discover, url_of};
pub use pages::{PAGE_TRIES_MAX, START_TRIES_MAX, Step, after_next_document, after_start};
pub use plan::{Plan, plan};
pub use quirks::{HostRule, PAUSE_MAX, Quirks, quirks_of};
pub use state::{AdfState, ScannerState, ScannerStatus, parse_status, status_of};
pub use watch::{POLL_WAIT, SILENT_AFTER, STATUS_POLL};
pub use xml::{XML_BYTES_MAX, XML_DEPTH_MAX, XML_ELEMENTS_MAX, XmlError};

use super::{AcquireError, AcquireLimits, DocumentSource, PageSource, ScanJob, ScannedPage, status_after};
use crate::status::Status;
use client::{Client, Leash};
use pages::{Job, acquire_error};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use watch::Watch;

/// Which scanner and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EsclSettings {
    /// Its address with the root of eSCL, such as `http://192.0.2.7/eSCL`.
    pub url: String,
    /// Only for `https`.
    pub certificates: Certificates,
    pub job: ScanJob,
    /// Serial number or UUID as the scanner tells it; another scanner at the same address is then refused.
    pub identity: Option<String>,
}

impl EsclSettings {
    /// A4 in colour from wherever the paper lies.
    pub fn at(url: impl Into<String>) -> Self {
        EsclSettings { url: url.into(), certificates: Certificates::Checked, job: ScanJob::default(), identity: None }
    }
}

/// An eSCL scanner.
pub struct Escl {
    client: Client,
    job: ScanJob,
    identity: Option<String>,
    device: Option<(Capabilities, Quirks)>,
    watch: Watch,
}

impl Escl {
    /// Touches no network.
    ///
    /// # Errors
    /// The address is none, or the HTTP client cannot be made.
    pub fn new(settings: EsclSettings) -> Result<Self, EsclSetupError> {
        let client = Client::new(&settings.url, settings.certificates)?;
        Ok(Escl { client, job: settings.job, identity: settings.identity, device: None, watch: Watch::default() })
    }

    /// What the scanner offers; asked once and remembered until it is gone.
    ///
    /// # Errors
    /// As for `acquire`; `Foreign` also for another scanner than the configured one.
    pub fn capabilities(&mut self, timeout: Duration) -> Result<Capabilities, AcquireError> {
        let never = AtomicBool::new(false);
        let limits = AcquireLimits { deadline_secs: timeout.as_secs(), ..AcquireLimits::default() };
        let leash = Leash { deadline: Instant::now() + timeout, cancel: &never };
        let result = self.device(&limits, &leash).map(|(capabilities, _)| capabilities);
        if let Err(fault) = &result {
            self.watch.learn(status_after(Some(fault)), Instant::now());
        }
        result
    }

    /// The last known state and its age; `None` before the first answer. An old answer is not an answer: see `status`.
    pub fn last_known(&self) -> Option<(Status, Duration)> {
        self.watch.known().map(|(status, at)| (status.clone(), at.elapsed()))
    }

    fn device(&mut self, limits: &AcquireLimits, leash: &Leash<'_>) -> Result<(Capabilities, Quirks), AcquireError> {
        if let Some(device) = &self.device {
            return Ok(device.clone());
        }
        let (head, body) = self.client.get("ScannerCapabilities", leash).map_err(|fault| acquire_error(fault, limits))?;
        match head.status {
            200 => {}
            401 | 403 => return Err(AcquireError::Permission),
            503 => return Err(AcquireError::Busy),
            other => return Err(AcquireError::Foreign { reason: format!("HTTP status {other} for its capabilities") }),
        }
        let foreign = |reason: String| AcquireError::Foreign { reason };
        let capabilities = parse_capabilities(&body).map_err(|fault| foreign(fault.to_string()))?;
        if self.identity.is_some() && self.identity != capabilities.identity {
            return Err(foreign("another scanner answers at this address".into()));
        }
        let quirks = quirks_of(&capabilities.make_and_model, head.server.as_deref().unwrap_or_default());
        self.client.host = quirks.host;
        log::info!("escl_scanner_known quirks={quirks:?}");
        Ok(self.device.insert((capabilities, quirks)).clone())
    }

    /// Is there paper in the feeder? `None` when the scanner does not say.
    ///
    /// # Errors
    /// A jam, an open cover or an empty feeder, where only the feeder will do.
    fn feeder_loaded(&self, limits: &AcquireLimits, leash: &Leash<'_>) -> Result<Option<bool>, AcquireError> {
        let (head, body) = self.client.get("ScannerStatus", leash).map_err(|fault| acquire_error(fault, limits))?;
        let Some(answer) = (head.status == 200).then(|| parse_status(&body).ok()).flatten() else {
            return Ok(None);
        };
        match (state::reason_of(&answer, self.feeder_only()), answer.adf) {
            (Some(reason @ (AcquireError::Jammed | AcquireError::NoDocument | AcquireError::CoverOpen | AcquireError::DoubleFeed)), _) => Err(reason),
            (_, Some(AdfState::Loaded)) => Ok(Some(true)),
            (_, Some(AdfState::Empty)) => Ok(Some(false)),
            _ => Ok(None),
        }
    }

    /// Pages come from the feeder or from nowhere.
    fn feeder_only(&self) -> bool {
        match self.job.source {
            PageSource::Feeder | PageSource::FeederDuplex => true,
            PageSource::Glass => false,
            PageSource::Automatic => self.device.as_ref().is_some_and(|(device, _)| device.platen.is_none()),
        }
    }

    fn scan(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        let leash = Leash { deadline: Instant::now() + limits.deadline(), cancel };
        leash.check().map_err(|fault| acquire_error(fault, limits))?;
        let (device, quirks) = self.device(limits, &leash)?;
        let has_feeder = device.adf_simplex.is_some() || device.adf_duplex.is_some();
        let asks = has_feeder && self.job.source != PageSource::Glass && (quirks.ask_adf_first || self.job.source == PageSource::Automatic);
        let loaded = if asks { self.feeder_loaded(limits, &leash)? } else { None };
        let plan = plan(&self.job, &device, &quirks, loaded)?;
        Job { client: &self.client, plan: &plan, quirks, limits, leash: &leash }.run()
    }
}

impl DocumentSource for Escl {
    fn acquire(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        let result = self.scan(limits, cancel);
        if matches!(result, Err(AcquireError::Absent | AcquireError::Foreign { .. })) {
            // Whatever answers there next may be another device.
            self.device = None;
        }
        if !matches!(result, Err(AcquireError::Cancelled)) {
            self.watch.learn(status_after(result.as_ref().err()), Instant::now());
        }
        result
    }

    fn status(&self) -> Status {
        self.watch.status(Instant::now())
    }

    /// Asks the scanner, and waits at most [`POLL_WAIT`] for the answer.
    fn refresh(&mut self) -> Status {
        let feeder_only = self.feeder_only();
        self.watch.poll(&self.client, feeder_only);
        self.status()
    }
}
