//! What the rules say of a typed value, while it is being typed and when it is done.
//!
//! Hard findings must be mended; the others only ask "sudah benar?", since real papers contradict each other and nobody may
//! be turned away by a guess of ours. Sources: NIK structure and permanence PP 40/2019 ps 30 and 33; names Permendagri
//! 73/2022, which binds new registrations only, so a one-word name is never even asked about here.

use jiff::civil::Date;

use crate::number::{DIGITS, Kk, Nik, NumberError, Phone};
use crate::{Answers, Catalogue, EntryKind, Language};

/// Longest name the register keeps, in characters (Permendagri 73/2022 ps 4).
pub const NAME_CHARS_MAX: usize = 60;
/// Nobody older is believed without asking.
const AGE_YEARS_MAX: i64 = 120;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Hard,
    Ask,
}

/// Every finding there is; each has one sentence in `shared/findings.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingId {
    Empty,
    NikShort,
    NikDate,
    NikRegion,
    NikBirthDate,
    KkShort,
    KkDate,
    KkFuture,
    SameNumber,
    NameSigns,
    NameLong,
    DateShort,
    DateMissing,
    DateFuture,
    DateOld,
    PhoneShape,
}

impl FindingId {
    pub const ALL: [FindingId; 16] = [
        Self::Empty,
        Self::NikShort,
        Self::NikDate,
        Self::NikRegion,
        Self::NikBirthDate,
        Self::KkShort,
        Self::KkDate,
        Self::KkFuture,
        Self::SameNumber,
        Self::NameSigns,
        Self::NameLong,
        Self::DateShort,
        Self::DateMissing,
        Self::DateFuture,
        Self::DateOld,
        Self::PhoneShape,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "kosong",
            Self::NikShort => "nik-kurang",
            Self::NikDate => "nik-tanggal",
            Self::NikRegion => "nik-wilayah",
            Self::NikBirthDate => "nik-tanggal-lahir",
            Self::KkShort => "kk-kurang",
            Self::KkDate => "kk-tanggal",
            Self::KkFuture => "kk-depan",
            Self::SameNumber => "nomor-sama",
            Self::NameSigns => "nama-tanda",
            Self::NameLong => "nama-panjang",
            Self::DateShort => "tanggal-kurang",
            Self::DateMissing => "tanggal-tidak-ada",
            Self::DateFuture => "tanggal-depan",
            Self::DateOld => "tanggal-lama",
            Self::PhoneShape => "telepon-bentuk",
        }
    }

    pub fn weight(self) -> Weight {
        match self {
            Self::NikRegion | Self::NikBirthDate | Self::KkFuture | Self::DateOld | Self::PhoneShape => Weight::Ask,
            _ => Weight::Hard,
        }
    }
}

/// One finding with the numbers its sentence needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub id: FindingId,
    /// How many characters are missing or too many, where that is what happened.
    pub count: Option<usize>,
}

impl Finding {
    fn of(id: FindingId) -> Self {
        Self { id, count: None }
    }
}

impl Catalogue {
    /// The finding in words.
    pub fn finding_text(&self, finding: &Finding, language: Language) -> String {
        let count = finding.count.map(|count| count.to_string()).unwrap_or_default();
        self.findings.get(finding.id.key()).map(|text| text.fill(language, &[("n", &count)])).unwrap_or_default()
    }

    /// What is to be said about `value`, typed for a field of `kind` beside the other `answers`. At most one thing at a time,
    /// the hardest first.
    ///
    /// `value` is as stored: digits for numbers, `YYYY-MM-DD` or the digits typed so far (`DDMMYYYY`) for dates.
    pub fn examine(&self, kind: EntryKind, value: &str, answers: &Answers, today: Date) -> Option<Finding> {
        match kind {
            EntryKind::Nik => self.examine_nik(value, answers),
            EntryKind::Kk => self.examine_kk(value, answers, today),
            EntryKind::Name => examine_name(value),
            EntryKind::BirthDate => self.examine_birth_date(value, answers, today),
            EntryKind::Phone => (!value.is_empty() && !Phone::looks_right(value)).then(|| Finding::of(FindingId::PhoneShape)),
        }
    }

    fn examine_nik(&self, value: &str, answers: &Answers) -> Option<Finding> {
        let nik = match Nik::parse(value) {
            Ok(nik) => nik,
            Err(NumberError::Missing(DIGITS)) => return Some(Finding::of(FindingId::Empty)),
            Err(NumberError::Missing(count)) => return Some(Finding { id: FindingId::NikShort, count: Some(count) }),
            Err(NumberError::NoSuchDate | NumberError::NotDigits | NumberError::TooMany(_)) => return Some(Finding::of(FindingId::NikDate)),
        };
        if value == answers.value("no_kk") {
            return Some(Finding::of(FindingId::SameNumber));
        }
        if !self.regions.contains_key(&nik.region()) {
            return Some(Finding::of(FindingId::NikRegion));
        }
        let born = answers.value("tanggal_lahir").parse::<Date>().ok()?;
        (!nik.agrees_with(born)).then(|| Finding::of(FindingId::NikBirthDate))
    }

    fn examine_kk(&self, value: &str, answers: &Answers, today: Date) -> Option<Finding> {
        let kk = match Kk::parse(value) {
            Ok(kk) => kk,
            Err(NumberError::Missing(DIGITS)) => return Some(Finding::of(FindingId::Empty)),
            Err(NumberError::Missing(count)) => return Some(Finding { id: FindingId::KkShort, count: Some(count) }),
            Err(NumberError::NoSuchDate | NumberError::NotDigits | NumberError::TooMany(_)) => return Some(Finding::of(FindingId::KkDate)),
        };
        if value == answers.value("nik") {
            return Some(Finding::of(FindingId::SameNumber));
        }
        kk.is_issued_after(today).then(|| Finding::of(FindingId::KkFuture))
    }

    fn examine_birth_date(&self, value: &str, answers: &Answers, today: Date) -> Option<Finding> {
        if value.is_empty() {
            return Some(Finding::of(FindingId::Empty));
        }
        let Ok(born) = value.parse::<Date>() else {
            let missing = 8usize.saturating_sub(value.len());
            return Some(if missing > 0 { Finding { id: FindingId::DateShort, count: Some(missing) } } else { Finding::of(FindingId::DateMissing) });
        };
        if born > today {
            return Some(Finding::of(FindingId::DateFuture));
        }
        if crate::rule::age_on(born, today) > AGE_YEARS_MAX {
            return Some(Finding::of(FindingId::DateOld));
        }
        let nik = Nik::parse(answers.value("nik")).ok()?;
        (!nik.agrees_with(born)).then(|| Finding::of(FindingId::NikBirthDate))
    }
}

fn examine_name(value: &str) -> Option<Finding> {
    let name = value.trim();
    if name.is_empty() {
        return Some(Finding::of(FindingId::Empty));
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Some(Finding { id: FindingId::NameLong, count: Some(name.chars().count() - NAME_CHARS_MAX) });
    }
    let fits = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, ' ' | '\'' | '-' | '.' | ',');
    (!name.chars().all(fits)).then(|| Finding::of(FindingId::NameSigns))
}
