//! What the simulated printer says about itself, bit by bit, in the layouts of Epson and Custom.
//!
//! The rule a newcomer would break: these bits are written from the data sheets (Epson TM-U220 manual, p.54, 82, 83; Custom
//! KPM150H command reference, p.10) and not from the driver's tables, or both could be wrong together.

use super::fault::{Faults, PrinterFault};

fn bit(on: bool, mask: u8) -> u8 {
    if on { mask } else { 0 }
}

/// Stops printing and makes the printer say that it is offline.
pub(super) fn is_offline(f: &Faults) -> bool {
    [
        PrinterFault::PaperOut,
        PrinterFault::PaperJam,
        PrinterFault::CoverOpen,
        PrinterFault::CutterBlocked,
        PrinterFault::HeadHot,
        PrinterFault::Voltage,
        PrinterFault::Mechanical,
        PrinterFault::Broken,
        PrinterFault::OfflineOnly,
    ]
    .into_iter()
    .any(|fault| f.has(fault))
}

/// An Epson has one bit for each of these; a jam is "mechanical" to it.
fn error_bits(f: &Faults) -> u8 {
    bit(f.has(PrinterFault::Mechanical) || f.has(PrinterFault::PaperJam), 0x04)
        | bit(f.has(PrinterFault::CutterBlocked), 0x08)
        | bit(f.has(PrinterFault::Broken) || f.has(PrinterFault::Voltage), 0x20)
        | bit(f.has(PrinterFault::HeadHot), 0x40)
}

/// The answer to DLE EOT 1 to 4; `None` for a question that an Epson does not know.
pub(super) fn real_time(f: &Faults, n: u8) -> Option<u8> {
    let out = f.has(PrinterFault::PaperOut);
    let said = match n {
        1 => bit(is_offline(f), 0x08) | bit(f.has(PrinterFault::OfflineOnly), 0x40),
        2 => bit(f.has(PrinterFault::CoverOpen), 0x04) | bit(out, 0x20) | bit(error_bits(f) != 0, 0x40) | bit(f.has(PrinterFault::OfflineOnly), 0x08),
        3 => error_bits(f),
        4 => bit(f.has(PrinterFault::NearEnd) || out, 0x0C) | bit(out, 0x60),
        _ => return None,
    };
    Some(0x12 | said)
}

/// The answer to GS r 1.
pub(super) fn paper(f: &Faults) -> u8 {
    bit(f.has(PrinterFault::NearEnd), 0x03)
}

/// An unasked report.
pub(super) fn report(f: &Faults) -> [u8; 4] {
    let out = f.has(PrinterFault::PaperOut);
    [
        0x10 | bit(is_offline(f), 0x08) | bit(f.has(PrinterFault::CoverOpen), 0x20) | bit(f.has(PrinterFault::OfflineOnly), 0x40),
        error_bits(f),
        bit(f.has(PrinterFault::NearEnd) || out, 0x03) | bit(out, 0x0C),
        0,
    ]
}

/// What a Custom printer knows beside its faults.
pub(super) struct Motion {
    pub(super) spooling: bool,
    pub(super) motor_runs: bool,
    pub(super) slip_in_output: bool,
}

/// The answer to DLE EOT 20.
pub(super) fn full_status(f: &Faults, motion: &Motion) -> [u8; 6] {
    let paper = bit(f.has(PrinterFault::PaperOut), 0x01)
        | bit(f.has(PrinterFault::NearEnd), 0x04)
        | bit(motion.slip_in_output, 0x20)
        | bit(f.has(PrinterFault::VirtualEnd), 0x40);
    let user =
        bit(f.has(PrinterFault::CoverOpen), 0x02) | bit(motion.spooling, 0x04) | bit(motion.motor_runs, 0x08) | bit(f.has(PrinterFault::OfflineOnly), 0x20);
    let recoverable = bit(f.has(PrinterFault::HeadHot), 0x01)
        | bit(f.has(PrinterFault::Voltage), 0x08)
        | bit(f.has(PrinterFault::Mechanical), 0x20)
        | bit(f.has(PrinterFault::PaperJam), 0x40);
    let unrecoverable = bit(f.has(PrinterFault::CutterBlocked), 0x01) | bit(f.has(PrinterFault::Broken), 0x08);
    [0x10, 0x0F, paper, user, recoverable, unrecoverable]
}
