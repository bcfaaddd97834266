//! Views without a code that look as if there was one: nothing may be read in them.

use super::light::Chance;
use super::{VIEW_HEIGHT, VIEW_WIDTH};
use crate::picture::Luma;

/// What is in a view without a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyKind {
    /// Rows of strokes like print.
    Text,
    /// Ruled lines, as on a form.
    Grid,
    /// Faces made of noise: ovals with eyes and grain.
    Faces,
    /// A checkerboard with fields of some pixels.
    Checkerboard,
    /// Bars of random widths.
    Barcode,
    /// Squares in squares in the proportions of a code's corners, anywhere.
    Corners,
    /// Three right corners with chance in place of the modules.
    FakeCode,
    /// Grain of blocks.
    Blocks,
}

/// Every kind.
pub const EMPTY_KINDS: [EmptyKind; 8] = [
    EmptyKind::Text,
    EmptyKind::Grid,
    EmptyKind::Faces,
    EmptyKind::Checkerboard,
    EmptyKind::Barcode,
    EmptyKind::Corners,
    EmptyKind::FakeCode,
    EmptyKind::Blocks,
];

/// A view of this kind; another `seed` is another view.
pub fn empty_view(kind: EmptyKind, seed: u64) -> Luma {
    let mut chance = Chance::new(seed ^ 0xE397);
    let mut canvas = Canvas { pixels: vec![205; (VIEW_WIDTH * VIEW_HEIGHT) as usize] };
    match kind {
        EmptyKind::Text => text(&mut canvas, &mut chance),
        EmptyKind::Grid => grid(&mut canvas, &mut chance),
        EmptyKind::Faces => faces(&mut canvas, &mut chance),
        EmptyKind::Checkerboard => checkerboard(&mut canvas, &mut chance),
        EmptyKind::Barcode => barcode(&mut canvas, &mut chance),
        EmptyKind::Corners => corners(&mut canvas, &mut chance),
        EmptyKind::FakeCode => fake_code(&mut canvas, &mut chance),
        EmptyKind::Blocks => blocks(&mut canvas, &mut chance),
    }
    Luma::new(VIEW_WIDTH, VIEW_HEIGHT, canvas.pixels).expect("a canvas has one byte for each pixel")
}

struct Canvas {
    pixels: Vec<u8>,
}

impl Canvas {
    fn block(&mut self, left: u32, top: u32, width: u32, height: u32, level: u8) {
        for y in top..(top + height).min(VIEW_HEIGHT) {
            for x in left..(left + width).min(VIEW_WIDTH) {
                self.pixels[(y * VIEW_WIDTH + x) as usize] = level;
            }
        }
    }

    /// A code's corner: seven modules, one of ring, three of core (ISO/IEC 18004, section 6.3.3).
    fn corner(&mut self, left: u32, top: u32, module: u32) {
        self.block(left, top, 7 * module, 7 * module, 20);
        self.block(left + module, top + module, 5 * module, 5 * module, 205);
        self.block(left + 2 * module, top + 2 * module, 3 * module, 3 * module, 20);
    }
}

fn text(canvas: &mut Canvas, chance: &mut Chance) {
    let height = 8 + chance.below(14);
    for top in (10..VIEW_HEIGHT - 30).step_by((height * 2) as usize) {
        let mut left = 20;
        while left < VIEW_WIDTH - 40 {
            for _ in 0..1 + chance.below(3) {
                let (x, y) = (left + chance.below(height / 2), top + chance.below(height / 2));
                let upright = chance.below(2) == 0;
                let (width, tall) = if upright { (2, height / 2 + 2) } else { (height / 2 + 1, 2) };
                canvas.block(x, y, width, tall, 30);
            }
            left += height * 3 / 4 + if chance.below(6) == 0 { height } else { 0 };
        }
    }
}

fn grid(canvas: &mut Canvas, chance: &mut Chance) {
    let (step, pen) = (6 + chance.below(60), 1 + chance.below(4));
    for x in (0..VIEW_WIDTH).step_by(step as usize) {
        canvas.block(x, 0, pen, VIEW_HEIGHT, 40);
    }
    for y in (0..VIEW_HEIGHT).step_by((step + chance.below(20)) as usize) {
        canvas.block(0, y, VIEW_WIDTH, pen, 40);
    }
}

fn faces(canvas: &mut Canvas, chance: &mut Chance) {
    for _ in 0..2 + chance.below(4) {
        let (x, y) = (f64::from(chance.below(VIEW_WIDTH)), f64::from(chance.below(VIEW_HEIGHT)));
        let size = 60.0 + f64::from(chance.below(140));
        let skin = 90.0 + f64::from(chance.below(90));
        for (at, pixel) in canvas.pixels.iter_mut().enumerate() {
            let (dx, dy) = ((at as u32 % VIEW_WIDTH) as f64 - x, (at as u32 / VIEW_WIDTH) as f64 - y);
            let oval = |cx: f64, cy: f64, rx: f64, ry: f64| ((dx / size - cx) / rx).powi(2) + ((dy / size - cy) / ry).powi(2) < 1.0;
            if !oval(0.0, 0.0, 0.75, 1.0) {
                continue;
            }
            let white = oval(-0.28, -0.2, 0.16, 0.1) || oval(0.28, -0.2, 0.16, 0.1);
            let dark = oval(-0.28, -0.2, 0.07, 0.07) || oval(0.28, -0.2, 0.07, 0.07) || oval(0.0, 0.5, 0.3, 0.06) || dy < -0.6 * size;
            let level = if dark {
                25.0
            } else if white {
                230.0
            } else {
                skin
            };
            *pixel = (level + chance.within(22.0)).clamp(0.0, 255.0) as u8;
        }
    }
}

fn checkerboard(canvas: &mut Canvas, chance: &mut Chance) {
    let (field, offset) = (2 + chance.below(40), chance.below(40));
    for (at, pixel) in canvas.pixels.iter_mut().enumerate() {
        let (x, y) = (at as u32 % VIEW_WIDTH + offset, at as u32 / VIEW_WIDTH + offset);
        *pixel = if (x / field + y / field).is_multiple_of(2) { 30 } else { 220 };
    }
}

fn barcode(canvas: &mut Canvas, chance: &mut Chance) {
    for row in 0..3 {
        let mut left = 60;
        let unit = 2 + chance.below(4);
        while left < VIEW_WIDTH - 60 {
            let width = unit * (1 + chance.below(4));
            canvas.block(left, 40 + row * 220, width, 180, 25);
            left += width + unit * (1 + chance.below(4));
        }
    }
}

fn corners(canvas: &mut Canvas, chance: &mut Chance) {
    for _ in 0..2 + chance.below(12) {
        let module = 2 + chance.below(7);
        canvas.corner(chance.below(VIEW_WIDTH - 80), chance.below(VIEW_HEIGHT - 80), module);
    }
}

fn fake_code(canvas: &mut Canvas, chance: &mut Chance) {
    let (module, modules) = (3 + chance.below(6), 21 + 4 * chance.below(6));
    let (left, top) = (100 + chance.below(400), 40 + chance.below(100));
    blocks_in(canvas, chance, [left, top], modules, module);
    let far = (modules - 7) * module;
    for (x, y) in [(0, 0), (far, 0), (0, far)] {
        canvas.block((left + x).saturating_sub(module), (top + y).saturating_sub(module), 9 * module, 9 * module, 205);
        canvas.corner(left + x, top + y, module);
    }
}

fn blocks(canvas: &mut Canvas, chance: &mut Chance) {
    let module = 2 + chance.below(9);
    blocks_in(canvas, chance, [100, 20], 660 / module, module);
}

fn blocks_in(canvas: &mut Canvas, chance: &mut Chance, [left, top]: [u32; 2], modules: u32, module: u32) {
    for row in 0..modules {
        for column in 0..modules {
            if chance.below(2) == 0 {
                canvas.block(left + column * module, top + row * module, module, module, 25);
            }
        }
    }
}
