//! The officers' pages behind the door: queue, application, page images, acts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use catalogue::StateTone;
use uuid::Uuid;

use super::session::{Officer, our_fault};
use crate::acts::{self, Act, ActError, Desk, SentBack};
use crate::db::DbError;
use crate::db::queue::{Filter, Order};
use crate::dossier::{Dossier, DossierError, open_part};
use crate::forms::{Fields, field};
use crate::office::Office;
use crate::pages::{application as application_page, layout, queue as queue_page};
use crate::progress::{Progress, Standing};
use crate::repair::Asked;
use crate::words;

/// Pages of the queue that go into one saved table.
const TABLE_PAGES_MAX: i64 = 100;

/// The queue.
pub async fn queue(State(office): State<Arc<Office>>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let officer = match Officer::of(&office, &headers).await {
        Ok(officer) => officer,
        Err(response) => return response,
    };
    let filter = read_filter(&query);
    let read = async {
        let (rows, rows_all) = office.db.queue(&filter).await?;
        let outputs = office.db.outputs_of(&rows).await?;
        Ok::<_, DbError>((rows, rows_all, outputs, office.db.kelurahan_seen().await?))
    };
    match read.await {
        Ok((rows, rows_all, outputs, kelurahan)) => {
            let readings = office.bundles.all(rows.iter().map(|row| row.bundle.as_str())).await;
            let shown =
                queue_page::Shown { filter: &filter, rows: &rows, rows_all, outputs: &outputs, readings: &readings, kelurahan: &kelurahan, now: office.now() };
            queue_page::page(&office, &officer.band(), &shown).into_response()
        }
        Err(reason) => our_fault("queue", &reason),
    }
}

/// The filtered queue as a table for a spreadsheet; it names nobody.
pub async fn queue_table(State(office): State<Arc<Office>>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    if let Err(response) = Officer::of(&office, &headers).await {
        return response;
    }
    let mut filter = read_filter(&query);
    let mut table = String::from("nomor,layanan,kelurahan,keadaan,masuk,batas_janji\r\n");
    for page in 0..TABLE_PAGES_MAX {
        filter.page = page;
        let rows = match office.db.queue(&filter).await {
            Ok((rows, _)) => rows,
            Err(reason) => return our_fault("queue", &reason),
        };
        if rows.is_empty() {
            break;
        }
        let outputs = match office.db.outputs_of(&rows).await {
            Ok(outputs) => outputs,
            Err(reason) => return our_fault("queue", &reason),
        };
        let readings = office.bundles.all(rows.iter().map(|row| row.bundle.as_str())).await;
        for row in rows {
            let catalogue = readings.get(&row.bundle).map_or(office.catalogue(), |reading| &reading.catalogue);
            let progress = Progress::new(catalogue, &row.service, outputs.get(&row.number).map_or(&[][..], Vec::as_slice));
            let due_at = match progress.standing(office.now()) {
                Standing::Owed(due_at) => due_at,
                Standing::Paused | Standing::Kept | Standing::Ended => row.due_at,
            };
            let (entered, due) = (words::short_moment(catalogue, row.submitted_at), words::short_moment(catalogue, due_at));
            let cells = [row.number, row.service, row.kelurahan, row.state, entered, due];
            table.push_str(&cells.join(","));
            table.push_str("\r\n");
        }
    }
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"antrean.csv\"")], table).into_response()
}

/// One application.
pub async fn application(
    State(office): State<Arc<Office>>,
    Path(number): Path<String>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let officer = match Officer::of(&office, &headers).await {
        Ok(officer) => officer,
        Err(response) => return response,
    };
    let message = query.contains_key("tersimpan").then(|| (StateTone::Done, "Sudah tersimpan.".to_owned()));
    show(&office, &officer, &number, StatusCode::OK, message, &[]).await
}

/// Does what a form asks.
pub async fn act(State(office): State<Arc<Office>>, Path(number): Path<String>, headers: HeaderMap, Form(fields): Fields) -> Response {
    let officer = match Officer::sent(&office, &headers, &fields).await {
        Ok(officer) => officer,
        Err(response) => return response,
    };
    let application = match office.db.application(&number).await {
        Ok(Some(application)) => application,
        Ok(None) => return not_here(),
        Err(reason) => return our_fault("act", &reason),
    };
    let outputs = match office.db.outputs(&application.number).await {
        Ok(outputs) => outputs,
        Err(reason) => return our_fault("act", &reason),
    };
    let reading = office.bundles.of(&application.bundle).await;
    let desk = Desk { catalogue: &reading.catalogue, application: &application, outputs: &outputs };
    let done = acts::act(&office, &officer.who, &desk, &read_act(&fields)).await;
    let (status, sentence) = match done {
        Ok(()) => return Redirect::to(&format!("/petugas/permohonan/{}?tersimpan", application.number)).into_response(),
        Err(ActError::Db(reason)) => return our_fault("act", &reason),
        Err(ActError::Stale) => (StatusCode::CONFLICT, "Permohonan ini baru saja berubah. Lihat keadaan terbaru di bawah, lalu putuskan lagi.".to_owned()),
        Err(ActError::NotAllowed) => (StatusCode::CONFLICT, "Keadaan itu tidak boleh menyusul keadaan sekarang.".into()),
        Err(ActError::ReasonMissing) => (StatusCode::UNPROCESSABLE_ENTITY, "Pilih alasan untuk setiap bagian.".into()),
        Err(ActError::ReasonUnfit) => (StatusCode::UNPROCESSABLE_ENTITY, "Alasan itu tidak cocok untuk bagian ini. Pilih alasan lain.".into()),
        Err(ActError::NoteMissing) => (StatusCode::UNPROCESSABLE_ENTITY, "Tulis keterangan singkat.".into()),
        Err(ActError::NoteTooLong) => {
            (StatusCode::UNPROCESSABLE_ENTITY, format!("Catatan terlalu panjang. Paling banyak {} huruf.", crate::notes::NOTE_CHARS_MAX))
        }
        Err(ActError::ItemsMissing) => (StatusCode::UNPROCESSABLE_ENTITY, "Pilih bagian yang diminta lagi.".into()),
        Err(ActError::ItemUnknown) => (StatusCode::UNPROCESSABLE_ENTITY, "Bagian itu tidak ada pada layanan ini.".into()),
    };
    // A stale form is not filled in again: its officer decided about something that no longer is.
    let typed = if status == StatusCode::CONFLICT { &[][..] } else { &fields[..] };
    show(&office, &officer, &number, status, Some((StateTone::Trouble, sentence)), typed).await
}

/// One page image, opened on the fly and kept by nobody.
pub async fn page_image(State(office): State<Arc<Office>>, Path((number, key, part)): Path<(String, String, String)>, headers: HeaderMap) -> Response {
    if let Err(response) = Officer::of(&office, &headers).await {
        return response;
    }
    let Ok(key) = Uuid::parse_str(&key) else { return not_here() };
    match office.db.holds_page(&number, key, &part).await {
        Ok(true) => {}
        Ok(false) => return not_here(),
        Err(reason) => return our_fault("page", &reason),
    }
    let image = match open_part(&office, key, part).await {
        Ok(image) => image,
        Err(reason) => return our_fault("page", &reason),
    };
    let kind = match image.as_slice() {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        // Whatever else it is, a browser must not try to run it.
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], image.to_vec()).into_response()
}

async fn show(
    office: &Arc<Office>,
    officer: &Officer,
    number: &str,
    status: StatusCode,
    message: Option<(StateTone, String)>,
    typed: &[(String, String)],
) -> Response {
    let application = match office.db.application(number).await {
        Ok(Some(application)) => application,
        Ok(None) => return not_here(),
        Err(reason) => return our_fault("application", &reason),
    };
    let read = async {
        let dossier = Dossier::open(office, &application).await?;
        let outputs = office.db.outputs(number).await?;
        let visit = office.db.visit(application.key).await?;
        let history = office.db.history(number).await?;
        let names = names_in(office, &history).await?;
        let asked = Asked::of(office, number, &outputs).await?.map_or_else(Vec::new, |asked| asked.items);
        Ok::<_, DossierError>((dossier, outputs, visit, history, names, asked))
    };
    let (dossier, outputs, visit, history, names, asked) = match read.await {
        Ok(read) => read,
        Err(reason) => return our_fault("application", &reason),
    };
    let reading = office.bundles.of(&application.bundle).await;
    let doubts = dossier.doubts(&reading, number, &outputs, application.accepted_at);
    let shown = application_page::Shown {
        office,
        application: &application,
        reading: &reading,
        outputs: &outputs,
        visit: &visit,
        dossier: &dossier,
        doubts: &doubts,
        history: &history,
        names: &names,
        asked: &asked,
        now: office.now(),
        message,
        typed,
    };
    (status, application_page::page(&officer.band(), &shown)).into_response()
}

async fn names_in(office: &Office, history: &[crate::db::applications::Line]) -> Result<BTreeMap<String, String>, DbError> {
    let mut names = BTreeMap::new();
    for login in history.iter().filter_map(|line| line.actor.strip_prefix("petugas:")) {
        if !names.contains_key(login)
            && let Some(name) = office.db.officer_name(login).await?
        {
            names.insert(login.to_owned(), name);
        }
    }
    Ok(names)
}

fn read_act(fields: &[(String, String)]) -> Act {
    let items = fields.iter().filter(|(key, _)| key == "item").map(|(_, item)| SentBack {
        item: item.clone(),
        reason: field(fields, &format!("reason-{item}")).to_owned(),
        note: field(fields, &format!("note-{item}")).to_owned(),
    });
    Act {
        to: field(fields, "to").to_owned(),
        output: field(fields, "output").to_owned(),
        seen_lines: field(fields, "seen_lines").parse().unwrap_or(-1),
        reason: field(fields, "reason").to_owned(),
        note: field(fields, "note").to_owned(),
        items: items.collect(),
    }
}

/// Only letters that can stand in a number, an id or a code get into a filter.
fn read_filter(query: &HashMap<String, String>) -> Filter {
    let plain = |name: &str| -> String {
        let text = query.get(name).map_or("", String::as_str).trim();
        text.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.')).take(64).collect()
    };
    let order = plain("urut");
    Filter {
        state: plain("keadaan"),
        menu: plain("kelompok"),
        service: plain("layanan"),
        kelurahan: plain("kelurahan"),
        number: plain("nomor").to_uppercase(),
        with_closed: query.contains_key("tutup"),
        doubted: query.contains_key("ragu"),
        order: queue_page::ORDERS.iter().find(|(_, id, _)| *id == order).map_or(Order::Due, |(order, ..)| *order),
        page: plain("halaman").parse().unwrap_or(0).clamp(0, 1_000_000),
    }
}

fn not_here() -> Response {
    (StatusCode::NOT_FOUND, layout::notice("Permohonan tidak ada", "Periksa lagi nomornya.")).into_response()
}
