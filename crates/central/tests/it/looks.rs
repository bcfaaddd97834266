//! Writes the pages with their style inlined, for eyes: set `KLAMPID_PAGES_DIR` to a folder and open the files in a browser.
//! Without it the same pages are only checked for whole Indonesian words and for labels on every field.

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Method;

use crate::browser::{Browser, hidden, words_for};
use crate::harness::{CATALOGUE, PIN, Town, token};

#[tokio::test]
async fn every_page_says_what_it_is_and_labels_every_field() {
    let town = Town::new().await;
    for serial in 80..=86 {
        town.accepted(&town.application(serial)).await;
        town.clock.advance_secs(1700);
    }
    let browser = Browser::signed_in(&town).await;
    for (serial, way) in [
        (80, &["verifikasi", "perlu-perbaikan"][..]),
        (81, &["verifikasi", "validasi-rekam-cetak", "antre-cetak"]),
        (82, &["verifikasi", "ditahan"]),
        (85, &["verifikasi", "ditolak"]),
        (83, &["verifikasi"]),
    ] {
        for to in way {
            browser.act(&number(serial), to, &words_for(to)).await;
        }
    }
    let wishes = [("lahir_pelapor", "ibu"), ("lahir_nik", "belum"), ("kk_tambah_alasan", "lahir"), ("kia_anak_nik", "belum"), ("bayi_nama", "DEWI LESTARI")];
    town.accepted(&town.visit(&CATALOGUE, 87, &["akta-kelahiran", "kk-tambah", "kia-baru"], &wishes)).await;
    let mut doubtful = town.filled(&CATALOGUE, 88, &["kk-pisah"], &[]);
    doubtful.answers.insert("warna".into(), "biru".into());
    doubtful.promise.due_at = town.clock_later();
    town.accepted(&town.sent(&CATALOGUE, 88, doubtful)).await;
    browser.act(&number(87), "verifikasi", &[]).await;
    browser.act(&number(88), "verifikasi", &[]).await;
    browser.act(&number(88), "entry-siak", &[("output", "kk-sisa")]).await;
    browser.act(&number(88), "ditahan", &[("output", "kk-hasil"), ("note", "Menunggu kunjungan ke rumah")]).await;
    town.clock.advance_secs(63 * 3600);
    let browser = Browser::signed_in(&town).await;
    let code = hidden(&browser.get("/lacak").await.text, "form_code");
    let told = |serial: u32, language: &'static str| {
        let fields = [("form_code", code.clone()), ("lang", language.to_owned()), ("number", number(serial)), ("pin", PIN.to_owned())];
        let browser = &browser;
        async move { browser.post("/lacak", &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await.text }
    };
    let pages = [
        ("sign-in", browser.get("/petugas/masuk").await.text),
        ("queue", browser.get("/petugas").await.text),
        ("application", browser.get(&format!("/petugas/permohonan/{}", number(83))).await.text),
        ("application-refused-form", browser.act(&number(83), "perlu-perbaikan", &[("item", "surat_kehilangan")]).await.text),
        ("application-birth", browser.get(&format!("/petugas/permohonan/{}", number(87))).await.text),
        ("application-outputs", browser.get(&format!("/petugas/permohonan/{}", number(88))).await.text),
        ("application-outputs-refused", browser.act(&number(88), "dibatalkan", &[("output", "kk-sisa"), ("note", "")]).await.text),
        ("track-visit", told(87, "id").await),
        ("track-outputs", told(88, "en").await),
        ("application-in-repair", browser.get(&format!("/petugas/permohonan/{}", number(80))).await.text),
        ("track-number", browser.get("/lacak").await.text),
        ("track-pin", browser.get(&format!("/T/{}", token(80))).await.text),
        ("track-pin-wrong", browser.post(&format!("/t/{}", token(84)), &[("form_code", &code), ("pin", "1")]).await.text),
        ("track-repair", told(80, "id").await),
        ("track-printing", told(81, "id").await),
        ("track-english", told(82, "en").await),
        ("track-refused", told(85, "id").await),
    ];
    for (name, page) in &pages {
        assert_eq!(page.matches("<h1").count(), 1, "{name}");
        let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name} has an id twice");
        for word in ["gagal", "invalid", "error", "Error"] {
            assert!(!page.contains(word), "{name} says `{word}`");
        }
        for field in page.split("<input").skip(1).chain(page.split("<select").skip(1)).chain(page.split("<textarea").skip(1)) {
            let tag = field.split('>').next().unwrap_or("");
            let id = tag.split_once("id=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(id, _)| id);
            let labelled = tag.contains("type=\"hidden\"") || tag.contains("name=\"item\"") || page.contains(&format!("for=\"{id}\""));
            assert!(labelled, "{name}: no label for <{tag}>");
        }
    }
    if let Some(folder) = std::env::var_os("KLAMPID_PAGES_DIR").map(std::path::PathBuf::from) {
        std::fs::create_dir_all(&folder).expect("a writable folder");
        let style = browser.get("/gaya.css").await.text;
        for (name, page) in pages {
            let whole = inline_images(&town, &browser, page).await.replace("<link rel=\"stylesheet\" href=\"/gaya.css\">", &format!("<style>{style}</style>"));
            std::fs::write(folder.join(format!("{name}.html")), whole).expect("a writable folder");
        }
    }
}

fn number(serial: u32) -> String {
    format!("GBG-261120-{serial:04}-4")
}

async fn inline_images(town: &Town, browser: &Browser<'_>, page: String) -> String {
    let mut whole = page.clone();
    for src in page.split("<img src=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let response = town.open(Method::GET, src).header("cookie", &browser.cookie).send().await.expect("central answers");
        let bytes = response.bytes().await.expect("the image arrives");
        whole = whole.replace(&format!("img src=\"{src}\""), &format!("img src=\"data:image/jpeg;base64,{}\"", STANDARD.encode(bytes)));
    }
    whole
}
