//! Outputs of one application: together until they part ways, then each on its own path and clock.

use catalogue::{Catalogue, Language};
use reqwest::StatusCode;
use wire::v1::FollowUp;

use crate::browser::{Browser, hidden, words_for};
use crate::harness::{PIN, Town, edited_catalogue, number_in, token};

/// The shipped split of a family card, but that the new card is one that is printed and promised within a day.
const CARD_BESIDE_PDF: (&str, &str, &str) = (
    "services/kk-pisah.toml",
    "title = \"KK baru hasil pisah\"\npath = \"berkas\"\nplace = \"cetak-sendiri\"",
    "title = \"KK baru hasil pisah\"\npath = \"kartu\"\nplace = \"kelurahan\"\nclock = \"satu-kali-24-jam\"",
);

struct Split {
    town: Town,
    catalogue: Catalogue,
    number: String,
    _folder: tempfile::TempDir,
}

/// A town with one split of a family card: output `kk-sisa` (PDF, fourteen working days) and `kk-hasil` (card, one day).
async fn split(serial: u32, more: &[(&str, &str, &str)]) -> Split {
    let edits: Vec<_> = std::iter::once(CARD_BESIDE_PDF).chain(more.iter().copied()).collect();
    let (folder, dir, catalogue) = edited_catalogue(&edits);
    let town = Town::with_catalogue(dir).await;
    let sent = town.visit(&catalogue, serial, &["kk-pisah"], &[]);
    town.accepted(&sent).await;
    Split { town, catalogue, number: number_in(serial, 0), _folder: folder }
}

impl Split {
    async fn told(&self) -> FollowUp {
        let answer = self.town.follow_up(&self.number, PIN).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }

    /// State of the application, of the remaining card (PDF), of the new card.
    async fn states(&self) -> (String, String, String) {
        let told = self.told().await;
        let of = |id: &str| told.outputs.iter().find(|output| output.id == id).expect("both outputs are told").state.clone();
        (told.state.clone(), of("kk-sisa"), of("kk-hasil"))
    }

    /// The officer's page, through a session of its own, since a long wait ends every other.
    async fn page(&self) -> String {
        Browser::signed_in(&self.town).await.get(&format!("/petugas/permohonan/{}", self.number)).await.text
    }

    async fn act(&self, browser: &Browser<'_>, output: &str, to: &str) -> StatusCode {
        let mut words = words_for(to);
        words.push(("output", output));
        browser.act(&self.number, to, &words).await.status
    }
}

fn three(states: (String, String, String)) -> [String; 3] {
    [states.0, states.1, states.2]
}

#[tokio::test]
async fn outputs_are_checked_together_and_then_each_goes_its_own_way() {
    let split = split(301, &[]).await;
    let browser = Browser::signed_in(&split.town).await;
    assert_eq!(three(split.states().await), ["diajukan", "diajukan", "diajukan"]);
    let way: [(&str, &str, [&str; 3]); 9] = [
        ("", "verifikasi", ["verifikasi", "verifikasi", "verifikasi"]),
        ("kk-sisa", "entry-siak", ["verifikasi", "entry-siak", "verifikasi"]),
        ("kk-sisa", "menunggu-tte", ["verifikasi", "menunggu-tte", "verifikasi"]),
        ("kk-hasil", "validasi-rekam-cetak", ["validasi-rekam-cetak", "menunggu-tte", "validasi-rekam-cetak"]),
        ("kk-hasil", "antre-cetak", ["menunggu-tte", "menunggu-tte", "antre-cetak"]),
        ("kk-sisa", "siap-unduh", ["antre-cetak", "siap-unduh", "antre-cetak"]),
        ("kk-sisa", "selesai", ["antre-cetak", "selesai", "antre-cetak"]),
        ("kk-hasil", "dicetak", ["dicetak", "selesai", "dicetak"]),
        ("kk-hasil", "dikirim-ke-kelurahan", ["dikirim-ke-kelurahan", "selesai", "dikirim-ke-kelurahan"]),
    ];
    for (output, to, after) in way {
        assert_eq!(split.act(&browser, output, to).await, StatusCode::SEE_OTHER, "{output} → {to}");
        let states = three(split.states().await);
        // With as many stages behind both, either may speak for the application.
        assert_eq!(states[1..], after[1..], "{output} → {to}");
        assert!(states[0] == after[0] || states[1..].contains(&states[0]), "{output} → {to}: {states:?}");
    }
    let open = browser.get("/petugas").await.text;
    assert!(open.contains(&split.number), "one output is not done yet");
    for to in ["diterima-kelurahan", "diambil"] {
        assert_eq!(split.act(&browser, "kk-hasil", to).await, StatusCode::SEE_OTHER);
    }
    assert!(!browser.get("/petugas").await.text.contains(&split.number), "all are done");
    assert!(browser.get("/petugas?tutup=ya").await.text.contains(&split.number));
}

#[tokio::test]
async fn the_least_advanced_output_speaks_for_the_application() {
    let split = split(302, &[]).await;
    let browser = Browser::signed_in(&split.town).await;
    split.act(&browser, "", "verifikasi").await;
    for to in ["entry-siak", "menunggu-tte", "siap-unduh"] {
        split.act(&browser, "kk-sisa", to).await;
        assert_eq!(split.told().await.state, "verifikasi", "the other card still waits");
    }
    let told = split.told().await;
    assert_eq!(told.history.iter().map(|line| line.state.as_str()).collect::<Vec<_>>(), ["diajukan", "verifikasi"], "and the way told is its way");
    split.act(&browser, "kk-hasil", "dibatalkan").await;
    assert_eq!(split.told().await.state, "siap-unduh", "what has ended does not hold up the rest");
    split.act(&browser, "kk-sisa", "selesai").await;
    assert_eq!(split.told().await.state, "selesai", "something did come of it");
}

#[tokio::test]
async fn a_move_that_is_not_on_the_outputs_own_path_is_refused() {
    let split = split(303, &[]).await;
    let browser = Browser::signed_in(&split.town).await;
    split.act(&browser, "", "verifikasi").await;
    let refused = [
        ("kk-sisa", "validasi-rekam-cetak"),
        ("kk-hasil", "entry-siak"),
        ("kk-sisa", "menunggu-tte"),
        ("kk-sisa", "perlu-perbaikan"),
        ("", "entry-siak"),
        ("", "validasi-rekam-cetak"),
        ("paspor", "entry-siak"),
    ];
    for (output, to) in refused {
        assert_eq!(split.act(&browser, output, to).await, StatusCode::CONFLICT, "{output} → {to}");
    }
    assert_eq!(three(split.states().await), ["verifikasi", "verifikasi", "verifikasi"]);
    split.act(&browser, "kk-sisa", "entry-siak").await;
    for to in ["ditahan", "dibatalkan", "verifikasi"] {
        assert_eq!(split.act(&browser, "", to).await, StatusCode::CONFLICT, "once they have parted, `{to}` names its output");
    }
}

#[tokio::test]
async fn what_an_officer_gives_to_all_moves_all() {
    for (serial, to, then) in [(310, "ditahan", "verifikasi"), (311, "perlu-perbaikan", "dibatalkan"), (312, "ditolak", ""), (313, "dibatalkan", "")] {
        let split = split(serial, &[]).await;
        let browser = Browser::signed_in(&split.town).await;
        split.act(&browser, "", "verifikasi").await;
        let item = split
            .catalogue
            .service("kk-pisah")
            .and_then(|service| service.steps.iter().find(|step| step.id == "telepon"))
            .expect("the applicant's phone")
            .id
            .clone();
        let words = [("item", item.as_str()), ("reason-telepon", "R04"), ("reason", "R06"), ("note", "Keterangan")];
        let words: Vec<_> = words.into_iter().filter(|(name, _)| to == "perlu-perbaikan" || !matches!(*name, "item" | "reason-telepon")).collect();
        assert_eq!(browser.act(&split.number, to, &words).await.status, StatusCode::SEE_OTHER, "{to}");
        assert_eq!(three(split.states().await), [to, to, to]);
        if !then.is_empty() {
            split.act(&browser, "", then).await;
            assert_eq!(three(split.states().await), [then, then, then]);
        }
    }
}

#[tokio::test]
async fn a_pause_of_one_output_keeps_its_working_time_and_leaves_the_other_alone() {
    let split = split(304, &[]).await;
    let due = |told: &FollowUp, id: &str| told.outputs.iter().find(|output| output.id == id).expect("told").due_at.to_string();
    let told = split.told().await;
    // Friday 14.10 plus one working day, and plus fourteen.
    assert_eq!((due(&told, "kk-hasil"), due(&told, "kk-sisa")), ("2026-11-23T07:10:00Z".into(), "2026-12-10T07:10:00Z".into()));
    let browser = Browser::signed_in(&split.town).await;
    split.act(&browser, "", "verifikasi").await;
    split.town.clock.advance_secs(3600);
    let browser = Browser::signed_in(&split.town).await;
    split.act(&browser, "kk-hasil", "ditahan").await;
    // Twenty-three working hours are left; they run again from Tuesday 10.10.
    split.town.clock.advance_secs(3 * 86_400 + 19 * 3600);
    let browser = Browser::signed_in(&split.town).await;
    let held = split.told().await;
    assert_eq!((due(&held, "kk-hasil"), due(&held, "kk-sisa")), ("2026-11-25T02:10:00Z".into(), "2026-12-10T07:10:00Z".into()));
    let page = browser.get(&format!("/petugas/permohonan/{}", split.number)).await.text;
    assert!(page.contains("Waktu berhenti"), "{page}");
    assert_eq!(split.act(&browser, "kk-hasil", "verifikasi").await, StatusCode::SEE_OTHER);
    split.town.clock.advance_secs(5 * 3600);
    assert_eq!(due(&split.told().await, "kk-hasil"), "2026-11-25T02:10:00Z", "it runs again and no longer moves");
}

#[tokio::test]
async fn a_promise_that_was_broken_before_a_pause_stays_broken() {
    let split = split(305, &[]).await;
    split.town.clock.advance_secs(4 * 86_400);
    let browser = Browser::signed_in(&split.town).await;
    split.act(&browser, "", "verifikasi").await;
    split.act(&browser, "kk-hasil", "ditahan").await;
    split.town.clock.advance_secs(86_400);
    let browser = Browser::signed_in(&split.town).await;
    split.act(&browser, "kk-hasil", "verifikasi").await;
    let page = browser.get(&format!("/petugas/permohonan/{}", split.number)).await.text;
    assert!(page.contains("Terlambat 2 hari, Rp50.000"), "{page}");
}

#[tokio::test]
async fn lateness_is_judged_by_the_citys_own_rule_and_ends_when_the_result_is_there() {
    let per_day = ("city.toml", "amount_rupiah = 50000\nper = \"once\"", "amount_rupiah = 50000\nper = \"day\"");
    for (serial, more, owed) in [(306, &[][..], "Terlambat 2 hari, Rp50.000"), (307, &[per_day][..], "Terlambat 2 hari, Rp100.000")] {
        let split = split(serial, more).await;
        assert!(!split.page().await.contains("Janji terlewat"));
        // Promised for Monday 14.10; it is Wednesday 14.09.
        split.town.clock.advance_secs(5 * 86_400 - 60);
        let browser = Browser::signed_in(&split.town).await;
        let late = split.page().await;
        assert_eq!(late.matches("Janji terlewat").count(), 1, "only the card was promised within a day");
        assert!(late.contains(owed), "{owed}: {late}");
        split.act(&browser, "", "verifikasi").await;
        for to in ["validasi-rekam-cetak", "antre-cetak", "dicetak", "dikirim-ke-kelurahan", "diterima-kelurahan"] {
            assert_eq!(split.act(&browser, "kk-hasil", to).await, StatusCode::SEE_OTHER);
        }
        split.town.clock.advance_secs(20 * 86_400);
        let after = split.page().await;
        assert!(after.contains(owed) && after.contains("Sudah siap"), "waiting for its owner is not our lateness: {after}");
    }
}

#[tokio::test]
async fn every_output_has_its_state_promise_and_place_on_both_pages() {
    let split = split(308, &[]).await;
    let browser = Browser::signed_in(&split.town).await;
    split.act(&browser, "", "verifikasi").await;
    split.act(&browser, "kk-sisa", "entry-siak").await;
    split.act(&browser, "kk-hasil", "ditahan").await;
    let service = split.catalogue.service("kk-pisah").expect("offered");
    let office = browser.get(&format!("/petugas/permohonan/{}", split.number)).await.text;
    let code = hidden(&browser.get("/lacak").await.text, "form_code");
    let phone = browser.post(&format!("/t/{}", token(308)), &[("form_code", &code), ("pin", PIN)]).await.text;
    for output in &service.outputs {
        let place = split.catalogue.place(&output.place).expect("known").text.get(Language::Id);
        for (whose, page) in [("office", &office), ("phone", &phone)] {
            assert!(page.contains(output.title.get(Language::Id)) && page.contains(place), "{whose}: {}: {page}", output.id);
        }
    }
    let words = ["Entry SIAK", "Ditahan", "Ajukan tanda tangan elektronik", "Lanjutkan: Verifikasi", "Kamis, 10 Desember 2026 pukul 14.10", "Rina Percobaan"];
    for words in words {
        assert!(office.contains(words), "{words}: {office}");
    }
    for words in ["Petugas sedang mencatat data Anda.", "Proses berhenti sebentar dan bukan karena Anda.", "Waktu sedang berhenti.", "Keterangan percobaan"] {
        assert!(phone.contains(words), "{words}: {phone}");
    }
    let queue = browser.get("/petugas").await.text;
    assert!(queue.contains("KK baru hasil pisah: Ditahan") && queue.contains("Entry SIAK"), "{queue}");
}
