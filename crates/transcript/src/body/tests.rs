//! Bodies by table: what the app writes in a message's place, in several languages, and what only resembles it.

use super::*;

fn attachment(name: &str, media: MediaKind, caption: Option<&str>) -> Body {
    Body::Attachment {
        name: name.to_owned(),
        media,
        caption: caption.map(str::to_owned),
    }
}

fn omitted(media: MediaKind, caption: Option<&str>) -> Body {
    Body::Omitted {
        media,
        caption: caption.map(str::to_owned),
    }
}

fn call(video: bool, missed: bool, detail: Option<&str>) -> Body {
    Body::Call {
        video,
        missed,
        detail: detail.map(str::to_owned),
    }
}

fn poll(question: &str, options: &[(&str, Option<u64>)]) -> Body {
    let option = |(text, votes): &(&str, Option<u64>)| PollOption {
        text: (*text).to_owned(),
        votes: *votes,
    };
    Body::Poll {
        question: question.to_owned(),
        options: options.iter().map(option).collect(),
    }
}

fn check(text: &str, expected: Body) {
    let (body, _) = Body::of(text.to_owned());
    assert!(
        body == expected,
        "{text:?} is read as {}",
        serde_json::to_string(&body).unwrap()
    );
}

#[test]
fn attachments() {
    use MediaKind::{Audio, ContactCard, Document, Image};
    let ios = "00000042-PHOTO-2020-06-07-15-13-20.jpg";
    check(&format!("\u{200E}<attached: {ios}>"), attachment(ios, Image, None));
    check(
        &format!("\u{200E}<Anhang: {ios}>\nSeht mal"),
        attachment(ios, Image, Some("Seht mal")),
    );
    check(
        &format!("\u{200E}<pièce jointe\u{00A0}: {ios}>"),
        attachment(ios, Image, None),
    );
    check(&format!("<unbekannt: {ios}>"), attachment(ios, Image, None));
    check(
        "<unbekannt: 00000012-a: b.pdf>",
        attachment("00000012-a: b.pdf", Document, None),
    );
    check(
        "2015-08-04-PHOTO-00004762.jpg <\u{200E}attached>",
        attachment("2015-08-04-PHOTO-00004762.jpg", Image, None),
    );
    check(
        "\u{200E}IMG-20210428-WA0001.jpg (file attached)\nLook\n\nhere",
        attachment("IMG-20210428-WA0001.jpg", Image, Some("Look\n\nhere")),
    );
    check(
        "PTT-20210428-WA0001.opus (sconosciuto)",
        attachment("PTT-20210428-WA0001.opus", Audio, None),
    );
    check(
        "Terms (2020).pdf (Datei angehängt)",
        attachment("Terms (2020).pdf", Document, None),
    );
    check(
        "\u{200E}Umowa.pdf (plik załączony)",
        attachment("Umowa.pdf", Document, None),
    );
    check("Ann.vcf (archivo adjunto)", attachment("Ann.vcf", ContactCard, None));
    check(
        "Look at this \u{200E}<attached: 00000012-terms.pdf>",
        attachment("00000012-terms.pdf", Document, Some("Look at this")),
    );
    check(
        "../../etc/passwd (file attached)",
        attachment("../../etc/passwd", Document, None),
    );
}

#[test]
fn what_was_left_out() {
    check("<Media omitted>", omitted(MediaKind::Any, None));
    check(
        "<Media omitted>\nat the lake",
        omitted(MediaKind::Any, Some("at the lake")),
    );
    check("\u{200E}image omitted", omitted(MediaKind::Image, None));
    check("\u{200F}<המדיה לא נכללה>", omitted(MediaKind::Any, None));
    check("Fiche contact manquante", omitted(MediaKind::ContactCard, None));
    check(
        "Look at this \u{200E}image omitted",
        omitted(MediaKind::Image, Some("Look at this")),
    );
    check(
        "terms.pdf • \u{200E}3 pages \u{200E}document omitted",
        omitted(MediaKind::Document, Some("terms.pdf • \u{200E}3 pages")),
    );
}

#[test]
fn what_stands_in_a_messages_place() {
    check(
        "\u{200E}This message was deleted.",
        Body::Deleted { by: DeletedBy::Author },
    );
    check(
        "Du hast diese Nachricht gelöscht",
        Body::Deleted {
            by: DeletedBy::Exporter,
        },
    );
    check(
        "\u{200E}This message was deleted by admin Ann.",
        Body::Deleted { by: DeletedBy::Admin },
    );
    check("null", Body::Null);
    check(
        "\u{200E}You received a view once message. For added privacy, you can only open it on your phone.",
        Body::ViewOnce,
    );
    check("Waiting for this message. This may take a while.", Body::Waiting);
    check("\u{200E}Missed voice call", call(false, true, None));
    check("Voice call, 2 min", call(false, false, Some("2 min")));
    check(
        "\u{200E}Video call, \u{200E}No answer",
        call(true, false, Some("No answer")),
    );
    check("\u{200E}Voice call. \u{200E}2 min", call(false, false, Some("2 min")));
    check("Videollamada perdida", call(true, true, None));
    check(
        "live location shared\non my way",
        Body::LiveLocation {
            caption: Some("on my way".to_owned()),
        },
    );
}

#[test]
fn places() {
    let coordinates = Some(("52.5163".to_owned(), "-13.3777".to_owned()));
    let link = "https://maps.google.com/?q=52.5163,-13.3777";
    check(
        &format!("location: {link}"),
        Body::Location {
            link: link.to_owned(),
            coordinates: coordinates.clone(),
        },
    );
    check(
        &format!("\u{200E}Standort: {link}"),
        Body::Location {
            link: link.to_owned(),
            coordinates,
        },
    );
    let named = "The Harbour (Quay 1): https://foursquare.com/v/1a2b";
    check(
        &format!("Location: {named}"),
        Body::Location {
            link: named.to_owned(),
            coordinates: None,
        },
    );
}

#[test]
fn polls() {
    check(
        "\u{200E}POLL:\nWhen?\n\u{200E}OPTION: Monday (\u{200E}2 votes)\n\u{200E}OPTION: Friday (\u{200E}1 vote)\n",
        poll("When?", &[("Monday", Some(2)), ("Friday", Some(1))]),
    );
    check(
        "SONDAGE :\nQuand ?\nOPTION : Lundi (soir)",
        poll("Quand ?", &[("Lundi (soir)", None)]),
    );
    let broken = "POLL:\nWhen?\nOPTION: Monday\nand more";
    check(
        broken,
        Body::Text {
            text: broken.to_owned(),
        },
    );
}

#[test]
fn what_only_resembles_it_is_text() {
    for text in [
        "",
        "image omitted, sadly",
        "null and void",
        "Voice call, then?",
        "Video call",
        "Waiting for this message to arrive since Monday",
        "You sent a view once message and I could not open it",
        "This message was deleted\nor was it",
        "(file attached)",
        "look (file attached to it)",
        "terms.pdf (the new ones)",
        "\u{200E}Something was done (by nobody)",
        "a < b > c",
        "<attached: >",
        "location: tbd",
        "Location: see https://example.org",
        "POLL:",
        "<This message was edited>",
        "hello <attached: a.pdf>",
    ] {
        check(text, Body::Text { text: text.to_owned() });
    }
}

#[test]
fn the_mark_of_an_edited_message_goes() {
    for (text, rest) in [
        ("hello \u{200E}<This message was edited>", "hello"),
        ("a\nb \u{200E}<Diese Nachricht wurde bearbeitet.>", "a\nb"),
        ("<a> <Mensagem editada>", "<a>"),
    ] {
        let (body, edited) = Body::of(text.to_owned());
        assert!(edited && body == Body::Text { text: rest.to_owned() }, "{text}");
    }
    assert!(!Body::of("a <b>".to_owned()).1);
}
