//! Letters that any printer has, and lines that fit.
//!
//! The rule a newcomer would break: what leaves [`sanitise`] contains no control byte but the line feed, so that no name or
//! address can carry a printer command.

/// Plain ASCII with line feeds. Letters with marks lose the marks, typographic signs become their plain kin, control
/// characters vanish, and anything else becomes a question mark.
pub fn sanitise(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | ' '..='~' => plain.push(letter),
            '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => plain.push(' '),
            '\r' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{300}'..='\u{36f}' => {}
            control if control.is_control() => {}
            other => plain.push_str(plain_kin(other)),
        }
    }
    plain
}

/// The nearest ASCII spelling of a letter or sign.
fn plain_kin(letter: char) -> &'static str {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' => "a",
        'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'Ā' | 'Ă' => "A",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ě' | 'ə' => "e",
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ĕ' | 'Ě' => "E",
        'ì' | 'í' | 'î' | 'ï' | 'ī' => "i",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' => "I",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' => "o",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' | 'Ō' => "O",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' => "u",
        'Ù' | 'Ú' | 'Û' | 'Ü' | 'Ū' => "U",
        'ç' => "c",
        'Ç' => "C",
        'ñ' | 'ń' => "n",
        'Ñ' | 'Ń' => "N",
        'ḍ' => "d",
        'Ḍ' => "D",
        'ṭ' => "t",
        'Ṭ' => "T",
        'ý' | 'ÿ' => "y",
        'Ý' => "Y",
        'š' => "s",
        'Š' => "S",
        'ž' => "z",
        'Ž' => "Z",
        'æ' => "ae",
        'ß' => "ss",
        '‘' | '’' | '‚' | '`' | '´' | 'ʼ' => "'",
        '“' | '”' | '„' | '«' | '»' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '…' => "...",
        '•' | '·' | '●' | '▪' => "*",
        '×' => "x",
        '→' => "->",
        '←' => "<-",
        '½' => "1/2",
        '°' => " derajat",
        _ => "?",
    }
}

/// Breaks sanitised text into lines of at most `columns` letters, at spaces where possible. A word longer than a line is
/// cut. `columns` below one counts as one.
pub fn wrap(plain: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in plain.split('\n') {
        if paragraph.len() <= columns {
            lines.push(paragraph.trim_end().to_owned());
            continue;
        }
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|w| !w.is_empty()) {
            let needed = if line.is_empty() { word.len() } else { line.len() + 1 + word.len() };
            if needed <= columns {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            let mut rest = word;
            while rest.len() > columns {
                let (head, tail) = rest.split_at(columns);
                lines.push(head.to_owned());
                rest = tail;
            }
            line.push_str(rest);
        }
        lines.push(line);
    }
    lines
}
