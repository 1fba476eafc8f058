//! Groups: made, looked at, changed, and who comes in.

use counterfoil_whatsapp::client::{ChangeError, NewGroup, Person, RequestError};
use counterfoil_whatsapp::limits::{LimitError, Part, check_group, check_participants};
use counterfoil_whatsapp::phone::PhoneNumber;
use serde_json::{Value, json};

use super::{asked, exchange, requested, success};
use crate::server::Server;

#[tokio::test]
async fn a_group_is_made_changed_and_deleted() {
    let named = || json!({ "messaging_product": "whatsapp", "request_id": "r1" });
    for (approval, mode) in [(true, "approval_required"), (false, "auto_approve")] {
        let group = NewGroup {
            subject: "Claim C-1",
            description: Some("Until it is settled"),
            approval,
        };
        let (made, request) = exchange(named(), async |client| {
            requested(client.create_group("700", &group).await)
        })
        .await;
        assert_eq!(made, Ok("r1".to_owned()));
        let body = json!({ "messaging_product": "whatsapp", "subject": "Claim C-1", "description": "Until it is settled",
            "join_approval_mode": mode });
        assert_eq!(request, asked("POST /v25.0/700/groups", &[], body));
    }
    let change = async |client: &_| change(client).await;
    let (done, request) = exchange(named(), change).await;
    assert_eq!(done, Ok(Some("r1".to_owned())));
    let body = json!({ "messaging_product": "whatsapp", "subject": "Claim C-2" });
    assert_eq!(request, asked("POST /v25.0/G1", &[], body));
    let (done, _) = exchange(success(), change).await;
    assert_eq!(done, Ok(None), "done, and no request is named");
    let (odd, _) = exchange(json!({}), change).await;
    assert_eq!(odd, Err(RequestError::Unreadable));
    let (done, request) = exchange(named(), async |client| client.delete_group("G1").await).await;
    assert_eq!(done, Ok(Some("r1".to_owned())));
    assert_eq!(request, asked("DELETE /v25.0/G1", &[], Value::Null));

    assert_eq!(check_group(Some(&"a".repeat(128)), Some(&"a".repeat(2048))), Ok(()));
    assert!(check_group(Some(&"a".repeat(129)), None).is_err());
    assert!(check_group(None, Some(&"a".repeat(2049))).is_err());
    let server = Server::start(Vec::new()).await;
    let nameless = NewGroup {
        subject: " ",
        description: None,
        approval: false,
    };
    let outcome = server.client().create_group("700", &nameless).await;
    assert_eq!(outcome, Err(ChangeError::Invalid(LimitError::Empty(Part::Group))));
}

async fn change(client: &counterfoil_whatsapp::client::Client) -> Result<Option<String>, RequestError> {
    requested(client.set_group("G1", Some("Claim C-2"), None).await)
}

#[tokio::test]
async fn groups_are_listed_and_looked_at() {
    let entry = json!({ "id": "G1", "subject": "Claim C-1", "created_at": "1790000000" });
    let paging = json!({ "cursors": { "after": "b" }, "next": "https://x" });
    for data in [json!({ "groups": [entry.clone()] }), json!([entry])] {
        let answer = json!({ "data": data, "paging": paging });
        let (page, request) = exchange(answer, async |client| client.groups("700", Some("a")).await).await;
        assert_eq!(request, asked("GET /v25.0/700/groups", &[("after", "a")], Value::Null));
        let page = page.unwrap();
        assert_eq!(page.after.as_deref(), Some("b"));
        assert_eq!(
            (page.items[0].id.as_str(), page.items[0].created_at),
            ("G1", Some(1_790_000_000_000_000))
        );
    }
    let answer = json!({ "messaging_product": "whatsapp", "id": "G1", "subject": "Claim C-1", "description": "x", "suspended": true,
        "creation_timestamp": 1_790_000_000, "join_approval_mode": "approval_required", "total_participant_count": 2,
        "participants": [{ "wa_id": "15550100201" }, { "user_id": "US.1" }] });
    let (group, request) = exchange(answer, async |client| client.group("G1").await).await;
    assert_eq!(request.line, "GET /v25.0/G1");
    assert!(request.query[0].1.contains("participants"));
    let group = group.unwrap();
    assert!(group.suspended && group.approval);
    assert_eq!((group.participants.len(), group.count), (2, Some(2)));
    assert_eq!(format!("{group:?}"), "GroupInfo(..)");
}

#[tokio::test]
async fn people_come_in_by_a_link_and_go() {
    let link = || json!({ "messaging_product": "whatsapp", "invite_link": "https://chat.whatsapp.com/X" });
    let (found, request) = exchange(link(), async |client| client.invite_link("G1").await).await;
    assert_eq!(found.as_deref(), Ok("https://chat.whatsapp.com/X"));
    assert_eq!(request, asked("GET /v25.0/G1/invite_link", &[], Value::Null));
    let (made, request) = exchange(link(), async |client| client.reset_invite_link("G1").await).await;
    assert_eq!(made.as_deref(), Ok("https://chat.whatsapp.com/X"));
    let body = json!({ "messaging_product": "whatsapp" });
    assert_eq!(request, asked("POST /v25.0/G1/invite_link", &[], body));

    let people = [
        Person::Phone(PhoneNumber::parse("+15550100201").unwrap()),
        Person::UserId("US.1".into()),
    ];
    let (done, request) = exchange(success(), async |client| {
        requested(client.remove_participants("G1", &people).await)
    })
    .await;
    assert_eq!(done, Ok(None));
    let body =
        json!({ "messaging_product": "whatsapp", "participants": [{ "user": "+15550100201" }, { "user_id": "US.1" }] });
    assert_eq!(request, asked("DELETE /v25.0/G1/participants", &[], body));
    let nobody = LimitError::Count {
        part: Part::Participant,
        least: 1,
        most: 8,
    };
    assert_eq!(check_participants(&[]), Err(nobody));
    assert_eq!(check_participants(&vec![people[0].clone(); 9]), Err(nobody));
}

#[tokio::test]
async fn who_asks_to_come_in_is_answered() {
    let answer = json!({ "data": [{ "join_request_id": "j1", "wa_id": "15550100201", "creation_timestamp": 1_790_000_000 },
        { "join_request_id": "j2" }] });
    let (page, request) = exchange(answer, async |client| client.join_requests("G1", None).await).await;
    assert_eq!(request, asked("GET /v25.0/G1/join_requests", &[], Value::Null));
    let page = page.unwrap();
    assert_eq!(
        (page.items[0].id.as_str(), page.items[0].at),
        ("j1", Some(1_790_000_000_000_000))
    );
    assert!(page.items[0].person.is_some() && page.items[1].person.is_none());
    for (admit, line, done) in [
        (true, "POST /v25.0/G1/join_requests", "approved_join_requests"),
        (false, "DELETE /v25.0/G1/join_requests", "rejected_join_requests"),
    ] {
        let answer = json!({ done: ["j1"], "failed_join_requests": [{ "join_request_id": "j2" }] });
        let (ids, request) = exchange(answer, async |client| {
            client.answer_join_requests("G1", &["j1", "j2"], admit).await
        })
        .await;
        assert_eq!(ids.unwrap(), ["j1"]);
        let body = json!({ "messaging_product": "whatsapp", "join_requests": ["j1", "j2"] });
        assert_eq!(request, asked(line, &[], body));
    }
}
