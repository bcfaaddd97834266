//! What a device says about itself, on four layers that are never mixed into one flat word.
//!
//! 1. [`Availability`] is derived and never set by hand; the flow of a session reads only this.
//! 2. [`DeviceState`] uses the words of the XFS4IoT common device status, with our own `Unknown` for silence.
//! 3. [`Condition`] is a part and a reason, closed data with one row in [`TABLE`]; several hold at a time, since an open
//!    cover and missing paper come together.
//! 4. [`Action`] and [`Actor`] say what helps and who does it; they come from the table, never from a driver.
//!
//! The rule a newcomer would break: a new fault is a new row of the table. There is no "other", no text made up on the way,
//! and no sentence for residents here: what a resident reads is chosen elsewhere, from the staff code.

use std::collections::BTreeSet;
use std::fmt;

/// May the device be used now? Derived by [`Status::availability`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Availability {
    /// Usable at once.
    Ready,
    /// Working; it will be usable again without anybody's help.
    Busy,
    /// Not usable until the required action has been taken.
    Unavailable,
}

/// Words of the XFS4IoT common device status. `NoDevice`, `PowerOff` and `Offline` are apart because different people act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceState {
    /// It answers and says that it is ready.
    Online,
    /// It answers and says that it is not ready.
    Offline,
    /// It was here and is gone: unplugged or switched off.
    PowerOff,
    /// It has never been seen at the configured place.
    NoDevice,
    /// It is being opened.
    Starting,
    /// It works on a command.
    DeviceBusy,
    /// It answers and reports a fault of its own, or its driver is stuck.
    HardwareError,
    /// A person has to put something right first, such as closing the cover.
    UserError,
    /// Something looks like tampering.
    PotentialFraud,
    /// Tampering is certain.
    FraudAttempt,
    /// It is silent, so nothing is known.
    Unknown,
}

/// How much a condition matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is impaired.
    Info,
    /// Works now, soon will not.
    Warning,
    /// The device cannot do its work.
    Error,
}

/// What helps. Words of the XFS4IoT error-event actions, and `Resident`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Nothing has to be done.
    None,
    /// The driver resets the device by itself, a bounded number of times.
    Reset,
    /// The service has to be restarted.
    SoftwareError,
    /// A setting is wrong.
    Configuration,
    /// Somebody with the key puts it right: paper, cover, jam.
    Clear,
    /// A technician visits.
    Maintenance,
    /// Waiting heals it.
    Suspend,
    /// The person in front of the kiosk does it, such as laying a document.
    Resident,
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Nobody has to.
    Nobody,
    /// The software acts by itself.
    Machine,
    /// The person in front of the kiosk.
    Resident,
    /// The officer on site.
    Staff,
    /// The technician.
    Technician,
}

/// The part of a device that a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Roll,
    Cover,
    Cutter,
    Head,
    Supply,
    Slip,
    Link,
    Printer,
    Feeder,
    Path,
    Glass,
    Access,
    Output,
    Data,
    Camera,
    Stream,
    Scanner,
    Lamp,
    Tray,
    Toner,
    Bin,
    Sheet,
    Reader,
}

/// What is the matter with the part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    NearEnd,
    Out,
    Jammed,
    Open,
    Fault,
    Overheated,
    Voltage,
    NotTaken,
    Stale,
    Silent,
    OneWay,
    Empty,
    Permission,
    NoMemory,
    Corrupt,
    Absent,
    HeldByOther,
    Inoperative,
    Stalled,
    Abandoned,
    Misconfigured,
    EstimateLow,
    Foreign,
    Noise,
    DoubleFeed,
    Warming,
    Low,
    Full,
    Stopped,
    Frozen,
    Covered,
}

/// One thing that is the matter. Only the constants below exist, each with one row in [`TABLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition {
    part: Part,
    reason: Reason,
}

/// What follows from a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The condition this row is about.
    pub condition: Condition,
    /// How much it matters.
    pub severity: Severity,
    /// Short code that staff read out on the telephone; unique, stable, printed in the field guide.
    pub staff_code: &'static str,
    /// What helps.
    pub action: Action,
    /// Who does it.
    pub actor: Actor,
}

macro_rules! conditions {
    ($( $(#[$doc:meta])* $name:ident = $part:ident / $reason:ident : $severity:ident, $code:literal, $action:ident, $actor:ident; )*) => {
        impl Condition {
            $( $(#[$doc])* pub const $name: Condition = Condition { part: Part::$part, reason: Reason::$reason }; )*
        }

        /// Every condition with what follows from it. This is the only place that decides severity, action and actor.
        pub const TABLE: &[Row] = &[
            $( Row {
                condition: Condition::$name,
                severity: Severity::$severity,
                staff_code: $code,
                action: Action::$action,
                actor: Actor::$actor,
            }, )*
        ];
    };
}

conditions! {
    /// The roll is thin; a few slips are left.
    ROLL_NEAR_END = Roll/NearEnd: Warning, "P-11", Clear, Staff;
    /// There is no paper.
    ROLL_OUT = Roll/Out: Error, "P-12", Clear, Staff;
    /// Paper is stuck.
    ROLL_JAMMED = Roll/Jammed: Error, "P-13", Clear, Staff;
    /// By counted millimetres the roll ends soon; for models without a sensor this is the only warning.
    ROLL_ESTIMATE_LOW = Roll/EstimateLow: Info, "P-14", Clear, Staff;
    /// The printer's cover is open.
    COVER_OPEN = Cover/Open: Error, "P-21", Clear, Staff;
    /// The cutter does not move.
    CUTTER_FAULT = Cutter/Fault: Error, "P-31", Maintenance, Technician;
    /// The print head is too hot and cools by itself.
    HEAD_OVERHEATED = Head/Overheated: Error, "P-41", Suspend, Nobody;
    /// The supply voltage is out of range.
    SUPPLY_VOLTAGE = Supply/Voltage: Error, "P-42", Maintenance, Technician;
    /// The printer reports an error that it clears after a reset.
    PRINTER_FAULT = Printer/Fault: Error, "P-51", Reset, Machine;
    /// The printer reports an error that no reset clears.
    PRINTER_INOPERATIVE = Printer/Inoperative: Error, "P-52", Maintenance, Technician;
    /// A finished slip waits in the output.
    SLIP_NOT_TAKEN = Slip/NotTaken: Info, "P-61", Resident, Resident;
    /// Bytes of an unconfirmed job may still be inside the printer; the driver voids them before the next job.
    SLIP_STALE = Slip/Stale: Warning, "P-62", Reset, Machine;
    /// The device does not answer.
    LINK_SILENT = Link/Silent: Warning, "L-11", Reset, Machine;
    /// The device cannot answer by design, so nothing but its presence is known.
    LINK_ONE_WAY = Link/OneWay: Info, "L-12", None, Nobody;
    /// Another program holds the port.
    LINK_HELD_BY_OTHER = Link/HeldByOther: Error, "L-13", SoftwareError, Machine;
    /// The port may not be opened by this user.
    LINK_PERMISSION = Link/Permission: Error, "L-14", Configuration, Technician;
    /// What answers at the port is not the configured model.
    LINK_FOREIGN = Link/Foreign: Error, "L-15", Configuration, Technician;
    /// The answers are rubbish: wrong speed, bad cable, or another device.
    LINK_NOISE = Link/Noise: Warning, "L-16", Reset, Machine;
    /// No document lies in the scanner.
    FEEDER_EMPTY = Feeder/Empty: Info, "S-11", Resident, Resident;
    /// Paper is stuck in the scanner.
    PATH_JAMMED = Path/Jammed: Error, "S-12", Clear, Staff;
    /// The scanner's cover is open.
    LID_OPEN = Glass/Open: Error, "S-13", Resident, Resident;
    /// Two sheets went in at once, so a page is missing.
    FEEDER_DOUBLE_FEED = Feeder/DoubleFeed: Error, "S-14", Resident, Resident;
    /// The scanner's lamp warms up.
    LAMP_WARMING = Lamp/Warming: Warning, "S-15", Suspend, Nobody;
    /// Another program holds the scanner.
    SCANNER_HELD_BY_OTHER = Scanner/HeldByOther: Warning, "S-21", Suspend, Nobody;
    /// No scanner answers to the configured name.
    SCANNER_ABSENT = Scanner/Absent: Error, "S-22", Configuration, Technician;
    /// The scanner reports an input or output fault.
    SCANNER_INOPERATIVE = Scanner/Inoperative: Error, "S-23", Maintenance, Technician;
    /// The scanner program does not end even when killed.
    SCANNER_ABANDONED = Scanner/Abandoned: Error, "S-24", SoftwareError, Machine;
    /// The scanner program or its arguments are wrong.
    SCANNER_MISCONFIGURED = Scanner/Misconfigured: Error, "S-25", Configuration, Technician;
    /// The device may not be used by this user.
    ACCESS_PERMISSION = Access/Permission: Error, "S-31", Configuration, Technician;
    /// The scanner ran out of memory.
    OUTPUT_NO_MEMORY = Output/NoMemory: Error, "S-32", Reset, Machine;
    /// A picture came broken; the next one may be whole.
    DATA_CORRUPT = Data/Corrupt: Warning, "S-33", Reset, Machine;
    /// No camera at the configured place.
    CAMERA_ABSENT = Camera/Absent: Error, "C-11", Maintenance, Technician;
    /// Another program holds the camera.
    CAMERA_HELD_BY_OTHER = Camera/HeldByOther: Error, "C-12", SoftwareError, Machine;
    /// The camera reports an input or output fault.
    CAMERA_INOPERATIVE = Camera/Inoperative: Error, "C-13", Maintenance, Technician;
    /// The camera may not be opened by this user.
    CAMERA_PERMISSION = Camera/Permission: Error, "C-14", Configuration, Technician;
    /// The camera offers none of the formats we can use.
    CAMERA_MISCONFIGURED = Camera/Misconfigured: Error, "C-15", Configuration, Technician;
    /// No frame for longer than the stall limit.
    STREAM_STALLED = Stream/Stalled: Error, "C-21", Reset, Machine;
    /// The same picture comes again and again.
    STREAM_FROZEN = Stream/Frozen: Error, "C-23", Reset, Machine;
    /// The camera sees nothing but darkness while the room is lit: the lens is covered.
    LENS_COVERED = Camera/Covered: Warning, "C-31", Clear, Staff;
    /// No sheet is in the tray of the A4 printer.
    TRAY_OUT = Tray/Out: Error, "A-11", Clear, Staff;
    /// The tray of the A4 printer is nearly empty.
    TRAY_LOW = Tray/Low: Warning, "A-12", Clear, Staff;
    /// A sheet is stuck in the A4 printer.
    SHEET_JAMMED = Sheet/Jammed: Error, "A-13", Clear, Staff;
    /// A door of the A4 printer is open.
    SHEET_DOOR_OPEN = Sheet/Open: Error, "A-14", Clear, Staff;
    /// The output of the A4 printer is full.
    BIN_FULL = Bin/Full: Error, "A-15", Clear, Staff;
    /// Toner or ink of the A4 printer runs low.
    TONER_LOW = Toner/Low: Warning, "A-21", Clear, Staff;
    /// Toner or ink of the A4 printer is used up.
    TONER_OUT = Toner/Out: Error, "A-22", Clear, Staff;
    /// The A4 printer was paused by hand.
    SHEET_STOPPED = Sheet/Stopped: Error, "A-31", Clear, Staff;
    /// The A4 printer does not answer at its address.
    SHEET_ABSENT = Sheet/Absent: Error, "A-32", Maintenance, Technician;
    /// The A4 printer refuses its address, the kind of document or the user.
    SHEET_MISCONFIGURED = Sheet/Misconfigured: Error, "A-33", Configuration, Technician;
    /// The A4 printer reports a fault of its own.
    SHEET_INOPERATIVE = Sheet/Inoperative: Error, "A-34", Maintenance, Technician;
    /// No code reader at the configured place.
    READER_ABSENT = Reader/Absent: Error, "R-11", Maintenance, Technician;
    /// Another program holds the code reader.
    READER_HELD_BY_OTHER = Reader/HeldByOther: Error, "R-12", SoftwareError, Machine;
    /// The code reader may not be opened by this user.
    READER_PERMISSION = Reader/Permission: Error, "R-13", Configuration, Technician;
    /// The code reader sends what no code contains: a wrong mode or speed.
    READER_NOISE = Reader/Noise: Warning, "R-14", Configuration, Technician;
    /// The device at the configured place is no code reader, or cannot be set up.
    READER_UNUSABLE = Reader/Misconfigured: Error, "R-15", Configuration, Technician;
    /// Too many camera threads are stuck in the operating system; only a restart of the service frees them.
    STREAM_ABANDONED = Stream/Abandoned: Error, "C-22", SoftwareError, Machine;
}

impl Condition {
    /// The part it is about.
    pub fn part(self) -> Part {
        self.part
    }

    /// What is the matter.
    pub fn reason(self) -> Reason {
        self.reason
    }

    /// Its row in [`TABLE`].
    pub fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.condition == self).expect("conditions are made only by the macro that also makes the table")
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}/{:?})", self.row().staff_code, self.part, self.reason)
    }
}

/// One answer to "how are you?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Layer 2.
    pub device: DeviceState,
    /// Layer 3, in a fixed order.
    pub conditions: BTreeSet<Condition>,
}

impl Status {
    /// A state with no condition.
    pub fn of(device: DeviceState) -> Self {
        Status { device, conditions: BTreeSet::new() }
    }

    /// Nothing is known.
    pub fn unknown() -> Self {
        Status::of(DeviceState::Unknown)
    }

    /// The same status with one more condition.
    #[must_use]
    pub fn with(mut self, condition: Condition) -> Self {
        self.conditions.insert(condition);
        self
    }

    /// Does this condition hold?
    pub fn has(&self, condition: Condition) -> bool {
        self.conditions.contains(&condition)
    }

    /// The worst condition, if any.
    pub fn worst(&self) -> Option<&'static Row> {
        self.conditions.iter().map(|c| c.row()).max_by_key(|row| row.severity)
    }

    /// Layer 1. Unavailable if any condition is an error or the device is neither online nor busy; busy while it works.
    pub fn availability(&self) -> Availability {
        let broken = self.worst().is_some_and(|row| row.severity == Severity::Error);
        match self.device {
            _ if broken => Availability::Unavailable,
            DeviceState::Online => Availability::Ready,
            DeviceState::DeviceBusy => Availability::Busy,
            DeviceState::Offline
            | DeviceState::PowerOff
            | DeviceState::NoDevice
            | DeviceState::Starting
            | DeviceState::HardwareError
            | DeviceState::UserError
            | DeviceState::PotentialFraud
            | DeviceState::FraudAttempt
            | DeviceState::Unknown => Availability::Unavailable,
        }
    }

    /// Layer 4: what helps and who does it. The worst condition decides; without one the device state does.
    pub fn required(&self) -> (Action, Actor) {
        if let Some(row) = self.worst().filter(|row| row.action != Action::None) {
            return (row.action, row.actor);
        }
        match self.device {
            DeviceState::Online | DeviceState::DeviceBusy => (Action::None, Actor::Nobody),
            DeviceState::Starting => (Action::Suspend, Actor::Nobody),
            DeviceState::Offline | DeviceState::UserError | DeviceState::PowerOff => (Action::Clear, Actor::Staff),
            DeviceState::NoDevice => (Action::Configuration, Actor::Technician),
            DeviceState::HardwareError => (Action::Maintenance, Actor::Technician),
            DeviceState::PotentialFraud | DeviceState::FraudAttempt => (Action::Maintenance, Actor::Technician),
            DeviceState::Unknown => (Action::Reset, Actor::Machine),
        }
    }
}
