//! What the rules say of a typed value, while it is being typed and when it is done.
//!
//! Hard findings must be mended; the others only ask "sudah benar?", since real papers contradict each other and nobody may
//! be turned away by a guess of ours. Sources: NIK structure and permanence PP 40/2019 ps 30 and 33; names Permendagri
//! 73/2022, which binds new registrations only, so a one-word name is never even asked about here.

use jiff::civil::Date;

use crate::facts::age_on;
use crate::number::{DIGITS, Kk, Nik, NumberError, Phone};
use crate::schema::Service;
use crate::step::{Step, StepKind};
use crate::{Answers, Catalogue, EntryKind, Language, Route};

/// Longest name the register keeps, in characters (Permendagri 73/2022 ps 4).
pub const NAME_CHARS_MAX: usize = 60;
/// Longest number of a letter or a certificate, in characters; older ones follow no pattern.
pub const LETTER_CHARS_MAX: usize = 40;
/// Signs that addresses and the numbers of letters have, beside letters and digits.
pub const TEXT_SIGNS: &str = " .,-/'():";
/// `YYYY-MM-DD`
const DATE_CHARS: usize = 10;
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
    DatePast,
    PhoneShape,
    NumberRange,
    TimeShape,
    EmailShape,
    AktaShape,
    SkpwniShape,
    NameOneWord,
    NameShort,
    TextLong,
    TextSigns,
    NikTwice,
}

impl FindingId {
    pub const ALL: [FindingId; 27] = [
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
        Self::DatePast,
        Self::PhoneShape,
        Self::NumberRange,
        Self::TimeShape,
        Self::EmailShape,
        Self::AktaShape,
        Self::SkpwniShape,
        Self::NameOneWord,
        Self::NameShort,
        Self::TextLong,
        Self::TextSigns,
        Self::NikTwice,
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
            Self::DatePast => "tanggal-lewat",
            Self::NumberRange => "angka-batas",
            Self::TimeShape => "jam-bentuk",
            Self::EmailShape => "surel-bentuk",
            Self::AktaShape => "akta-bentuk",
            Self::SkpwniShape => "skpwni-bentuk",
            Self::NameOneWord => "nama-satu-kata",
            Self::NameShort => "nama-singkatan",
            Self::TextLong => "teks-panjang",
            Self::TextSigns => "teks-tanda",
            Self::NikTwice => "nik-ganda",
        }
    }

    pub fn weight(self) -> Weight {
        match self {
            Self::NikRegion
            | Self::NikBirthDate
            | Self::KkFuture
            | Self::DateOld
            | Self::PhoneShape
            | Self::EmailShape
            | Self::AktaShape
            | Self::SkpwniShape
            | Self::NameOneWord
            | Self::NameShort => Weight::Ask,
            Self::Empty
            | Self::NikShort
            | Self::NikDate
            | Self::KkShort
            | Self::KkDate
            | Self::SameNumber
            | Self::NameSigns
            | Self::NameLong
            | Self::DateShort
            | Self::DateMissing
            | Self::DateFuture
            | Self::DatePast
            | Self::NumberRange
            | Self::TimeShape
            | Self::TextLong
            | Self::TextSigns
            | Self::NikTwice => Weight::Hard,
        }
    }
}

/// One finding with the numbers its sentence needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub id: FindingId,
    /// How many characters are missing or too many, where that is what happened.
    pub count: Option<usize>,
    /// The limits of a number.
    pub range: Option<(u32, u32)>,
}

impl Finding {
    fn of(id: FindingId) -> Self {
        Self { id, count: None, range: None }
    }

    fn counted(id: FindingId, count: usize) -> Self {
        Self { id, count: Some(count), range: None }
    }
}

impl Catalogue {
    /// The finding in words.
    pub fn finding_text(&self, finding: &Finding, language: Language) -> String {
        let count = finding.count.map(|count| count.to_string()).unwrap_or_default();
        let (min, max) = finding.range.unwrap_or_default();
        let values = [("n", count.as_str()), ("dari", &min.to_string()), ("sampai", &max.to_string())];
        self.findings.get(finding.id.key()).map(|text| text.fill(language, &values)).unwrap_or_default()
    }

    /// What is to be said about `value`, typed for `step` beside the other `answers`. At most one thing at a time, the hardest
    /// first.
    ///
    /// `value` is as stored: digits for numbers, `YYYY-MM-DD` or the digits typed so far (`DDMMYYYY`) for dates. A choice, a
    /// picked row or a paper has no finding here: their values are checked by [`Catalogue::findings`].
    pub fn examine(&self, step: &Step, value: &str, answers: &Answers, today: Date) -> Option<Finding> {
        let StepKind::Entry { kind, optional } = step.kind else { return None };
        if value.is_empty() {
            return (!optional).then(|| Finding::of(FindingId::Empty));
        }
        match kind {
            EntryKind::Nik => self.examine_nik(&step.id, value, answers),
            EntryKind::Kk => examine_kk(value, answers, today),
            EntryKind::Name { new } => examine_name(value, new),
            EntryKind::BirthDate => examine_birth_date(&step.id, value, answers, today),
            EntryKind::Date => match parsed_date(value) {
                Ok(date) => (date > today).then(|| Finding::of(FindingId::DateFuture)),
                Err(finding) => Some(finding),
            },
            EntryKind::PlanDate => match parsed_date(value) {
                Ok(date) => (date < today).then(|| Finding::of(FindingId::DatePast)),
                Err(finding) => Some(finding),
            },
            EntryKind::Time => (!is_time(value)).then(|| Finding::of(FindingId::TimeShape)),
            EntryKind::Phone => (!Phone::looks_right(value)).then(|| Finding::of(FindingId::PhoneShape)),
            EntryKind::Email => (!is_email(value)).then(|| Finding::of(FindingId::EmailShape)),
            EntryKind::Text { chars_max } => examine_text(value, chars_max),
            EntryKind::Number { min, max } => {
                let fits = is_digits(value) && value.parse::<u32>().is_ok_and(|number| (min..=max).contains(&number));
                (!fits).then(|| Finding { range: Some((min, max)), ..Finding::of(FindingId::NumberRange) })
            }
            EntryKind::Akta => examine_text(value, LETTER_CHARS_MAX).or_else(|| (!is_akta(value)).then(|| Finding::of(FindingId::AktaShape))),
            EntryKind::Skpwni => {
                let starts = value.replace(' ', "").starts_with("SKPWNI");
                examine_text(value, LETTER_CHARS_MAX).or_else(|| (!starts).then(|| Finding::of(FindingId::SkpwniShape)))
            }
            EntryKind::Letter => examine_text(value, LETTER_CHARS_MAX),
        }
    }

    /// Everything that must not stand in a finished application, by step: hard findings, values no choice has, rows no list has.
    /// The server asks this of whatever arrives; it trusts nothing.
    pub fn findings(&self, service: &Service, answers: &Answers, today: Date) -> Vec<(String, Finding)> {
        let route = Route::walk(self, service, answers, today);
        let hard = |step: &&Step| {
            let value = answers.value(&step.id);
            let finding = match &step.kind {
                StepKind::Pick { optional, .. } if value.is_empty() => (!optional).then(|| Finding::of(FindingId::Empty)),
                StepKind::Pick { from, .. } => (!self.has_row(*from, value)).then(|| Finding::of(FindingId::TextSigns)),
                _ => self.examine(step, value, answers, today),
            };
            finding.filter(|finding| finding.id.weight() == Weight::Hard).map(|finding| (step.id.clone(), finding))
        };
        route.answered.iter().filter_map(hard).collect()
    }

    fn examine_nik(&self, id: &str, value: &str, answers: &Answers) -> Option<Finding> {
        let nik = match Nik::parse(value) {
            Ok(nik) => nik,
            Err(NumberError::Missing(DIGITS)) => return Some(Finding::of(FindingId::Empty)),
            Err(NumberError::Missing(count)) => return Some(Finding::counted(FindingId::NikShort, count)),
            Err(NumberError::NoSuchDate | NumberError::NotDigits | NumberError::TooMany(_)) => return Some(Finding::of(FindingId::NikDate)),
        };
        if value == answers.value("no_kk") {
            return Some(Finding::of(FindingId::SameNumber));
        }
        // One person may stand in two roles (the reporter who is the father), but not twice in one list.
        let same_list = |other: &str| other != id && in_list(other) == in_list(id) && in_list(id).is_some();
        if answers.values.iter().any(|(other, used)| same_list(other) && used == value) {
            return Some(Finding::of(FindingId::NikTwice));
        }
        if !self.regions.contains_key(&nik.region()) {
            return Some(Finding::of(FindingId::NikRegion));
        }
        let born = beside(id, "nik", "tanggal_lahir").and_then(|birth| answers.value(&birth).parse::<Date>().ok())?;
        (!nik.agrees_with(born)).then(|| Finding::of(FindingId::NikBirthDate))
    }
}

/// `anggota_2_nik` → `anggota_#_nik`, `saksi1_nik` → `saksi#_nik`: which list of people a NIK stands in, when it is one.
fn in_list(id: &str) -> Option<String> {
    let mut list = String::new();
    for character in id.chars().map(|character| if character.is_ascii_digit() { '#' } else { character }) {
        // `anggota_10_nik` is in the list of `anggota_9_nik`.
        if character != '#' || !list.ends_with('#') {
            list.push(character);
        }
    }
    list.contains('#').then_some(list)
}

/// The step of the same person that ends differently: `ayah_nik` → `ayah_tanggal_lahir`.
fn beside(id: &str, ending: &str, other: &str) -> Option<String> {
    id.strip_suffix(ending).map(|person| format!("{person}{other}"))
}

fn examine_kk(value: &str, answers: &Answers, today: Date) -> Option<Finding> {
    let kk = match Kk::parse(value) {
        Ok(kk) => kk,
        Err(NumberError::Missing(DIGITS)) => return Some(Finding::of(FindingId::Empty)),
        Err(NumberError::Missing(count)) => return Some(Finding::counted(FindingId::KkShort, count)),
        Err(NumberError::NoSuchDate | NumberError::NotDigits | NumberError::TooMany(_)) => return Some(Finding::of(FindingId::KkDate)),
    };
    if value == answers.value("nik") {
        return Some(Finding::of(FindingId::SameNumber));
    }
    kk.is_issued_after(today).then(|| Finding::of(FindingId::KkFuture))
}

fn examine_birth_date(id: &str, value: &str, answers: &Answers, today: Date) -> Option<Finding> {
    let born = match parsed_date(value) {
        Ok(born) => born,
        Err(finding) => return Some(finding),
    };
    if born > today {
        return Some(Finding::of(FindingId::DateFuture));
    }
    if age_on(born, today) > AGE_YEARS_MAX {
        return Some(Finding::of(FindingId::DateOld));
    }
    let nik = beside(id, "tanggal_lahir", "nik").and_then(|nik| Nik::parse(answers.value(&nik)).ok())?;
    (!nik.agrees_with(born)).then(|| Finding::of(FindingId::NikBirthDate))
}

fn parsed_date(value: &str) -> Result<Date, Finding> {
    // One way to write each day: what is stored is compared and shown as it is.
    value.parse::<Date>().ok().filter(|date| value.len() == DATE_CHARS && date.to_string() == value).ok_or_else(|| match 8usize.saturating_sub(value.len()) {
        0 => Finding::of(FindingId::DateMissing),
        missing => Finding::counted(FindingId::DateShort, missing),
    })
}

fn examine_name(value: &str, new: bool) -> Option<Finding> {
    let name = value.trim();
    if name.is_empty() {
        return Some(Finding::of(FindingId::Empty));
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Some(Finding::counted(FindingId::NameLong, name.chars().count() - NAME_CHARS_MAX));
    }
    let fits = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, ' ' | '\'' | '-' | '.' | ',');
    if !name.chars().all(fits) {
        return Some(Finding::of(FindingId::NameSigns));
    }
    if !new {
        return None;
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.iter().any(|word| word.len() < 2 || word.contains(['.', ','])) {
        return Some(Finding::of(FindingId::NameShort));
    }
    (words.len() < 2).then(|| Finding::of(FindingId::NameOneWord))
}

fn examine_text(value: &str, chars_max: usize) -> Option<Finding> {
    let chars = value.chars().count();
    if chars > chars_max {
        return Some(Finding::counted(FindingId::TextLong, chars - chars_max));
    }
    let fits = |character: char| character.is_ascii_alphanumeric() || TEXT_SIGNS.contains(character);
    (!value.chars().all(fits)).then(|| Finding::of(FindingId::TextSigns))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_time(value: &str) -> bool {
    let part = |text: &str, max: u8| text.len() == 2 && is_digits(text) && text.parse::<u8>().is_ok_and(|number| number <= max);
    value.split_once('.').is_some_and(|(hour, minute)| part(hour, 23) && part(minute, 59))
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.split('.').count() >= 2 && host.split('.').all(|part| !part.is_empty()))
}

/// `3578-LU-05072026-0001`: office, kind of certificate, date of registration, number.
fn is_akta(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let digits = |text: &str, count: usize| text.len() == count && is_digits(text);
    matches!(parts.as_slice(), [office, kind, date, number]
        if digits(office, 4) && kind.len() == 2 && kind.bytes().all(|byte| byte.is_ascii_uppercase()) && digits(date, 8) && digits(number, 4))
}
