//! Keys of an imager in keyboard mode to codes. Pure: time is handed in.
//!
//! The rule a newcomer would break: a key that writes no ASCII character, or that is pressed with control or alt, spoils its
//! code instead of being left out, since a code with a hole is another code.

use super::{Framing, Line, Lines, PAUSE_INSIDE_CODE_MAX, us_letter};
use evdev::KeyCode;
use std::time::{Duration, Instant};

/// What happened to a key, as the kernel counts it (linux/input.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Pressed, value 1.
    Down(KeyCode),
    /// Let go, value 0.
    Up(KeyCode),
    /// Held down, value 2. An imager never holds a key, so nothing is written.
    Held(KeyCode),
    /// The kernel lost events (`SYN_DROPPED`).
    Lost,
}

/// How an imager in keyboard mode ends its codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRules {
    /// Each of these keys ends a code.
    pub terminators: Vec<KeyCode>,
    /// Characters before every code; cut off, and required when not empty.
    pub prefix: Vec<u8>,
    /// Longest pause between two keys of a code.
    pub pause_max: Duration,
}

impl Default for KeyRules {
    /// Enter on either block, no prefix: the factory setting we have met.
    fn default() -> Self {
        KeyRules { terminators: vec![KeyCode::KEY_ENTER, KeyCode::KEY_KPENTER], prefix: Vec::new(), pause_max: PAUSE_INSIDE_CODE_MAX }
    }
}

/// Collects keys until a terminator comes. Letters go through [`Lines`], so both kinds of imager obey one set of limits.
#[derive(Debug)]
pub struct Assembler {
    terminators: Vec<KeyCode>,
    lines: Lines,
    shifts: [bool; 2],
    /// Control, alt and meta keys that are down.
    others: u32,
}

/// Ends a line inside; no key writes it.
const END: u8 = b'\n';
/// Spoils a line inside; no key writes it.
const SPOILT: u8 = 0x1B;

impl Assembler {
    /// Nothing collected, no key down.
    pub fn new(rules: KeyRules) -> Self {
        let framing = Framing { prefix: rules.prefix, terminators: vec![END], pause_max: rules.pause_max };
        Assembler { terminators: rules.terminators, lines: Lines::new(framing), shifts: [false; 2], others: 0 }
    }

    /// One key at this moment. Gives what ended: the code before, by a pause, and the code that this key ends.
    pub fn key(&mut self, key: Key, at: Instant) -> Vec<Line> {
        let mut ended: Vec<Line> = self.tick(at).into_iter().collect();
        match key {
            Key::Down(code) if self.terminators.contains(&code) => ended.extend(self.lines.take(&[END], at)),
            Key::Down(code) => {
                if !self.modifier(code, true) {
                    let letter = us_letter(code, self.shifts[0] || self.shifts[1]).filter(|_| self.others == 0);
                    ended.extend(self.lines.take(&[letter.unwrap_or(SPOILT)], at));
                }
            }
            Key::Up(code) => {
                self.modifier(code, false);
            }
            Key::Held(_) => {}
            Key::Lost => {
                // What follows may be the rest of a code, so the line stays spoilt until its end.
                ended.extend(self.lines.take(&[SPOILT], at));
                self.forget_modifiers();
            }
        }
        ended
    }

    /// Time passes: half a code is given up, and with it every modifier key, whose release may have been lost.
    pub fn tick(&mut self, at: Instant) -> Option<Line> {
        let given_up = self.lines.tick(at);
        if given_up.is_some() {
            self.forget_modifiers();
        }
        given_up
    }

    /// Forgets half a code and all modifier keys, as after an unplug.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.forget_modifiers();
    }

    /// Is a code under way?
    pub fn is_under_way(&self) -> bool {
        self.lines.is_under_way()
    }

    fn forget_modifiers(&mut self) {
        self.shifts = [false; 2];
        self.others = 0;
    }

    /// Takes note of a modifier key; false when it is none.
    fn modifier(&mut self, code: KeyCode, down: bool) -> bool {
        const OTHERS: [KeyCode; 6] =
            [KeyCode::KEY_LEFTCTRL, KeyCode::KEY_RIGHTCTRL, KeyCode::KEY_LEFTALT, KeyCode::KEY_RIGHTALT, KeyCode::KEY_LEFTMETA, KeyCode::KEY_RIGHTMETA];
        if let Some(side) = [KeyCode::KEY_LEFTSHIFT, KeyCode::KEY_RIGHTSHIFT].iter().position(|shift| *shift == code) {
            self.shifts[side] = down;
            return true;
        }
        // A light for capitals and numbers writes nothing and changes nothing.
        if [KeyCode::KEY_CAPSLOCK, KeyCode::KEY_NUMLOCK].contains(&code) {
            return true;
        }
        let Some(which) = OTHERS.iter().position(|other| *other == code) else { return false };
        let bit = 1_u32 << which;
        self.others = if down { self.others | bit } else { self.others & !bit };
        true
    }
}
