//! The words of one SANE backend for what every scanner can be asked: source, mode, resolution, two sides, paper.
//!
//! Pure: the text of `scanimage --help` in, arguments out. The rule a newcomer would break: SANE fixes the names of the
//! options and not their words (a feeder is `ADF`, `ADF Front` or `Automatic Document Feeder`), so words are chosen from what
//! the device lists and never guessed.

use crate::scanner::job::nearest_dpi;
use crate::scanner::{AcquireError, PageSource, Paper, ScanJob, ScanMode};
use std::collections::BTreeMap;

/// Options of one device; real ones have some sixty.
const OPTIONS_MAX: usize = 512;
const WORDS_MAX: usize = 256;

/// What one option takes.
#[derive(Clone, Debug, PartialEq)]
enum Takes {
    Words(Vec<String>),
    Range { min: f64, max: f64 },
}

/// The active options of one device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceOptions {
    options: BTreeMap<String, Takes>,
}

/// Reads what `scanimage --device-name=… --help` printed. Inactive options count as absent.
pub fn parse_options(printed: &str) -> DeviceOptions {
    let mut options = BTreeMap::new();
    // Options of the program itself come before this line.
    let device = printed.split_once("Options specific to device").map_or("", |(_, device)| device);
    for line in device.lines().map(str::trim).filter(|line| line.starts_with('-') && !line.ends_with("[inactive]")) {
        if let Some((name, takes)) = option(line)
            && options.len() < OPTIONS_MAX
        {
            options.insert(name, takes);
        }
    }
    DeviceOptions { options }
}

/// `--mode Gray|Color [Gray]`, `--resolution 1..1200dpi (in steps of 1) [50]`, `--duplex[=(yes|no)] [no]`, `-x 0..200mm [80]`.
fn option(line: &str) -> Option<(String, Takes)> {
    // The value in force stands in the last brackets and may hold anything.
    let line = line.rsplit_once(" [").map_or(line, |(rest, _)| rest).trim();
    if let Some((name, words)) = line.split_once("[=(") {
        return Some((name.to_owned(), Takes::Words(words_of(words.trim_end_matches([')', ']'])))));
    }
    let (name, takes) = line.split_once(' ')?;
    let takes = takes.split(" (in steps of").next().unwrap_or_default().trim();
    match takes.split_once("..") {
        Some((min, max)) => Some((name.to_owned(), Takes::Range { min: number(min)?, max: number(max)? })),
        None => Some((name.to_owned(), Takes::Words(words_of(takes)))),
    }
}

fn words_of(list: &str) -> Vec<String> {
    list.split('|').take(WORDS_MAX).map(|word| word.trim().to_owned()).collect()
}

/// A number with its unit behind it, as in `600dpi`.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(text.len());
    text[..end].parse().ok().filter(|value: &f64| value.is_finite())
}

impl DeviceOptions {
    fn words(&self, name: &str) -> &[String] {
        match self.options.get(name) {
            Some(Takes::Words(words)) => words,
            Some(Takes::Range { .. }) | None => &[],
        }
    }

    fn word(&self, name: &str, fits: impl Fn(&str) -> bool) -> Option<&str> {
        self.words(name).iter().map(String::as_str).find(|word| fits(&word.to_ascii_lowercase()))
    }
}

fn is_glass(word: &str) -> bool {
    word.starts_with("flatbed") || word == "normal" || word == "platen"
}

fn is_duplex(word: &str) -> bool {
    word.contains("duplex") || word.contains("both sides")
}

fn is_feeder(word: &str) -> bool {
    (word.starts_with("adf") || word.contains("document feeder")) && !is_duplex(word) && !word.contains("back")
}

/// The arguments for a job, in a fixed order.
///
/// # Errors
/// `Unsupported` names what the device lacks.
pub fn args_for(job: &ScanJob, device: &DeviceOptions) -> Result<Vec<String>, AcquireError> {
    let mut args = source_args(job.source, device)?;
    let modes: &[&[&str]] = match job.mode {
        ScanMode::Colour => &[&["color", "24bit color"], &["gray", "true gray"]],
        ScanMode::Grey => &[&["gray", "true gray"], &["color", "24bit color"]],
        ScanMode::BlackWhite => &[&["lineart", "black & white", "monochrome"], &["gray", "true gray"], &["color", "24bit color"]],
    };
    if let Some(word) = modes.iter().find_map(|names| device.word("--mode", |word| names.contains(&word))) {
        args.push(format!("--mode={word}"));
    }
    match device.options.get("--resolution") {
        Some(Takes::Range { min, max }) => args.push(format!("--resolution={}", f64::from(job.resolution_dpi).clamp(*min, max.max(*min)))),
        Some(Takes::Words(words)) => {
            let offered = words.iter().filter_map(|word| number(word)).map(|dpi| dpi as u32);
            args.extend(nearest_dpi(job.resolution_dpi, offered).map(|dpi| format!("--resolution={dpi}")));
        }
        None => {}
    }
    if let Some((width, height)) = millimetres(job.paper) {
        for (option, wanted) in [("-x", width), ("-y", height)] {
            if let Some(Takes::Range { min, max }) = device.options.get(option) {
                args.extend([option.to_owned(), format!("{}", wanted.clamp(*min, max.max(*min)))]);
            }
        }
    }
    Ok(args)
}

fn millimetres(paper: Paper) -> Option<(f64, f64)> {
    paper.millimetres().map(|(width, height)| (f64::from(width), f64::from(height)))
}

fn source_args(source: PageSource, device: &DeviceOptions) -> Result<Vec<String>, AcquireError> {
    let lacks = |what: &str| AcquireError::Unsupported { what: what.to_owned() };
    let chosen = |fits: fn(&str) -> bool| device.word("--source", fits).map(|word| format!("--source={word}"));
    match source {
        // SANE has no word for "wherever paper lies", so the device's own default is left alone.
        PageSource::Automatic => Ok(Vec::new()),
        // A device without a choice of sources has one, and which one cannot be known.
        PageSource::Glass if device.words("--source").is_empty() => Ok(Vec::new()),
        PageSource::Glass => chosen(is_glass).map(|arg| vec![arg]).ok_or_else(|| lacks("a glass")),
        PageSource::Feeder => chosen(is_feeder).map(|arg| vec![arg]).ok_or_else(|| lacks("a feeder")),
        PageSource::FeederDuplex => {
            if let Some(arg) = chosen(is_duplex) {
                return Ok(vec![arg]);
            }
            let feeder = chosen(is_feeder).ok_or_else(|| lacks("a feeder"))?;
            if let Some(word) = device.word("--adf-mode", is_duplex) {
                return Ok(vec![feeder, format!("--adf-mode={word}")]);
            }
            let switch = device.word("--duplex", |word| word == "yes");
            switch.map(|yes| vec![feeder, format!("--duplex={yes}")]).ok_or_else(|| lacks("a feeder for both sides"))
        }
    }
}
