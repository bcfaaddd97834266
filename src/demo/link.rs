//! The cable between kiosk and central: a TCP relay that can be cut, and joined again.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Connections that are remembered to be cut.
const CONNECTIONS_MAX: usize = 64;
const CONNECT_WAIT: Duration = Duration::from_secs(2);

struct Shared {
    up: AtomicBool,
    /// Nothing comes back from central: it is heard but does not answer.
    mute: AtomicBool,
    /// Bytes a connection may carry before it breaks; zero means no end.
    breaks_after_bytes: AtomicU64,
    target: SocketAddr,
    open: Mutex<Vec<TcpStream>>,
}

/// Handle to the relay. Its thread lives as long as the program.
#[derive(Clone)]
pub struct Link {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Link {
    /// Listens on a free port and relays to `target`.
    pub fn start(target: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            up: AtomicBool::new(true),
            mute: AtomicBool::new(false),
            breaks_after_bytes: AtomicU64::new(0),
            target,
            open: Mutex::new(Vec::new()),
        });
        let accepting = Arc::clone(&shared);
        std::thread::Builder::new().name("link".into()).spawn(move || {
            for near in listener.incoming().flatten() {
                relay(&accepting, near);
            }
        })?;
        Ok(Self { shared, address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts every connection; new ones are closed at once.
    pub fn cut(&self) {
        self.shared.up.store(false, Ordering::Release);
        for stream in self.shared.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _already_closed = stream.shutdown(Shutdown::Both);
        }
    }

    pub fn join(&self) {
        self.shared.breaks_after_bytes.store(0, Ordering::Release);
        self.shared.mute.store(false, Ordering::Release);
        self.shared.up.store(true, Ordering::Release);
    }

    /// Every connection breaks once this many bytes went towards central, those that stand already too.
    pub fn break_after_bytes(&self, bytes: u64) {
        self.shared.breaks_after_bytes.store(bytes, Ordering::Release);
    }

    /// Requests still reach central on connections that stand already; its answers vanish.
    pub fn swallow_answers(&self) {
        self.shared.mute.store(true, Ordering::Release);
    }

    pub fn is_up(&self) -> bool {
        self.shared.up.load(Ordering::Acquire)
    }
}

fn relay(shared: &Arc<Shared>, near: TcpStream) {
    if !shared.up.load(Ordering::Acquire) {
        return;
    }
    let Ok(far) = TcpStream::connect_timeout(&shared.target, CONNECT_WAIT) else { return };
    let (Ok(near_back), Ok(far_back)) = (near.try_clone(), far.try_clone()) else { return };
    {
        let mut open = shared.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.truncate(CONNECTIONS_MAX);
        open.extend(near.try_clone().into_iter().chain(far.try_clone()));
    }
    let breaking = Arc::clone(shared);
    std::thread::spawn(move || copy(near, far, || breaking.breaks_after_bytes.load(Ordering::Acquire), || false));
    let swallowing = Arc::clone(shared);
    std::thread::spawn(move || copy(far_back, near_back, || 0, || swallowing.mute.load(Ordering::Acquire)));
}

/// Copies until the end, a cut, or `limit` bytes (zero: no limit); then closes both. While `swallows`, bytes vanish.
fn copy(mut from: TcpStream, mut to: TcpStream, limit: impl Fn() -> u64, swallows: impl Fn() -> bool) {
    let mut carried = 0u64;
    let mut buffer = [0u8; 16 * 1024];
    while let Ok(count) = from.read(&mut buffer) {
        carried += count as u64;
        let lost = swallows();
        if count == 0 || (!lost && to.write_all(&buffer[..count]).is_err()) || (1..=carried).contains(&limit()) {
            break;
        }
    }
    let _closed_by_the_other_side = from.shutdown(Shutdown::Both);
    let _closed_by_the_other_side = to.shutdown(Shutdown::Both);
}
