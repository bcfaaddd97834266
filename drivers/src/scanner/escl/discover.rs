//! Finds eSCL scanners in the local network by DNS-SD.
//!
//! For whoever sets a kiosk up; a kiosk at work has a fixed address. The rule a newcomer would break: what is announced is a
//! claim of anybody in the network, so names are bounded and an address is only offered, never used by itself.

use mdns_sd::{ResolvedService, ServiceDaemon, ServiceEvent};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Plain and over TLS (Mopria eSCL specification 2.97, section 4).
const SERVICES: [(&str, &str); 2] = [("_uscan._tcp.local.", "http"), ("_uscans._tcp.local.", "https")];
/// Scanners of one search.
const FOUND_MAX: usize = 64;
const NAME_LETTERS_MAX: usize = 128;
const LOOK_STEP: Duration = Duration::from_millis(50);

/// Why there was no search.
#[derive(Debug, Error)]
pub enum DiscoverError {
    #[error("no multicast DNS on this machine")]
    Multicast(#[source] mdns_sd::Error),
}

/// A scanner that announced itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// As it calls itself.
    pub name: String,
    /// Its address for `EsclSettings`.
    pub url: String,
    /// Its identity, where it tells one.
    pub uuid: Option<String>,
}

/// Listens for `limit`. An empty list is an answer: nobody announced itself.
///
/// # Errors
/// The operating system gives no socket for multicast DNS.
pub fn discover(limit: Duration) -> Result<Vec<Found>, DiscoverError> {
    let daemon = ServiceDaemon::new().map_err(DiscoverError::Multicast)?;
    let mut found = BTreeMap::new();
    let searches: Result<Vec<_>, _> = SERVICES.iter().map(|(service, scheme)| daemon.browse(service).map(|events| (events, *scheme))).collect();
    let searches = searches.map_err(DiscoverError::Multicast)?;
    let until = Instant::now() + limit;
    while Instant::now() < until && found.len() < FOUND_MAX {
        for (events, scheme) in &searches {
            if let Ok(ServiceEvent::ServiceResolved(service)) = events.recv_timeout(LOOK_STEP)
                && let Some(scanner) = scanner_of(&service, scheme)
            {
                found.insert(scanner.url.clone(), scanner);
            }
        }
    }
    if daemon.shutdown().is_err() {
        log::warn!("mdns_not_stopped");
    }
    Ok(found.into_values().collect())
}

fn scanner_of(service: &ResolvedService, scheme: &str) -> Option<Found> {
    let text = |key: &str| service.get_property_val_str(key).filter(|value| !value.is_empty()).map(printable);
    // IPv4 first: it has no zone that would have to go into the address.
    let mut addresses: Vec<IpAddr> = service.addresses.iter().map(|address| address.to_ip_addr()).collect();
    addresses.sort();
    let url = url_of(scheme, *addresses.first()?, service.port, service.get_property_val_str("rs"))?;
    let instance = service.fullname.split("._uscan").next().unwrap_or_default();
    Some(Found { name: text("ty").unwrap_or_else(|| printable(instance)), url, uuid: text("UUID").or_else(|| text("uuid")) })
}

/// The address of a scanner by its announcement; `root` is the `rs` of its TXT record and normally `eSCL`.
pub fn url_of(scheme: &str, address: IpAddr, port: u16, root: Option<&str>) -> Option<String> {
    let root = root.unwrap_or("eSCL").trim_matches('/');
    let plain = root.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b'~'));
    if port == 0 || root.len() > NAME_LETTERS_MAX || !plain {
        return None;
    }
    let host = match address {
        IpAddr::V4(address) => address.to_string(),
        // A link-local address works only with its zone, which a URL cannot carry everywhere.
        IpAddr::V6(address) if address.is_unicast_link_local() => return None,
        IpAddr::V6(address) => format!("[{address}]"),
    };
    Some(format!("{scheme}://{host}:{port}/{root}"))
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(NAME_LETTERS_MAX).collect()
}
