//! Where a network printer is: a host and a port, read once from a setting.
//!
//! It looks no name up. The rule a newcomer would break: a wrong address is refused when the setting is read, not at the
//! first slip.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use thiserror::Error;

/// The port on which printers take raw bytes.
pub const RAW_PORT: u16 = 9100;
/// Longest host name (RFC 1035, 2.3.4).
const HOST_CHARS_MAX: usize = 253;

/// A host and a port: `192.168.1.50:9100`, `printer.local`, `[fe80::1]:9100`. Without a port it is [`RAW_PORT`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TcpAddress {
    host: String,
    port: u16,
}

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TcpAddressError {
    #[error("the address of the printer is empty")]
    NoHost,
    #[error("\"{found}\" is not a port from 1 to 65535")]
    Port { found: String },
    #[error("\"{found}\" is neither a host name nor an IP address")]
    Host { found: String },
    #[error("an IPv6 address stands in brackets, such as [fe80::1]:9100")]
    Brackets,
}

impl TcpAddress {
    /// Name or number of the host, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host as a number, when it is one and needs no look-up.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl FromStr for TcpAddress {
    type Err = TcpAddressError;

    fn from_str(text: &str) -> Result<Self, TcpAddressError> {
        let text = text.trim();
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']').ok_or(TcpAddressError::Brackets)?;
                if host.parse::<std::net::Ipv6Addr>().is_err() {
                    return Err(TcpAddressError::Host { found: host.into() });
                }
                match after.strip_prefix(':') {
                    Some(port) => (host, Some(port)),
                    None if after.is_empty() => (host, None),
                    None => return Err(TcpAddressError::Brackets),
                }
            }
            None if text.matches(':').count() > 1 => return Err(TcpAddressError::Brackets),
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        if host.is_empty() {
            return Err(TcpAddressError::NoHost);
        }
        if !text.starts_with('[') && !is_host(host) {
            return Err(TcpAddressError::Host { found: host.into() });
        }
        let port = match port {
            None => RAW_PORT,
            Some(digits) => match digits.parse::<u16>() {
                Ok(port) if port > 0 && !digits.starts_with('+') => port,
                _ => return Err(TcpAddressError::Port { found: digits.into() }),
            },
        };
        Ok(TcpAddress { host: host.into(), port })
    }
}

impl fmt::Display for TcpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') { write!(f, "[{}]:{}", self.host, self.port) } else { write!(f, "{}:{}", self.host, self.port) }
    }
}

fn is_host(host: &str) -> bool {
    if host.chars().all(|c| c.is_ascii_digit() || c == '.') {
        // Digits and dots are meant as a number, and a resolver would take a half one for another host.
        return host.parse::<std::net::Ipv4Addr>().is_ok();
    }
    let label = |label: &str| !label.is_empty() && !label.starts_with('-') && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    host.len() <= HOST_CHARS_MAX && host.strip_suffix('.').unwrap_or(host).split('.').all(label)
}
