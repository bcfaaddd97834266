//! A terminal that is killed at any point loses nothing it had answered for, and doubles nothing.
//!
//! This binary starts itself as a child that works through visits and prints a line before and after each step; the
//! parent kills it with SIGKILL at a random point, opens the store and compares. A kill leaves the page cache alive, so
//! this proves the order of writes and the transactions; the syncs themselves are counted in `syncs.rs`.

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use outbox::{DraftOutcome, Outbox};
use support::{Desk, application, at, key, plaintext, secret, session};

const CHILD: &str = "OUTBOX_TORN_CHILD";
const ROUNDS: u64 = 80;
const ROUND_VISITS: u64 = 200;
/// About the time one step takes.
const LINGER_MICROS: u64 = 2_500;
/// The announcements to aim at; the steps with several statements come twice.
const STEPS: [&str; 8] =
    ["torn will begin", "torn will draft", "torn will page", "torn will queue", "torn will queue", "torn will receipt", "torn will receipt", "torn will wipe"];
/// More lines than a child can write before it is killed.
const LINES_MAX: usize = 16_384;
const LINE_WAIT_MAX: Duration = Duration::from_secs(20);

/// A small generator; what it draws only chooses where to kill.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

#[test]
fn a_killed_terminal_loses_nothing_and_doubles_nothing() {
    if let Ok(order) = std::env::var(CHILD) {
        return work(&order);
    }
    let seed = std::env::var("OUTBOX_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| u64::from(std::process::id()) * 0x9e37_79b9 + 1);
    println!("OUTBOX_SEED={seed}");
    let mut dice = Dice(seed);
    let desk = Desk::with(outbox::Limits { store_bytes_max: 256 << 20, ..child_limits() });
    let mut ledger = Ledger::default();
    for round in 0..ROUNDS {
        for line in run_and_kill(&desk, round, &mut dice) {
            ledger.read(&line);
        }
        ledger.compare(&desk, round);
    }
    assert!(ledger.items.len() as u64 > ROUNDS, "the child did too little: {}", ledger.items.len());
}

/// Quiet moments come at once, so that kills land in checkpoints too.
fn child_limits() -> outbox::Limits {
    outbox::Limits { idle_checkpoint_wait: Duration::from_millis(1), idle_checkpoint_bytes_min: 64 << 10, wal_pages_max: 64, ..support::limits() }
}

/// Starts the child, reads until a random step, lingers for a random moment, kills it, and answers its whole lines.
fn run_and_kill(desk: &Desk, round: u64, dice: &mut Dice) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("this test has a path"))
        .args(["--exact", "a_killed_terminal_loses_nothing_and_doubles_nothing", "--nocapture"])
        .env(CHILD, format!("{round} {} {}", desk.identity.to_public(), desk.path().display()))
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let (sender, receiver) = mpsc::sync_channel(LINES_MAX);
    let reader = std::thread::spawn(move || {
        let mut line = String::new();
        while stdout.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            let whole = line.ends_with('\n');
            if whole && sender.send(line.trim_end().to_owned()).is_err() {
                break;
            }
            line.clear();
        }
    });
    let mut lines = Vec::new();
    // Aimed at one step, because most of a visit's time lies between the writes and not in them.
    let aim = STEPS[dice.roll(STEPS.len() as u64) as usize];
    let wanted = 4 + dice.roll(40) as usize;
    loop {
        let line = receiver.recv_timeout(LINE_WAIT_MAX).expect("the child keeps working");
        let aimed = line.starts_with(aim);
        lines.push(line);
        if aimed && lines.len() >= wanted {
            break;
        }
    }
    let end = Instant::now() + Duration::from_micros(dice.roll(LINGER_MICROS));
    while let Ok(line) = receiver.recv_timeout(end.saturating_duration_since(Instant::now())) {
        lines.push(line);
    }
    child.kill().expect("the child is killed");
    child.wait().expect("the child is reaped");
    reader.join().expect("the reader ends with the pipe");
    lines.extend(receiver.try_iter());
    lines
}

/// What the child said it was about to do and had done, over all rounds.
#[derive(Default)]
struct Ledger {
    /// Per submission the furthest step that is certain, and the one that may have happened.
    items: BTreeMap<u64, (Step, Step)>,
    /// Session whose key may exist, with the draft counters that its draft may hold; `None` when certainly wiped.
    session: Option<(u64, Vec<String>)>,
    wiping: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Step {
    Nothing,
    Queued,
    Receipted,
}

impl Ledger {
    fn read(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let ["torn", moment, verb, n, ..] = words.as_slice() else {
            return;
        };
        let n: u64 = n.parse().expect("a number");
        let done = *moment == "done";
        let mut item = |step| {
            let entry = self.items.entry(n).or_insert((Step::Nothing, Step::Nothing));
            entry.1 = step;
            if done {
                entry.0 = step;
            }
        };
        match *verb {
            "begin" => self.session = Some((n, vec!["none".to_owned()])),
            "draft" | "page" | "queue" => {
                if *verb == "queue" {
                    item(Step::Queued);
                }
                let (_, drafts) = self.session.as_mut().expect("a session began");
                if *verb != "page" {
                    if done {
                        drafts.clear();
                    }
                    drafts.push(words[4].to_owned());
                }
            }
            "receipt" => item(Step::Receipted),
            "wipe" if done => (self.session, self.wiping) = (None, false),
            "wipe" => self.wiping = true,
            other => panic!("unknown step {other}"),
        }
    }

    fn compare(&mut self, desk: &Desk, round: u64) {
        desk.assert_no_canary("after the kill");
        let (outbox, opening) = desk.open(at(30));
        assert_eq!(opening.quarantined, None, "round {round}");
        let verification = outbox.verify().expect("verifies");
        assert!(verification.is_sound(), "round {round}: {verification:?}");
        self.compare_items(&outbox, round);
        self.compare_draft(&outbox, &opening.draft, round);
        if let Some((n, _)) = self.session.take() {
            outbox.destroy_session(session(n)).expect("wipes");
        }
        self.wiping = false;
        drop(outbox);
    }

    fn compare_items(&mut self, outbox: &Outbox, round: u64) {
        let mut queued = BTreeMap::new();
        for entry in outbox.queue(10_000, at(30)).expect("answers") {
            *queued.entry(entry.key.as_u64_pair().1).or_insert(0) += 1;
            assert!(entry.bytes > 50_000, "round {round}: page and payload travel together");
        }
        for (n, (certain, possible)) in &mut self.items {
            let number = application(*n, session(*n), at(0)).number;
            let receipts = outbox.receipts(&number).expect("answers").len();
            let found = match (queued.remove(n), receipts) {
                (None, 0) => Step::Nothing,
                (Some(1), 0) => Step::Queued,
                (None, 1) => Step::Receipted,
                other => panic!("round {round}: submission {n} is doubled: {other:?}"),
            };
            assert!((*certain..=*possible).contains(&found), "round {round}: submission {n} is {found:?}, not {certain:?} to {possible:?}");
            (*certain, *possible) = (found, found);
        }
        assert!(queued.is_empty(), "round {round}: nobody sent {queued:?}");
    }

    fn compare_draft(&self, outbox: &Outbox, outcome: &DraftOutcome, round: u64) {
        let Some((n, drafts)) = &self.session else {
            assert_eq!(*outcome, DraftOutcome::None, "round {round}");
            return;
        };
        match outcome {
            DraftOutcome::Found(found) => {
                assert_eq!(found.session, session(*n), "round {round}");
                let resumed = outbox.resume_draft(at(30)).expect("resumes");
                let tag = String::from_utf8_lossy(&resumed.plaintext[support::CANARY.len()..]);
                let queued = self.items.get(n).is_some_and(|item| item.0 != Step::Nothing);
                assert_eq!(tag == format!("{n}/slip"), queued, "round {round}: the slip to reprint stands exactly when its submission does");
                assert!(drafts.contains(&tag.to_string()), "round {round}: {tag} not in {drafts:?}");
            }
            DraftOutcome::Orphaned => assert!(self.wiping, "round {round}"),
            DraftOutcome::None => {
                assert!(self.wiping || drafts.iter().any(|tag| tag == "none"), "round {round}: {drafts:?}");
            }
            DraftOutcome::Expired => panic!("round {round}: no time has passed"),
        }
    }
}

/// The child: visit after visit, each step announced before and confirmed after.
fn work(order: &str) {
    let mut words = order.splitn(3, ' ');
    let mut word = || words.next().expect("an order is a round, a key and a directory");
    let round: u64 = word().parse().expect("a round");
    let recipients = outbox::Recipients::parse(&[word()]).expect("the parent's key parses");
    let limits = outbox::Limits { store_bytes_max: 256 << 20, ..child_limits() };
    let (outbox, _) = Outbox::open(Path::new(word()), recipients, limits, at(0)).expect("opens");
    for visit in 0..ROUND_VISITS {
        let n = round * ROUND_VISITS + visit;
        let id = session(n);
        step(&format!("begin {n}"), || {
            outbox.begin_session(id, secret(n as u8), at(0)).expect("begins");
        });
        for answer in 0..3 {
            let tag = format!("{n}/{answer}");
            step(&format!("draft {n} {tag}"), || {
                outbox.save_draft(id, &tagged(&tag), at(1)).expect("saves");
            });
        }
        step(&format!("page {n}"), || {
            outbox.store_page(id, "letter-1", plaintext(60_000, n as u8)).expect("stores");
        });
        step(&format!("queue {n} {n}/slip"), || {
            let mut request = application(n, id, at(2));
            request.pages = vec!["letter-1".to_owned()];
            request.draft_after = Some(tagged(&format!("{n}/slip")));
            outbox.enqueue(request).expect("queues");
        });
        if visit % 2 == 1 {
            let due = outbox.next_due(at(3)).expect("answers").expect("one is due");
            let number = due.key.as_u64_pair().1;
            assert_eq!(due.key, key(number));
            step(&format!("receipt {number}"), || {
                outbox.acknowledge(due.key, b"receipt".to_vec(), at(3)).expect("acknowledges");
            });
        }
        step(&format!("wipe {n}"), || outbox.destroy_session(id).expect("wipes"));
    }
}

fn tagged(tag: &str) -> Vec<u8> {
    [support::CANARY, tag.as_bytes()].concat()
}

fn step(what: &str, act: impl FnOnce()) {
    say(&format!("torn will {what}"));
    act();
    say(&format!("torn done {what}"));
}

/// One write per line, so that a kill leaves whole lines or none.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).expect("the parent reads");
    out.flush().expect("the parent reads");
}
