//! A scanner that announces itself on this machine's loopback, and nowhere else, is found.

use drivers::scanner::escl::discover;
use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};
use std::time::Duration;

#[test]
fn an_announced_scanner_is_found_with_its_address() {
    let Ok(daemon) = ServiceDaemon::new() else {
        println!("skipped: no multicast DNS on this machine");
        return;
    };
    let alone = daemon.disable_interface(IfKind::All).and_then(|()| daemon.enable_interface(IfKind::LoopbackV4));
    let txt = [("ty", "Contoh MFP"), ("rs", "eSCL"), ("UUID", "00000000-0000-4000-8000-000000000002")];
    let service = ServiceInfo::new("_uscan._tcp.local.", "Contoh", "contoh-klampid.local.", "127.0.0.1", 8080, &txt[..]);
    let announced = alone.and(service).and_then(|service| daemon.register(service));
    if announced.is_err() {
        println!("skipped: multicast DNS does not work on the loopback here");
        return;
    }
    let found = discover(Duration::from_secs(4)).unwrap_or_else(|fault| panic!("{fault}"));
    let ours: Vec<_> = found.iter().filter(|scanner| scanner.url == "http://127.0.0.1:8080/eSCL").collect();
    if ours.is_empty() {
        println!("skipped: the loopback passes no multicast here");
        return;
    }
    assert_eq!((ours[0].name.as_str(), ours[0].uuid.as_deref()), ("Contoh MFP", Some("00000000-0000-4000-8000-000000000002")));
}
