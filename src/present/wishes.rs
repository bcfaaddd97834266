//! Every callback of the resident's global becomes one intent. Sending never blocks.

use flow::{Intent, Language};
use slint::{ComponentHandle, SharedString};
use ui::{AppWindow, Resident};

use crate::event::Inbox;

pub fn connect(window: &AppWindow, inbox: Inbox) {
    let resident = window.global::<Resident>();
    let plain = |intent: Intent| {
        let inbox = inbox.clone();
        move || {
            inbox.intent(intent.clone());
        }
    };
    let named = |intent: fn(String) -> Intent| {
        let inbox = inbox.clone();
        move |id: SharedString| {
            inbox.intent(intent(id.into()));
        }
    };
    resident.on_wake(plain(Intent::Wake));
    resident.on_go_on(plain(Intent::GoOn));
    resident.on_go_back(plain(Intent::GoBack));
    resident.on_leave(plain(Intent::Leave));
    resident.on_next_text_size(plain(Intent::NextTextSize));
    resident.on_toggle_contrast(plain(Intent::ToggleContrast));
    resident.on_toggle_reach(plain(Intent::ToggleReach));
    resident.on_call_staff(plain(Intent::CallStaff));
    resident.on_still_here(plain(Intent::StillHere));
    resident.on_dismiss_call(plain(Intent::StillHere));
    resident.on_resume_interrupted(plain(Intent::ResumeInterrupted));
    resident.on_follow_up(plain(Intent::FollowUp));
    resident.on_open_search(plain(Intent::OpenSearch));
    resident.on_open_menus(plain(Intent::OpenMenus));
    resident.on_not_complete(plain(Intent::NotComplete));
    resident.on_print_list(plain(Intent::PrintList));
    resident.on_erase(plain(Intent::Erase));
    resident.on_clear(plain(Intent::Clear));
    resident.on_confirm_anyway(plain(Intent::ConfirmAnyway));
    resident.on_skip(plain(Intent::Skip));
    resident.on_use_camera(plain(Intent::UseCamera));
    resident.on_use_scanner(plain(Intent::UseScanner));
    resident.on_retake(plain(Intent::Retake));
    resident.on_add_page(plain(Intent::AddPage));
    resident.on_reprint(plain(Intent::Reprint));
    resident.on_paper_came_out(plain(Intent::PaperCameOut));
    resident.on_paper_did_not_come_out(plain(Intent::PaperDidNotComeOut));
    resident.on_type_number(plain(Intent::TypeNumber));
    resident.on_choose_event(named(Intent::ChooseEvent));
    resident.on_choose(named(Intent::Choose));
    resident.on_change(named(Intent::Change));
    resident.on_remove_page(named(Intent::RemovePage));
    let keys = inbox.clone();
    resident.on_key(move |key| {
        if let Some(character) = key.chars().next() {
            keys.intent(Intent::Key(character));
        }
    });
    resident.on_choose_language(move |code| {
        if let Some(language) = Language::from_code(&code) {
            inbox.intent(Intent::ChooseLanguage(language));
        }
    });
}
