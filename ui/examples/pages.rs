//! Draws every page, in its canned hard case, into `out/pages/*.png`, for the eye of whoever changes a page.
//!
//! Run with `cargo run -p ui --features headless --example pages`; a word after it draws only the pages whose name
//! contains it. The rule a newcomer would break: it changes no page to make it look better, it sets what the kiosk sets.

#[path = "../tests/common/mod.rs"]
mod common;

use std::error::Error;
use std::fs;
use std::path::Path;

use common::{DESK, LANDSCAPE, Look, PAGES, PLAIN, PORTRAIT, open};
use slint::{ComponentHandle, PhysicalSize};
use ui::headless::{Clock, Headless};

/// High enough for most pages to stand there whole, so that what is scrolled to is looked at too.
const LONG: PhysicalSize = PhysicalSize { width: 1080, height: 3400 };

const LOOKS: &[Look] = &[
    PLAIN,
    Look { name: "id-150", text_step: 3, ..PLAIN },
    Look { name: "en-150", language: "en", text_step: 3, ..PLAIN },
    Look { name: "en", language: "en", ..PLAIN },
    Look { name: "long", size: LONG, ..PLAIN },
    Look { name: "long-150", size: LONG, text_step: 3, ..PLAIN },
    Look { name: "contrast", high_contrast: true, ..PLAIN },
    Look { name: "low", low_reach: true, ..PLAIN },
    Look { name: "wide", size: LANDSCAPE, ..PLAIN },
    Look { name: "wide-150", language: "en", text_step: 3, size: LANDSCAPE, ..PLAIN },
    Look { name: "desk", size: DESK, ..PLAIN },
];

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("../out/pages");
    fs::create_dir_all(&out)?;
    let headless = Headless::install(Clock::Hand, PORTRAIT)?;
    for look in LOOKS {
        for (page_name, kind, set) in PAGES {
            let name = format!("{page_name}.{}", look.name);
            if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word.as_str())) {
                continue;
            }
            let app = open(&headless, look, *kind, *set)?;
            let picture = headless.screenshot(&app)?;
            let file = out.join(format!("{name}.png"));
            image::save_buffer(&file, picture.as_bytes(), picture.width(), picture.height(), image::ColorType::Rgb8)?;
            app.hide()?;
        }
    }
    Ok(())
}
