//! A page image of 2 MB, sealed to central and stored, beside its two halves: sealing alone, and writing alone.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use kiosk::demo::office::Failure;
use outbox::{Recipients, seal};

use crate::store::{RawFile, Shelf, quiet_soon};
use crate::table::{Row, Spans, Verdict, show};
use crate::wait::pause;

pub const PAGE_BYTES: usize = 2_000_000;
const PAGES: usize = 80;
const PAGES_OF_A_SESSION: usize = 20;
const TIME_BAR: Duration = Duration::from_millis(50);
/// Nobody photographs two pages within this time; the store folds its log in meanwhile, as it does in the field.
const LULL: Duration = Duration::from_millis(200);

pub fn measure(folder: &Path) -> Result<Vec<Row>, Failure> {
    let mut shelf = Shelf::open(&folder.join("pages"), quiet_soon())?;
    let recipients = Recipients::parse(&[central::keys::Keys::generate().age_recipient()])?;
    let raw = RawFile::create(&folder.join("raw-2m"), PAGE_BYTES)?;
    let (mut stored, mut sealed, mut written) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..PAGES {
        if index % PAGES_OF_A_SESSION == 0 {
            shelf.next_session()?;
        }
        pause(LULL);
        stored.push(shelf.store_page(PAGE_BYTES)?);
        let begun = Instant::now();
        black_box(seal(&recipients, black_box(shelf.filler())));
        sealed.push(begun.elapsed());
        written.push(raw.write_and_sync()?);
    }
    let (stored, sealed, written) = (Spans::of(stored)?, Spans::of(sealed)?, Spans::of(written)?);
    Ok(vec![Row {
        what: "page image of 2 MB sealed and stored".into(),
        measured: stored.three(),
        bar: format!("p95 ≤ {}", show(TIME_BAR)),
        verdict: Verdict::of(stored.at(95) <= TIME_BAR),
        beside: format!("sealed with age, not stored: {}; 2 MB written and fsynced, not sealed: {}", sealed.two(), written.two()),
    }])
}
