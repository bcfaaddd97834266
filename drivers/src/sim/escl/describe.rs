//! The documents by which the simulated scanner describes itself.
//!
//! They follow the Mopria eSCL specification 2.97. The rule a newcomer would break: the prefixes are those of real devices,
//! because sane-airscan compares whole names.

use super::machine::{Machine, Model};

const HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    "\n<scan:{ROOT} xmlns:scan=\"http://schemas.hp.com/imaging/escl/2011/05/03\" xmlns:pwg=\"http://www.pwg.org/schemas/2010/12/sm\">\n",
    "  <pwg:Version>2.63</pwg:Version>\n"
);

/// `ScannerCapabilities`.
pub(super) fn capabilities(model: &Model) -> String {
    let mut xml = HEAD.replace("{ROOT}", "ScannerCapabilities");
    xml.push_str(&format!("  <pwg:MakeAndModel>{}</pwg:MakeAndModel>\n", model.make_and_model));
    xml.push_str("  <pwg:SerialNumber>SIM0001</pwg:SerialNumber>\n  <scan:UUID>00000000-0000-4000-8000-000000000001</scan:UUID>\n");
    if model.glass {
        xml.push_str(&format!("  <scan:Platen>\n{}  </scan:Platen>\n", input("PlatenInputCaps", 3508)));
    }
    if model.feeder {
        xml.push_str(&format!("  <scan:Adf>\n{}", input("AdfSimplexInputCaps", 4200)));
        if model.duplex {
            xml.push_str(&input("AdfDuplexInputCaps", 4200));
        }
        xml.push_str("    <scan:FeederCapacity>50</scan:FeederCapacity>\n    <scan:AdfOptions>\n      <scan:AdfOption>DetectPaperLoaded</scan:AdfOption>\n");
        if model.duplex {
            xml.push_str("      <scan:AdfOption>Duplex</scan:AdfOption>\n");
        }
        xml.push_str("    </scan:AdfOptions>\n  </scan:Adf>\n");
    }
    xml.push_str("</scan:ScannerCapabilities>\n");
    xml
}

fn input(name: &str, height_max: u32) -> String {
    let mut modes = String::new();
    for mode in ["Grayscale8", "RGB24"] {
        modes.push_str(&format!("            <scan:ColorMode>{mode}</scan:ColorMode>\n"));
    }
    let mut resolutions = String::new();
    for dpi in [100, 200, 300, 600] {
        resolutions.push_str(&format!(
            "              <scan:DiscreteResolution><scan:XResolution>{dpi}</scan:XResolution><scan:YResolution>{dpi}</scan:YResolution></scan:DiscreteResolution>\n"
        ));
    }
    format!(
        concat!(
            "    <scan:{name}>\n",
            "      <scan:MinWidth>150</scan:MinWidth>\n      <scan:MaxWidth>2550</scan:MaxWidth>\n",
            "      <scan:MinHeight>150</scan:MinHeight>\n      <scan:MaxHeight>{height_max}</scan:MaxHeight>\n",
            "      <scan:MaxScanRegions>1</scan:MaxScanRegions>\n",
            "      <scan:SettingProfiles>\n        <scan:SettingProfile>\n",
            "          <scan:ColorModes>\n{modes}          </scan:ColorModes>\n",
            "          <scan:DocumentFormats>\n            <pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>\n",
            "            <scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>\n          </scan:DocumentFormats>\n",
            "          <scan:SupportedResolutions>\n            <scan:DiscreteResolutions>\n{resolutions}",
            "            </scan:DiscreteResolutions>\n          </scan:SupportedResolutions>\n",
            "        </scan:SettingProfile>\n      </scan:SettingProfiles>\n",
            "    </scan:{name}>\n"
        ),
        name = name,
        height_max = height_max,
        modes = modes,
        resolutions = resolutions,
    )
}

/// `ScannerStatus`.
pub(super) fn status(machine: &Machine) -> String {
    let mut xml = HEAD.replace("{ROOT}", "ScannerStatus");
    let state = if machine.jammed || machine.cover_open || machine.double_feed {
        "Stopped"
    } else if machine.warming {
        "Testing"
    } else if machine.job.is_some() {
        "Processing"
    } else {
        "Idle"
    };
    xml.push_str(&format!("  <pwg:State>{state}</pwg:State>\n"));
    if machine.model.feeder {
        let adf = if machine.cover_open {
            // The word of the devices in the field, and the only one that sane-airscan knows.
            "DoorOpen"
        } else if machine.double_feed {
            "MultipickDetected"
        } else if machine.jammed {
            "Jam"
        } else if machine.tray.is_empty() {
            "Empty"
        } else {
            "Loaded"
        };
        xml.push_str(&format!("  <scan:AdfState>ScannerAdf{adf}</scan:AdfState>\n"));
    }
    xml.push_str("</scan:ScannerStatus>\n");
    xml
}
