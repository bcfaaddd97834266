//! Reads ESC/POS bytes, writes what the hardless decoder makes of them: the text, and a picture of the paper.
//!
//! It knows none of our code. The rule a newcomer would break: nothing is corrected here; what hardless gets wrong, a test sees.
//!
//! ```text
//! foreign-decoder 58|80 slip.bin slip.txt slip.png
//! ```

use hardless_render::{PaperWidth, RenderOptions, render_png, to_text_with};
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [width, bytes, text, picture] = args.as_slice() else {
        eprintln!("foreign-decoder 58|80 BYTES TEXT PNG");
        return ExitCode::from(2);
    };
    match decode(width, bytes, text, picture) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn decode(width: &str, bytes: &str, text: &str, picture: &str) -> Result<(), Box<dyn Error>> {
    let paper = PaperWidth::try_from(width.parse::<u16>()?)?;
    let options = RenderOptions { paper, ..RenderOptions::default() };
    let nodes = hardless_escpos::parse(&std::fs::read(bytes)?);
    std::fs::write(text, to_text_with(&nodes, &options))?;
    std::fs::write(picture, render_png(&nodes, &options)?)?;
    Ok(())
}
