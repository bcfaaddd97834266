//! Printers that announce themselves in the local network (RFC 6763, with the TXT keys of PWG 5100.14 and Bonjour Printing).
//!
//! It asks no printer anything. The rule a newcomer would break: a name and an address are what a printer has today; the UUID
//! is what it is. Whoever wants the same printer tomorrow keeps the UUID.

use super::address::Address;
use super::facts::{plain_uuid, short};
use mdns_sd::{ResolvedService, ServiceDaemon, ServiceEvent};
use std::net::IpAddr;
use std::time::{Duration, Instant};
use thiserror::Error;

const SERVICES: [(&str, bool); 2] = [("_ipps._tcp.local.", true), ("_ipp._tcp.local.", false)];
/// More announcements than this are not looked at; no office has as many printers.
const FOUND_MAX: usize = 64;
const FORMATS_MAX: usize = 32;
/// Where IPP listens at a printer when the TXT key rp is missing (PWG 5100.14, 4.2).
const RESOURCE_DEFAULT: &str = "ipp/print";
const LOOK_STEP: Duration = Duration::from_millis(25);
const SHUTDOWN_WAIT: Duration = Duration::from_millis(500);

/// Why nothing was found.
#[derive(Debug, Error)]
pub enum DiscoverError {
    #[error("the local network cannot be searched")]
    Search(#[source] mdns_sd::Error),
    #[error("no printer with the UUID {uuid} announces itself")]
    NotAnnounced { uuid: String },
}

/// One announced printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Identity, without "urn:uuid:", in lower case; few old printers have none.
    pub uuid: Option<String>,
    /// What people call it.
    pub name: String,
    /// Maker and model.
    pub model: Option<String>,
    /// Where it listens.
    pub address: Address,
    /// Media types it says it takes.
    pub formats: Vec<String>,
}

/// Listens for `limit` and gives every printer once, the encrypted address before the plain one, in the order of their names.
///
/// # Errors
/// `Search` when the network cannot be listened to.
pub fn discover(limit: Duration) -> Result<Vec<Found>, DiscoverError> {
    let mut found: Vec<Found> = Vec::new();
    browse(limit, |each| {
        let same = |known: &&mut Found| match (&known.uuid, &each.uuid) {
            (Some(known), Some(uuid)) => known == uuid,
            _ => known.name == each.name,
        };
        match found.iter_mut().find(same) {
            Some(known) if each.address.is_encrypted() && !known.address.is_encrypted() => *known = each,
            Some(_) => {}
            None => found.push(each),
        }
        found.len() >= FOUND_MAX
    })?;
    found.sort_by(|one, other| (&one.name, &one.uuid).cmp(&(&other.name, &other.uuid)));
    Ok(found)
}

/// Where the printer with this UUID listens now. Ends early once its encrypted address is known.
pub(super) fn look_for(uuid: &str, limit: Duration) -> Result<Address, DiscoverError> {
    let wanted = plain_uuid(uuid);
    let mut address: Option<Address> = None;
    browse(limit, |each| {
        if each.uuid.as_deref() == Some(&wanted) && (address.is_none() || each.address.is_encrypted()) {
            address = Some(each.address);
        }
        address.as_ref().is_some_and(Address::is_encrypted)
    })?;
    address.ok_or(DiscoverError::NotAnnounced { uuid: wanted })
}

/// Gives every announcement to `enough` until that says yes or the time is over.
fn browse(limit: Duration, mut enough: impl FnMut(Found) -> bool) -> Result<(), DiscoverError> {
    let end = Instant::now() + limit;
    let daemon = ServiceDaemon::new().map_err(DiscoverError::Search)?;
    let result = (|| {
        let mut answers = Vec::new();
        for (service, encrypted) in SERVICES {
            answers.push((daemon.browse(service).map_err(DiscoverError::Search)?, encrypted));
        }
        while Instant::now() < end {
            for (events, encrypted) in &answers {
                if let Ok(ServiceEvent::ServiceResolved(service)) = events.recv_timeout(LOOK_STEP)
                    && let Some(found) = found_of(&service, *encrypted)
                    && enough(found)
                {
                    return Ok(());
                }
            }
        }
        Ok(())
    })();
    if let Ok(ended) = daemon.shutdown() {
        let _ = ended.recv_timeout(SHUTDOWN_WAIT);
    }
    result
}

fn found_of(service: &ResolvedService, encrypted: bool) -> Option<Found> {
    let text = |key: &str| service.get_property_val_str(key).map(str::trim).filter(|value| !value.is_empty());
    // IPv4 first: many an office network carries no IPv6 between its switches. The rest is in order, to find the same one again.
    let mut hosts: Vec<IpAddr> = service.addresses.iter().map(|address| address.to_ip_addr()).collect();
    hosts.retain(|host| !matches!(host, IpAddr::V6(v6) if v6.is_unicast_link_local()));
    hosts.sort_by_key(|host| (host.is_ipv6(), *host));
    let address = Address::of_service(encrypted, *hosts.first()?, service.port, text("rp").unwrap_or(RESOURCE_DEFAULT)).ok()?;
    let (name, _) = service.fullname.split_once("._ipp").unwrap_or((&service.fullname, ""));
    Some(Found {
        uuid: text("UUID").map(plain_uuid),
        name: short(name),
        model: text("ty").or_else(|| text("product")).map(short),
        address,
        formats: text("pdl").unwrap_or("").split(',').map(str::trim).filter(|format| !format.is_empty()).take(FORMATS_MAX).map(short).collect(),
    })
}
