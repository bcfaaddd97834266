//! Printed, NotPrinted and Unknown are three different screens, and none of them undoes a submission.

use flow::event::Printed;
use flow::slip::{qr_text, token_in};
use flow::view::{Page, PaperState, SlipPage};
use flow::{Effect, Intent};

use crate::world::{PIN, TOKEN, World, heading};

fn slip_page(world: &World) -> SlipPage {
    match world.page() {
        Page::Slip(page) => page,
        other => panic!("the slip, not {}", heading(&other)),
    }
}

#[test]
fn each_outcome_has_its_own_screen_and_all_show_qr_and_pin() {
    for (outcome, state) in [(Printed::Printed, PaperState::Printed), (Printed::NotPrinted, PaperState::NotPrinted), (Printed::Unknown, PaperState::Unknown)] {
        let mut world = World::new();
        world.paper = outcome;
        world.go_to_slip();
        let page = slip_page(&world);
        assert_eq!(page.paper, state);
        assert_eq!(page.pin, PIN);
        assert!(page.qr.ends_with(TOKEN));
        assert_eq!(page.may_reprint, outcome == Printed::NotPrinted);
        assert_eq!(page.ask.is_some(), outcome == Printed::Unknown);
        assert_eq!(world.submissions.len(), 1);
    }
}

#[test]
fn a_reprint_carries_the_same_number_and_a_mark() {
    let mut world = World::new();
    world.paper = Printed::NotPrinted;
    world.go_to_slip();
    world.paper = Printed::Unknown;
    world.touch(Intent::Reprint);
    world.touch(Intent::PaperDidNotComeOut).touch(Intent::Reprint);
    let marks: Vec<Option<&str>> = world.printed.iter().map(|(_, slip)| slip.mark.as_deref()).collect();
    assert_eq!(marks, [None, Some("CETAK ULANG 1"), Some("CETAK ULANG 2")]);
    let numbers: std::collections::BTreeSet<&str> = world.printed.iter().map(|(_, slip)| slip.number.as_str()).collect();
    assert_eq!(numbers.len(), 1);
    assert_eq!(world.submissions.len(), 1);
    world.touch(Intent::PaperCameOut);
    assert_eq!(slip_page(&world).paper, PaperState::Printed);
}

#[test]
fn nothing_is_printed_before_the_submission_is_on_disk() {
    let mut world = World::new();
    world.go_to_slip();
    let order: Vec<&str> = world
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Reserve { .. } => Some("reserve"),
            Effect::Enqueue(_) => Some("enqueue"),
            Effect::PrintSlip { .. } => Some("print"),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["reserve", "enqueue", "print"]);
}

#[test]
fn a_double_touch_on_send_submits_once() {
    let mut world = World::new();
    world.go_to_check();
    world.double_touch(Intent::GoOn);
    assert_eq!(world.submissions.len(), 1);
    assert_eq!(heading(&world.page()), "slip");
}

#[test]
fn the_late_word_of_another_job_changes_nothing() {
    let mut world = World::new();
    world.go_to_slip();
    let stranger = flow::event::Job { session: uuid::Uuid::from_u128(77), serial: 1 };
    world.event(flow::Event::PrintEnded { job: stranger, outcome: Printed::NotPrinted });
    assert_eq!(slip_page(&world).paper, PaperState::Printed);
}

#[test]
fn only_this_citys_slips_are_tokens() {
    let url = "https://lacak-klampid.surabaya.go.id";
    assert_eq!(token_in(url, &qr_text(url, TOKEN)), Some(TOKEN.to_owned()));
    assert_eq!(token_in(url, &format!("{url}/t/{}", TOKEN.to_lowercase())), Some(TOKEN.to_owned()));
    let foreign = [
        "https://example.com/".to_owned(),
        "halo".to_owned(),
        "\u{0}\u{1}\u{2}".to_owned(),
        qr_text("https://lacak.kota-lain.go.id", TOKEN),
        format!("{url}/t/{TOKEN}0"),
        format!("{url}/t/../../admin"),
        format!("{url}.jahat.example/t/{TOKEN}"),
        String::new(),
    ];
    for text in foreign {
        assert_eq!(token_in(url, &text), None, "{text:?}");
    }
}
