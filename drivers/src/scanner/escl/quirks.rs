//! Where known devices leave the specification, as one table.
//!
//! Facts of the rows are public reports about the devices, gathered by the sane-airscan project; its issue numbers are named.
//! The rule a newcomer would break: a quirk is a row here and a behaviour that a test shows with and without the row, never a
//! comparison of a model's name somewhere in the client.

use std::time::Duration;

/// Longest pause before the next page.
pub const PAUSE_MAX: Duration = Duration::from_secs(1);

/// What the request's `Host` header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum HostRule {
    /// The host, with the port where it is not the scheme's own.
    #[default]
    Plain,
    /// Host and port, even port 80.
    WithPort,
    /// `localhost` when a job is started.
    LocalhostForJobs,
}

/// What is done differently for one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Quirks {
    /// A moment's pause before the next page.
    pub pause_before_next: bool,
    pub host: HostRule,
    /// The feeder's state is asked before a job starts.
    pub ask_adf_first: bool,
    /// The device announces more dots per inch than it can do.
    pub dpi_max: Option<u32>,
}

/// One row: whom it is about and what to do.
struct Row {
    /// Beginning of `MakeAndModel`; letter case does not matter.
    model: &'static str,
    /// Or the whole of the `Server` header.
    server: &'static str,
    quirks: Quirks,
}

const PLAIN: Quirks = Quirks { pause_before_next: false, host: HostRule::Plain, ask_adf_first: false, dpi_max: None };
/// A header that no device sends.
const NO_SERVER: &str = "";

const TABLE: [Row; 8] = [
    // Asked for the next page at once, they say that there is none although paper lies in the feeder.
    Row { model: "Brother ", server: NO_SERVER, quirks: Quirks { pause_before_next: true, ..PLAIN } },
    // They refuse a Host header without the port, even where it is the usual one.
    Row { model: "EPSON ", server: NO_SERVER, quirks: Quirks { host: HostRule::WithPort, ..PLAIN } },
    // They start jobs only for a program that seems to run inside them (issues 92, 98, 116).
    Row { model: "HP LaserJet MFP M630", server: "HP_Compact_Server", quirks: Quirks { host: HostRule::LocalhostForJobs, ..PLAIN } },
    Row { model: "HP Color LaserJet FlowMFP M578", server: "HP_Compact_Server", quirks: Quirks { host: HostRule::LocalhostForJobs, ..PLAIN } },
    // They start a job over an empty feeder and then never end it.
    Row { model: "Xerox WorkCentre 3345", server: NO_SERVER, quirks: Quirks { ask_adf_first: true, ..PLAIN } },
    Row { model: "Xerox(R) WorkCentre(R) 3345", server: NO_SERVER, quirks: Quirks { ask_adf_first: true, ..PLAIN } },
    // It grips for paper that is not there and reports a jam that somebody has to clear by hand.
    Row { model: "MF410 Series", server: NO_SERVER, quirks: Quirks { ask_adf_first: true, ..PLAIN } },
    // Announces 600 dpi; its own manual says 300 (issue 57).
    Row { model: "Canon iR2625", server: NO_SERVER, quirks: Quirks { dpi_max: Some(300), ..PLAIN } },
];

/// All that the table says about a device.
pub fn quirks_of(make_and_model: &str, server: &str) -> Quirks {
    let named = |row: &&Row| {
        let begins = make_and_model.get(..row.model.len()).is_some_and(|head| head.eq_ignore_ascii_case(row.model));
        begins || (row.server != NO_SERVER && row.server == server)
    };
    TABLE.iter().filter(named).fold(PLAIN, |all, row| Quirks {
        pause_before_next: all.pause_before_next || row.quirks.pause_before_next,
        host: if row.quirks.host == HostRule::Plain { all.host } else { row.quirks.host },
        ask_adf_first: all.ask_adf_first || row.quirks.ask_adf_first,
        dpi_max: all.dpi_max.or(row.quirks.dpi_max),
    })
}

impl Quirks {
    /// Pause before the next page, when the last one took `last_load`: half of that, and a second at most.
    pub fn pause(&self, last_load: Duration) -> Duration {
        if self.pause_before_next { (last_load / 2).min(PAUSE_MAX) } else { Duration::ZERO }
    }
}
