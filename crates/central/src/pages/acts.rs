//! The forms of an officer's acts: one button where nothing is asked, an opening drawer where words are needed.

use catalogue::{Language, Step};
use maud::{Markup, html};

use crate::acts::{Needs, STATE_HELD, needs};
use crate::notes::NOTE_CHARS_MAX;
use crate::office::Office;
use crate::pages::layout::icon;

/// What the forms are made for.
pub struct Forms<'a> {
    pub number: &'a str,
    pub state: &'a str,
    pub lines: i64,
    pub form_code: &'a str,
    /// States that may follow.
    pub next: &'a [&'a str],
    /// Steps the resident has answered, in order.
    pub steps: &'a [&'a Step],
    /// The form that was sent in and refused, so that no word is typed twice.
    pub typed: &'a [(String, String)],
}

/// Every act that is possible now.
pub fn forms(office: &Office, forms: &Forms<'_>) -> Markup {
    if forms.next.is_empty() {
        return html! { p { "Permohonan ini sudah selesai. Tidak ada tindakan lagi." } };
    }
    html! {
        div.acts {
            @for (index, to) in forms.next.iter().enumerate() {
                @match needs(to) {
                    Needs::Nothing => (plain(office, forms, to, index == 0)),
                    Needs::Items => (drawer(office, forms, to, &send_back(office, forms))),
                    Needs::Reason => (drawer(office, forms, to, &reason_and_note(office, forms))),
                    Needs::Note => (drawer(office, forms, to, &note(forms, to))),
                }
            }
        }
    }
}

/// What the button says.
pub fn label(office: &Office, from: &str, to: &str) -> String {
    let word = office.catalogue.state(to).map_or(to, |state| state.label.get(Language::Id));
    match (from, to) {
        (STATE_HELD, to) if needs(to) == Needs::Nothing => format!("Lanjutkan: {word}"),
        ("diajukan", "verifikasi") => "Mulai periksa".into(),
        (_, "verifikasi") => "Periksa lagi".into(),
        (_, "validasi-rekam-cetak") => "Terima dan siapkan cetak".into(),
        (_, "antre-cetak") => "Masukkan antrean cetak".into(),
        (_, "dicetak") => "Kartu sudah dicetak".into(),
        (_, "dikirim-ke-kelurahan") => "Kartu sudah dikirim".into(),
        (_, "diterima-kelurahan") => "Kartu sudah tiba".into(),
        (_, "diambil") => "Serahkan kartu".into(),
        (_, "perlu-perbaikan") => "Minta perbaikan".into(),
        (_, "ditolak") => "Tolak permohonan".into(),
        (_, "dibatalkan") => "Batalkan permohonan".into(),
        (_, STATE_HELD) => "Tahan sementara".into(),
        _ => word.to_owned(),
    }
}

fn hidden(forms: &Forms<'_>, to: &str) -> Markup {
    html! {
        input type="hidden" name="form_code" value=(forms.form_code);
        input type="hidden" name="seen_lines" value=(forms.lines);
        input type="hidden" name="to" value=(to);
    }
}

fn action(forms: &Forms<'_>) -> String {
    format!("/petugas/permohonan/{}/tindakan", forms.number)
}

fn plain(office: &Office, forms: &Forms<'_>, to: &str, first: bool) -> Markup {
    html! {
        form method="post" action=(action(forms)) {
            (hidden(forms, to))
            button.wide.second[!first] type="submit" { (icon("check")) (label(office, forms.state, to)) }
        }
    }
}

fn drawer(office: &Office, forms: &Forms<'_>, to: &str, inside: &Markup) -> Markup {
    let open = typed(forms, "to") == to;
    let grave = matches!(to, "ditolak" | "dibatalkan");
    html! {
        details open[open] {
            summary { (label(office, forms.state, to)) }
            form.inside method="post" action=(action(forms)) {
                (hidden(forms, to))
                (inside)
                button.wide.grave[grave] type="submit" { (label(office, forms.state, to)) }
            }
        }
    }
}

fn send_back(office: &Office, forms: &Forms<'_>) -> Markup {
    let picked = |id: &str| forms.typed.iter().any(|(key, value)| key == "item" && value == id);
    html! {
        fieldset.bare {
            legend.away { "Bagian yang diminta lagi" }
            p.help { "Pilih hanya yang perlu diulang. Yang lain tetap." }
            @for step in forms.steps {
                div.item {
                    label.pick { input type="checkbox" name="item" value=(step.id) checked[picked(&step.id)]; (step.label.get(Language::Id)) }
                    div.more {
                        div.field { label for={ "alasan-" (step.id) } { "Alasan" } (reasons(office, forms, &format!("reason-{}", step.id), &format!("alasan-{}", step.id))) }
                        label for={ "catatan-" (step.id) } { "Catatan untuk warga" }
                        input id={ "catatan-" (step.id) } type="text" name={ "note-" (step.id) } maxlength=(NOTE_CHARS_MAX) value=(typed(forms, &format!("note-{}", step.id)));
                    }
                }
            }
        }
    }
}

fn reason_and_note(office: &Office, forms: &Forms<'_>) -> Markup {
    html! {
        div.field { label for="alasan" { "Alasan" } (reasons(office, forms, "reason", "alasan")) }
        div.field {
            label for="catatan-tolak" { "Catatan untuk warga (boleh kosong)" }
            textarea id="catatan-tolak" name="note" rows="3" maxlength=(NOTE_CHARS_MAX) { (typed(forms, "note")) }
        }
    }
}

fn note(forms: &Forms<'_>, to: &str) -> Markup {
    let question = match to {
        "diambil" => "Siapa yang mengambil?",
        "dibatalkan" => "Mengapa dibatalkan?",
        _ => "Mengapa ditahan?",
    };
    let id = format!("catatan-{to}");
    html! {
        div.field {
            label for=(id) { (question) }
            textarea id=(id) name="note" rows="3" maxlength=(NOTE_CHARS_MAX) required { @if typed(forms, "to") == to { (typed(forms, "note")) } }
        }
    }
}

fn reasons(office: &Office, forms: &Forms<'_>, name: &str, id: &str) -> Markup {
    let chosen = typed(forms, name);
    html! {
        select id=(id) name=(name) {
            option value="" { "Pilih alasan" }
            @for reason in office.catalogue.reasons.values() {
                option value=(reason.code) selected[reason.code == chosen] { (reason.code) " · " (reason.label.get(Language::Id)) }
            }
        }
    }
}

fn typed<'a>(forms: &Forms<'a>, name: &str) -> &'a str {
    crate::forms::field(forms.typed, name)
}
