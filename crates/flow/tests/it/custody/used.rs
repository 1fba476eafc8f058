//! What the use cases themselves put on the record verifies: nothing here is written by hand.

use super::verifying::everything;
use crate::harness::{Place, leaves_are_as_the_page_says};
use aws_lc_rs::hmac;
use counterfoil_flow::Flow;
use counterfoil_flow::connections::connect::{Connected, NewConnection, connect};
use counterfoil_flow::filing::file::file;
use counterfoil_flow::intake::accept::accept;
use counterfoil_flow::organisation::open::{self, For};
use counterfoil_flow::outbound::Upload;
use counterfoil_flow::outbound::note::note;
use counterfoil_flow::outbound::reply::{Reply, reply};
use counterfoil_flow::people::invite::invite;
use counterfoil_flow::people::join::join;
use counterfoil_flow::people::session::session;
use counterfoil_flow::reading::inbox::{InboxQuery, View, inbox};
use counterfoil_flow::reading::thread::thread;
use counterfoil_model::Secret;
use counterfoil_model::person::Role;
use counterfoil_policy::{Actor, Staff};
use std::time::Duration;
use tokio::sync::watch;

const APP_SECRET: &str = "an app secret";
const NUMBER: &str = "106540352242922";

async fn connected(flow: &Flow) -> Connected {
    let new = NewConnection {
        title: "Claims line".to_owned(),
        app_secret: Secret::new(APP_SECRET.to_owned()),
        previous_app_secret: None,
        verify_token: Secret::new("verify".to_owned()),
        access_token: Secret::new("access".to_owned()),
        graph_url: "http://127.0.0.1:9".to_owned(),
        graph_version: "v25.0".to_owned(),
        phone_number_id: NUMBER.to_owned(),
        display_number: "+31 20 555 0101".to_owned(),
    };
    connect(flow, &Actor::Operator, new).await.unwrap()
}

async fn colleague(flow: &Flow, place: &Place) -> Staff {
    let invitation = invite(flow, &Actor::Operator, "Ada Example", &[Role::Agent, Role::Supervisor])
        .await
        .unwrap();
    // Nobody joins in the very moment of being invited.
    place.clock.forward(Duration::from_micros(1));
    let password = Secret::new("a long enough password".to_owned());
    let joined = join(flow, &invitation.token, "ada@example.org", &password)
        .await
        .unwrap();
    session(flow, &joined.token).await.unwrap().unwrap()
}

/// One post with a message from a contact, a picture, a reaction, a status of a message that is not ours, and a field nobody knows.
fn post(at: i64) -> Vec<u8> {
    let value = |inside: String| {
        format!(
            r#"{{"field":"messages","value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"31205550101",
            "phone_number_id":"{NUMBER}"}},"contacts":[{{"profile":{{"name":"Guest"}},"wa_id":"31612345678"}}],{inside}}}}}"#
        )
    };
    let message =
        |id: &str, rest: &str| format!(r#"{{"from":"31612345678","id":"wamid.{id}","timestamp":"{at}",{rest}}}"#);
    let messages = [
        message(
            "text",
            r#""type":"text","text":{"body":"There is water in the cellar"}"#,
        ),
        message(
            "image",
            r#""type":"image","image":{"id":"7001","mime_type":"image/jpeg","sha256":"Dq8zv1jQGgyMCJBvLxiwHfWvXzqvJfK0sPwUw0cVhGM="}"#,
        ),
        message(
            "react",
            r#""type":"reaction","reaction":{"message_id":"wamid.text","emoji":"\u2764"}"#,
        ),
    ];
    let status =
        format!(r#"{{"id":"wamid.other","status":"delivered","timestamp":"{at}","recipient_id":"31612345678"}}"#);
    let changes = [
        value(format!(r#""messages":[{}]"#, messages.join(","))),
        value(format!(r#""statuses":[{status}]"#)),
        r#"{"field":"unheard_of","value":{"x":1}}"#.to_owned(),
    ];
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{}]}}]}}"#,
        changes.join(",")
    )
    .into_bytes()
}

fn signature(body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, APP_SECRET.as_bytes());
    let hex: String = hmac::sign(&key, body)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256={hex}")
}

async fn what_the_use_cases_record_is_sound(place: Place) {
    let opened = place.open().await;
    let (clock, random) = (place.clock.as_ref(), place.random.as_ref());
    open::open(opened.store(), opened.vault(), clock, random, For::Work, "Claims")
        .await
        .unwrap();
    let flow = opened.clone().flow().await;
    let connected = connected(&flow).await;
    let staff = colleague(&flow, &place).await;
    let body = post(1_795_381_200);
    accept(
        flow.intake().unwrap(),
        connected.connection,
        Some(&signature(&body)),
        body.into(),
    )
    .await
    .unwrap();

    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn({
        let flow = flow.clone();
        async move { flow.run(stopped).await }
    });
    // Three messages, each with its event.
    let mut events = counterfoil_flow::live::bell(&flow);
    let waiting = tokio::time::timeout(Duration::from_secs(30), events.wait_for(|newest| *newest >= 3));
    waiting.await.unwrap().unwrap();

    let query = InboxQuery {
        view: View::All,
        after: None,
        limit: 10,
    };
    let conversation = inbox(&flow, &staff, query).await.unwrap().rows.remove(0).conversation;
    let seen = thread(&flow, &staff, conversation, None, 50).await.unwrap();
    let message = seen.messages.first().unwrap().id;
    let png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec();
    let upload = Upload {
        file_name: Some("plan.png".to_owned()),
        media_type: "image/png".to_owned(),
        bytes: png.into(),
    };
    for file in [None, Some(upload)] {
        let text = "A plumber is on the way".to_owned();
        reply(
            &flow,
            &staff,
            Reply {
                conversation,
                text,
                file,
                quoted: Some(message),
                key: None,
            },
        )
        .await
        .unwrap();
    }
    note(&flow, &staff, conversation, "Knows the house".to_owned(), None)
        .await
        .unwrap();
    file(&flow, &staff, message, "clm-2026-004711").await.unwrap();
    stop.send(true).unwrap();
    running.await.unwrap();

    let report = everything(&flow).await;
    assert!(report.sound, "{report}");
    assert_eq!((report.log.pending, report.log.signed), (0, Some(report.log.leaves)));
    let rows = |table| report.tables.iter().find(|count| count.table == table).unwrap().rows;
    for (table, least) in [
        ("message", 6),
        ("attachment", 2),
        ("attachment_step", 1),
        ("identity", 1),
        ("tick", 3),
        ("conversation", 1),
        ("contact_name", 1),
        ("filing_step", 1),
        ("reference", 1),
        ("kept", 1),
        ("credential", 1),
        ("connection_settings", 1),
    ] {
        assert!(rows(table) >= least, "{table} has {} rows", rows(table));
    }
    assert_eq!((report.blobs.blobs, report.blobs.orphans), (1, 0));
    leaves_are_as_the_page_says(opened.store()).await;
}

on_both! { what_the_use_cases_record_is_sound }
