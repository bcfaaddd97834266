//! Pages from any scanner: judged, and written as JPEG or as one PDF.
//!
//! The rule a newcomer would break: where pages go is checked before the scanner moves, and a page is written only where the
//! command line says so.

use crate::arguments::{ScanArguments, SourceWord};
use crate::camera::{self, advice_facts, advice_words, advise};
use crate::files;
use crate::leash::Work;
use crate::place::{Place, ScannerPlace};
use crate::report::{End, Failure, Report};
use crate::status::condition_facts;
use crate::watched;
use drivers::coach::Origin;
use drivers::picture::{PAGE_BYTES_MAX_DEFAULT, PDF_BYTES_MAX_DEFAULT, PdfError, PdfPage, RgbPage, Sheet, encode_page, pdf_of_pages};
use drivers::scanner::{
    AcquireError, AcquireLimits, DocumentCamera, DocumentCameraSettings, DocumentSource, EsclSettings, Folder, PageSource, ScanImage, ScanImageSettings,
    ScanJob, Spool,
};
use drivers::status::CommandResult;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folders in memory, the first that is there; pages of a feeder pass through a private folder below it.
const MEMORY_FOLDERS: [&str; 2] = ["/run/user", "/dev/shm"];
/// Stands for the number of the page.
const NUMBER: &str = "%d";

/// Scans, judges and writes.
pub fn scan(arguments: &ScanArguments, work: &Work) -> Result<Report, Failure> {
    let place: Place = arguments.device.parse().map_err(|fault| Failure::line(&fault))?;
    if let Some(out) = arguments.out.iter().chain(&arguments.pdf).next() {
        files::can_be_written(out)?;
    }
    if arguments.pages > 1 && arguments.out.as_ref().is_some_and(|out| !out.to_string_lossy().contains(NUMBER)) {
        return Err(Failure::wrong("Lebih dari satu halaman: nama berkas perlu %d. Contoh: --out halaman-%d.jpg"));
    }
    let (mut source, origin) = open(&place, arguments)?;
    let limits = AcquireLimits { pages_max: arguments.pages.into(), deadline_secs: work.limit.as_secs().max(1), ..AcquireLimits::default() };
    let pages = match source.acquire(&limits, work.stop.flag()) {
        Ok(pages) => pages,
        Err(fault) => return Ok(failed(&place, &fault, &*source)),
    };
    let mut report = Report::fine();
    report.line(format!("{place}: {} halaman", pages.len())).fact("device", place.to_string());
    let mut decoded: Vec<RgbPage> = Vec::new();
    let mut facts: Vec<Value> = Vec::new();
    for (at, page) in pages.into_iter().enumerate() {
        let number = at + 1;
        report.line(format!("halaman {number}: {}x{} {:?}, {} byte", page.width, page.height, page.kind, page.bytes.len()));
        let mut fact = json!({ "page": number, "width": page.width, "height": page.height, "bytes": page.bytes.len() });
        let pixels = page.decode(&limits).map_err(|fault| Failure::device(CommandResult::HardwareError, &fault))?;
        if let Some(coach) = arguments.coach {
            let advice = advise(&pixels, coach, origin);
            report.line(advice_words(&advice));
            fact["coach"] = advice_facts(&advice);
        }
        if let Some(out) = &arguments.out {
            let bytes_max = arguments.byte_max.map_or(PAGE_BYTES_MAX_DEFAULT, |bytes| bytes as usize);
            let file = numbered(out, number);
            let encoded = encode_page(&pixels, bytes_max).map_err(|fault| Failure::device(CommandResult::NotEnoughSpace, &fault))?;
            files::write(&file, &encoded.jpeg)?;
            report.line(format!("  ditulis ke {}, {} byte", file.display(), encoded.jpeg.len()));
            fact["file"] = json!(file.display().to_string());
        }
        facts.push(fact);
        if arguments.pdf.is_some() {
            decoded.push(pixels);
        }
    }
    if let Some(pdf) = &arguments.pdf {
        let bytes = write_pdf(pdf, decoded, arguments)?;
        report.line(format!("PDF: {}, {bytes} byte", pdf.display()));
        report.fact("pdf", json!({ "file": pdf.display().to_string(), "bytes": bytes }));
    }
    report.fact("pages", facts);
    Ok(report)
}

fn open(place: &Place, arguments: &ScanArguments) -> Result<(Box<dyn DocumentSource>, Origin), Failure> {
    let source = match arguments.source {
        SourceWord::Automatic => PageSource::Automatic,
        SourceWord::Glass => PageSource::Glass,
        SourceWord::Feeder => PageSource::Feeder,
        SourceWord::Duplex => PageSource::FeederDuplex,
    };
    let job = ScanJob { source, resolution_dpi: arguments.dpi, ..ScanJob::default() };
    let scanner: Box<dyn DocumentSource> = match place {
        Place::Scanner(ScannerPlace::Sane(name)) => {
            let spool = if arguments.pages > 1 { Spool::Folder(memory_folder()?) } else { Spool::Pipe };
            Box::new(ScanImage::new(ScanImageSettings { spool, ..ScanImageSettings::flatbed(name) }).with_job(job))
        }
        Place::Scanner(ScannerPlace::Escl(url)) => Box::new(watched::escl(EsclSettings { job, ..EsclSettings::at(url) })?),
        Place::Scanner(ScannerPlace::Folder(path)) => Box::new(Folder::new(path, arguments.pages.into())),
        Place::Camera(device) => {
            let camera = DocumentCamera::new(Arc::new(camera::factory(device)?), DocumentCameraSettings::default());
            return Ok((Box::new(camera), Origin::Camera));
        }
        other => return Err(Failure::line(&other.not("sane: escl: folder: camera:"))),
    };
    Ok((scanner, Origin::Scanner))
}

/// A folder of which nothing reaches a disk.
fn memory_folder() -> Result<PathBuf, Failure> {
    let own = Path::new(MEMORY_FOLDERS[0]).join(rustix::process::geteuid().as_raw().to_string());
    let folder = [own, PathBuf::from(MEMORY_FOLDERS[1])].into_iter().find(|folder| folder.is_dir());
    folder.ok_or_else(|| Failure::plain(End::Tool, "Tidak ada folder di memori (/run/user, /dev/shm)."))
}

/// The scanner's condition has the words; the error has the details.
fn failed(place: &Place, fault: &AcquireError, source: &dyn DocumentSource) -> Report {
    let status = source.status();
    let mut report: Report = Failure::device(fault.result(), fault).into();
    let rows = status.conditions.iter().map(|condition| condition.row());
    report.complaints.extend(rows.flat_map(|row| [format!("  {}: {}", row.staff_code, row.staff), format!("  teknisi: {}", row.technician)]));
    report.fact("device", place.to_string());
    report.fact("conditions", status.conditions.iter().map(|condition| condition_facts(*condition)).collect::<Vec<_>>());
    report
}

fn numbered(out: &Path, number: usize) -> PathBuf {
    PathBuf::from(out.to_string_lossy().replace(NUMBER, &number.to_string()))
}

fn write_pdf(path: &Path, pages: Vec<RgbPage>, arguments: &ScanArguments) -> Result<usize, Failure> {
    let sheet = if arguments.coach == Some(crate::arguments::Coach::Card) { Sheet::Card } else { Sheet::A4 };
    let bytes_max = arguments.byte_max.map_or(PDF_BYTES_MAX_DEFAULT, |bytes| bytes as usize);
    let pages: Vec<PdfPage> = pages.into_iter().map(|page| PdfPage::pixels(sheet, page)).collect();
    let pdf = pdf_of_pages(&pages, bytes_max).map_err(|fault| {
        let result = if matches!(fault, PdfError::BudgetTooSmall { .. }) { CommandResult::NotEnoughSpace } else { CommandResult::InternalError };
        Failure::device(result, &fault)
    })?;
    files::write(path, &pdf.bytes)?;
    Ok(pdf.bytes.len())
}
