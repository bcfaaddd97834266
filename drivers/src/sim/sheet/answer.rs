//! What the simulated printer answers to each operation, in the bytes of the `ipp` crate.
//!
//! The rule a newcomer would break: it answers what it was asked for and no more, and what it does not have is not said.

use super::{CANCELED, COMPLETED, JobFate, PENDING, Press, SheetOperation, SheetReceived, SimJob};
use ipp::attribute::{IppAttribute, IppAttributes};
use ipp::model::{DelimiterTag, IppVersion, StatusCode};
use ipp::parser::IppParser;
// The trait that makes an operation from a number has no name of its own there.
use ipp::prelude::*;
use ipp::reader::IppReader;
use ipp::request::IppRequestResponse;
use ipp::value::{IppName, IppValue};
use std::io::Read;

const IDLE: i32 = 3;
const WORKING: i32 = 4;
const STANDING: i32 = 5;

/// The operation of a request, if it is one that a printer may get.
pub(super) fn operation_of(body: &[u8]) -> Option<SheetOperation> {
    SheetOperation::from_i16(i16::from_be_bytes(body.get(2..4)?.try_into().ok()?))
}

/// The whole answer; `None` for what is no IPP request.
pub(super) fn answer(press: &mut Press, body: &[u8]) -> Option<Vec<u8>> {
    let (header, attributes, reader) = IppParser::new(IppReader::new(std::io::Cursor::new(body.to_vec()))).parse_parts().ok()?;
    let mut document = Vec::new();
    reader.into_inner().read_to_end(&mut document).ok()?;
    let operation = SheetOperation::from_i16(header.operation_or_status)?;
    let asked = Asked { attributes: &attributes };
    let mut groups = IppAttributes::new();
    let status = if header.version.0 > press.newest_version {
        StatusCode::ServerErrorVersionNotSupported
    } else if !asked.is_in_order() || asked.word("printer-uri").is_none() {
        StatusCode::ClientErrorBadRequest
    } else if !press.operations.contains(&(operation as i32)) {
        StatusCode::ServerErrorOperationNotSupported
    } else {
        done(press, operation, &asked, document, &mut groups)
    };
    let version = IppVersion(header.version.0.min(press.newest_version));
    let mut message = IppRequestResponse::new_response(version, status, header.request_id).ok()?;
    for group in groups.into_groups() {
        message.attributes_mut().groups_mut().push(group);
    }
    Some(message.to_bytes().to_vec())
}

fn done(press: &mut Press, operation: SheetOperation, asked: &Asked<'_>, document: Vec<u8>, groups: &mut IppAttributes) -> StatusCode {
    match operation {
        SheetOperation::GetPrinterAttributes => {
            let wanted = asked.words("requested-attributes");
            for attribute in printer_attributes(press) {
                if wanted.iter().any(|name| name == attribute.name().as_str()) {
                    groups.add(DelimiterTag::PrinterAttributes, attribute);
                }
            }
            StatusCode::SuccessfulOk
        }
        SheetOperation::ValidateJob => asked.format_status(press),
        SheetOperation::CreateJob | SheetOperation::PrintJob => {
            let status = if operation == SheetOperation::PrintJob { asked.format_status(press) } else { StatusCode::SuccessfulOk };
            if !status.is_success() {
                return status;
            }
            let id = press.next_job;
            press.next_job += 1;
            let media = asked.job_word("media");
            let job = SimJob {
                state: PENDING,
                reason: "none",
                name: asked.word("job-name").unwrap_or_default(),
                user: asked.word("requesting-user-name").unwrap_or_default(),
                media,
                pages: 0,
                pages_out: 0,
            };
            press.jobs.insert(id, job);
            if operation == SheetOperation::PrintJob {
                arrived(press, id, document);
            }
            say_job(press, id, groups)
        }
        SheetOperation::SendDocument => {
            let Some(id) = asked.job_id().filter(|id| press.jobs.contains_key(id)) else { return StatusCode::ClientErrorNotFound };
            let status = asked.format_status(press);
            if !status.is_success() {
                return status;
            }
            arrived(press, id, document);
            say_job(press, id, groups)
        }
        SheetOperation::GetJobAttributes => asked.job_id().map_or(StatusCode::ClientErrorBadRequest, |id| say_job(press, id, groups)),
        SheetOperation::CancelJob => {
            let never = press.fate == JobFate::NeverEndNorCancel;
            match asked.job_id().and_then(|id| press.jobs.get_mut(&id)) {
                None => StatusCode::ClientErrorNotFound,
                Some(job) if job.state >= CANCELED => StatusCode::ClientErrorNotPossible,
                Some(_) if never => StatusCode::SuccessfulOk,
                Some(job) => {
                    (job.state, job.reason) = (CANCELED, "job-canceled-by-user");
                    StatusCode::SuccessfulOk
                }
            }
        }
        _ => StatusCode::ServerErrorOperationNotSupported,
    }
}

fn arrived(press: &mut Press, id: i32, document: Vec<u8>) {
    let Some(job) = press.jobs.get_mut(&id) else { return };
    // "/Type /Page" but not "/Type /Pages".
    let page = |window: &&[u8]| window.starts_with(b"/Type /Page") && window[11] != b's';
    job.pages = document.windows(12).filter(page).count().max(1) as u32;
    press.received.push(SheetReceived { document, job_name: job.name.clone(), user: job.user.clone(), media: job.media.clone() });
}

fn say_job(press: &Press, id: i32, groups: &mut IppAttributes) -> StatusCode {
    let Some(job) = press.jobs.get(&id) else { return StatusCode::ClientErrorNotFound };
    let mut said = vec![number("job-id", id), value("job-state", IppValue::Enum(job.state)), value("job-state-reasons", keyword(job.reason))];
    if press.counts_pages {
        said.push(number("job-impressions", i32::try_from(job.pages).unwrap_or(i32::MAX)));
        said.push(number("job-impressions-completed", i32::try_from(job.pages_out).unwrap_or(i32::MAX)));
    }
    for attribute in said {
        groups.add(DelimiterTag::JobAttributes, attribute);
    }
    StatusCode::SuccessfulOk
}

fn printer_attributes(press: &Press) -> Vec<IppAttribute> {
    let working = press.jobs.values().any(|job| job.pages > 0 && job.state < CANCELED && job.state != COMPLETED);
    let state = if press.stands_still() {
        STANDING
    } else if working {
        WORKING
    } else {
        IDLE
    };
    let reasons = if press.reasons.is_empty() { vec![keyword("none")] } else { press.reasons.iter().map(|reason| keyword(reason)).collect() };
    let mime = |format: &String| IppValue::new_mime_media_type(format.clone()).expect("the formats of a test are short");
    let mut said = vec![
        value("printer-state", IppValue::Enum(state)),
        value("printer-state-reasons", IppValue::Array(reasons)),
        value("printer-is-accepting-jobs", IppValue::Boolean(true)),
        value("document-format-supported", IppValue::Array(press.formats.iter().map(mime).collect())),
        value("media-supported", IppValue::Array(press.media.iter().map(|name| keyword(name)).collect())),
        value("operations-supported", IppValue::Array(press.operations.iter().map(|operation| IppValue::Enum(*operation)).collect())),
        value("sides-supported", keyword("one-sided")),
        value("printer-uuid", IppValue::new_uri(press.uuid.clone()).expect("a UUID is short")),
        value("printer-make-and-model", IppValue::new_text_without_language("Klampid Printer Uji A4").expect("the text is short")),
    ];
    if let Some(max) = press.document_kilobytes_max {
        said.push(value("job-k-octets-supported", IppValue::RangeOfInteger { min: 0, max }));
    }
    said
}

struct Asked<'a> {
    attributes: &'a IppAttributes,
}

impl Asked<'_> {
    /// RFC 8011, 4.1.4: charset and language come first, then the printer's address.
    fn is_in_order(&self) -> bool {
        let first: Vec<&str> = self.operation_attributes().take(3).map(|attribute| attribute.name().as_str()).collect();
        first == ["attributes-charset", "attributes-natural-language", "printer-uri"]
    }

    fn operation_attributes(&self) -> impl Iterator<Item = &IppAttribute> {
        self.attributes.first_of(DelimiterTag::OperationAttributes).into_iter().flat_map(|group| group.attributes())
    }

    fn words(&self, name: &str) -> Vec<String> {
        let found = self.operation_attributes().find(|attribute| attribute.name().as_str() == name);
        found.map(|attribute| attribute.value().into_iter().map(ToString::to_string).collect()).unwrap_or_default()
    }

    fn word(&self, name: &str) -> Option<String> {
        self.words(name).into_iter().next()
    }

    fn job_word(&self, name: &str) -> Option<String> {
        let group = self.attributes.first_of(DelimiterTag::JobAttributes)?;
        group.get(name).map(|attribute| attribute.value().to_string())
    }

    fn job_id(&self) -> Option<i32> {
        self.word("job-id")?.parse().ok()
    }

    fn format_status(&self, press: &Press) -> StatusCode {
        match self.word("document-format") {
            Some(format) if press.formats.contains(&format) => StatusCode::SuccessfulOk,
            Some(_) => StatusCode::ClientErrorDocumentFormatNotSupported,
            None => StatusCode::ClientErrorBadRequest,
        }
    }
}

fn value(name: &'static str, value: IppValue) -> IppAttribute {
    value.named(IppName::new(name).expect("our own names are short"))
}

fn number(name: &'static str, number: i32) -> IppAttribute {
    value(name, IppValue::Integer(number))
}

fn keyword(word: &str) -> IppValue {
    IppValue::new_keyword(word).expect("the keywords of a test are short")
}
