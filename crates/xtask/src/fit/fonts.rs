//! How wide words are, by the fonts that a kiosk really has: Inter, and Noto Sans for signs that Inter lacks.
//!
//! A width is the sum of the advances in the font file. Kerning is left out; in Inter it makes words narrower, hardly ever wider,
//! so what fits here fits on the screen. The rule a newcomer would break: no width is guessed. Without the fonts there is an
//! error that names the package, never a green check.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use ttf_parser::{Face, name_id};

/// Where Debian keeps fonts, and where an administrator adds some.
pub const FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];
/// Folders below those.
const DEPTH_MAX: usize = 4;
/// Largest font file that is read, in bytes.
const FONT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// How heavy the letters are, as `ui/theme/typography.slint` numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heaviness {
    Regular = 400,
    Medium = 500,
    Strong = 600,
    Heavy = 700,
}

impl Heaviness {
    pub const ALL: [Heaviness; 4] = [Self::Regular, Self::Medium, Self::Strong, Self::Heavy];
}

/// Why nothing can be measured.
#[derive(Debug, Error)]
pub enum FontError {
    #[error("the font {family} {weight} is not installed below {folders}: run apt install {package}")]
    Missing { family: &'static str, weight: u16, package: &'static str, folders: String },
    #[error("the font file {} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
}

/// One weight of a family: advances in parts of the letter's height.
#[derive(Default)]
struct Cut {
    advances: HashMap<char, f32>,
}

/// The fonts, read once.
pub struct Fonts {
    inter: HashMap<Heaviness, Cut>,
    /// Regular and bold; empty when they are not installed, which matters only to a text that needs them.
    noto: HashMap<Heaviness, Cut>,
}

impl Fonts {
    /// Reads the fonts of this machine.
    ///
    /// # Errors
    /// [`FontError::Missing`] when a weight of Inter is not there.
    pub fn installed() -> Result<Self, FontError> {
        Self::below(&FOLDERS.map(Path::new))
    }

    /// Reads the fonts below these folders.
    ///
    /// # Errors
    /// As [`Fonts::installed`]; also when a font file is there and cannot be read.
    pub fn below(folders: &[&Path]) -> Result<Self, FontError> {
        let mut files = Vec::new();
        for folder in folders {
            find(folder, 0, &mut files);
        }
        files.sort();
        let mut fonts = Self { inter: HashMap::new(), noto: HashMap::new() };
        for path in &files {
            let data = fs::read(path).map_err(|source| FontError::Read { path: path.clone(), source })?;
            for index in 0..ttf_parser::fonts_in_collection(&data).unwrap_or(1) {
                let Ok(face) = Face::parse(&data, index) else { continue };
                let Some(weight) = Heaviness::ALL.into_iter().find(|weight| *weight as u16 == face.weight().to_number()) else { continue };
                match family(&face).as_deref() {
                    Some("Inter") if !face.is_italic() => _ = fonts.inter.entry(weight).or_insert_with(|| cut(&face)),
                    Some("Noto Sans") if !face.is_italic() => _ = fonts.noto.entry(weight).or_insert_with(|| cut(&face)),
                    _ => {}
                }
            }
        }
        let listed = || folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(" and ");
        match Heaviness::ALL.into_iter().find(|weight| !fonts.inter.contains_key(weight)) {
            Some(weight) => Err(FontError::Missing { family: "Inter", weight: weight as u16, package: "fonts-inter", folders: listed() }),
            None => Ok(fonts),
        }
    }

    /// Width of `text` at `size` pixels, in pixels.
    pub fn width(&self, text: &str, size: f32, weight: Heaviness) -> f32 {
        text.chars().filter_map(|letter| self.advance(letter, weight)).sum::<f32>() * size
    }

    /// Signs of `text` that no font of the kiosk can draw.
    pub fn missing(&self, text: &str, weight: Heaviness) -> Vec<char> {
        text.chars().filter(|letter| self.advance(*letter, weight).is_none()).collect()
    }

    /// `fonts-noto-core`, when it is not there and could help.
    pub fn package_for_more(&self) -> Option<&'static str> {
        self.noto.is_empty().then_some("fonts-noto-core")
    }

    fn advance(&self, letter: char, weight: Heaviness) -> Option<f32> {
        let own = self.inter.get(&weight).and_then(|cut| cut.advances.get(&letter));
        let like = if weight as u16 >= Heaviness::Strong as u16 { Heaviness::Heavy } else { Heaviness::Regular };
        own.or_else(|| self.noto.get(&like).and_then(|cut| cut.advances.get(&letter))).copied()
    }
}

/// Every file whose name may be one of ours; a folder that is not there holds none.
fn find(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let Ok(about) = entry.metadata() else { continue };
        let is_ours = (name.starts_with("Inter") || name.starts_with("NotoSans-")) && [".otf", ".ttf", ".ttc"].iter().any(|kind| name.ends_with(kind));
        if about.is_dir() && depth < DEPTH_MAX {
            find(&path, depth + 1, files);
        } else if is_ours && about.len() <= FONT_BYTES_MAX {
            files.push(path);
        }
    }
}

/// The family that all weights share: the typographic name where there is one.
fn family(face: &Face<'_>) -> Option<String> {
    let named = |id: u16| face.names().into_iter().find(|name| name.name_id == id && name.is_unicode()).and_then(|name| name.to_string());
    named(name_id::TYPOGRAPHIC_FAMILY).or_else(|| named(name_id::FAMILY))
}

fn cut(face: &Face<'_>) -> Cut {
    let units = f32::from(face.units_per_em());
    let mut cut = Cut::default();
    for table in face.tables().cmap.iter().flat_map(|cmap| cmap.subtables).filter(|table| table.is_unicode()) {
        table.codepoints(|point| {
            let Some(letter) = char::from_u32(point) else { return };
            if let Some(advance) = face.glyph_index(letter).and_then(|glyph| face.glyph_hor_advance(glyph)) {
                cut.advances.insert(letter, f32::from(advance) / units);
            }
        });
    }
    cut
}
