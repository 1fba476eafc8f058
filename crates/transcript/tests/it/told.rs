//! Pieces as lines for people, for comparing with what a person wrote down.

use std::fmt::Write;

use counterfoil_transcript::{
    Author, Body, Choice, DeletedBy, Longest, MediaKind, Message, Piece, Plan, Reading, Survey, SystemLine, Unread,
    What,
};

/// A survey of a text.
pub(crate) fn survey(chat: &[u8]) -> Survey {
    Survey::of(chat, Longest::default()).unwrap()
}

/// All pieces of a text by a plan.
pub(crate) fn pieces(chat: &[u8], plan: Plan) -> Vec<Piece> {
    let reading = Reading::of(chat, plan, Longest::default()).unwrap();
    reading.collect::<Result<_, _>>().unwrap()
}

/// All pieces of a text by the guesses.
pub(crate) fn guessed(chat: &[u8]) -> Vec<Piece> {
    let plan = survey(chat).plan(Choice::default()).unwrap();
    pieces(chat, plan)
}

/// A word of a kind as it is serialised.
pub(crate) fn word(kind: impl serde::Serialize) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

/// Words within quotes. Line ends, quotes and backslashes are escaped, nothing else.
fn quoted(words: &str) -> String {
    serde_json::to_string(words).unwrap()
}

/// A line for each piece.
pub(crate) fn told(pieces: &[Piece]) -> String {
    pieces.iter().fold(String::new(), |mut all, piece| {
        writeln!(all, "{}-{} {}", piece.first_line, piece.last_line, what(piece)).unwrap();
        all
    })
}

fn what(piece: &Piece) -> String {
    let mut line = match &piece.what {
        What::Message(Message {
            at,
            author,
            body,
            edited,
            ..
        }) => {
            format!(
                "{at} {} {}{}",
                name(author),
                of(body),
                if *edited { " edited" } else { "" }
            )
        }
        What::System(SystemLine { at, author, kind, .. }) => {
            let author = author.as_ref().map_or("-".to_owned(), name);
            format!("{at} {author} system {}", kind.map_or("unknown".to_owned(), word))
        }
        What::Unread(Unread::Preamble) => "preamble".to_owned(),
        What::Unread(Unread::NoSuchDay) => "no such day".to_owned(),
    };
    for suspicion in piece.suspicions() {
        line += &format!(" ?{}", word(suspicion));
    }
    line
}

fn name(author: &Author) -> String {
    format!("{}{}", if author.unsaved { "~" } else { "" }, author.name)
}

fn of(body: &Body) -> String {
    let captioned = |words: String, caption: &Option<String>| {
        caption
            .as_ref()
            .map_or(words.clone(), |caption| format!("{words} {}", quoted(caption)))
    };
    match body {
        Body::Text { text } => format!("text {}", quoted(text)),
        Body::Attachment { name, media, caption } => captioned(format!("attachment {} {name}", kind(*media)), caption),
        Body::Omitted { media, caption } => captioned(format!("omitted {}", kind(*media)), caption),
        Body::Deleted { by: DeletedBy::Author } => "deleted author".to_owned(),
        Body::Deleted { by } => format!("deleted {}", word(by)),
        Body::ViewOnce => "view once".to_owned(),
        Body::Call { video, missed, detail } => {
            let (what, how) = (
                if *video { "video" } else { "voice" },
                if *missed { "missed" } else { "taken" },
            );
            captioned(format!("call {what} {how}"), detail)
        }
        Body::Location { link, coordinates } => {
            let coordinates = coordinates.as_ref().map_or(String::new(), |(latitude, longitude)| {
                format!(" {latitude} {longitude}")
            });
            format!("location {link}{coordinates}")
        }
        Body::LiveLocation { caption } => captioned("live location".to_owned(), caption),
        Body::Poll { question, options } => {
            let each = options.iter().map(|option| {
                format!(
                    " {} {}",
                    quoted(&option.text),
                    option.votes.map_or("-".to_owned(), |votes| votes.to_string())
                )
            });
            format!("poll {}{}", quoted(question), each.collect::<String>())
        }
        Body::Waiting => "waiting".to_owned(),
        Body::Null => "null".to_owned(),
    }
}

fn kind(media: MediaKind) -> String {
    word(media)
}
