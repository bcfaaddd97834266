//! The command line: commands, options, help, and what is said about a wrong one, in Indonesian.
//!
//! It touches no device. The rule a newcomer would break: a new command gets a time limit in [`Arguments::limit`] and a line in
//! the help; the exit codes in [`EXIT_CODES`] are a promise to scripts.

use crate::report::{Failure, Report};
use clap::error::{ContextKind, ErrorKind};
use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, value_parser};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

const TOP: &str = "{about}\n\nPemakaian: {usage}\n\nPerintah:\n{subcommands}\n\nPilihan:\n{options}{after-help}";
const BELOW: &str = "{about}\n\nPemakaian: {usage}\n\nIsian:\n{positionals}\n\nPilihan:\n{options}{after-help}";
const EXIT_CODES: &str = "Alamat alat, sama dengan kata di kiosk.toml:
  serial:/dev/serial/by-id/…   usb:auto   usb:04b8:0e15[:SERI|@PORTA]   tcp:host:9100      printer struk (dengan --profile)
  sane:NAMA   escl:http://host/eSCL   folder:JALUR                                        pemindai
  camera:/dev/v4l/by-id/…   camera:bus:1-2                                                kamera
  ipp://host/ipp/print                                                                    printer A4
  reader-serial:/dev/serial/by-id/…   reader-keys:/dev/input/by-id/…-event-kbd            pembaca kode
  file:JALUR                                                                              gambar (untuk decode)

Kode keluar:
   0 berhasil                      1 perintah atau berkas isian salah   2 klampid-probe sendiri gagal
  10 dibatalkan                   11 batas waktu habis, alat diam      12 alat tidak ada, tidak siap, dipakai program lain
  13 alat rusak                   14 program pembantu gagal            15 perlu orang: kertas, tutup, tersangkut
  16 alat tidak bisa (juga: hasil cetak tidak dapat dipastikan)        17 isi tidak diterima alat
  18 setelan atau isi salah       19 urutan salah                      20 tempat atau memori tidak cukup
  21 tidak diizinkan              22 alat diganggu";

/// Berbicara dengan satu alat dari terminal, tanpa kios.
#[derive(Debug, Parser)]
#[command(name = "klampid-probe", version, disable_help_flag = true, disable_version_flag = true, disable_help_subcommand = true, subcommand_value_name = "PERINTAH", after_help = EXIT_CODES)]
pub struct Arguments {
    /// Satu baris JSON per laporan, nama isian dalam bahasa Inggris.
    #[arg(long, global = true)]
    pub json: bool,
    /// Batas waktu perintah, dalam detik.
    #[arg(long, global = true, value_name = "DETIK", value_parser = value_parser!(u64).range(1..=3600))]
    pub batas_detik: Option<u64>,
    /// Bantuan ini.
    #[arg(short = 'h', long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Semua alat yang terlihat, dengan alamatnya.
    List {
        /// Lama mencari pemindai dan printer di jaringan; 0 tidak mencari. Bawaan 4.
        #[arg(long, value_name = "DETIK", default_value_t = 4, hide_default_value = true, value_parser = value_parser!(u64).range(0..=60))]
        cari_detik: u64,
    },
    /// Keadaan satu alat: empat lapis, dengan kode dan kata untuk petugas dan teknisi.
    Status(StatusArguments),
    /// Mencetak halaman uji ("test") atau sebuah teks pada printer struk.
    Print {
        /// Alamat printer struk.
        #[arg(value_name = "ALAT")]
        device: String,
        /// Kata "test", atau teks yang dicetak.
        #[arg(value_name = "ISI")]
        what: String,
        #[command(flatten)]
        profile: ProfileArgument,
    },
    /// Memindai halaman, menilainya, dan menyimpannya.
    Scan(ScanArguments),
    /// Mengambil satu gambar dari kamera.
    Grab {
        /// Alamat kamera.
        #[arg(value_name = "ALAT")]
        device: String,
        /// Berkas JPEG yang ditulis.
        #[arg(value_name = "BERKAS")]
        out: PathBuf,
        /// Nilai gambarnya: a4, card, any.
        #[arg(long, value_name = "KERTAS", hide_possible_values = true)]
        coach: Option<Coach>,
    },
    /// Membaca kode QR dari kamera, pembaca kode, atau berkas gambar.
    Decode {
        /// Alamat kamera, pembaca kode, atau file:JALUR.
        #[arg(value_name = "ALAT")]
        device: String,
        /// Tampilkan isinya. Tanpa ini hanya panjang dan sidiknya.
        #[arg(long)]
        show: bool,
    },
    /// Mencetak PDF pada printer A4 (IPP) dan mengikutinya sampai selesai.
    Sheet {
        /// Alamat printer A4.
        #[arg(value_name = "ALAT")]
        device: String,
        /// Berkas PDF.
        #[arg(value_name = "BERKAS")]
        file: PathBuf,
        /// Sertifikat printer (PEM); tanpa ini siapa pun di alamat itu dipercaya.
        #[arg(long, value_name = "BERKAS")]
        cert: Option<PathBuf>,
    },
    /// Membandingkan sebuah nomor dengan yang tertulis pada gambar.
    ReadNumber {
        /// Berkas gambar.
        #[arg(value_name = "BERKAS")]
        file: PathBuf,
        /// Nomornya, atau "-" untuk dibaca dari masukan baku.
        #[arg(value_name = "NOMOR")]
        digits: String,
        /// Tampilkan nomor yang terbaca.
        #[arg(long)]
        show: bool,
    },
    /// Tabel semua keadaan alat dengan kata-katanya.
    Conditions {
        /// Sebagai tabel Markdown.
        #[arg(long)]
        markdown: bool,
    },
    /// The process of a camera's driver; started by this program.
    #[command(hide = true, name = "camera-child")]
    CameraChild { args: Vec<OsString> },
}

#[derive(Debug, Args)]
pub struct StatusArguments {
    /// Alamat alat.
    #[arg(value_name = "ALAT")]
    pub device: String,
    #[command(flatten)]
    pub profile: ProfileArgument,
    /// Terus melihat dan menulis setiap perubahan, sampai ctrl-c.
    #[arg(long)]
    pub watch: bool,
    /// Lama melihat, dalam detik.
    #[arg(long = "for", value_name = "DETIK", requires = "watch", value_parser = value_parser!(u64).range(1..=86_400))]
    pub for_secs: Option<u64>,
}

#[derive(Debug, Args)]
pub struct ProfileArgument {
    /// Profil model printer struk, dari config/printers/.
    #[arg(long, value_name = "BERKAS")]
    pub profile: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ScanArguments {
    /// Alamat pemindai atau kamera.
    #[arg(value_name = "ALAT")]
    pub device: String,
    /// Halaman paling banyak. Bawaan 1.
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true, value_parser = value_parser!(u16).range(1..=60))]
    pub pages: u16,
    /// Berkas JPEG; %d menjadi nomor halaman.
    #[arg(long, value_name = "BERKAS", conflicts_with = "pdf")]
    pub out: Option<PathBuf>,
    /// Satu berkas PDF.
    #[arg(long, value_name = "BERKAS")]
    pub pdf: Option<PathBuf>,
    /// Byte paling banyak untuk PDF atau untuk satu JPEG. Bawaan 2000000.
    #[arg(long, value_name = "BYTE", value_parser = value_parser!(u64).range(10_000..=100_000_000))]
    pub byte_max: Option<u64>,
    /// Nilai gambarnya: a4, card, any.
    #[arg(long, value_name = "KERTAS", hide_possible_values = true)]
    pub coach: Option<Coach>,
    /// Dari mana: automatic, glass, feeder, duplex. Bawaan automatic.
    #[arg(long, value_name = "ASAL", default_value = "automatic", hide_default_value = true, hide_possible_values = true)]
    pub source: SourceWord,
    /// Titik per inci. Bawaan 300.
    #[arg(long, default_value_t = 300, hide_default_value = true, value_name = "N", value_parser = value_parser!(u32).range(50..=1200))]
    pub dpi: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Coach {
    A4,
    Card,
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SourceWord {
    Automatic,
    Glass,
    Feeder,
    Duplex,
}

impl Arguments {
    /// For the whole command, its own limits included.
    pub fn limit(&self) -> Duration {
        let secs = match &self.command {
            Command::Status(StatusArguments { watch: true, for_secs, .. }) => return for_secs.map_or(Duration::MAX, Duration::from_secs),
            Command::Conditions { .. } | Command::CameraChild { .. } => 10,
            Command::Status(_) => 15,
            Command::Grab { .. } | Command::ReadNumber { .. } => 20,
            Command::List { .. } | Command::Decode { .. } => 30,
            Command::Print { .. } | Command::Scan(_) => 90,
            Command::Sheet { .. } => 240,
        };
        Duration::from_secs(self.batas_detik.unwrap_or(secs))
    }
}

/// Why there are no arguments.
pub enum Refusal {
    /// They asked for help.
    Help(String),
    /// They are wrong.
    Wrong { report: Report, json: bool },
}

/// Reads the command line.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, Refusal> {
    let words: Vec<OsString> = words.into_iter().collect();
    let parser = Arguments::command().help_template(TOP).mut_subcommands(|command| command.help_template(BELOW).disable_help_flag(true));
    let refused = |fault: clap::Error| {
        if fault.kind() == ErrorKind::DisplayHelp {
            return Refusal::Help(fault.render().to_string());
        }
        let json = words.iter().any(|word| word == "--json");
        Refusal::Wrong { report: Failure::wrong(explained(&fault)).into(), json }
    };
    let mut matches = parser.try_get_matches_from(&words).map_err(refused)?;
    Arguments::from_arg_matches_mut(&mut matches).map_err(refused)
}

fn explained(fault: &clap::Error) -> String {
    let part = |kind: ContextKind| fault.get(kind).map(ToString::to_string).unwrap_or_default();
    let what = match fault.kind() {
        ErrorKind::UnknownArgument => format!("Pilihan atau isian \"{}\" tidak dikenal.", part(ContextKind::InvalidArg)),
        ErrorKind::InvalidSubcommand => format!("Perintah \"{}\" tidak dikenal.", part(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "Sebutkan satu perintah.".into(),
        ErrorKind::MissingRequiredArgument => format!("Kurang: {}.", part(ContextKind::InvalidArg)),
        ErrorKind::InvalidValue if part(ContextKind::InvalidValue).is_empty() => format!("{} perlu nilai.", part(ContextKind::InvalidArg)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("Nilai \"{}\" untuk {} salah.", part(ContextKind::InvalidValue), part(ContextKind::InvalidArg))
        }
        ErrorKind::ArgumentConflict => format!("{} tidak bisa bersama {}.", part(ContextKind::InvalidArg), part(ContextKind::PriorArg)),
        _ => "Susunan perintah salah.".into(),
    };
    format!("{what} Lihat: klampid-probe --help")
}
