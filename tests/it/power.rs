//! The plug is pulled (kill -9) between each of: answer saved, submission committed, slip printed, upload, receipt stored.
//! After the restart: nothing lost, nothing doubled, no slip for a stranger.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use flow::Intent;
use flow::view::{Page, PaperState};
use kiosk::demo::office::Office;
use kiosk::demo::officer::Officer;
use kiosk::settings::Settings;

use crate::stand::{NIK, Stand, WAIT, bench, office};

const DIR: &str = "KLAMPID_POWER_DIR";
const PLAN: &str = "KLAMPID_POWER_PLAN";

/// The kiosk whose plug is pulled. Does nothing unless a test below has started it.
#[test]
fn a_kiosk_in_a_process_of_its_own() {
    let (Ok(dir), Ok(plan)) = (std::env::var(DIR), std::env::var(PLAN)) else { return };
    let dir = PathBuf::from(dir);
    let settings = Settings::load(&dir.join("kiosk.toml")).expect("the parent wrote it");
    let stand = Stand::start(settings, bench(&dir.join(format!("kiosk-{}", std::process::id()))));
    let mark = |word: &str| println!("MARK {word}");
    if plan == "resume" {
        resume(&stand, &mark);
    } else {
        apply(&stand, &plan, &mark);
    }
    // Stands still until the plug is pulled, or the parent has seen enough.
    std::thread::park_timeout(WAIT);
}

fn apply(stand: &Stand, plan: &str, mark: &dyn Fn(&str)) {
    stand.to_family_card();
    mark("answer-saved");
    if plan == "answer-saved" {
        return;
    }
    stand.on_to_capture();
    stand.take_page();
    stand.until("check", |view| matches!(view.page, Page::Check { .. }));
    if plan == "committed" {
        // The paper crawls, so that the plug is pulled between commit and print.
        stand.bench.printer.slow(Some(20));
    }
    stand.touch(Intent::GoOn);
    let slip = stand.slip_when("the slip page", |_| true);
    mark(&format!("number {}", slip.number));
    mark("committed");
    if plan == "committed" {
        return;
    }
    stand.slip_when("printed", |slip| slip.paper == PaperState::Printed);
    mark("printed");
}

fn resume(stand: &Stand, mark: &dyn Fn(&str)) {
    let view = stand.until("idle", |view| matches!(view.page, Page::Idle { .. }));
    let Page::Idle { interrupted, .. } = view.page else { unreachable!("waited for it") };
    mark(if interrupted { "interrupted" } else { "clean" });
    if !interrupted {
        return;
    }
    stand.touch(Intent::ResumeInterrupted);
    stand.fill("NIK", NIK);
    let view = stand.until("the session again", |view| {
        matches!(view.page, Page::Entry(ref entry) if entry.question.contains("Kartu Keluarga")) || matches!(view.page, Page::Slip(_))
    });
    match view.page {
        Page::Slip(slip) => {
            assert_eq!(slip.paper, PaperState::Unknown, "nobody knows what became of the paper");
            mark(&format!("slip {}", slip.number));
            stand.touch(Intent::PaperDidNotComeOut);
            stand.touch(Intent::Reprint);
            stand.slip_when("the copy is printed", |slip| slip.paper == PaperState::Printed);
            let text = stand.bench.printer.papers().pop().expect("a copy came out").text;
            assert!(text.contains("CETAK ULANG 1") && text.contains(&slip.number), "{text}");
            mark("reprinted");
        }
        _ => mark("question"),
    }
}

struct Kiosk {
    process: Child,
    marks: std::sync::mpsc::Receiver<String>,
}

impl Kiosk {
    fn start(dir: &Path, plan: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this test has a file"))
            .args(["--exact", "power::a_kiosk_in_a_process_of_its_own", "--nocapture"])
            .env(DIR, dir)
            .env(PLAN, plan)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the test can start itself");
        // A run leaves a dozen marks; more would only wait in the pipe.
        let (tell, marks) = std::sync::mpsc::sync_channel(256);
        let output = BufReader::new(process.stdout.take().expect("piped above"));
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some((_, mark)) = line.split_once("MARK ") {
                    let _the_test_is_over = tell.send(mark.to_owned());
                }
            }
        });
        Self { process, marks }
    }

    fn until(&self, what: &str) -> String {
        let began = Instant::now();
        while began.elapsed() < 2 * WAIT {
            if let Ok(mark) = self.marks.recv_timeout(Duration::from_millis(200))
                && mark.starts_with(what)
            {
                return mark;
            }
        }
        panic!("the kiosk did not reach {what:?}");
    }

    /// kill -9.
    fn pull_plug(mut self) {
        self.process.kill().expect("the process still runs");
        self.process.wait().expect("and can be buried");
    }
}

fn number_of(mark: &str) -> String {
    mark.split_whitespace().nth(1).expect("the mark carries a number").to_owned()
}

fn prepared(dir: &Path) -> Office {
    let office = office(dir);
    std::fs::write(dir.join("kiosk.toml"), office.kiosk_toml()).expect("writable");
    office
}

fn until_seen(office: &Office, number: &str) {
    let mut officer = Officer::sign_in(office).expect("the officer signs in");
    let began = Instant::now();
    while !officer.sees(number).expect("the queue is shown") {
        assert!(began.elapsed() < WAIT, "{number} was lost");
        std::thread::park_timeout(Duration::from_millis(200));
    }
}

#[test]
fn after_an_answer_the_session_goes_on_with_the_next_question() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let _office = prepared(dir.path());
    let kiosk = Kiosk::start(dir.path(), "answer-saved");
    kiosk.until("answer-saved");
    kiosk.pull_plug();
    let kiosk = Kiosk::start(dir.path(), "resume");
    kiosk.until("interrupted");
    kiosk.until("question");
    kiosk.pull_plug();
}

#[test]
fn between_commit_and_print_the_slip_comes_out_as_a_copy_with_the_same_number() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = prepared(dir.path());
    office.link.cut();
    let kiosk = Kiosk::start(dir.path(), "committed");
    let number = number_of(&kiosk.until("number"));
    kiosk.until("committed");
    kiosk.pull_plug();
    office.link.join();
    let kiosk = Kiosk::start(dir.path(), "resume");
    assert_eq!(number_of(&kiosk.until("slip")), number);
    kiosk.until("reprinted");
    until_seen(&office, &number);
    kiosk.pull_plug();
}

#[test]
fn after_the_print_and_before_the_upload_the_application_still_arrives() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = prepared(dir.path());
    office.link.cut();
    let kiosk = Kiosk::start(dir.path(), "printed");
    let number = number_of(&kiosk.until("number"));
    kiosk.until("printed");
    kiosk.pull_plug();
    office.link.join();
    let kiosk = Kiosk::start(dir.path(), "resume");
    until_seen(&office, &number);
    kiosk.pull_plug();
}

#[test]
fn between_upload_and_receipt_nothing_is_doubled() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let office = prepared(dir.path());
    let kiosk = Kiosk::start(dir.path(), "printed");
    let number = number_of(&kiosk.until("number"));
    // Central has it; whether the receipt reached the kiosk's disk is open.
    until_seen(&office, &number);
    kiosk.pull_plug();
    let kiosk = Kiosk::start(dir.path(), "resume");
    kiosk.until("interrupted");
    std::thread::park_timeout(Duration::from_millis(1500));
    kiosk.pull_plug();
    let mut officer = Officer::sign_in(&office).expect("the officer signs in");
    assert_eq!(officer.read(&number).expect("there"), 1, "one page, once");
    let words = officer.words(&number).expect("readable");
    assert_eq!(words.matches("Diajukan").count().min(1), 1);
}
