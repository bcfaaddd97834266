//! The closed list of what can be the matter with a device, one row each: severity, staff code, action, actor, and the words
//! for resident, staff and technician.
//!
//! It decides nothing about a device as a whole; that is `Status`. The rule a newcomer would break: there is no "other", no
//! text made up on the way, and a driver never says who acts: a new fault is a new row here.

use super::{Action, Actor, Severity};
use std::fmt;

/// The part of a device that a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Roll,
    Cover,
    Cutter,
    Head,
    Supply,
    Slip,
    Link,
    Printer,
    Feeder,
    Path,
    Glass,
    Access,
    Output,
    Data,
    Camera,
    Stream,
    Scanner,
    Lamp,
    Tray,
    Toner,
    Bin,
    Sheet,
    Reader,
}

/// What is the matter with the part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    NearEnd,
    Out,
    Jammed,
    Open,
    Fault,
    Overheated,
    Voltage,
    NotTaken,
    Stale,
    Silent,
    OneWay,
    Empty,
    Permission,
    NoMemory,
    Corrupt,
    Absent,
    HeldByOther,
    Inoperative,
    Stalled,
    Abandoned,
    Misconfigured,
    EstimateLow,
    Foreign,
    Noise,
    DoubleFeed,
    Warming,
    Low,
    Full,
    Stopped,
    Frozen,
    Covered,
}

/// One thing that is the matter. Only the constants below exist, each with one row in [`TABLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition {
    part: Part,
    reason: Reason,
}

/// What follows from a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The condition this row is about.
    pub condition: Condition,
    /// How much it matters.
    pub severity: Severity,
    /// Short code that staff read out on the telephone; unique, stable, printed in the field guide.
    pub staff_code: &'static str,
    /// What helps.
    pub action: Action,
    /// Who does it.
    pub actor: Actor,
    /// What a resident is told, if anything.
    pub notice: Option<Notice>,
    /// What the officer on site reads: one sentence that says what to do, Indonesian.
    pub staff: &'static str,
    /// What a technician reads: the sign it was known by, and where to look, Indonesian.
    pub technician: &'static str,
}

/// What a resident is told. A device crate writes no sentence for residents: the kiosk has one text in every language for each
/// of these. Residents are never told why, only how to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// No slip can be printed now; go on without paper.
    NoSlip,
    /// The slip waits at the mouth of the printer.
    TakeSlip,
    /// No page can be scanned now; use the camera or ask an officer.
    NoScanner,
    /// Lay the paper into the scanner.
    LayPaper,
    /// Lay the paper in once more.
    LayAgain,
    /// Close the lid.
    CloseLid,
    /// The scanner needs a moment.
    WaitScanner,
    /// No picture can be taken now; use the scanner or ask an officer.
    NoCamera,
    /// The camera needs a moment.
    WaitCamera,
    /// Show the code to the camera instead.
    UseCamera,
}

impl Notice {
    /// All of them.
    pub const ALL: [Notice; 10] = [
        Notice::NoSlip,
        Notice::TakeSlip,
        Notice::NoScanner,
        Notice::LayPaper,
        Notice::LayAgain,
        Notice::CloseLid,
        Notice::WaitScanner,
        Notice::NoCamera,
        Notice::WaitCamera,
        Notice::UseCamera,
    ];
}

macro_rules! conditions {
    ($( $(#[$doc:meta])* $name:ident = $part:ident / $reason:ident : $severity:ident, $code:literal, $action:ident, $actor:ident, $notice:expr,
        $staff:literal, $technician:literal; )*) => {
        impl Condition {
            $( $(#[$doc])* pub const $name: Condition = Condition { part: Part::$part, reason: Reason::$reason }; )*
        }

        /// Every condition with what follows from it. This is the only place that decides severity, action and actor.
        pub const TABLE: &[Row] = &[
            $( Row {
                condition: Condition::$name,
                severity: Severity::$severity,
                staff_code: $code,
                action: Action::$action,
                actor: Actor::$actor,
                notice: $notice,
                staff: $staff,
                technician: $technician,
            }, )*
        ];
    };
}

conditions! {
    /// The roll is thin; a few slips are left.
    ROLL_NEAR_END = Roll/NearEnd: Warning, "P-11", Clear, Staff, None,
        "Kertas struk hampir habis. Siapkan gulungan baru.",
        "Sensor near-end aktif. Bila gulungan masih tebal, bersihkan atau geser sensornya.";
    /// There is no paper.
    ROLL_OUT = Roll/Out: Error, "P-12", Clear, Staff, Some(Notice::NoSlip),
        "Kertas struk habis. Pasang gulungan baru, lalu tutup printer.",
        "Sensor kertas habis aktif. Bila kertas terpasang, periksa sensor dan jalur kertas.";
    /// Paper is stuck.
    ROLL_JAMMED = Roll/Jammed: Error, "P-13", Clear, Staff, Some(Notice::NoSlip),
        "Kertas struk tersangkut. Buka printer, tarik sisa kertas, tutup lagi.",
        "FULL STATUS melaporkan jam. Periksa pisau, rol, dan presenter.";
    /// By counted millimetres the roll ends soon; for models without a sensor this is the only warning.
    ROLL_ESTIMATE_LOW = Roll/EstimateLow: Info, "P-14", Clear, Staff, None,
        "Menurut hitungan, gulungan struk segera habis. Siapkan gulungan baru.",
        "Perkiraan dari milimeter tercetak. Setel ulang setelah gulungan diganti.";
    /// The printer's cover is open.
    COVER_OPEN = Cover/Open: Error, "P-21", Clear, Staff, Some(Notice::NoSlip),
        "Tutup printer struk terbuka. Tutup sampai berbunyi klik.",
        "Saklar tutup terbuka. Bila sudah tertutup, periksa kait dan saklarnya.";
    /// The cutter does not move.
    CUTTER_FAULT = Cutter/Fault: Error, "P-31", Maintenance, Technician, Some(Notice::NoSlip),
        "Pemotong kertas macet. Hubungi teknisi.",
        "Galat pemotong (DLE EOT 3 bit 3). Kembalikan pisau ke posisi awal, ganti bila berulang.";
    /// The print head is too hot and cools by itself.
    HEAD_OVERHEATED = Head/Overheated: Error, "P-41", Suspend, Nobody, Some(Notice::NoSlip),
        "Printer struk terlalu panas. Tunggu beberapa menit.",
        "Kepala cetak panas, pulih sendiri. Periksa ventilasi dan kepekatan cetak.";
    /// The supply voltage is out of range.
    SUPPLY_VOLTAGE = Supply/Voltage: Error, "P-42", Maintenance, Technician, Some(Notice::NoSlip),
        "Listrik printer struk tidak wajar. Hubungi teknisi.",
        "Tegangan catu daya di luar batas. Ukur adaptor dan kabelnya.";
    /// The printer reports an error that it clears after a reset.
    PRINTER_FAULT = Printer/Fault: Error, "P-51", Reset, Machine, Some(Notice::NoSlip),
        "Printer struk melaporkan gangguan. Mesin mencoba memulihkannya.",
        "Galat mekanis yang dapat pulih (DLE EOT 3 bit 2). Dicoba ulang dua kali.";
    /// The printer reports an error that no reset clears.
    PRINTER_INOPERATIVE = Printer/Inoperative: Error, "P-52", Maintenance, Technician, Some(Notice::NoSlip),
        "Printer struk rusak. Hubungi teknisi.",
        "Galat yang tidak dapat pulih. Matikan, nyalakan; bila tetap, ganti unit.";
    /// A finished slip waits in the output.
    SLIP_NOT_TAKEN = Slip/NotTaken: Info, "P-61", Resident, Resident, Some(Notice::TakeSlip),
        "Struk menunggu diambil di mulut printer.",
        "Sensor presenter melihat kertas. Bila kosong, bersihkan sensornya.";
    /// Bytes of an unconfirmed job may still be inside the printer; the driver voids them before the next job.
    SLIP_STALE = Slip/Stale: Warning, "P-62", Reset, Machine, None,
        "Sisa cetakan lama dibuang dulu. Tunggu sebentar.",
        "Pekerjaan lama belum pasti; buffer dikosongkan sebelum mencetak lagi.";
    /// The device does not answer.
    LINK_SILENT = Link/Silent: Warning, "L-11", Reset, Machine, None,
        "Alat tidak menjawab. Mesin mencoba lagi.",
        "Tidak ada jawaban dalam tiga kali tanya. Periksa daya, kabel, kecepatan porta.";
    /// The device cannot answer by design, so nothing but its presence is known.
    LINK_ONE_WAY = Link/OneWay: Info, "L-12", None, Nobody, None,
        "Printer ini tidak bisa melaporkan keadaannya. Periksa kertasnya setiap hari.",
        "Model satu arah: tidak ada jawaban status. Hasil cetak tidak pernah dipastikan.";
    /// Another program holds the port.
    LINK_HELD_BY_OTHER = Link/HeldByOther: Error, "L-13", SoftwareError, Machine, Some(Notice::NoSlip),
        "Porta printer dipakai program lain. Mesin memulai ulang layanannya.",
        "EBUSY atau TIOCEXCL. Cari program yang memegang porta: fuser -v.";
    /// The port may not be opened by this user.
    LINK_PERMISSION = Link/Permission: Error, "L-14", Configuration, Technician, Some(Notice::NoSlip),
        "Mesin tidak diizinkan memakai printer. Hubungi teknisi.",
        "EACCES. Periksa grup klampid dan 70-klampid.rules.";
    /// What answers at the port is not the configured model.
    LINK_FOREIGN = Link/Foreign: Error, "L-15", Configuration, Technician, Some(Notice::NoSlip),
        "Alat di porta printer bukan printer yang disetel. Hubungi teknisi.",
        "Yang menjawab bukan model atau UUID yang disetel. Periksa kabel, alamat, atau profilnya.";
    /// The answers are rubbish: wrong speed, bad cable, or another device.
    LINK_NOISE = Link/Noise: Warning, "L-16", Reset, Machine, None,
        "Jawaban printer tidak terbaca. Mesin mencoba lagi.",
        "Byte tak dikenal berulang. Periksa baud, paritas, kabel, atau alat lain di porta.";
    /// The device stays silent although it was reset as often as is allowed.
    LINK_LOST = Link/Absent: Error, "L-17", Maintenance, Technician, None,
        "Alat tidak menjawab walau sudah dicoba dipulihkan. Periksa kabel dan dayanya, lalu hubungi teknisi.",
        "Tetap diam setelah dua kali reset. Periksa daya, kabel, hub; lalu klampid-probe status.";
    /// No document lies in the scanner.
    FEEDER_EMPTY = Feeder/Empty: Info, "S-11", Resident, Resident, Some(Notice::LayPaper),
        "Belum ada kertas di pemindai.",
        "SANE NO_DOCS atau eSCL ScannerAdfEmpty.";
    /// Paper is stuck in the scanner.
    PATH_JAMMED = Path/Jammed: Error, "S-12", Clear, Staff, Some(Notice::NoScanner),
        "Kertas tersangkut di pemindai. Buka, tarik pelan, tutup lagi.",
        "SANE JAMMED atau eSCL ScannerAdfJam. Bersihkan rol bila sering.";
    /// The scanner's cover is open.
    LID_OPEN = Glass/Open: Error, "S-13", Resident, Resident, Some(Notice::CloseLid),
        "Tutup pemindai terbuka. Tutup kembali.",
        "SANE COVER_OPEN atau eSCL ScannerAdfHatchOpen.";
    /// Two sheets went in at once, so a page is missing.
    FEEDER_DOUBLE_FEED = Feeder/DoubleFeed: Error, "S-14", Resident, Resident, Some(Notice::LayAgain),
        "Dua lembar masuk bersamaan. Pisahkan, lalu pindai lagi.",
        "Sensor ganda aktif. Bersihkan bantalan pemisah bila sering.";
    /// The scanner's lamp warms up.
    LAMP_WARMING = Lamp/Warming: Warning, "S-15", Suspend, Nobody, Some(Notice::WaitScanner),
        "Lampu pemindai masih memanas. Tunggu sebentar.",
        "Perangkat menjawab sibuk sewaktu menyala; pulih sendiri.";
    /// Another program holds the scanner.
    SCANNER_HELD_BY_OTHER = Scanner/HeldByOther: Warning, "S-21", Suspend, Nobody, Some(Notice::WaitScanner),
        "Pemindai sedang dipakai. Tunggu sebentar.",
        "SANE DEVICE_BUSY. Cari program lain yang memegangnya.";
    /// No scanner answers to the configured name.
    SCANNER_ABSENT = Scanner/Absent: Error, "S-22", Configuration, Technician, Some(Notice::NoScanner),
        "Pemindai tidak ditemukan. Periksa kabel dan dayanya, lalu hubungi teknisi.",
        "Nama alat tidak menjawab. Bandingkan dengan klampid-probe list.";
    /// The scanner reports an input or output fault.
    SCANNER_INOPERATIVE = Scanner/Inoperative: Error, "S-23", Maintenance, Technician, Some(Notice::NoScanner),
        "Pemindai rusak. Hubungi teknisi.",
        "Galat masukan-keluaran atau waktu habis. Matikan, nyalakan, coba klampid-probe scan.";
    /// The scanner program does not end even when killed.
    SCANNER_ABANDONED = Scanner/Abandoned: Error, "S-24", SoftwareError, Machine, Some(Notice::NoScanner),
        "Program pemindai macet. Mesin memulai ulang layanannya.",
        "Proses tidak mati setelah SIGKILL: tertahan di kernel. Cabut USB atau mulai ulang mesin.";
    /// The scanner program or its arguments are wrong.
    SCANNER_MISCONFIGURED = Scanner/Misconfigured: Error, "S-25", Configuration, Technician, Some(Notice::NoScanner),
        "Setelan pemindai salah. Hubungi teknisi.",
        "scanimage menolak argumen, atau program tidak ada. Periksa [scanner] di kiosk.toml.";
    /// The device may not be used by this user.
    ACCESS_PERMISSION = Access/Permission: Error, "S-31", Configuration, Technician, Some(Notice::NoScanner),
        "Mesin tidak diizinkan memakai pemindai. Hubungi teknisi.",
        "SANE ACCESS_DENIED atau HTTP 401/403. Periksa grup scanner dan udev.";
    /// The scanner ran out of memory.
    OUTPUT_NO_MEMORY = Output/NoMemory: Error, "S-32", Reset, Machine, Some(Notice::NoScanner),
        "Pemindai kehabisan memori. Mesin mencoba lagi.",
        "SANE NO_MEM. Turunkan resolusi bila berulang.";
    /// A picture came broken; the next one may be whole.
    DATA_CORRUPT = Data/Corrupt: Warning, "S-33", Reset, Machine, Some(Notice::LayAgain),
        "Gambar datang tidak utuh. Pindai lagi.",
        "Gambar terpotong atau bukan gambar. Periksa kabel USB dan versi backend.";
    /// No camera at the configured place.
    CAMERA_ABSENT = Camera/Absent: Error, "C-11", Maintenance, Technician, Some(Notice::NoCamera),
        "Kamera tidak ditemukan. Periksa kabelnya, lalu hubungi teknisi.",
        "Tidak ada simpul di tempat yang disetel. Bandingkan dengan klampid-probe list.";
    /// Another program holds the camera.
    CAMERA_HELD_BY_OTHER = Camera/HeldByOther: Error, "C-12", SoftwareError, Machine, Some(Notice::NoCamera),
        "Kamera dipakai program lain. Mesin memulai ulang layanannya.",
        "EBUSY. Cari pemegangnya: fuser -v /dev/video*.";
    /// The camera reports an input or output fault.
    CAMERA_INOPERATIVE = Camera/Inoperative: Error, "C-13", Maintenance, Technician, Some(Notice::NoCamera),
        "Kamera rusak. Hubungi teknisi.",
        "Galat masukan-keluaran V4L2. Ganti porta USB; bila tetap, ganti kamera.";
    /// The camera may not be opened by this user.
    CAMERA_PERMISSION = Camera/Permission: Error, "C-14", Configuration, Technician, Some(Notice::NoCamera),
        "Mesin tidak diizinkan memakai kamera. Hubungi teknisi.",
        "EACCES. Periksa grup video.";
    /// The camera offers none of the formats we can use.
    CAMERA_MISCONFIGURED = Camera/Misconfigured: Error, "C-15", Configuration, Technician, Some(Notice::NoCamera),
        "Format kamera tidak cocok. Hubungi teknisi.",
        "Tidak satu pun format MJPG, YUYV, NV12, GRAY dengan laju bulat diterima.";
    /// No frame for longer than the stall limit.
    STREAM_STALLED = Stream/Stalled: Error, "C-21", Reset, Machine, Some(Notice::WaitCamera),
        "Gambar kamera berhenti. Mesin menyalakannya ulang.",
        "Tidak ada bingkai selama satu detik. Periksa beban USB dan panjang kabel.";
    /// The same picture comes again and again.
    STREAM_FROZEN = Stream/Frozen: Error, "C-23", Reset, Machine, Some(Notice::WaitCamera),
        "Gambar kamera membeku. Mesin menyalakannya ulang.",
        "Bingkai yang sama persis berulang. Perbarui firmware atau ganti kamera bila sering.";
    /// The camera sees nothing but darkness while the room is lit: the lens is covered.
    LENS_COVERED = Camera/Covered: Warning, "C-31", Clear, Staff, Some(Notice::NoCamera),
        "Lensa kamera tertutup. Buka penutup atau bersihkan lensanya.",
        "Gambar hitam tanpa bentuk selama beberapa detik.";
    /// No sheet is in the tray of the A4 printer.
    TRAY_OUT = Tray/Out: Error, "A-11", Clear, Staff, None,
        "Kertas A4 habis. Isi bakinya.",
        "IPP media-empty atau media-needed. Bila baki terisi, periksa sensor dan ukuran A4.";
    /// The tray of the A4 printer is nearly empty.
    TRAY_LOW = Tray/Low: Warning, "A-12", Clear, Staff, None,
        "Kertas A4 hampir habis. Siapkan kertas.",
        "IPP media-low. Ambang diatur pada printer.";
    /// A sheet is stuck in the A4 printer.
    SHEET_JAMMED = Sheet/Jammed: Error, "A-13", Clear, Staff, None,
        "Kertas A4 tersangkut. Buka printer dan tarik pelan.",
        "IPP media-jam. Periksa rol penarik bila sering.";
    /// A door of the A4 printer is open.
    SHEET_DOOR_OPEN = Sheet/Open: Error, "A-14", Clear, Staff, None,
        "Pintu printer A4 terbuka. Tutup kembali.",
        "IPP door-open, cover-open, atau interlock-open.";
    /// The output of the A4 printer is full.
    BIN_FULL = Bin/Full: Error, "A-15", Clear, Staff, None,
        "Baki keluar printer A4 penuh. Ambil kertasnya.",
        "IPP output-area-full. Periksa tuas sensor baki keluar.";
    /// Toner or ink of the A4 printer runs low.
    TONER_LOW = Toner/Low: Warning, "A-21", Clear, Staff, None,
        "Tinta printer A4 hampir habis. Siapkan gantinya.",
        "IPP toner-low atau marker-supply-low. Catat nomor kasetnya.";
    /// Toner or ink of the A4 printer is used up.
    TONER_OUT = Toner/Out: Error, "A-22", Clear, Staff, None,
        "Tinta printer A4 habis. Ganti.",
        "IPP toner-empty atau marker-supply-empty.";
    /// The A4 printer was paused by hand.
    SHEET_STOPPED = Sheet/Stopped: Error, "A-31", Clear, Staff, None,
        "Printer A4 dijeda. Tekan tombol lanjut pada printer.",
        "IPP paused. Lanjutkan dari panel atau dari CUPS.";
    /// The A4 printer does not answer at its address.
    SHEET_ABSENT = Sheet/Absent: Error, "A-32", Maintenance, Technician, None,
        "Printer A4 tidak menjawab. Periksa daya dan kabel jaringannya.",
        "Tidak ada sambungan ke alamat IPP. Periksa alamat, DHCP, dan sakelar jaringan.";
    /// The A4 printer refuses its address, the kind of document or the user.
    SHEET_MISCONFIGURED = Sheet/Misconfigured: Error, "A-33", Configuration, Technician, None,
        "Setelan printer A4 salah. Hubungi teknisi.",
        "Jalur, format dokumen, atau hak ditolak. Periksa URI dan document-format-supported.";
    /// The A4 printer reports a fault of its own.
    SHEET_INOPERATIVE = Sheet/Inoperative: Error, "A-34", Maintenance, Technician, None,
        "Printer A4 rusak. Hubungi teknisi.",
        "IPP melaporkan kesalahan yang tidak dikenal atau other-error.";
    /// No code reader at the configured place.
    READER_ABSENT = Reader/Absent: Error, "R-11", Maintenance, Technician, Some(Notice::UseCamera),
        "Pembaca kode tidak ditemukan. Periksa kabelnya.",
        "Tidak ada simpul di tempat yang disetel. Bandingkan dengan klampid-probe list.";
    /// Another program holds the code reader.
    READER_HELD_BY_OTHER = Reader/HeldByOther: Error, "R-12", SoftwareError, Machine, Some(Notice::UseCamera),
        "Pembaca kode dipakai program lain. Mesin memulai ulang layanannya.",
        "EVIOCGRAB atau porta ditolak. Cari program lain yang memegangnya.";
    /// The code reader may not be opened by this user.
    READER_PERMISSION = Reader/Permission: Error, "R-13", Configuration, Technician, Some(Notice::UseCamera),
        "Mesin tidak diizinkan memakai pembaca kode. Hubungi teknisi.",
        "EACCES. Periksa grup input atau dialout.";
    /// The code reader sends what no code contains: a wrong mode or speed.
    READER_NOISE = Reader/Noise: Warning, "R-14", Configuration, Technician, Some(Notice::UseCamera),
        "Pembaca kode salah setelan. Hubungi teknisi.",
        "Isi bukan kode: mode, kecepatan, atau tata letak papan tombol salah.";
    /// The device at the configured place is no code reader, or cannot be set up.
    READER_UNUSABLE = Reader/Misconfigured: Error, "R-15", Configuration, Technician, Some(Notice::UseCamera),
        "Pembaca kode belum disetel. Hubungi teknisi.",
        "Alat di tempat itu bukan pembaca kode, atau tidak dapat dibuka. Bandingkan dengan klampid-probe list.";
    /// Too many camera threads are stuck in the operating system; only a restart of the service frees them.
    STREAM_ABANDONED = Stream/Abandoned: Error, "C-22", SoftwareError, Machine, Some(Notice::NoCamera),
        "Kamera macet berulang kali. Mesin memulai ulang layanannya.",
        "Proses kamera tidak mati setelah SIGKILL. Cabut USB atau mulai ulang mesin.";
}

impl Condition {
    /// The part it is about.
    pub fn part(self) -> Part {
        self.part
    }

    /// What is the matter.
    pub fn reason(self) -> Reason {
        self.reason
    }

    /// Its row in [`TABLE`].
    pub fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.condition == self).expect("conditions are made only by the macro that also makes the table")
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}/{:?})", self.row().staff_code, self.part, self.reason)
    }
}
