//! Times and durations in plain words, Indonesian for officers and Indonesian or English on the phone.

use catalogue::{Catalogue, Language, Lateness};
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
/// From here on lateness is said in days.
const LATE_IN_DAYS_SECS: i64 = -48 * 3600;

/// Where `now` stands against `due_at`, and in words.
pub fn time_left(due_at: Timestamp, now: Timestamp) -> (TimeLeft, String) {
    let secs = due_at.as_second() - now.as_second();
    match secs {
        // Days of lateness are counted as they are paid for: each day begun.
        secs if secs <= LATE_IN_DAYS_SECS => (TimeLeft::Late, format!("Terlambat {} hari", (-secs + 86_399) / 86_400)),
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

/// "Rp100.000".
pub fn rupiah(amount: i64) -> String {
    let digits = amount.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits are ASCII")).collect();
    format!("Rp{}", groups.join("."))
}

/// "Terlambat 2 hari, Rp100.000"; nothing while a promise is kept.
pub fn lateness(lateness: Lateness) -> Option<String> {
    let days = lateness.days_late;
    lateness.late.then(|| match lateness.owed_rupiah {
        0 => format!("Terlambat {days} hari, tanpa kompensasi"),
        owed => format!("Terlambat {days} hari, {}", rupiah(owed)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_owed_is_said_with_the_days_it_is_owed_for() {
        let cases = [
            (false, 0, 0, None),
            (true, 1, 50_000, Some("Terlambat 1 hari, Rp50.000")),
            (true, 2, 100_000, Some("Terlambat 2 hari, Rp100.000")),
            (true, 30, 1_500_000, Some("Terlambat 30 hari, Rp1.500.000")),
            (true, 3, 0, Some("Terlambat 3 hari, tanpa kompensasi")),
        ];
        for (late, days_late, owed_rupiah, words) in cases {
            assert_eq!(lateness(Lateness { late, days_late, owed_rupiah }).as_deref(), words);
        }
    }

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
            (47 * 3600, TimeLeft::Late, "Terlambat 47 jam"),
            (48 * 3600, TimeLeft::Late, "Terlambat 2 hari"),
            (50 * 3600, TimeLeft::Late, "Terlambat 3 hari"),
        ];
        for (after_due_secs, tone, words) in cases {
            let now = Timestamp::from_second(1_000_000 + after_due_secs).expect("in range");
            assert_eq!(time_left(due, now), (tone, words.to_owned()));
        }
    }
}
