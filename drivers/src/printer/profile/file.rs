//! The text of a profile file, checked value by value.
//!
//! It opens no file. The rule a newcomer would break: a wrong value is refused with its place, never bent into a right one,
//! because a technician who mistyped a width finds out here and not from slips that are cut off at the right.

use super::{CodePage, ConfirmLevel, Cutter, OnTimeout, Presenter, PresenterCommands, Profile, UsbId};
use serde::Deserialize;
use toml::Spanned;

/// Speeds that serial printers are sold with.
const BAUDS: [u32; 7] = [2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200];
/// Names in one file; a longer list is a list of something else.
const IDS_MAX: usize = 32;

/// Offset of the fault and its reason.
type Wrong = (usize, String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: Spanned<String>,
    dots: Spanned<u16>,
    dots_per_inch: Spanned<u16>,
    columns: Spanned<u8>,
    native_qr: bool,
    near_end_sensor: bool,
    cutter: Spanned<Cutter>,
    cut_feed_lines: Spanned<u8>,
    confirm_level: Spanned<u8>,
    code_page: CodePage,
    code_page_number: u8,
    baud: Spanned<u32>,
    clear_buffer: bool,
    speed_mm_per_s: Spanned<u16>,
    automatic_status: Spanned<bool>,
    roll_mm: Spanned<u32>,
    feed_mm_after_cut: Spanned<u16>,
    #[serde(default)]
    model_ids: Vec<Spanned<String>>,
    #[serde(default)]
    usb: RawUsb,
    presenter: Option<Spanned<RawPresenter>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUsb {
    #[serde(default)]
    ids: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPresenter {
    steps_mm: Spanned<u16>,
    mm_per_step: Spanned<f64>,
    timeout_secs: Spanned<u8>,
    on_timeout: OnTimeout,
    commands: PresenterCommands,
}

/// Reads and checks the text.
pub(super) fn read(text: &str) -> Result<Profile, Wrong> {
    let raw: Raw = toml::from_str(text).map_err(|fault| (fault.span().map_or(0, |span| span.start), fault.message().to_owned()))?;
    if raw.name.get_ref().trim().is_empty() {
        return Err((raw.name.span().start, "name is empty".into()));
    }
    let dots = within(&raw.dots, 192, 1280, "dots")?;
    if !dots.is_multiple_of(8) {
        return Err((raw.dots.span().start, format!("dots is {dots}, not a multiple of 8")));
    }
    // Font A is 12 dots wide; the widest known "compatible mode" leaves a little over.
    let columns = *raw.columns.get_ref();
    if columns < 16 || u16::from(columns) * 12 > dots {
        let reason = format!("columns is {columns}, but {dots} dots hold 16 to {} letters", dots / 12);
        return Err((raw.columns.span().start, reason));
    }
    if !BAUDS.contains(raw.baud.get_ref()) {
        return Err((raw.baud.span().start, format!("baud is {}, none of {BAUDS:?}", raw.baud.get_ref())));
    }
    let confirm = confirm_level(&raw.confirm_level)?;
    if *raw.automatic_status.get_ref() && confirm == ConfirmLevel::None {
        return Err((raw.automatic_status.span().start, "automatic_status is true, but confirm_level 0 answers nothing".into()));
    }
    let presenter = presenter(&raw)?;
    Ok(Profile {
        dots,
        dots_per_inch: within(&raw.dots_per_inch, 150, 600, "dots_per_inch")?,
        columns,
        native_qr: raw.native_qr,
        near_end_sensor: raw.near_end_sensor,
        cutter: *raw.cutter.get_ref(),
        cut_feed_lines: within(&raw.cut_feed_lines, 0, 20, "cut_feed_lines")?,
        confirm,
        code_page: raw.code_page,
        code_page_number: raw.code_page_number,
        baud: *raw.baud.get_ref(),
        clear_buffer: raw.clear_buffer,
        speed_mm_per_s: within(&raw.speed_mm_per_s, 20, 500, "speed_mm_per_s")?,
        automatic_status: *raw.automatic_status.get_ref(),
        model_ids: short_list(&raw.model_ids, "model_ids", model_id)?,
        usb_ids: short_list(&raw.usb.ids, "usb.ids", usb_id)?,
        presenter,
        roll_mm: within(&raw.roll_mm, 5_000, 500_000, "roll_mm")?,
        feed_mm_after_cut: within(&raw.feed_mm_after_cut, 0, 100, "feed_mm_after_cut")?,
        name: raw.name.into_inner(),
    })
}

fn within<N: Copy + PartialOrd + std::fmt::Display>(value: &Spanned<N>, low: N, high: N, what: &str) -> Result<N, Wrong> {
    let number = *value.get_ref();
    if (low..=high).contains(&number) { Ok(number) } else { Err((value.span().start, format!("{what} is {number}, outside {low} to {high}"))) }
}

fn confirm_level(level: &Spanned<u8>) -> Result<ConfirmLevel, Wrong> {
    match level.get_ref() {
        0 => Ok(ConfirmLevel::None),
        1 => Ok(ConfirmLevel::RealTime),
        2 => Ok(ConfirmLevel::InBand),
        3 => Ok(ConfirmLevel::ProcessId),
        4 => Ok(ConfirmLevel::FullStatus),
        other => Err((level.span().start, format!("confirm_level is {other}, not 0 to 4"))),
    }
}

fn presenter(raw: &Raw) -> Result<Option<Presenter>, Wrong> {
    match (*raw.cutter.get_ref(), &raw.presenter) {
        (Cutter::Presenter, None) => Err((raw.cutter.span().start, "cutter is \"presenter\", but there is no section [presenter]".into())),
        (Cutter::Presenter, Some(section)) => {
            let section = section.get_ref();
            let steps_mm = within(&section.steps_mm, 5, 400, "steps_mm")?;
            let mm_per_step = within(&section.mm_per_step, 0.1, 50.0, "mm_per_step")?;
            let steps = (f64::from(steps_mm) / mm_per_step).round();
            if !(1.0..=255.0).contains(&steps) {
                return Err((section.steps_mm.span().start, format!("steps_mm is {steps_mm}, which is {steps} steps, not 1 to 255")));
            }
            Ok(Some(Presenter {
                steps: steps as u8,
                timeout_secs: within(&section.timeout_secs, 5, 120, "timeout_secs")?,
                on_timeout: section.on_timeout,
                commands: section.commands,
            }))
        }
        (_, None) => Ok(None),
        (_, Some(section)) => Err((section.span().start, "there is a section [presenter], but cutter is not \"presenter\"".into())),
    }
}

fn short_list<T>(words: &[Spanned<String>], what: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Wrong> {
    if let Some(beyond) = words.get(IDS_MAX) {
        return Err((beyond.span().start, format!("{what} has more than {IDS_MAX} entries")));
    }
    words
        .iter()
        .map(|word| read(word.get_ref()).ok_or_else(|| (word.span().start, format!("{what} holds {:?}, which is not hexadecimal as asked", word.get_ref()))))
        .collect()
}

/// Two hexadecimal digits, as a technician reads them from a data sheet.
fn model_id(word: &str) -> Option<u8> {
    (word.len() == 2).then(|| u8::from_str_radix(word, 16).ok()).flatten()
}

/// As `lsusb` prints it.
fn usb_id(word: &str) -> Option<UsbId> {
    let four = |digits: &str| (digits.len() == 4).then(|| u16::from_str_radix(digits, 16).ok()).flatten();
    let (vendor, product) = word.split_once(':')?;
    Some(UsbId { vendor: four(vendor)?, product: four(product)? })
}
