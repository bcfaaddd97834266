//! The loop: event → flow → effects → view, on one thread, the only writer of the kiosk's state.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use flow::event::{Moment, StoreHealth};
use flow::view::{CaptureMode, Page, View};
use flow::{Event, Kiosk};
use outbox::Escalation;

use crate::clock::Clock;
use crate::effects::{Hands, Taken};
use crate::event::AppEvent;
use crate::logging::{chain, note};
use crate::pictures::Shown;

/// Between two looks at the store: room, age of the oldest item.
const TEND_EVERY: Duration = Duration::from_secs(5);

/// A view with the pictures it names. Complete: whoever shows it asks nobody.
#[derive(Clone)]
pub struct Scene {
    pub view: View,
    /// Thumbnails by part name.
    pub thumbs: Vec<(String, Arc<Shown>)>,
    /// The page being looked at.
    pub review: Option<Arc<Shown>>,
}

/// Where scenes go; returns at once, the newest wins.
pub type Screen = Box<dyn Fn(Scene) + Send>;

/// The app thread's own things.
pub struct App {
    pub kiosk: Kiosk,
    pub hands: Hands,
    pub clock: Arc<dyn Clock>,
    pub events: Receiver<AppEvent>,
    pub taken: Receiver<Taken>,
    pub screen: Screen,
    pub shown: Option<View>,
    pub tended_at: Option<Duration>,
    pub escalation: Escalation,
}

impl App {
    /// Runs until it is told to stop.
    pub fn run(mut self) {
        self.show(self.clock.now());
        loop {
            let now = self.clock.now();
            self.tend(now);
            let deadline = self.kiosk.deadline(now);
            let wait = deadline.map_or(TEND_EVERY, |at| at.saturating_sub(now.elapsed)).min(TEND_EVERY);
            match self.events.recv_timeout(wait) {
                Ok(AppEvent::Flow(event)) => self.take(event),
                Ok(AppEvent::QueueChanged) => self.tended_at = None,
                Ok(AppEvent::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    let now = self.clock.now();
                    if deadline.is_some_and(|at| now.elapsed >= at) {
                        self.take(Event::DeadlineReached);
                    }
                }
            }
        }
    }

    /// One event and everything that follows from it, then one view.
    fn take(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let now = self.clock.now();
            if let Event::PrintEnded { job, outcome } = &event {
                self.hands.record_print(*job, *outcome, now);
            }
            self.collect_pictures();
            for effect in self.kiosk.handle(event, now) {
                events.extend(self.hands.carry_out(effect, now));
            }
        }
        self.show(self.clock.now());
    }

    fn collect_pictures(&mut self) {
        for taken in self.taken.try_iter() {
            // A page that comes after its session ended is dropped with the buffer it lies in.
            if self.kiosk.live_session().is_some() {
                self.hands.pictures.put(taken.part, taken.picture);
            }
        }
    }

    fn show(&mut self, now: Moment) {
        let view = self.kiosk.view(now);
        if self.shown.as_ref() == Some(&view) {
            return;
        }
        let pictures = &self.hands.pictures;
        let thumb = |part: &str| pictures.get(part).map(|picture| (part.to_owned(), Arc::clone(&picture.thumb)));
        let thumbs = match &view.page {
            Page::Capture(capture) => capture.pages.iter().filter_map(|page| thumb(&page.part)).collect(),
            Page::Check { papers, .. } => papers.iter().flat_map(|row| &row.parts).filter_map(|part| thumb(part)).collect(),
            _ => Vec::new(),
        };
        let review = match &view.page {
            Page::Capture(capture) => match &capture.mode {
                CaptureMode::Review { part, .. } => pictures.get(part).map(|picture| Arc::clone(&picture.large)),
                _ => None,
            },
            _ => None,
        };
        (self.screen)(Scene { view: view.clone(), thumbs, review });
        self.shown = Some(view);
    }

    /// Looks at the store now and then: no room closes new applications, an old queue is told louder.
    fn tend(&mut self, now: Moment) {
        if self.tended_at.is_some_and(|at| now.elapsed < at + TEND_EVERY) {
            return;
        }
        self.tended_at = Some(now.elapsed);
        let health = match self.hands.outbox.summary(now.wall) {
            Ok(summary) => {
                if summary.escalation != self.escalation {
                    self.escalation = summary.escalation;
                    note("queue.escalation", &[("step", &format!("{:?}", summary.escalation)), ("queued", &summary.queued), ("poisoned", &summary.poisoned)]);
                }
                if summary.space.admits_new_session { StoreHealth::Open } else { StoreHealth::NearlyFull }
            }
            Err(reason) => {
                note("queue.unreadable", &[("reason", &chain(&reason))]);
                StoreHealth::Broken
            }
        };
        self.take(Event::StoreChanged(health));
    }
}
