//! What a key of a US keyboard writes. Pure and fixed: the keyboard setting of the machine does not matter.
//!
//! The rule a newcomer would break: an imager in keyboard mode must be set to "US keyboard" by its manual's bar code, since it
//! sends places of keys and not letters. Caps lock is not looked at.

use evdev::KeyCode;

/// The printable ASCII character of this key; `None` for a key that writes none.
pub fn us_letter(key: KeyCode, shift: bool) -> Option<u8> {
    let at = KEYS.iter().position(|(known, ..)| *known == key)?;
    let (_, plain, shifted) = KEYS[at];
    Some(if shift { shifted } else { plain })
}

/// The key and whether shift is held for a printable ASCII character; the inverse of [`us_letter`] on the main block.
pub fn us_key(letter: u8) -> Option<(KeyCode, bool)> {
    KEYS.iter().find_map(|(key, plain, shifted)| match letter {
        _ if letter == *plain => Some((*key, false)),
        _ if letter == *shifted => Some((*key, true)),
        _ => None,
    })
}

/// Key, plain, with shift. The main block stands first, then the number pad, which shift does not change.
const KEYS: [(KeyCode, u8, u8); 64] = [
    (KeyCode::KEY_A, b'a', b'A'),
    (KeyCode::KEY_B, b'b', b'B'),
    (KeyCode::KEY_C, b'c', b'C'),
    (KeyCode::KEY_D, b'd', b'D'),
    (KeyCode::KEY_E, b'e', b'E'),
    (KeyCode::KEY_F, b'f', b'F'),
    (KeyCode::KEY_G, b'g', b'G'),
    (KeyCode::KEY_H, b'h', b'H'),
    (KeyCode::KEY_I, b'i', b'I'),
    (KeyCode::KEY_J, b'j', b'J'),
    (KeyCode::KEY_K, b'k', b'K'),
    (KeyCode::KEY_L, b'l', b'L'),
    (KeyCode::KEY_M, b'm', b'M'),
    (KeyCode::KEY_N, b'n', b'N'),
    (KeyCode::KEY_O, b'o', b'O'),
    (KeyCode::KEY_P, b'p', b'P'),
    (KeyCode::KEY_Q, b'q', b'Q'),
    (KeyCode::KEY_R, b'r', b'R'),
    (KeyCode::KEY_S, b's', b'S'),
    (KeyCode::KEY_T, b't', b'T'),
    (KeyCode::KEY_U, b'u', b'U'),
    (KeyCode::KEY_V, b'v', b'V'),
    (KeyCode::KEY_W, b'w', b'W'),
    (KeyCode::KEY_X, b'x', b'X'),
    (KeyCode::KEY_Y, b'y', b'Y'),
    (KeyCode::KEY_Z, b'z', b'Z'),
    (KeyCode::KEY_1, b'1', b'!'),
    (KeyCode::KEY_2, b'2', b'@'),
    (KeyCode::KEY_3, b'3', b'#'),
    (KeyCode::KEY_4, b'4', b'$'),
    (KeyCode::KEY_5, b'5', b'%'),
    (KeyCode::KEY_6, b'6', b'^'),
    (KeyCode::KEY_7, b'7', b'&'),
    (KeyCode::KEY_8, b'8', b'*'),
    (KeyCode::KEY_9, b'9', b'('),
    (KeyCode::KEY_0, b'0', b')'),
    (KeyCode::KEY_SPACE, b' ', b' '),
    (KeyCode::KEY_MINUS, b'-', b'_'),
    (KeyCode::KEY_EQUAL, b'=', b'+'),
    (KeyCode::KEY_LEFTBRACE, b'[', b'{'),
    (KeyCode::KEY_RIGHTBRACE, b']', b'}'),
    (KeyCode::KEY_BACKSLASH, b'\\', b'|'),
    (KeyCode::KEY_SEMICOLON, b';', b':'),
    (KeyCode::KEY_APOSTROPHE, b'\'', b'"'),
    (KeyCode::KEY_GRAVE, b'`', b'~'),
    (KeyCode::KEY_COMMA, b',', b'<'),
    (KeyCode::KEY_DOT, b'.', b'>'),
    (KeyCode::KEY_SLASH, b'/', b'?'),
    (KeyCode::KEY_KP0, b'0', b'0'),
    (KeyCode::KEY_KP1, b'1', b'1'),
    (KeyCode::KEY_KP2, b'2', b'2'),
    (KeyCode::KEY_KP3, b'3', b'3'),
    (KeyCode::KEY_KP4, b'4', b'4'),
    (KeyCode::KEY_KP5, b'5', b'5'),
    (KeyCode::KEY_KP6, b'6', b'6'),
    (KeyCode::KEY_KP7, b'7', b'7'),
    (KeyCode::KEY_KP8, b'8', b'8'),
    (KeyCode::KEY_KP9, b'9', b'9'),
    (KeyCode::KEY_KPDOT, b'.', b'.'),
    (KeyCode::KEY_KPSLASH, b'/', b'/'),
    (KeyCode::KEY_KPASTERISK, b'*', b'*'),
    (KeyCode::KEY_KPMINUS, b'-', b'-'),
    (KeyCode::KEY_KPPLUS, b'+', b'+'),
    (KeyCode::KEY_KPCOMMA, b',', b','),
];
