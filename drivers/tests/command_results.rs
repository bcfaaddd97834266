//! Every fault of every driver has one word towards the outside, and only what certainly succeeded is called a success.

use drivers::camera::FrameError;
use drivers::imager::CodeError;
use drivers::link::LinkError;
use drivers::ocr::OcrError;
use drivers::picture::DecodeError;
use drivers::printer::{Delivery, EncodeError, NotPrinted, PrintOutcome, Unconfirmed};
use drivers::reader::Implausible;
use drivers::scanner::AcquireError;
use drivers::sheet::{self, AskError, Doubt, SheetOutcome};
use drivers::status::CommandResult::{self, *};
use drivers::status::{Action, Condition, DeviceState, Severity, Status, TABLE};
use std::io::{Error, ErrorKind};
use std::path::PathBuf;
use std::time::Duration;

fn check<F: std::fmt::Debug>(of: impl Fn(&F) -> CommandResult, table: Vec<(F, CommandResult)>) {
    for (fault, expected) in table {
        assert_eq!(of(&fault), expected, "{fault:?}");
    }
}

fn place() -> String {
    "/dev/ttyUSB0".into()
}

fn path() -> PathBuf {
    "/dev/input/event7".into()
}

fn io(kind: ErrorKind) -> Error {
    Error::from(kind)
}

#[test]
fn links() {
    check(
        LinkError::result,
        vec![
            (LinkError::NoDevice { place: place() }, DeviceNotReady),
            (LinkError::HeldByOther { place: place() }, DeviceNotReady),
            (LinkError::Permission { place: place() }, AuthorisationRequired),
            (LinkError::Unplugged, DeviceNotReady),
            (LinkError::TimedOut, TimedOut),
            (LinkError::Setup { place: place(), reason: "no tty".into() }, InvalidData),
            (LinkError::Faulty { place: place(), reason: "EPROTO".into() }, HardwareError),
        ],
    );
}

#[test]
fn slips() {
    let no = PrintOutcome::NotPrinted;
    let maybe = PrintOutcome::Unknown;
    check(
        PrintOutcome::result,
        vec![
            (PrintOutcome::Printed(Delivery::Unseen), Success),
            (PrintOutcome::Printed(Delivery::Presented), Success),
            (PrintOutcome::Printed(Delivery::Taken), Success),
            (no(NotPrinted::Encode(EncodeError::QrTooWide { modules: 177, dots: 384 })), UnsupportedData),
            (no(NotPrinted::Port(LinkError::Permission { place: place() })), AuthorisationRequired),
            (no(NotPrinted::Port(LinkError::Unplugged)), DeviceNotReady),
            (no(NotPrinted::Silent), TimedOut),
            (no(NotPrinted::Offline), DeviceNotReady),
            (no(NotPrinted::Fault(Condition::ROLL_OUT)), UserError),
            (no(NotPrinted::Fault(Condition::CUTTER_FAULT)), HardwareError),
            (no(NotPrinted::Busy), DeviceNotReady),
            (no(NotPrinted::Void), Canceled),
            (maybe(Unconfirmed::Link { sent_bytes: 7, source: LinkError::Unplugged }), HardwareError),
            (maybe(Unconfirmed::Link { sent_bytes: 7, source: LinkError::TimedOut }), TimedOut),
            (maybe(Unconfirmed::Fault(Condition::COVER_OPEN)), UserError),
            (maybe(Unconfirmed::Offline), HardwareError),
            (maybe(Unconfirmed::NoAnswer { waited_ms: 9000 }), TimedOut),
            (maybe(Unconfirmed::NotConfirmable), UnsupportedCommand),
            (maybe(Unconfirmed::Voided { sent_bytes: 7 }), Canceled),
        ],
    );
}

#[test]
fn scans() {
    let spool = |kind| AcquireError::Spool { path: path(), source: io(kind) };
    check(
        AcquireError::result,
        vec![
            (AcquireError::NoDocument, UserError),
            (AcquireError::Jammed, UserError),
            (AcquireError::DoubleFeed, UserError),
            (AcquireError::CoverOpen, UserError),
            (AcquireError::Busy, DeviceNotReady),
            (AcquireError::Absent, DeviceNotReady),
            (AcquireError::Silent, TimedOut),
            (AcquireError::Foreign { reason: "another".into() }, InvalidData),
            (AcquireError::Unsupported { what: "two sides".into() }, UnsupportedCommand),
            (AcquireError::Permission, AuthorisationRequired),
            (AcquireError::NoMemory, NotEnoughSpace),
            (AcquireError::Device, HardwareError),
            (AcquireError::Refused { code: 4 }, InvalidData),
            (AcquireError::Program { program: "scanimage".into(), source: io(ErrorKind::NotFound) }, InternalError),
            (AcquireError::Crashed, InternalError),
            (AcquireError::Cancelled, Canceled),
            (AcquireError::TimedOut { deadline_secs: 90 }, TimedOut),
            (AcquireError::Hung, InternalError),
            (AcquireError::Truncated { page: 1 }, HardwareError),
            (AcquireError::TooLarge { page: 1, source: DecodeError::TooManyBytes { bytes: 2, bytes_max: 1 } }, UnsupportedData),
            (AcquireError::NotAPicture { page: 1, source: DecodeError::UnknownFormat }, HardwareError),
            (spool(ErrorKind::StorageFull), NotEnoughSpace),
            (spool(ErrorKind::NotFound), InternalError),
        ],
    );
}

#[test]
fn frames() {
    check(
        FrameError::result,
        vec![
            (FrameError::TimedOut { waited_ms: 1 }, TimedOut),
            (FrameError::Absent { place: place() }, DeviceNotReady),
            (FrameError::HeldByOther, DeviceNotReady),
            (FrameError::Permission, AuthorisationRequired),
            (FrameError::NoFormat { tried: "MJPG".into() }, UnsupportedData),
            (FrameError::Unplugged, DeviceNotReady),
            (FrameError::Fault { reason: "EIO".into() }, HardwareError),
            (FrameError::Undecodable, HardwareError),
            (FrameError::Frozen, HardwareError),
            (FrameError::Hung { waited_ms: 1 }, HardwareError),
            (FrameError::Stuck { processes: 3 }, InternalError),
            (FrameError::Program { program: path(), reason: "none".into() }, InternalError),
        ],
    );
}

#[test]
fn sheets() {
    let no = SheetOutcome::NotPrinted;
    let ask = |fault| SheetOutcome::NotPrinted(sheet::NotPrinted::Ask(fault));
    let refused = |code| SheetOutcome::NotPrinted(sheet::NotPrinted::Refused { operation: "Print-Job", code });
    let maybe = SheetOutcome::Unknown;
    check(
        SheetOutcome::result,
        vec![
            (SheetOutcome::Printed { pages_out: Some(2) }, Success),
            (no(sheet::NotPrinted::DocumentEmpty), InvalidData),
            (no(sheet::NotPrinted::DocumentTooLarge { bytes: 2, bytes_max: 1 }), UnsupportedData),
            (no(sheet::NotPrinted::TooManyPages { pages: 2, pages_max: 1 }), UnsupportedData),
            (no(sheet::NotPrinted::NotPdf), InvalidData),
            (no(sheet::NotPrinted::DocumentUnreadable(io(ErrorKind::UnexpectedEof))), InternalError),
            (no(sheet::NotPrinted::FormatNotSupported { formats: Vec::new() }), UnsupportedData),
            (no(sheet::NotPrinted::MediaNotSupported), UnsupportedData),
            (no(sheet::NotPrinted::NotAccepting), DeviceNotReady),
            (no(sheet::NotPrinted::NoJobNumber), HardwareError),
            (no(sheet::NotPrinted::Aborted { reasons: Vec::new() }), HardwareError),
            (no(sheet::NotPrinted::Cancelled), Canceled),
            (no(sheet::NotPrinted::TimedOut { waited_ms: 1 }), TimedOut),
            (no(sheet::NotPrinted::Stopped { waited_ms: 1 }), UserError),
            (ask(AskError::TimedOut { limit_ms: 1 }), TimedOut),
            (ask(AskError::Busy { retry_after: Some(Duration::from_secs(1)) }), DeviceNotReady),
            (ask(AskError::Http { status: 401 }), AuthorisationRequired),
            (ask(AskError::Http { status: 404 }), InvalidData),
            (ask(AskError::NotIpp { media_type: "text/html".into() }), InvalidData),
            (ask(AskError::TooLarge { bytes_max: 1 }), HardwareError),
            (ask(AskError::OtherQuestion { asked: 1, answered: 2 }), HardwareError),
            (ask(AskError::OtherPrinter), InvalidData),
            (ask(AskError::NotFound(sheet::DiscoverError::NotAnnounced { uuid: "u".into() })), DeviceNotReady),
            (ask(AskError::Refused { code: 0x0403 }), AuthorisationRequired),
            (ask(AskError::Cancelled), Canceled),
            (ask(AskError::TooManyUnderWay), TimedOut),
            (ask(AskError::Thread(io(ErrorKind::WouldBlock))), InternalError),
            (refused(0x0401), AuthorisationRequired),
            (refused(0x0406), InvalidData),
            (refused(0x040A), UnsupportedData),
            (refused(0x0500), HardwareError),
            (refused(0x0501), UnsupportedCommand),
            (refused(0x0507), DeviceNotReady),
            (maybe(Doubt::Lost(AskError::TimedOut { limit_ms: 1 })), HardwareError),
            (maybe(Doubt::Vanished), HardwareError),
            (maybe(Doubt::NoJobNumber), HardwareError),
            (maybe(Doubt::Silent { waited_ms: 1 }), TimedOut),
            (maybe(Doubt::Partly { pages_out: Some(1), why: sheet::NotPrinted::Stopped { waited_ms: 1 } }), UserError),
            (maybe(Doubt::WithErrors { pages_out: 1 }), HardwareError),
            (maybe(Doubt::CancelUnconfirmed { why: sheet::NotPrinted::Cancelled }), TimedOut),
        ],
    );
}

#[test]
fn codes_and_numbers() {
    check(
        CodeError::result,
        vec![
            (CodeError::NoDevice { path: path() }, DeviceNotReady),
            (CodeError::Unplugged, DeviceNotReady),
            (CodeError::HeldByOther { path: path() }, DeviceNotReady),
            (CodeError::Permission { path: path() }, AuthorisationRequired),
            (CodeError::Unusable { path: path(), reason: "a mouse".into() }, InvalidData),
            (CodeError::Refused(Implausible::Empty), UnsupportedData),
            (CodeError::Noise, HardwareError),
        ],
    );
    check(
        OcrError::result,
        vec![
            (OcrError::NotInstalled { program: "tesseract".into() }, UnsupportedCommand),
            (OcrError::Program { program: "tesseract".into(), source: io(ErrorKind::PermissionDenied) }, InternalError),
            (OcrError::TimedOut { limit_ms: 1 }, TimedOut),
            (OcrError::Cancelled, Canceled),
            (OcrError::Refused { code: Some(1) }, InvalidData),
            (OcrError::TooMuchText, InternalError),
            (OcrError::Hung, InternalError),
        ],
    );
}

#[test]
fn no_condition_that_stops_a_device_is_a_success_and_none_that_does_not_is_a_failure() {
    for row in TABLE {
        assert_ne!(row.condition.result(), Success, "{}", row.condition);
        let status = Status::of(DeviceState::Online).with(row.condition);
        let expected = if row.severity == Severity::Error { row.condition.result() } else { Success };
        assert_eq!(status.result(), expected, "{}", row.condition);
        if row.severity == Severity::Error && row.action == Action::Clear {
            assert_eq!(row.condition.result(), UserError, "somebody on site can put {} right", row.condition);
        }
    }
}

#[test]
fn every_state_without_a_condition_has_its_word() {
    check(
        |state| Status::of(*state).result(),
        vec![
            (DeviceState::Online, Success),
            (DeviceState::DeviceBusy, Success),
            (DeviceState::Offline, DeviceNotReady),
            (DeviceState::PowerOff, DeviceNotReady),
            (DeviceState::NoDevice, DeviceNotReady),
            (DeviceState::Starting, DeviceNotReady),
            (DeviceState::HardwareError, HardwareError),
            (DeviceState::UserError, UserError),
            (DeviceState::PotentialFraud, FraudAttempt),
            (DeviceState::FraudAttempt, FraudAttempt),
            (DeviceState::Unknown, TimedOut),
        ],
    );
}
