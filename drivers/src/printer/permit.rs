//! The right to print one slip, held by a session and taken back when it ends.
//!
//! It says nothing about why. The rule a newcomer would break: a permit is never given back; a new attempt gets a new one, so
//! that a job which waited in a queue cannot wake up in somebody else's session.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The right to print. Clones share one fate.
#[derive(Clone, Debug, Default)]
pub struct Permit {
    revoked: Arc<AtomicBool>,
}

impl Permit {
    /// A permit that holds until it is revoked.
    pub fn new() -> Self {
        Permit::default()
    }

    /// Takes the right back, for every clone and for ever.
    pub fn revoke(&self) {
        self.revoked.store(true, Ordering::Release);
    }

    /// May the next byte leave?
    pub fn holds(&self) -> bool {
        !self.revoked.load(Ordering::Acquire)
    }
}
