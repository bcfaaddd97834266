//! Questions to a printer as the bytes of IPP (RFC 8010), each with no more than it needs.
//!
//! The rule a newcomer would break: no name of a person, of a service or of a file enters a question. Jobs are called by the
//! number that the caller gave, and the user is the kiosk.

use super::facts::{FORMAT, JOB_ATTRIBUTES, PRINTER_ATTRIBUTES, PrinterFacts};
use ipp::attribute::IppAttribute;
use ipp::model::{DelimiterTag, IppVersion, Operation};
use ipp::request::IppRequestResponse;
use ipp::value::IppValue;

const USER: &str = "klampid";

/// One question without its document.
#[derive(Clone, Debug)]
pub(super) struct Question {
    operation: Operation,
    /// In the order in which RFC 8011, 4.1.4, wants them: after charset and language come printer and job.
    job_id: Option<i32>,
    operation_attributes: Vec<IppAttribute>,
    job_attributes: Vec<IppAttribute>,
}

impl Question {
    pub(super) fn printer() -> Self {
        Question::new(Operation::GetPrinterAttributes).with("requested-attributes", keywords(PRINTER_ATTRIBUTES))
    }

    pub(super) fn job(id: i32) -> Self {
        Question { job_id: Some(id), ..Question::new(Operation::GetJobAttributes) }.with("requested-attributes", keywords(JOB_ATTRIBUTES))
    }

    pub(super) fn cancel(id: i32) -> Self {
        Question { job_id: Some(id), ..Question::new(Operation::CancelJob) }
    }

    /// Validate-Job and Print-Job.
    pub(super) fn whole_job(operation: Operation, token: u32, facts: &PrinterFacts) -> Self {
        Question::create(operation, token, facts).with("document-format", mime(FORMAT))
    }

    pub(super) fn create_job(token: u32, facts: &PrinterFacts) -> Self {
        Question::create(Operation::CreateJob, token, facts)
    }

    pub(super) fn send_document(id: i32) -> Self {
        Question { job_id: Some(id), ..Question::new(Operation::SendDocument) }
            .with("document-format", mime(FORMAT))
            .with("last-document", IppValue::Boolean(true))
    }

    fn create(operation: Operation, token: u32, facts: &PrinterFacts) -> Self {
        let mut question = Question::new(operation).with("job-name", name(&format!("klampid-{token}")));
        if let Some(media) = facts.media_name {
            question.job_attributes.push(attribute("media", keyword(media)));
        }
        if facts.one_sided {
            question.job_attributes.push(attribute("sides", keyword("one-sided")));
        }
        question
    }

    fn new(operation: Operation) -> Self {
        Question { operation, job_id: None, operation_attributes: vec![attribute("requesting-user-name", name(USER))], job_attributes: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: IppValue) -> Self {
        self.operation_attributes.push(attribute(name, value));
        self
    }

    pub(super) fn operation(&self) -> Operation {
        self.operation
    }

    /// The bytes up to where a document would begin.
    pub(super) fn bytes(&self, version: IppVersion, request_id: i32, printer_uri: &str) -> Vec<u8> {
        let mut message = IppRequestResponse::new(version, self.operation, None).expect("without an address nothing is checked");
        message.header_mut().request_id = request_id;
        let attributes = message.attributes_mut();
        attributes.add(DelimiterTag::OperationAttributes, attribute("printer-uri", uri(printer_uri)));
        if let Some(id) = self.job_id {
            attributes.add(DelimiterTag::OperationAttributes, attribute("job-id", IppValue::Integer(id)));
        }
        for each in &self.operation_attributes {
            attributes.add(DelimiterTag::OperationAttributes, each.clone());
        }
        for each in &self.job_attributes {
            attributes.add(DelimiterTag::JobAttributes, each.clone());
        }
        message.to_bytes().to_vec()
    }
}

const SHORT: &str = "our own names are shorter than IPP allows";

fn attribute(name: &'static str, value: IppValue) -> IppAttribute {
    value.named(ipp::value::IppName::new(name).expect(SHORT))
}

fn keyword(word: &str) -> IppValue {
    IppValue::new_keyword(word).expect(SHORT)
}

fn keywords(words: &[&str]) -> IppValue {
    IppValue::Array(words.iter().map(|word| keyword(word)).collect())
}

fn mime(format: &str) -> IppValue {
    IppValue::new_mime_media_type(format).expect(SHORT)
}

fn name(name: &str) -> IppValue {
    IppValue::new_name_without_language(name).expect(SHORT)
}

/// The address was checked to be short when it was set.
fn uri(uri: &str) -> IppValue {
    IppValue::new_uri(uri).expect(SHORT)
}
