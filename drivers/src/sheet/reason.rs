//! `printer-state-reasons` of IPP to conditions: a keyword, a severity, and what both mean here.
//!
//! It asks no printer. The rules a newcomer would break: the suffix is a severity and not part of the name, except in a few
//! names of PWG 5107.3 that really end in "-error"; a keyword without a suffix is an error by RFC 8011, section 5.4.12, but printers
//! send "media-low" bare and go on printing, so what is a forewarning by its nature stays one; and a keyword that nobody
//! knows is never dropped when it says that it is an error.

use crate::status::Condition;

/// Longest keyword that is kept; IPP allows 255 bytes (RFC 8011, 5.1.4), no registered one has half of this.
const KEYWORD_CHARS_MAX: usize = 80;

/// How much a reason matters to the printer (RFC 8011, 5.4.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing that could touch what is printed.
    Report,
    /// Comes before an error; jobs still complete.
    Warning,
    /// The printer does not print.
    Error,
}

/// What a reason means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Nothing is the matter, or nothing that anybody has to do something about.
    Nothing,
    /// One row of the table of conditions.
    Condition(Condition),
    /// A keyword that is not in our table. As an error it counts as a fault of the printer.
    Unknown,
}

/// One reason as the printer named it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StateReason {
    /// The keyword without its suffix, cut at 80 characters.
    pub keyword: String,
    /// From the suffix, or from the keyword's nature where there is none.
    pub level: Level,
    /// From the table.
    pub meaning: Meaning,
}

impl StateReason {
    /// Reads one keyword with its suffix. Never fails: what is not known is `Meaning::Unknown`.
    pub fn of(keyword: &str) -> Self {
        let keyword: String = keyword.trim().chars().take(KEYWORD_CHARS_MAX).map(|c| if c.is_ascii_graphic() { c.to_ascii_lowercase() } else { '?' }).collect();
        // A name that is registered with "-error" at its end is that name.
        let (name, suffix) = if row_of(&keyword).is_some() { (keyword.as_str(), None) } else { split(&keyword) };
        let row = row_of(name);
        let level = suffix.or(row.map(|row| row.bare)).unwrap_or(Level::Error);
        let meaning = match row {
            None => Meaning::Unknown,
            Some(row) => match level {
                Level::Report => row.report,
                Level::Warning => row.warning,
                Level::Error => row.error,
            }
            .map_or(Meaning::Nothing, Meaning::Condition),
        };
        StateReason { keyword: name.to_owned(), level, meaning }
    }

    /// The condition that holds because of this reason, if any.
    pub fn condition(&self) -> Option<Condition> {
        match (self.meaning, self.level) {
            (Meaning::Condition(condition), _) => Some(condition),
            (Meaning::Unknown, Level::Error) => Some(Condition::SHEET_INOPERATIVE),
            (Meaning::Unknown, Level::Warning | Level::Report) | (Meaning::Nothing, _) => None,
        }
    }
}

fn split(keyword: &str) -> (&str, Option<Level>) {
    for (suffix, level) in [("-report", Level::Report), ("-warning", Level::Warning), ("-error", Level::Error)] {
        if let Some(name) = keyword.strip_suffix(suffix) {
            return (name, Some(level));
        }
    }
    (keyword, None)
}

/// What a keyword means at each level, and which level it has without a suffix.
#[derive(Clone, Copy)]
struct Row {
    bare: Level,
    error: Option<Condition>,
    warning: Option<Condition>,
    report: Option<Condition>,
}

const fn stops(condition: Condition) -> Row {
    Row { bare: Level::Error, error: Some(condition), warning: None, report: None }
}

const fn stops_or_warns(error: Condition, warning: Condition) -> Row {
    Row { bare: Level::Error, error: Some(error), warning: Some(warning), report: None }
}

const fn warns(error: Condition, warning: Condition) -> Row {
    Row { bare: Level::Warning, error: Some(error), warning: Some(warning), report: None }
}

/// Worth a technician's look only when the printer calls it an error.
const fn forewarns() -> Row {
    Row { bare: Level::Warning, error: Some(Condition::SHEET_INOPERATIVE), warning: None, report: None }
}

/// Passes by itself; as an error it does not.
const fn passes() -> Row {
    Row { bare: Level::Report, error: Some(Condition::SHEET_INOPERATIVE), warning: None, report: None }
}

fn row_of(name: &str) -> Option<Row> {
    NAMED.iter().find(|(names, _)| names.contains(&name)).map(|(_, row)| *row).or_else(|| {
        let part = PARTS.iter().find(|part| name.strip_prefix(**part).is_some_and(|rest| rest.starts_with('-')))?;
        let ending = &name[part.len()..];
        ENDINGS.iter().find(|(endings, _)| endings.contains(&ending)).map(|(_, row)| *row)
    })
}

/// RFC 8011, section 5.4.12; PWG 5100.9 and 5107.3 for the parts a small office printer has; "offline" as CUPS says it.
static NAMED: &[(&[&str], Row)] = &[
    (&["none"], Row { bare: Level::Report, error: None, warning: None, report: None }),
    (
        &["media-empty", "media-needed", "input-media-supply-empty", "input-manual-input-request", "input-media-change-request"],
        stops_or_warns(Condition::TRAY_OUT, Condition::TRAY_LOW),
    ),
    (&["input-tray-missing", "input-media-tray-missing"], stops_or_warns(Condition::TRAY_OUT, Condition::TRAY_LOW)),
    (&["media-low", "input-media-supply-low"], warns(Condition::TRAY_OUT, Condition::TRAY_LOW)),
    (&["media-jam", "input-media-tray-jam", "input-media-tray-feed-error", "output-media-tray-feed-error"], stops(Condition::SHEET_JAMMED)),
    (&["media-path-input-feed-error", "media-path-output-feed-error", "media-path-jam", "media-path-media-tray-jam"], stops(Condition::SHEET_JAMMED)),
    (&["cover-open", "door-open", "interlock-open"], stops(Condition::SHEET_DOOR_OPEN)),
    (&["cover-closed", "door-closed", "interlock-closed"], passes()),
    (
        &["output-area-full", "output-media-tray-full", "media-path-media-tray-full", "output-tray-missing", "output-media-tray-missing"],
        stops(Condition::BIN_FULL),
    ),
    (
        &["output-area-almost-full", "output-media-tray-almost-full", "media-path-media-tray-almost-full"],
        Row { error: Some(Condition::BIN_FULL), ..forewarns() },
    ),
    (&["toner-empty", "marker-supply-empty", "marker-toner-empty", "marker-ink-empty"], stops_or_warns(Condition::TONER_OUT, Condition::TONER_LOW)),
    (&["toner-missing", "marker-supply-missing", "marker-ink-missing", "marker-toner-missing", "marker-toner-cartridge-missing"], stops(Condition::TONER_OUT)),
    (
        &["toner-low", "marker-supply-low", "marker-toner-almost-empty", "marker-ink-almost-empty", "marker-supply-almost-empty"],
        warns(Condition::TONER_OUT, Condition::TONER_LOW),
    ),
    (
        &["paused", "moving-to-paused", "stopping", "shutdown", "deactivated", "hold-new-jobs"],
        stops_or_warns(Condition::SHEET_STOPPED, Condition::SHEET_STOPPED),
    ),
    (&["stopped-partly"], Row { error: Some(Condition::SHEET_STOPPED), ..forewarns() }),
    (&["timed-out"], stops(Condition::SHEET_ABSENT)),
    (&["connecting-to-device"], Row { error: Some(Condition::SHEET_ABSENT), ..passes() }),
    // CUPS says "offline-report" of a printer that is switched off.
    (
        &["offline"],
        Row { bare: Level::Error, error: Some(Condition::SHEET_ABSENT), warning: Some(Condition::SHEET_ABSENT), report: Some(Condition::SHEET_ABSENT) },
    ),
    (&["other", "fuser-over-temp", "fuser-under-temp", "opc-life-over", "marker-waste-full", "developer-empty"], stops(Condition::SHEET_INOPERATIVE)),
    (
        &["marker-developer-empty", "marker-opc-life-over", "marker-fuser-over-temperature", "marker-fuser-under-temperature"],
        stops(Condition::SHEET_INOPERATIVE),
    ),
    (
        &[
            "marker-waste-toner-receptacle-full",
            "marker-waste-ink-receptacle-full",
            "marker-waste-missing",
            "opc-missing",
            "fuser-missing",
            "developer-missing",
            "cleaner-missing",
        ],
        stops(Condition::SHEET_INOPERATIVE),
    ),
    (&["spool-area-full", "interpreter-resource-unavailable"], stops(Condition::SHEET_INOPERATIVE)),
    (&["developer-low", "opc-near-eol", "marker-waste-almost-full", "marker-developer-almost-empty", "marker-opc-life-almost-over"], forewarns()),
    (&["marker-waste-toner-receptacle-almost-full", "marker-waste-ink-receptacle-almost-full", "marker-adjusting-print-quality"], forewarns()),
    (&["cups-missing-filter", "cups-insecure-filter"], stops_or_warns(Condition::SHEET_MISCONFIGURED, Condition::SHEET_MISCONFIGURED)),
    (&["media-path-cannot-duplex-media-selected", "input-cannot-feed-size-selected"], stops(Condition::SHEET_MISCONFIGURED)),
    (&["identify-printer-requested", "hibernate", "standby", "suspend", "resuming", "power-up", "power-down", "testing"], passes()),
    (&["printer-ready-to-print", "printer-manual-reset", "printer-nms-reset", "configuration-change", "cups-waiting-for-job-completed"], passes()),
    (
        &["input-media-size-change", "input-media-type-change", "input-media-color-change", "input-media-weight-change", "input-media-form-parts-change"],
        passes(),
    ),
];

/// Parts of PWG 5100.9, section 7.4; a longer name stands before the shorter one it begins with.
static PARTS: &[&str] = &[
    "input-media-tray",
    "output-media-tray",
    "media-path",
    "input-tray",
    "output-tray",
    "console",
    "marker",
    "fuser",
    "interpreter",
    "subunit",
    "transport",
    "bander",
    "binder",
    "die-cutter",
    "folder",
    "imprinter",
    "inserter",
    "make-envelope",
    "perforater",
    "puncher",
    "separation-cutter",
    "sheet-rotator",
    "slitter",
    "stacker",
    "stapler",
    "stitcher",
    "trimmer",
    "wrapper",
];

/// What can be the matter with a part, the same words for each.
static ENDINGS: &[(&[&str], Row)] = &[
    (&["-jam"], stops(Condition::SHEET_JAMMED)),
    (&["-cover-open", "-door-open", "-interlock-open", "-opened"], stops(Condition::SHEET_DOOR_OPEN)),
    (&["-cover-closed", "-door-closed", "-interlock-closed", "-closed", "-added", "-removed", "-turned-on", "-resource-added", "-resource-removed"], passes()),
    (&["-power-saver", "-warming-up", "-configuration-change", "-memory-increase", "-memory-decrease", "-cartridge-added", "-cartridge-deleted"], passes()),
    (&["-almost-empty", "-almost-full", "-near-limit", "-life-almost-over"], forewarns()),
    (
        &["-empty", "-full", "-at-limit", "-life-over", "-missing", "-offline", "-turned-off", "-unrecoverable-failure", "-recoverable-failure"],
        stops(Condition::SHEET_INOPERATIVE),
    ),
    (
        &["-motor-failure", "-memory-exhausted", "-over-temperature", "-under-temperature", "-timing-failure", "-thermistor-failure"],
        stops(Condition::SHEET_INOPERATIVE),
    ),
    (
        &["-unrecoverable-storage-error", "-recoverable-storage-error", "-tray-elevation-failure", "-tray-position-failure", "-mailbox-select-failure"],
        stops(Condition::SHEET_INOPERATIVE),
    ),
];
