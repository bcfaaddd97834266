//! The next question, computed from the answers alone, in a service larger than any real one.
//!
//! 40 questions of 20 choices each; every question after the second depends on the two before it, and every second one has
//! an exit, the density of the shipped service. The answers keep all 40 on the route, so the deepest walk is the worst one.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use catalogue::route::{End, Route};
use catalogue::{Answers, Bundle, Catalogue, Facts, Service, StepKind};
use jiff::civil::{Date, date};
use kiosk::demo::office::Failure;

use crate::Ground;
use crate::table::{Row, Spans, Verdict, show};

const QUESTIONS: usize = 40;
const CHOICES: usize = 20;
const ROUNDS: usize = 60;
const TODAY: Date = date(2026, 11, 20);
const SERVICE: &str = "layanan-besar";
const BAR: Duration = Duration::from_millis(1);

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let mut bundle = Bundle::read_dir(&ground.shipped("config/catalogue"))?;
    let index = bundle.files.get_mut("index.toml").ok_or("the shipped catalogue has no index.toml")?;
    let mut table: toml::Table = toml::from_str(index)?;
    let services = table.get_mut("services").and_then(toml::Value::as_array_mut).ok_or("index.toml offers no services")?;
    services.push(SERVICE.into());
    *index = toml::to_string(&table)?;
    bundle.files.insert(format!("services/{SERVICE}.toml"), large_service());
    let catalogue = Catalogue::load(&bundle)?;
    let service = catalogue.service(SERVICE).ok_or("the large service was not loaded")?;

    let (mut all, mut deepest, mut facts_alone) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut answers = Answers::default();
        for depth in 0..=QUESTIONS {
            let begun = Instant::now();
            let route = black_box(Route::walk(service, black_box(&answers), TODAY));
            let span = begun.elapsed();
            check(&route, depth)?;
            all.push(span);
            if depth >= QUESTIONS - 1 {
                deepest.push(span);
            }
            answers.set(&name(depth), "c01");
        }
        let begun = Instant::now();
        black_box(Facts::new(TODAY, service.steps.iter().map(|step| step.id.as_str())));
        facts_alone.push(begun.elapsed());
    }
    let (all, deepest, facts_alone) = (Spans::of(all)?, Spans::of(deepest)?, Spans::of(facts_alone)?);
    let rules = QUESTIONS - 1 + service.exits.len() * QUESTIONS;
    let shipped = shipped_walks(catalogue.service("ktp-hilang").ok_or("the shipped service is missing")?)?;
    Ok(vec![Row {
        what: format!("next question computed, {QUESTIONS} questions × {CHOICES} choices, {} exits, every depth", service.exits.len()),
        measured: all.three(),
        bar: format!("p99 ≤ {}", show(BAR)),
        verdict: Verdict::of(all.at(99) <= BAR),
        beside: format!(
            "the two deepest walks alone ({rules} conditions): {}; setting up their variables: {}; the shipped service, complete: {}",
            deepest.two(),
            facts_alone.two(),
            shipped.two()
        ),
    }])
}

/// A walk that found something else was not worth timing.
fn check(route: &Route<'_>, depth: usize) -> Result<(), Failure> {
    let is_right = match &route.end {
        End::Ask(step) => depth < QUESTIONS && step.id == name(depth),
        End::Complete => depth == QUESTIONS,
        End::Exit(_) => false,
    };
    if is_right && route.answered.len() == depth { Ok(()) } else { Err(format!("after {depth} answers the route ends at {:?}", route.end).into()) }
}

/// Walks of a complete application for a lost KTP.
fn shipped_walks(service: &Service) -> Result<Spans, Failure> {
    let mut answers = Answers::default();
    for (id, value) in [("ktp_fisik", "ya"), ("alasan", "hilang"), ("surat_polisi", "ya"), ("cetak_6_bulan", "tidak")] {
        answers.set(id, value);
    }
    for step in &service.steps {
        match &step.kind {
            StepKind::Choice { .. } => {}
            StepKind::Entry { .. } => answers.set(&step.id, "1990-07-05"),
            StepKind::Paper { pages_min, .. } => {
                answers.pages.insert(step.id.clone(), *pages_min);
            }
        }
    }
    if !Route::walk(service, &answers, TODAY).is_complete() {
        return Err("the answers do not complete the shipped service".into());
    }
    let timed = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        black_box(Route::walk(service, black_box(&answers), TODAY));
        begun.elapsed()
    });
    Spans::of(timed.collect())
}

fn name(index: usize) -> String {
    format!("t{:02}", index + 1)
}

/// The file of the large service, as a person would have written it.
fn large_service() -> String {
    let mut file = format!(
        "id = \"{SERVICE}\"\ncode = \"XX-40\"\nform = \"F-1.02\"\npath = \"kartu\"\n\
         title = {{ id = \"Layanan besar\" }}\ncollect = {{ id = \"Kantor kelurahan\" }}\n"
    );
    let mut line = |text: String| writeln!(file, "{text}").expect("writing to a string cannot fail");
    for index in 0..QUESTIONS {
        line(format!("[[step]]\nid = \"{}\"\nkind = \"choice\"", name(index)));
        match index {
            0 => {}
            1 => line(format!("when = \"{} != 'c20'\"", name(0))),
            _ => line(format!("when = \"{} != 'c20' && {} != 'c19'\"", name(index - 1), name(index - 2))),
        }
        line(format!("label = {{ id = \"Hal {index}\" }}\nquestion = {{ id = \"Apa jawaban Anda untuk hal {index}?\" }}"));
        for choice in 1..=CHOICES {
            line(format!("[[step.choice]]\nvalue = \"c{choice:02}\"\nlabel = {{ id = \"Pilihan {choice}\" }}"));
        }
    }
    for index in (1..QUESTIONS).step_by(2) {
        line(format!(
            "[[exit]]\nid = \"keluar-{index}\"\nwhen = \"{} == 'c18' && {} != 'c17'\"\ntitle = {{ id = \"Ke loket\" }}\n\
             sentences = [{{ id = \"Temui petugas di loket.\" }}]",
            name(index),
            name(index - 1)
        ));
    }
    line("[[clock]]\nid = \"satu-kali-24-jam\"\nhours = 24\nlabel = { id = \"1×24 jam\" }".into());
    file
}
