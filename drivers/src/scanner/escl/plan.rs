//! From what is wanted and what the device offers to the settings of one job, and those as XML.
//!
//! Pure. The rule a newcomer would break: nothing goes into the request that the device did not offer, because devices answer
//! such a request with 409 and leave it to the reader what they did not like.

use super::capabilities::{Capabilities, ColourMode, InputCaps, SettingProfile, UNITS_PER_INCH};
use super::quirks::Quirks;
use crate::scanner::{AcquireError, PageSource, ScanJob, ScanMode};

/// Media types that we decode, the smallest first.
const FORMATS: [&str; 2] = ["image/jpeg", "image/png"];

/// The settings of one job. Lengths in 1/300 inch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The version of eSCL that the device speaks.
    pub version: String,
    pub from_feeder: bool,
    pub duplex: bool,
    pub mode: ColourMode,
    pub dpi: u32,
    pub width: u32,
    pub height: u32,
    pub format: &'static str,
    pub format_ext: bool,
}

/// Chooses. `feeder_loaded` is what the feeder said just now, when it was asked.
///
/// # Errors
/// `Unsupported` names what the device lacks.
pub fn plan(job: &ScanJob, device: &Capabilities, quirks: &Quirks, feeder_loaded: Option<bool>) -> Result<Plan, AcquireError> {
    let feeder = device.adf_simplex.as_ref().or(device.adf_duplex.as_ref());
    let lacks = |what: &str| AcquireError::Unsupported { what: what.to_owned() };
    let glass = || device.platen.as_ref().ok_or_else(|| lacks("a glass"));
    let (input, from_feeder) = match (job.source, feeder) {
        (PageSource::Glass, _) => (glass()?, false),
        (PageSource::Feeder, feeder) => (feeder.ok_or_else(|| lacks("a feeder"))?, true),
        (PageSource::FeederDuplex, _) => (device.adf_duplex.as_ref().ok_or_else(|| lacks("a feeder for both sides"))?, true),
        // A feeder that does not say whether it is loaded is not chosen while there is a glass.
        (PageSource::Automatic, Some(feeder)) if feeder_loaded == Some(true) || device.platen.is_none() => (feeder, true),
        (PageSource::Automatic, _) => (glass()?, false),
    };
    let (profile, mode) = profile_of(input, job.mode).ok_or_else(|| lacks("a colour mode that we know"))?;
    let format = FORMATS.into_iter().find(|format| profile.formats.iter().any(|f| f == format)).ok_or_else(|| lacks("JPEG or PNG"))?;
    let dpi_max = quirks.dpi_max.unwrap_or(u32::MAX);
    let dpi = profile.resolutions.nearest(job.resolution_dpi, dpi_max).ok_or_else(|| lacks("any resolution"))?;
    let (width, height) = area(job, input);
    let duplex = job.source == PageSource::FeederDuplex;
    Ok(Plan { version: device.version.clone(), from_feeder, duplex, mode, dpi, width, height, format, format_ext: profile.format_ext })
}

/// The wished mode, else the next richer one, else the next poorer one; a profile that names no modes takes any.
fn profile_of(input: &InputCaps, wish: ScanMode) -> Option<(&SettingProfile, ColourMode)> {
    let order: &[ColourMode] = match wish {
        ScanMode::Colour => &[ColourMode::Rgb24, ColourMode::Grayscale8],
        ScanMode::Grey => &[ColourMode::Grayscale8, ColourMode::Rgb24],
        ScanMode::BlackWhite => &[ColourMode::BlackAndWhite1, ColourMode::Grayscale8, ColourMode::Rgb24],
    };
    let decodable = |profile: &&SettingProfile| profile.formats.iter().any(|format| FORMATS.contains(&format.as_str()));
    order.iter().find_map(|mode| {
        let has = |profile: &&SettingProfile| profile.modes.contains(mode) || profile.modes.is_empty();
        // A profile whose formats we cannot read still says that the mode exists; the caller then names the missing format.
        let found = input.profiles.iter().filter(decodable).find(has).or_else(|| input.profiles.iter().find(has));
        found.map(|profile| (profile, *mode))
    })
}

fn area(job: &ScanJob, input: &InputCaps) -> (u32, u32) {
    let units = |millimetres: u32| (millimetres * UNITS_PER_INCH * 10).div_ceil(254);
    match job.paper.millimetres() {
        Some((width, height)) => (units(width).clamp(input.width_min, input.width_max), units(height).clamp(input.height_min, input.height_max)),
        None => (input.width_max, input.height_max),
    }
}

impl Plan {
    /// The body of `POST ScanJobs` (Mopria eSCL specification 2.97, section 7).
    pub fn to_xml(&self) -> String {
        // Every value is a number or one of our own words, except the version, which the parser left only digits and dots.
        let Plan { version, width, height, dpi, format, .. } = self;
        let source = if self.from_feeder { "Feeder" } else { "Platen" };
        let mode = self.mode.word();
        let ext = if self.format_ext { format!("<scan:DocumentFormatExt>{format}</scan:DocumentFormatExt>") } else { String::new() };
        let duplex = if self.from_feeder { format!("<scan:Duplex>{}</scan:Duplex>", self.duplex) } else { String::new() };
        format!(
            concat!(
                r#"<?xml version="1.0" encoding="UTF-8"?>"#,
                r#"<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" "#,
                r#"xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">"#,
                "<pwg:Version>{version}</pwg:Version><scan:Intent>Document</scan:Intent>",
                "<pwg:ScanRegions><pwg:ScanRegion>",
                "<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>",
                "<pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset>",
                "<pwg:Width>{width}</pwg:Width><pwg:Height>{height}</pwg:Height>",
                "</pwg:ScanRegion></pwg:ScanRegions>",
                "<pwg:InputSource>{source}</pwg:InputSource><scan:ColorMode>{mode}</scan:ColorMode>",
                "<pwg:DocumentFormat>{format}</pwg:DocumentFormat>{ext}",
                "<scan:XResolution>{dpi}</scan:XResolution><scan:YResolution>{dpi}</scan:YResolution>{duplex}",
                "</scan:ScanSettings>"
            ),
            version = version,
            width = width,
            height = height,
            source = source,
            mode = mode,
            format = format,
            ext = ext,
            dpi = dpi,
            duplex = duplex,
        )
    }
}
