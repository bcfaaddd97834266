//! The three requests of the USB printer class, as numbers out and meaning in. Pure.
//!
//! Sources: USB printer class specification 1.1, section 4.2; Transact EPIC 3000 guide p.249. The rule a newcomer would
//! break: many receipt printers answer GET_PORT_STATUS with a constant 0x18, so "no error" in it is no news; only the paper
//! bit and a bit that changed are information, see [`PortStatusJudge`].

use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// Longest device id we ask for; they are a few hundred bytes.
pub const DEVICE_ID_BYTES_MAX: u16 = 1024;
/// Most pairs of a device id that are kept.
const PAIRS_MAX: usize = 64;

/// A control request as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlRequest {
    /// `bmRequestType`.
    pub request_type: u8,
    /// `bRequest`.
    pub request: u8,
    /// `wValue`.
    pub value: u16,
    /// `wIndex`.
    pub index: u16,
    /// `wLength`: most bytes that may come back.
    pub bytes_max: u16,
}

/// GET_DEVICE_ID of an interface in one of its settings, first configuration.
pub fn get_device_id(interface: u8, setting: u8) -> ControlRequest {
    let index = u16::from_be_bytes([interface, setting]);
    ControlRequest { request_type: 0xA1, request: 0, value: 0, index, bytes_max: DEVICE_ID_BYTES_MAX }
}

/// GET_PORT_STATUS of an interface.
pub fn get_port_status(interface: u8) -> ControlRequest {
    ControlRequest { request_type: 0xA1, request: 1, value: 0, index: interface.into(), bytes_max: 1 }
}

/// SOFT_RESET of an interface, in the order to try: addressed to the interface, and as version 1.0 of the specification
/// printed it by mistake, addressed to "other", which old devices still want.
pub fn soft_reset(interface: u8) -> [ControlRequest; 2] {
    [0x21, 0x23].map(|request_type| ControlRequest { request_type, request: 2, value: 0, index: interface.into(), bytes_max: 0 })
}

/// What a printer says about itself: pairs of a key and a value (IEEE 1284, section 7.6). Keys are upper case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceId(BTreeMap<String, String>);

/// Why an answer is no device id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DeviceIdError {
    #[error("the device id has {came} bytes and needs its two length bytes")]
    TooShort { came: usize },
    #[error("the device id claims {said} bytes and has {came}")]
    Length { said: usize, came: usize },
    #[error("the device id has no key with a value")]
    NoPair,
    #[error("the device id has more than {PAIRS_MAX} keys")]
    TooManyPairs,
}

impl DeviceId {
    /// Reads the answer to GET_DEVICE_ID. The length counts itself and comes first, big end first; printers that send the
    /// small end first exist and are understood.
    ///
    /// # Errors
    /// The answer is cut off or is no list of `KEY:VALUE;`.
    pub fn parse(answer: &[u8]) -> Result<Self, DeviceIdError> {
        let [first, second, text @ ..] = answer else {
            return Err(DeviceIdError::TooShort { came: answer.len() });
        };
        let fits = |said: usize| (2..=answer.len()).contains(&said);
        let said = usize::from(u16::from_be_bytes([*first, *second]));
        let turned = usize::from(u16::from_le_bytes([*first, *second]));
        let bytes = match (fits(said), fits(turned)) {
            (true, _) => said,
            (false, true) => turned,
            (false, false) => return Err(DeviceIdError::Length { said, came: answer.len() }),
        };
        let text: String = text[..bytes - 2].iter().map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { ' ' }).collect();
        let mut pairs = BTreeMap::new();
        for (key, value) in text.split(';').filter_map(|pair| pair.split_once(':')) {
            let key = key.trim().to_ascii_uppercase();
            if key.is_empty() {
                continue;
            }
            if pairs.len() == PAIRS_MAX {
                return Err(DeviceIdError::TooManyPairs);
            }
            // The first one counts: later ones are often another language of the same printer.
            pairs.entry(key).or_insert_with(|| value.trim().to_owned());
        }
        if pairs.is_empty() { Err(DeviceIdError::NoPair) } else { Ok(DeviceId(pairs)) }
    }

    /// The value of a key, or of its long form.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Maker.
    pub fn maker(&self) -> Option<&str> {
        self.get("MFG").or_else(|| self.get("MANUFACTURER"))
    }

    /// Model.
    pub fn model(&self) -> Option<&str> {
        self.get("MDL").or_else(|| self.get("MODEL"))
    }

    /// Command languages, such as `ESC/POS`.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.get("CMD").or_else(|| self.get("COMMAND SET")).into_iter().flat_map(|list| list.split(',')).map(str::trim)
    }

    /// All pairs, by key.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// The answer to GET_PORT_STATUS.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PortStatus {
    /// The byte as it came.
    pub byte: u8,
}

/// The answer to GET_PORT_STATUS is not one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the port status has {came} bytes instead of one")]
pub struct PortStatusError {
    pub came: usize,
}

impl PortStatus {
    /// Reads the answer.
    ///
    /// # Errors
    /// It is not one byte.
    pub fn parse(answer: &[u8]) -> Result<Self, PortStatusError> {
        match answer {
            [byte] => Ok(PortStatus { byte: *byte }),
            other => Err(PortStatusError { came: other.len() }),
        }
    }

    /// No paper.
    pub fn paper_empty(self) -> bool {
        self.byte & 0x20 != 0
    }

    /// Selected, which means online.
    pub fn selected(self) -> bool {
        self.byte & 0x10 != 0
    }

    /// An error. The bit on the wire means "no error".
    pub fn error(self) -> bool {
        self.byte & 0x08 == 0
    }
}

impl fmt::Debug for PortStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PortStatus({:#04x}: paper_empty {}, selected {}, error {})", self.byte, self.paper_empty(), self.selected(), self.error())
    }
}

/// What of a port status can be believed, given those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortStatusJudge {
    set_before: u8,
    cleared_before: u8,
}

/// What a port status tells. `None` means that the bit has never moved, so it may be painted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortNews {
    pub paper_empty: bool,
    pub selected: Option<bool>,
    pub error: Option<bool>,
}

impl PortStatusJudge {
    /// Takes one more answer and says what it tells.
    pub fn observe(&mut self, status: PortStatus) -> PortNews {
        self.set_before |= status.byte;
        self.cleared_before |= !status.byte;
        let moved = self.set_before & self.cleared_before;
        PortNews {
            paper_empty: status.paper_empty(),
            selected: (moved & 0x10 != 0).then_some(status.selected()),
            error: (moved & 0x08 != 0).then_some(status.error()),
        }
    }
}
