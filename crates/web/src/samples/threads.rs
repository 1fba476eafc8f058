//! The inbox and conversations: full, empty, closed, failed, and with everything that a message can be.

use super::elsewhere::elsewhere;
use super::invented::{
    ago, conversation, file, in_minutes, inbound, message, message_id, opened, outbound, row, thread, waiting,
    with_file,
};
use super::{Sample, Stage, sample};
use crate::views::rows::Rows;
use crate::views::shell::Area;
use crate::views::thread::{InboxPageView, ThreadView};
use counterfoil_flow::filing::refusal::FilingRefusal;
use counterfoil_flow::reading::inbox::{InboxCursor, InboxPage, View};
use counterfoil_flow::reading::thread::{AttachmentState, FilingView, Quoted, ReactionView, Thread, ThreadCursor};
use counterfoil_model::attachment::FetchFailure;
use counterfoil_model::body::{Body, Card, OrderLine};
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::tick::TickState;
use counterfoil_model::{FilingId, Opened};

pub(super) fn all(stage: &Stage) -> Vec<Sample> {
    vec![
        page(stage, "inbox-list", &full_list(), None),
        page(stage, "inbox-empty", &empty_list(), None),
        page(stage, "inbox-thread", &full_list(), Some(&windscreen())),
        page(stage, "inbox-everything", &full_list(), Some(&everything())),
        page(stage, "inbox-elsewhere", &full_list(), Some(&elsewhere())),
        page(stage, "inbox-closed", &full_list(), Some(&closed())),
        page(stage, "inbox-trouble", &full_list(), Some(&trouble())),
        page(stage, "inbox-nothing-said", &empty_list(), Some(&silent())),
    ]
}

fn page(stage: &Stage, name: &'static str, list: &InboxPage, thread: Option<&Thread>) -> Sample {
    let (w, face) = (stage.w, stage.face());
    let open = thread.map(|thread| thread.conversation);
    let mut view = InboxPageView {
        w,
        shell: stage.shell(Area::Inbox).live(4_711).with_thread(thread.is_some()),
        list: Rows::of(w, &face, list, View::All, open),
        thread: thread.map(|thread| ThreadView::of(w, &face, thread, "0".repeat(32), true)),
    };
    if let (Some(thread), "inbox-everything") = (&mut view.thread, name) {
        thread.composer.note = true;
    }
    if let (Some(thread), "inbox-trouble") = (&mut view.thread, name) {
        thread.composer.trouble = Some(format!(
            "{} {}",
            w.say("error-unavailable"),
            w.say("error-unavailable-next")
        ));
    }
    sample(name, &view)
}

fn empty_list() -> InboxPage {
    InboxPage {
        rows: Vec::new(),
        next: None,
    }
}

fn full_list() -> InboxPage {
    let mut photo = waiting(row(2, "Sipho Dlamini", "9032", "", 6), 1);
    (photo.line, photo.kind) = (None, MessageKind::Image);
    let mut closing = waiting(row(5, "प्रिया शर्मा", "2208", "क्या मेरा दावा मंज़ूर हो गया?", 1_356), 1);
    closing.window_until = Some(in_minutes(84));
    let mut unnamed = waiting(row(6, "", "5570", "Is this the number for claims?", 190), 2);
    unnamed.name = None;
    let mut note = row(
        7,
        "Johan van der Westhuizen-Bezuidenhout of Westhuizen Transport (Pty) Ltd",
        "6641",
        "Assessor comes on Tuesday",
        300,
    );
    note.direction = Direction::Note;
    let mut voice = waiting(row(8, "أحمد منصور", "1180", "", 44), 0);
    (voice.line, voice.kind) = (None, MessageKind::Audio);
    let rows = vec![
        waiting(
            row(
                1,
                "Naledi Khumalo",
                "4711",
                "Hi, my windscreen cracked, policy KM-20417",
                1,
            ),
            2,
        ),
        photo,
        row(
            3,
            "Grace Adeyemi",
            "3345",
            "Thank you, the payment is on its way and should be with you on Tuesday at the latest",
            18,
        ),
        voice,
        row(
            4,
            "Marie Claire Uwimana",
            "8874",
            "Please send the licence when you can",
            75,
        ),
        unnamed,
        note,
        closing,
        row(9, "Bongani Zulu", "7719", "All the best with the move!", 2_890),
        row(
            10,
            "Fatima Essop",
            "4402",
            "Your policy is renewed until 30 November 2027",
            9_400,
        ),
        row(11, "Tomás Oliveira", "1093", "👍", 12_000),
    ];
    let last = rows.last().map(|row| InboxCursor {
        last_at: row.last_at,
        conversation: row.conversation,
    });
    InboxPage { rows, next: last }
}

/// The conversation of the README: a cracked windscreen.
fn windscreen() -> Thread {
    let mut photo = with_file(
        3,
        Some("This is how it looks"),
        file(1, MessageKind::Image, "image/jpeg", None, 241_000),
        1_100,
    );
    photo.filings = vec![filing(1, FilingStep::Filed, Some("DOC-88213"), 1_090)];
    let mut answer = outbound(
        4,
        "Thank you, Naledi. I have put the photo on your claim. Is anyone hurt?",
        1_095,
        TickState::Read,
    );
    answer.quoted = Some(Quoted {
        message: Some(message_id(3)),
        line: Some(opened("This is how it looks")),
    });
    let mut note = message(
        5,
        Direction::Note,
        MessageKind::Text,
        Body::Text {
            text: "Excess is waived for glass on this policy. Book the fitter in Durban.".to_owned(),
        },
        1_090,
    );
    note.author = Some(opened("Pieter Botha"));
    let mut thanks = inbound(6, "No, all fine 🙏 *Just the glass.*", 1_080);
    thanks.reactions = vec![ReactionView {
        emoji: opened("👍"),
        direction: Direction::Outbound,
    }];
    let mut claim = inbound(8, "And here is the case number of the police: CAS 114/11/2026", 2);
    claim.filings = vec![filing(2, FilingStep::ToBeFiled, None, 1)];
    let mut thread = thread(
        1,
        "Naledi Khumalo",
        "4711",
        vec![
            outbound(
                1,
                "Good morning, this is KM Insurance. How can we help?",
                1_140,
                TickState::Read,
            ),
            inbound(
                2,
                "Hi, my windscreen cracked, policy KM-20417\nIt happened on the N3 near Mooi River.",
                1_110,
            ),
            photo,
            answer,
            note,
            thanks,
            outbound(
                7,
                "Good. The fitter can come tomorrow between 8 and 10. Does that suit you?",
                1_075,
                TickState::Delivered,
            ),
            claim,
            inbound(9, "Tomorrow is perfect", 1),
        ],
    );
    thread.first_unread = Some(message_id(8));
    thread.older = Some(ThreadCursor {
        occurred_at: ago(1_140),
        message: message_id(1),
    });
    thread
}

fn filing(number: u8, step: FilingStep, acknowledgement: Option<&str>, minutes: u64) -> FilingView {
    FilingView {
        id: FilingId::from_bytes([number; 16]),
        reference: opened("CLM-2026-004711"),
        step,
        acknowledgement: acknowledgement.map(opened),
        refusal: (step == FilingStep::Refused).then_some(FilingRefusal::NoSuchClaim),
        at: ago(minutes),
    }
}

/// One of each kind, with long names, and the note being written.
fn everything() -> Thread {
    let inbound_of = |number, kind, body, minutes| message(number, Direction::Inbound, kind, body, minutes);
    let place = Body::Location {
        latitude: -29.207_81,
        longitude: 29.994_53,
        name: Some("Mooi River Toll Plaza".to_owned()),
        address: Some("N3, Mooi River, 3300".to_owned()),
    };
    let cards = Body::Contacts {
        cards: vec![Card {
            name: "Glass & More Fitters".to_owned(),
            phones: vec!["+27 31 000 0000".to_owned()],
            emails: vec!["desk@example.org".to_owned()],
        }],
    };
    let order = Body::Order {
        text: Some("Please deliver on Friday".to_owned()),
        lines: vec![OrderLine {
            article: "Emergency kit".to_owned(),
            quantity: "2".to_owned(),
            price: "249.00".to_owned(),
            currency: "ZAR".to_owned(),
        }],
    };
    let choice = Body::Choice {
        title: "Book the fitter".to_owned(),
        id: None,
        description: Some("Tomorrow, 8 to 10".to_owned()),
    };
    let mut edited = inbound(27, "My new address is 14 Protea Street", 40);
    let newer = Body::Text {
        text: "My new address is 41 Protea Street".to_owned(),
    };
    edited.edits = vec![(Opened::new(newer), ago(38))];
    let mut withdrawn = inbound(28, "Please forget what I said about my brother", 36);
    withdrawn.withdrawn_at = Some(ago(35));
    let mut erased = inbound(29, "", 34);
    erased.body = None;
    let mut fetching = file(7, MessageKind::Video, "video/mp4", None, 0);
    (fetching.state, fetching.length) = (AttachmentState::Fetching, None);
    let mut gone = file(8, MessageKind::Document, "application/pdf", Some("Repair quote.pdf"), 0);
    gone.length = None;
    gone.state = AttachmentState::Unfetched {
        failure: FetchFailure::Gone,
        attempts: 6,
    };
    let long = "Statement_of_account_for_Westhuizen_Transport_Proprietary_Limited_2026-11-22_final_FINAL(3).pdf";
    let notice = Body::Notice {
        event: "unsupported".to_owned(),
        text: None,
    };
    let messages = vec![
        inbound_of(21, MessageKind::Location, place, 60),
        inbound_of(22, MessageKind::Contacts, cards, 58),
        inbound_of(23, MessageKind::Order, order, 56),
        inbound_of(24, MessageKind::Interactive, choice, 54),
        with_file(25, None, file(5, MessageKind::Audio, "audio/ogg", None, 48_000), 50),
        with_file(
            26,
            Some("As asked"),
            file(6, MessageKind::Document, "application/pdf", Some(long), 2_400_000),
            48,
        ),
        edited,
        withdrawn,
        erased,
        with_file(30, None, fetching, 20),
        with_file(31, None, gone, 18),
        inbound_of(32, MessageKind::Unsupported, notice, 16),
    ];
    let mut thread = thread(
        7,
        "Johan van der Westhuizen-Bezuidenhout of Westhuizen Transport (Pty) Ltd",
        "6641",
        messages,
    );
    thread.draft = Some(opened("Assessor comes on Tuesday. Ask him for"));
    thread
}

/// More than 24 hours of silence.
fn closed() -> Thread {
    thread(
        9,
        "Bongani Zulu",
        "7719",
        vec![
            inbound(
                41,
                "We are moving on Saturday. Does the cover go on at the new place?",
                1_470,
            ),
            outbound(
                42,
                "Yes, from the first day. Send us the address when you know it.",
                1_460,
                TickState::Read,
            ),
        ],
    )
}

/// What did not go as it should.
fn trouble() -> Thread {
    let mut failed = outbound(
        52,
        "We tried to call you. When can we reach you?",
        30,
        TickState::Failed,
    );
    failed.failure = Some("not_on_whatsapp");
    let mut refused = inbound(51, "Here are the papers", 50);
    refused.filings = vec![filing(3, FilingStep::Refused, None, 45)];
    thread(
        4,
        "Marie Claire Uwimana",
        "8874",
        vec![
            refused,
            failed,
            outbound(53, "Please send the licence when you can", 20, TickState::Uncertain),
            outbound(54, "Thank you!", 1, TickState::Queued),
        ],
    )
}

/// A conversation in which nobody has said anything yet.
fn silent() -> Thread {
    let mut thread = thread(12, "", "", Vec::new());
    (thread.name, thread.last_four, thread.channel_title) = (None, None, None);
    thread.conversation = conversation(12);
    thread.window_until = None;
    thread.last_inbound_at = None;
    thread
}
