//! The book holds everything, and says what is not certain.

use std::collections::BTreeMap;

use catalogue::{Bundle, Language, StepKind};
use xtask::book;

use crate::{TODAY, changed, loaded, shipped, tree};

/// Pages by file name.
fn pages(bundle: &Bundle) -> BTreeMap<String, String> {
    let pages = book::make(&loaded(bundle), bundle, TODAY).expect("a catalogue that loads has a book");
    pages.into_iter().map(|page| (page.name, page.html)).collect()
}

/// As HTML writes it.
fn html(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[test]
fn every_service_has_a_page_that_holds_every_question_choice_paper_exit_and_translation() {
    let bundle = shipped();
    let catalogue = loaded(&bundle);
    let pages = pages(&bundle);
    for service in catalogue.services.values() {
        let page = &pages[&format!("{}.html", service.id)];
        let mut said = vec![&service.title, &service.official];
        for step in &service.steps {
            said.extend([&step.question, &step.label].into_iter().chain(&step.help));
            if let StepKind::Choice { choices } = &step.kind {
                said.extend(choices.iter().flat_map(|choice| std::iter::once(&choice.label).chain(&choice.detail)));
            }
            assert!(page.contains(&html(step.field.as_deref().unwrap_or_default())), "{}: field of {}", service.id, step.id);
        }
        said.extend(service.exits.iter().flat_map(|exit| std::iter::once(&exit.title).chain(&exit.sentences)));
        said.extend(service.forecasts.iter().map(|forecast| &forecast.text).chain(service.also.iter().map(|also| &also.title)));
        said.extend(service.outputs.iter().map(|output| &output.title));
        for text in said {
            for language in Language::ALL {
                assert!(page.contains(&html(text.get(language))), "{}: {:?} in {}", service.id, text.source(), language.code());
            }
        }
        for paper in service.bring.iter().filter_map(|bring| catalogue.paper(&bring.paper)) {
            assert!(page.contains(&html(paper.official.source())), "{}: {}", service.id, paper.id);
        }
        for rule in service.steps.iter().filter_map(|step| step.when.as_ref()).chain(service.exits.iter().map(|exit| &exit.when)) {
            assert!(page.contains(&html(rule.source())), "{}: {}", service.id, rule.source());
        }
        for words in ["<svg", "Dasar hukum", "Tanda tangan", "Contoh", &catalogue.hash[..16]] {
            assert!(page.contains(words), "{}: {words}", service.id);
        }
        assert!(!page.contains("<script") && !page.contains("tidak sesuai"), "{}", service.id);
    }
}

#[test]
fn the_index_leads_to_every_page_and_no_link_leads_nowhere() {
    let pages = pages(&shipped());
    for name in pages.keys().filter(|name| *name != "index.html") {
        assert!(pages["index.html"].contains(&format!("href=\"{name}\"")), "the index lacks {name}");
    }
    for (name, text) in &pages {
        for target in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
            let page = if file.is_empty() { text } else { pages.get(file).unwrap_or_else(|| panic!("{name} leads to {target}")) };
            assert!(anchor.is_none_or(|anchor| page.contains(&format!("id=\"{anchor}\""))), "{name} leads to {target}");
        }
    }
}

#[test]
fn what_no_native_speaker_has_signed_is_marked_and_what_one_signed_is_not() {
    const MARK: &str = "perlu ditinjau penutur asli</span>";
    let bundle = shipped();
    let before = pages(&bundle)["ktp-rusak.html"].matches(MARK).count();
    assert!(before > 50, "{before} marks");
    let mut reviewed = bundle;
    for (_, text) in reviewed.files.iter_mut().filter(|(name, _)| name.starts_with("lang/")) {
        *text = text.replace("#, fuzzy\n", "");
    }
    assert_eq!(pages(&reviewed)["ktp-rusak.html"].matches(MARK).count(), 0);
    // One sentence that waits again is one mark again.
    let waiting = changed(reviewed, "lang/jv/bersama.po", "msgid \"KTP saya rusak\"", "#, fuzzy\nmsgid \"KTP saya rusak\"");
    assert!((1..=3).contains(&pages(&waiting)["ktp-rusak.html"].matches(MARK).count()));
}

#[test]
fn conditions_are_said_in_words() {
    let pages = pages(&shipped());
    let cases = [
        ("ktp-hilang.html", "Bila “Alasan kartu baru” dijawab “KTP saya hilang”"),
        ("akta-kelahiran.html", "umur menurut “Tanggal lahir anak” paling sedikit 5 tahun"),
        ("akta-kelahiran.html", "60 hari (angka kota lapor_lahir_hari)"),
    ];
    for (page, words) in cases {
        assert!(pages[page].contains(words), "{page}: {words}");
    }
}

#[test]
fn disputed_figures_are_marked_with_their_source() {
    let bundle = shipped();
    let page = &pages(&bundle)["kota.html"];
    let catalogue = loaded(&bundle);
    for (name, figure) in &catalogue.city.rules {
        assert!(page.contains(&format!("kota.{name}")) && page.contains(&html(&figure.source)), "{name}");
    }
    assert_eq!(page.matches(">disengketakan<").count(), catalogue.city.rules.values().filter(|figure| figure.disputed).count());
}

#[test]
fn an_example_that_does_not_hold_is_shown_as_such() {
    let bundle = changed(shipped(), "examples/ktp-rusak.toml", "end = \"submit\"", "end = \"exit:hilang\"");
    assert!(pages(&bundle)["ktp-rusak.html"].contains("tidak sesuai"));
}

#[test]
fn the_book_is_written_into_a_folder_and_a_missing_catalogue_is_named() {
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    let count = book::write(&tree("config/catalogue"), &out.path().join("book"), TODAY).expect("the book can be written");
    assert_eq!(count, std::fs::read_dir(out.path().join("book")).expect("the folder is there").count());
    let gone = book::write(&out.path().join("nowhere"), out.path(), TODAY).expect_err("no catalogue, no book");
    assert!(gone.to_string().contains("nowhere"), "{gone}");
}
