//! What an eSCL scanner offers, from its `ScannerCapabilities`.
//!
//! Pure: bytes in, values out. The rule a newcomer would break: the glass and both feeders are optional, each on its own; a
//! scanner that has only a feeder is a scanner (Mopria eSCL specification 2.97, section 8.1.3; Chrisimx/ScanBridge#112).

use super::xml::{Node, XmlError, parse};

/// Lengths in eSCL are counted in 1/300 inch, whatever the resolution.
pub const UNITS_PER_INCH: u32 = 300;
/// A metre and a half; more is a mistake of the device.
const LENGTH_UNITS_MAX: u32 = 18_000;
/// Dots per inch that any device could mean.
const DPI_MAX: u32 = 9_600;

/// A colour mode by its eSCL name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColourMode {
    /// `BlackAndWhite1`
    BlackAndWhite1,
    /// `Grayscale8`
    Grayscale8,
    /// `Grayscale16`
    Grayscale16,
    /// `RGB24`
    Rgb24,
    /// `RGB48`
    Rgb48,
}

impl ColourMode {
    const ALL: [ColourMode; 5] = [ColourMode::BlackAndWhite1, ColourMode::Grayscale8, ColourMode::Grayscale16, ColourMode::Rgb24, ColourMode::Rgb48];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            ColourMode::BlackAndWhite1 => "BlackAndWhite1",
            ColourMode::Grayscale8 => "Grayscale8",
            ColourMode::Grayscale16 => "Grayscale16",
            ColourMode::Rgb24 => "RGB24",
            ColourMode::Rgb48 => "RGB48",
        }
    }
}

/// The resolutions of one profile, in dots per inch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolutions {
    /// Only these.
    Discrete(Vec<u32>),
    /// Every `step` from `min` to `max`.
    Range { min: u32, max: u32, step: u32 },
}

impl Resolutions {
    /// The lowest that is not below `wanted`, else the highest; nothing above `dpi_max`.
    pub fn nearest(&self, wanted: u32, dpi_max: u32) -> Option<u32> {
        match self {
            Resolutions::Discrete(list) => crate::scanner::job::nearest_dpi(wanted, list.iter().copied().filter(|dpi| *dpi <= dpi_max)),
            Resolutions::Range { min, max, step } => {
                let max = (*max).min(dpi_max);
                if *min > max {
                    return None;
                }
                let steps_up = wanted.saturating_sub(*min).div_ceil(*step);
                let steps_max = (max - min) / step;
                Some(min + steps_up.min(steps_max) * step)
            }
        }
    }
}

/// A combination of colours, formats and resolutions that go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingProfile {
    /// Empty when the device does not say.
    pub modes: Vec<ColourMode>,
    /// Media types, in lower case.
    pub formats: Vec<String>,
    /// The device wants the media type in `DocumentFormatExt` (eSCL 2.1 and later).
    pub format_ext: bool,
    /// In dots per inch, across and down alike.
    pub resolutions: Resolutions,
}

/// One way paper can be scanned: the glass, a feeder's fronts, a feeder's both sides. Lengths in 1/300 inch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputCaps {
    pub width_min: u32,
    pub width_max: u32,
    pub height_min: u32,
    pub height_max: u32,
    /// At least one.
    pub profiles: Vec<SettingProfile>,
}

/// The whole device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Version of eSCL: digits and a dot.
    pub version: String,
    /// As the device calls itself; empty when it does not.
    pub make_and_model: String,
    /// Identity of the device: its serial number, else its UUID, else nothing.
    pub identity: Option<String>,
    pub platen: Option<InputCaps>,
    pub adf_simplex: Option<InputCaps>,
    pub adf_duplex: Option<InputCaps>,
}

/// Reads an answer to `GET ScannerCapabilities`.
///
/// # Errors
/// See [`XmlError`]; `Missing` when no source of paper is described.
pub fn parse_capabilities(bytes: &[u8]) -> Result<Capabilities, XmlError> {
    let root = parse(bytes, "ScannerCapabilities")?;
    let shared: Vec<&Node> = root.child("SettingProfiles").into_iter().flat_map(|profiles| profiles.all("SettingProfile")).collect();
    let input = |node: Option<&Node>| node.and_then(|node| input_caps(node, &shared));
    let platen = input(root.child("Platen").and_then(|platen| platen.child("PlatenInputCaps")));
    let adf = root.child("Adf");
    let adf_simplex = input(adf.and_then(|adf| adf.child("AdfSimplexInputCaps")));
    // Some devices say only by an option that the same feeder can do both sides.
    let duplex_option = adf.and_then(|adf| adf.child("AdfOptions")).is_some_and(|options| options.all("AdfOption").any(|o| o.text == "Duplex"));
    let adf_duplex = input(adf.and_then(|adf| adf.child("AdfDuplexInputCaps"))).or_else(|| adf_simplex.clone().filter(|_| duplex_option));
    if platen.is_none() && adf_simplex.is_none() && adf_duplex.is_none() {
        return Err(XmlError::Missing { missing: "PlatenInputCaps or AdfSimplexInputCaps" });
    }
    let version = root.text_of("Version").filter(|v| v.len() <= 8 && v.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    Ok(Capabilities {
        version: version.unwrap_or("2.0").to_owned(),
        make_and_model: root.text_of("MakeAndModel").map(printable).unwrap_or_default(),
        identity: root.text_of("SerialNumber").or_else(|| root.text_of("UUID")).map(printable),
        platen,
        adf_simplex,
        adf_duplex,
    })
}

/// Names go into messages and lists of devices.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(128).collect()
}

/// A source without a size or without any profile is of no use and counts as absent.
fn input_caps(node: &Node, shared: &[&Node]) -> Option<InputCaps> {
    let length = |name: &str| node.number_of(name).map(|units| units.min(LENGTH_UNITS_MAX));
    let own = node.child("SettingProfiles").into_iter().flat_map(|profiles| profiles.all("SettingProfile"));
    let profiles: Vec<SettingProfile> = own
        .filter_map(|profile| match &profile.refers_to {
            Some(name) => shared.iter().find(|other| other.label.as_ref() == Some(name)).and_then(|other| setting_profile(other)),
            None => setting_profile(profile),
        })
        .collect();
    let (width_max, height_max) = (length("MaxWidth")?, length("MaxHeight")?);
    let (width_min, height_min) = (length("MinWidth").unwrap_or(1), length("MinHeight").unwrap_or(1));
    let usable = width_max > 0 && height_max > 0 && width_min <= width_max && height_min <= height_max && !profiles.is_empty();
    usable.then_some(InputCaps { width_min, width_max, height_min, height_max, profiles })
}

fn setting_profile(node: &Node) -> Option<SettingProfile> {
    let words = node.child("ColorModes").into_iter().flat_map(|modes| modes.all("ColorMode"));
    let modes = words.filter_map(|word| ColourMode::ALL.into_iter().find(|mode| mode.word() == word.text)).collect();
    let formats_node = node.child("DocumentFormats");
    let listed = |name: &'static str| formats_node.into_iter().flat_map(move |formats| formats.all(name)).map(|f| f.text.to_ascii_lowercase());
    let format_ext = listed("DocumentFormatExt").next().is_some();
    let mut formats: Vec<String> = listed("DocumentFormat").chain(listed("DocumentFormatExt")).collect();
    formats.sort();
    formats.dedup();
    Some(SettingProfile { modes, formats, format_ext, resolutions: resolutions(node.child("SupportedResolutions")?)? })
}

fn resolutions(node: &Node) -> Option<Resolutions> {
    let sane = |dpi: &u32| (1..=DPI_MAX).contains(dpi);
    let listed = node.child("DiscreteResolutions").into_iter().flat_map(|list| list.all("DiscreteResolution"));
    // Only pairs that are square: a page that is stretched is of no use to anybody.
    let square = listed.filter_map(|pair| pair.number_of("XResolution").filter(|x| pair.number_of("YResolution") == Some(*x)));
    let mut discrete: Vec<u32> = square.filter(sane).collect();
    if !discrete.is_empty() {
        discrete.sort_unstable();
        discrete.dedup();
        return Some(Resolutions::Discrete(discrete));
    }
    let range = node.child("ResolutionRange")?.child("XResolutionRange")?;
    let (min, max) = (range.number_of("Min").filter(sane)?, range.number_of("Max").filter(sane)?);
    (min <= max).then(|| Resolutions::Range { min, max, step: range.number_of("Step").filter(sane).unwrap_or(1) })
}
