//! The slip's bytes: how long they take and how many they are, with the longest texts the shipped catalogue can bring.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use catalogue::number::{SlipNumber, masked, masked_name};
use catalogue::{Catalogue, Language};
use drivers::printer::{Profile, encode};
use flow::Say;
use flow::slip::{AlsoLine, Slip, TOKEN_CHARS, qr_text};
use jiff::{ToSpan, civil::Date, civil::date};
use kiosk::demo::office::Failure;
use kiosk::paper;

use crate::Ground;
use crate::table::{Row, Spans, Verdict, show};

const ROUNDS: usize = 500;
const TIME_BAR: Duration = Duration::from_millis(2);
/// A raster QR over a serial line of 9600 bit/s takes eight seconds at this size.
const RASTER_BYTES_BAR: usize = 8 * 1024;
const NATIVE_BYTES_BAR: usize = 1024;
const RASTER: [&str; 2] = ["generic-58mm", "generic-80mm"];
const NATIVE: [&str; 2] = ["epson-tm-t82", "custom-vkp80"];
/// As many services as one visit can have.
const SERVICES: usize = 4;
const DAY: Date = date(2026, 11, 20);

pub fn measure(ground: &Ground) -> Result<Vec<Row>, Failure> {
    let catalogue = Catalogue::load_dir(&ground.shipped("config/catalogue"))?;
    let (slip, visit) = (longest(&catalogue, 1)?, longest(&catalogue, SERVICES)?);
    let (mut spans, mut symbols) = (Vec::new(), Vec::new());
    let (mut sizes, mut visits) = (Vec::new(), Vec::new());
    for name in RASTER.into_iter().chain(NATIVE) {
        let profile = Profile::load(&ground.shipped("config/printers").join(Path::new(name).with_extension("toml")))?;
        let is_native = NATIVE.contains(&name);
        if profile.native_qr != is_native {
            return Err(format!("the profile {name} has changed its kind of QR").into());
        }
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let built = encode(&paper::slip(black_box(&slip)), &profile)?;
            spans.push(begun.elapsed());
            bytes = black_box(built).len();
            let begun = Instant::now();
            black_box(qrcode::QrCode::with_error_correction_level(black_box(&slip.qr), qrcode::EcLevel::M)?);
            symbols.push(begun.elapsed());
        }
        sizes.push((profile.name.clone(), is_native, bytes));
        visits.push(format!("{}: {} bytes", profile.name, encode(&paper::slip(&visit), &profile)?.len()));
    }
    let (spans, symbols) = (Spans::of(spans)?, Spans::of(symbols)?);
    let mut rows = vec![Row {
        what: "slip bytes built, four printer profiles, longest texts of the catalogue".into(),
        measured: spans.three(),
        bar: format!("≤ {}", show(TIME_BAR)),
        verdict: Verdict::of(spans.at(99) <= TIME_BAR),
        beside: format!("the QR symbol alone: {}", symbols.two()),
    }];
    for (kind, wanted, bar) in [("raster QR", false, RASTER_BYTES_BAR), ("native QR", true, NATIVE_BYTES_BAR)] {
        let of_kind: Vec<_> = sizes.iter().filter(|(_, native, _)| *native == wanted).collect();
        let largest = of_kind.iter().map(|(.., bytes)| *bytes).max().unwrap_or(0);
        rows.push(Row {
            what: format!("slip size, {kind}"),
            measured: of_kind.iter().map(|(name, _, bytes)| format!("{name}: {bytes} bytes")).collect::<Vec<_>>().join(", "),
            bar: format!("≤ {bar} bytes"),
            verdict: Verdict::of(largest > 0 && largest <= bar),
            beside: format!("the slip's bare texts: {} bytes", texts(&slip)),
        });
    }
    rows.push(Row::without_bar(&format!("slip size, one visit of {SERVICES} services"), visits.join(", "), format!("its bare texts: {} bytes", texts(&visit))));
    Ok(rows)
}

/// The longest slip of one service, for whoever needs one.
pub fn longest_slip(ground: &Ground) -> Result<Slip, Failure> {
    longest(&Catalogue::load_dir(&ground.shipped("config/catalogue"))?, 1)
}

/// The slip that a patient catalogue, the longest kelurahan and a long name would make, reprinted for the third time.
/// `services` is how many of them one visit asked for.
fn longest(catalogue: &Catalogue, services: usize) -> Result<Slip, Failure> {
    let language = Language::Id;
    let say = |say: Say| catalogue.text(say.id()).get(language).to_owned();
    let city = &catalogue.city;
    let longest = |texts: &mut dyn Iterator<Item = String>| texts.max_by_key(|text| text.chars().count()).unwrap_or_default();
    // Codes of a kelurahan have four groups, those of a kecamatan three.
    let kelurahan = longest(&mut catalogue.regions.values().filter(|region| region.code.split('.').count() == 4).map(|region| region.name.clone()));
    let noon = |days: i64| city.instant(DAY.saturating_add(days.days()).at(14, 10, 0, 0));
    let moment = longest(&mut (0..400).map(|days| catalogue.moment_words(noon(days), language)));
    let number = SlipNumber::mint("GTGX", DAY, SlipNumber::SERIAL_MAX).ok_or("no number for the slip")?;
    let service = longest(&mut catalogue.services.values().map(|service| service.title.get(language).to_owned()));
    let place = longest(&mut catalogue.places.values().map(|place| place.text.get(language).to_owned()));
    let line = || AlsoLine { service: service.clone(), number: number.to_string(), promise: moment.clone(), collect: place.clone() };
    let also: Vec<AlsoLine> = (1..services).map(|_| line()).collect();
    Ok(Slip {
        city: city.name.clone(),
        office: city.office.get(language).to_owned(),
        kelurahan: format!("Kelurahan {kelurahan}"),
        service: service.clone(),
        number_label: say(Say::SlipNumber),
        number: number.to_string(),
        qr: qr_text(&city.tracking_url, &"W".repeat(TOKEN_CHARS)),
        pin_label: say(Say::SlipPin),
        pin: "482915".into(),
        promise_label: say(Say::SlipPromise),
        promise: moment.clone(),
        collect_label: say(Say::SlipCollect),
        collect: format!("{place}. {}", say(Say::SlipBring)),
        compensation: city.compensation.text.get(language).to_owned(),
        masked_name: masked_name("RADEN RORO SITI SPESIMEN PERCOBAAN KUSUMAWARDHANINGTYAS"),
        masked_nik: masked("3578014507900000"),
        printed_label: say(Say::SlipSubmitted),
        submitted: moment,
        kiosk: "GTGX-12".into(),
        helpdesk: city.helpdesk.get(language).to_owned(),
        also_label: if also.is_empty() { String::new() } else { say(Say::SlipAlso) },
        also,
        mark: Some("CETAK ULANG 3".into()),
    })
}

/// What would have to be sent even if a printer needed no commands.
fn texts(slip: &Slip) -> usize {
    let parts = [
        &slip.city,
        &slip.kelurahan,
        &slip.service,
        &slip.number_label,
        &slip.number,
        &slip.qr,
        &slip.pin_label,
        &slip.pin,
        &slip.promise_label,
        &slip.promise,
        &slip.collect_label,
        &slip.collect,
        &slip.compensation,
        &slip.masked_name,
        &slip.masked_nik,
        &slip.printed_label,
        &slip.submitted,
        &slip.kiosk,
        &slip.helpdesk,
        &slip.also_label,
    ];
    let also = slip.also.iter().flat_map(|line| [&line.service, &line.number, &line.promise, &line.collect]);
    parts.into_iter().chain(also).map(|part| part.chars().count()).sum()
}
