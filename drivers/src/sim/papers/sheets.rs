//! Drawn A4 papers: a letter, a filled-in form, a family table, an empty back. Invented people, stamped SPESIMEN.
//!
//! They look like papers and copy none. The rule a newcomer would break: no real name and no real number; the serial part of
//! every NIK is 0000.

use super::canvas::{Canvas, Colour, Pen, RectMm};
use super::dice::Dice;

/// 200 dpi, rounded: finer than any camera picture of the ladder.
pub(super) const SHEET_PX_PER_MM: f32 = 8.0;
const PAPER: Colour = [243, 242, 238];
const BLUE_INK: Colour = [38, 52, 120];

const WORDS: [&str; 24] = [
    "bahwa",
    "yang",
    "bersangkutan",
    "benar",
    "warga",
    "kelurahan",
    "kami",
    "berdasarkan",
    "surat",
    "pengantar",
    "ketua",
    "rukun",
    "tetangga",
    "dan",
    "keterangan",
    "ini",
    "dibuat",
    "untuk",
    "dipergunakan",
    "sebagaimana",
    "mestinya",
    "keperluan",
    "administrasi",
    "kependudukan",
];
const NAMES: [&str; 8] =
    ["SITI CONTOH", "BUDI SPESIMEN", "RINA MISALWATI", "AGUS UMPAMA", "DEWI TELADAN", "JOKO PERUMPAMAAN", "TRI ANDAIKATA", "WATI SEUMPAMA"];

pub(super) fn name(dice: &mut Dice) -> &'static str {
    dice.pick::<&'static str>(&NAMES)
}

/// Surabaya's own first digits, an invented birthday, serial 0000.
pub(super) fn nik(dice: &mut Dice) -> String {
    format!("3578{:02}{:02}{:02}{:02}0000", 1 + dice.next() % 31, 1 + dice.next() % 28, 1 + dice.next() % 12, dice.next() % 100)
}

pub(super) fn letter(dice: &mut Dice) -> Canvas {
    let mut sheet = Canvas::new(210.0, 297.0, SHEET_PX_PER_MM, PAPER);
    stamp(&mut sheet, 105.0, 150.0, 22.0);
    sheet.centred(105.0, 16.0, "PEMERINTAH KOTA SURABAYA", Pen::heavy(5.6));
    sheet.centred(105.0, 23.0, "KELURAHAN CONTOH JAYA", Pen::heavy(6.6));
    sheet.centred(105.0, 31.0, "Jalan Umpama Nomor 1, Surabaya 60000", Pen::plain(4.0));
    sheet.rule(20.0, 38.0, 170.0, 0.9, super::canvas::BLACK);
    sheet.centred(105.0, 46.0, "SURAT KETERANGAN", Pen::heavy(5.6));
    sheet.centred(105.0, 53.0, "Nomor 470/0000/SPESIMEN/2026", Pen::plain(4.2));
    let mut top = 66.0;
    for (label, value) in
        [("Nama", name(dice).to_owned()), ("NIK", nik(dice)), ("Alamat", "Jalan Contoh Gang 2 Nomor 7".into()), ("Pekerjaan", "Wiraswasta".into())]
    {
        sheet.text(25.0, top, label, Pen::plain(4.3));
        sheet.text(62.0, top, &format!(": {value}"), Pen::plain(4.3));
        top += 7.0;
    }
    let lines = 18 + dice.next() % 9;
    top += 5.0;
    for line in 0..lines {
        paragraph_line(&mut sheet, dice, top, if line % 7 == 6 { 90.0 } else { 168.0 });
        top += if line % 7 == 6 { 9.5 } else { 6.2 };
    }
    let place = top.min(240.0) + 6.0;
    sheet.text(125.0, place, "Surabaya, 23 November 2026", Pen::plain(4.3));
    sheet.text(125.0, place + 6.0, "Lurah Contoh Jaya", Pen::plain(4.3));
    signature(&mut sheet, dice, 128.0, place + 14.0);
    sheet.text(125.0, place + 30.0, name(dice), Pen::heavy(4.3));
    sheet
}

pub(super) fn form(dice: &mut Dice) -> Canvas {
    let mut sheet = Canvas::new(210.0, 297.0, SHEET_PX_PER_MM, PAPER);
    stamp(&mut sheet, 110.0, 180.0, 20.0);
    sheet.text(160.0, 10.0, "SPESIMEN F-1.00", Pen::plain(4.2));
    sheet.centred(105.0, 20.0, "FORMULIR PERMOHONAN CONTOH", Pen::heavy(6.0));
    let mut top = 34.0;
    for (index, label) in ["Nama lengkap", "NIK", "Nomor KK", "Tempat lahir", "Tanggal lahir", "Alamat", "RT dan RW", "Kelurahan"].into_iter().enumerate() {
        sheet.text(18.0, top + 1.2, &format!("{}. {label}", index + 1), Pen::plain(4.1));
        let value = if index == 1 || index == 2 { nik(dice) } else { name(dice).to_owned() };
        for (cell, letter) in value.chars().chain(std::iter::repeat(' ')).take(21).enumerate() {
            let left = 62.0 + cell as f32 * 6.3;
            sheet.frame(RectMm { left, top, width: 6.3, height: 7.0 }, 0.25, [90, 90, 96]);
            if letter != ' ' {
                sheet.text(left + 1.5, top + 0.9, &letter.to_string(), Pen { em_mm: 5.0, bold: false, colour: BLUE_INK });
            }
        }
        top += 11.0;
    }
    for row in 0..9 {
        sheet.frame(RectMm { left: 18.0, top: top + 6.0 + row as f32 * 10.0, width: 172.0, height: 10.3 }, 0.3, [60, 60, 64]);
        sheet.text(20.0, top + 8.4 + row as f32 * 10.0, *dice.pick(&["Surat pengantar", "Kartu keluarga", "Akta kelahiran", "Surat kuasa"]), Pen::plain(4.1));
        let written = Pen { em_mm: 4.6, bold: false, colour: BLUE_INK };
        sheet.text(100.0, top + 8.2 + row as f32 * 10.0, *dice.pick(&["ada, asli", "fotokopi", "menyusul", "tidak ada"]), written);
    }
    sheet.text(130.0, top + 106.0, "Pemohon,", Pen::plain(4.2));
    signature(&mut sheet, dice, 130.0, top + 114.0);
    sheet.text(130.0, top + 128.0, name(dice), Pen::plain(4.2));
    sheet
}

/// A family table: A4 lying on its side, small capitals in ruled columns.
pub(super) fn table(dice: &mut Dice) -> Canvas {
    let mut sheet = Canvas::new(297.0, 210.0, SHEET_PX_PER_MM, [238, 243, 244]);
    sheet.paint(|x, y, under| {
        let wave = ((x * 0.9).sin() * 3.0 + y * 1.4).sin();
        if wave > 0.93 { [226, 236, 240] } else { under }
    });
    stamp(&mut sheet, 150.0, 110.0, 22.0);
    sheet.centred(148.0, 10.0, "KARTU KELUARGA", Pen::heavy(9.0));
    sheet.centred(148.0, 20.0, &format!("No. {}", nik(dice)), Pen::heavy(6.0));
    for (index, label) in ["Nama Kepala Keluarga", "Alamat", "RT/RW", "Kode Pos"].into_iter().enumerate() {
        let top = 31.0 + index as f32 * 5.4;
        sheet.text(14.0, top, label, Pen::plain(3.8));
        sheet.text(60.0, top, &format!(": {}", if index == 0 { name(dice) } else { "CONTOH JAYA 001/002" }), Pen::plain(3.8));
    }
    let columns = [14.0, 22.0, 72.0, 114.0, 138.0, 170.0, 196.0, 230.0, 283.0];
    let heads = ["No", "Nama Lengkap", "NIK", "Jenis", "Tempat Lahir", "Tanggal", "Agama", "Pendidikan dan pekerjaan"];
    for (block, start) in [(0, 56.0), (1, 118.0)] {
        for row in 0..9 {
            let top = start + row as f32 * 6.2;
            sheet.rule(14.0, top, 269.0, 0.25, [50, 60, 70]);
            for (column, left) in columns[..8].iter().enumerate() {
                let value = match (row, column) {
                    (0, _) => heads[column].to_owned(),
                    (_, 0) => row.to_string(),
                    (_, 1) => name(dice).to_owned(),
                    (_, 2) => nik(dice),
                    (_, 5) => format!("{:02}-{:02}-{}", 1 + dice.next() % 28, 1 + dice.next() % 12, 1950 + dice.next() % 70),
                    _ => (*dice.pick(&["CONTOH", "SURABAYA", "MISAL", "UMPAMA"])).to_owned(),
                };
                if row < 6 + block || column == 0 {
                    sheet.text(left + 1.0, top + 1.1, &value, if row == 0 { Pen::heavy(3.5) } else { Pen::plain(3.7) });
                }
            }
        }
        sheet.rule(14.0, start + 9.0 * 6.2, 269.0, 0.25, [50, 60, 70]);
        for left in columns {
            sheet.rule(left, start, 0.25, 9.0 * 6.2, [50, 60, 70]);
        }
    }
    sheet.text(20.0, 180.0, "Dikeluarkan tanggal: 23-11-2026", Pen::plain(3.8));
    sheet.text(215.0, 180.0, "KEPALA DINAS CONTOH", Pen::plain(3.8));
    signature(&mut sheet, dice, 218.0, 186.0);
    sheet.text(215.0, 198.0, name(dice), Pen::plain(3.8));
    sheet
}

/// The empty back of a printed sheet: the front shows through, mirrored and faint.
pub(super) fn back(dice: &mut Dice) -> Canvas {
    let front = letter(dice);
    let mut sheet = Canvas::new(210.0, 297.0, SHEET_PX_PER_MM, PAPER);
    let width = front.picture.width();
    for (x, y, dot) in sheet.picture.enumerate_pixels_mut() {
        let through = front.picture.get_pixel(width - 1 - x, y).0;
        for (under, ink) in dot.0.iter_mut().zip(through) {
            *under = under.saturating_sub((255 - ink) / 48);
        }
    }
    sheet
}

fn paragraph_line(sheet: &mut Canvas, dice: &mut Dice, top: f32, width_mm: f32) {
    let pen = Pen::plain(4.3);
    let mut line = String::new();
    loop {
        let word = *dice.pick(&WORDS);
        if sheet.width_mm(&format!("{line} {word}"), pen) > width_mm - 3.0 {
            break;
        }
        line.push_str(word);
        line.push(' ');
    }
    sheet.text(22.0, top, line.trim_end(), pen);
}

/// SPESIMEN across the page, pale enough that the text over it stays legible.
fn stamp(sheet: &mut Canvas, middle: f32, top: f32, em_mm: f32) {
    let pen = Pen { em_mm, bold: true, colour: [226, 218, 218] };
    let wide = sheet.width_mm("SPESIMEN", pen);
    sheet.letters(middle - wide / 2.0, top, "SPESIMEN", pen);
}

/// A loop of a ball pen; nobody's.
fn signature(sheet: &mut Canvas, dice: &mut Dice, left: f32, top: f32) {
    let (wild, phase) = (dice.between(1.5, 3.0), dice.between(0.0, 6.0));
    for step in 0..600 {
        let t = step as f32 / 600.0;
        let x = left + t * 30.0 + (t * 28.0 + phase).sin() * wild;
        let y = top + 5.0 + (t * 33.0).cos() * (4.5 - 3.0 * t);
        sheet.rule(x, y, 0.35, 0.35, BLUE_INK);
    }
}
