//! Which half or part of the day a time of a twelve-hour clock is in, in the words of many languages; and the words that join date and time.
//!
//! Words are compared without dots, blanks, quotes and case, so that `p. m.`, `p.m.` and `PM` are one.

use super::cursor::Cursor;
use crate::characters::{digit, is_blank};

/// A part of the day, as far as it tells the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayPart {
    /// Before noon.
    Morning,
    /// From noon.
    Afternoon,
    /// Around noon: eleven is before it, one after.
    Noon,
    /// Around midnight: eleven is before it, one after.
    Night,
}

/// What can stand between date and time.
pub(super) enum Word {
    Join,
    DayPart(DayPart),
}

impl DayPart {
    /// The hour of a twenty-four-hour clock. An hour over twelve is kept: it says itself what it is.
    pub(super) fn hour(self, hour: u8) -> u8 {
        match (self, hour) {
            (_, 13..) => hour,
            (Self::Morning, 12) => 0,
            (Self::Morning, _) => hour,
            (Self::Afternoon, 12) => 12,
            (Self::Afternoon, _) => hour + 12,
            (Self::Noon, 9..=12) => hour,
            (Self::Noon, _) => hour + 12,
            (Self::Night, 12) => 0,
            (Self::Night, 6..=11) => hour + 12,
            (Self::Night, _) => hour,
        }
    }
}

const JOINS: &[&str] = &[
    "klo", "kl", "à", "às", "as", "um", "om", "u", "at", "alle", "ore", "в", "г", "гв", "о", "alas", "ales", "saat",
    "lúc", "ob", "ve", "plkst",
];

const MORNING: &[&str] = &[
    "am",
    "午前",
    "上午",
    "凌晨",
    "清晨",
    "早上",
    "오전",
    "ص",
    "صباحا",
    "delamañana",
    "delamadrugada",
    "damanhã",
    "damadrugada",
    "पूर्वाह्न",
    "सुबह",
    "πμ",
    "dop",
    "de",
    "öö",
    "قبلازظهر",
    "قظ",
    "sa",
    "vm",
    "ap",
    "fm",
    "дп",
    "לפנהצ",
    "ก่อนเที่ยง",
    "pg",
    "pagi",
    "पूर्व",
    "मपू",
    "முற்பகல்",
    "ಪೂರ್ವಾಹ್ನ",
    "ਪੂਦੁ",
    "পূর্বাহ্ণ",
    "ກ່ອນທ່ຽງ",
    "နံနက်",
    "проб",
    "претпл",
    "преподне",
    "fh",
    "priekšp",
    "priešpiet",
    "eparadites",
    "قبلدوپہر",
];

const AFTERNOON: &[&str] = &[
    "pm",
    "午後",
    "下午",
    "晚上",
    "오후",
    "م",
    "مساء",
    "delatarde",
    "detarde",
    "delanoche",
    "denoche",
    "datarde",
    "danoite",
    "अपराह्न",
    "शाम",
    "μμ",
    "odp",
    "du",
    "ös",
    "بعدازظهر",
    "بظ",
    "ch",
    "nm",
    "ip",
    "em",
    "пп",
    "אחהצ",
    "หลังเที่ยง",
    "ptg",
    "malam",
    "傍晚",
    "मउ",
    "பிற்பகல்",
    "ಅಪರಾಹ್ನ",
    "ਬਾਦੁ",
    "অপরাহ্ণ",
    "ຫຼັງທ່ຽງ",
    "ညနေ",
    "слоб",
    "попл",
    "поподне",
    "eh",
    "pēcp",
    "popiet",
    "pop",
    "epasdites",
    "بعددوپہر",
];

const NOON: &[&str] = &["中午", "正午", "delmediodía", "दोपहर"];
const NIGHT: &[&str] = &["रात", "深夜"];

/// The word before a time; `None` when it is not known. Moves up to the time.
pub(super) fn before_time(cursor: &mut Cursor<'_>) -> Option<Word> {
    let word = word(cursor, |c| digit(c).is_some())?;
    if JOINS.contains(&word.as_str()) {
        return Some(Word::Join);
    }
    part(&word).map(Word::DayPart)
}

/// The part of the day behind a time. Moves over it, and the blanks around it, only when it is known and the head can end behind it.
pub(super) fn after_time(cursor: &mut Cursor<'_>) -> Option<DayPart> {
    let mut ahead = cursor.clone();
    ahead.take_blanks();
    if matches!(ahead.peek()?, ']' | '-' | '–' | ':') {
        return None;
    }
    let word = word(&mut ahead, |c| matches!(c, ']' | '-' | '–' | '\u{2011}' | ':'))?;
    let part = part(&word)?;
    *cursor = ahead;
    Some(part)
}

/// Moves over a word before a time, whatever it is.
pub(super) fn skip_before_time(cursor: &mut Cursor<'_>) {
    let mut ahead = cursor.clone();
    if cursor.digit().is_none() && word(&mut ahead, |c| digit(c).is_some()).is_some() {
        *cursor = ahead;
    }
}

/// Moves over a word behind a time, whatever it is.
pub(super) fn skip_after_time(cursor: &mut Cursor<'_>) {
    let mut ahead = cursor.clone();
    if word(&mut ahead, |c| matches!(c, ']' | '-' | '–' | '\u{2011}')).is_some() {
        *cursor = ahead;
    }
}

fn part(word: &str) -> Option<DayPart> {
    [
        (MORNING, DayPart::Morning),
        (AFTERNOON, DayPart::Afternoon),
        (NOON, DayPart::Noon),
        (NIGHT, DayPart::Night),
    ]
    .into_iter()
    .find(|(words, _)| words.contains(&word))
    .map(|(_, part)| part)
}

/// Collects letters up to a character that ends the word, which must come soon.
fn word(cursor: &mut Cursor<'_>, ends: fn(char) -> bool) -> Option<String> {
    const LONGEST: usize = 24;
    let mut word = String::new();
    for _ in 0..LONGEST {
        let c = cursor.peek()?;
        if ends(c) {
            return (!word.is_empty()).then_some(word);
        }
        if !is_blank(c) && !matches!(c, '.' | ',' | '"' | '\'' | '״' | '’' | '\u{200C}') {
            word.extend(c.to_lowercase());
        }
        cursor.bump();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_a_twelve_hour_clock() {
        use DayPart::{Afternoon, Morning, Night, Noon};
        for (part, hour, expected) in [
            (Morning, 12, 0),
            (Morning, 1, 1),
            (Morning, 0, 0),
            (Afternoon, 12, 12),
            (Afternoon, 0, 12),
            (Afternoon, 11, 23),
            (Afternoon, 14, 14),
            (Noon, 11, 11),
            (Noon, 1, 13),
            (Night, 11, 23),
            (Night, 12, 0),
            (Night, 3, 3),
        ] {
            assert_eq!(part.hour(hour), expected, "{part:?} {hour}");
        }
    }

    #[test]
    fn words_are_kept_as_they_are_compared() {
        for word in MORNING.iter().chain(AFTERNOON).chain(NOON).chain(NIGHT) {
            assert_eq!(word.to_lowercase(), **word);
            assert!(!word.contains(|c| is_blank(c) || ".'\"".contains(c)), "{word}");
        }
    }
}
