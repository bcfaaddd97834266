//! Every bound of the outbox, in one place, each with its unit in its name.
//!
//! The defaults fit a terminal with a 64 GB disk and some forty submissions a day; the glue overrides them from settings.

use std::time::Duration;

use crate::schema::DB_PAGE_BYTES;

/// Bounds of one store. Hitting any of them is a typed error or a field of [`crate::Summary`], never silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size the database file may reach, in bytes; becomes `max_page_count`.
    /// The write-ahead log comes on top, at most `wal_pages_max` pages plus one transaction.
    pub store_bytes_max: u64,
    /// Room that must be free, in bytes, before a new session may begin.
    /// It has to hold one whole application, so that a begun one can always be enqueued.
    pub reserve_bytes: u64,
    /// Submissions that may wait for central at once.
    pub queued_items_max: u32,
    /// Settled submissions whose key, number and receipt are remembered; the oldest are forgotten beyond it.
    pub settled_items_max: u32,
    /// Plaintext of one draft, in bytes.
    pub draft_bytes_max: usize,
    /// Plaintext of one page image, in bytes.
    pub page_bytes_max: usize,
    /// Pages one session may hold.
    pub session_pages_max: u32,
    /// Plaintext of the sealed payload part, in bytes.
    pub payload_bytes_max: usize,
    /// The unsealed manifest, in bytes.
    pub manifest_bytes_max: usize,
    /// A receipt from central, in bytes.
    pub receipt_bytes_max: usize,
    /// Age, in seconds, after which an interrupted draft is destroyed instead of resumed.
    pub draft_resume_secs_max: u32,
    /// Highest serial a block may hand out on one day.
    pub serial_max: u32,
    /// Serials skipped on the day a damaged store was replaced, since the fresh one cannot know what was used.
    pub serial_skip_after_damage: u32,
    /// Days of serial counters kept, so that a clock stepping back finds its counter again.
    pub serial_days_max: u32,
    /// Print records kept; the oldest are forgotten beyond it.
    pub print_rows_max: u32,
    /// Requests that may wait for the writer thread; one more is answered with `Busy`.
    pub requests_max: usize,
    /// How long a caller waits for the writer thread.
    pub reply_wait_max: Duration,
    /// How long the last handle waits for the writer thread to close the file.
    pub close_wait_max: Duration,
    /// How long SQLite waits for a lock held by somebody else, such as a backup tool.
    pub lock_wait_max: Duration,
    /// Quiet time after which the writer folds the write-ahead log into the file.
    pub idle_checkpoint_wait: Duration,
    /// Log size, in bytes, from which a quiet moment is used for a checkpoint.
    pub idle_checkpoint_bytes_min: u64,
    /// Log size, in database pages, at which SQLite folds it in without waiting for a quiet moment.
    pub wal_pages_max: u32,
}

impl Limits {
    /// Room one enqueue may need besides its pages, in bytes: payload, manifest and draft with their envelopes, and the
    /// table pages around them.
    pub(crate) fn enqueue_bytes(&self) -> u64 {
        const TABLE_PAGES: u64 = 24;
        let content = self.payload_bytes_max + self.manifest_bytes_max + self.draft_bytes_max;
        content as u64 * 17 / 16 + TABLE_PAGES * DB_PAGE_BYTES
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            store_bytes_max: 8 << 30,
            reserve_bytes: 128 << 20,
            queued_items_max: 5_000,
            settled_items_max: 20_000,
            draft_bytes_max: 256 << 10,
            page_bytes_max: 8 << 20,
            session_pages_max: 40,
            payload_bytes_max: 1 << 20,
            manifest_bytes_max: 64 << 10,
            receipt_bytes_max: 64 << 10,
            draft_resume_secs_max: 900,
            serial_max: 9_999,
            serial_skip_after_damage: 2_000,
            serial_days_max: 400,
            print_rows_max: 50_000,
            requests_max: 64,
            reply_wait_max: Duration::from_secs(10),
            close_wait_max: Duration::from_secs(10),
            lock_wait_max: Duration::from_secs(2),
            idle_checkpoint_wait: Duration::from_secs(2),
            idle_checkpoint_bytes_min: 1 << 20,
            wal_pages_max: 8_192,
        }
    }
}
