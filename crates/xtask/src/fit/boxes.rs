//! The boxes that labels stand in, at the largest text size on the 1080×1920 portrait screen, in pixels of that reference.
//!
//! Widths and sizes are those of `ui/theme` and `ui/components`. They are written here once more, because a box is a sum of
//! margins that no file names; `tests/fit.rs` reads the `.slint` files and fails when a number or a phrase that a sum rests on
//! has changed. The rule a newcomer would break: change the screen first, then this table, never the other way round.

use super::fonts::Heaviness::{self, Heavy, Medium, Regular, Strong};

/// Width of the screen.
pub const SCREEN: f32 = 1080.0;

/// Lengths of `ui/theme/metrics.slint` in portrait.
pub const METRICS: [(&str, f32); 13] = [
    ("hair", HAIR),
    ("small", SMALL),
    ("medium", MEDIUM),
    ("large", LARGE),
    ("wide", WIDE),
    ("touch", TOUCH),
    ("button", BUTTON),
    ("icon-small", ICON_SMALL),
    ("icon", ICON),
    ("margin", MARGIN),
    ("primary-width", PRIMARY),
    ("staff-width", STAFF),
    ("lead-column", LEAD_COLUMN),
];

const HAIR: f32 = 8.0;
const SMALL: f32 = 16.0;
const MEDIUM: f32 = 24.0;
const LARGE: f32 = 40.0;
const WIDE: f32 = 64.0;
const TOUCH: f32 = 96.0;
const BUTTON: f32 = 128.0;
const ICON_SMALL: f32 = 40.0;
const ICON: f32 = 56.0;
const MARGIN: f32 = 64.0;
const PRIMARY: f32 = 384.0;
const STAFF: f32 = 144.0;
const LEAD_COLUMN: f32 = 640.0;

/// The last of the four text sizes.
pub const LARGEST_FACTOR: f32 = 1.5;

/// Sizes of `ui/theme/typography.slint`: name, base, and the factor it grows to at most in portrait.
pub const TYPE: [(&str, f32, f32); 6] = [
    ("question", 60.0, LARGEST_FACTOR),
    ("body", 38.0, LARGEST_FACTOR),
    ("label", 34.0, LARGEST_FACTOR),
    ("small", 28.0, LARGEST_FACTOR),
    ("band", 30.0, 1.1),
    ("band-button", 36.0, 1.1),
];

const QUESTION: f32 = 60.0 * LARGEST_FACTOR;
const BODY: f32 = 38.0 * LARGEST_FACTOR;
const LABEL: f32 = 34.0 * LARGEST_FACTOR;
const SMALL_TYPE: f32 = 28.0 * LARGEST_FACTOR;
const BAND: f32 = 30.0 * 1.1;
const BAND_BUTTON: f32 = 36.0 * 1.1;
/// A head in its own column grows less, `head-factor` in landscape.
pub const HEAD_FACTOR_LANDSCAPE: f32 = 1.15;

/// Between the margins of a page.
const BODY_WIDTH: f32 = SCREEN - 2.0 * MARGIN;
const IN_CARD: f32 = BODY_WIDTH - 2.0 * MEDIUM;
const BESIDE_ICON: f32 = TOUCH + MEDIUM;

/// Letters on a line of 58 mm paper (`config/printers/generic-58mm.toml`), and on one printed double.
pub const PAPER_LETTERS: usize = 32;
pub const PAPER_LETTERS_DOUBLE: usize = PAPER_LETTERS / 2;

/// One kind of box.
#[derive(Debug)]
pub struct LabelBox {
    /// What stands in it, for whoever has to shorten something.
    pub name: &'static str,
    /// The file that draws it, and phrases in it that the numbers rest on.
    pub component: &'static str,
    pub rests_on: &'static [&'static str],
    pub width: f32,
    pub size: f32,
    pub weight: Heaviness,
    pub lines_max: usize,
}

const PAGE_BODY: &str = "ui/components/page_body.slint";
const CARDS: &str = "ui/components/cards.slint";
const LINES: &str = "ui/components/lines.slint";
const BOXES: &str = "ui/components/boxes.slint";
const CHECK: &str = "ui/pages/resident/check.slint";

/// Width, size, weight and most lines; then the file and the phrases in it.
const fn boxed(name: &'static str, shape: (f32, f32, Heaviness, usize), component: &'static str, rests_on: &'static [&'static str]) -> LabelBox {
    LabelBox { name, component, rests_on, width: shape.0, size: shape.1, weight: shape.2, lines_max: shape.3 }
}

const CARD_WIDTH: f32 = IN_CARD - BESIDE_ICON - MEDIUM - ICON_SMALL;
const BOX_WIDTH: f32 = IN_CARD - ICON - MEDIUM;
const ROW_WIDTH: f32 = BODY_WIDTH - MEDIUM - (BUTTON + MEDIUM);
const TOP_WIDTH: f32 = SCREEN - 2.0 * LARGE - WIDE - BUTTON - (TOUCH + HAIR) - BUTTON - STAFF - 5.0 * SMALL;
const BUTTON_WIDTH: f32 = PRIMARY - 2.0 * SMALL - ICON_SMALL - SMALL;

pub static QUESTION_HEAD: LabelBox = boxed(
    "question at the head of a page",
    (BODY_WIDTH, QUESTION, Heavy, 4),
    PAGE_BODY,
    &["width: root.width - 2 * Metrics.margin - root.lead;", "QuestionText {\n            text: root.title;"],
);
/// The same in landscape, where the column is narrow and high: mostly a long word is too much for it.
pub static QUESTION_COLUMN: LabelBox =
    boxed("question beside a page in landscape", (LEAD_COLUMN, 60.0 * HEAD_FACTOR_LANDSCAPE, Heavy, 7), PAGE_BODY, &["width: Metrics.lead-column;"]);
pub static HELP: LabelBox = boxed("help under a question", (BODY_WIDTH, BODY, Regular, 4), PAGE_BODY, &["if root.help != \"\": BodyText {"]);
pub static CARD: LabelBox = boxed(
    "label of a card",
    (CARD_WIDTH, BODY, Strong, 3),
    CARDS,
    &[
        "padding: Metrics.medium;",
        "spacing: Metrics.medium;",
        "width: root.dense ? Metrics.touch - Metrics.small : Metrics.touch;",
        "size: Metrics.icon-small;",
        "font-size: root.dense ? Type.label : Type.body;",
    ],
);
pub static CARD_DETAIL: LabelBox = boxed("second line of a card", (CARD_WIDTH, SMALL_TYPE, Regular, 3), CARDS, &["if root.detail != \"\": SmallText {"]);
pub static PAPER_NAME: LabelBox = boxed(
    "name of a paper to bring",
    (IN_CARD - BESIDE_ICON, BODY, Strong, 3),
    LINES,
    &["padding: Metrics.medium;", "width: Metrics.touch;", "spacing: Metrics.medium;", "font-size: Type.body;"],
);
pub static PAPER_OFFICIAL: LabelBox =
    boxed("official name of a paper", (IN_CARD - BESIDE_ICON, SMALL_TYPE, Regular, 4), LINES, &["if root.official != \"\": SmallText {"]);
pub static PAPER_NOTE: LabelBox = boxed(
    "note beside a paper to bring",
    (IN_CARD - BESIDE_ICON, SMALL_TYPE, Strong, 4),
    LINES,
    &["if root.note != \"\": SmallText {", "font-weight: Type.strong;"],
);
pub static FACT: LabelBox = boxed(
    "fact on the page of requirements",
    (BODY_WIDTH - BESIDE_ICON, LABEL, Medium, 4),
    LINES,
    &["export component FactLine inherits IconLine {", "font-weight: Type.medium;"],
);
pub static EXIT_SENTENCE: LabelBox =
    boxed("sentence of an exit", (BODY_WIDTH - ICON - MEDIUM, BODY, Regular, 4), LINES, &["width: Metrics.icon;", "BodyText {\n            text: root.text;"]);
pub static CHECK_LABEL: LabelBox = boxed(
    "label on the check page",
    (ROW_WIDTH, SMALL_TYPE, Regular, 3),
    CHECK,
    &["width: Metrics.button + Metrics.medium;", "spacing: Metrics.medium;", "SmallText {\n                    text: root.answer.label;"],
);
pub static CHECK_VALUE: LabelBox =
    boxed("answer on the check page", (ROW_WIDTH, LABEL, Strong, 4), CHECK, &["LabelText {\n                    text: root.answer.value;"]);
pub static BOX_HEAD: LabelBox = boxed(
    "head of a coloured box",
    (BOX_WIDTH, LABEL, Heavy, 3),
    BOXES,
    &[
        "padding: Metrics.medium;",
        "size: Metrics.icon;",
        "font-size: root.headed ? Type.label : Type.small;",
        "font-weight: root.headed ? Type.heavy : Type.strong;",
    ],
);
pub static BOX_SENTENCE: LabelBox =
    boxed("sentence in a coloured box", (BOX_WIDTH, LABEL, Medium, 7), BOXES, &["font-weight: root.headed ? Type.regular : Type.medium;"]);
pub static FINDING: LabelBox = boxed("finding under a field", (BOX_WIDTH, LABEL, Medium, 5), BOXES, &["export component FindingBox inherits WordBox {"]);
pub static TOP_TITLE: LabelBox = boxed(
    "service in the top band",
    (TOP_WIDTH, BAND, Strong, 2),
    "ui/components/bands.slint",
    &[
        "padding-left: Metrics.large;",
        "spacing: Metrics.small;",
        "width: Metrics.wide;",
        "width: Metrics.button;",
        "width: Metrics.touch + Metrics.hair;",
        "width: Metrics.staff-width;",
        "max-height: Metrics.touch;",
    ],
);
pub static PRIMARY_BUTTON: LabelBox = boxed(
    "button that goes on",
    (BUTTON_WIDTH, BAND_BUTTON, Strong, 2),
    "ui/components/buttons.slint",
    &["padding-left: Metrics.small;", "padding-top: Metrics.small;", "spacing: Metrics.small;", "size: Metrics.icon-small;", "icon-last: true;"],
);

/// Every box, for the test that holds them to the screens.
pub static ALL: [&LabelBox; 17] = [
    &QUESTION_HEAD,
    &QUESTION_COLUMN,
    &HELP,
    &CARD,
    &CARD_DETAIL,
    &PAPER_NAME,
    &PAPER_OFFICIAL,
    &PAPER_NOTE,
    &FACT,
    &EXIT_SENTENCE,
    &CHECK_LABEL,
    &CHECK_VALUE,
    &BOX_HEAD,
    &BOX_SENTENCE,
    &FINDING,
    &TOP_TITLE,
    &PRIMARY_BUTTON,
];
