//! What is asked of a scanner, in words that every kind of scanner understands.
//!
//! It is not a set of options of one driver: each source maps these words to its own. The rule a newcomer would break: a wish
//! that the device does not offer is an error only where it would change what is on the pages (a source, two sides); mode and
//! resolution take the nearest the device has.

/// From where pages come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PageSource {
    /// The feeder when paper lies in it, else the glass.
    #[default]
    Automatic,
    /// One page from the glass.
    Glass,
    /// The front of every sheet in the feeder.
    Feeder,
    /// Both sides of every sheet in the feeder; front first.
    FeederDuplex,
}

/// Colours of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ScanMode {
    /// Eight bits each of red, green and blue.
    #[default]
    Colour,
    /// Eight bits of brightness.
    Grey,
    /// One bit.
    BlackWhite,
}

/// How much of the scanner's area is scanned, from its top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Paper {
    /// 210 x 297 mm (ISO 216).
    #[default]
    A4,
    /// 215 x 330 mm, the Indonesian folio.
    F4,
    /// Everything the scanner sees.
    Whole,
}

impl Paper {
    /// Width and height in millimetres; `None` for everything.
    pub fn millimetres(self) -> Option<(u32, u32)> {
        match self {
            Paper::A4 => Some((210, 297)),
            Paper::F4 => Some((215, 330)),
            Paper::Whole => None,
        }
    }
}

/// One order to a scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanJob {
    /// From where.
    pub source: PageSource,
    /// Colours; a device without this mode gives the next richer one.
    pub mode: ScanMode,
    /// Dots per inch; the nearest that the device has and that is not lower, else its highest.
    pub resolution_dpi: u32,
    /// How much of the area.
    pub paper: Paper,
}

impl Default for ScanJob {
    /// A4 in colour at 300 dpi, 8.7 megapixels a page, from wherever the paper lies.
    fn default() -> Self {
        ScanJob { source: PageSource::Automatic, mode: ScanMode::Colour, resolution_dpi: 300, paper: Paper::A4 }
    }
}

/// The lowest offered resolution that is not below the wish, else the highest offered, both in dots per inch.
pub(super) fn nearest_dpi(wanted: u32, offered: impl Iterator<Item = u32> + Clone) -> Option<u32> {
    offered.clone().filter(|dpi| *dpi >= wanted).min().or_else(|| offered.max())
}
