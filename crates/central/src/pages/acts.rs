//! The forms of an officer's acts: one button where nothing is asked, an opening drawer where words are needed.

use catalogue::{Catalogue, ItemKind, Language, Step};
use maud::{Markup, html};

use crate::acts::{Needs, fits, needs};
use crate::notes::NOTE_CHARS_MAX;
use crate::pages::layout::icon;
use crate::progress::STATE_HELD;

/// What the forms are made for.
#[derive(Clone, Copy)]
pub struct Forms<'a> {
    /// The catalogue that the application is read with.
    pub catalogue: &'a Catalogue,
    pub number: &'a str,
    /// The output they are about; empty for the application as a whole.
    pub output: &'a str,
    pub state: &'a str,
    pub lines: i64,
    pub form_code: &'a str,
    /// States that may follow.
    pub next: &'a [&'a str],
    /// Steps that may be sent back, in order.
    pub steps: &'a [&'a Step],
    /// The form that was sent in and refused, so that no word is typed twice.
    pub typed: &'a [(String, String)],
}

/// Every act that is possible now.
pub fn forms(forms: &Forms<'_>) -> Markup {
    html! {
        div.acts {
            @for (index, to) in forms.next.iter().enumerate() {
                @match needs(to) {
                    Needs::Nothing => (plain(forms, to, index == 0)),
                    Needs::Items => (drawer(forms, to, &send_back(forms))),
                    Needs::Reason => (drawer(forms, to, &reason_and_note(forms))),
                    Needs::Note => (drawer(forms, to, &note(forms, to))),
                }
            }
        }
    }
}

/// What the button says.
pub fn label(forms: &Forms<'_>, to: &str) -> String {
    let word = forms.catalogue.state(to).map_or(to, |state| state.label.get(Language::Id));
    match (forms.state, to) {
        (STATE_HELD, to) if needs(to) == Needs::Nothing => format!("Lanjutkan: {word}"),
        ("diajukan", "verifikasi") => "Mulai periksa".into(),
        (_, "verifikasi") => "Periksa lagi".into(),
        (_, "validasi-rekam-cetak") => "Terima dan siapkan cetak".into(),
        (_, "antre-cetak") => "Masukkan antrean cetak".into(),
        (_, "dicetak") => "Kartu sudah dicetak".into(),
        (_, "dikirim-ke-kelurahan") => "Kartu sudah dikirim".into(),
        (_, "diterima-kelurahan") => "Kartu sudah tiba".into(),
        (_, "diambil") => "Serahkan kartu".into(),
        (_, "entry-siak") => "Terima dan catat di SIAK".into(),
        (_, "menunggu-tte") => "Ajukan tanda tangan elektronik".into(),
        (_, "siap-unduh") => "Dokumen sudah bisa diunduh".into(),
        (_, "dijadwalkan") => "Jadwal sudah ditetapkan".into(),
        (_, "perlu-perbaikan") => "Minta perbaikan".into(),
        (_, "ditolak") if !forms.output.is_empty() => "Tolak hasil ini".into(),
        (_, "ditolak") => "Tolak permohonan".into(),
        (_, "dibatalkan") if !forms.output.is_empty() => "Batalkan hasil ini".into(),
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
        input type="hidden" name="output" value=(forms.output);
    }
}

fn action(forms: &Forms<'_>) -> String {
    format!("/petugas/permohonan/{}/tindakan", forms.number)
}

fn plain(forms: &Forms<'_>, to: &str, first: bool) -> Markup {
    html! {
        form method="post" action=(action(forms)) {
            (hidden(forms, to))
            button.wide.second[!first] type="submit" { (icon("check")) (label(forms, to)) }
        }
    }
}

fn drawer(forms: &Forms<'_>, to: &str, inside: &Markup) -> Markup {
    let open = is_typed(forms, to);
    let grave = matches!(to, "ditolak" | "dibatalkan");
    html! {
        details open[open] {
            summary { (label(forms, to)) }
            form.inside method="post" action=(action(forms)) {
                (hidden(forms, to))
                (inside)
                button.wide.grave[grave] type="submit" { (label(forms, to)) }
            }
        }
    }
}

fn send_back(forms: &Forms<'_>) -> Markup {
    let picked = |id: &str| forms.typed.iter().any(|(key, value)| key == "item" && value == id);
    html! {
        fieldset.bare {
            legend.away { "Bagian yang diminta lagi" }
            p.help { "Pilih hanya yang perlu diulang. Yang lain tetap." }
            @for step in forms.steps {
                div.item {
                    label.pick { input type="checkbox" name="item" value=(step.id) checked[picked(&step.id)]; (step.label.get(Language::Id)) }
                    div.more {
                        div.field { label for={ "alasan-" (step.id) } { "Alasan" } (reasons(forms, &format!("reason-{}", step.id), &format!("alasan-{}", step.id), Some(step.item_kind()))) }
                        label for={ "catatan-" (step.id) } { "Catatan untuk warga" }
                        input id={ "catatan-" (step.id) } type="text" name={ "note-" (step.id) } maxlength=(NOTE_CHARS_MAX) value=(typed(forms, &format!("note-{}", step.id)));
                    }
                }
            }
        }
    }
}

fn reason_and_note(forms: &Forms<'_>) -> Markup {
    html! {
        @let (reason_id, note_id) = (format!("alasan{}", suffix(forms)), format!("catatan-tolak{}", suffix(forms)));
        div.field { label for=(reason_id) { "Alasan" } (reasons(forms, "reason", &reason_id, None)) }
        div.field {
            label for=(note_id) { "Catatan untuk warga (boleh kosong)" }
            textarea id=(note_id) name="note" rows="3" maxlength=(NOTE_CHARS_MAX) { @if is_typed(forms, "ditolak") { (typed(forms, "note")) } }
        }
    }
}

fn note(forms: &Forms<'_>, to: &str) -> Markup {
    let question = match to {
        "diambil" => "Siapa yang mengambil?",
        "dibatalkan" => "Mengapa dibatalkan?",
        _ => "Mengapa ditahan?",
    };
    let id = format!("catatan-{to}{}", suffix(forms));
    html! {
        div.field {
            label for=(id) { (question) }
            textarea id=(id) name="note" rows="3" maxlength=(NOTE_CHARS_MAX) required { @if is_typed(forms, to) { (typed(forms, "note")) } }
        }
    }
}

/// The reasons there are for an item of this kind, or all of them for the application as a whole.
fn reasons(forms: &Forms<'_>, name: &str, id: &str, kind: Option<ItemKind>) -> Markup {
    let chosen = typed(forms, name);
    html! {
        select id=(id) name=(name) {
            option value="" { "Pilih alasan" }
            @for reason in forms.catalogue.reasons.values().filter(|reason| kind.is_none_or(|kind| fits(reason, kind))) {
                option value=(reason.code) selected[reason.code == chosen] { (reason.code) " · " (reason.label.get(Language::Id)) }
            }
        }
    }
}

/// Keeps the ids of one output's fields apart from those of another.
fn suffix(forms: &Forms<'_>) -> String {
    if forms.output.is_empty() { String::new() } else { format!("-{}", forms.output) }
}

/// Was it this form that came back?
fn is_typed(forms: &Forms<'_>, to: &str) -> bool {
    typed(forms, "to") == to && typed(forms, "output") == forms.output
}

fn typed<'a>(forms: &Forms<'a>, name: &str) -> &'a str {
    crate::forms::field(forms.typed, name)
}
