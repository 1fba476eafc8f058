//! What people see about us, whom we do not hear, what lies with the provider about them, and what became of messages.

use std::time::Duration;

use bytes::Bytes;
use counterfoil_whatsapp::client::{
    BusinessProfile, ChangeError, HandleUpload, NamedPerson, Person, ProfileChange, RequestError,
};
use counterfoil_whatsapp::limits::{LimitError, Part, check_profile, check_username};
use counterfoil_whatsapp::phone::PhoneNumber;
use serde_json::{Value, json};

use super::{asked, exchange, proving, read, requested, success};
use crate::server::{Reply, Server};

fn people() -> [Person; 2] {
    [
        Person::Phone(PhoneNumber::parse("+15550100201").unwrap()),
        Person::UserId("US.1".into()),
    ]
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn the_profile_is_read_and_changed() {
    let profile = json!({ "data": [{ "messaging_product": "whatsapp", "about": "Claims", "websites": ["https://desk.example"],
        "vertical": "FINANCE", "profile_picture_url": "https://pps.example/x" }] });
    let (profile, request) = exchange(profile, async |client| client.profile("700").await).await;
    assert_eq!(request.line, "GET /v25.0/700/whatsapp_business_profile");
    assert!(request.query[0].1.contains("websites"));
    let wanted = BusinessProfile {
        about: some("Claims"),
        websites: vec!["https://desk.example".into()],
        vertical: some("FINANCE"),
        picture_url: some("https://pps.example/x"),
        ..BusinessProfile::default()
    };
    assert_eq!(profile, Ok(wanted));

    let change = ProfileChange {
        about: some("Claims, day and night"),
        address: some(""),
        description: some("We settle"),
        email: some("desk@desk.example"),
        websites: Some(vec!["https://desk.example".into()]),
        vertical: some("FINANCE"),
        picture_handle: some("4::aW"),
    };
    let (done, request) = exchange(success(), async |client| {
        requested(client.set_profile("700", &change).await)
    })
    .await;
    assert_eq!(done, Ok(()));
    let body = json!({ "messaging_product": "whatsapp", "about": "Claims, day and night", "address": "", "description": "We settle",
        "email": "desk@desk.example", "websites": ["https://desk.example"], "vertical": "FINANCE",
        "profile_picture_handle": "4::aW" });
    assert_eq!(request, asked("POST /v25.0/700/whatsapp_business_profile", &[], body));

    let too_long = |limit| {
        Err(LimitError::TooLong {
            part: Part::Profile,
            limit,
        })
    };
    let bent = |bend: &dyn Fn(&mut ProfileChange)| {
        let mut change = ProfileChange::default();
        bend(&mut change);
        check_profile(&change)
    };
    assert_eq!(bent(&|change| change.about = some(&"a".repeat(139))), Ok(()));
    assert_eq!(bent(&|change| change.about = some(&"a".repeat(140))), too_long(139));
    assert_eq!(
        bent(&|change| change.about = some("")),
        Err(LimitError::Empty(Part::Profile))
    );
    assert_eq!(bent(&|change| change.address = some(&"a".repeat(257))), too_long(256));
    assert_eq!(
        bent(&|change| change.description = some(&"a".repeat(513))),
        too_long(512)
    );
    assert_eq!(bent(&|change| change.email = some(&"a".repeat(129))), too_long(128));
    let pages = |count| vec!["https://desk.example".to_owned(); count];
    assert_eq!(bent(&|change| change.websites = Some(pages(2))), Ok(()));
    assert!(bent(&|change| change.websites = Some(pages(3))).is_err());
    assert_eq!(
        bent(&|change| change.websites = Some(vec!["desk".into()])),
        Err(LimitError::Address)
    );
    let server = Server::start(Vec::new()).await;
    let wrong = ProfileChange {
        about: some(" "),
        ..ProfileChange::default()
    };
    let outcome = server.client().set_profile("700", &wrong).await;
    assert_eq!(outcome, Err(ChangeError::Invalid(LimitError::Empty(Part::Profile))));
}

#[tokio::test]
async fn a_picture_gets_a_handle_in_two_steps() {
    let session = json!({ "id": "upload:MTphd?sig=ARZq" }).to_string();
    let handle = json!({ "h": "4::aW" }).to_string();
    let server = Server::start(vec![Reply::Answer(200, session.clone()), Reply::Answer(200, handle)]).await;
    let upload = || HandleUpload {
        bytes: Bytes::from_static(b"picture"),
        mime_type: "image/jpeg".into(),
        filename: "a b.jpg".into(),
    };
    let client = proving(&server);
    assert_eq!(client.upload_handle("42", upload()).await.as_deref(), Ok("4::aW"));
    let requests = server.requests();
    let begun = read(&requests[0]);
    let about = [
        ("file_length", "7"),
        ("file_name", "a b.jpg"),
        ("file_type", "image/jpeg"),
    ];
    assert_eq!(begun, asked("POST /v25.0/42/uploads", &about, Value::Null));
    let (head, body) = requests[1].split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("POST /v25.0/upload:MTphd?sig=ARZq&appsecret_proof="),
        "{head}"
    );
    assert!(head.contains("authorization: OAuth invented-token"), "{head}");
    assert!(!head.contains("Bearer") && head.contains("file_offset: 0"), "{head}");
    assert_eq!(body, "picture");

    for (replies, expected) in [
        (vec![Reply::Reset], RequestError::NoAnswer),
        (vec![Reply::Answer(200, "{}".into())], RequestError::Unreadable),
        (
            vec![Reply::Answer(200, session.clone()), Reply::Reset],
            RequestError::NoAnswer,
        ),
        (
            vec![Reply::Answer(200, session.clone()), Reply::Answer(200, "{}".into())],
            RequestError::Unreadable,
        ),
    ] {
        let server = Server::start(replies).await;
        let outcome = server.client().upload_handle("42", upload()).await;
        assert_eq!(outcome, Err(expected));
    }
}

#[tokio::test]
async fn a_refusal_says_for_how_long_to_leave_the_provider_alone() {
    let refusal = json!({ "error": { "message": "x", "code": 80_007 } }).to_string();
    let usage = |account: &str| format!("x-business-use-case-usage: {{\"100\":[{{\"type\":\"whatsapp\",{account}}}]}}");
    for (header, expected) in [
        (
            usage("\"estimated_time_to_regain_access\":3"),
            Some(Duration::from_secs(180)),
        ),
        (usage("\"estimated_time_to_regain_access\":0"), None),
        (usage("\"call_count\":90"), None),
        ("x-business-use-case-usage: nonsense".to_owned(), None),
        ("x-other: 1".to_owned(), None),
    ] {
        let server = Server::start(vec![Reply::With(400, header, refusal.clone())]).await;
        let Err(RequestError::Refused(error)) = server.client().username("700").await else {
            panic!("not refused")
        };
        assert_eq!((error.code, error.rest()), (Some(80_007), expected));
    }
}

#[tokio::test]
async fn a_user_name_is_claimed_and_given_up() {
    let answer = json!({ "username": "karoo_mutual", "status": "approved" });
    let (own, request) = exchange(answer, async |client| client.username("700").await).await;
    assert_eq!(request, asked("GET /v25.0/700/username", &[], Value::Null));
    let own = own.unwrap();
    assert_eq!(
        (own.username.as_deref(), own.status.as_deref()),
        (Some("karoo_mutual"), Some("approved"))
    );

    for (take_over, transfer) in [(false, "none"), (true, "force_transfer")] {
        let (done, request) = exchange(success(), async |client| {
            requested(client.set_username("700", "karoo.mutual", take_over).await)
        })
        .await;
        assert_eq!(done, Ok(()));
        let body = json!({ "username": "karoo.mutual", "transfer_action": transfer });
        assert_eq!(request, asked("POST /v25.0/700/username", &[], body));
    }
    let (done, request) = exchange(success(), async |client| client.delete_username("700").await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(request, asked("DELETE /v25.0/700/username", &[], Value::Null));
    let answer = json!({ "data": [{ "username_suggestions": ["karoo", "karoo1"] }] });
    let (names, request) = exchange(answer, async |client| client.username_suggestions("700").await).await;
    assert_eq!(request, asked("GET /v25.0/700/username_suggestions", &[], Value::Null));
    assert_eq!(names.unwrap(), ["karoo", "karoo1"]);

    for (name, fits) in [
        ("abc", true),
        ("a_1", true),
        (&"a".repeat(35), true),
        ("ab", false),
        (&"a".repeat(36), false),
        ("123", false),
        ("Karoo", false),
        (".karoo", false),
        ("karoo.", false),
        ("ka..roo", false),
        ("wwwkaroo", false),
        ("karoo.com", false),
        ("karoo-1", false),
    ] {
        assert_eq!(check_username(name).is_ok(), fits, "{name}");
    }
}

#[tokio::test]
async fn people_are_blocked_as_far_as_it_goes() {
    let answer = json!({ "messaging_product": "whatsapp", "block_users": { "added_users": [{ "input": "+15550100201", "wa_id": "15550100201" }],
        "failed_users": [{ "input": "US.1", "errors": [{ "message": "x", "code": 139_100 }] }, { "input": "US.2" }] } });
    let (outcome, request) = exchange(answer, async |client| client.block("700", &people()).await).await;
    let body =
        json!({ "messaging_product": "whatsapp", "block_users": [{ "user": "+15550100201" }, { "user_id": "US.1" }] });
    assert_eq!(request, asked("POST /v25.0/700/block_users", &[], body.clone()));
    let outcome = outcome.unwrap();
    assert_eq!(outcome.done, ["+15550100201"]);
    assert_eq!(
        outcome.left,
        [("US.1".to_owned(), Some(139_100)), ("US.2".to_owned(), None)]
    );
    assert_eq!(format!("{outcome:?}"), "BlockOutcome(..)");

    let answer = json!({ "block_users": { "removed_users": [{ "input": "US.1", "user_id": "US.1" }] } });
    let (outcome, request) = exchange(answer, async |client| client.unblock("700", &people()).await).await;
    assert_eq!(request, asked("DELETE /v25.0/700/block_users", &[], body));
    assert_eq!(outcome.unwrap().done, ["US.1"]);

    let answer = json!({ "data": [{ "wa_id": "15550100201" }, { "user_id": "US.1" }],
        "paging": { "cursors": { "after": "b" }, "next": "https://x" } });
    let (page, request) = exchange(answer, async |client| client.blocked("700", Some("a")).await).await;
    assert_eq!(
        request,
        asked("GET /v25.0/700/block_users", &[("after", "a")], Value::Null)
    );
    let page = page.unwrap();
    assert_eq!(page.after.as_deref(), Some("b"));
    let named = |wa_id: Option<&str>, user_id: Option<&str>| NamedPerson {
        wa_id: wa_id.map(str::to_owned),
        user_id: user_id.map(str::to_owned),
    };
    assert_eq!(
        page.items,
        [named(Some("15550100201"), None), named(None, Some("US.1"))]
    );
    let (nameless, _) = exchange(json!({ "data": [{}] }), async |client| {
        client.blocked("700", None).await
    })
    .await;
    assert_eq!(nameless, Err(RequestError::Unreadable));
}

#[tokio::test]
async fn a_contact_is_forgotten_at_the_provider() {
    let (done, request) = exchange(success(), async |client| client.forget_contact("700", "US.1").await).await;
    assert_eq!(done, Ok(()));
    let query = [("messaging_product", "whatsapp"), ("bsuid", "US.1")];
    assert_eq!(request, asked("DELETE /v25.0/700/contact_book", &query, Value::Null));
}

#[tokio::test]
async fn it_is_known_whether_a_person_may_be_called() {
    let answer = json!({ "messaging_product": "whatsapp", "permission": { "status": "temporary", "expiration_time": 1_790_000_000 },
        "actions": [{ "action_name": "start_call", "can_perform_action": true },
            { "action_name": "send_call_permission_request", "can_perform_action": false }] });
    for (person, query) in people()
        .iter()
        .zip([("user_wa_id", "15550100201"), ("recipient", "US.1")])
    {
        let (state, request) = exchange(answer.clone(), async |client| {
            client.call_permission("700", person).await
        })
        .await;
        assert_eq!(request, asked("GET /v25.0/700/call_permissions", &[query], Value::Null));
        let state = state.unwrap();
        assert_eq!(
            (state.status.as_str(), state.expires_at),
            ("temporary", Some(1_790_000_000_000_000))
        );
        assert!(state.may_call && !state.may_ask);
    }
}

#[tokio::test]
async fn what_became_of_a_message_can_be_asked() {
    let answer = json!({ "data": [{ "id": "h1", "message_id": "wamid.X" }] });
    let (page, request) = exchange(answer, async |client| {
        client.message_records("700", Some("wamid.X"), None).await
    })
    .await;
    let query = [("message_id", "wamid.X")];
    assert_eq!(request, asked("GET /v25.0/700/message_history", &query, Value::Null));
    assert_eq!(page.unwrap().items[0].id, "h1");
    let answer =
        json!({ "data": [{ "id": "e1", "delivery_status": "DELIVERED", "occurrence_timestamp": 1_790_000_000 }] });
    let (page, request) = exchange(answer, async |client| client.delivery_events("h1", Some("a")).await).await;
    assert_eq!(request, asked("GET /v25.0/h1/events", &[("after", "a")], Value::Null));
    let event = page.unwrap().items.remove(0);
    assert_eq!(
        (event.status.as_str(), event.at),
        ("DELIVERED", Some(1_790_000_000_000_000))
    );
}
