//! Where a device is, as a technician writes it on the command line: one word for the way, a colon, and the place.
//!
//! It opens nothing and looks nothing up. The rule a newcomer would break: the words are those of `kiosk.toml`, so that what
//! worked here can be copied there; a text that fits no word is refused with examples and never guessed at.

use drivers::link::usb::{UsbMatch, UsbMatchError};
use drivers::link::{TcpAddress, TcpAddressError};
use drivers::sheet::{Address, AddressError};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use thiserror::Error;

/// A device or a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Printer(PrinterPlace),
    Scanner(ScannerPlace),
    /// A device node, or `bus:1-2` for the camera at that USB port.
    Camera(PathBuf),
    Sheet(Address),
    Reader(ReaderPlace),
    /// A picture file.
    Picture(PathBuf),
}

/// A slip printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrinterPlace {
    Serial(PathBuf),
    Usb(UsbMatch),
    Tcp(TcpAddress),
}

/// A document scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerPlace {
    /// As `scanimage -L` prints it.
    Sane(String),
    /// `http://host:port/eSCL`.
    Escl(String),
    Folder(PathBuf),
}

/// A code reader with a cable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReaderPlace {
    Serial(PathBuf),
    Keys(PathBuf),
}

/// One example for every way.
pub const EXAMPLES: [&str; 14] = [
    "serial:/dev/serial/by-id/usb-EPSON_TM-T82-if00-port0",
    "usb:auto",
    "usb:04b8:0e15",
    "usb:04b8:0e15:X5ABC",
    "usb:04b8:0e15@1-2.3",
    "tcp:192.168.1.50:9100",
    "sane:fujitsu:fi-8170:0000",
    "escl:http://192.168.1.60/eSCL",
    "folder:pindaian",
    "camera:/dev/v4l/by-id/usb-Kamera-video-index0",
    "ipp://192.168.1.70/ipp/print",
    "reader-serial:/dev/serial/by-id/usb-Pembaca-if00",
    "reader-keys:/dev/input/by-id/usb-Pembaca-event-kbd",
    "file:foto.png",
];

/// Why a text is no address. Words for people; the cause is in the driver's words.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PlaceError {
    #[error("\"{found}\" bukan alamat alat. Contoh: {}", EXAMPLES.join("  "))]
    Unknown { found: String },
    #[error("setelah \"{word}:\" harus ada tempatnya. Contoh: {}", example(word))]
    Empty { word: String },
    #[error("\"{found}\" bukan jalur penuh. Contoh: {}", example(word))]
    NotAbsolute { word: String, found: String },
    #[error("alamat USB salah. Contoh: usb:auto, usb:04b8:0e15, usb:04b8:0e15:SERI, usb:04b8:0e15@1-2.3")]
    Usb(#[source] UsbMatchError),
    #[error("alamat jaringan salah. Contoh: {}", example("tcp"))]
    Tcp(#[source] TcpAddressError),
    #[error("alamat IPP salah. Contoh: {}", example("ipp"))]
    Sheet(#[source] AddressError),
    #[error("alamat eSCL harus mulai dengan http:// atau https://. Contoh: {}", example("escl"))]
    Escl,
    #[error("perintah ini tidak untuk {found}. Yang bisa: {wanted}")]
    OtherKind { found: &'static str, wanted: &'static str },
}

/// The first example with this word.
fn example(word: &str) -> &'static str {
    EXAMPLES.into_iter().find(|example| example.split(':').next() == Some(word)).unwrap_or(EXAMPLES[0])
}

impl Place {
    /// What it is, for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Place::Printer(_) => "printer struk",
            Place::Scanner(_) => "pemindai",
            Place::Camera(_) => "kamera",
            Place::Sheet(_) => "printer A4",
            Place::Reader(_) => "pembaca kode",
            Place::Picture(_) => "berkas gambar",
        }
    }

    /// What it is, for programs.
    pub fn kind_word(&self) -> &'static str {
        match self {
            Place::Printer(_) => "printer",
            Place::Scanner(_) => "scanner",
            Place::Camera(_) => "camera",
            Place::Sheet(_) => "sheet",
            Place::Reader(_) => "reader",
            Place::Picture(_) => "file",
        }
    }

    /// The error for a command that is about something else.
    pub fn not(&self, wanted: &'static str) -> PlaceError {
        PlaceError::OtherKind { found: self.kind(), wanted }
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let text = text.trim();
        let (word, rest) = text.split_once(':').ok_or_else(|| PlaceError::Unknown { found: text.into() })?;
        let given = || if rest.is_empty() { Err(PlaceError::Empty { word: word.into() }) } else { Ok(rest) };
        let node = || match given()? {
            path if path.starts_with('/') => Ok(PathBuf::from(path)),
            path => Err(PlaceError::NotAbsolute { word: word.into(), found: path.into() }),
        };
        Ok(match word {
            "serial" => Place::Printer(PrinterPlace::Serial(node()?)),
            "usb" => Place::Printer(PrinterPlace::Usb(given()?.parse().map_err(PlaceError::Usb)?)),
            "tcp" => Place::Printer(PrinterPlace::Tcp(given()?.parse().map_err(PlaceError::Tcp)?)),
            "sane" => Place::Scanner(ScannerPlace::Sane(given()?.into())),
            "escl" => {
                let url = given()?;
                let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")).ok_or(PlaceError::Escl)?;
                if host.split('/').next().unwrap_or_default().is_empty() {
                    return Err(PlaceError::Escl);
                }
                Place::Scanner(ScannerPlace::Escl(url.into()))
            }
            "folder" => Place::Scanner(ScannerPlace::Folder(given()?.into())),
            "camera" if rest.starts_with("bus:") && rest.len() > "bus:".len() => Place::Camera(rest.into()),
            "camera" => Place::Camera(node()?),
            "ipp" | "ipps" => Place::Sheet(text.parse().map_err(PlaceError::Sheet)?),
            "reader-serial" => Place::Reader(ReaderPlace::Serial(node()?)),
            "reader-keys" => Place::Reader(ReaderPlace::Keys(node()?)),
            "file" => Place::Picture(given()?.into()),
            _ => return Err(PlaceError::Unknown { found: text.into() }),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Printer(PrinterPlace::Serial(path)) => write!(f, "serial:{}", path.display()),
            Place::Printer(PrinterPlace::Usb(wanted)) => write!(f, "usb:{wanted}"),
            Place::Printer(PrinterPlace::Tcp(address)) => write!(f, "tcp:{address}"),
            Place::Scanner(ScannerPlace::Sane(name)) => write!(f, "sane:{name}"),
            Place::Scanner(ScannerPlace::Escl(url)) => write!(f, "escl:{url}"),
            Place::Scanner(ScannerPlace::Folder(path)) => write!(f, "folder:{}", path.display()),
            Place::Camera(path) => write!(f, "camera:{}", path.display()),
            Place::Sheet(address) => write!(f, "{address}"),
            Place::Reader(ReaderPlace::Serial(path)) => write!(f, "reader-serial:{}", path.display()),
            Place::Reader(ReaderPlace::Keys(path)) => write!(f, "reader-keys:{}", path.display()),
            Place::Picture(path) => write!(f, "file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_an_address_and_reads_back() {
        for example in EXAMPLES {
            let place: Place = example.parse().unwrap_or_else(|fault| panic!("{example}: {fault}"));
            // An address of IPP shows the port that it leaves out.
            let shown = place.to_string().replace(":631/", "/");
            assert_eq!(shown, example);
        }
    }

    #[test]
    fn what_fits_no_word_is_refused_with_an_example() {
        let wrong = [
            "",
            "printer",
            "/dev/ttyUSB0",
            "com:1",
            "serial:",
            "serial:ttyUSB0",
            "usb:",
            "usb:epson",
            "usb:04b8:zz",
            "tcp:",
            "tcp:a b",
            "tcp:1.2.3.4:0",
            "sane:",
            "escl:192.168.1.60",
            "escl:http://",
            "escl:ftp://x/eSCL",
            "folder:",
            "camera:",
            "camera:video0",
            "camera:bus:",
            "ipp:",
            "ipp://",
            "ipp://a:b@c/ipp",
            "reader-serial:x",
            "reader-keys:",
            "file:",
            "SERIAL:/dev/ttyUSB0",
        ];
        for text in wrong {
            let said = text.parse::<Place>().expect_err(text).to_string();
            assert!(said.contains("Contoh: "), "{text}: {said}");
        }
    }
}
