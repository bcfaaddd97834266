//! A keyboard that the kernel believes in (uinput), for a guest or a machine whose tests may make input devices.
//!
//! The rule a newcomer would break: it really types. Nothing may be open under it but the driver that grabs it.

use super::imager::TimedKey;
use crate::imager::Key;
use evdev::uinput::VirtualDevice;
use evdev::{AttributeSet, InputEvent, KeyCode, KeyEvent};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// End of the wait for the device node.
const NODE_WITHIN: Duration = Duration::from_secs(5);
/// Looks for the device node this often.
const LOOK_STEP: Duration = Duration::from_millis(10);
/// The keys of a usual keyboard: codes 1 to 127 of linux/input-event-codes.h.
const KEYS: std::ops::Range<u16> = 1..128;

/// One keyboard; it is unplugged when this is dropped.
pub struct VirtualKeyboard {
    device: VirtualDevice,
    node: PathBuf,
}

impl VirtualKeyboard {
    /// Plugs in a keyboard of this name, which must be shorter than 79 bytes, and waits for its node.
    ///
    /// # Errors
    /// There is no `/dev/uinput`, it may not be opened, or the node does not appear within five seconds.
    pub fn plug_in(name: &str) -> std::io::Result<Self> {
        if name.len() >= 79 {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "the name of a virtual keyboard has at most 78 bytes"));
        }
        let keys: AttributeSet<KeyCode> = KEYS.map(KeyCode).collect();
        let mut device = VirtualDevice::builder()?.name(name).with_keys(&keys)?.build()?;
        let deadline = Instant::now() + NODE_WITHIN;
        loop {
            let node = device.enumerate_dev_nodes_blocking()?.flatten().find(|node| node.exists());
            if let Some(node) = node {
                return Ok(VirtualKeyboard { device, node });
            }
            if Instant::now() >= deadline {
                return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "the node of the virtual keyboard does not appear"));
            }
            std::thread::park_timeout(LOOK_STEP);
        }
    }

    /// Its node, such as `/dev/input/event3`.
    pub fn node(&self) -> &std::path::Path {
        &self.node
    }

    /// Types a script in its own time; blocks for as long as that takes.
    ///
    /// # Errors
    /// The kernel refuses an event.
    pub fn play(&mut self, script: &[TimedKey]) -> std::io::Result<()> {
        let begin = Instant::now();
        for (at, key) in script {
            let due = begin + *at;
            while Instant::now() < due {
                std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
            }
            if let Some(event) = event_of(*key) {
                self.device.emit(&[event])?;
            }
        }
        Ok(())
    }
}

/// `None` for what the kernel alone says.
fn event_of(key: Key) -> Option<InputEvent> {
    let (code, value) = match key {
        Key::Down(code) => (code, 1),
        Key::Up(code) => (code, 0),
        Key::Held(code) => (code, 2),
        Key::Lost => return None,
    };
    Some(*KeyEvent::new(code, value))
}
