//! What the bits of a status reply mean. Pure.
//!
//! Sources: Epson TM-U220 manual p.54, 82 and 83, TM-L60II p.298 for DLE EOT and ASB; Custom KPM150H command reference p.10
//! for FULL STATUS. The near-end bits of a model without that sensor are not asked about here but in the driver.

use super::parse::FullStatus;
use crate::status::Condition;

/// Which of the four real-time questions an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// DLE EOT 1.
    Printer,
    /// DLE EOT 2.
    OfflineCause,
    /// DLE EOT 3.
    ErrorCause,
    /// DLE EOT 4.
    Paper,
}

impl Asked {
    /// In the order in which a driver asks.
    pub const ALL: [Asked; 4] = [Asked::Printer, Asked::OfflineCause, Asked::ErrorCause, Asked::Paper];

    /// The n of DLE EOT n.
    pub fn number(self) -> u8 {
        match self {
            Asked::Printer => 1,
            Asked::OfflineCause => 2,
            Asked::ErrorCause => 3,
            Asked::Paper => 4,
        }
    }
}

/// Bit 3 of the answer to DLE EOT 1.
pub(super) fn says_offline(byte: u8) -> bool {
    byte & 0x08 != 0
}

/// The conditions that one answer names.
pub fn conditions_in(asked: Asked, byte: u8) -> Vec<Condition> {
    let bits: &[(u8, Condition)] = match asked {
        Asked::Printer => &[],
        Asked::OfflineCause => &[(0x04, Condition::COVER_OPEN), (0x20, Condition::ROLL_OUT)],
        Asked::ErrorCause => {
            &[(0x04, Condition::PRINTER_FAULT), (0x08, Condition::CUTTER_FAULT), (0x20, Condition::PRINTER_INOPERATIVE), (0x40, Condition::HEAD_OVERHEATED)]
        }
        Asked::Paper => &[(0x0C, Condition::ROLL_NEAR_END), (0x60, Condition::ROLL_OUT)],
    };
    named(bits, byte)
}

/// Offline bit of an unasked report.
pub(super) fn asb_says_offline(asb: [u8; 4]) -> bool {
    asb[0] & 0x08 != 0
}

/// The conditions that an unasked report names.
pub(super) fn conditions_in_asb(asb: [u8; 4]) -> Vec<Condition> {
    let mut all = named(&[(0x20, Condition::COVER_OPEN)], asb[0]);
    all.extend(named(
        &[(0x04, Condition::PRINTER_FAULT), (0x08, Condition::CUTTER_FAULT), (0x20, Condition::PRINTER_INOPERATIVE), (0x40, Condition::HEAD_OVERHEATED)],
        asb[1],
    ));
    all.extend(named(&[(0x03, Condition::ROLL_NEAR_END), (0x0C, Condition::ROLL_OUT)], asb[2]));
    all
}

/// The conditions of a Custom printer. Left out: the notch (its sense differs between manuals), the mark (slips have none) and
/// "command not acknowledged", which is about a command and not about the printer.
pub(super) fn conditions_in_full(full: FullStatus) -> Vec<Condition> {
    let mut all = named(
        &[
            (0x01, Condition::ROLL_OUT),
            (0x04, Condition::ROLL_NEAR_END),
            (0x20, Condition::SLIP_NOT_TAKEN),
            // "Virtual paper end": the counted millimetres of the roll are used up (KPM150H command reference, p.10).
            (0x40, Condition::ROLL_ESTIMATE_LOW),
        ],
        full.paper,
    );
    all.extend(named(&[(0x03, Condition::COVER_OPEN)], full.user));
    all.extend(named(
        &[(0x01, Condition::HEAD_OVERHEATED), (0x02, Condition::LINK_NOISE), (0x08, Condition::SUPPLY_VOLTAGE), (0x40, Condition::ROLL_JAMMED)],
        full.recoverable,
    ));
    all.extend(named(&[(0x01, Condition::CUTTER_FAULT), (0x02, Condition::COVER_OPEN), (0x8C, Condition::PRINTER_INOPERATIVE)], full.unrecoverable));
    all
}

/// A slip hangs in the output.
pub(super) fn holds_slip(full: FullStatus) -> bool {
    full.paper & 0x20 != 0
}

/// Still spooling (04) or the paper motor runs (08).
pub(super) fn is_working(full: FullStatus) -> bool {
    full.user & 0x0C != 0
}

fn named(bits: &[(u8, Condition)], byte: u8) -> Vec<Condition> {
    bits.iter().filter(|(mask, _)| byte & mask != 0).map(|(_, condition)| *condition).collect()
}
