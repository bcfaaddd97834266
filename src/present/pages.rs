//! One scene onto the resident's global, field by field, by exhaustive `match`.
//!
//! A page's struct is only set when it changed, so that lists under a finger do not jump.

use std::rc::Rc;

use flow::event::{HintKind, PageHint};
use flow::view::{self, CaptureMode, Keys, Overlay, Page, PaperState, PrintButton, StageState, Tone, View, Weight};
use slint::{ComponentHandle, Image, ModelRc, SharedString, VecModel};
use ui::{AppWindow, OverlayKind, PageKind, Resident};

use super::pictures;
use crate::app::Scene;

/// Shows `scene`; `before` is what is being shown.
pub fn paint(window: &AppWindow, scene: &Scene, before: Option<&View>) {
    let resident = window.global::<Resident>();
    let view = &scene.view;
    if before.is_none_or(|before| before.frame.language != view.frame.language)
        && let Err(reason) = ui::select_language(view.frame.language.code())
    {
        crate::logging::note("language.unknown", &[("reason", &reason)]);
    }
    if before.map(|before| &before.frame) != Some(&view.frame) {
        frame(&resident, &view.frame);
    }
    if before.map(|before| &before.page) != Some(&view.page) {
        page(&resident, scene);
    }
    overlay(&resident, view.overlay.as_ref());
}

fn frame(resident: &Resident, frame: &view::Frame) {
    resident.set_city(text(&frame.city));
    resident.set_office(text(&frame.office));
    resident.set_service(text(&frame.service));
    resident.set_language(frame.language.code().into());
    resident.set_languages(list(frame.languages.iter().map(|language| ui::LanguageChoice {
        code: language.code().into(),
        short: language.code().to_uppercase().into(),
        label: language.own_name().into(),
        selected: *language == frame.language,
    })));
    resident.set_text_step(i32::from(frame.text_step));
    resident.set_high_contrast(frame.high_contrast);
    resident.set_low_reach(frame.low_reach);
    resident.set_steps(list(frame.steps.iter().map(|step| text(step))));
    resident.set_current_step(i32::try_from(frame.current_step).unwrap_or(0));
    resident.set_may_go_back(frame.may_go_back);
    resident.set_may_leave(frame.may_leave);
    resident.set_primary_label(frame.primary.as_ref().map(|primary| text(&primary.label)).unwrap_or_default());
    resident.set_primary_enabled(frame.primary.as_ref().is_some_and(|primary| primary.enabled));
}

fn overlay(resident: &Resident, overlay: Option<&Overlay>) {
    let kind = match overlay {
        None => OverlayKind::None,
        Some(Overlay::StillHere { seconds_left }) => {
            resident.set_overlay_seconds_left(i32::try_from(*seconds_left).unwrap_or(0));
            OverlayKind::StillHere
        }
        Some(Overlay::LeaveAsked { title, sentence }) => {
            resident.set_overlay_title(text(title));
            resident.set_overlay_sentence(text(sentence));
            OverlayKind::LeaveAsked
        }
        Some(Overlay::StaffCalled { sentence }) => {
            resident.set_overlay_sentence(text(sentence));
            OverlayKind::StaffCalled
        }
    };
    resident.set_overlay(kind);
}

fn page(resident: &Resident, scene: &Scene) {
    let kind = match &scene.view.page {
        Page::Idle { title, sentence, notices, interrupted } => {
            let notice = |notice: &view::Notice| ui::Notice { sentence: text(&notice.sentence), tone: tone(notice.tone) };
            resident.set_idle(ui::IdlePage {
                title: text(title),
                sentence: text(sentence),
                notices: list(notices.iter().map(notice)),
                interrupted: *interrupted,
            });
            PageKind::Idle
        }
        Page::Home { title, events, search, menus } => {
            resident.set_home(ui::HomePage { title: text(title), events: list(events.iter().map(card)), search: text(search), menus: text(menus) });
            PageKind::Home
        }
        Page::Requirements { title, papers, facts, print } => {
            let page = ui::RequirementsPage {
                title: text(title),
                papers: list(papers.iter().map(paper_line)),
                facts: list(facts.iter().map(fact)),
                print: print_button(*print),
            };
            resident.set_requirements(page);
            PageKind::Requirements
        }
        Page::Exit { title, sentences, bring, print } => {
            let page = ui::ExitPage {
                title: text(title),
                sentences: list(sentences.iter().map(|sentence| text(sentence))),
                bring: list(bring.iter().map(paper_line)),
                print: print_button(*print),
            };
            resident.set_exit(page);
            PageKind::Exit
        }
        Page::Privacy { title, facts } => {
            resident.set_privacy(ui::PrivacyPage { title: text(title), facts: list(facts.iter().map(fact)) });
            PageKind::Privacy
        }
        Page::Choice { question, help, cards } => {
            resident.set_choice(ui::ChoicePage { question: text(question), help: text(help), cards: list(cards.iter().map(card)) });
            PageKind::Choice
        }
        Page::Entry(entry) => {
            resident.set_entry(entry_page(entry));
            PageKind::Entry
        }
        Page::Pick(pick) => {
            resident.set_pick(pick_page(pick));
            PageKind::Pick
        }
        Page::Capture(capture) => {
            resident.set_capture(capture_page(capture, scene));
            resident.set_review_picture(scene.review.as_deref().map(pictures::image).unwrap_or_default());
            PageKind::Capture
        }
        Page::Check { title, rows, papers, warning, forecasts } => {
            let row = |row: &view::Row| ui::Row {
                id: text(&row.id),
                label: text(&row.label),
                value: text(&row.value),
                changeable: row.changeable,
                parts: list(row.parts.iter().map(|part| text(part))),
                pictures: list(row.parts.iter().map(|part| thumb_image(scene, part))),
            };
            resident.set_check(ui::CheckPage {
                title: text(title),
                rows: list(rows.iter().map(row)),
                papers: list(papers.iter().map(row)),
                warning: text(warning),
                forecasts: list(forecasts.iter().map(forecast)),
            });
            PageKind::Check
        }
        Page::Working { title, sentence } => {
            resident.set_working(ui::WorkingPage { title: text(title), sentence: text(sentence) });
            PageKind::Working
        }
        Page::Slip(slip) => {
            resident.set_slip_qr(pictures::qr(&slip.qr));
            resident.set_slip(slip_page(slip));
            PageKind::Slip
        }
        Page::Goodbye { title, sentence, wiped_id } => {
            resident.set_goodbye(ui::GoodbyePage { title: text(title), sentence: text(sentence), wiped_id: text(wiped_id) });
            forget_pictures(resident);
            PageKind::Goodbye
        }
        Page::ReadCode { title, sentence, problem } => {
            resident.set_read_code(ui::ReadCodePage { title: text(title), sentence: text(sentence), problem: text(problem) });
            PageKind::ReadCode
        }
        Page::Progress(progress) => {
            resident.set_progress(progress_page(progress));
            PageKind::Progress
        }
        Page::Closed { title, sentences } => {
            resident.set_closed(ui::ClosedPage { title: text(title), sentences: list(sentences.iter().map(|sentence| text(sentence))) });
            PageKind::Closed
        }
    };
    resident.set_page(kind);
}

/// Nothing of a session stays in the window after it: neither pictures nor PIN nor answers.
fn forget_pictures(resident: &Resident) {
    resident.set_live_picture(Image::default());
    resident.set_review_picture(Image::default());
    resident.set_slip_qr(Image::default());
    resident.set_slip(ui::SlipPage::default());
    resident.set_check(ui::CheckPage::default());
    resident.set_entry(ui::EntryPage::default());
    resident.set_pick(ui::PickPage::default());
    resident.set_progress(ui::ProgressPage::default());
    resident.set_capture(ui::CapturePage::default());
}

fn entry_page(entry: &view::Entry) -> ui::EntryPage {
    ui::EntryPage {
        question: text(&entry.question),
        help: text(&entry.help),
        keys: match entry.keys {
            Keys::Digits => ui::Keys::Digits,
            Keys::Letters => ui::Keys::Letters,
            Keys::Number => ui::Keys::Number,
            Keys::Text => ui::Keys::Text,
            Keys::Email => ui::Keys::Email,
            Keys::Pin => ui::Keys::Pin,
        },
        shown: text(&entry.shown),
        pattern: text(&entry.pattern),
        count: text(&entry.count),
        finding: entry.finding.as_ref().map(|finding| text(&finding.sentence)).unwrap_or_default(),
        weight: match entry.finding.as_ref().map(|finding| finding.weight) {
            None => ui::Weight::None,
            Some(Weight::Hard) => ui::Weight::Hard,
            Some(Weight::Ask) => ui::Weight::Ask,
        },
        skip: entry.skip.as_deref().map(text).unwrap_or_default(),
    }
}

fn pick_page(pick: &view::Pick) -> ui::PickPage {
    ui::PickPage {
        question: text(&pick.question),
        help: text(&pick.help),
        typed: text(&pick.typed),
        hint: text(&pick.hint),
        cards: list(pick.cards.iter().map(card)),
        nothing: text(&pick.nothing),
        skip: pick.skip.as_deref().map(text).unwrap_or_default(),
    }
}

fn forecast(forecast: &view::Forecast) -> ui::Forecast {
    ui::Forecast { item: text(&forecast.item), label: text(&forecast.label), sentence: text(&forecast.sentence), mend: text(&forecast.mend) }
}

fn capture_page(capture: &view::Capture, scene: &Scene) -> ui::CapturePage {
    let (mode, review_part, review_finding, hint) = match &capture.mode {
        CaptureMode::Live => (ui::CaptureMode::Live, "", None, None),
        CaptureMode::Scanner => (ui::CaptureMode::Scanner, "", None, None),
        CaptureMode::Taking => (ui::CaptureMode::Taking, "", None, None),
        CaptureMode::Review { part, finding, hint } => (ui::CaptureMode::Review, part.as_str(), finding.as_deref(), *hint),
        CaptureMode::Pages => (ui::CaptureMode::Pages, "", None, None),
    };
    let thumb = |thumb: &view::Thumb| ui::Thumb {
        part: text(&thumb.part),
        label: text(&thumb.label),
        warning: thumb.warning,
        picture: thumb_image(scene, &thumb.part),
    };
    ui::CapturePage {
        paper: text(&capture.paper),
        instruction: text(&capture.instruction),
        mode,
        pages: list(capture.pages.iter().map(thumb)),
        pages_max: i32::try_from(capture.pages_max).unwrap_or(i32::MAX),
        may_use_camera: capture.may_use_camera,
        may_use_scanner: capture.may_use_scanner,
        problem: text(&capture.problem),
        review_part: review_part.into(),
        review_finding: review_finding.map(text).unwrap_or_default(),
        review_hint: hint.map(page_hint).unwrap_or_default(),
        live: text(&capture.live),
    }
}

fn page_hint(hint: PageHint) -> ui::PageHint {
    let icon = match hint.kind {
        HintKind::Closer => "hint-closer",
        HintKind::LayFlat => "hint-flat",
        HintKind::MoreLight => "hint-light",
        HintKind::LessLight => "hint-lamp",
        HintKind::HoldStill => "hint-still",
        HintKind::TurnOver => "hint-turn",
        HintKind::OtherPaper => "hint-paper",
        HintKind::ShowWhole => "hint-whole",
    };
    let share = |thousandths: u16| f32::from(thousandths) / 1000.0;
    ui::PageHint { icon: icon.into(), left: share(hint.left), top: share(hint.top), width: share(hint.width), height: share(hint.height) }
}

fn slip_page(slip: &view::SlipPage) -> ui::SlipPage {
    let line = |line: &view::SlipLine| ui::SlipLine { service: text(&line.service), number: text(&line.number), promise: text(&line.promise) };
    ui::SlipPage {
        title: text(&slip.title),
        service: text(&slip.service),
        number: text(&slip.number),
        qr: text(&slip.qr),
        pin: text(&slip.pin),
        pin_label: text(&slip.pin_label),
        promise: text(&slip.promise),
        collect: text(&slip.collect),
        also: list(slip.also.iter().map(line)),
        paper: match slip.paper {
            PaperState::Printing => ui::PaperState::Printing,
            PaperState::Printed => ui::PaperState::Printed,
            PaperState::NotPrinted => ui::PaperState::NotPrinted,
            PaperState::Unknown => ui::PaperState::Unknown,
        },
        sentence: text(&slip.sentence),
        may_reprint: slip.may_reprint,
        reprint: text(&slip.reprint),
        ask_yes: slip.ask.as_ref().map(|(yes, _)| text(yes)).unwrap_or_default(),
        ask_no: slip.ask.as_ref().map(|(_, no)| text(no)).unwrap_or_default(),
    }
}

fn progress_page(progress: &view::ProgressPage) -> ui::ProgressPage {
    let stage = |stage: &view::Stage| ui::Stage {
        label: text(&stage.label),
        when: text(&stage.when),
        state: match stage.state {
            StageState::Done => ui::StageState::Done,
            StageState::Now => ui::StageState::Now,
            StageState::Later => ui::StageState::Later,
        },
    };
    let output = |output: &view::OutputLine| ui::OutputLine {
        label: text(&output.label),
        now: text(&output.now),
        tone: tone(output.tone),
        promise: text(&output.promise),
    };
    ui::ProgressPage {
        title: text(&progress.title),
        number: text(&progress.number),
        service: text(&progress.service),
        now: text(&progress.now),
        tone: tone(progress.tone),
        promise: text(&progress.promise),
        stages: list(progress.stages.iter().map(stage)),
        outputs: list(progress.outputs.iter().map(output)),
        repairs: list(progress.repairs.iter().map(paper_line)),
    }
}

fn card(card: &view::Card) -> ui::Card {
    ui::Card { id: text(&card.id), label: text(&card.label), detail: text(&card.detail), icon: text(&card.icon), selected: card.selected }
}

fn fact(fact: &view::Fact) -> ui::Fact {
    ui::Fact { icon: text(&fact.icon), label: text(&fact.label), text: text(&fact.text) }
}

fn paper_line(line: &view::PaperLine) -> ui::PaperLine {
    ui::PaperLine { name: text(&line.name), official: text(&line.official), note: text(&line.note) }
}

fn thumb_image(scene: &Scene, part: &str) -> Image {
    scene.thumbs.iter().find(|(name, _)| name == part).map(|(_, shown)| pictures::image(shown)).unwrap_or_default()
}

fn tone(tone: Tone) -> ui::Tone {
    match tone {
        Tone::Plain => ui::Tone::Plain,
        Tone::Attention => ui::Tone::Attention,
        Tone::Trouble => ui::Tone::Trouble,
        Tone::Done => ui::Tone::Done,
    }
}

fn print_button(print: PrintButton) -> ui::PrintButton {
    match print {
        PrintButton::Hidden => ui::PrintButton::Hidden,
        PrintButton::Offered => ui::PrintButton::Offered,
        PrintButton::Busy => ui::PrintButton::Busy,
        PrintButton::Done => ui::PrintButton::Done,
        PrintButton::Failed => ui::PrintButton::Failed,
    }
}

fn text(text: &str) -> SharedString {
    text.into()
}

fn list<T: Clone + 'static>(items: impl Iterator<Item = T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from(items.collect::<Vec<T>>())))
}
