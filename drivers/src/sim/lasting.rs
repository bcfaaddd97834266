//! How long an injected fault lasts.
//!
//! It knows no device. The rule a newcomer would break: `Once` is one occasion of the device (one frame, one slip), not a moment.

/// How long an injected fault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// The next occasion only.
    Once,
    /// The next so many occasions.
    Times(u32),
    /// For this time.
    For(std::time::Duration),
    /// Until it is cleared.
    FromNow,
}
