//! What the words of a report mean, in a sentence each.

use counterfoil_transcript::{Basis, DateOrder, Doubt, Encoding, Suspicion, SystemKind};

/// What is doubted.
pub(super) fn doubt(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Preamble => {
            "Something stands above the first message: the file was altered, or messages begin otherwise."
        }
        Doubt::OtherShapes => {
            "Many lines begin like messages of another device: messages begin otherwise, or somebody pasted another chat."
        }
        Doubt::NoSuchDay => "Some dates do not exist: the order of dates is another, or lines were altered.",
        Doubt::StepsBack => "Time steps back by more than a day: the order of dates is another, or lines were altered.",
        Doubt::NamesDisagree => {
            "Dates in names of attachments differ from those of their messages: the order of dates is another."
        }
        Doubt::NoAfternoon => "No hour is over twelve: mornings and afternoons are not told apart.",
        Doubt::OtherCalendar => "Years lie before the app or far from now: the device counts them by another calendar.",
        Doubt::UnknownWords => {
            "Lines would begin messages if a word beside their time were known: they are in the message before."
        }
        Doubt::TooLong => "Text is missing because it is too long.",
    }
}

/// What is suspected of some messages.
pub(super) fn suspicion(suspicion: Suspicion) -> &'static str {
    match suspicion {
        Suspicion::EarlierThanBefore => "earlier than what stands before them, by more than two hours",
        Suspicion::LaterThanNext => "later than what follows, by more than two hours",
        Suspicion::LoneAuthor => "whose author wrote nothing else",
    }
}

/// Which of the numbers is what.
pub(super) fn order(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayMonthYear => "day, month, year",
        DateOrder::MonthDayYear => "month, day, year",
        DateOrder::YearMonthDay => "year, month, day",
    }
}

/// How an order is given.
pub(super) fn order_given(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayMonthYear => "dmy",
        DateOrder::MonthDayYear => "mdy",
        DateOrder::YearMonthDay => "ymd",
    }
}

/// What an order rests on.
pub(super) fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Parts => "in any other order days do not exist",
        Basis::Sequence => "in any other order time steps back",
        Basis::Same => "the other orders mean the same days",
        Basis::Chosen => "it was chosen",
    }
}

/// How characters are written.
pub(super) fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
    }
}

/// What a message is.
pub(super) fn kind(kind: &str) -> &str {
    match kind {
        "text" => "words",
        "contact_card" => "contact cards",
        "attachment" => "attachments",
        "omitted" => "attachments left out by the export",
        "deleted" => "deleted before the export",
        "view_once" => "to be seen once",
        "call" => "calls",
        "location" => "places",
        "live_location" => "places that were followed",
        "poll" => "polls",
        "waiting" => "not arrived before the export",
        "null" => "the word null alone",
        other => other,
    }
}

/// What a line of the app is about.
pub(super) fn system(kind: Option<SystemKind>) -> &'static str {
    match kind {
        Some(SystemKind::Encryption) => "encryption",
        Some(SystemKind::SecurityCode) => "a changed security code",
        Some(SystemKind::Number) => "a changed number",
        Some(SystemKind::Created) => "making the group",
        Some(SystemKind::Joined) => "who came",
        Some(SystemKind::Left) => "who went",
        Some(SystemKind::Subject) => "the group's name",
        Some(SystemKind::Icon) => "the group's picture",
        Some(SystemKind::Description) => "the group's description",
        Some(SystemKind::Rights) => "rights in the group",
        Some(SystemKind::Disappearing) => "disappearing messages",
        Some(SystemKind::Business) => "a business",
        Some(SystemKind::Pinned) => "pinned messages",
        Some(SystemKind::Blocked) => "blocking",
        Some(SystemKind::Call) => "calls",
        None => "words that are not known",
    }
}
