//! Indonesian for what the drivers say in types: states, actors, outcomes and findings. Plain and short.
//!
//! What a condition means stands in the table of conditions and not here. The rule a newcomer would break: every `match` is
//! whole, so that a new value in a driver is a sentence that somebody has to write.

use drivers::coach::{Finding, Help};
use drivers::printer::{Delivery, NotPrinted, PrinterEvent, Unconfirmed};
use drivers::status::{Action, Actor, Availability, CommandResult, DeviceState, Severity};

pub fn availability(value: Availability) -> &'static str {
    match value {
        Availability::Ready => "siap dipakai",
        Availability::Busy => "sedang bekerja",
        Availability::Unavailable => "tidak dapat dipakai",
    }
}

pub fn device(value: DeviceState) -> &'static str {
    match value {
        DeviceState::Online => "tersambung",
        DeviceState::Offline => "tersambung, tidak siap",
        DeviceState::PowerOff => "mati atau dicabut",
        DeviceState::NoDevice => "tidak ditemukan",
        DeviceState::Starting => "sedang dibuka",
        DeviceState::DeviceBusy => "sedang bekerja",
        DeviceState::HardwareError => "rusak",
        DeviceState::UserError => "perlu dibereskan orang",
        DeviceState::PotentialFraud => "diduga diganggu",
        DeviceState::FraudAttempt => "diganggu",
        DeviceState::Unknown => "tidak diketahui, alat diam",
    }
}

pub fn severity(value: Severity) -> &'static str {
    match value {
        Severity::Info => "kabar",
        Severity::Warning => "awas",
        Severity::Error => "henti",
    }
}

pub fn actor(value: Actor) -> &'static str {
    match value {
        Actor::Nobody => "–",
        Actor::Machine => "mesin",
        Actor::Resident => "warga",
        Actor::Staff => "petugas",
        Actor::Technician => "teknisi",
    }
}

pub fn action(value: Action) -> &'static str {
    match value {
        Action::None => "tidak perlu apa-apa",
        Action::Reset => "dipulihkan sendiri",
        Action::SoftwareError => "layanan dimulai ulang",
        Action::Configuration => "setelan diperbaiki",
        Action::Clear => "dibereskan di tempat",
        Action::Maintenance => "diperbaiki",
        Action::Suspend => "ditunggu",
        Action::Resident => "dibereskan di depan kios",
    }
}

pub fn result(value: CommandResult) -> &'static str {
    match value {
        CommandResult::Success => "Berhasil.",
        CommandResult::Canceled => "Dibatalkan.",
        CommandResult::TimedOut => "Batas waktu habis.",
        CommandResult::DeviceNotReady => "Alat tidak ada, tidak siap, atau dipakai program lain.",
        CommandResult::HardwareError => "Alat melaporkan kerusakan.",
        CommandResult::InternalError => "Program pembantu atau layanan gagal.",
        CommandResult::UserError => "Ada yang harus dibereskan orang: kertas, tutup, atau kertas tersangkut.",
        CommandResult::UnsupportedCommand => "Alat ini tidak bisa melakukannya.",
        CommandResult::UnsupportedData => "Isinya tidak dapat diterima alat ini.",
        CommandResult::InvalidData => "Setelan atau isinya salah.",
        CommandResult::SequenceError => "Urutannya salah.",
        CommandResult::NotEnoughSpace => "Tempat atau memori tidak cukup.",
        CommandResult::AuthorisationRequired => "Tidak diizinkan. Periksa grup pengguna ini dan aturan udev.",
        CommandResult::FraudAttempt => "Alat diganggu.",
    }
}

pub fn delivery(value: Delivery) -> &'static str {
    match value {
        Delivery::Unseen => "model ini tidak melihat kertasnya",
        Delivery::Presented => "kertas menunggu di mulut printer",
        Delivery::Taken => "kertas sudah diambil",
    }
}

/// Why certainly nothing was printed.
pub fn not_printed(why: &NotPrinted) -> String {
    match why {
        NotPrinted::Encode(_) => "isi tidak dapat ditulis untuk printer ini".into(),
        NotPrinted::Port(_) => "porta printer tidak dapat dipakai".into(),
        NotPrinted::Silent => "printer diam".into(),
        NotPrinted::Offline => "printer tidak siap dan tidak menyebut sebabnya".into(),
        NotPrinted::Fault(condition) => condition.row().staff.into(),
        NotPrinted::Busy => "penyangga printer tetap penuh".into(),
        NotPrinted::Void => "dibatalkan sebelum byte pertama".into(),
    }
}

/// Why nobody can tell.
pub fn unconfirmed(why: &Unconfirmed) -> String {
    match why {
        Unconfirmed::Link { sent_bytes, .. } => format!("sambungan putus setelah {sent_bytes} byte"),
        Unconfirmed::Fault(condition) => condition.row().staff.into(),
        Unconfirmed::Offline => "printer menjadi tidak siap selagi mencetak".into(),
        Unconfirmed::NoAnswer { waited_ms } => format!("tidak ada kepastian dalam {waited_ms} ms"),
        Unconfirmed::NotConfirmable => "model ini tidak bisa memastikan; lihat kertasnya".into(),
        Unconfirmed::Voided { sent_bytes } => format!("dibatalkan setelah {sent_bytes} byte"),
    }
}

pub fn printer_event(event: &PrinterEvent) -> &'static str {
    match event {
        PrinterEvent::MediaPresented { .. } => "kertas menunggu di mulut printer",
        PrinterEvent::MediaTaken { .. } => "kertas diambil",
        PrinterEvent::MediaRetracted { .. } => "kertas ditarik masuk oleh printer",
        PrinterEvent::MediaEjected { .. } => "kertas didorong keluar oleh printer",
        PrinterEvent::JobVoided { .. } => "sisa cetakan lama dibuang",
        PrinterEvent::RollChanged => "gulungan kertas diganti",
    }
}

pub fn finding(value: Finding) -> &'static str {
    match value {
        Finding::TooDark => "terlalu gelap",
        Finding::Blank => "kosong atau tidak ada kertas",
        Finding::WrongShape => "bukan ukuran yang diminta",
        Finding::WrongSide => "sisi yang salah",
        Finding::Cropped => "terpotong",
        Finding::TooFar => "terlalu jauh, huruf terlalu kecil",
        Finding::Tilted => "terlalu miring",
        Finding::Glare => "ada pantulan cahaya",
        Finding::Shadow => "ada bayangan",
        Finding::Blurred => "buram",
        Finding::TooBright => "terlalu terang",
    }
}

pub fn help(value: Help) -> &'static str {
    match value {
        Help::MoveCloser => "dekatkan kertas",
        Help::MoveAway => "jauhkan atau geser sampai seluruh kertas terlihat",
        Help::LayFlat => "letakkan lurus dan rata",
        Help::MoreLight => "tambah cahaya",
        Help::TurnFromLamp => "putar menjauh dari lampu",
        Help::HoldStill => "tahan diam",
        Help::TurnOver => "balik atau letakkan kertas",
        Help::LayOtherPaper => "letakkan kertas yang diminta",
    }
}
