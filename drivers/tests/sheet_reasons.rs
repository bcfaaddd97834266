//! Every registered state reason of an A4 printer means something at every level, and what nobody knows is not lost.

use drivers::sheet::{Level, Meaning, StateReason};
use drivers::status::{Condition, Severity};

const LEVELS: [(&str, Option<Level>); 4] = [("", None), ("-report", Some(Level::Report)), ("-warning", Some(Level::Warning)), ("-error", Some(Level::Error))];

/// Keyword, level without a suffix, condition at error, condition at warning. RFC 8011, section 5.4.12, in its order.
const RFC_8011: &[(&str, Level, Option<Condition>, Option<Condition>)] = &[
    ("none", Level::Report, None, None),
    ("other", Level::Error, Some(Condition::SHEET_INOPERATIVE), None),
    ("connecting-to-device", Level::Report, Some(Condition::SHEET_ABSENT), None),
    ("cover-open", Level::Error, Some(Condition::SHEET_DOOR_OPEN), None),
    ("developer-empty", Level::Error, Some(Condition::SHEET_INOPERATIVE), None),
    ("developer-low", Level::Warning, Some(Condition::SHEET_INOPERATIVE), None),
    ("door-open", Level::Error, Some(Condition::SHEET_DOOR_OPEN), None),
    ("fuser-over-temp", Level::Error, Some(Condition::SHEET_INOPERATIVE), None),
    ("fuser-under-temp", Level::Error, Some(Condition::SHEET_INOPERATIVE), None),
    ("input-tray-missing", Level::Error, Some(Condition::TRAY_OUT), Some(Condition::TRAY_LOW)),
    ("interlock-open", Level::Error, Some(Condition::SHEET_DOOR_OPEN), None),
    ("interpreter-resource-unavailable", Level::Error, Some(Condition::SHEET_INOPERATIVE), None),
    ("marker-supply-empty", Level::Error, Some(Condition::TONER_OUT), Some(Condition::TONER_LOW)),
    ("marker-supply-low", Level::Warning, Some(Condition::TONER_OUT), Some(Condition::TONER_LOW)),
    ("marker-waste-almost-full", Level::Warning, Some(Condition::SHEET_INOPERATIVE), None),
    ("marker-waste-full", Level::Error, Some(Condition::SHEET_INOPERATIVE), None),
    ("media-empty", Level::Error, Some(Condition::TRAY_OUT), Some(Condition::TRAY_LOW)),
    ("media-jam", Level::Error, Some(Condition::SHEET_JAMMED), None),
    ("media-low", Level::Warning, Some(Condition::TRAY_OUT), Some(Condition::TRAY_LOW)),
    ("media-needed", Level::Error, Some(Condition::TRAY_OUT), Some(Condition::TRAY_LOW)),
    ("moving-to-paused", Level::Error, Some(Condition::SHEET_STOPPED), Some(Condition::SHEET_STOPPED)),
    ("opc-life-over", Level::Error, Some(Condition::SHEET_INOPERATIVE), None),
    ("opc-near-eol", Level::Warning, Some(Condition::SHEET_INOPERATIVE), None),
    ("output-area-almost-full", Level::Warning, Some(Condition::BIN_FULL), None),
    ("output-area-full", Level::Error, Some(Condition::BIN_FULL), None),
    ("output-tray-missing", Level::Error, Some(Condition::BIN_FULL), None),
    ("paused", Level::Error, Some(Condition::SHEET_STOPPED), Some(Condition::SHEET_STOPPED)),
    ("shutdown", Level::Error, Some(Condition::SHEET_STOPPED), Some(Condition::SHEET_STOPPED)),
    ("spool-area-full", Level::Error, Some(Condition::SHEET_INOPERATIVE), None),
    ("stopped-partly", Level::Warning, Some(Condition::SHEET_STOPPED), None),
    ("stopping", Level::Error, Some(Condition::SHEET_STOPPED), Some(Condition::SHEET_STOPPED)),
    ("timed-out", Level::Error, Some(Condition::SHEET_ABSENT), None),
    ("toner-empty", Level::Error, Some(Condition::TONER_OUT), Some(Condition::TONER_LOW)),
    ("toner-low", Level::Warning, Some(Condition::TONER_OUT), Some(Condition::TONER_LOW)),
];

/// PWG 5100.9, 5107.3 and later registrations, as they come from printers.
const PWG: &[(&str, Level, Option<Condition>)] = &[
    ("input-media-supply-empty-error", Level::Error, Some(Condition::TRAY_OUT)),
    ("input-media-supply-low-warning", Level::Warning, Some(Condition::TRAY_LOW)),
    ("input-manual-input-request-error", Level::Error, Some(Condition::TRAY_OUT)),
    ("marker-toner-empty-error", Level::Error, Some(Condition::TONER_OUT)),
    ("marker-ink-almost-empty-warning", Level::Warning, Some(Condition::TONER_LOW)),
    ("marker-toner-cartridge-missing-error", Level::Error, Some(Condition::TONER_OUT)),
    ("marker-waste-toner-receptacle-full-error", Level::Error, Some(Condition::SHEET_INOPERATIVE)),
    ("output-media-tray-full-error", Level::Error, Some(Condition::BIN_FULL)),
    ("stapler-almost-empty-warning", Level::Warning, None),
    ("stapler-jam-error", Level::Error, Some(Condition::SHEET_JAMMED)),
    ("fuser-cover-open-error", Level::Error, Some(Condition::SHEET_DOOR_OPEN)),
    ("marker-cover-closed-report", Level::Report, None),
    ("interpreter-memory-exhausted-error", Level::Error, Some(Condition::SHEET_INOPERATIVE)),
    ("media-path-media-tray-jam-error", Level::Error, Some(Condition::SHEET_JAMMED)),
    // These names end in "-error" and are names.
    ("media-path-input-feed-error", Level::Error, Some(Condition::SHEET_JAMMED)),
    ("media-path-input-feed-error-report", Level::Report, None),
    ("input-media-tray-feed-error-error", Level::Error, Some(Condition::SHEET_JAMMED)),
    // CUPS of a printer that is switched off.
    ("offline-report", Level::Report, Some(Condition::SHEET_ABSENT)),
    ("cups-missing-filter-warning", Level::Warning, Some(Condition::SHEET_MISCONFIGURED)),
    ("identify-printer-requested-report", Level::Report, None),
    ("hibernate", Level::Report, None),
];

#[test]
fn every_keyword_of_the_standard_means_something_at_every_level() {
    for (keyword, bare, error, warning) in RFC_8011 {
        for (suffix, level) in LEVELS {
            let reason = StateReason::of(&format!("{keyword}{suffix}"));
            let level = level.unwrap_or(*bare);
            let wanted = match level {
                Level::Error => *error,
                Level::Warning => *warning,
                Level::Report => None,
            };
            assert_eq!((reason.keyword.as_str(), reason.level, reason.condition()), (*keyword, level, wanted), "{keyword}{suffix}");
            assert_ne!(reason.meaning, Meaning::Unknown, "{keyword}{suffix}");
        }
    }
}

#[test]
fn keywords_of_later_standards_are_read_with_their_traps() {
    for (keyword, level, condition) in PWG {
        let reason = StateReason::of(keyword);
        assert_eq!((reason.level, reason.condition()), (*level, *condition), "{keyword}: {reason:?}");
        assert_ne!(reason.meaning, Meaning::Unknown, "{keyword}");
    }
}

#[test]
fn an_unknown_keyword_keeps_its_severity_and_an_unknown_error_is_a_fault() {
    for (keyword, level, condition) in [
        ("flux-capacitor-low-warning", Level::Warning, None),
        ("flux-capacitor-report", Level::Report, None),
        ("flux-capacitor-error", Level::Error, Some(Condition::SHEET_INOPERATIVE)),
        ("flux-capacitor", Level::Error, Some(Condition::SHEET_INOPERATIVE)),
        ("", Level::Error, Some(Condition::SHEET_INOPERATIVE)),
        ("-error", Level::Error, Some(Condition::SHEET_INOPERATIVE)),
        ("marker", Level::Error, Some(Condition::SHEET_INOPERATIVE)),
        ("media-empty-soon", Level::Error, Some(Condition::SHEET_INOPERATIVE)),
    ] {
        let reason = StateReason::of(keyword);
        assert_eq!((reason.meaning, reason.level, reason.condition()), (Meaning::Unknown, level, condition), "{keyword}");
    }
    let long = StateReason::of(&"x\u{1b}é".repeat(1000));
    assert!(long.keyword.len() <= 80 && long.keyword.bytes().all(|byte| byte.is_ascii_graphic()), "nothing of it can write on a terminal");
    assert_eq!(StateReason::of(" Media-Empty-ERROR ").condition(), Some(Condition::TRAY_OUT));
}

#[test]
fn what_the_printer_calls_a_warning_never_makes_it_unavailable_unless_somebody_paused_it() {
    for (keyword, ..) in RFC_8011 {
        let warned = StateReason::of(&format!("{keyword}-warning")).condition();
        let stops = [Condition::SHEET_STOPPED, Condition::SHEET_ABSENT];
        assert!(warned.is_none_or(|condition| condition.row().severity < Severity::Error || stops.contains(&condition)), "{keyword}");
    }
}
