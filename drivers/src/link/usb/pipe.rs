//! What the USB link needs from the bus: transfers that are started, waited for and cancelled, and requests.
//!
//! It keeps no books: how many bytes of a write have left is the link's own count. The rule a newcomer would break: a
//! transfer that was started stays started when a wait for it ends, and only a completion says how many bytes passed.

use super::requests::ControlRequest;
use super::select::UsbDevice;
use crate::link::LinkError;
use std::time::Duration;
use thiserror::Error;

/// Why a transfer did not go through. Unplugging may show as any of the last four, so none of them names a cause by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum PipeFault {
    #[error("the transfer was cancelled")]
    Cancelled,
    #[error("the device is gone")]
    Disconnected,
    #[error("the endpoint is stalled")]
    Stall,
    #[error("the bus reports a fault")]
    Fault,
    #[error("the system reports error {0}")]
    Other(u32),
}

/// A transfer to the device that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutDone {
    /// Bytes that passed, also when it failed.
    pub passed_bytes: usize,
    pub result: Result<(), PipeFault>,
}

/// A transfer from the device that ended.
#[derive(Clone, PartialEq, Eq)]
pub struct InDone {
    /// Bytes that came, also when it failed.
    pub bytes: Vec<u8>,
    pub result: Result<(), PipeFault>,
}

/// Direction of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Out,
    In,
}

/// What an opened pipe says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipeFacts {
    /// The device that was opened.
    pub device: UsbDevice,
    /// The interface and setting in use.
    pub interface: u8,
    pub setting: u8,
    /// Bytes of a packet from the device; `None` when it only takes.
    pub in_packet_bytes: Option<usize>,
}

/// One USB printer, at most one transfer each way at a time.
///
/// Waits take at most their time limit. Starting a second transfer in the same direction, or waiting where none was started,
/// is a fault of the caller; an implementation answers such a wait with `None`.
pub trait BulkPipe: Send {
    /// Finds the device, takes its interface from the kernel's driver and opens its endpoints. Bounded.
    ///
    /// # Errors
    /// As [`crate::link::Link::open`].
    fn open(&mut self) -> Result<PipeFacts, LinkError>;

    /// Gives the device back. Transfers that are still out are lost.
    fn close(&mut self);

    /// Is the very plugging that was opened still listed? A replugged device is another one.
    fn is_present(&mut self) -> bool;

    /// Starts a transfer to the device.
    fn submit_out(&mut self, bytes: &[u8]);

    /// Waits for it. `None` means that it is still out.
    fn wait_out(&mut self, at_most: Duration) -> Option<OutDone>;

    /// Starts a transfer from the device of at most `bytes`, a multiple of the packet.
    fn submit_in(&mut self, bytes: usize);

    /// Waits for it. `None` means that it is still out.
    fn wait_in(&mut self, at_most: Duration) -> Option<InDone>;

    /// Asks for the transfer to come back as it is. Its completion still has to be waited for.
    fn cancel(&mut self, way: Way);

    /// Clears a stall. No transfer may be out in this direction.
    ///
    /// # Errors
    /// The device refuses or is gone.
    fn clear_halt(&mut self, way: Way) -> Result<(), PipeFault>;

    /// Sends a request and returns what came back, empty for one without data. `Cancelled` means that `limit` passed.
    ///
    /// # Errors
    /// The device refuses (`Stall`), is silent, or is gone.
    fn request(&mut self, request: ControlRequest, limit: Duration) -> Result<Vec<u8>, PipeFault>;
}

impl std::fmt::Debug for InDone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InDone({} bytes •••, {:?})", self.bytes.len(), self.result)
    }
}
