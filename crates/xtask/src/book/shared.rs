//! What services share: papers, reasons, states, clocks, and what is true of this city only.

use catalogue::{CompensationPer, ItemKind, Service, StepKind};
use maud::html;

use super::page::{page as frame, signatures};
use super::parts::Row;
use super::{Book, Page, index};

/// File and title of each of these pages.
pub const SHARED: [(&str, &str); 5] = [
    ("kertas.html", "Kertas"),
    ("alasan.html", "Alasan berkas dikembalikan"),
    ("keadaan.html", "Keadaan permohonan"),
    ("janji.html", "Janji waktu"),
    ("kota.html", "Angka dan aturan kota"),
];

pub fn pages(book: &Book<'_>) -> Vec<Page> {
    vec![papers(book), reasons(book), states(book), clocks(book), city(book)]
}

fn papers(book: &Book<'_>) -> Page {
    let asks_for = |service: &Service, id: &str| service.steps.iter().any(|step| matches!(&step.kind, StepKind::Paper { paper, .. } if paper == id));
    let body = html! {
        h1 { "Kertas" }
        p.lead { "Nama sehari-hari di depan, nama resmi di bawahnya." }
        @for paper in book.catalogue.papers.values() {
            div.question id=(paper.id) {
                h3 { (paper.name.source()) }
                p.about { span.code { (paper.id) } " · diminta di: "
                    @for service in book.catalogue.services.values().filter(|service| asks_for(service, &paper.id)) { a href=(index::page_name(service)) { (service.title.source()) } " · " }
                }
                (book.in_languages(&[Row::of("Nama", &paper.name), Row::of("Nama resmi", &paper.official), Row::of("Petunjuk", &paper.instruction)]))
            }
        }
        (signatures(&book.edition, &book.signers()))
    };
    frame(&book.edition, "kertas.html", "Kertas", body)
}

fn reasons(book: &Book<'_>) -> Page {
    let item = |kind: &ItemKind| match kind {
        ItemKind::Choice => "pertanyaan",
        ItemKind::Entry => "isian",
        ItemKind::Paper => "kertas",
    };
    let body = html! {
        h1 { "Alasan berkas dikembalikan" }
        p.lead { "Petugas memilih alasan; warga membaca kalimatnya." }
        @for reason in book.catalogue.reasons.values() {
            @let warned = book.catalogue.services.values().filter(|service| service.forecasts.iter().any(|forecast| forecast.reason == reason.code));
            div.question {
                h3 { (reason.code) " · " (reason.label.source()) }
                p.about { "Boleh untuk: " (reason.applies.iter().map(item).collect::<Vec<_>>().join(", ")) " · diperingatkan sebelum dikirim di: "
                    @for service in warned { a href=(index::page_name(service)) { (service.title.source()) } " · " }
                }
                (book.in_languages(&[Row::of("Untuk petugas", &reason.label), Row::of("Untuk warga", &reason.resident)]))
            }
        }
        (signatures(&book.edition, &book.signers()))
    };
    frame(&book.edition, "alasan.html", "Alasan berkas dikembalikan", body)
}

fn states(book: &Book<'_>) -> Page {
    let label = |id: &String| book.catalogue.state(id).map_or(id.clone(), |state| state.label.source().to_owned());
    let list = |ids: &[String]| ids.iter().map(label).collect::<Vec<_>>().join(", ");
    let body = html! {
        h1 { "Keadaan permohonan" }
        h2 { "Jalan tiap jenis hasil" }
        @for path in book.catalogue.paths.values() {
            h3 { (path.id) }
            p { (path.stages.iter().map(label).collect::<Vec<_>>().join(" → ")) }
            table {
                thead { tr { th { "Dari" } th { "Boleh menjadi" } } }
                tbody { @for (from, to) in &path.next { tr { td { (label(from)) } td { (list(to)) } } } }
            }
        }
        h2 { "Keadaan" }
        @for state in book.catalogue.states.values() {
            div.question {
                h3 { (state.label.source()) }
                p.about { span.code { (state.id) } @if state.pauses_clock { " · janji waktu berhenti" } @if state.terminal { " · akhir" } }
                (book.in_languages(&[Row::of("Untuk petugas", &state.label), Row::of("Untuk warga", &state.resident)]))
            }
        }
        (signatures(&book.edition, &book.signers()))
    };
    frame(&book.edition, "keadaan.html", "Keadaan permohonan", body)
}

fn clocks(book: &Book<'_>) -> Page {
    let length = |hours: i64, days: i64| match (hours, days) {
        (0, days) => format!("{days} hari kerja"),
        (hours, 0) => format!("{hours} jam pada hari kerja"),
        (hours, days) => format!("{days} hari kerja dan {hours} jam"),
    };
    let body = html! {
        h1 { "Janji waktu" }
        p.lead { "Jam mulai saat permohonan masuk atau saat kantor buka berikutnya, dan hanya berjalan pada hari kerja." }
        @for clock in book.catalogue.clocks.values() {
            @let uses = book.catalogue.services.values().filter(|service| {
                service.clocks.iter().any(|used| used.clock == clock.id) || service.outputs.iter().any(|output| output.clock.as_ref() == Some(&clock.id))
            });
            div.question {
                h3 { (clock.label.source()) }
                p.about { span.code { (clock.id) } " · " (length(clock.hours, clock.working_days)) " · " (if clock.compensated { "dengan ganti rugi bila terlambat" } else { "tanpa ganti rugi" }) }
                p { "Dipakai di: " @for service in uses { a href=(index::page_name(service)) { (service.title.source()) } " · " } }
                (book.in_languages(&[Row::of("Kalimat", &clock.label)]))
            }
        }
        (signatures(&book.edition, &book.signers()))
    };
    frame(&book.edition, "janji.html", "Janji waktu", body)
}

fn city(book: &Book<'_>) -> Page {
    let city = &book.catalogue.city;
    let days = city.working_days.iter().map(|day| book.catalogue.text(&format!("hari-{day}")).source()).collect::<Vec<_>>().join(", ");
    let kelurahan = book.catalogue.regions.keys().filter(|code| code.matches('.').count() == 3).count();
    let offset = format!("UTC{:+}", city.utc_offset_minutes / 60);
    let places: Vec<Row<'_>> = book.catalogue.places.values().map(|place| Row::of(place.id.as_str(), &place.text)).collect();
    let per = match city.compensation.per {
        CompensationPer::Once => "satu kali",
        CompensationPer::Day => "per hari terlambat",
    };
    let body = html! {
        h1 { "Angka dan aturan kota" }
        table { tbody {
            tr { th { "Kota" } td { (city.name) " (" (city.code) ")" } }
            tr { th { "Hari kerja" } td { (days) } }
            tr { th { "Jam buka" } td { (city.opens.strftime("%H.%M").to_string()) " sampai " (city.closes.strftime("%H.%M").to_string()) " (" (offset) ")" } }
            tr { th { "Hari libur" } td { @for day in &city.holidays { (book.catalogue.date_words(*day, catalogue::Language::Id)) "; " } } }
            tr { th { "Ganti rugi" } td { (rupiah(city.compensation.amount_rupiah)) ", " (per) } }
            tr { th { "Bahasa" } td { (city.languages.iter().map(|language| language.own_name()).collect::<Vec<_>>().join(", ")) } }
            tr { th { "Alamat lacak" } td { span.code { (city.tracking_url) } } }
            tr { th { "Kelurahan" } td { (kelurahan) } }
        } }
        h2 { "Angka yang dipakai aturan" }
        p { "Angka yang disengketakan hanya memberi peringatan, tidak pernah menghalangi warga." }
        table {
            thead { tr { th { "Nama" } th { "Angka" } th { "Sumber" } th { "Keadaan" } } }
            tbody { @for (name, figure) in &city.rules { tr {
                td { span.code.whole { "kota." (name) } }
                td { (figure.value) }
                td { (figure.source) }
                td {
                    @if figure.disputed { span.badge.bad { "disengketakan" } }
                    @if figure.source.contains("perlu dicek") { " " span.badge.warn { "perlu dicek" } }
                }
            } } }
        }
        h2 { "Tempat mengambil hasil" }
        (book.in_languages(&places))
        h2 { "Kalimat kota" }
        (book.in_languages(&[Row::of("Kantor", &city.office), Row::of("Bantuan", &city.helpdesk), Row::of("Ganti rugi", &city.compensation.text)]))
        (signatures(&book.edition, &book.signers()))
    };
    frame(&book.edition, "kota.html", "Angka dan aturan kota", body)
}

/// 50000 → `Rp50.000`
fn rupiah(amount: i64) -> String {
    let digits = amount.to_string();
    let grouped: Vec<String> = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    format!("Rp{}", grouped.join("."))
}

#[cfg(test)]
mod tests {
    use super::rupiah;

    #[test]
    fn rupiah_have_dots_between_thousands() {
        for (amount, expected) in [(0, "Rp0"), (500, "Rp500"), (50_000, "Rp50.000"), (1_250_000, "Rp1.250.000")] {
            assert_eq!(rupiah(amount), expected);
        }
    }
}
