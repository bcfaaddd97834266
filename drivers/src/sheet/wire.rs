//! Bytes of an IPP answer to attributes, under limits.
//!
//! The parser of the `ipp` crate does the reading; this file looks at the bytes first. The rule a newcomer would break:
//! that parser is never given bytes that [`survey`] has not passed. It takes a text with a language at its word and
//! panics when the inner length is a lie, and collections nested a thousand deep would overflow the stack when dropped.

use ipp::attribute::{IppAttribute, IppAttributes};
use ipp::model::DelimiterTag;
use ipp::parser::IppParser;
use ipp::reader::IppReader;
use ipp::value::IppValue;
use thiserror::Error;

/// Attributes with all their values in one answer. A full list of a large office printer has about 3,000.
pub const VALUES_MAX: usize = 20_000;
/// Collections inside collections; media-col-database nests three deep.
pub const NESTING_MAX: usize = 8;

const HEADER_BYTES: usize = 8;
const END_OF_ATTRIBUTES: u8 = 0x03;
const BEGIN_COLLECTION: u8 = 0x34;
const TEXT_WITH_LANGUAGE: u8 = 0x35;
const NAME_WITH_LANGUAGE: u8 = 0x36;
const END_COLLECTION: u8 = 0x37;

/// Why bytes are no answer we take.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WireFault {
    #[error("the answer ends after {bytes} bytes, in the middle")]
    CutOff { bytes: usize },
    #[error("the answer speaks IPP {major}.{minor}")]
    Version { major: u8, minor: u8 },
    #[error("the answer holds the unknown tag {tag:#04x}")]
    Tag { tag: u8 },
    #[error("the answer holds more than {VALUES_MAX} values")]
    TooManyValues,
    #[error("the answer nests collections more than {NESTING_MAX} deep")]
    TooDeep,
    #[error("a collection ends that never began, or never ends")]
    Collection,
    #[error("a text's inner length contradicts its outer one")]
    InnerLength,
    #[error("the answer holds a value that IPP does not allow")]
    Value,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code of RFC 8011, appendix B.
    pub code: u16,
    /// The number of the question it answers, as it claims.
    pub request_id: i32,
    attributes: IppAttributes,
}

impl Answer {
    /// Reads the answer to one question.
    ///
    /// # Errors
    /// See [`WireFault`]; nothing of the announced sizes is allocated before it was seen to be there.
    pub fn read(bytes: &[u8]) -> Result<Self, WireFault> {
        let end = survey(bytes)?;
        let reader = IppReader::new(std::io::Cursor::new(bytes[..end].to_vec()));
        let (header, attributes, _) = IppParser::new(reader).parse_parts().map_err(|_| WireFault::Value)?;
        Ok(Answer { code: header.operation_or_status as u16, request_id: header.request_id, attributes })
    }

    /// RFC 8011, appendix B.1.2: the codes from 0x0000 to 0x00FF are successes.
    pub fn is_success(&self) -> bool {
        self.code <= 0x00FF
    }

    pub(super) fn group(&self, tag: DelimiterTag) -> Attributes<'_> {
        Attributes(self.attributes.first_of(tag).map_or(&[], |group| group.attributes()))
    }
}

/// The attributes of one group, read by name and kind; what has another kind counts as absent.
#[derive(Clone, Copy)]
pub(super) struct Attributes<'a>(&'a [IppAttribute]);

impl<'a> Attributes<'a> {
    pub(super) fn values(self, name: &str) -> Vec<&'a IppValue> {
        let Some(attribute) = self.0.iter().find(|attribute| attribute.name().as_str() == name) else { return Vec::new() };
        match attribute.value() {
            IppValue::Array(values) => values.iter().collect(),
            one => vec![one],
        }
    }

    /// Keywords, names, media types and URIs.
    pub(super) fn words(self, name: &str) -> Vec<&'a str> {
        let word = |value: &'a IppValue| match value {
            IppValue::Keyword(word) => Some(word.as_str()),
            IppValue::NameWithoutLanguage(word) => Some(word.as_str()),
            IppValue::MimeMediaType(word) => Some(word.as_str()),
            IppValue::Uri(word) => Some(word.as_str()),
            _ => None,
        };
        self.values(name).into_iter().filter_map(word).collect()
    }

    pub(super) fn word(self, name: &str) -> Option<&'a str> {
        self.words(name).first().copied()
    }

    /// Integers and enumerated values.
    pub(super) fn numbers(self, name: &str) -> Vec<i32> {
        let number = |value: &IppValue| match value {
            IppValue::Integer(number) | IppValue::Enum(number) => Some(*number),
            _ => None,
        };
        self.values(name).into_iter().filter_map(number).collect()
    }

    pub(super) fn number(self, name: &str) -> Option<i32> {
        self.numbers(name).first().copied()
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        self.values(name).into_iter().find_map(|value| if let IppValue::Boolean(flag) = value { Some(*flag) } else { None })
    }

    /// The upper end of a range.
    pub(super) fn range_max(self, name: &str) -> Option<i32> {
        self.values(name).into_iter().find_map(|value| if let IppValue::RangeOfInteger { max, .. } = value { Some(*max) } else { None })
    }
}

/// Walks the answer as RFC 8010, section 3.1, lays it out, and gives the place after its last attribute.
fn survey(bytes: &[u8]) -> Result<usize, WireFault> {
    let cut_off = WireFault::CutOff { bytes: bytes.len() };
    let header = bytes.get(..HEADER_BYTES).ok_or(cut_off.clone())?;
    if !matches!(header[0], 1 | 2) {
        return Err(WireFault::Version { major: header[0], minor: header[1] });
    }
    let field = |at: usize| -> Option<(usize, &[u8])> {
        let length = usize::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        Some((at + 2 + length, bytes.get(at + 2..at + 2 + length)?))
    };
    let (mut at, mut values, mut depth) = (HEADER_BYTES, 0, 0_usize);
    loop {
        let tag = *bytes.get(at).ok_or(cut_off.clone())?;
        at += 1;
        match tag {
            0x01..=0x0A => {
                if depth > 0 {
                    return Err(WireFault::Collection);
                }
                if tag == END_OF_ATTRIBUTES {
                    return Ok(at);
                }
            }
            0x10..=0x4A => {
                let (after_name, name) = field(at).ok_or(cut_off.clone())?;
                let (after_value, value) = field(after_name).ok_or(cut_off.clone())?;
                at = after_value;
                values += 1;
                if values > VALUES_MAX {
                    return Err(WireFault::TooManyValues);
                }
                if depth > 0 && !name.is_empty() {
                    return Err(WireFault::Collection);
                }
                match tag {
                    BEGIN_COLLECTION => depth += 1,
                    END_COLLECTION => depth = depth.checked_sub(1).ok_or(WireFault::Collection)?,
                    TEXT_WITH_LANGUAGE | NAME_WITH_LANGUAGE if !is_text_with_language(value) => return Err(WireFault::InnerLength),
                    _ => {}
                }
                if depth > NESTING_MAX {
                    return Err(WireFault::TooDeep);
                }
            }
            tag => return Err(WireFault::Tag { tag }),
        }
    }
}

/// Length and language, length and text, and nothing left.
fn is_text_with_language(value: &[u8]) -> bool {
    after_text(value).and_then(after_text).is_some_and(<[u8]>::is_empty)
}

fn after_text(bytes: &[u8]) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(bytes.get(..2)?.try_into().ok()?));
    bytes.get(2 + length..)
}
