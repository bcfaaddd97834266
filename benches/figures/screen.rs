//! An X screen without a panel: Xvfb, with its picture mapped into a file that can be looked at from outside.
//!
//! The program under test is not touched: whether its page is on the glass is seen in the pixels, in the XWD file that
//! Xvfb keeps (X Window Dump version 7, `X11/XWDFile.h`).

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kiosk::demo::office::Failure;

use crate::wait;

const START_WAIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// Rows and columns that are looked at: enough to know a page, few enough to look every other millisecond.
const GRID_ROWS: u32 = 96;
const GRID_COLUMNS: u32 = 54;

/// A colour as it lies in a 32-bit pixel of a little-endian X server: blue, green, red.
pub type Ink = [u8; 3];

/// Ground of the idle page's upper half, `hero.ground` of the palette.
pub const HERO: Ink = [0x63, 0x3f, 0x0a];
/// The invitation on it, `guide` of the palette.
pub const INVITATION: Ink = [0x4d, 0xd8, 0xff];

/// A running Xvfb.
pub struct Glass {
    server: Child,
    pub display: String,
    picture: File,
    layout: Layout,
}

/// Where the pixels lie in the file.
struct Layout {
    offset: u64,
    bytes_per_line: u64,
    width: u32,
    height: u32,
}

impl Glass {
    /// Starts a 1080×1920 screen whose picture lies in `folder`.
    pub fn start(folder: &Path) -> Result<Self, Failure> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1080x1920x24", "-nolisten", "tcp", "-noreset", "-fbdir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|reason| format!("Xvfb cannot be started ({reason}): install the package xvfb"))?;
        let mut number = String::new();
        let said = server.stdout.take().ok_or("Xvfb has no output")?;
        // The server says its number once, or closes the pipe by ending.
        BufReader::new(said).read_line(&mut number)?;
        if number.trim().is_empty() {
            let _the_server_has_ended_already = server.kill();
            return Err("Xvfb found no free display".into());
        }
        let path = folder.join("Xvfb_screen0");
        wait::until(START_WAIT, LOOK_EVERY, || path.exists());
        let picture = File::open(&path)?;
        let layout = Layout::read(&picture)?;
        Ok(Self { server, display: format!(":{}", number.trim()), picture, layout })
    }

    /// Waits until the idle page's ground and its invitation are both on the glass; how long that took since `begun`.
    pub fn first_page_since(&self, begun: Instant, limit: Duration) -> Result<Duration, Failure> {
        let shown = wait::until(limit, LOOK_EVERY, || self.share_of(HERO) > 0.1 && self.share_of(INVITATION) > 0.005);
        if shown { Ok(begun.elapsed()) } else { Err(format!("no page was on the screen within {} s", limit.as_secs()).into()) }
    }

    /// Waits until nothing of the page is left, after its program has ended.
    pub fn cleared(&self, limit: Duration) -> Result<(), Failure> {
        if wait::until(limit, LOOK_EVERY, || self.share_of(HERO) == 0.0) { Ok(()) } else { Err("the page stayed after its program ended".into()) }
    }

    /// Share of the grid that has this colour; an unreadable line counts as another colour.
    fn share_of(&self, ink: Ink) -> f64 {
        let Layout { offset, bytes_per_line, width, height } = &self.layout;
        let mut line = vec![0u8; *bytes_per_line as usize];
        let mut hits = 0u32;
        for row in 0..GRID_ROWS {
            let y = u64::from((row * 2 + 1) * height / (GRID_ROWS * 2));
            if self.picture.read_exact_at(&mut line, offset + y * bytes_per_line).is_ok() {
                let column = |index: u32| ((index * 2 + 1) * width / (GRID_COLUMNS * 2)) as usize * 4;
                hits += (0..GRID_COLUMNS).filter(|index| line[column(*index)..].starts_with(&ink)).count() as u32;
            }
        }
        f64::from(hits) / f64::from(GRID_ROWS * GRID_COLUMNS)
    }
}

impl Drop for Glass {
    fn drop(&mut self) {
        let _the_server_has_ended_already = self.server.kill();
        let _the_server_has_ended_already = self.server.wait();
    }
}

impl Layout {
    /// The header is 25 big-endian words; the colour table lies between it and the pixels.
    fn read(picture: &File) -> Result<Self, Failure> {
        const WORDS: usize = 25;
        const COLOUR_BYTES: u32 = 12;
        let mut header = [0u8; WORDS * 4];
        picture.read_exact_at(&mut header, 0)?;
        let word = |index: usize| u32::from_be_bytes([header[index * 4], header[index * 4 + 1], header[index * 4 + 2], header[index * 4 + 3]]);
        let (version, little_endian, bits_per_pixel) = (word(1), word(7) == 0, word(11));
        if version != 7 || !little_endian || bits_per_pixel != 32 {
            return Err(format!("Xvfb's picture has version {version} and {bits_per_pixel} bits per pixel, which is not understood").into());
        }
        Ok(Self { offset: u64::from(word(0) + word(19) * COLOUR_BYTES), bytes_per_line: word(12).into(), width: word(4), height: word(5) })
    }
}
