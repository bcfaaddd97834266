//! Carries out what the flow wishes, in order. Durable effects are awaited (within the outbox's own limit) and answer with
//! an event at once; devices and network are only told.

use flow::effect::Effect;
use flow::event::{Job, Minted, Moment, Printed, StoreFault, StoreHealth};
use flow::slip::Slip;
use flow::{Event, effect::Submission};
use jiff::tz::Offset;
use outbox::{Enqueue, EnqueueError, NumberClaim, Outbox, PrintOutcome, Serial, SessionKey, StorePageError};

use crate::devices::{CameraDesk, LiveSession, PrinterDesk, ScannerDesk};
use crate::logging::{chain, note};
use crate::mint::{self, Chance};
use crate::paper;
use crate::pictures::{Picture, Pictures};
use crate::settings::Settings;
use crate::uplink::{self, UplinkDesk};

/// A page on its way from a device to the session's pictures.
pub struct Taken {
    pub part: String,
    pub picture: Picture,
}

/// Everything an effect can touch.
pub struct Hands {
    pub settings: Settings,
    pub utc_offset_minutes: i32,
    pub outbox: Outbox,
    pub printer: PrinterDesk,
    pub camera: CameraDesk,
    pub scanner: ScannerDesk,
    pub uplink: UplinkDesk,
    pub chance: Box<dyn Chance>,
    pub pictures: Pictures,
    pub live: LiveSession,
    /// Serial promised to the submission being made, and the slip copies under way.
    pub serial: Option<Serial>,
    pub printing: Vec<(Job, String, u16)>,
}

impl Hands {
    /// Carries out one effect; an answer that is already known comes back as an event.
    pub fn carry_out(&mut self, effect: Effect, now: Moment) -> Option<Event> {
        match effect {
            Effect::BeginSession { session } => {
                let mut key = [0u8; 32];
                self.chance.fill(&mut key);
                self.live.set(Some(session));
                let begun = self.outbox.begin_session(session, SessionKey::from_bytes(key), now.wall);
                zeroize::Zeroize::zeroize(&mut key);
                begun.err().map(|reason| {
                    note("session.not-begun", &[("reason", &chain(&reason))]);
                    Event::StoreChanged(StoreHealth::Broken)
                })
            }
            Effect::SaveDraft { session, draft } => {
                let saved = self.outbox.save_draft(session, &draft, now.wall);
                saved.err().map(|reason| {
                    let fault = store_fault(matches!(reason, outbox::SaveDraftError::Store(outbox::StoreFault::Full)));
                    refused("draft.not-saved", &reason, fault)
                })
            }
            Effect::OpenDraft => Some(Event::DraftOpened(match self.outbox.resume_draft(now.wall) {
                Ok(draft) => {
                    self.live.set(Some(draft.session));
                    Ok(draft.plaintext.to_vec())
                }
                Err(reason) => {
                    note("draft.not-opened", &[("reason", &chain(&reason))]);
                    Err(StoreFault::Broken)
                }
            })),
            Effect::EndSession { session } => {
                self.live.set(None);
                self.pictures.wipe();
                self.scanner.cancel();
                self.printing.clear();
                if let Err(reason) = self.outbox.destroy_session(session) {
                    note("session.not-destroyed", &[("reason", &chain(&reason))]);
                }
                None
            }
            Effect::UseCamera(wanted) => {
                self.camera.set_use(wanted);
                None
            }
            Effect::TakePage { part, source: flow::event::Source::Camera, .. } => {
                self.camera.take(part);
                None
            }
            Effect::TakePage { part, source: flow::event::Source::Scanner, .. } => {
                self.scanner.scan(part);
                None
            }
            Effect::DropPicture { part } => {
                self.pictures.drop_one(&part);
                None
            }
            Effect::StorePage { session, part } => Some(self.store_page(session, part)),
            Effect::DropPage { session, part } => {
                self.pictures.drop_one(&part);
                if let Err(reason) = self.outbox.drop_page(session, &part) {
                    note("page.not-dropped", &[("reason", &chain(&reason))]);
                }
                None
            }
            Effect::Reserve { numbers } => Some(self.reserve(numbers, now)),
            Effect::Enqueue(submission) => Some(self.enqueue(*submission, now)),
            Effect::PrintSlip { job, slip } => {
                self.print_slip(job, &slip);
                None
            }
            Effect::PrintList { job, list } => {
                self.printer.print(job, paper::list(&list));
                None
            }
            Effect::AskFollowUp { id, pin } => {
                self.uplink.ask_follow_up(id, pin);
                None
            }
        }
    }

    /// Keeps what became of a slip, for the question "did I get one?".
    pub fn record_print(&mut self, job: Job, outcome: Printed, now: Moment) {
        let Some(index) = self.printing.iter().position(|(printing, ..)| *printing == job) else { return };
        let (_, number, copy) = self.printing.swap_remove(index);
        let outcome = match outcome {
            Printed::Printed => PrintOutcome::Printed,
            Printed::NotPrinted => PrintOutcome::NotPrinted,
            Printed::Unknown => PrintOutcome::Unknown,
        };
        if let Err(reason) = self.outbox.record_print(&number, copy, outcome, now.wall) {
            note("print.not-recorded", &[("reason", &chain(&reason))]);
        }
    }

    fn store_page(&mut self, session: uuid::Uuid, part: String) -> Event {
        let Some(jpeg) = self.pictures.get(&part).and_then(|picture| picture.jpeg.clone()) else {
            return Event::StoreRefused(StoreFault::Broken);
        };
        match self.outbox.store_page(session, &part, jpeg) {
            Ok(_) => {
                self.pictures.forget_jpeg(&part);
                Event::PageStored { part }
            }
            Err(reason) => {
                let fault = store_fault(matches!(reason, StorePageError::Store(outbox::StoreFault::Full)));
                refused("page.not-stored", &reason, fault)
            }
        }
    }

    fn reserve(&mut self, numbers: usize, now: Moment) -> Event {
        let offset = Offset::from_seconds(self.utc_offset_minutes * 60).unwrap_or(Offset::UTC);
        let day = offset.to_datetime(now.wall).date();
        let minted = if numbers == 0 { Vec::new() } else { self.mint_numbers(numbers, day) };
        let chance = self.chance.as_mut();
        let pin = mint::pin(chance);
        let pin_verifier = if numbers == 0 { String::new() } else { mint::pin_verifier(&pin, chance) };
        Event::Reserved(Box::new(Minted { key: now.fresh_id, numbers: minted, token: mint::token(chance), pin, pin_verifier }))
    }

    /// The next numbers of today, in a row; the last serial becomes durable with the submission. Fewer than asked for when the block is used up.
    fn mint_numbers(&mut self, numbers: usize, day: jiff::civil::Date) -> Vec<String> {
        let mut minted = Vec::new();
        for _ in 0..numbers {
            match self.outbox.next_serial(day, 0) {
                Ok(value) => {
                    self.serial = Some(Serial { day, block: 0, value });
                    minted.extend(catalogue::number::SlipNumber::mint(&self.settings.office.number_block, day, value).map(|number| number.to_string()));
                }
                Err(reason) => {
                    note("serial.refused", &[("reason", &chain(&reason))]);
                    break;
                }
            }
        }
        minted
    }

    fn enqueue(&mut self, submission: Submission, now: Moment) -> Event {
        let written = match uplink::write(&submission, &self.settings.office.kiosk) {
            Ok(written) => written,
            Err(reason) => {
                note("submission.not-written", &[("reason", &reason)]);
                return Event::EnqueueRefused(StoreFault::Broken);
            }
        };
        let is_new = matches!(submission.body, flow::effect::Body::Application { .. });
        let queued = self.outbox.enqueue(Enqueue {
            key: submission.key,
            session: submission.session,
            number: submission.number.clone(),
            claim: if is_new { NumberClaim::Fresh } else { NumberClaim::Existing },
            kind: if is_new { "application" } else { "patch" }.to_owned(),
            wire_version: uplink::WIRE_VERSION,
            manifest: written.cover,
            payload_name: uplink::PAYLOAD_PART.to_owned(),
            payload: written.payload,
            pages: written.pages,
            draft_after: Some(submission.draft_after),
            serial: self.serial.take().filter(|_| is_new),
            now: now.wall,
        });
        match queued {
            Ok(_) => {
                self.uplink.wake();
                Event::Enqueued { number: submission.number }
            }
            Err(reason) => {
                note("submission.refused", &[("reason", &chain(&reason))]);
                Event::EnqueueRefused(store_fault(matches!(reason, EnqueueError::Store(outbox::StoreFault::Full) | EnqueueError::QueueFull { .. })))
            }
        }
    }

    fn print_slip(&mut self, job: Job, slip: &Slip) {
        let copy = self.outbox.prints(&slip.number).map_or(0, |prints| prints.len());
        self.printing.push((job, slip.number.clone(), u16::try_from(copy).unwrap_or(u16::MAX)));
        self.printer.print(job, paper::slip(slip));
    }
}

fn store_fault(is_full: bool) -> StoreFault {
    if is_full { StoreFault::Full } else { StoreFault::Broken }
}

fn refused(name: &str, reason: &dyn std::error::Error, fault: StoreFault) -> Event {
    note(name, &[("reason", &chain(reason))]);
    Event::StoreRefused(fault)
}
