//! Another city runs by data alone.

use std::fs;

use catalogue::{Bundle, CompensationPer, Language};
use xtask::check_catalogue::{self, Verdict};
use xtask::city::{self, CityError};

use crate::{TODAY, loaded, shipped, tree};

fn sample() -> Bundle {
    let own_dir = tree("config/cities/contoh");
    let own = Bundle::read_dir(&own_dir).expect("the sample city can be read");
    city::lay_over(&shipped(), &own, &own_dir).expect("the sample city lies over the common catalogue")
}

#[test]
fn the_sample_city_passes_the_same_check() {
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    let built = city::build(&tree("config/cities/contoh"), &tree("config/catalogue"), out.path()).expect("the city can be built");
    assert!(built.services >= 8 && built.own < 15, "{built:?}");
    let verdict = check_catalogue::check(out.path(), TODAY).expect("what was built can be read");
    assert!(matches!(&verdict, Verdict::Good(summary) if summary.contains("Kota Contoh")), "{verdict:?}");
    // Doing it again gives the same, and a folder of somebody else is left alone.
    assert_eq!(city::build(&tree("config/cities/contoh"), &tree("config/catalogue"), out.path()).expect("a second time too"), built);
    let other = tempfile::tempdir().expect("a temporary folder can be made");
    fs::write(other.path().join("surat.txt"), "milik orang lain").expect("a file can be written");
    let refused = city::build(&tree("config/cities/contoh"), &tree("config/catalogue"), other.path());
    assert!(matches!(refused, Err(CityError::NotOurs(_))), "{refused:?}");
    assert!(other.path().join("surat.txt").exists());
}

#[test]
fn the_sample_city_has_rules_of_its_own() {
    let (home, away) = (loaded(&shipped()), loaded(&sample()));
    assert_eq!(away.city.languages, [Language::Id, Language::Jv]);
    assert_eq!((away.city.utc_offset_minutes, away.city.compensation.per), (480, CompensationPer::Day));
    assert_ne!(home.place("kelurahan").map(|place| place.text.source().to_owned()), away.place("kelurahan").map(|place| place.text.source().to_owned()));
    assert!(away.services.len() < home.services.len());
    assert!(away.regions.contains_key("99.71.01.1001") && !away.regions.contains_key("35.78.01.1001"));
    let class = |catalogue: &catalogue::Catalogue| format!("{:?}", catalogue.service("data-alamat").map(|service| service.class));
    assert_ne!(class(&home), class(&away));
    // What the city lacks is not offered either, and what it has is.
    for service in away.services.values() {
        for also in &service.also {
            assert!(away.services.contains_key(&also.service), "{} offers {}", service.id, also.service);
        }
    }
    assert_eq!(away.service("data-pendidikan").map(|service| service.also.len()), Some(1));
    assert_eq!(away.service("data-agama").map(|service| service.also.len()), Some(0));
}

#[test]
fn nothing_of_the_first_city_is_said_in_the_second() {
    for (file, text) in sample().files.iter().filter(|(file, _)| file.ends_with(".toml") && !file.starts_with("examples/")) {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#') && !line.starts_with("law")) {
            assert!(!line.contains("Surabaya") && !line.contains("Siola"), "{file}:{}: {line}", at + 1);
        }
    }
}

#[test]
fn a_city_that_cannot_be_laid_over_is_told_which_file_is_wrong() {
    let own_dir = tree("config/cities/contoh");
    let own = || Bundle::read_dir(&own_dir).expect("the sample city can be read");
    let cases: [(&str, &str, &str); 4] = [
        ("codes/gunung.tambah.csv", "code,name\n1,Semeru\n", "no codes/gunung.csv"),
        ("codes/kecamatan.tambah.csv", "kode,nama\n1,A\n", "columns"),
        ("index.toml", "services = [\n", "index.toml"),
        ("city.toml", "name = 3\n", "city.toml"),
    ];
    for (file, text, words) in cases {
        let mut own = own();
        own.files.insert(file.to_owned(), text.to_owned());
        let refused = city::lay_over(&shipped(), &own, &own_dir).expect_err(file).to_string();
        assert!(refused.contains(words) && refused.contains(file), "{file}: {refused}");
    }
}

#[test]
fn a_common_service_that_leads_to_one_the_city_lacks_is_refused_by_the_check() {
    let own_dir = tree("config/cities/contoh");
    let mut own = Bundle::read_dir(&own_dir).expect("the sample city can be read");
    let index = own.files.get_mut("index.toml").expect("a city has an index");
    *index = index.replacen("\"keterangan-menikah\",", "\"keterangan-menikah\", \"ktp-rusak\",", 1);
    let laid = city::lay_over(&shipped(), &own, &own_dir).expect("files can be laid over each other");
    let refused = catalogue::Catalogue::load(&laid).expect_err("ktp-rusak leads to ktp-hilang").to_string();
    assert!(refused.contains("services/ktp-rusak.toml") && refused.contains("ktp-hilang"), "{refused}");
}
