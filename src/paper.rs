//! From what the flow wants printed to blocks on paper, in the order of the slip's design.
//!
//! Nothing is decided here but sizes: which sentence stands on the slip is the flow's affair, how it becomes dots the driver's.

use drivers::printer::{Align, Block, Document, TextSize};
use flow::slip::{List, Slip};

/// Dots per QR module that are asked for; the driver takes care of 0.5 mm and 24 mm.
const QR_MODULE_DOTS_MIN: u8 = 5;

/// The e-Kitir.
pub fn slip(slip: &Slip) -> Document {
    let mut blocks = vec![Block::heading(&slip.city, TextSize::Single), centred(&slip.kelurahan)];
    if let Some(mark) = &slip.mark {
        blocks.push(Block::Text { text: mark.clone(), size: TextSize::Double, bold: true, align: Align::Centre, inverse: true });
    }
    blocks.extend([
        Block::Rule,
        Block::heading(&slip.service, TextSize::Single),
        centred(&slip.number_label),
        number(&slip.number),
        Block::Qr { text: slip.qr.clone(), module_dots_min: QR_MODULE_DOTS_MIN },
        Block::heading(&slip.pin_label, TextSize::Single),
        Block::Boxed { text: slip.pin.clone(), size: TextSize::Triple },
        Block::Feed { lines: 1 },
        Block::text(&slip.promise_label),
        bold(&slip.promise),
        Block::text(&slip.collect_label),
        bold(&slip.collect),
    ]);
    if !slip.also.is_empty() {
        blocks.extend([Block::Rule, Block::heading(&slip.also_label, TextSize::Single)]);
    }
    for line in &slip.also {
        blocks.extend([bold(&line.service), number(&line.number), Block::text(&slip.promise_label), bold(&line.promise), Block::text(&line.collect)]);
    }
    blocks.push(Block::Feed { lines: 1 });
    if !slip.compensation.is_empty() {
        blocks.push(Block::text(&slip.compensation));
    }
    blocks.extend([
        Block::Rule,
        Block::text(format!("{}  {}", slip.masked_name, slip.masked_nik)),
        Block::text(format!("{}: {}", slip.printed_label, slip.submitted)),
        Block::text(&slip.kiosk),
        Block::text(&slip.helpdesk),
        Block::Cut,
    ]);
    Document(blocks)
}

/// The checklist to take home.
pub fn list(list: &List) -> Document {
    let mut blocks = vec![
        Block::heading(&list.city, TextSize::Single),
        centred(&list.office),
        Block::Rule,
        Block::heading(&list.title, TextSize::Double),
        Block::Feed { lines: 1 },
    ];
    blocks.extend(list.sentences.iter().map(Block::text));
    if !list.bring.is_empty() {
        blocks.extend([Block::Feed { lines: 1 }, bold(&list.bring_label)]);
        for (name, note) in &list.bring {
            blocks.extend([bold(&format!("[ ] {name}")), Block::text(format!("    {note}"))]);
        }
    }
    blocks.extend([Block::Rule, Block::text(&list.helpdesk), Block::Cut]);
    Document(blocks)
}

/// As large as one line of 58 mm paper takes.
fn number(number: &str) -> Block {
    Block::Text { text: number.to_owned(), size: TextSize::Double, bold: true, align: Align::Centre, inverse: false }
}

fn centred(text: &str) -> Block {
    Block::Text { text: text.to_owned(), size: TextSize::Single, bold: false, align: Align::Centre, inverse: false }
}

fn bold(text: &str) -> Block {
    Block::Text { text: text.to_owned(), size: TextSize::Single, bold: true, align: Align::Left, inverse: false }
}
