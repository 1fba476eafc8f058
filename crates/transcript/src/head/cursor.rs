//! A place in a line that moves over visible characters only.

use crate::characters::{digit, is_blank, is_invisible};

/// A number of a few digits of any script.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub(super) value: u16,
    pub(super) digits: u8,
}

#[derive(Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    place: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, place: 0 }
    }

    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// The next character that can be seen; moves up to it.
    pub(super) fn peek(&mut self) -> Option<char> {
        loop {
            let c = self.next_char()?;
            if !is_invisible(c) {
                return Some(c);
            }
            self.place += c.len_utf8();
        }
    }

    fn next_char(&self) -> Option<char> {
        match self.text.as_bytes().get(self.place)? {
            byte if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.text.get(self.place..)?.chars().next(),
        }
    }

    /// Moves over one character that can be seen; says whether there was one.
    pub(super) fn bump(&mut self) -> bool {
        let seen = self.peek();
        self.place += seen.map_or(0, char::len_utf8);
        seen.is_some()
    }

    pub(super) fn take_one(&mut self, any: &[char]) -> bool {
        self.peek().is_some_and(|c| any.contains(&c)) && self.bump()
    }

    /// Moves over blanks; says whether there was one.
    pub(super) fn take_blanks(&mut self) -> bool {
        let mut any = false;
        while self.peek().is_some_and(is_blank) {
            any = self.bump();
        }
        any
    }

    pub(super) fn digit(&mut self) -> Option<u8> {
        self.peek().and_then(digit)
    }

    /// A number of one digit up to `most`; `None` when there are more.
    pub(super) fn number(&mut self, most: u8) -> Option<Number> {
        let mut number = Number { value: 0, digits: 0 };
        while let Some(digit) = self.digit() {
            if number.digits == most {
                return None;
            }
            number.value = number.value * 10 + u16::from(digit);
            number.digits += 1;
            self.bump();
        }
        (number.digits > 0).then_some(number)
    }

    /// Moves over the one blank that must follow a head, and only that: what comes behind it belongs to the message. The end of the line
    /// will do, as some programs cut blanks off.
    pub(super) fn ends_here(&mut self) -> bool {
        match self.next_char() {
            None => true,
            Some(c) if is_blank(c) => {
                self.place += c.len_utf8();
                true
            }
            Some(_) => false,
        }
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }
}
