//! The long look before a catalogue is shipped finds what loads but would disappoint, with file and line.

use catalogue::check::check;
use catalogue::{Bundle, Catalogue, Problem};

use crate::TODAY;
use crate::small::{self, ONE, THREE, TWO, assert_said, change};

const ONE_EXAMPLES: &str = "examples/uji-satu.toml";

/// What the long look says of the small catalogue after this change.
fn found(edit: impl FnOnce(&mut Bundle)) -> (Bundle, Vec<Problem>) {
    let mut bundle = small::bundle();
    edit(&mut bundle);
    let catalogue = Catalogue::load(&bundle).unwrap_or_else(|reason| panic!("it loads, but: {reason}"));
    let problems = check(&catalogue, &bundle, TODAY).problems;
    (bundle, problems)
}

fn assert_found(file: &str, from: &str, to: &str, said_in: &str, at: Option<(&str, usize)>, words: &[&str]) {
    let (bundle, problems) = found(|bundle| change(bundle, file, from, to));
    assert_said(&bundle, &problems, said_in, at, words);
}

#[test]
fn a_question_or_an_exit_nobody_reaches_is_found() {
    // Whoever says "rusak" has left before.
    assert_found(
        ONE,
        "id = \"satu_tanggal\"\n",
        "id = \"satu_tanggal\"\nwhen = \"satu_alasan == 'rusak'\"\n",
        ONE,
        Some(("[[step]]", 4)),
        &["nobody is ever asked `satu_tanggal`"],
    );
    let second =
        "[[exit]]\nid = \"kedua\"\nwhen = \"satu_alasan == 'rusak' && satu_lama == ''\"\ntitle = \"Kedua\"\nsentences = [\"Temui petugas.\"]\n\n[[forecast]]";
    assert_found(ONE, "[[forecast]]", second, ONE, Some(("id = \"kedua\"", 1)), &["nobody ever reaches the exit `kedua`"]);
}

#[test]
fn what_never_comes_about_is_found() {
    assert_found(
        ONE,
        "place = \"kelurahan\"\n",
        "place = \"kelurahan\"\nwhen = \"satu_alasan == 'rusak'\"\n",
        ONE,
        Some(("id = \"kartu\"", 1)),
        &["`kartu` never comes about"],
    );
    assert_found(ONE, "when = \"satu_lama == 'ya'\"", "when = \"satu_alasan == 'lain'\"", ONE, Some(("[[clock]]", 1)), &["never applies"]);
    assert_found(
        ONE,
        "title = \"Masih baru\"\nwhen = \"satu_lama == 'tidak'\"",
        "title = \"Masih baru\"\nwhen = \"satu_lama == 'tidak' && satu_alasan == 'rusak'\"",
        ONE,
        Some(("id = \"baru\"", 1)),
        &["no route belongs to the case `baru`"],
    );
    assert_found(
        ONE,
        "when = \"days_since(satu_tanggal) > 60\"",
        "when = \"satu_alasan == 'lain'\"",
        ONE,
        Some(("id = \"lewat\"", 1)),
        &["`lewat` never holds"],
    );
    assert_found(
        ONE,
        "[[also]]\nservice = \"uji-dua\"\nwhen = \"satu_lama == 'ya'\"",
        "[[also]]\nservice = \"uji-dua\"\nwhen = \"satu_alasan == 'lain'\"",
        ONE,
        Some(("[[also]]", 1)),
        &["never offered"],
    );
}

#[test]
fn a_route_that_leads_nowhere_is_found() {
    assert_found(ONE, "when = \"satu_alasan == 'lain'\"", "when = \"satu_alasan in ['lain', 'hilang']\"", ONE, Some(("class", 1)), &["dead end"]);
    assert_found(
        THREE,
        "{ value = \"kantor\", label = \"Kantor\" }",
        "{ value = \"kantor\", label = \"Kantor\" }, { value = \"rumah\", label = \"Rumah\" }",
        THREE,
        Some(("class", 1)),
        &["K3", "past every exit"],
    );
    assert_found(
        TWO,
        "when = \"dua_jenis == 'baru'\"",
        "when = \"dua_jenis == 'baru' && number(dua_banyak) > 2\"",
        TWO,
        Some(("[[output]]", 1)),
        &["nothing comes"],
    );
}

#[test]
fn a_choice_that_decides_nothing_and_fills_nothing_is_found() {
    const IDLE: &str = "[[step]]\nid = \"satu_iseng\"\nkind = \"choice\"\nlabel = \"Iseng\"\nquestion = \"Suka yang mana?\"\nchoice = [{ value = \"a\", label = \"A\" }, { value = \"b\", label = \"B\" }]\n\n[[exit]]";
    assert_found(ONE, "[[exit]]", IDLE, ONE, Some(("[[step]]", 6)), &["`satu_iseng`", "no condition looks"]);
}

#[test]
fn a_paper_that_is_asked_but_not_announced_is_found() {
    assert_found(ONE, "paper = \"surat-kehilangan\"", "paper = \"kk\"", ONE, Some(("[[bring]]", 1)), &["`surat-kehilangan`", "[[bring]] list"]);
    assert_found(TWO, "[[bring]]\npaper = \"akta-perkawinan\"\n", "", TWO, Some(("[[bring]]", 1)), &["`akta-perkawinan`", "[[bring]] list"]);
}

#[test]
fn examples_cover_every_case_and_exit_and_hold() {
    assert_found(ONE_EXAMPLES, "case = \"lama\"\n", "", ONE_EXAMPLES, None, &["no example shows the case `lama`"]);
    assert_found(
        ONE_EXAMPLES,
        "end = \"exit:lain\"\nanswers = { satu_alasan = \"lain\" }",
        "end = \"exit:rusak\"\nanswers = { satu_alasan = \"rusak\" }",
        ONE_EXAMPLES,
        None,
        &["no example ends at `exit:lain`"],
    );
    let wrong = [
        ("satu_alasan = \"rusak\"", "satu_alasan = \"lain\"", 3, "`exit:lain` instead of `exit:rusak`"),
        ("satu_alasan = \"rusak\"", "satu_alasan = \"rusk\"", 3, "ends at `ask:satu_alasan`"),
        ("satu_alasan = \"rusak\"", "satu_alasan = \"rusak\", satu_lama = \"ya\"", 3, "`satu_lama` is never asked"),
        ("clock = \"tujuh-hari-kerja\"", "clock = \"satu-kali-24-jam\"", 1, "the clock is `tujuh-hari-kerja`"),
        ("outputs = [\"kartu\"]", "outputs = []", 1, "outputs ="),
        ("papers = [\"surat-kehilangan\"]", "papers = [\"kk\"]", 1, "papers ="),
        ("case = \"lama\"", "case = \"baru\"", 1, "no example of the case `baru`"),
        ("case = \"lama\"", "case = \"lma\"", 1, "has no case `lma`"),
        ("nik = \"3578010507900000\"", "nik = \"3578013213900000\"", 1, "`nik` would be refused while typing: nik-tanggal"),
        ("satu_tanggal = \"2026-11-20\"", "satu_tanggal = \"2026-11-24\"", 1, "tanggal-depan"),
    ];
    for (from, to, example, said) in wrong {
        assert_found(ONE_EXAMPLES, from, to, ONE_EXAMPLES, Some(("[[example]]", example)), &["does not hold", said]);
    }
    assert_found(ONE_EXAMPLES, "name = \"Baru hilang\"", "nama = \"Baru hilang\"", ONE_EXAMPLES, Some(("nama = \"Baru", 1)), &["nama"]);
    let (bundle, problems) = found(|bundle| {
        bundle.files.remove(ONE_EXAMPLES);
        bundle.files.insert("examples/uji-lima.toml".into(), "example = []\n".into());
    });
    assert_said(&small::bundle(), &problems, ONE_EXAMPLES, None, &["no example ends in a submission"]);
    assert_said(&bundle, &problems, "examples/uji-lima.toml", None, &["no service"]);
}

#[test]
fn a_reason_that_can_be_given_to_nothing_is_found() {
    assert_found(
        "shared/reasons.toml",
        "code = \"R01\"\napplies = [\"paper\"]",
        "code = \"R01\"",
        "shared/reasons.toml",
        Some(("code = \"R01\"", 1)),
        &["R01", "bound to nothing"],
    );
}

#[test]
fn two_services_that_meet_and_mean_different_things_by_one_id_are_found() {
    let (bundle, problems) = found(|bundle| {
        change(bundle, TWO, "id = \"dua_banyak\"", "id = \"satu_tanggal\"");
        change(bundle, TWO, "number(dua_banyak)", "number(satu_tanggal)");
        change(bundle, "examples/uji-dua.toml", "dua_banyak = ", "satu_tanggal = ");
        change(bundle, "examples/uji-dua.toml", "dua_banyak = ", "satu_tanggal = ");
    });
    assert_said(&bundle, &problems, TWO, Some(("[[step]]", 3)), &["`satu_tanggal`", "means something else in `uji-satu`"]);
}

#[test]
fn a_service_nobody_leads_to_is_found() {
    let (bundle, problems) = found(|bundle| {
        let text = bundle.files.get_mut(ONE).expect("there");
        text.truncate(text.find("[[also]]").expect("it offers another"));
        change(bundle, ONE, "service = \"uji-dua\"\nwith = { dua_jenis = \"lama\" }\n", "");
    });
    assert_said(&bundle, &problems, "index.toml", None, &["leads to `uji-dua`"]);
}

#[test]
fn missing_and_stale_translations_are_found() {
    const FILE: &str = "lang/en/uji.po";
    let (bundle, problems) = found(|bundle| {
        change(bundle, "city.toml", "languages = [\"id\"]", "languages = [\"id\", \"en\"]");
        let header = "msgid \"\"\nmsgstr \"\"\n\"Language: en\\n\"\n\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Content-Transfer-Encoding: 8bit\\n\"\n";
        let entries = "\nmsgid \"Urusan satu\"\nmsgstr \"Matter one\"\n\nmsgid \"Urusan \\\"nol\\\"\"\nmsgstr \"Matter nought\"\n";
        bundle.files.insert(FILE.into(), format!("{header}{entries}"));
    });
    assert_said(&bundle, &problems, ONE, Some(("Urusan pertama", 1)), &["\"Urusan pertama\" has no translation", "lang/en/"]);
    assert_said(&bundle, &problems, FILE, Some(("msgid \"Urusan \\\"nol", 1)), &["no file says it any more"]);
    assert!(!problems.iter().any(|problem| problem.message.contains("\"Urusan satu\"")), "what is translated and used is right");
}

#[test]
fn two_answers_that_mean_the_same_are_found() {
    let also = "{ value = \"hilang\", label = \"Hilang\" }, { value = \"jatuh\", label = \"Jatuh\" }, { value = \"tercecer\", label = \"Tercecer\" }";
    assert_found(
        ONE,
        "{ value = \"hilang\", label = \"Hilang\" }",
        also,
        ONE,
        Some(("[[step]]", 1)),
        &["`jatuh`, `tercecer` of `satu_alasan`", "mean the same"],
    );
}

#[test]
fn a_disputed_figure_that_turns_people_away_is_found() {
    let by_figure = "when = \"satu_alasan == 'lain' && days_since(nik) < kota.kk_per_alamat_maks\"";
    assert_found(ONE, "when = \"satu_alasan == 'lain'\"", by_figure, ONE, Some(("id = \"lain\"", 1)), &["disputed figure `kota.kk_per_alamat_maks`"]);
}
