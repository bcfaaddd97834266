//! Where a printer listens: `ipp://`, `ipps://`, `http://` or `https://`.
//!
//! The rule a newcomer would break: an address never carries a password. It stands in settings, in logs and in every question.

use reqwest::Url;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use thiserror::Error;

/// RFC 8011, 5.1.6, allows 1023 bytes in a URI.
const URI_BYTES_MAX: usize = 1000;
/// RFC 8010, section 8: where IPP listens unless the address says otherwise.
const IPP_PORT: u16 = 631;

/// Why a text is no printer's address.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    #[error("the address is longer than {URI_BYTES_MAX} bytes")]
    TooLong,
    #[error("the address begins with neither ipp, ipps, http nor https")]
    Scheme,
    #[error("the address names no host")]
    Host,
    #[error("the address carries a user name or a password")]
    Credentials,
    #[error("the address is not a URI")]
    Malformed,
}

/// One printer's address, in the form of IPP and in the form of HTTP.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    printer_uri: String,
    url: Url,
}

impl Address {
    /// What the printer is called inside a question.
    pub(super) fn printer_uri(&self) -> &str {
        &self.printer_uri
    }

    /// Where the question is posted.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Encrypted on the way.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// From what DNS-SD announces. `resource` is the TXT key rp, without a slash in front.
    pub(super) fn of_service(encrypted: bool, host: IpAddr, port: u16, resource: &str) -> Result<Self, AddressError> {
        let scheme = if encrypted { "ipps" } else { "ipp" };
        format!("{scheme}://{}/{}", SocketAddr::new(host, port), resource.trim_start_matches('/')).parse()
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.len() > URI_BYTES_MAX {
            return Err(AddressError::TooLong);
        }
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Scheme)?;
        let (web, ipp, port) = match scheme.to_ascii_lowercase().as_str() {
            "ipp" => ("http", "ipp", Some(IPP_PORT)),
            "ipps" => ("https", "ipps", Some(IPP_PORT)),
            "http" => ("http", "ipp", None),
            "https" => ("https", "ipps", None),
            _ => return Err(AddressError::Scheme),
        };
        let mut url = Url::parse(&format!("{web}://{rest}")).map_err(|fault| match fault {
            url_fault if url_fault.to_string().contains("host") => AddressError::Host,
            _ => AddressError::Malformed,
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(AddressError::Host);
        }
        url.set_fragment(None);
        // A port that is the default of http is no default of ipp, and a URL forgets it: it is looked for in the text.
        let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
        let has_port = authority.rsplit_once(':').is_some_and(|(_, digits)| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if let Some(port) = port.filter(|_| !has_port) {
            url.set_port(Some(port)).map_err(|()| AddressError::Host)?;
        }
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().ok_or(AddressError::Malformed)?;
        let printer_uri = format!("{ipp}://{host}:{port}{}", url.path());
        Ok(Address { printer_uri, url })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.printer_uri)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.printer_uri)
    }
}
