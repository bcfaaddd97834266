//! A document on its way to the printer is in nobody's reach, and gone when the job is.

use drivers::sheet::{IppPrinter, Place, SheetDocument, SheetJob, SheetLimits, SheetOutcome, SheetPrinter, SheetSettings, Spool, SpoolError, Trust};
use drivers::sim::sheet::SimSheetPrinter;
use std::os::unix::fs::{PermissionsExt, symlink};

fn files(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder).expect("the folder is there").count()
}

#[test]
fn a_spooled_document_has_no_name_and_prints_as_it_came() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = home.path().join("antrean/a4");
    let spool = Spool::open(&folder).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(std::fs::metadata(&folder).expect("it was made").permissions().mode() & 0o777, 0o700);
    let document: Vec<u8> = [b"%PDF-1.7\n/Type /Page\n".to_vec(), (0..300_000_u32).map(|at| (at % 251) as u8).collect()].concat();
    let spooled = spool.receive(document.as_slice(), 1_000_000).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!((files(&folder), spooled.len()), (0, document.len() as u64), "while it lives");
    assert!(!format!("{spooled:?}").contains("PDF"));

    let printer = SimSheetPrinter::start().expect("a port on this machine");
    let place = Place::At(printer.uri().parse().expect("the simulator's own address"));
    let limits = SheetLimits { poll_ms: 20, ..SheetLimits::default() };
    let mut driver = IppPrinter::new(SheetSettings { place, trust: Trust::Anyone, limits }).unwrap_or_else(|fault| panic!("{fault}"));
    for _ in 0..2 {
        let outcome = driver.print(&SheetJob::new(7, SheetDocument::Spooled(spooled.clone()), Some(1)));
        assert!(matches!(outcome, SheetOutcome::Printed { .. }), "{outcome:?}");
    }
    let received = printer.received();
    assert!(received.len() == 2 && received.iter().all(|each| each.document == document), "read from its beginning each time");
}

#[test]
fn what_a_crash_left_behind_is_removed_and_nothing_else() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = home.path().join("a4");
    std::fs::create_dir_all(folder.join("bukan-berkas")).expect("a temporary folder");
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).expect("it is ours");
    std::fs::write(folder.join("123-0"), b"%PDF-1.7 lama").expect("a temporary file");
    let elsewhere = home.path().join("penting.txt");
    std::fs::write(&elsewhere, b"tetap").expect("a temporary file");
    symlink(&elsewhere, folder.join("tautan")).expect("a temporary link");
    let spool = Spool::open(&folder).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(files(&folder), 1, "the folder inside stays, files and links go");
    assert!(elsewhere.exists());
    assert_eq!(std::fs::metadata(&folder).expect("it is there").permissions().mode() & 0o777, 0o700);
    drop(spool);
}

#[test]
fn a_document_without_an_end_stops_at_the_limit_and_leaves_nothing() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let spool = Spool::open(home.path().join("a4")).unwrap_or_else(|fault| panic!("{fault}"));
    let error = spool.receive(std::io::repeat(b'%'), 5_000_000).expect_err("it has no end");
    assert!(matches!(error, SpoolError::TooLarge { bytes_max: 5_000_000 }), "{error}");
    let exact = spool.receive(&[1_u8; 1000][..], 1000).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(exact.len(), 1000);
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
    assert!(matches!(spool.receive(Broken, 1000), Err(SpoolError::Source(_))));
    assert_eq!(files(&home.path().join("a4")), 0);
}

#[test]
fn a_folder_that_is_not_our_own_is_refused() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let real = home.path().join("asli");
    std::fs::create_dir(&real).expect("a temporary folder");
    std::fs::write(real.join("jangan"), b"x").expect("a temporary file");
    let link = home.path().join("tautan");
    symlink(&real, &link).expect("a temporary link");
    assert!(matches!(Spool::open(&link), Err(SpoolError::NotOurs { .. })));
    let file = home.path().join("berkas");
    std::fs::write(&file, b"x").expect("a temporary file");
    assert!(matches!(Spool::open(&file), Err(SpoolError::NotOurs { .. } | SpoolError::Folder { .. })));
    assert!(real.join("jangan").exists(), "nothing behind a link is touched");
}
