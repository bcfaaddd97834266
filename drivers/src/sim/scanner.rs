//! A scanner that takes whatever is laid into it.
//!
//! Its pages pass through the same checks as a real scanner's. The rule a newcomer would break: faults are made of bytes, not
//! of error values, wherever a real scanner would send bytes: a lying header and a huge file have to be *found* to be such.

use crate::picture::RgbPage;
use crate::scanner::{AcquireError, AcquireLimits, DocumentSource, ScannedPage};
use crate::status::{Condition, DeviceState, Status};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Looks at the cancel flag this often while a slow page comes.
const LOOK_STEP: Duration = Duration::from_millis(20);

#[derive(Default)]
struct Glass {
    pages: VecDeque<Vec<u8>>,
    jammed: bool,
    cover_open: bool,
    unplugged: bool,
    page_takes: Duration,
}

/// The handle. Cloning gives another handle to the same scanner.
#[derive(Clone, Default)]
pub struct SimScanner {
    glass: Arc<(Mutex<Glass>, Condvar)>,
}

impl SimScanner {
    /// An empty scanner.
    pub fn new() -> Self {
        SimScanner::default()
    }

    /// The device that a driver thread owns.
    pub fn source(&self) -> Box<dyn DocumentSource> {
        Box::new(Source(self.clone()))
    }

    /// Lays one more page into the feeder.
    pub fn lay(&self, page: &RgbPage) {
        let mut png = std::io::Cursor::new(Vec::new());
        page.to_image().write_to(&mut png, image::ImageFormat::Png).expect("writing a PNG into memory has nothing that could fail");
        self.lay_bytes(png.into_inner());
    }

    /// Lays a page that consists of these bytes, whatever they are.
    pub fn lay_bytes(&self, bytes: Vec<u8>) {
        self.change(|glass| glass.pages.push_back(bytes));
    }

    /// Lays a page whose header announces a picture that is not there: 39 by 39 pixels and no pixel behind it, as `scanimage`
    /// leaves it behind when the data end early.
    pub fn lay_lying_header(&self) {
        self.lay_bytes(b"P5\n# SANE data follows\n39 39\n255\n".to_vec());
    }

    /// Lays a page of 100 MB.
    pub fn lay_100_mb(&self) {
        let mut bytes = b"P5\n10000 10000\n255\n".to_vec();
        bytes.resize(100_000_000, 0xFF);
        self.lay_bytes(bytes);
    }

    /// Takes all pages out.
    pub fn empty(&self) {
        self.change(|glass| glass.pages.clear());
    }

    /// Paper stuck, or cleared.
    pub fn jam(&self, jammed: bool) {
        self.change(|glass| glass.jammed = jammed);
    }

    /// Opens or closes the cover.
    pub fn open_cover(&self, open: bool) {
        self.change(|glass| glass.cover_open = open);
    }

    /// Pulls the plug or puts it back.
    pub fn unplug(&self, unplugged: bool) {
        self.change(|glass| glass.unplugged = unplugged);
    }

    /// How long a page takes.
    pub fn page_takes(&self, time: Duration) {
        self.change(|glass| glass.page_takes = time);
    }

    /// Pages not scanned yet.
    pub fn waiting(&self) -> usize {
        self.lock().pages.len()
    }

    fn change(&self, what: impl FnOnce(&mut Glass)) {
        what(&mut self.lock());
        self.glass.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Glass> {
        self.glass.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Source(SimScanner);

impl Source {
    /// Waits for one page's time, as a real scanner would.
    fn feed(&self, began: Instant, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<(), AcquireError> {
        let page_began = Instant::now();
        let mut glass = self.0.lock();
        while page_began.elapsed() < glass.page_takes {
            if cancel.load(Ordering::Acquire) {
                return Err(AcquireError::Cancelled);
            }
            if began.elapsed() >= limits.deadline() {
                return Err(AcquireError::TimedOut { deadline_secs: limits.deadline_secs });
            }
            glass = self.0.glass.1.wait_timeout(glass, LOOK_STEP).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }
}

impl DocumentSource for Source {
    fn acquire(&mut self, limits: &AcquireLimits, cancel: &AtomicBool) -> Result<Vec<ScannedPage>, AcquireError> {
        let began = Instant::now();
        let mut pages = Vec::new();
        while pages.len() < limits.pages_max {
            if cancel.load(Ordering::Acquire) {
                return Err(AcquireError::Cancelled);
            }
            {
                let glass = self.0.lock();
                if glass.unplugged {
                    return Err(AcquireError::Absent);
                }
                if glass.cover_open {
                    return Err(AcquireError::CoverOpen);
                }
                if glass.jammed {
                    return Err(AcquireError::Jammed);
                }
                if glass.pages.is_empty() {
                    break;
                }
            }
            self.feed(began, limits, cancel)?;
            let Some(bytes) = self.0.lock().pages.pop_front() else {
                break;
            };
            pages.push(ScannedPage::checked(pages.len() + 1, bytes, limits)?);
        }
        if pages.is_empty() { Err(AcquireError::NoDocument) } else { Ok(pages) }
    }

    fn status(&self) -> Status {
        let glass = self.0.lock();
        match &*glass {
            Glass { unplugged: true, .. } => Status::of(DeviceState::NoDevice).with(Condition::SCANNER_ABSENT),
            Glass { cover_open: true, .. } => Status::of(DeviceState::UserError).with(Condition::LID_OPEN),
            Glass { jammed: true, .. } => Status::of(DeviceState::UserError).with(Condition::PATH_JAMMED),
            Glass { pages, .. } if pages.is_empty() => Status::of(DeviceState::Online).with(Condition::FEEDER_EMPTY),
            Glass { .. } => Status::of(DeviceState::Online),
        }
    }
}
