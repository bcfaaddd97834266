//! The options, the list and the place on the bus of SANE's scanners, from printed text and from stand-ins for `scanimage`.

mod common;

use common::PATIENCE;
use drivers::scanner::{
    AcquireError, AcquireLimits, DEVICES_MAX, DocumentSource, ListError, PageSource, Paper, SaneDevice, ScanImage, ScanImageSettings, ScanJob, ScanMode, Spool,
    args_for, list_devices, parse_devices, parse_options, same_device,
};
use proptest::prelude::*;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

static GO: AtomicBool = AtomicBool::new(false);

fn help(options: &str) -> String {
    format!("Usage: scanimage [OPTION]...\n    --mode not-a-device-option\n\nOptions specific to device `contoh:0':\n  Scan Mode:\n{options}\n")
}

const SHEET_FED: &str = "    --source ADF Front|ADF Back|ADF Duplex [ADF Front]
    --mode Lineart|Gray|Color [Lineart]
    --resolution 50..600dpi (in steps of 1) [600]
    -x 0..221.121mm (in steps of 0.0211639) [215.872]
        Width of scan-area.
    -y 0..300mm (in steps of 0.0211639) [279.364]";
const EPSON: &str = "    --source Flatbed|Automatic Document Feeder [Flatbed]
    --mode Monochrome|Gray|Color [Monochrome]
    --resolution 75|100|150|300|600dpi [75]
    --adf-mode Simplex|Duplex [inactive]";
const SWITCH: &str = "    --source Flatbed|ADF [Flatbed]
    --mode True Gray|24bit Color [24bit Color]
    --duplex[=(yes|no)] [no]";

fn job(source: PageSource, mode: ScanMode, resolution_dpi: u32) -> ScanJob {
    ScanJob { source, mode, resolution_dpi, paper: Paper::A4 }
}

#[test]
fn every_device_is_asked_in_its_own_words() {
    let cases = [
        (SHEET_FED, job(PageSource::FeederDuplex, ScanMode::Colour, 300), "--source=ADF Duplex --mode=Color --resolution=300 -x 210 -y 297"),
        (SHEET_FED, job(PageSource::Feeder, ScanMode::BlackWhite, 1200), "--source=ADF Front --mode=Lineart --resolution=600 -x 210 -y 297"),
        (EPSON, job(PageSource::Glass, ScanMode::Grey, 200), "--source=Flatbed --mode=Gray --resolution=300"),
        (EPSON, job(PageSource::Feeder, ScanMode::BlackWhite, 9600), "--source=Automatic Document Feeder --mode=Monochrome --resolution=600"),
        (
            &EPSON.replace("[inactive]", "[Simplex]"),
            job(PageSource::FeederDuplex, ScanMode::Colour, 100),
            "--source=Automatic Document Feeder --adf-mode=Duplex --mode=Color --resolution=100",
        ),
        (SWITCH, job(PageSource::FeederDuplex, ScanMode::Colour, 300), "--source=ADF --duplex=yes --mode=24bit Color"),
        (SWITCH, job(PageSource::Automatic, ScanMode::Grey, 300), "--mode=True Gray"),
        ("    --mode Gray [Gray]", job(PageSource::Glass, ScanMode::Colour, 300), "--mode=Gray"),
    ];
    for (options, job, expected) in cases {
        let args = args_for(&job, &parse_options(&help(options))).unwrap_or_else(|fault| panic!("{fault}: {options}"));
        assert_eq!(args.join(" "), expected, "{job:?}");
    }
}

#[test]
fn what_a_device_lacks_is_named_and_not_guessed() {
    for (options, source) in [
        (SHEET_FED, PageSource::Glass),
        (EPSON, PageSource::FeederDuplex),
        ("    --source Flatbed [Flatbed]", PageSource::Feeder),
        ("    --mode Gray [Gray]", PageSource::Feeder),
    ] {
        let refused = args_for(&job(source, ScanMode::Colour, 300), &parse_options(&help(options)));
        assert!(matches!(refused, Err(AcquireError::Unsupported { .. })), "{options}: {refused:?}");
    }
}

fn device(name: &str) -> SaneDevice {
    SaneDevice { name: name.into(), vendor: "Contoh".into(), model: "M1".into(), kind: "sheetfed scanner".into() }
}

#[test]
fn a_list_of_devices_is_read_line_by_line_and_bounded() {
    let printed = "fujitsu:fi-8170:SN0000\tContoh\tM1\tsheetfed scanner\nrubbish\n\tno\tname\there\ngenesys:libusb:001:004\tContoh\tM1\tsheetfed scanner\n";
    assert_eq!(parse_devices(printed.as_bytes()), [device("fujitsu:fi-8170:SN0000"), device("genesys:libusb:001:004")]);
    assert_eq!(parse_devices("a\tb\tc\td\n".repeat(DEVICES_MAX + 9).as_bytes()).len(), DEVICES_MAX);
    assert!(parse_devices(b"\xFF\xFE\n").is_empty());
}

#[test]
fn a_device_is_the_same_by_name_and_not_by_its_number_on_the_bus() {
    let seen = ["fujitsu:fi-8170:SN0000", "genesys:libusb:003:021", "pixma:libusb:001:005", "pixma:libusb:001:006"].map(device);
    for (configured, found) in [
        ("fujitsu:fi-8170:SN0000", Some("fujitsu:fi-8170:SN0000")),
        ("genesys:libusb:001:004", Some("genesys:libusb:003:021")),
        ("pixma:libusb:001:006", Some("pixma:libusb:001:006")),
        // Two alike, and neither is the one.
        ("pixma:libusb:001:004", None),
        ("fujitsu:fi-8170:SN0001", None),
        ("genesys:libusb:1:4", None),
        ("", None),
    ] {
        assert_eq!(same_device(configured, &seen).map(|device| device.name.as_str()), found, "{configured}");
    }
}

/// A stand-in for `scanimage` that does what `script` says.
fn program(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("scanimage");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the folder is writable");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("the file is ours");
    path
}

#[test]
fn a_list_that_hangs_or_fails_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let began = Instant::now();
    let hanging = list_devices(&program(folder.path(), "sleep 600"), Duration::from_secs(1));
    assert!(matches!(hanging, Err(ListError::TimedOut { limit_secs: 1 })), "{hanging:?}");
    assert!(began.elapsed() < PATIENCE);
    let failing = list_devices(&program(folder.path(), "exit 4"), PATIENCE);
    assert!(matches!(failing, Err(ListError::Failed)), "{failing:?}");
    let missing = list_devices(&folder.path().join("tidak-ada"), PATIENCE);
    assert!(matches!(missing, Err(ListError::Program { .. })), "{missing:?}");
    assert!(list_devices(&program(folder.path(), "exit 0"), PATIENCE).expect("nobody is an answer").is_empty());
}

#[test]
fn a_scanner_that_came_back_at_another_place_of_the_bus_is_followed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = r#"case "$*" in
        *formatted-device-list*) printf 'genesys:libusb:003:021\tContoh\tM1\tflatbed scanner\n' ;;
        *libusb:003:021*) printf 'P5\n2 2\n255\nabcd' ;;
        *) exit 1 ;;
    esac"#;
    let settings = ScanImageSettings { program: program(folder.path(), script), ..ScanImageSettings::flatbed("genesys:libusb:001:004") };
    let mut scanner = ScanImage::new(settings.clone());
    assert_eq!(scanner.acquire(&AcquireLimits::default(), &GO).unwrap_or_else(|fault| panic!("{fault}")).len(), 1);
    assert_eq!(scanner.device(), Some("genesys:libusb:003:021"));
    let mut other = ScanImage::new(ScanImageSettings { device: Some("genesys:libusb:001:004:x".into()), ..settings });
    assert!(matches!(other.acquire(&AcquireLimits::default(), &GO), Err(AcquireError::Absent)));
}

#[test]
fn a_job_is_put_into_arguments_and_one_page_of_a_batch_has_its_limit() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let spool = tempfile::tempdir().expect("a temporary folder");
    let script = format!(
        r#"case "$*" in
        *--help*) cat {help} ;;
        *) echo "$*" > {asked}
           for arg in "$@"; do case "$arg" in --batch=*) out=${{arg#--batch=}} ;; esac; done
           printf 'P5\n2 2\n255\nabcd' > "$(printf "$out" 1)"
           {{ printf 'P5\n900 900\n255\n'; head -c 810000 /dev/zero; }} > "$(printf "$out" 2)" ;;
    esac"#,
        help = folder.path().join("help").display(),
        asked = folder.path().join("asked").display(),
    );
    std::fs::write(folder.path().join("help"), help(SHEET_FED)).expect("the folder is writable");
    let settings = ScanImageSettings {
        program: program(folder.path(), &script),
        spool: Spool::Folder(spool.path().to_path_buf()),
        ..ScanImageSettings::flatbed("contoh:0")
    };
    let mut scanner = ScanImage::new(settings).with_job(job(PageSource::FeederDuplex, ScanMode::Grey, 200));
    let pages = scanner.acquire(&AcquireLimits::default(), &GO).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(pages.len(), 2);
    let asked = std::fs::read_to_string(folder.path().join("asked")).expect("the program was started");
    for arg in ["--device-name=contoh:0", "--source=ADF Duplex", "--mode=Gray", "--resolution=200", "--batch-count=10"] {
        assert!(asked.contains(arg), "{arg}: {asked}");
    }
    let small = AcquireLimits { page_bytes_max: 500_000, ..AcquireLimits::default() };
    let refused = scanner.acquire(&small, &GO);
    assert!(matches!(refused, Err(AcquireError::TooLarge { page: 2, .. })), "{refused:?}");
    let dull = AcquireLimits { megapixels_max: 0, ..AcquireLimits::default() };
    assert!(matches!(scanner.acquire(&dull, &GO), Err(AcquireError::TooLarge { page: 1, .. })));
    assert_eq!(std::fs::read_dir(spool.path()).expect("the spool is there").count(), 0, "no page stays behind");
}

#[test]
fn a_device_that_tells_no_options_is_absent() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = ScanImageSettings { program: program(folder.path(), "echo Usage: scanimage"), ..ScanImageSettings::flatbed("contoh:0") };
    let mut scanner = ScanImage::new(settings).with_job(ScanJob::default());
    assert!(matches!(scanner.acquire(&AcquireLimits::default(), &GO), Err(AcquireError::Absent)));
}

proptest! {
    #[test]
    fn any_text_is_a_list_and_a_set_of_options(text in "(?s).{0,400}", lines in proptest::collection::vec("(--|-)[a-z]{0,8}[ \\[=(]{0,3}[0-9a-z.|)\\] ]{0,20}", 0..12)) {
        let _ = parse_devices(text.as_bytes());
        for source in [PageSource::Automatic, PageSource::Glass, PageSource::Feeder, PageSource::FeederDuplex] {
            let _ = args_for(&job(source, ScanMode::Colour, 300), &parse_options(&text));
            let _ = args_for(&job(source, ScanMode::Colour, 300), &parse_options(&help(&lines.join("\n"))));
        }
    }
}
