//! Raw camera formats to brightness and colours: pure arithmetic over bytes.
//!
//! It knows no camera. The rule a newcomer would break: brightness in YUYV and NV12 runs from 16 to 235 (ITU-R BT.601), so
//! it is stretched to 0 to 255, or a covered lens would look like a grey wall.

use crate::picture::{Luma, RgbPage};

/// Brightness of BT.601's limited range, stretched.
pub(super) fn full_range(y: u8) -> u8 {
    (((i32::from(y) - 16) * 298 + 128) >> 8).clamp(0, 255) as u8
}

/// One pixel in BT.601 integer arithmetic.
fn rgb_of(y: i32, u: u8, v: u8) -> [u8; 3] {
    let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
    let y = (y - 16) * 298;
    [y + 409 * v, y - 100 * u - 208 * v, y + 516 * u].map(|c| ((c + 128) >> 8).clamp(0, 255) as u8)
}

/// Where brightness and colour of a pixel lie in a raw buffer.
#[derive(Clone, Copy)]
pub(super) enum Layout {
    /// Y U Y V: two pixels in four bytes.
    Yuyv,
    /// A plane of Y, then a plane of U V for each two by two pixels.
    Nv12,
}

/// A raw picture whose number of bytes was checked by the caller.
pub(super) struct Raw<'a> {
    pub(super) layout: Layout,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) bytes: &'a [u8],
}

impl Raw<'_> {
    fn y(&self, x: usize, y: usize) -> u8 {
        match self.layout {
            Layout::Yuyv => self.bytes[(y * self.width + x) * 2],
            Layout::Nv12 => self.bytes[y * self.width + x],
        }
    }

    fn uv(&self, x: usize, y: usize) -> (u8, u8) {
        let at = match self.layout {
            Layout::Yuyv => {
                let pair = (y * self.width + (x & !1)) * 2;
                return (self.bytes[pair + 1], self.bytes[pair + 3]);
            }
            Layout::Nv12 => self.width * self.height + (y / 2) * self.width + (x & !1),
        };
        (self.bytes[at], self.bytes[at + 1])
    }

    pub(super) fn luma(&self) -> Option<Luma> {
        let table: Vec<u8> = (0..=255).map(full_range).collect();
        let stretch = |y: &u8| table[usize::from(*y)];
        let pixels = match self.layout {
            Layout::Yuyv => self.bytes.iter().step_by(2).map(stretch).collect(),
            Layout::Nv12 => self.bytes[..self.width * self.height].iter().map(stretch).collect(),
        };
        Luma::new(self.width as u32, self.height as u32, pixels)
    }

    /// Colours, `step` by `step` pixels made one: brightness is their mean, colour is that of the one in the middle.
    pub(super) fn rgb(&self, step: usize) -> Option<RgbPage> {
        let (wide, high) = ((self.width / step).max(1), (self.height / step).max(1));
        let mut pixels = Vec::with_capacity(wide * high * 3);
        for row in 0..high {
            let rows = row * step..(row * step + step).min(self.height);
            for column in 0..wide {
                let columns = column * step..(column * step + step).min(self.width);
                let count = (rows.len() * columns.len()) as i32;
                let sum: i32 = rows.clone().map(|y| columns.clone().map(|x| i32::from(self.y(x, y))).sum::<i32>()).sum();
                let (u, v) = self.uv(columns.start + columns.len() / 2, rows.start + rows.len() / 2);
                pixels.extend(rgb_of(sum / count.max(1), u, v));
            }
        }
        RgbPage::new(wide as u32, high as u32, pixels)
    }
}

/// The mean of each `step` by `step` block; `CHANNELS` bytes a pixel.
pub(super) fn shrunk<const CHANNELS: usize>(width: usize, height: usize, bytes: &[u8], step: usize) -> (usize, usize, Vec<u8>) {
    let (wide, high) = ((width / step).max(1), (height / step).max(1));
    let mut small = Vec::with_capacity(wide * high * CHANNELS);
    let mut sums = vec![[0_u32; CHANNELS]; wide];
    for row in 0..high {
        let rows = row * step..(row * step + step).min(height);
        let across = step.min(width);
        let count = (rows.len() * across) as u32;
        sums.fill([0; CHANNELS]);
        for y in rows {
            let line = &bytes[y * width * CHANNELS..(y + 1) * width * CHANNELS];
            for (sum, block) in sums.iter_mut().zip(line.chunks_exact(across * CHANNELS)) {
                for pixel in block.as_chunks::<CHANNELS>().0 {
                    for (total, part) in sum.iter_mut().zip(pixel) {
                        *total += u32::from(*part);
                    }
                }
            }
        }
        small.extend(sums.iter().flatten().map(|sum| (sum / count.max(1)) as u8));
    }
    (wide, high, small)
}
