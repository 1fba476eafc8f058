//! What a message is: text, an attachment, or what the app wrote in its place.
//!
//! Reads the words behind the author. What it does not know is text, word for word.

use serde::Serialize;

use crate::characters::{MARK, plain, trimmed};
use crate::redacted::redacted_debug;
use crate::wording::{self, DeletedBy};

/// What kind of file it is, as far as words or names tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// Nothing tells.
    Any,
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A short video recorded in the app.
    VideoNote,
    /// A voice note or another recording.
    Audio,
    /// A sticker.
    Sticker,
    /// A moving picture.
    Gif,
    /// Any other file.
    Document,
    /// A contact of somebody's address book.
    ContactCard,
}

/// The body of a message.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// Words of a person, lines divided by `\n`.
    Text {
        /// As they stand in the file.
        text: String,
    },
    /// A file that was exported with the chat.
    Attachment {
        /// As the chat has it. A name to compare with, never a path.
        name: String,
        /// What it is.
        media: MediaKind,
        /// Words that came with it.
        caption: Option<String>,
    },
    /// A file that was not exported.
    Omitted {
        /// What it was.
        media: MediaKind,
        /// Words that came with it.
        caption: Option<String>,
    },
    /// A message that was deleted before the export.
    Deleted {
        /// On whose word.
        by: DeletedBy,
    },
    /// A message that was to be seen once. It is never exported.
    ViewOnce,
    /// A call.
    Call {
        /// Whether it was with pictures.
        video: bool,
        /// Whether nobody took it.
        missed: bool,
        /// How long it was or why it was not, in the app's words.
        detail: Option<String>,
    },
    /// A place.
    Location {
        /// The link, with what is said before it if anything.
        link: String,
        /// Latitude and longitude in the link's own digits, when it has them.
        coordinates: Option<(String, String)>,
    },
    /// A place that was followed as it changed. Its course is not exported.
    LiveLocation {
        /// Words that came with it.
        caption: Option<String>,
    },
    /// A question with answers to choose from.
    Poll {
        /// The question.
        question: String,
        /// The answers.
        options: Vec<PollOption>,
    },
    /// A message that had not arrived when the chat was exported.
    Waiting,
    /// The word `null` alone, which Android writes where it has nothing to write. A person can have written it, too.
    Null,
}

/// An answer to choose.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PollOption {
    /// The answer.
    pub text: String,
    /// How many chose it before the export.
    pub votes: Option<u64>,
}

redacted_debug!(Body, PollOption);

/// The longest line that can be a wording of the app, in bytes. Text beyond is not compared.
const LONGEST_WORDING: usize = 640;

impl Body {
    /// From the words behind the author, with lines divided by `\n`; and whether they were edited.
    pub(crate) fn of(mut text: String) -> (Self, bool) {
        let edited = strip_edited(&mut text);
        (Self::unedited(text), edited)
    }

    fn unedited(text: String) -> Self {
        let (first, rest) = text
            .split_once('\n')
            .map_or((text.as_str(), None), |(first, rest)| (first, Some(rest)));
        if first.len() > LONGEST_WORDING {
            return Self::Text { text };
        }
        let shown = plain(first);
        let words = shown.trim();
        let caption = || rest.filter(|rest| !trimmed(rest).is_empty()).map(str::to_owned);
        if let Some((name, media)) = attachment(words, first.starts_with(MARK)) {
            return Self::Attachment {
                name: name.to_owned(),
                media,
                caption: caption(),
            };
        }
        if let Some(media) = wording::omitted(words.trim_end_matches('.')) {
            return Self::Omitted {
                media,
                caption: caption(),
            };
        }
        if wording::is_live_location(words) {
            return Self::LiveLocation { caption: caption() };
        }
        if let Some(poll) = rest.and_then(|rest| poll(words, rest)) {
            return poll;
        }
        if let Some(below) = attached_below(&text).or_else(|| omitted_below(&text)) {
            return below;
        }
        if rest.is_none()
            && let Some(body) = single(words, first.starts_with(MARK))
        {
            return body;
        }
        Self::Text { text }
    }
}

/// Takes the mark of an edited message away from the end of its text, when there is one behind some text.
fn strip_edited(text: &mut String) -> bool {
    let shown = trimmed(text);
    if !shown.ends_with('>') {
        return false;
    }
    let Some(place) = text.rfind('<') else {
        return false;
    };
    let before = trimmed(&text[..place]);
    if before.is_empty() || !wording::is_edited_mark(trimmed(&plain(&text[place..]))) {
        return false;
    }
    // Only what divides text and mark goes, not what the text begins with.
    let end = text[..place]
        .trim_end_matches(|c| crate::characters::is_blank(c) || matches!(c, MARK | '\u{200F}'))
        .len();
    text.truncate(end);
    true
}

/// The name in a line that consists of it and the words of an attachment. Behind the app's mark, an ending makes a name of it in any language.
fn attachment(words: &str, marked: bool) -> Option<(&str, MediaKind)> {
    if let Some(inner) = words.strip_suffix('>') {
        if let Some((word, name)) = inner.strip_prefix('<').and_then(|inner| inner.split_once(':')) {
            return named(name, wording::attached_within(word.trim()) || is_numbered(name.trim()));
        }
        let (name, word) = inner.rsplit_once(" <")?;
        return named(name, wording::attached_within(word.trim()));
    }
    let (name, words) = words.strip_suffix(')')?.rsplit_once(" (")?;
    let has_ending = || {
        name.rsplit_once('.').is_some_and(|(_, ending)| {
            (2..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        })
    };
    named(name, wording::attached_after(words.trim()) || (marked && has_ending()))
}

/// Names that the app gives itself are known without its words, in any language.
fn named(name: &str, known: bool) -> Option<(&str, MediaKind)> {
    let name = name.trim();
    let (media, given) = wording::kind_of_name(name);
    ((known || given) && !name.is_empty()).then_some((name, media))
}

/// iOS writes an attachment behind its caption, with a mark before it.
fn attached_below(text: &str) -> Option<Body> {
    let end = text.trim_end_matches(|c| crate::characters::is_blank(c) || crate::characters::is_invisible(c));
    let place = end.ends_with('>').then(|| text.rfind('<'))??;
    let caption = text[..place].strip_suffix(MARK)?;
    let shown = plain(&text[place..]);
    let (name, media) = attachment(shown.trim(), false)?;
    let caption = trimmed(caption.trim_end());
    Some(Body::Attachment {
        name: name.to_owned(),
        media,
        caption: (!caption.is_empty()).then(|| caption.to_owned()),
    })
}

/// iOS numbers what it attaches: `00000042-terms.pdf`, which within its brackets is known in any language.
fn is_numbered(name: &str) -> bool {
    name.split_once('-')
        .is_some_and(|(number, _)| number.len() == 8 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// What was left out stands behind its caption in the same way, and behind the name of a document.
fn omitted_below(text: &str) -> Option<Body> {
    let place = text.rfind(MARK)?;
    let caption = trimmed(text[..place].trim());
    if caption.is_empty() || text.len() - place > LONGEST_WORDING {
        return None;
    }
    let media = wording::omitted(plain(&text[place..]).trim().trim_end_matches('.'))?;
    Some(Body::Omitted {
        media,
        caption: Some(caption.to_owned()),
    })
}

/// What stands alone in one line.
fn single(words: &str, marked: bool) -> Option<Body> {
    let bare = words.trim_end_matches('.');
    if bare == "null" {
        return Some(Body::Null);
    }
    if let Some(by) = wording::deleted(bare) {
        return Some(Body::Deleted { by });
    }
    if wording::admin_deletion(bare) {
        return Some(Body::Deleted { by: DeletedBy::Admin });
    }
    if wording::is_view_once(bare, marked) {
        return Some(Body::ViewOnce);
    }
    if wording::is_waiting(bare, marked) {
        return Some(Body::Waiting);
    }
    call(bare, marked).or_else(|| location(words))
}

/// A call, with what is said of it behind a comma: a number at least, or the app's mark before it, since people say such things too. One that
/// was taken is never without.
fn call(words: &str, marked: bool) -> Option<Body> {
    let (kind, detail) = words
        .split_once(if marked { &[',', '.'][..] } else { &[','] })
        .map_or((words, None), |(kind, detail)| (kind, Some(detail.trim())));
    let word = wording::call(kind.trim())?;
    let counts = |detail: &str| detail.contains(|c| crate::characters::digit(c).is_some());
    let said = marked || word.missed || detail.is_some_and(counts);
    said.then(|| Body::Call {
        video: word.video,
        missed: word.missed,
        detail: detail.map(str::to_owned),
    })
}

fn location(words: &str) -> Option<Body> {
    let (word, rest) = words.split_once(':')?;
    if !wording::is_location(word.trim()) {
        return None;
    }
    let link = rest.trim();
    // A named place comes with its name before the link; people who write `location:` rarely link to these two.
    let place = link.find("https://")?;
    if place > 0 && !link[place..].contains("maps.google.") && !link[place..].contains("foursquare.com/") {
        return None;
    }
    let coordinates = link[place..].split_once("q=").and_then(|(_, query)| {
        let pair = query.split('&').next().unwrap_or_default();
        let (latitude, longitude) = pair.split_once(',')?;
        let number =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
        (number(latitude) && number(longitude)).then(|| (latitude.to_owned(), longitude.to_owned()))
    });
    Some(Body::Location {
        link: link.to_owned(),
        coordinates,
    })
}

/// A poll is one only when every line of it is known.
fn poll(first: &str, rest: &str) -> Option<Body> {
    let word = first.strip_suffix(':')?.trim();
    let mut lines: Vec<&str> = rest.split('\n').collect();
    while lines.last().is_some_and(|line| trimmed(line).is_empty()) {
        lines.pop();
    }
    wording::poll_word(word).find_map(|option_word| {
        let place = lines.iter().position(|line| option(line, option_word).is_some())?;
        let options: Option<Vec<PollOption>> = lines[place..].iter().map(|line| option(line, option_word)).collect();
        let question = lines[..place].join("\n");
        (!trimmed(&question).is_empty()).then_some(())?;
        Some(Body::Poll {
            question: trimmed(&question).to_owned(),
            options: options?,
        })
    })
}

fn option(line: &str, word: &str) -> Option<PollOption> {
    let shown = plain(line);
    let text = shown.trim().strip_prefix(word)?.trim_start().strip_prefix(':')?.trim();
    let counted = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('))
        .and_then(|(text, votes)| {
            let digits: Vec<u8> = votes.chars().filter_map(crate::characters::digit).collect();
            let most = digits.len() <= 9 && !digits.is_empty();
            most.then(|| {
                (
                    text.trim(),
                    digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(*digit)),
                )
            })
        });
    let (text, votes) = counted.map_or((text, None), |(text, votes)| (text, Some(votes)));
    Some(PollOption {
        text: text.to_owned(),
        votes,
    })
}

#[cfg(test)]
mod tests;
