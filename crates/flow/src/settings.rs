//! What a technician may set. Every limit carries its unit in its name.

use std::time::Duration;

/// Settings of one kiosk that the flow needs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Kelurahan the kiosk stands in, as a region code and in words.
    pub kelurahan_code: String,
    pub office: String,
    /// Name of this kiosk, printed on the slip and sent with every submission.
    pub kiosk: String,
    /// Seconds without a touch until "Masih di sini?".
    pub idle_warning_secs: u64,
    /// Seconds from the warning until the session is wiped.
    pub idle_wipe_secs: u64,
    /// Seconds the goodbye page stays.
    pub goodbye_secs: u64,
    /// Seconds the screen waits while the resident fetches an officer.
    pub staff_wait_secs: u64,
    /// A second press this soon after the page changed is the same press.
    pub double_touch_ms: u64,
    /// Wrong NIKs before an interrupted session is given up.
    pub resume_tries_max: u32,
    /// Copies of one slip, the first one not counted.
    pub reprints_max: u32,
}

impl Default for Settings {
    /// For an office that sets nothing.
    fn default() -> Self {
        Self {
            kelurahan_code: String::new(),
            office: String::new(),
            kiosk: String::new(),
            idle_warning_secs: 45,
            idle_wipe_secs: 20,
            goodbye_secs: 8,
            staff_wait_secs: 180,
            double_touch_ms: 350,
            resume_tries_max: 3,
            reprints_max: 3,
        }
    }
}

impl Settings {
    pub(crate) fn warn_after(&self) -> Duration {
        Duration::from_secs(self.idle_warning_secs)
    }

    pub(crate) fn wipe_after(&self) -> Duration {
        Duration::from_secs(self.idle_warning_secs + self.idle_wipe_secs)
    }
}
