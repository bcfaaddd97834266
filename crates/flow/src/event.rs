//! Everything that can happen to the kiosk, in the past tense, and everything a resident can wish.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::Language;
pub use crate::sight::{DeviceNotice, HintKind, LiveLook, PageFinding, PageHint, Wanted};

/// When something happened: by the calendar, and by a clock that never steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub wall: Timestamp,
    /// Since the program started; every waiting time is measured with it.
    pub elapsed: Duration,
    /// A random id nobody used before, for a session that may begin at this moment.
    pub fresh_id: Uuid,
}

#[derive(Clone, Debug)]
pub enum Event {
    Intent(Intent),
    /// The deadline that [`crate::Kiosk::deadline`] named has come.
    DeadlineReached,
    DeviceChanged(Device, Health),
    /// The store can (not) take a new application.
    StoreChanged(StoreHealth),
    /// At start: a session was cut off and can still be resumed.
    /// `lasts` is how long it may still be resumed.
    DraftFound {
        session: Uuid,
        lasts: Duration,
    },
    DraftOpened(Result<Vec<u8>, StoreFault>),
    /// The draft, a page or the session key could not be made durable.
    StoreRefused(StoreFault),
    /// A picture was taken; `part` is the name it was asked under.
    PageTaken {
        part: String,
        findings: Vec<PageFinding>,
        /// Where on the picture, for the first finding.
        hint: Option<PageHint>,
        source: Source,
    },
    /// What the live picture shows changed.
    LiveLooked(LiveLook),
    /// A number that was typed and the one on the page differ; only said when that was read twice.
    NumberDiffers {
        part: String,
    },
    /// What a resident is to be told of a device, or nothing any more.
    DeviceNoticed(Device, Option<DeviceNotice>),
    PageNotTaken {
        part: String,
        fault: CaptureFault,
    },
    /// A page is sealed and on disk.
    PageStored {
        part: String,
    },
    /// A QR was read by camera or reader.
    CodeRead(String),
    /// Number, key, token and PIN are minted.
    Reserved(Box<Minted>),
    /// The submission is on disk.
    Enqueued {
        number: String,
    },
    EnqueueRefused(StoreFault),
    PrintEnded {
        job: Job,
        outcome: Printed,
    },
    FollowUpAnswered(Result<Box<FollowUpAnswer>, FollowUpFault>),
}

/// What a touch means. Names are wishes, never buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    Wake,
    ChooseLanguage(Language),
    NextTextSize,
    ToggleContrast,
    ToggleReach,
    CallStaff,
    StillHere,
    OpenSearch,
    OpenMenus,
    ChooseEvent(String),
    FollowUp,
    ResumeInterrupted,
    GoOn,
    GoBack,
    Leave,
    NotComplete,
    PrintList,
    Choose(String),
    Key(char),
    Erase,
    Clear,
    ConfirmAnyway,
    Skip,
    UseCamera,
    UseScanner,
    Retake,
    AddPage,
    RemovePage(String),
    Change(String),
    Reprint,
    PaperCameOut,
    PaperDidNotComeOut,
    TypeNumber,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    Printer,
    Camera,
    Scanner,
    /// The way to central.
    Link,
}

/// What the flow needs to know of a device; details are the technicians'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    Ready,
    NotReady,
    /// Not installed here: never mentioned to anybody.
    Absent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreHealth {
    Open,
    /// Room is running out, so nothing new is begun.
    NearlyFull,
    /// The store does not answer.
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFault {
    Full,
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Camera,
    Scanner,
}

impl Source {
    pub fn word(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Scanner => "scanner",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureFault {
    /// No paper in the feeder.
    Empty,
    /// Paper is stuck or the cover is open: somebody must look.
    NeedsStaff,
    /// The picture was no picture, or too large to be one.
    Unreadable,
    /// The device does not answer.
    Gone,
}

/// One print job: whose it is, and the how-manieth of that session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Job {
    pub session: Uuid,
    pub serial: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    Printed,
    NotPrinted,
    Unknown,
}

/// What only the outside can make: chance and serials.
#[derive(Clone, PartialEq, Eq)]
pub struct Minted {
    /// Idempotency key of the submission.
    pub key: Uuid,
    /// `GBG-261121-0001-4`, one for each service of the visit; none for a repair, which keeps its number.
    pub numbers: Vec<String>,
    pub token: String,
    pub pin: String,
    /// Argon2id verifier of the PIN.
    pub pin_verifier: String,
}

impl std::fmt::Debug for Minted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Minted").field("numbers", &self.numbers).field("pin", &"•••").finish_non_exhaustive()
    }
}

/// Central's answer to number (or token) and PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUpAnswer {
    pub number: String,
    pub service: String,
    pub state: String,
    pub promise_due_at: Timestamp,
    /// State and time, oldest first.
    pub history: Vec<(String, Timestamp)>,
    pub repair: Option<RepairOrder>,
    /// Each thing that comes of it, with its own state and promise.
    pub outputs: Vec<OutputNews>,
    /// Further applications of the same visit, under the same token and PIN.
    pub also: Vec<FollowUpAnswer>,
}

/// Where one output of an application is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputNews {
    pub id: String,
    pub state: String,
    pub due_at: Timestamp,
}

/// What is to be asked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairOrder {
    pub permit: String,
    pub items: Vec<RepairItem>,
    /// Steps that central holds answers of.
    pub held: BTreeSet<String>,
    /// Those of the old answers that the conditions of the items look at.
    pub facts: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RepairItem {
    pub item: String,
    pub reason: String,
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowUpFault {
    /// Number and PIN do not belong together; tries that are left before a pause.
    NoMatch { tries_left: Option<u32> },
    /// Too many tries: seconds to wait.
    Wait { secs: u64 },
    /// Central cannot be reached.
    Unreachable,
}
