//! The figures that the QR reader promises, measured on pictures made from numbers and printed as tables.
//!
//! Times are those of the tests' optimisation on the machine that runs them, so their bars are generous; the shares are exact.

use drivers::picture::Luma;
use drivers::reader::{
    Aim, GUIDE_BOX_CODE_SIDE_PX_MIN, GUIDE_BOX_SHARE_OF_HEIGHT, GuardedReader, PAYLOAD_BYTES_MAX, QrDecoder, Reading, RqrrDecoder, RxingDecoder, guide_box,
};
use drivers::sim::pictures::{
    EMPTY_KINDS, Light, SIDE_PX_PROMISED, SLIP_TEXT, Shot, VIEW_HEIGHT, VIEW_WIDTH, empty_view, hard_set, promised_set, sheet_of_codes,
};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Median time for one frame, both engines at hand.
const FRAME_MEDIAN_MAX: Duration = Duration::from_millis(15);
/// The worst frame: a sheet of codes, or grain all over.
const FRAME_WORST_MAX: Duration = Duration::from_millis(500);

struct Look {
    name: String,
    right: bool,
    reading: Reading,
    took: Duration,
}

/// Takes and reads every picture on two threads, each with a reader of its own.
fn look_at<T: Sync>(jobs: &[T], picture: impl Fn(&T) -> (String, Luma) + Sync) -> Vec<Look> {
    let look = |job: &T, reader: &GuardedReader| {
        let (name, luma) = picture(job);
        let started = Instant::now();
        let reading = reader.read(&luma);
        let right = reading.payloads.len() == 1 && reading.payloads[0].text() == Some(SLIP_TEXT);
        Look { name, right, reading, took: started.elapsed() }
    };
    let half = jobs.len() / 2;
    std::thread::scope(|scope| {
        let halves = [&jobs[..half], &jobs[half..]].map(|part| {
            scope.spawn(move || {
                let reader = GuardedReader::default();
                part.iter().map(|job| look(job, &reader)).collect::<Vec<Look>>()
            })
        });
        halves.into_iter().flat_map(|half| half.join().expect("reading does not panic")).collect()
    })
}

/// Prints read of taken for every name; gives the shares.
fn table(looks: &[Look]) -> BTreeMap<String, (usize, usize)> {
    let mut rows: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for look in looks {
        let row = rows.entry(look.name.clone()).or_default();
        *row = (row.0 + usize::from(look.right), row.1 + 1);
    }
    for (name, (read, taken)) in &rows {
        println!("{name:28} {read:4} of {taken:4}");
    }
    rows
}

fn share(looks: &[Look]) -> f64 {
    looks.iter().filter(|look| look.right).count() as f64 / looks.len() as f64
}

fn median(looks: &[Look]) -> Duration {
    let mut times: Vec<Duration> = looks.iter().map(|look| look.took).collect();
    times.sort();
    times[times.len() / 2]
}

#[test]
fn the_own_slip_is_read_in_99_of_100_pictures_and_15_ms() {
    let looks = look_at(&promised_set(SIDE_PX_PROMISED, 16), |shot| {
        (format!("{:?} blur {:.1}", shot.light, shot.blur_sigma), shot.picture().expect("the text fits a code"))
    });
    table(&looks);
    println!("read {:.2} %, median {:?}", 100.0 * share(&looks), median(&looks));
    assert!(share(&looks) >= 0.99, "{:.4}", share(&looks));
    assert!(median(&looks) <= FRAME_MEDIAN_MAX, "{:?}", median(&looks));
}

#[test]
fn beyond_the_promise_most_is_read() {
    let looks = look_at(&hard_set(), |(name, shot)| ((*name).to_owned(), shot.picture().expect("the text fits a code")));
    let rows = table(&looks);
    println!("read {:.1} %, median {:?}", 100.0 * share(&looks), median(&looks));
    assert!(share(&looks) >= 0.97, "{:.4}", share(&looks));
    for sure in ["inverted", "tilt 20", "jpeg 60", "glare, tilt 20", "120 px"] {
        let (read, taken) = rows[sure];
        assert_eq!(read, taken, "{sure}");
    }
}

#[test]
fn nothing_is_read_in_pictures_without_a_code_and_they_cost_little() {
    let jobs: Vec<(usize, u64)> = (0..EMPTY_KINDS.len()).flat_map(|kind| (0..12).map(move |seed| (kind, seed))).collect();
    let looks = look_at(&jobs, |(kind, seed)| (format!("{:?}", EMPTY_KINDS[*kind]), empty_view(EMPTY_KINDS[*kind], *seed)));
    for look in &looks {
        assert_eq!(look.reading.payloads, [], "{}", look.name);
        assert_eq!((look.reading.panics, look.reading.hung), (0, false), "{}", look.name);
    }
    println!("{} pictures, median {:?}", looks.len(), median(&looks));
    assert!(median(&looks) <= 2 * FRAME_MEDIAN_MAX, "{:?}", median(&looks));
}

#[test]
fn the_guide_box_is_as_large_as_the_measurement_asks() {
    const TURNS: u32 = 3;
    let sides = [60_u32, 80, 100, 120, 140, 160, 240];
    let jobs: Vec<Shot> = sides.iter().flat_map(|side| promised_set(f64::from(*side), TURNS)).collect();
    let looks = look_at(&jobs, |shot| (format!("{:3} px", shot.side_px), shot.picture().expect("the text fits a code")));
    let rows = table(&looks);
    let of = |side: u32| rows[&format!("{side:3} px")];
    for side in sides.into_iter().filter(|side| *side >= GUIDE_BOX_CODE_SIDE_PX_MIN) {
        assert!(of(side).0 * 100 >= of(side).1 * 99, "{side} px: {:?}", of(side));
    }
    let below = sides.into_iter().filter(|side| *side < GUIDE_BOX_CODE_SIDE_PX_MIN).max().expect("smaller sizes are measured too");
    assert!(of(below).0 * 100 < of(below).1 * 99, "{below} px would do as well: {:?}", of(below));
    // A code that fills half of the box is still large enough.
    let half_of_box = f64::from(VIEW_HEIGHT) * GUIDE_BOX_SHARE_OF_HEIGHT / 2.0;
    assert!(half_of_box >= f64::from(GUIDE_BOX_CODE_SIDE_PX_MIN), "{half_of_box}");
}

#[test]
fn a_code_in_the_guide_box_wins_over_a_poster_behind() {
    let shot = Shot { side_px: 200.0, ..Shot::own_slip() };
    let middle = [f64::from(VIEW_WIDTH) / 2.0, f64::from(VIEW_HEIGHT) / 2.0];
    let view = shot.picture_at(&[(SLIP_TEXT, middle), ("https://contoh.invalid/poster", [180.0, 200.0])]).expect("both texts fit");
    let reader = GuardedReader::default();
    assert_eq!(reader.read(&view).payloads.len(), 2);
    let aimed = reader.read_at(&view, Aim::GuideBox).payloads;
    assert_eq!(aimed.iter().filter_map(|p| p.text()).collect::<Vec<_>>(), [SLIP_TEXT]);
    // Whoever misses the box is read all the same.
    let beside = shot.picture_at(&[(SLIP_TEXT, [200.0, 400.0])]).expect("the text fits");
    assert_eq!(reader.read_at(&beside, Aim::GuideBox).payloads.len(), 1);
    let (inside, tall) = (guide_box(VIEW_WIDTH, VIEW_HEIGHT), guide_box(480, 2000));
    assert_eq!((inside.left, inside.top, inside.width, inside.height), (478, 198, 324, 324));
    assert!(tall.left + tall.width <= 480);
}

#[test]
fn a_sheet_of_140_codes_holds_nobody_up() {
    let sheet = sheet_of_codes(14, 10, 4).expect("the texts fit");
    let reader = GuardedReader::default();
    let started = Instant::now();
    let reading = reader.read(&sheet);
    let took = started.elapsed();
    println!("140 codes in {}x{}: {took:?}", sheet.width(), sheet.height());
    assert_eq!((reading.payloads.len(), reading.hung), (16, false));
    assert!(took <= FRAME_WORST_MAX, "{took:?}");
    // Blank out every core of a corner, so that no engine finds anything while the view stays as crowded.
    let tiny = sheet_of_codes(40, 24, 1).expect("the texts fit");
    let started = Instant::now();
    let reading = reader.read(&tiny);
    println!("960 codes too small to read: {:?}", started.elapsed());
    assert!(started.elapsed() <= FRAME_WORST_MAX, "{:?}", started.elapsed());
    assert!(!reading.hung);
}

#[test]
fn grain_all_over_the_view_is_bounded_in_time() {
    let noisy = [(Light::Dim, 40), (Light::Backlight, 30)].map(|(light, noise)| Shot { light, noise, blur_sigma: 1.0, side_px: 90.0, ..Shot::own_slip() });
    for look in look_at(&noisy, |shot| (format!("{:?}", shot.light), shot.picture().expect("the text fits"))) {
        println!("{} with grain: {:?}", look.name, look.took);
        assert!(!look.reading.hung && look.took <= FRAME_WORST_MAX, "{} {:?}", look.name, look.took);
    }
}

#[test]
fn each_engine_reads_the_plain_code_of_the_longest_payload() {
    let longest = "A".repeat(PAYLOAD_BYTES_MAX);
    let picture = drivers::sim::pictures::plain_code(longest.as_bytes(), 5).expect("the text fits");
    let engines: [Box<dyn QrDecoder>; 2] = [Box::new(RxingDecoder), Box::new(RqrrDecoder)];
    for engine in engines {
        let found = engine.decode(&picture);
        assert_eq!(found.first().and_then(|p| p.text()), Some(longest.as_str()), "{}", engine.name());
    }
}
