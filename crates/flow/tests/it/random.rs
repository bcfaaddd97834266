//! Thousands of residents who touch anything at any time. Whatever they do, these sentences stay true.

use flow::event::{Device, Health, PageFinding, Printed, StoreFault, StoreHealth};
use flow::view::Page;
use flow::{Effect, Event, Intent, Language};
use proptest::prelude::*;

use crate::world::World;

fn any_intent() -> impl Strategy<Value = Intent> {
    prop_oneof![
        1 => Just(Intent::Wake),
        1 => Just(Intent::ChooseLanguage(Language::En)),
        1 => Just(Intent::CallStaff),
        2 => Just(Intent::StillHere),
        3 => Just(Intent::ChooseEvent("ktp-hilang".into())),
        1 => Just(Intent::FollowUp),
        1 => Just(Intent::ResumeInterrupted),
        8 => Just(Intent::GoOn),
        2 => Just(Intent::GoBack),
        1 => Just(Intent::Leave),
        1 => Just(Intent::PrintList),
        8 => prop::sample::select(vec!["ya", "tidak", "hilang", "lupa", "belum"]).prop_map(|value| Intent::Choose(value.into())),
        4 => prop::sample::select("0123456789A-é\u{7}".chars().collect::<Vec<_>>()).prop_map(Intent::Key),
        1 => Just(Intent::Erase),
        2 => Just(Intent::ConfirmAnyway),
        3 => Just(Intent::Skip),
        1 => Just(Intent::Retake),
        1 => Just(Intent::AddPage),
        1 => Just(Intent::RemovePage("page-1".into())),
        1 => prop::sample::select(vec!["nik", "alasan", "surat_kehilangan", "tidak-ada"]).prop_map(|id| Intent::Change(id.into())),
        1 => Just(Intent::Reprint),
        1 => Just(Intent::PaperDidNotComeOut),
        1 => Just(Intent::TypeNumber),
    ]
}

#[derive(Clone, Debug)]
enum Op {
    Touch(Intent),
    Double(Intent),
    TypePerson,
    Wait(u64),
    Paper(u8),
    StoreFault(bool),
    Store(bool),
    Camera(bool),
    PowerCut,
    WallBack,
}

fn any_op() -> impl Strategy<Value = Op> {
    prop_oneof![
        30 => any_intent().prop_map(Op::Touch),
        4 => any_intent().prop_map(Op::Double),
        6 => Just(Op::TypePerson),
        2 => (1u64..70).prop_map(Op::Wait),
        1 => (0u8..3).prop_map(Op::Paper),
        1 => any::<bool>().prop_map(Op::StoreFault),
        1 => any::<bool>().prop_map(Op::Store),
        1 => any::<bool>().prop_map(Op::Camera),
        1 => Just(Op::PowerCut),
        1 => Just(Op::WallBack),
    ]
}

/// Types whatever the page being shown asks for, so that random walks get far.
fn type_what_is_asked(world: &mut World) {
    if let Page::Entry(entry) = world.page() {
        let text = match entry.question.as_str() {
            question if question.contains("Kartu Keluarga") => crate::world::NO_KK,
            question if question.contains("nama") => crate::world::NAME,
            question if question.contains("tanggal lahir") => "05071990",
            _ => crate::world::NIK,
        };
        world.touch(Intent::Clear).type_text(text).touch(Intent::GoOn);
    }
}

fn check_truths(world: &World) {
    let mut committed = std::collections::BTreeSet::new();
    let mut ended = std::collections::BTreeSet::new();
    for effect in &world.effects {
        match effect {
            Effect::EndSession { session } => {
                ended.insert(*session);
            }
            Effect::PrintSlip { job, slip } => {
                assert!(!ended.contains(&job.session), "a slip of an ended session");
                assert!(
                    world.submissions.iter().any(|submission| submission.number == slip.number && submission.session == job.session),
                    "a slip without a commit"
                );
            }
            Effect::SaveDraft { session, .. } | Effect::StorePage { session, .. } => assert!(!ended.contains(session), "something kept after the wipe"),
            _ => {}
        }
    }
    for submission in &world.submissions {
        assert!(committed.insert(submission.session), "one session was submitted twice");
        assert!(submission.answers.get("alasan").is_some_and(|reason| reason == "hilang"), "an exit was submitted");
    }
    let view = world.view();
    if !matches!(view.page, Page::Slip(_)) {
        assert!(!format!("{view:?}").contains(crate::world::PIN), "a PIN beside the slip page");
    }
    assert!(!format!("{view:?}").contains(crate::world::NIK), "a NIK in a debug print");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost_doubled_or_shown_to_strangers(ops in prop::collection::vec(any_op(), 20..120)) {
        let mut world = World::new();
        for op in ops {
            match op {
                Op::Touch(intent) => { world.touch(intent); }
                Op::Double(intent) => world.double_touch(intent),
                Op::TypePerson => type_what_is_asked(&mut world),
                Op::Wait(secs) => world.wait(std::time::Duration::from_secs(secs)),
                Op::Paper(outcome) => world.paper = [Printed::Printed, Printed::NotPrinted, Printed::Unknown][usize::from(outcome)],
                Op::StoreFault(full) => {
                    world.enqueue_fault = full.then_some(StoreFault::Full);
                    world.findings = if full { vec![PageFinding::Blurred] } else { Vec::new() };
                }
                Op::Store(open) => world.event(Event::StoreChanged(if open { StoreHealth::Open } else { StoreHealth::NearlyFull })),
                Op::Camera(ready) => world.event(Event::DeviceChanged(Device::Camera, if ready { Health::Ready } else { Health::NotReady })),
                Op::PowerCut => { let effects = std::mem::take(&mut world.effects); world.restart(); world.effects = effects; }
                Op::WallBack => world.wall = world.wall.checked_sub(jiff::SignedDuration::from_hours(24)).expect("within range"),
            }
            check_truths(&world);
        }
    }
}
