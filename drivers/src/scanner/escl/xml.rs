//! Bytes of an XML answer to a small tree, within limits.
//!
//! It is not an XML library: comments and processing instructions are dropped, name spaces are cut off (devices disagree
//! about prefixes), and of attributes only `name` and `ref` are kept, because setting profiles refer to one another by them.
//!
//! The rule a newcomer would break: a document type declaration is refused before anything in it is looked at, and only the
//! five predefined entities and character references are known. So there is nothing that a short document could blow up.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use thiserror::Error;

/// A status or a list of capabilities is a few kilobytes; ten times the longest one known.
pub const XML_BYTES_MAX: usize = 262_144;
/// The deepest element of the eSCL schema lies at nine.
pub const XML_DEPTH_MAX: usize = 24;
/// Elements of one document.
pub const XML_ELEMENTS_MAX: usize = 8_192;

/// Why bytes are not an answer we can read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum XmlError {
    #[error("the answer has {bytes} bytes, more than {XML_BYTES_MAX}")]
    TooLong { bytes: usize },
    #[error("elements lie deeper than {XML_DEPTH_MAX}")]
    TooDeep,
    #[error("more than {XML_ELEMENTS_MAX} elements")]
    TooManyElements,
    #[error("the text is not UTF-8")]
    NotUtf8,
    #[error("a document type declaration, which no scanner sends")]
    DocumentType,
    #[error("an unknown entity")]
    UnknownEntity,
    #[error("malformed at byte {at}")]
    Malformed { at: u64 },
    #[error("the document ends inside an element")]
    Unfinished,
    #[error("the root is <{found}> and not <{wanted}>")]
    OtherRoot { wanted: &'static str, found: String },
    #[error("there is no root element")]
    Empty,
    #[error("<{missing}> is missing or has no usable value")]
    Missing { missing: &'static str },
}

/// One element; its name without the prefix.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) name: String,
    /// The text directly in it, trimmed.
    pub(super) text: String,
    pub(super) label: Option<String>,
    pub(super) refers_to: Option<String>,
    pub(super) children: Vec<Node>,
}

impl Node {
    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|node| node.name == name)
    }

    /// All children of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> + Clone {
        self.children.iter().filter(move |node| node.name == name)
    }

    /// The text of the first child of this name, unless it is empty.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|node| node.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The first child of this name as a number.
    pub(super) fn number_of(&self, name: &str) -> Option<u32> {
        self.text_of(name)?.parse().ok()
    }
}

/// Reads a document whose root has this name.
pub(super) fn parse(bytes: &[u8], root: &'static str) -> Result<Node, XmlError> {
    if bytes.len() > XML_BYTES_MAX {
        return Err(XmlError::TooLong { bytes: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| XmlError::NotUtf8)?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Node> = Vec::new();
    let mut elements = 0_usize;
    let mut whole: Option<Node> = None;
    loop {
        let event = reader.read_event().map_err(|_| XmlError::Malformed { at: reader.error_position() })?;
        let malformed = XmlError::Malformed { at: reader.buffer_position() };
        match event {
            // A second root is not a document.
            Event::Start(_) | Event::Empty(_) if whole.is_some() => return Err(malformed),
            Event::Start(start) => {
                elements += 1;
                check_size(open.len() + 1, elements)?;
                open.push(element(&start)?);
            }
            Event::Empty(start) => {
                elements += 1;
                check_size(open.len() + 1, elements)?;
                close(element(&start)?, &mut open, &mut whole);
            }
            Event::End(_) => {
                let node = open.pop().ok_or(malformed)?;
                close(node, &mut open, &mut whole);
            }
            Event::Text(text) => {
                let text = text.decode().map_err(|_| XmlError::NotUtf8)?;
                add(&text, &mut open, malformed)?;
            }
            Event::CData(text) => {
                let text = text.decode().map_err(|_| XmlError::NotUtf8)?;
                add(&text, &mut open, malformed)?;
            }
            Event::GeneralRef(entity) => {
                let named = entity.decode().map_err(|_| XmlError::NotUtf8)?;
                let text = match entity.resolve_char_ref().map_err(|_| malformed.clone())? {
                    Some(letter) => letter.to_string(),
                    None => resolve_predefined_entity(&named).ok_or(XmlError::UnknownEntity)?.to_owned(),
                };
                add(&text, &mut open, malformed)?;
            }
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !open.is_empty() {
        return Err(XmlError::Unfinished);
    }
    let whole = whole.ok_or(XmlError::Empty)?;
    if whole.name == root { Ok(whole) } else { Err(XmlError::OtherRoot { wanted: root, found: shortened(&whole.name) }) }
}

fn check_size(depth: usize, elements: usize) -> Result<(), XmlError> {
    match (depth, elements) {
        (depth, _) if depth > XML_DEPTH_MAX => Err(XmlError::TooDeep),
        (_, elements) if elements > XML_ELEMENTS_MAX => Err(XmlError::TooManyElements),
        _ => Ok(()),
    }
}

fn element(start: &BytesStart<'_>) -> Result<Node, XmlError> {
    let name = std::str::from_utf8(start.local_name().into_inner()).map_err(|_| XmlError::NotUtf8)?.to_owned();
    let attribute = |wanted: &[u8]| {
        let found = start.attributes().flatten().find(|a| a.key.local_name().into_inner() == wanted);
        found.and_then(|a| std::str::from_utf8(&a.value).ok().map(str::to_owned))
    };
    Ok(Node { name, label: attribute(b"name"), refers_to: attribute(b"ref"), ..Node::default() })
}

fn close(mut node: Node, open: &mut [Node], whole: &mut Option<Node>) {
    node.text = node.text.trim().to_owned();
    match open.last_mut() {
        Some(parent) => parent.children.push(node),
        None => *whole = Some(node),
    }
}

/// Text outside the root may only be white space.
fn add(text: &str, open: &mut [Node], malformed: XmlError) -> Result<(), XmlError> {
    match open.last_mut() {
        Some(node) => node.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(malformed),
    }
    Ok(())
}

/// Names come from the network and go into messages.
fn shortened(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_graphic()).take(40).collect()
}
