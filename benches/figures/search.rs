//! Finding a service by a few letters, and a kecamatan among all of the country's: how fast, and whether it is the right one.
//!
//! The phrases are the ones the catalogue must understand (`config/catalogue/examples/search.csv`); beside them stands what a
//! plain substring scan would find. The rule a newcomer would break: the first four letters of a phrase are timed and not
//! judged, since "ktp " may mean ten services; judged is the whole phrase.

use std::hint::black_box;
use std::time::{Duration, Instant};

use catalogue::{Catalogue, Language, Level, PickFrom};
use kiosk::demo::office::Failure;

use crate::Ground;
use crate::table::{Row, Spans, Verdict, show};

const PHRASES: &str = "config/catalogue/examples/search.csv";
const HEADER: &str = "phrase,service";
const LETTERS: usize = 4;
/// Places in which the right service must stand.
const FIRST: usize = 3;
const HITS_PERCENT_MIN: usize = 95;
const SERVICE_BAR: Duration = Duration::from_millis(5);
const REGION_BAR: Duration = Duration::from_millis(10);
/// Each phrase is typed so often.
const ROUNDS: usize = 5;
/// Every so many kecamatan is looked for; a number that shares no factor with how codes are dealt out.
const EVERY: usize = 7;
const KECAMATAN: PickFrom = PickFrom::Region(Level::Kecamatan);

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let catalogue = Catalogue::load_dir(&ground.shipped("config/catalogue"))?;
    let phrases = phrases(&catalogue, &std::fs::read_to_string(ground.shipped(PHRASES))?)?;
    let mut rows = services(&catalogue, &phrases)?;
    rows.push(regions(&catalogue)?);
    Ok(rows)
}

/// What people type, and the service they mean.
fn phrases(catalogue: &Catalogue, text: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        return Err(format!("{PHRASES} does not begin with {HEADER}").into());
    }
    let row = |line: &str| {
        let (phrase, service) = line.rsplit_once(',').ok_or_else(|| format!("{PHRASES}: {line:?} is no row"))?;
        if catalogue.service(service).is_none() {
            return Err(format!("{PHRASES}: there is no service {service}").into());
        }
        Ok((phrase.trim_matches('"').to_owned(), service.to_owned()))
    };
    lines.filter(|line| !line.is_empty()).map(row).collect()
}

fn services(catalogue: &Catalogue, phrases: &[(String, String)]) -> Result<Vec<Row>, Failure> {
    let plain = Substrings::of(catalogue);
    let (mut short, mut whole, mut scans) = (Vec::new(), Vec::new(), Vec::new());
    let (mut hits, mut plain_hits) = (0, 0);
    let mut missed = Vec::new();
    for round in 0..ROUNDS {
        for (phrase, service) in phrases {
            let letters: String = phrase.chars().take(LETTERS).collect();
            let begun = Instant::now();
            black_box(catalogue.find_services(black_box(&letters)));
            short.push(begun.elapsed());
            let begun = Instant::now();
            let found = black_box(catalogue.find_services(black_box(phrase)));
            whole.push(begun.elapsed());
            let begun = Instant::now();
            let scanned = black_box(plain.find(black_box(phrase)));
            scans.push(begun.elapsed());
            if round == 0 {
                plain_hits += usize::from(scanned.iter().take(FIRST).any(|id| id == service));
                match found.iter().take(FIRST).any(|found| found.id == *service) {
                    true => hits += 1,
                    false => missed.push(phrase.as_str()),
                }
            }
        }
    }
    let (short, whole, scans) = (Spans::of(short)?, Spans::of(whole)?, Spans::of(scans)?);
    let percent = |hits: usize| format!("{hits} of {} ({:.1} %)", phrases.len(), hits as f64 / phrases.len() as f64 * 100.0);
    Ok(vec![
        Row {
            what: format!("a service searched, {LETTERS} letters typed"),
            measured: short.three(),
            bar: format!("p99 ≤ {}", show(SERVICE_BAR)),
            verdict: Verdict::of(short.at(99) <= SERVICE_BAR),
            beside: format!("whole phrases typed: {}; a substring scan over all {} phrases: {}", whole.two(), plain.count(), scans.two()),
        },
        Row {
            what: format!("the right service among the first {FIRST}, everyday phrasings"),
            measured: percent(hits),
            bar: format!("≥ {HITS_PERCENT_MIN} %"),
            verdict: Verdict::of(hits * 100 >= phrases.len() * HITS_PERCENT_MIN),
            beside: format!(
                "a substring scan: {}; not found by ours: {}",
                percent(plain_hits),
                if missed.is_empty() { "none".into() } else { missed.join("; ") }
            ),
        },
    ])
}

/// The search that anybody would write first: a service is found when one of its phrases contains what was typed.
struct Substrings<'a>(Vec<(&'a str, Vec<String>)>);

impl<'a> Substrings<'a> {
    fn of(catalogue: &'a Catalogue) -> Self {
        let said = |service: &'a catalogue::Service| {
            let titles = Language::ALL.into_iter().map(|language| service.title.get(language)).chain([service.official.source()]);
            let cards = catalogue.events.iter().flat_map(|event| &event.services).filter(|behind| behind.service == service.id);
            let all = titles.chain(service.search.iter().map(String::as_str)).chain(cards.map(|behind| behind.label.source()));
            (service.id.as_str(), all.map(str::to_lowercase).collect())
        };
        Self(catalogue.services.values().map(said).collect())
    }

    fn count(&self) -> usize {
        self.0.iter().map(|(_, phrases)| phrases.len()).sum()
    }

    fn find(&self, typed: &str) -> Vec<&'a str> {
        let typed = typed.to_lowercase();
        self.0.iter().filter(|(_, phrases)| phrases.iter().any(|phrase| phrase.contains(&typed))).map(|(id, _)| *id).collect()
    }
}

/// Some letters of a kecamatan's name, and the same with two of them swapped.
fn regions(catalogue: &Catalogue) -> Result<Row, Failure> {
    let kecamatan: Vec<&catalogue::Region> = catalogue.regions.values().filter(|region| region.code.matches('.').count() == 2).collect();
    let names: Vec<String> = kecamatan.iter().map(|region| region.name.to_lowercase()).collect();
    let (mut spans, mut scans) = (Vec::new(), Vec::new());
    for name in names.iter().step_by(EVERY) {
        let letters: Vec<char> = name.chars().take(LETTERS).collect();
        let mut slipped = letters.clone();
        let last = slipped.len() - 1;
        slipped.swap(last, last.saturating_sub(1));
        for typed in [letters.iter().collect::<String>(), slipped.into_iter().collect()] {
            let begun = Instant::now();
            let rows = black_box(catalogue.rows(KECAMATAN, black_box(&typed), Language::Id));
            spans.push(begun.elapsed());
            if rows.is_empty() && name.starts_with(&typed) {
                return Err(format!("no kecamatan is found for {typed:?}").into());
            }
        }
        let typed: String = letters.into_iter().collect();
        let begun = Instant::now();
        black_box(names.iter().filter(|name| name.contains(black_box(typed.as_str()))).count());
        scans.push(begun.elapsed());
    }
    let (spans, scans) = (Spans::of(spans)?, Spans::of(scans)?);
    Ok(Row {
        what: format!("a kecamatan searched among {}, {LETTERS} letters typed, half of them with a slip", kecamatan.len()),
        measured: spans.three(),
        bar: format!("p99 ≤ {}", show(REGION_BAR)),
        verdict: Verdict::of(spans.at(99) <= REGION_BAR),
        beside: format!("a substring scan over the same names, unsorted and without slips: {}", scans.two()),
    })
}
