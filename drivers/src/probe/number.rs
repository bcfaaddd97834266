//! A number that somebody typed beside the one on a picture.
//!
//! The rule a newcomer would break: a number is a person's. It is never repeated on the terminal unless asked for, and `-` takes
//! it from standard input, because a command line can be read by everybody on the machine.

use crate::files;
use crate::leash::Work;
use crate::report::{End, Failure, Report};
use drivers::ocr::{Comparison, Digits, Ocr, OcrSettings, Zone};
use drivers::status::CommandResult;
use std::io::Read;
use std::path::Path;

/// A typed line.
const TYPED_BYTES_MAX: u64 = 200;
const FROM_INPUT: &str = "-";

/// Compares.
pub fn read_number(file: &Path, digits: &str, show: bool, work: &Work) -> Result<Report, Failure> {
    let mut typed = digits.to_owned();
    if digits == FROM_INPUT {
        typed.clear();
        let read = std::io::stdin().lock().take(TYPED_BYTES_MAX).read_to_string(&mut typed);
        read.map_err(|fault| Failure::tool("Masukan baku tidak dapat dibaca.", &fault))?;
    }
    let wanted = Digits::new(typed.trim()).map_err(|fault| Failure::file("Itu bukan nomor.", &fault))?;
    let page = files::picture(file)?.luma();
    let settings = OcrSettings { limit_ms: work.limit.as_millis() as u64, ..OcrSettings::default() };
    let compared = Ocr::new(settings).compare(&page, Zone::Whole, &wanted, work.stop.flag()).map_err(|fault| Failure::device(fault.result(), &fault))?;
    let (result, word, said) = match &compared {
        Comparison::Agrees => (CommandResult::Success, "agrees", "Nomor sama dengan yang tertulis.".to_owned()),
        Comparison::Differs { read } => {
            let different = read.as_str().bytes().zip(wanted.as_str().bytes()).filter(|(one, other)| one != other).count();
            (CommandResult::InvalidData, "differs", format!("Nomor BERBEDA pada {different} angka."))
        }
        Comparison::NotRead => (CommandResult::UnsupportedData, "notRead", "Nomor sepanjang itu tidak terbaca. Tidak berarti apa-apa.".to_owned()),
    };
    let mut report = Report::ending(End::Device(result));
    report.line(said).fact("comparison", word);
    if let (Comparison::Differs { read }, true) = (&compared, show) {
        report.line(format!("  terbaca: {}", read.as_str())).fact("read", read.as_str());
    }
    Ok(report)
}
