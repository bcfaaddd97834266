//! The diagram of a service: questions down the middle, conditions as gates that can be passed by, exits to the right.
//!
//! It is a pile of small pictures, one per row, whose lines meet: so a printer can turn the page between any two of them and
//! never cuts through a box. Consecutive fields that always come together share one box. Nothing is measured here; the room for
//! words is reckoned generously, since the reader's machine chooses the font.

use catalogue::{Class, Exit, Service, Step, StepKind};
use maud::{Markup, html};

use super::Book;
use super::words::Speaker;

/// Width of every picture; heights follow the words.
const WIDTH: i32 = 760;
const BOX_LEFT: i32 = 150;
const BOX_WIDTH: i32 = 330;
const BOX_RIGHT: i32 = BOX_LEFT + BOX_WIDTH;
const MIDDLE: i32 = BOX_LEFT + BOX_WIDTH / 2;
const EXIT_LEFT: i32 = 530;
const EXIT_WIDTH: i32 = WIDTH - EXIT_LEFT - 4;
/// Where the line runs that passes a gate by.
const SKIP: i32 = 110;
/// The slanted ends of a gate.
const SLANT: i32 = 22;
/// Room for the arrow above a box, and under it.
const ABOVE: i32 = 16;
const BELOW: i32 = 8;
const LINE: i32 = 17;
const PADDING: i32 = 9;

/// Letters on a line of each kind of box.
const BOX_LETTERS: usize = 44;
const GATE_LETTERS: usize = 38;
const EXIT_LETTERS: usize = 31;
const CEL_LETTERS: usize = 38;

/// How a line is set.
#[derive(Clone, Copy)]
enum Voice {
    Strong,
    Plain,
    Soft,
    Cel,
}

struct Line {
    words: String,
    voice: Voice,
}

/// Steps that share a box.
struct Boxed<'a> {
    first: usize,
    steps: Vec<&'a Step>,
    exits: Vec<&'a Exit>,
}

/// The whole diagram with its legend.
pub fn diagram(book: &Book<'_>, service: &Service) -> Markup {
    let speaker = Speaker { catalogue: book.catalogue, service };
    let mut rows = vec![pill("Mulai")];
    for segment in segments(service) {
        let condition = segment.first().and_then(|boxed| boxed.steps.first()).and_then(|step| step.when.as_ref());
        if let Some(rule) = condition {
            rows.push(gate(&speaker.say_or_show(rule), rule.source()));
        }
        for boxed in &segment {
            rows.push(steps(&speaker, boxed, condition.is_some()));
        }
        if condition.is_some() {
            rows.push(join());
        }
    }
    rows.push(end(service));
    html! {
        div.legend {
            span { "pertanyaan atau isian" }
            span.paper { "kertas" }
            span.gate { "hanya bila" }
            span.leave { "berakhir di kartu cetak" }
            span.end { "dikirim" }
        }
        div.flow { @for row in rows { (row) } }
    }
}

/// Steps in boxes, and boxes in stretches that have the same condition.
fn segments(service: &Service) -> Vec<Vec<Boxed<'_>>> {
    let mut segments: Vec<Vec<Boxed<'_>>> = Vec::new();
    let condition = |step: &Step| step.when.as_ref().map(|rule| rule.source().to_owned());
    for (at, step) in service.steps.iter().enumerate() {
        let exits: Vec<&Exit> = service.exits.iter().filter(|exit| service.steps.iter().rposition(|step| exit.when.looks_at(&step.id)) == Some(at)).collect();
        let same_segment =
            segments.last().and_then(|segment| segment.last()).and_then(|boxed| boxed.steps.last()).is_some_and(|before| condition(before) == condition(step));
        if !same_segment {
            segments.push(Vec::new());
        }
        let segment = segments.last_mut().expect("a segment was pushed for the first step");
        match segment.last_mut() {
            Some(boxed) if exits.is_empty() && boxed.exits.is_empty() && boxed.steps.iter().all(|other| share_a_box(other, step)) => boxed.steps.push(step),
            _ => segment.push(Boxed { first: at + 1, steps: vec![step], exits }),
        }
    }
    segments
}

/// Fields go together, papers go together, questions stand alone.
fn share_a_box(one: &Step, other: &Step) -> bool {
    let is_field = |step: &Step| matches!(step.kind, StepKind::Entry { .. } | StepKind::Pick { .. });
    let is_paper = |step: &Step| matches!(step.kind, StepKind::Paper { .. });
    is_field(one) && is_field(other) || is_paper(one) && is_paper(other)
}

fn steps(speaker: &Speaker<'_>, boxed: &Boxed<'_>, skipped: bool) -> Markup {
    let lines = box_lines(speaker, boxed);
    let box_height = height(&lines);
    let mut exits_bottom = ABOVE;
    let mut exits: Vec<(i32, Vec<Line>, &Exit)> = Vec::new();
    for exit in &boxed.exits {
        let mut lines = wrapped(exit.title.source(), EXIT_LETTERS, Voice::Strong);
        lines.extend(wrapped(&format!("Bila {}", speaker.say_or_show(&exit.when)), EXIT_LETTERS, Voice::Soft));
        lines.extend(wrapped(exit.when.source(), CEL_LETTERS, Voice::Cel));
        let top = exits_bottom;
        exits_bottom += height(&lines) + BELOW;
        exits.push((top, lines, exit));
    }
    let total = (ABOVE + box_height).max(exits_bottom) + BELOW;
    let is_paper = boxed.steps.iter().all(|step| matches!(step.kind, StepKind::Paper { .. }));
    let box_middle = ABOVE + box_height / 2;
    let leaving = html! {
        @for (top, lines, exit) in &exits {
            @let middle = top + height(lines) / 2;
            (line("spine", &format!("M{BOX_RIGHT} {box_middle} H505 V{middle} H{}", EXIT_LEFT - 8)))
            (head_right(EXIT_LEFT, middle, "head"))
            a href={ "#a-" (exit.id) } {
                rect.leave x=(EXIT_LEFT) y=(top) width=(EXIT_WIDTH) height=(height(lines)) rx="10" {}
                (text(lines, EXIT_LEFT + 10, *top))
            }
        }
    };
    let class = if is_paper { "paper" } else { "ask" };
    let target = boxed.steps.first().map(|step| super::questions::anchor(step)).unwrap_or_default();
    row(
        total,
        html! {
            (spine(0, ABOVE - 8)) (head_down(ABOVE))
            @if skipped { (line("skip", &format!("M{SKIP} 0 V{total}"))) }
            a href={ "#" (target) } {
                rect class=(class) x=(BOX_LEFT) y=(ABOVE) width=(BOX_WIDTH) height=(box_height) rx="10" {}
                (text(&lines, BOX_LEFT + 12, ABOVE))
            }
            (spine(ABOVE + box_height, total))
            (leaving)
        },
    )
}

fn box_lines(speaker: &Speaker<'_>, boxed: &Boxed<'_>) -> Vec<Line> {
    let number = match boxed.steps.len() {
        1 => format!("{}. ", boxed.first),
        more => format!("{}–{}. ", boxed.first, boxed.first + more - 1),
    };
    let name = |step: &&Step| match &step.kind {
        StepKind::Paper { paper, .. } => speaker.catalogue.paper(paper).map_or(step.label.source(), |paper| paper.name.source()).to_owned(),
        _ => step.label.source().to_owned(),
    };
    let names = || boxed.steps.iter().map(name).collect::<Vec<_>>().join(", ");
    match (&boxed.steps[..], &boxed.steps[0].kind) {
        ([step], StepKind::Choice { choices }) => {
            let mut lines = wrapped(&format!("{number}{}", step.question.source()), BOX_LETTERS, Voice::Strong);
            let cards: Vec<&str> = choices.iter().map(|choice| choice.label.source()).collect();
            lines.extend(wrapped(&cards.join(" · "), BOX_LETTERS, Voice::Soft));
            lines
        }
        ([step], StepKind::Entry { .. } | StepKind::Pick { .. }) => wrapped(&format!("{number}{}", step.question.source()), BOX_LETTERS, Voice::Strong),
        (_, StepKind::Paper { .. }) => {
            let mut lines = wrapped(&format!("{number}Tunjukkan ke kamera"), BOX_LETTERS, Voice::Strong);
            lines.extend(wrapped(&names(), BOX_LETTERS, Voice::Plain));
            lines
        }
        _ => {
            let mut lines = wrapped(&format!("{number}Isian"), BOX_LETTERS, Voice::Strong);
            lines.extend(wrapped(&names(), BOX_LETTERS, Voice::Plain));
            lines
        }
    }
}

fn gate(words: &str, cel: &str) -> Markup {
    let lines = wrapped(&format!("Bila {words}?"), GATE_LETTERS, Voice::Plain);
    let beside = wrapped(cel, CEL_LETTERS, Voice::Cel);
    let (tall, total) = (height(&lines), ABOVE + height(&lines).max(height(&beside)) + 20);
    let (top, bottom, middle) = (ABOVE, ABOVE + tall, ABOVE + tall / 2);
    let (left, right) = (BOX_LEFT, BOX_RIGHT);
    let outline =
        format!("{left},{middle} {},{top} {},{top} {right},{middle} {},{bottom} {},{bottom}", left + SLANT, right - SLANT, right - SLANT, left + SLANT);
    row(
        total,
        html! {
            (spine(0, ABOVE - 8)) (head_down(ABOVE))
            polygon.gate points=(outline) {}
            (text(&lines, BOX_LEFT + SLANT + 8, top))
            (text(&beside, EXIT_LEFT, top))
            (line("skip", &format!("M{left} {middle} H{SKIP} V{total}")))
            text.soft x=(SKIP + 6) y=(middle - 6) { "tidak" }
            (spine(bottom, total))
            text.soft x=(MIDDLE + 8) y=(bottom + 14) { "ya" }
        },
    )
}

/// Where the way past a gate comes back.
fn join() -> Markup {
    row(
        26,
        html! {
            (line("skip", &format!("M{SKIP} 0 V13 H{}", MIDDLE - 9)))
            (head_right(MIDDLE - 1, 13, "skip-head"))
            (spine(0, 26))
        },
    )
}

fn pill(words: &str) -> Markup {
    row(
        40,
        html! {
            rect.end x=(MIDDLE - 60) y="2" width="120" height="30" rx="15" {}
            text.strong x=(MIDDLE) y="22" text-anchor="middle" { (words) }
            (spine(32, 40))
        },
    )
}

fn end(service: &Service) -> Markup {
    let mut lines = Vec::new();
    if service.class == Class::K3 {
        lines.extend(wrapped("Setiap jalan berakhir di salah satu kartu cetak", BOX_LETTERS, Voice::Strong));
    } else {
        lines.extend(wrapped("Periksa semua jawaban, lalu kirim", BOX_LETTERS, Voice::Strong));
        for output in &service.outputs {
            lines.extend(wrapped(&format!("Hasil: {}", output.title.source()), BOX_LETTERS, Voice::Plain));
        }
    }
    if let Some(human) = &service.human {
        lines.extend(wrapped(human.source(), BOX_LETTERS, Voice::Soft));
    }
    let tall = height(&lines);
    row(
        ABOVE + tall + BELOW,
        html! {
            (spine(0, ABOVE - 8)) (head_down(ABOVE))
            rect.end x=(BOX_LEFT) y=(ABOVE) width=(BOX_WIDTH) height=(tall) rx="14" {}
            (text(&lines, BOX_LEFT + 12, ABOVE))
        },
    )
}

fn row(height: i32, inside: Markup) -> Markup {
    html! { svg viewBox={ "0 0 " (WIDTH) " " (height) } xmlns="http://www.w3.org/2000/svg" { (inside) } }
}

fn height(lines: &[Line]) -> i32 {
    lines.len() as i32 * LINE + 2 * PADDING
}

fn text(lines: &[Line], left: i32, top: i32) -> Markup {
    html! {
        @for (at, line) in lines.iter().enumerate() {
            @let class = match line.voice { Voice::Strong => "strong", Voice::Plain => "plain", Voice::Soft => "soft", Voice::Cel => "cel" };
            text class=(class) x=(left) y=(top + PADDING + 13 + at as i32 * LINE) { (line.words) }
        }
    }
}

fn line(class: &str, path: &str) -> Markup {
    html! { path class=(class) d=(path) {} }
}

fn spine(from: i32, to: i32) -> Markup {
    line("spine", &format!("M{MIDDLE} {from} V{to}"))
}

fn head_down(tip: i32) -> Markup {
    html! { polygon.head points={ (MIDDLE - 6) "," (tip - 9) " " (MIDDLE + 6) "," (tip - 9) " " (MIDDLE) "," (tip) } {} }
}

fn head_right(tip: i32, middle: i32, class: &str) -> Markup {
    html! { polygon class=(class) points={ (tip - 9) "," (middle - 6) " " (tip - 9) "," (middle + 6) " " (tip) "," (middle) } {} }
}

/// Words in lines of at most `letters`; a longer word stands alone and may be cut by nobody.
fn wrapped(words: &str, letters: usize, voice: Voice) -> Vec<Line> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter().map(|words| Line { words, voice }).collect()
}
