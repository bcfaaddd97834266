//! Times and durations in plain words, Indonesian for officers and Indonesian or English on the phone.

use catalogue::{Catalogue, Language};
use jiff::Timestamp;

/// How much time is left against a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeLeft {
    Comfortable,
    /// Less than `SOON_HOURS`.
    Soon,
    Late,
}

/// From here on a row asks for attention.
const SOON_HOURS: i64 = 6;

/// Where `now` stands against `due_at`, and in words.
pub fn time_left(due_at: Timestamp, now: Timestamp) -> (TimeLeft, String) {
    let secs = due_at.as_second() - now.as_second();
    match secs {
        ..0 => (TimeLeft::Late, format!("Terlambat {}", span(-secs, Language::Id))),
        secs if secs < SOON_HOURS * 3600 => (TimeLeft::Soon, format!("Sisa {}", span(secs, Language::Id))),
        secs => (TimeLeft::Comfortable, format!("Sisa {}", span(secs, Language::Id))),
    }
}

/// "3 hari", "5 jam", "12 menit": the largest unit that is not nought, rounded down.
pub fn span(secs: i64, language: Language) -> String {
    let (amount, unit_id, unit_en) = match secs.max(0) {
        secs if secs >= 48 * 3600 => (secs / 86_400, "hari", "day"),
        secs if secs >= 3600 => (secs / 3600, "jam", "hour"),
        secs if secs >= 60 => (secs / 60, "menit", "minute"),
        secs => (secs, "detik", "second"),
    };
    match language {
        Language::En if amount == 1 => format!("{amount} {unit_en}"),
        Language::En => format!("{amount} {unit_en}s"),
        _ => format!("{amount} {unit_id}"),
    }
}

/// "Senin, 23 November 2026 pukul 14.10".
pub fn moment(catalogue: &Catalogue, at: Timestamp, language: Language) -> String {
    catalogue.moment_words(at, language)
}

/// "23-11-2026 14.10", for tables.
pub fn short_moment(catalogue: &Catalogue, at: Timestamp) -> String {
    let local = catalogue.city.local(at);
    format!("{:02}-{:02}-{} {:02}.{:02}", local.day(), local.month(), local.year(), local.hour(), local.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_against_a_promise_is_said_in_the_largest_unit() {
        let due = Timestamp::from_second(1_000_000).expect("in range");
        let cases = [
            (-3 * 86_400, TimeLeft::Comfortable, "Sisa 3 hari"),
            (-7 * 3600, TimeLeft::Comfortable, "Sisa 7 jam"),
            (-5 * 3600 - 59, TimeLeft::Soon, "Sisa 5 jam"),
            (-119, TimeLeft::Soon, "Sisa 1 menit"),
            (0, TimeLeft::Soon, "Sisa 0 detik"),
            (3600, TimeLeft::Late, "Terlambat 1 jam"),
            (50 * 3600, TimeLeft::Late, "Terlambat 2 hari"),
        ];
        for (after_due_secs, tone, words) in cases {
            let now = Timestamp::from_second(1_000_000 + after_due_secs).expect("in range");
            assert_eq!(time_left(due, now), (tone, words.to_owned()));
        }
    }
}
