//! What the resident sees, as one plain value.
//!
//! `View` is made fresh after every event and is complete: whoever shows it needs nothing else and decides nothing.
//! It holds sentences in the resident's language, never text ids, and no colours or sizes.
//! The rule a newcomer would break: a page that needs to compute something to draw itself needs a new field here instead.

use crate::Language;

/// The whole screen: the frame that never moves, and the one page inside it.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub frame: Frame,
    pub page: Page,
    pub overlay: Option<Overlay>,
}

/// Top band, progress and bottom band.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub city: String,
    pub office: String,
    /// Name of the service being asked for; empty outside a session.
    pub service: String,
    pub language: Language,
    /// Languages that can be chosen.
    pub languages: Vec<Language>,
    /// Index into the four text sizes 0.85, 1.0, 1.25 and 1.5.
    pub text_step: u8,
    pub high_contrast: bool,
    /// Everything that is needed sits in the lower part, for somebody who sits.
    pub low_reach: bool,
    /// Named steps (Syarat · Tanya · Data · Berkas · Periksa · Kirim) and the one being worked on; empty when there is no journey.
    pub steps: Vec<String>,
    pub current_step: usize,
    pub may_go_back: bool,
    /// True when a session can be ended from this page ("Selesai / keluar").
    pub may_leave: bool,
    /// The one action of the page at the bottom right; `None` when choosing a card is the action.
    pub primary: Option<Primary>,
}

/// The one thing to press next.
#[derive(Clone, Debug, PartialEq)]
pub struct Primary {
    pub label: String,
    pub enabled: bool,
}

/// What lies over the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// "Masih di sini?" with the seconds that are left before the wipe.
    StillHere { seconds_left: u32 },
    /// "Yakin keluar?": staying or leaving, nothing else.
    LeaveAsked { title: String, sentence: String },
    /// The resident asked for help; the page waits until they are back.
    StaffCalled { sentence: String },
}

/// Exactly one of these fills the body.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// Attract page; notices tell what does not work today before anyone queues.
    Idle { title: String, sentence: String, notices: Vec<Notice>, interrupted: bool },
    /// Life events, most used first, then search, the official menus and "follow up".
    Home {
        title: String,
        events: Vec<Card>,
        /// Label of the button that searches all services.
        search: String,
        /// Label of the button to the office's own menus.
        menus: String,
    },
    /// What to bring, where it is collected, which clock, free of charge; before any typing.
    Requirements { title: String, papers: Vec<PaperLine>, facts: Vec<Fact>, print: PrintButton },
    /// The path ends here with what to do instead.
    Exit { title: String, sentences: Vec<String>, bring: Vec<PaperLine>, print: PrintButton },
    /// Who asks, why, how long, whom to ask.
    Privacy { title: String, facts: Vec<Fact> },
    /// One question, two to seven cards.
    Choice { question: String, help: String, cards: Vec<Card> },
    /// One field, typed on our own keys.
    Entry(Entry),
    /// A few letters typed, and what they may mean as cards to touch: services, regions, occupations.
    Pick(Pick),
    /// A paper is being taken by camera or scanner.
    Capture(Capture),
    /// Every answer and page, each changeable.
    Check {
        title: String,
        rows: Vec<Row>,
        papers: Vec<Row>,
        /// What could not be done, in one sentence; empty when all is well.
        warning: String,
        /// What an officer would probably send back, each with the item to mend now.
        forecasts: Vec<Forecast>,
    },
    /// Work that has an end; the sentence changes after 3 and 10 seconds.
    Working { title: String, sentence: String },
    /// The e-Kitir on the screen, with what became of the paper.
    Slip(SlipPage),
    /// The session is over and its data are gone.
    Goodbye { title: String, sentence: String, wiped_id: String },
    /// Hold the slip's QR before the camera, or type the number.
    ReadCode { title: String, sentence: String, problem: String },
    /// Progress of an application in plain words.
    Progress(ProgressPage),
    /// No new application can be taken now, and what to do instead.
    Closed { title: String, sentences: Vec<String> },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub sentence: String,
    pub tone: Tone,
}

/// Colour never speaks alone: every tone also has an icon and a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Attention,
    Trouble,
    Done,
}

/// A full-width card to touch.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub id: String,
    pub label: String,
    pub detail: String,
    /// Name of an icon in `ui/icons`, or empty.
    pub icon: String,
    pub selected: bool,
}

/// A paper as residents say it, the official name under it.
#[derive(Clone, Debug, PartialEq)]
pub struct PaperLine {
    pub name: String,
    pub official: String,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub icon: String,
    pub label: String,
    pub text: String,
}

/// State of "print this list".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintButton {
    Hidden,
    Offered,
    Busy,
    Done,
    /// The printer could not: the resident may photograph the page.
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Ten digits and an eraser.
    Digits,
    /// Letters, space and the signs names have.
    Letters,
    /// Letters and digits, for an application number.
    Number,
    /// Letters, digits, space and the signs an address or a letter's number has.
    Text,
    /// Letters, digits and the signs of an e-mail address.
    Email,
    /// Six digits, shown as dots.
    Pin,
}

#[derive(Clone, PartialEq)]
pub struct Entry {
    pub question: String,
    pub help: String,
    pub keys: Keys,
    /// What is typed so far, grouped for reading ("3578 0145 …", "12-03-1990"), or dots for a PIN.
    pub shown: String,
    /// What an empty field shows, in the same grouping ("hh-bb-tttt").
    pub pattern: String,
    /// "12 dari 16 angka".
    pub count: String,
    pub finding: Option<Finding>,
    /// The field may be left empty; label of the button that does so.
    pub skip: Option<String>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("question", &self.question).field("shown", &"•••").field("finding", &self.finding).finish()
    }
}

/// A list that narrows while letters are typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    pub question: String,
    pub help: String,
    /// Letters typed so far; empty shows `hint` in the field.
    pub typed: String,
    pub hint: String,
    /// At most seven, the likeliest first.
    pub cards: Vec<Card>,
    /// Said when nothing fits what was typed; empty otherwise.
    pub nothing: String,
    /// The field may be left empty; label of the button that does so.
    pub skip: Option<String>,
}

/// What an officer would probably refuse, said before sending.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// The item to mend; touching it opens its page.
    pub item: String,
    pub label: String,
    pub sentence: String,
    /// Label of the button that opens the item.
    pub mend: String,
}

/// What the rules say of the text so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub sentence: String,
    pub weight: Weight,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Must be mended before going on.
    Hard,
    /// "Sudah benar?": the resident may say yes and go on.
    Ask,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    pub paper: String,
    pub instruction: String,
    pub mode: CaptureMode,
    /// Pages kept so far, oldest first.
    pub pages: Vec<Thumb>,
    pub pages_max: usize,
    pub may_use_camera: bool,
    pub may_use_scanner: bool,
    pub problem: String,
    /// What the live picture shows, in one short sentence.
    pub live: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum CaptureMode {
    /// The live picture with the guide frame.
    Live,
    /// The scanner is asked to feed a page.
    Scanner,
    /// The picture or page is being taken.
    Taking,
    /// One page large, with what the machine thinks of it.
    Review { part: String, finding: Option<String>, hint: Option<crate::event::PageHint> },
    /// All pages kept so far as thumbnails: add one, remove one, go on.
    Pages,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Thumb {
    /// Key of the picture in the pixel lane.
    pub part: String,
    pub label: String,
    pub warning: bool,
}

/// One answer or paper on the check page.
#[derive(Clone, PartialEq)]
pub struct Row {
    pub id: String,
    pub label: String,
    pub value: String,
    pub changeable: bool,
    /// Keys of thumbnails, for papers.
    pub parts: Vec<String>,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row").field("id", &self.id).field("value", &"•••").finish()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperState {
    Printing,
    Printed,
    NotPrinted,
    /// Nobody knows; the resident is asked.
    Unknown,
}

#[derive(Clone, PartialEq)]
pub struct SlipPage {
    pub title: String,
    pub service: String,
    pub number: String,
    /// What the QR says: the tracking address with an opaque token.
    pub qr: String,
    pub pin: String,
    pub pin_label: String,
    pub promise: String,
    pub collect: String,
    /// Further services of the same visit, each with its own number and promise.
    pub also: Vec<SlipLine>,
    pub paper: PaperState,
    /// What became of the paper and what to do, in words.
    pub sentence: String,
    pub may_reprint: bool,
    /// The reprint button's label.
    pub reprint: String,
    /// Asked only when nobody knows: labels for "ya, keluar" and "tidak keluar".
    pub ask: Option<(String, String)>,
}

impl std::fmt::Debug for SlipPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlipPage").field("number", &self.number).field("pin", &"•••").field("paper", &self.paper).finish()
    }
}

/// A further service on the slip.
#[derive(Clone, Debug, PartialEq)]
pub struct SlipLine {
    pub service: String,
    pub number: String,
    pub promise: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ProgressPage {
    pub title: String,
    pub number: String,
    pub service: String,
    /// One sentence: where it is now.
    pub now: String,
    pub tone: Tone,
    pub promise: String,
    /// Steps done, being done, to come.
    pub stages: Vec<Stage>,
    /// What comes of the application when that is more than one thing, each with its own state and promise.
    pub outputs: Vec<OutputLine>,
    /// Items that came back, each with what, why and what to bring.
    pub repairs: Vec<PaperLine>,
}

/// One result of an application: a card, a family card, a certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputLine {
    pub label: String,
    /// Where it is now, in one sentence.
    pub now: String,
    pub tone: Tone,
    pub promise: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    pub label: String,
    pub when: String,
    pub state: StageState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageState {
    Done,
    Now,
    Later,
}
