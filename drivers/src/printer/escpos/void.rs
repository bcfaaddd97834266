//! Making an unconfirmed job harmless: what is left of it is cleared, marked as void and cut off.
//!
//! The rule a newcomer would break: it is done in steps that a status can afford, and only when all its bytes are out does the
//! job count as voided; should the port vanish in between, it begins again, since clearing twice harms nobody.

use super::*;
use crate::printer::profile::Cutter;

/// Upper bound of the white bytes that end a cut-off picture before a stale job is voided.
const PAD_BYTES_MAX: usize = 16_384;
/// Time that one status may spend on voiding.
const VOID_STEP: Duration = Duration::from_millis(60);
/// DLE DC4 8: clears receive and print buffer at once, even offline (Epson command reference).
const CLEAR_BUFFERS: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];
/// On the piece that is cut off, so that nobody takes it for a slip. Short enough for any paper.
const MARK: &[u8] = b"*** SLIP BATAL ***\n";
/// Paper that the mark and a tear take, in mm, for the count.
const MARK_MM: u32 = 8;

/// An unconfirmed job.
#[derive(Clone, Debug)]
pub(super) struct Stale {
    token: u32,
    /// Length of the whole job. A picture in it may have been cut off anywhere, because bytes that the operating system
    /// took need not have reached the printer.
    job_bytes: usize,
    /// What has to be sent to void it; made when it begins.
    words: Vec<u8>,
    sent_bytes: usize,
}

impl Stale {
    pub(super) fn begin_again(&mut self) {
        self.sent_bytes = 0;
    }
}

impl<L: Link> EscPos<L> {
    pub(super) fn make_stale(&mut self, token: u32, job_bytes: usize) {
        let older = self.stale.as_ref().map_or(0, |stale| stale.job_bytes);
        let job_bytes = job_bytes.max(older);
        self.stale = Some(Stale { token, job_bytes, words: self.void_words(job_bytes), sent_bytes: 0 });
        if self.profile.clear_buffer {
            // At once, so that a new roll does not wake up what is left of the job.
            let _ = self.write_short(&CLEAR_BUFFERS);
        }
    }

    fn void_words(&self, job_bytes: usize) -> Vec<u8> {
        let mut words = Vec::new();
        if self.profile.clear_buffer {
            words.extend(CLEAR_BUFFERS);
        } else {
            // The printer may wait for the rest of a picture. As picture data a zero is white, elsewhere it is ignored.
            words.resize(job_bytes.min(PAD_BYTES_MAX), 0);
        }
        words.extend([0x1B, 0x40, b'\n']);
        words.extend(MARK);
        words.extend([0x1B, 0x64, self.profile.cut_feed_lines.max(1)]);
        if self.profile.cutter == Cutter::None {
            words.extend(b"--------------------------------\n");
        }
        words.extend(cut_command(&self.profile));
        words
    }

    /// One step of voiding; true when nothing is left to void. Only called while the printer is ready.
    pub(super) fn void_step(&mut self) -> Result<bool, LinkError> {
        self.void_until(Instant::now() + VOID_STEP)
    }

    /// Voids to the end, before the next job.
    pub(super) fn void_now(&mut self) -> Result<(), LinkError> {
        let Some(stale) = &self.stale else {
            return Ok(());
        };
        let limit = Duration::from_millis(self.timing.cutter_ms) + transfer(stale.words.len(), self.profile.baud);
        if self.void_until(Instant::now() + limit)? { Ok(()) } else { Err(LinkError::TimedOut) }
    }

    fn void_until(&mut self, deadline: Instant) -> Result<bool, LinkError> {
        let Some(stale) = &mut self.stale else {
            return Ok(true);
        };
        match self.link.write(&stale.words[stale.sent_bytes..], deadline) {
            Ok(()) => {
                let token = stale.token;
                self.stale = None;
                self.paper_mm = self.paper_mm.saturating_add(MARK_MM + u32::from(self.profile.feed_mm_after_cut));
                self.tell(PrinterEvent::JobVoided { token });
                log::info!("printer_stale_job_voided");
                Ok(true)
            }
            Err(fault) => {
                stale.sent_bytes += fault.sent_bytes;
                if matches!(fault.cause, LinkError::TimedOut) { Ok(false) } else { Err(fault.cause) }
            }
        }
    }
}
