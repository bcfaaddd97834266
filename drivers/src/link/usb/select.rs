//! Which USB device is the slip printer, and which of its interfaces takes bytes: pure decisions over plain descriptions.
//!
//! It opens nothing. The rules a newcomer would break:
//!
//! * A device is known by its model and its serial number or port path, never by its device number, which changes with
//!   every plugging.
//! * When two devices fit equally well nobody guesses: a slip with a PIN in the tray of the office printer is a leak.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// USB class of printers (USB printer class specification 1.1, section 4.2).
pub const CLASS_PRINTER: u8 = 7;
/// USB class of devices that follow their maker's own rules.
pub const CLASS_VENDOR: u8 = 0xFF;
/// Receipt printers that come with the vendor class instead of the printer class: maker, first and last product id. Epson's
/// TM-T88IV and TM-T88V are seen so (apple/cups issue 3971); the ranges are those of its receipt printers in the list of
/// linux-usb.org, because its document scanners have the vendor class as well.
pub const VENDOR_CLASS_PRINTERS: [(u16, u16, u16); 3] = [(0x04B8, 0x0202, 0x0202), (0x04B8, 0x0E00, 0x0EFF), (0x0DD4, 0x0000, 0xFFFF)];
/// Longest port path: seven tiers of hubs.
const PORT_PATH_CHARS_MAX: usize = 32;
/// Longest serial number: a string descriptor holds 126 characters.
const SERIAL_CHARS_MAX: usize = 126;

/// One bulk endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsbEndpoint {
    /// Address with the direction bit.
    pub address: u8,
    /// Bytes in one packet.
    pub packet_bytes: usize,
}

/// One setting of one interface. A device may offer several settings of the same interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsbInterface {
    pub number: u8,
    pub setting: u8,
    pub class: u8,
    pub protocol: u8,
    /// Unknown (`None`) until the device is open, or really absent.
    pub bulk_out: Option<UsbEndpoint>,
    pub bulk_in: Option<UsbEndpoint>,
}

/// A USB device as the system lists it, without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsbDevice {
    pub vendor_id: u16,
    pub product_id: u16,
    pub serial: Option<String>,
    /// Bus and ports, such as `1-2.3`: stays the same as long as the cable stays where it is.
    pub port_path: String,
    pub product: Option<String>,
    /// The system's number of this plugging; tells a replugged device from the old one and is no identity.
    pub plugging: u16,
    pub interfaces: Vec<UsbInterface>,
}

/// Which device a technician wants. As text: `auto`, `04b8:0e15`, `04b8:0e15:SERIAL` or `04b8:0e15@1-2.3`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum UsbMatch {
    /// The only printer there is.
    #[default]
    Any,
    /// The only device of a model.
    Model { vendor_id: u16, product_id: u16 },
    /// The device of a model with this serial number.
    Serial { vendor_id: u16, product_id: u16, serial: String },
    /// The device of a model in this port.
    Port { vendor_id: u16, product_id: u16, port_path: String },
}

/// Why a text names no USB device.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UsbMatchError {
    #[error("\"{found}\" is not auto, VID:PID, VID:PID:SERIAL or VID:PID@PORT with four hexadecimal digits for each id")]
    Shape { found: String },
    #[error("\"{found}\" is not a port path such as 1-2.3")]
    PortPath { found: String },
    #[error("\"{found}\" is not a serial number of 1 to 126 printable characters")]
    Serial { found: String },
}

/// Why no device was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SelectError {
    #[error("no such device")]
    None,
    #[error("several devices fit: {}", places.join(", "))]
    Several { places: Vec<String> },
}

impl UsbMatch {
    fn fits(&self, device: &UsbDevice) -> bool {
        let model = |vendor: &u16, product: &u16| device.vendor_id == *vendor && device.product_id == *product;
        match self {
            UsbMatch::Any => true,
            UsbMatch::Model { vendor_id, product_id } => model(vendor_id, product_id),
            UsbMatch::Serial { vendor_id, product_id, serial } => model(vendor_id, product_id) && device.serial.as_ref() == Some(serial),
            UsbMatch::Port { vendor_id, product_id, port_path } => model(vendor_id, product_id) && device.port_path == *port_path,
        }
    }

    /// The match as written in a setting.
    pub fn place(&self) -> String {
        format!("USB {self}")
    }
}

impl fmt::Display for UsbMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UsbMatch::Any => f.write_str("auto"),
            UsbMatch::Model { vendor_id, product_id } => write!(f, "{vendor_id:04x}:{product_id:04x}"),
            UsbMatch::Serial { vendor_id, product_id, serial } => write!(f, "{vendor_id:04x}:{product_id:04x}:{serial}"),
            UsbMatch::Port { vendor_id, product_id, port_path } => write!(f, "{vendor_id:04x}:{product_id:04x}@{port_path}"),
        }
    }
}

impl FromStr for UsbMatch {
    type Err = UsbMatchError;

    fn from_str(text: &str) -> Result<Self, UsbMatchError> {
        let text = text.trim();
        if text == "auto" {
            return Ok(UsbMatch::Any);
        }
        let shape = || UsbMatchError::Shape { found: text.into() };
        let (vendor, rest) = text.split_once(':').ok_or_else(shape)?;
        let (product, rest) = match rest.find([':', '@']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (vendor_id, product_id) = (hex_id(vendor).ok_or_else(shape)?, hex_id(product).ok_or_else(shape)?);
        if let Some(serial) = rest.strip_prefix(':') {
            let count = serial.chars().count();
            if count == 0 || count > SERIAL_CHARS_MAX || serial.chars().any(char::is_control) {
                return Err(UsbMatchError::Serial { found: serial.into() });
            }
            return Ok(UsbMatch::Serial { vendor_id, product_id, serial: serial.into() });
        }
        match rest.strip_prefix('@') {
            None => Ok(UsbMatch::Model { vendor_id, product_id }),
            Some(path) if is_port_path(path) => Ok(UsbMatch::Port { vendor_id, product_id, port_path: path.into() }),
            Some(path) => Err(UsbMatchError::PortPath { found: path.into() }),
        }
    }
}

fn hex_id(digits: &str) -> Option<u16> {
    (digits.len() == 4 && digits.chars().all(|c| c.is_ascii_hexdigit())).then(|| u16::from_str_radix(digits, 16).ok())?
}

fn is_port_path(path: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.len() <= 3 && part.chars().all(|c| c.is_ascii_digit());
    let Some((bus, ports)) = path.split_once('-') else {
        return false;
    };
    path.len() <= PORT_PATH_CHARS_MAX && number(bus) && ports.split('.').all(number)
}

fn is_vendor_class_printer(device: &UsbDevice) -> bool {
    let known = |(vendor, first, last): (u16, u16, u16)| device.vendor_id == vendor && (first..=last).contains(&device.product_id);
    VENDOR_CLASS_PRINTERS.into_iter().any(known)
}

/// How well an interface fits; the smallest fits best. `None` when it is no printer.
///
/// Protocols of the printer class: 2 talks both ways, 1 only takes, 4 is IPP over USB, whose first setting often takes raw
/// bytes too; 3 wraps everything in packets (IEEE 1284.4) that we do not speak.
fn rank(device: &UsbDevice, interface: &UsbInterface, configured: bool) -> Option<u8> {
    match (interface.class, interface.protocol) {
        (CLASS_PRINTER, 2) => Some(0),
        (CLASS_PRINTER, 1) => Some(1),
        (CLASS_PRINTER, 4) => Some(2),
        // What a technician named is believed; otherwise only models that are known to do so.
        (CLASS_VENDOR, _) if configured || is_vendor_class_printer(device) => Some(3),
        _ => None,
    }
}

/// What kind of printer the best interface of a device makes it, if any: its class and protocol.
pub fn printer_class(device: &UsbDevice) -> Option<(u8, u8)> {
    best(device, false, |_| true).map(|interface| (interface.class, interface.protocol))
}

/// Chooses the device. A configured one has to be there; otherwise the printer class comes before the models of
/// [`VENDOR_CLASS_PRINTERS`].
///
/// # Errors
/// None fits, or several fit equally well.
pub fn choose_device<'a>(devices: &'a [UsbDevice], wanted: &UsbMatch) -> Result<&'a UsbDevice, SelectError> {
    let fitting = devices.iter().filter(|device| wanted.fits(device));
    let candidates: Vec<(bool, &UsbDevice)> = if *wanted == UsbMatch::Any {
        fitting.filter_map(|device| printer_class(device).map(|(class, _)| (class != CLASS_PRINTER, device))).collect()
    } else {
        fitting.map(|device| (false, device)).collect()
    };
    let first_tier = candidates.iter().map(|(later, _)| *later).min().ok_or(SelectError::None)?;
    let chosen: Vec<&UsbDevice> = candidates.into_iter().filter(|(later, _)| *later == first_tier).map(|(_, device)| device).collect();
    match chosen.as_slice() {
        [only] => Ok(only),
        several => Err(SelectError::Several { places: several.iter().map(|device| place_of(device)).collect() }),
    }
}

/// Chooses the interface and its setting on an open device. Only one with a bulk endpoint towards the device will do; of
/// equals, one that answers and then the first.
pub fn choose_interface(device: &UsbDevice, wanted: &UsbMatch) -> Option<UsbInterface> {
    best(device, *wanted != UsbMatch::Any, |interface| interface.bulk_out.is_some()).copied()
}

fn best(device: &UsbDevice, configured: bool, usable: impl Fn(&UsbInterface) -> bool) -> Option<&UsbInterface> {
    let ranked = device.interfaces.iter().filter(|i| usable(i)).filter_map(|i| rank(device, i, configured).map(|rank| (rank, i)));
    ranked.min_by_key(|(rank, i)| (*rank, i.bulk_in.is_none(), i.number, i.setting)).map(|(_, interface)| interface)
}

/// The device as a technician would write it into a setting.
pub fn place_of(device: &UsbDevice) -> String {
    format!("{:04x}:{:04x}@{}", device.vendor_id, device.product_id, device.port_path)
}
