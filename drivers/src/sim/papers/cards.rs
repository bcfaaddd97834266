//! Drawn cards of ID-1 size (ISO/IEC 7810: 85.60 x 53.98 mm): a front with text and portrait, a back with an emblem.
//!
//! They resemble a KTP in layout and colour only and are stamped SPESIMEN. The corners are square, since the ladder asks for
//! the corners of the outline; a real card's corners are round by 3 mm.

use super::canvas::{Canvas, Pen, RectMm};
use super::dice::Dice;
use super::sheets::{name, nik};

const CARD_PX_PER_MM: f32 = 14.0;
pub(super) const CARD_MM: (f32, f32) = (85.6, 53.98);

fn base() -> Canvas {
    let mut card = Canvas::new(CARD_MM.0, CARD_MM.1, CARD_PX_PER_MM, [176, 207, 226]);
    card.paint(|x, y, _| {
        let shade = 1.0 - 0.10 * (y / CARD_MM.1) + 0.03 * ((x * 0.21).sin() + (y * 0.33).cos());
        let guilloche = ((x * 1.1 + (y * 0.9).sin() * 2.2).sin() * (y * 1.3 + (x * 0.7).cos() * 2.0).cos()).abs();
        let line = if guilloche < 0.05 { 0.93 } else { 1.0 };
        [(172.0 * shade * line) as u8, (205.0 * shade * line) as u8, (226.0 * shade * line).min(255.0) as u8]
    });
    card
}

pub(super) fn front(dice: &mut Dice) -> Canvas {
    let mut card = base();
    card.letters(14.0, 27.0, "SPESIMEN", Pen { em_mm: 10.0, bold: true, colour: [160, 190, 210] });
    card.centred(42.8, 2.2, "PROVINSI JAWA TIMUR", Pen::heavy(3.2));
    card.centred(42.8, 5.4, "KOTA SURABAYA", Pen::heavy(3.2));
    card.text(3.0, 9.6, &format!("NIK : {}", nik(dice)), Pen::heavy(4.2));
    let birthday = format!("SURABAYA, {:02}-{:02}-{}", 1 + dice.next() % 28, 1 + dice.next() % 12, 1950 + dice.next() % 55);
    let lines = [
        ("Nama", name(dice).to_owned()),
        ("Tempat/Tgl Lahir", birthday),
        ("Jenis Kelamin", (*dice.pick(&["LAKI-LAKI", "PEREMPUAN"])).into()),
        ("Alamat", "JL. CONTOH GANG 2 NO. 7".into()),
        ("   RT/RW", "001/002".into()),
        ("   Kel/Desa", "CONTOH JAYA".into()),
        ("   Kecamatan", "UMPAMA".into()),
        ("Agama", "ISLAM".into()),
        ("Status Perkawinan", (*dice.pick(&["KAWIN", "BELUM KAWIN"])).into()),
        ("Pekerjaan", "WIRASWASTA".into()),
        ("Kewarganegaraan", "WNI".into()),
        ("Berlaku Hingga", "SEUMUR HIDUP".into()),
    ];
    for (row, (label, value)) in lines.into_iter().enumerate() {
        let top = 14.8 + row as f32 * 3.1;
        card.text(3.0, top, label, Pen::plain(2.6));
        card.text(24.5, top, &format!(": {value}"), Pen::plain(2.6));
    }
    portrait(&mut card, dice);
    card.text(62.5, 43.5, "KOTA SURABAYA", Pen::plain(2.2));
    card.text(65.0, 46.0, "23-11-2026", Pen::plain(2.2));
    card
}

/// The back: the same pattern, a large emblem, two words. No lines of text, no portrait.
pub(super) fn back(_dice: &mut Dice) -> Canvas {
    let mut card = base();
    let (cx, cy) = (42.8, 24.0);
    card.paint(|x, y, under| {
        let (dx, dy) = (x - cx, y - cy);
        let far = dx.hypot(dy);
        let feather = ((dy.atan2(dx) * 9.0).sin() * 2.0 + 12.0 - far).abs();
        match () {
            () if feather < 0.5 && far < 16.0 => [120, 150, 172],
            () if far < 6.0 && (dx.abs() < 0.4 || dy.abs() < 0.4 || (far - 5.5).abs() < 0.4) => [132, 128, 118],
            () => under,
        }
    });
    card.letters(26.0, 43.5, "SPESIMEN", Pen { em_mm: 6.5, bold: true, colour: [92, 116, 138] });
    card
}

fn portrait(card: &mut Canvas, dice: &mut Dice) {
    let area = RectMm { left: 62.0, top: 13.5, width: 20.0, height: 26.0 };
    let cloth = [dice.between(40.0, 110.0) as u8, dice.between(40.0, 90.0) as u8, dice.between(50.0, 120.0) as u8];
    let skin = dice.between(0.75, 1.0);
    let ground = *dice.pick(&[[176, 40, 44], [44, 70, 160]]);
    card.paint(|x, y, under| {
        let (u, v) = ((x - area.left) / area.width, (y - area.top) / area.height);
        if !(0.0..1.0).contains(&u) || !(0.0..1.0).contains(&v) {
            return under;
        }
        let inside = |cx: f32, cy: f32, rx: f32, ry: f32| ((u - cx) / rx).powi(2) + ((v - cy) / ry).powi(2) < 1.0;
        let face = [(214.0 * skin) as u8, (170.0 * skin) as u8, (140.0 * skin) as u8];
        match () {
            () if inside(0.42, 0.41, 0.035, 0.018) || inside(0.58, 0.41, 0.035, 0.018) => [40, 30, 28],
            () if inside(0.5, 0.54, 0.08, 0.015) => [150, 80, 76],
            () if inside(0.5, 0.44, 0.2, 0.21) && v > 0.31 => face,
            () if inside(0.5, 0.36, 0.25, 0.21) => [34, 28, 26],
            () if inside(0.5, 1.02, 0.46, 0.36) => cloth,
            () => ground,
        }
    });
    card.remember(area, 1.6, 60.0, 180.0);
}
