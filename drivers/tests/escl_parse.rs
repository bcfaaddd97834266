//! Answers of eSCL scanners as bytes: good ones, odd ones, hostile ones, and any bytes at all.

use drivers::scanner::escl::{
    AdfState, ColourMode, PAGE_TRIES_MAX, Quirks, Resolutions, START_TRIES_MAX, ScannerState, Step, XML_BYTES_MAX, XML_DEPTH_MAX, XML_ELEMENTS_MAX, XmlError,
    after_next_document, after_start, parse_capabilities, parse_status, plan, status_of, url_of,
};
use drivers::scanner::{AcquireError, PageSource, Paper, ScanJob, ScanMode};
use drivers::status::{Condition, DeviceState};
use proptest::prelude::*;
use std::time::Duration;

/// One source with its sizes and profiles, in the form of a real device.
fn input(name: &str, modes: &str, resolutions: &str) -> String {
    let modes: String = modes.split(' ').map(|mode| format!("<scan:ColorMode>{mode}</scan:ColorMode>")).collect();
    format!(
        "<scan:{name}><scan:MinWidth>118</scan:MinWidth><scan:MaxWidth>2550</scan:MaxWidth><scan:MinHeight>118</scan:MinHeight>\
         <scan:MaxHeight>3508</scan:MaxHeight><scan:SettingProfiles><scan:SettingProfile><scan:ColorModes>{modes}</scan:ColorModes>\
         <scan:DocumentFormats><pwg:DocumentFormat>application/pdf</pwg:DocumentFormat><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>\
         </scan:DocumentFormats><scan:SupportedResolutions>{resolutions}</scan:SupportedResolutions></scan:SettingProfile>\
         </scan:SettingProfiles></scan:{name}>"
    )
}

fn discrete(list: &[u32]) -> String {
    let one = |dpi: &u32| {
        format!("<scan:DiscreteResolution><scan:XResolution>{dpi}</scan:XResolution><scan:YResolution>{dpi}</scan:YResolution></scan:DiscreteResolution>")
    };
    format!("<scan:DiscreteResolutions>{}</scan:DiscreteResolutions>", list.iter().map(one).collect::<String>())
}

fn device(sources: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- contoh --><scan:ScannerCapabilities xmlns:scan=\"s\" xmlns:pwg=\"p\">\
         <pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Contoh &amp; Anak MFP</pwg:MakeAndModel>\
         <pwg:SerialNumber>SN0000</pwg:SerialNumber>{sources}</scan:ScannerCapabilities>"
    )
}

fn platen() -> String {
    format!("<scan:Platen>{}</scan:Platen>", input("PlatenInputCaps", "Grayscale8 RGB24", &discrete(&[600, 100, 300])))
}

#[test]
fn glass_and_feeders_are_optional_each_on_its_own() {
    let simplex = input("AdfSimplexInputCaps", "RGB24", &discrete(&[200]));
    let duplex = input("AdfDuplexInputCaps", "RGB24", &discrete(&[200]));
    let option = "<scan:AdfOptions><scan:AdfOption>Duplex</scan:AdfOption></scan:AdfOptions>";
    let cases = [
        (platen(), (true, false, false)),
        (format!("<scan:Adf>{simplex}</scan:Adf>"), (false, true, false)),
        (format!("<scan:Adf>{simplex}{duplex}</scan:Adf>"), (false, true, true)),
        (format!("<scan:Adf>{duplex}</scan:Adf>"), (false, false, true)),
        (format!("{}<scan:Adf>{simplex}{option}</scan:Adf>", platen()), (true, true, true)),
    ];
    for (sources, expected) in cases {
        let caps = parse_capabilities(device(&sources).as_bytes()).unwrap_or_else(|fault| panic!("{fault}: {sources}"));
        assert_eq!((caps.platen.is_some(), caps.adf_simplex.is_some(), caps.adf_duplex.is_some()), expected, "{sources}");
        assert_eq!((caps.make_and_model.as_str(), caps.identity.as_deref(), caps.version.as_str()), ("Contoh & Anak MFP", Some("SN0000"), "2.63"));
    }
    for nothing in ["", "<scan:Platen/>", "<scan:Platen><scan:PlatenInputCaps><scan:MaxWidth>0</scan:MaxWidth></scan:PlatenInputCaps></scan:Platen>"] {
        assert!(matches!(parse_capabilities(device(nothing).as_bytes()), Err(XmlError::Missing { .. })), "{nothing}");
    }
}

#[test]
fn prefixes_do_not_matter_and_profiles_may_be_referred_to() {
    for (scan, pwg) in [("escl:", "sm:"), ("", ""), ("ns0:", "ns1:")] {
        let bare = device(&platen()).replace("scan:", scan).replace("pwg:", pwg);
        assert!(parse_capabilities(bare.as_bytes()).expect("only the prefixes differ").platen.is_some(), "{scan}");
    }
    let shared = "<scan:SettingProfiles><scan:SettingProfile name=\"p1\"><scan:ColorModes><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>\
        <scan:DocumentFormats><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats><scan:SupportedResolutions>\
        <scan:ResolutionRange><scan:XResolutionRange><scan:Min>75</scan:Min><scan:Max>600</scan:Max><scan:Step>25</scan:Step></scan:XResolutionRange>\
        </scan:ResolutionRange></scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>";
    let referring = "<scan:Platen><scan:PlatenInputCaps><scan:MaxWidth>2550</scan:MaxWidth><scan:MaxHeight>3508</scan:MaxHeight>\
        <scan:SettingProfiles><scan:SettingProfile ref=\"p1\"/></scan:SettingProfiles></scan:PlatenInputCaps></scan:Platen>";
    let caps = parse_capabilities(device(&format!("{shared}{referring}")).as_bytes()).expect("the reference is followed");
    let profile = &caps.platen.expect("the glass is there").profiles[0];
    assert_eq!(profile.resolutions, Resolutions::Range { min: 75, max: 600, step: 25 });
    assert!(profile.format_ext && profile.modes == [ColourMode::Rgb24]);
}

#[test]
fn the_nearest_resolution_is_not_lower_where_there_is_one() {
    let list = Resolutions::Discrete(vec![100, 200, 600]);
    let range = Resolutions::Range { min: 75, max: 610, step: 50 };
    for (offered, wanted, dpi_max, expected) in [
        (&list, 150, u32::MAX, Some(200)),
        (&list, 200, u32::MAX, Some(200)),
        (&list, 1200, u32::MAX, Some(600)),
        (&list, 600, 300, Some(200)),
        (&list, 300, 50, None),
        (&range, 1, u32::MAX, Some(75)),
        (&range, 100, u32::MAX, Some(125)),
        (&range, 9999, u32::MAX, Some(575)),
        (&range, 600, 300, Some(275)),
        (&range, 600, 74, None),
    ] {
        assert_eq!(offered.nearest(wanted, dpi_max), expected, "{offered:?} {wanted} {dpi_max}");
    }
}

#[test]
fn a_plan_asks_for_nothing_that_is_not_offered() {
    let feeder_only = format!("<scan:Adf>{}</scan:Adf>", input("AdfSimplexInputCaps", "Grayscale8", &discrete(&[200])));
    let feeder_only = parse_capabilities(device(&feeder_only).as_bytes()).expect("a feeder is enough");
    let glass_only = parse_capabilities(device(&platen()).as_bytes()).expect("glass is enough");
    let job = |source| ScanJob { source, mode: ScanMode::Colour, resolution_dpi: 300, paper: Paper::A4 };
    let made = |caps, source| plan(&job(source), caps, &Quirks::default(), None);
    let grey = made(&feeder_only, PageSource::Automatic).expect("the only source is taken");
    assert_eq!((grey.from_feeder, grey.mode, grey.dpi, grey.width, grey.height), (true, ColourMode::Grayscale8, 200, 2481, 3508));
    assert!(!made(&glass_only, PageSource::Automatic).expect("the only source is taken").from_feeder);
    for (caps, source) in [(&feeder_only, PageSource::Glass), (&feeder_only, PageSource::FeederDuplex), (&glass_only, PageSource::Feeder)] {
        assert!(matches!(made(caps, source), Err(AcquireError::Unsupported { .. })), "{source:?}");
    }
    let no_jpeg = device(&platen()).replace("image/jpeg", "image/tiff");
    let no_jpeg = parse_capabilities(no_jpeg.as_bytes()).expect("it is well-formed");
    assert!(matches!(made(&no_jpeg, PageSource::Glass), Err(AcquireError::Unsupported { .. })));
    let xml = grey.to_xml();
    for part in ["<pwg:InputSource>Feeder<", "<scan:Duplex>false<", "<scan:XResolution>200<", "<pwg:DocumentFormat>image/jpeg<", "<pwg:Version>2.63<"] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
}

#[test]
fn automatic_takes_the_feeder_only_when_it_is_loaded() {
    let both = format!("{}<scan:Adf>{}</scan:Adf>", platen(), input("AdfSimplexInputCaps", "RGB24", &discrete(&[300])));
    let both = parse_capabilities(device(&both).as_bytes()).expect("it is well-formed");
    for (loaded, from_feeder) in [(Some(true), true), (Some(false), false), (None, false)] {
        let made = plan(&ScanJob::default(), &both, &Quirks::default(), loaded).expect("something is there");
        assert_eq!(made.from_feeder, from_feeder, "{loaded:?}");
    }
}

fn status_xml(state: &str, adf: &str) -> String {
    format!("<scan:ScannerStatus xmlns:scan=\"s\"><pwg:State>{state}</pwg:State><scan:AdfState>{adf}</scan:AdfState></scan:ScannerStatus>")
}

#[test]
fn every_state_has_its_condition() {
    let none: [Condition; 0] = [];
    for (state, adf, from_feeder, device, conditions) in [
        ("Idle", "ScannerAdfLoaded", true, DeviceState::Online, &none[..]),
        ("Processing", "ScannerAdfProcessing", true, DeviceState::DeviceBusy, &none[..]),
        ("Idle", "ScannerAdfEmpty", true, DeviceState::Online, &[Condition::FEEDER_EMPTY][..]),
        ("Idle", "ScannerAdfEmpty", false, DeviceState::Online, &none[..]),
        ("Stopped", "ScannerAdfJam", false, DeviceState::UserError, &[Condition::PATH_JAMMED][..]),
        ("Stopped", "ScannerAdfHatchOpen", true, DeviceState::UserError, &[Condition::LID_OPEN][..]),
        ("Idle", "DoorOpen", true, DeviceState::UserError, &[Condition::LID_OPEN][..]),
        ("Stopped", "ScannerAdfMultipickDetected", true, DeviceState::UserError, &[Condition::FEEDER_DOUBLE_FEED][..]),
        ("Stopped", "ScannerAdfInputTrayFailed", true, DeviceState::HardwareError, &[Condition::SCANNER_INOPERATIVE][..]),
        ("Testing", "", true, DeviceState::DeviceBusy, &[Condition::LAMP_WARMING][..]),
        ("Down", "", false, DeviceState::HardwareError, &[Condition::SCANNER_INOPERATIVE][..]),
        ("Stopped", "ScannerAdfSomethingNew", true, DeviceState::Offline, &none[..]),
    ] {
        let answer = parse_status(status_xml(state, adf).as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
        let status = status_of(&answer, from_feeder);
        assert_eq!((status.device, status.conditions.iter().copied().collect::<Vec<_>>()), (device, conditions.to_vec()), "{state} {adf}");
    }
    assert!(matches!(parse_status(status_xml("Bahagia", "").as_bytes()), Err(XmlError::Missing { missing: "State" })));
    let bare = parse_status(b"<ScannerStatus><State>Idle</State></ScannerStatus>").expect("no feeder is no fault");
    assert_eq!((bare.state, bare.adf), (ScannerState::Idle, None::<AdfState>));
}

#[test]
fn every_answer_to_a_page_and_to_a_start_has_one_meaning() {
    let again = |secs| Step::Again(Duration::from_secs(secs));
    for (status, retry_after, tries, page, start) in [
        (200, None, 1, Step::Take, Step::Foreign),
        (201, None, 1, Step::Foreign, Step::Take),
        (503, None, 1, again(1), again(1)),
        (503, Some(3), 1, again(3), again(3)),
        (503, Some(86_400), 1, again(5), again(5)),
        (503, None, START_TRIES_MAX, again(1), Step::NotReady),
        (503, None, PAGE_TRIES_MAX, Step::NotReady, Step::NotReady),
        (410, None, 1, again(1), Step::Foreign),
        (404, None, 1, Step::NoMore, Step::AskWhy),
        (409, None, 1, Step::AskWhy, Step::AskWhy),
        (401, None, 1, Step::Forbidden, Step::Forbidden),
        (403, None, 1, Step::Forbidden, Step::Forbidden),
        (500, None, 1, Step::Failed, Step::Failed),
        (302, None, 1, Step::Foreign, Step::Foreign),
        (418, None, 1, Step::Foreign, Step::Foreign),
    ] {
        assert_eq!((after_next_document(status, retry_after, tries), after_start(status, retry_after, tries)), (page, start), "{status} {tries}");
    }
}

#[test]
fn hostile_xml_is_named_and_costs_nothing() {
    let deep = "<a>".repeat(XML_DEPTH_MAX + 1);
    let wide = format!("<ScannerStatus>{}</ScannerStatus>", "<a/>".repeat(XML_ELEMENTS_MAX));
    for (bytes, expected) in [
        (vec![b' '; XML_BYTES_MAX + 1], XmlError::TooLong { bytes: XML_BYTES_MAX + 1 }),
        (deep.into_bytes(), XmlError::TooDeep),
        (wide.into_bytes(), XmlError::TooManyElements),
        (b"<a>\xFF</a>".to_vec(), XmlError::NotUtf8),
        (b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_vec(), XmlError::DocumentType),
        (b"<ScannerStatus>&b;</ScannerStatus>".to_vec(), XmlError::UnknownEntity),
        (b"<ScannerStatus><State>Idle".to_vec(), XmlError::Unfinished),
        (b"".to_vec(), XmlError::Empty),
        (b"<html/>".to_vec(), XmlError::OtherRoot { wanted: "ScannerStatus", found: "html".into() }),
    ] {
        assert_eq!(parse_status(&bytes).expect_err("it is hostile"), expected, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
    }
    for malformed in ["<a></b>", "</a>", "<a", "a<b/>", "<a/><a/>", "<a>&#xD800;</a>", "<a>&#99999999;</a>"] {
        assert!(matches!(parse_status(malformed.as_bytes()), Err(XmlError::Malformed { .. } | XmlError::OtherRoot { .. })), "{malformed}");
    }
}

#[test]
fn an_announced_scanner_has_an_address_or_none() {
    let v4 = "192.0.2.7".parse().expect("an address");
    let v6 = "2001:db8::7".parse().expect("an address");
    let local = "fe80::7".parse().expect("an address");
    assert_eq!(url_of("http", v4, 80, Some("/eSCL/")).as_deref(), Some("http://192.0.2.7:80/eSCL"));
    assert_eq!(url_of("https", v6, 443, None).as_deref(), Some("https://[2001:db8::7]:443/eSCL"));
    for (address, port, root) in [(local, 80, None), (v4, 0, None), (v4, 80, Some("a b")), (v4, 80, Some("x?y=z")), (v4, 80, Some("@host"))] {
        assert_eq!(url_of("http", address, port, root), None, "{address} {port} {root:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_an_answer_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse_status(&bytes);
        let _ = parse_capabilities(&bytes);
    }

    #[test]
    fn any_change_of_a_good_answer_is_an_answer_or_an_error(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..12)) {
        for good in [status_xml("Idle", "ScannerAdfLoaded"), device(&platen())] {
            let mut bytes = good.into_bytes();
            for (at, byte, how) in &changes {
                let at = at.index(bytes.len());
                match how {
                    0 => bytes[at] = *byte,
                    1 => bytes.insert(at, *byte),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            let _ = parse_status(&bytes);
            if let Ok(caps) = parse_capabilities(&bytes) {
                for source in [PageSource::Automatic, PageSource::Glass, PageSource::Feeder, PageSource::FeederDuplex] {
                    let _ = plan(&ScanJob { source, ..ScanJob::default() }, &caps, &Quirks::default(), None).map(|plan| plan.to_xml());
                }
            }
        }
    }
}
