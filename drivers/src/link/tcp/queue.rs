//! How many bytes of a connection the peer has not acknowledged yet, read from the kernel's table of connections.
//!
//! The same number comes from the `SIOCOUTQ` call, which our rules rule out because it needs unsafe code. The rule a newcomer
//! would break: "the table cannot be read" is not "nothing waits"; the two are apart in the type.

use std::fmt::Write;
use std::io::Read;
use std::net::{IpAddr, SocketAddr};

/// Longest table that is read; a kiosk has a few dozen connections of about 150 bytes each.
const TABLE_BYTES_MAX: u64 = 1_000_000;

/// Bytes of the connection from `local` to `peer` that are not acknowledged; `None` when the kernel does not say.
pub(super) fn unacknowledged_bytes(local: SocketAddr, peer: SocketAddr) -> Option<usize> {
    let path = if local.is_ipv4() { "/proc/self/net/tcp" } else { "/proc/self/net/tcp6" };
    let mut table = String::new();
    std::fs::File::open(path).ok()?.take(TABLE_BYTES_MAX).read_to_string(&mut table).ok()?;
    find(&table, local, peer)
}

/// The `tx_queue` column of the row of this connection (Linux Documentation/networking/proc_net_tcp.rst).
fn find(table: &str, local: SocketAddr, peer: SocketAddr) -> Option<usize> {
    let (local, peer) = (printed(local), printed(peer));
    table.lines().skip(1).find_map(|row| {
        let mut columns = row.split_ascii_whitespace().skip(1);
        let here = columns.next() == Some(local.as_str()) && columns.next() == Some(peer.as_str());
        let queues = columns.nth(1).filter(|_| here)?;
        usize::from_str_radix(queues.split_once(':')?.0, 16).ok()
    })
}

/// An address as the kernel prints it: words of 32 bits as this machine stores them, then the port.
fn printed(address: SocketAddr) -> String {
    let octets = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let mut text = String::new();
    for word in octets.as_chunks::<4>().0 {
        write!(text, "{:08X}", u32::from_ne_bytes(*word)).expect("writing to a string succeeds");
    }
    write!(text, ":{:04X}", address.port()).expect("writing to a string succeeds");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 126 1 0000000028bd4e25 100 0 0 10 0
   1: 0100007F:A1C7 0100007F:B408 01 00000000:00014E00 00:00000000 00000000     0        0 627652 2 0 20 4 0 10 -1
   2: 0100007F:B408 0100007F:A1C7 01 003B9C00:00000000 01:00000000 00000000     0        0 627651 2 0 20 0 0 17 -1
";

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("the test writes whole addresses")
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn the_row_of_a_connection_gives_its_bytes() {
        assert_eq!(find(TABLE, at("127.0.0.1:46088"), at("127.0.0.1:41415")), Some(0x003B_9C00));
        assert_eq!(find(TABLE, at("127.0.0.1:41415"), at("127.0.0.1:46088")), Some(0));
        assert_eq!(find(TABLE, at("127.0.0.1:41415"), at("127.0.0.1:1")), None);
        assert_eq!(find("", at("127.0.0.1:41415"), at("127.0.0.1:1")), None);
        assert_eq!(printed(at("[::1]:9100")), "00000000000000000000000001000000:238C");
    }
}
