//! The only module that knows tokio, the wire and central's address. One thread, one runtime, two tasks: the courier that
//! empties the outbox, and the questions residents ask about their applications.
//!
//! The rule a newcomer would break: nothing here decides what a submission means; it is carried, and only a signed receipt
//! removes it from the outbox.

mod client;
mod courier;
mod follow_up;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use flow::Event;
use flow::event::FollowUpFault;
use outbox::Outbox;
use thiserror::Error;
use tokio::sync::{Notify, mpsc};

use crate::clock::Clock;
use crate::event::Inbox;
use crate::settings::CentralSettings;

pub use write::{PAYLOAD_PART, Written, write};
pub const WIRE_VERSION: u16 = wire::v1::VERSION;

/// Questions that may wait: there is one screen, so one is usual.
const QUESTIONS_MAX: usize = 4;
/// Between two looks at the link while nothing is to be sent.
const LINK_LOOK: Duration = Duration::from_secs(10);

/// Why the way to central cannot be set up. The kiosk does not start: it would take applications that nobody can ever get.
#[derive(Debug, Error)]
pub enum UplinkError {
    #[error("{path}: cannot be read")]
    File { path: std::path::PathBuf, source: std::io::Error },
    #[error("{path}: holds no usable certificate")]
    Certificate { path: std::path::PathBuf },
    #[error("the HTTPS client cannot be made")]
    Client(#[source] reqwest::Error),
    #[error("the network thread cannot be started")]
    Thread(#[source] std::io::Error),
}

struct Question {
    id: String,
    pin: String,
}

/// Handle to the network thread.
pub struct UplinkDesk {
    questions: mpsc::Sender<Question>,
    queue_changed: Arc<Notify>,
    inbox: Inbox,
}

impl UplinkDesk {
    /// Starts the thread. It ends when the handle is dropped.
    #[expect(clippy::disallowed_methods, reason = "the thread started here owns this runtime and does nothing else")]
    pub fn start(settings: &CentralSettings, outbox: Outbox, clock: Arc<dyn Clock>, inbox: Inbox) -> Result<Self, UplinkError> {
        let client = client::Client::new(settings)?;
        let (questions, asked) = mpsc::channel(QUESTIONS_MAX);
        let queue_changed = Arc::new(Notify::new());
        let (events, changed) = (inbox.clone(), Arc::clone(&queue_changed));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(UplinkError::Thread)?;
        let work = move || runtime.block_on(serve(client, outbox, clock, events, changed, asked));
        std::thread::Builder::new().name("uplink".into()).spawn(work).map_err(UplinkError::Thread)?;
        Ok(Self { questions, queue_changed, inbox })
    }

    /// Something new lies in the outbox.
    pub fn wake(&self) {
        self.queue_changed.notify_one();
    }

    pub fn ask_follow_up(&self, id: String, pin: String) {
        if self.questions.try_send(Question { id, pin }).is_err() {
            self.inbox.flow(Event::FollowUpAnswered(Err(FollowUpFault::Unreachable)));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the courier is ended below, when nobody asks any more")]
async fn serve(client: client::Client, outbox: Outbox, clock: Arc<dyn Clock>, inbox: Inbox, changed: Arc<Notify>, mut asked: mpsc::Receiver<Question>) {
    let client = Arc::new(client);
    let courier = courier::Courier::new(Arc::clone(&client), outbox, clock, inbox.clone(), changed);
    let carrying = tokio::spawn(courier.run());
    while let Some(question) = asked.recv().await {
        let answer = follow_up::ask(&client, question.id, question.pin).await;
        inbox.flow(Event::FollowUpAnswered(answer.map(Box::new)));
    }
    carrying.abort();
}

fn read(path: &Path) -> Result<Vec<u8>, UplinkError> {
    std::fs::read(path).map_err(|source| UplinkError::File { path: path.to_owned(), source })
}
