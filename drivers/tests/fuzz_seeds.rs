//! A short run of every fuzz target: over its seeds, and over 2,000 mutations of them. The long runs are `cargo fuzz`.
//!
//! The targets are those of the fuzz crate, included from there, so that both run the same.

#[path = "../../fuzz/src/lib.rs"]
mod bodies;

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

const MUTATIONS: u32 = 2_000;
/// A mutation is never longer than this.
const INPUT_BYTES_MAX: usize = 4_096;
/// One input; more is an endless loop or a bomb.
const INPUT_LIMIT: Duration = Duration::from_secs(30);

/// xorshift64*; the seed is printed, so a finding can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides.max(1)
    }
}

/// Bytes that parsers stumble over.
const ODD: [&[u8]; 10] = [b"", b"\0", b"\xFF\xFF\xFF\xFF", b"\x7F\xFF", b"<", b"&#0;", b"+0 ", b"\x34\0\0\0\0", b"KC\x01\x02", b"\x10\x04\x01"];

fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.roll(seeds.len())].clone();
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        let end = (at + dice.roll(12)).min(bytes.len());
        match dice.roll(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
            1 if at < bytes.len() => bytes[at] = dice.roll(256) as u8,
            2 => drop(bytes.drain(at..end)),
            3 => drop(bytes.splice(at..at, ODD[dice.roll(ODD.len())].iter().copied())),
            4 => {
                let other = &seeds[dice.roll(seeds.len())];
                let from = dice.roll(other.len());
                let piece = other[from..(from + dice.roll(64)).min(other.len())].to_vec();
                drop(bytes.splice(at..end, piece));
            }
            _ => {
                let piece = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, piece));
            }
        }
    }
    bytes.truncate(INPUT_BYTES_MAX);
    bytes
}

fn run(name: &str) {
    let (_, body) = bodies::TARGETS.into_iter().find(|(target, _)| *target == name).expect("the target is in the list");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(name);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.expect("the folder can be read").path()).collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).expect("a seed can be read")).collect();
    assert!(seeds.len() >= 4, "{name} has seeds");
    seeds.iter().for_each(|bytes| body(bytes));
    let fresh = SystemTime::UNIX_EPOCH.elapsed().map_or(1, |since| since.as_nanos() as u64) | 1;
    println!("{name}: seed {fresh}");
    let mut dice = Dice(fresh);
    for _ in 0..MUTATIONS {
        let bytes = mutated(&seeds, &mut dice);
        let began = Instant::now();
        body(&bytes);
        assert!(began.elapsed() < INPUT_LIMIT, "{name}: {} bytes took {:?}", bytes.len(), began.elapsed());
    }
}

#[test]
fn bytes_of_a_printer() {
    run("printer_replies");
}

#[test]
fn xml_of_a_scanner() {
    run("escl_xml");
}

#[test]
fn answers_of_an_ipp_printer() {
    run("ipp_response");
}

#[test]
fn codes_and_their_readers() {
    run("qr_payload");
}

#[test]
fn the_pipe_from_a_camera() {
    run("camera_wire");
}

#[test]
fn recordings() {
    run("recording");
}
