//! A simulated eSCL scanner: a real server on a real port of the loopback, with paper, a cover and a plug.
//!
//! It is as strict as a device and no stricter; Debian's sane-airscan scans from it. It announces nothing by multicast,
//! because a test must not be seen in an office's network.
//!
//! The rule a newcomer would break: what is done to it is done to its mechanics or to its bytes. There is no way to tell it
//! which error its client should see.

mod describe;
mod faults;
mod http;
mod machine;
mod serve;

pub use faults::Fault;
pub use http::Request;
pub use machine::{HostTemper, Model};

use crate::picture::RgbPage;
use crate::sim::Lasting;
use faults::Faults;
use machine::{Machine, Sheet};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Requests that are remembered.
pub const HEARD_MAX: usize = 256;
/// Connections at once; more wait in the operating system.
const CONNECTIONS_MAX: usize = 32;
/// Time for one of our own wake-up calls to the listener, and how many there are.
const WAKE_LIMIT: Duration = Duration::from_secs(1);
const WAKES_MAX: u32 = 10_000;
/// A client that does not read is hung up on.
const WRITE_LIMIT: Duration = Duration::from_secs(30);
const JPEG_QUALITY: u8 = 90;

pub(crate) struct State {
    machine: Machine,
    faults: Faults,
    on: bool,
    /// Connections by the number they got.
    open: BTreeMap<u64, TcpStream>,
    calls: u64,
}

pub(crate) struct Shared {
    state: Mutex<State>,
    connections: AtomicUsize,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        what(&mut self.lock())
    }

    fn is_on(&self) -> bool {
        self.lock().on
    }
}

/// The handle. Cloning gives another handle to the same scanner; the last one that goes pulls the plug.
#[derive(Clone)]
pub struct SimEscl {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl SimEscl {
    /// A scanner of this model, plugged in, empty.
    ///
    /// # Errors
    /// The operating system gives no port or no thread.
    pub fn start(model: Model) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = State { machine: Machine::new(model), faults: Faults::default(), on: true, open: BTreeMap::new(), calls: 0 };
        let shared = Arc::new(Shared { state: Mutex::new(state), connections: AtomicUsize::new(0) });
        listen(listener, Arc::clone(&shared))?;
        Ok(SimEscl { inner: Arc::new(Inner { shared, address }) })
    }

    /// Its address for `EsclSettings`.
    pub fn url(&self) -> String {
        format!("http://{}/eSCL", self.inner.address)
    }

    /// Lays a page on the glass, in place of the one there.
    pub fn lay_on_glass(&self, page: &RgbPage) {
        let page = jpeg(page);
        self.change(|state| state.machine.glass = Some(page));
    }

    /// Puts one more sheet into the feeder.
    pub fn feed(&self, front: &RgbPage, back: Option<&RgbPage>) {
        let sheet = Sheet { front: jpeg(front), back: back.map(jpeg) };
        self.change(|state| state.machine.tray.push_back(sheet));
    }

    /// Sheets in the feeder.
    pub fn sheets(&self) -> usize {
        self.change(|state| state.machine.tray.len())
    }

    /// Takes all paper out.
    pub fn empty(&self) {
        self.change(|state| {
            state.machine.tray.clear();
            state.machine.glass = None;
        });
    }

    /// Paper stuck, or cleared.
    pub fn jam(&self, jammed: bool) {
        self.change(|state| state.machine.jammed = jammed);
    }

    /// Paper gets stuck when that many more sheets have gone through.
    pub fn jam_after(&self, sheets: u32) {
        self.change(|state| state.machine.jam_after = Some(sheets));
    }

    /// Two sheets in the path at once, or put right.
    pub fn double_feed(&self, doubled: bool) {
        self.change(|state| state.machine.double_feed = doubled);
    }

    /// Opens or closes the cover.
    pub fn open_cover(&self, open: bool) {
        self.change(|state| state.machine.cover_open = open);
    }

    /// The lamp warms up, or is warm.
    pub fn warm_up(&self, warming: bool) {
        self.change(|state| state.machine.warming = warming);
    }

    /// How long a page takes before its first byte.
    pub fn page_takes(&self, time: Duration) {
        self.change(|state| state.machine.page_takes = time);
    }

    /// From now on this fault holds. One occasion is one request that it is about.
    pub fn inject(&self, fault: Fault, lasting: Lasting) {
        self.change(|state| state.faults.add(fault, lasting, Instant::now()));
    }

    /// No injected fault holds any more; paper and cover stay as they are.
    pub fn heal(&self) {
        self.change(|state| state.faults.heal());
    }

    /// Pulls the plug: connections break and new ones are refused.
    pub fn unplug(&self) {
        self.inner.unplug();
    }

    /// Puts the plug back, at the same address.
    ///
    /// # Errors
    /// Another program took the port meanwhile.
    pub fn replug(&self) -> std::io::Result<()> {
        if self.inner.shared.is_on() {
            return Ok(());
        }
        let listener = TcpListener::bind(self.inner.address)?;
        self.change(|state| {
            state.on = true;
            state.machine.job = None;
        });
        listen(listener, Arc::clone(&self.inner.shared))
    }

    /// The last requests, newest first.
    pub fn heard(&self) -> Vec<Request> {
        self.change(|state| state.machine.heard.iter().cloned().collect())
    }

    /// Jobs that were started, and jobs that their client ended.
    pub fn jobs(&self) -> (u64, u64) {
        self.change(|state| (state.machine.jobs_started, state.machine.jobs_ended))
    }

    /// Is a job still reserved for somebody?
    pub fn is_reserved(&self) -> bool {
        self.change(|state| state.machine.job.is_some())
    }

    fn change<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        self.inner.shared.change(what)
    }
}

impl Inner {
    fn unplug(&self) {
        let open = self.shared.change(|state| {
            state.on = false;
            std::mem::take(&mut state.open)
        });
        for stream in open.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // The listener waits for a call; it gets one, sees that the plug is out and closes. Until then the port is taken.
        for _ in 0..WAKES_MAX {
            if TcpStream::connect_timeout(&self.address, WAKE_LIMIT).is_err() {
                return;
            }
            std::thread::yield_now();
        }
        log::warn!("sim_escl_port_still_open");
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.unplug();
    }
}

fn listen(listener: TcpListener, shared: Arc<Shared>) -> std::io::Result<()> {
    let serving = move || {
        while let Ok((stream, _)) = listener.accept() {
            if !shared.is_on() {
                return;
            }
            if shared.connections.load(Ordering::Acquire) < CONNECTIONS_MAX {
                connect(&shared, stream);
            }
        }
    };
    std::thread::Builder::new().name("sim-escl".into()).spawn(serving).map(|_| ())
}

fn connect(shared: &Arc<Shared>, stream: TcpStream) {
    let Ok(other_end) = stream.try_clone() else {
        return;
    };
    if stream.set_write_timeout(Some(WRITE_LIMIT)).is_err() {
        return;
    }
    let call = shared.change(|state| {
        state.calls += 1;
        state.open.insert(state.calls, other_end);
        state.calls
    });
    shared.connections.fetch_add(1, Ordering::AcqRel);
    let served = Arc::clone(shared);
    let thread = std::thread::Builder::new().name("sim-escl-call".into()).spawn(move || {
        serve::serve(&served, stream);
        served.change(|state| state.open.remove(&call));
        served.connections.fetch_sub(1, Ordering::AcqRel);
    });
    if thread.is_err() {
        shared.connections.fetch_sub(1, Ordering::AcqRel);
    }
}

fn jpeg(page: &RgbPage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    page.to_image().write_with_encoder(encoder).expect("writing a JPEG into memory has nothing that could fail for a picture of this size");
    bytes
}
