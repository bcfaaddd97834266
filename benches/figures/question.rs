//! The next question, computed from the answers alone: in every shipped service, in a visit of several, and in a service larger
//! than any real one.
//!
//! The shipped services are walked along their sample routes, one to each exit and one to a submission, and timed after every
//! answer. The large one has 40 questions of 20 choices each; every question after the second depends on the two before it,
//! and every second one has an exit. Its answers keep all 40 on the route, so the deepest walk is the worst one.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use catalogue::facts::Facts;
use catalogue::route::{End, Route};
use catalogue::{Answers, Bundle, Catalogue, Service, Step, StepKind};
use kiosk::demo::office::Failure;

use crate::Ground;
use crate::load::TODAY;
use crate::table::{Row, Spans, Verdict, show};

const QUESTIONS: usize = 40;
const CHOICES: usize = 20;
const ROUNDS: usize = 60;
/// Times each sample route is walked to its end.
const REPEATS: usize = 5;
const SERVICE: &str = "layanan-besar";
const LARGE_BAR: Duration = Duration::from_millis(1);
const BAR: Duration = Duration::from_micros(200);
/// A birth, the family card and the child's card, in one visit.
const VISIT: [&str; 3] = ["akta-kelahiran", "kk-tambah", "kia-baru"];
/// Answers after which a route without an end is given up.
const DEPTH_MAX: usize = 400;

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let bundle = Bundle::read_dir(&ground.shipped("config/catalogue"))?;
    let shipped = Catalogue::load(&bundle)?;
    let mut rows = every_service(&shipped)?;
    rows.push(visit(&shipped)?);
    rows.push(large(bundle)?);
    Ok(rows)
}

fn every_service(catalogue: &Catalogue) -> Result<Vec<Row>, Failure> {
    let (mut all, mut facts_alone) = (Vec::new(), Vec::new());
    let mut worst = (Duration::ZERO, String::new());
    let mut routes = 0;
    for service in catalogue.services.values() {
        for (exit, answers) in catalogue.sample_routes(service, TODAY) {
            routes += 1;
            for _ in 0..REPEATS {
                let spans = follow(catalogue, service, &answers, exit.as_deref())?;
                let most = spans.iter().max().copied().unwrap_or_default();
                worst = worst.max((most, service.id.clone()));
                all.extend(spans);
            }
        }
        let begun = Instant::now();
        black_box(Facts::new(catalogue, service, TODAY));
        facts_alone.push(begun.elapsed());
    }
    let (all, facts_alone) = (Spans::of(all)?, Spans::of(facts_alone)?);
    Ok(vec![Row {
        what: format!("next step after an answer, {} services along {routes} routes, every depth", catalogue.services.len()),
        measured: all.three(),
        bar: format!("p99 ≤ {}", show(BAR)),
        verdict: Verdict::of(all.at(99) <= BAR),
        beside: format!("the slowest of all: {} in {}; setting up the variables of a walk: {}", show(worst.0), worst.1, facts_alone.two()),
    }])
}

/// Answers one step after the other as the sample does, timing the walk after each; the end must be the sample's.
fn follow(catalogue: &Catalogue, service: &Service, sample: &Answers, exit: Option<&str>) -> Result<Vec<Duration>, Failure> {
    let mut answers = Answers::default();
    let mut spans = Vec::new();
    for _ in 0..DEPTH_MAX {
        let begun = Instant::now();
        let route = black_box(Route::walk(catalogue, service, black_box(&answers), TODAY));
        spans.push(begun.elapsed());
        match route.end {
            End::Ask(step) => answer(&mut answers, step, sample.value(&step.id)),
            End::Exit(found) if exit == Some(found.id.as_str()) => return Ok(spans),
            End::Complete if exit.is_none() => return Ok(spans),
            ref other => return Err(format!("{}: the sample for {exit:?} ends at {other:?}", service.id).into()),
        }
    }
    Err(format!("{}: the sample for {exit:?} has no end", service.id).into())
}

fn answer(answers: &mut Answers, step: &Step, value: &str) {
    match &step.kind {
        StepKind::Paper { pages_min, .. } => {
            answers.pages.insert(step.id.clone(), *pages_min);
        }
        StepKind::Choice { .. } | StepKind::Entry { .. } | StepKind::Pick { .. } => answers.set(&step.id, value),
    }
}

/// Three services one after the other, their shared questions asked once.
fn visit(catalogue: &Catalogue) -> Result<Row, Failure> {
    let services: Vec<&Service> = VISIT.iter().map(|id| catalogue.service(id).ok_or_else(|| format!("there is no service {id}"))).collect::<Result<_, _>>()?;
    let samples: Vec<Answers> = services.iter().flat_map(|service| catalogue.sample_routes(service, TODAY)).map(|(_, answers)| answers).collect();
    let mut answers = Answers::default();
    let mut depths = vec![answers.clone()];
    while let End::Ask(step) = Route::walk_visit(catalogue, &services, &answers, TODAY).end {
        if depths.len() > DEPTH_MAX {
            return Err("the visit has no end".into());
        }
        answers = go_on(catalogue, &services, &samples, &answers, step)?;
        depths.push(answers.clone());
    }
    if !Route::walk_visit(catalogue, &services, &answers, TODAY).is_complete() {
        return Err("the visit does not end in a submission".into());
    }
    let (mut spans, mut deepest) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (depth, answers) in depths.iter().enumerate() {
            let begun = Instant::now();
            black_box(Route::walk_visit(catalogue, &services, black_box(answers), TODAY));
            let span = begun.elapsed();
            spans.push(span);
            if depth + 1 == depths.len() {
                deepest.push(span);
            }
        }
    }
    let (spans, deepest) = (Spans::of(spans)?, Spans::of(deepest)?);
    Ok(Row {
        what: format!("next step after an answer, one visit of {} services ({}), {} questions", VISIT.len(), VISIT.join(", "), depths.len() - 1),
        measured: spans.three(),
        bar: format!("p99 ≤ {}", show(BAR)),
        verdict: Verdict::of(spans.at(99) <= BAR),
        beside: format!("the complete visit alone: {}", deepest.two()),
    })
}

/// The visit with one more answer: the first one known for this step after which the visit goes on.
fn go_on(catalogue: &Catalogue, services: &[&Service], samples: &[Answers], answers: &Answers, step: &Step) -> Result<Answers, Failure> {
    let known = samples.iter().filter_map(|sample| sample.values.get(&step.id)).cloned();
    let choices = match &step.kind {
        StepKind::Choice { choices } => choices.iter().map(|choice| choice.value.clone()).collect(),
        StepKind::Paper { .. } => vec![String::new()],
        StepKind::Entry { .. } | StepKind::Pick { .. } => Vec::new(),
    };
    for value in known.chain(choices) {
        let mut more = answers.clone();
        answer(&mut more, step, &value);
        match Route::walk_visit(catalogue, services, &more, TODAY).end {
            End::Exit(_) => {}
            End::Ask(next) if next.id == step.id => {}
            End::Ask(_) | End::Complete => return Ok(more),
        }
    }
    Err(format!("no answer to {} leads on in the visit", step.id).into())
}

fn large(mut bundle: Bundle) -> Result<Row, Failure> {
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
            let route = black_box(Route::walk(&catalogue, service, black_box(&answers), TODAY));
            let span = begun.elapsed();
            check(&route, depth)?;
            all.push(span);
            if depth >= QUESTIONS - 1 {
                deepest.push(span);
            }
            answers.set(&name(depth), "c01");
        }
        let begun = Instant::now();
        black_box(Facts::new(&catalogue, service, TODAY));
        facts_alone.push(begun.elapsed());
    }
    let (all, deepest, facts_alone) = (Spans::of(all)?, Spans::of(deepest)?, Spans::of(facts_alone)?);
    // An exit is only asked after a question it looks at, and each looks at two.
    let rules = QUESTIONS - 1 + service.exits.len() * 2;
    Ok(Row {
        what: format!("next question computed, an invented service of {QUESTIONS} questions × {CHOICES} choices, {} exits, every depth", service.exits.len()),
        measured: all.three(),
        bar: format!("p99 ≤ {}", show(LARGE_BAR)),
        verdict: Verdict::of(all.at(99) <= LARGE_BAR),
        beside: format!("the two deepest walks alone ({rules} conditions): {}; setting up their variables: {}", deepest.two(), facts_alone.two()),
    })
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

fn name(index: usize) -> String {
    format!("t{:02}", index + 1)
}

/// The file of the large service, as a person would have written it.
fn large_service() -> String {
    let mut file = format!(
        "id = \"{SERVICE}\"\ncode = \"XX-40\"\nmenu = \"pendaftaran\"\nclass = \"K1\"\ntitle = \"Layanan besar\"\nofficial = \"Layanan besar\"\n\
         forms = [\"F-1.02\"]\nlaw = [\"tanpa dasar\"]\nsearch = [\"layanan besar\"]\n\
         [[output]]\nid = \"hasil\"\ntitle = \"Hasil\"\npath = \"kartu\"\nplace = \"kelurahan\"\n\
         [[clock]]\nuse = \"satu-kali-24-jam\"\n[[case]]\nid = \"semua\"\ntitle = \"Semua\"\n"
    );
    let mut line = |text: String| writeln!(file, "{text}").expect("writing to a string cannot fail");
    for index in 0..QUESTIONS {
        line(format!("[[step]]\nid = \"{}\"\nkind = \"choice\"", name(index)));
        match index {
            0 => {}
            1 => line(format!("when = \"{} != 'c20'\"", name(0))),
            _ => line(format!("when = \"{} != 'c20' && {} != 'c19'\"", name(index - 1), name(index - 2))),
        }
        line(format!("label = \"Hal {index}\"\nquestion = \"Apa jawaban Anda untuk hal {index}?\""));
        for choice in 1..=CHOICES {
            line(format!("[[step.choice]]\nvalue = \"c{choice:02}\"\nlabel = \"Pilihan {choice}\""));
        }
    }
    for index in (1..QUESTIONS).step_by(2) {
        line(format!(
            "[[exit]]\nid = \"keluar-{index}\"\nwhen = \"{} == 'c18' && {} != 'c17'\"\ntitle = \"Ke loket\"\nsentences = [\"Temui petugas di loket.\"]",
            name(index),
            name(index - 1)
        ));
    }
    file
}
