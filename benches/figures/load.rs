//! The shipped catalogue from files to a checked value, and every route through it.
//!
//! Loading and the long check are two figures, since they are two things: a kiosk loads at its start and refuses what cannot
//! work; the long check walks every route, runs every example and looks up every translation before a city hands the files out.
//! The rule a newcomer would break: a catalogue with a problem in it is not measured, it is a failure.

use std::hint::black_box;
use std::time::{Duration, Instant};

use catalogue::check::check;
use catalogue::{Answers, Bundle, Catalogue, Route};
use jiff::civil::{Date, date};
use kiosk::demo::office::Failure;

use crate::Ground;
use crate::table::{Row, Spans, Verdict, show};

/// The day on which ages and deadlines turn in every figure about the catalogue.
pub const TODAY: Date = date(2026, 11, 20);
const LOADS: usize = 20;
const CHECKS: usize = 5;
const LOAD_BAR: Duration = Duration::from_millis(300);
const WALK_BAR: Duration = Duration::from_secs(60);

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let dir = ground.shipped("config/catalogue");
    let bundle = Bundle::read_dir(&dir)?;
    let catalogue = Catalogue::load(&bundle)?;
    let (mut loads, mut reads, mut parses) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..LOADS {
        let begun = Instant::now();
        let bundle = Bundle::read_dir(&dir)?;
        reads.push(begun.elapsed());
        black_box(Catalogue::load(&bundle)?);
        loads.push(begun.elapsed());
        let begun = Instant::now();
        for text in tables(&bundle) {
            black_box(toml::from_str::<toml::Table>(black_box(text))?);
        }
        parses.push(begun.elapsed());
    }
    let (mut checks, mut walks) = (Vec::new(), Vec::new());
    let (mut routes, mut points, mut examples) = (0u64, 0, 0);
    for _ in 0..CHECKS {
        let begun = Instant::now();
        let report = check(&catalogue, &bundle, TODAY);
        checks.push(begun.elapsed());
        if let Some(problem) = report.problems.first() {
            return Err(format!("the shipped catalogue has {} problem(s): {problem}", report.problems.len()).into());
        }
        (routes, examples) = (report.routes(), report.examples);
        let begun = Instant::now();
        points = catalogue.services.values().map(|service| black_box(catalogue.walk_all(service, TODAY)).points).sum();
        walks.push(begun.elapsed());
    }
    let both: Vec<Duration> = loads.iter().zip(checks.iter().cycle()).map(|(load, check)| *load + *check).collect();
    let (loads, reads, parses, both) = (Spans::of(loads)?, Spans::of(reads)?, Spans::of(parses)?, Spans::of(both)?);
    let (checks, walks, alone) = (Spans::of(checks)?, Spans::of(walks)?, one_route(&catalogue)?);
    let one_by_one = alone.at(50).as_secs_f64() * routes as f64 / 3600.0;
    Ok(vec![
        Row {
            what: format!(
                "the whole catalogue read, compiled and its conditions checked ({} services), as a kiosk does at its start",
                catalogue.services.len()
            ),
            measured: loads.three(),
            bar: format!("p95 ≤ {}", show(LOAD_BAR)),
            verdict: Verdict::of(loads.at(95) <= LOAD_BAR),
            beside: format!(
                "its {} TOML files ({} KiB) only parsed: {}; all {} files only read: {}",
                tables(&bundle).count(),
                tables(&bundle).map(str::len).sum::<usize>() / 1024,
                parses.two(),
                bundle.files.len(),
                reads.two()
            ),
        },
        Row {
            what: "the same and then the long check before it is handed out: every route, example, translation".into(),
            measured: both.three(),
            bar: format!("p95 ≤ {}", show(LOAD_BAR)),
            verdict: Verdict::of(both.at(95) <= LOAD_BAR),
            beside: format!("the long check alone, {examples} examples: {}; of it the walk through all routes: {}", checks.two(), walks.two()),
        },
        Row {
            what: format!("every route of every service walked, {routes} of them"),
            measured: format!("p50 {}, worst {} ({} walks)", show(walks.at(50)), show(walks.worst()), walks.count()),
            bar: format!("≤ {}", show(WALK_BAR)),
            verdict: Verdict::of(routes > 0 && walks.worst() <= WALK_BAR),
            beside: format!(
                "{points} points at which routes part or meet; walked one by one at {} each they would take {one_by_one:.1} hours",
                show(alone.at(50))
            ),
        },
    ])
}

fn tables(bundle: &Bundle) -> impl Iterator<Item = &str> {
    bundle.files.iter().filter(|(name, _)| name.ends_with(".toml")).map(|(_, text)| text.as_str())
}

/// One complete route at a time: what a walk without memory would pay for each.
fn one_route(catalogue: &Catalogue) -> Result<Spans, Failure> {
    let mut spans = Vec::new();
    for service in catalogue.services.values() {
        for (_, answers) in catalogue.sample_routes(service, TODAY) {
            let answers: Answers = black_box(answers);
            let begun = Instant::now();
            black_box(Route::walk(catalogue, service, &answers, TODAY));
            spans.push(begun.elapsed());
        }
    }
    Spans::of(spans)
}
