//! Templates: listed, handed in, changed, deleted; and what is seen before a template is handed in.

use counterfoil_whatsapp::client::{
    BodyText, Category, ChangeError, CodeDelivery, CodeDraft, DraftButton, DraftHeader, Example, RequestError,
    TemplateDraft, TemplateEdit, TemplateQuery,
};
use counterfoil_whatsapp::limits::{LimitError, Part, check_code_draft};
use serde_json::{Value, json};

use super::{asked, exchange, requested, success};
use crate::server::Server;

fn stored() -> Value {
    json!({ "id": "900", "name": "claim_received", "language": "en_GB", "category": "UTILITY", "status": "REJECTED",
        "rejected_reason": "INVALID_FORMAT", "quality_score": { "score": "GREEN", "date": 1_790_000_000 },
        "parameter_format": "NAMED", "message_send_ttl_seconds": 600, "previous_category": "MARKETING",
        "components": [{ "type": "HEADER", "format": "TEXT", "text": "Claim" }, { "type": "BODY", "text": "Hello {{name}}" },
            { "type": "FOOTER", "text": "Desk" }, { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Stop" }] }] })
}

fn label(text: &str) -> String {
    text.to_owned()
}

/// A template with every part.
pub(crate) fn draft() -> TemplateDraft {
    let words = |text: &str, example| BodyText {
        text: text.into(),
        example,
    };
    let name = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let body = words(
        "Hello {{name}}, your claim {{claim}} is here.",
        Example::Named(vec![name("name", "Ada"), name("claim", "C-1")]),
    );
    let mut draft = TemplateDraft::new("claim_received", "en_GB", Category::Utility, body);
    draft.header = Some(DraftHeader::Text(words(
        "Claim {{claim}}",
        Example::Named(vec![name("claim", "C-1")]),
    )));
    draft.footer = Some("Desk".into());
    draft.seconds = Some(600);
    draft.buttons = vec![
        DraftButton::QuickReply { label: label("Stop") },
        DraftButton::Url {
            label: label("Open"),
            url: "https://desk.example/{{1}}".into(),
            example: Some("https://desk.example/C-1".into()),
        },
        DraftButton::Phone {
            label: label("Call"),
            number: "+15550100001".into(),
        },
        DraftButton::CopyCode {
            example: "SPRING25".into(),
        },
        DraftButton::Flow {
            label: label("Begin"),
            flow_id: "901".into(),
            screen: Some("START".into()),
        },
        DraftButton::Flow {
            label: label("Begin"),
            flow_id: "901".into(),
            screen: None,
        },
        DraftButton::Catalogue { label: label("All") },
        DraftButton::Products { label: label("Some") },
        DraftButton::Call { label: label("Ring") },
        DraftButton::ContactInfo,
    ];
    draft
}

#[tokio::test]
async fn templates_are_listed_and_looked_up() {
    let page = json!({ "data": [stored()], "paging": { "cursors": { "after": "b" }, "next": "https://x" } });
    let query = TemplateQuery {
        name: Some("claim_received"),
        language: Some("en_GB"),
        status: Some("REJECTED"),
        category: Some("UTILITY"),
        limit: Some(50),
        after: Some("a"),
    };
    let (page, request) = exchange(page, async |client| client.templates("100", &query).await).await;
    assert_eq!(request.line, "GET /v25.0/100/message_templates");
    let of = |key: &str| {
        request
            .query
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    };
    let fields = of("fields").unwrap();
    assert!(fields.contains("components") && fields.contains("quality_score"));
    for (key, value) in [
        ("name", "claim_received"),
        ("language", "en_GB"),
        ("status", "REJECTED"),
        ("category", "UTILITY"),
        ("limit", "50"),
        ("after", "a"),
    ] {
        assert_eq!(of(key), Some(value), "{key}");
    }
    let page = page.unwrap();
    assert_eq!(page.after.as_deref(), Some("b"));
    let found = &page.items[0];
    assert_eq!(
        (found.header(), found.body(), found.footer()),
        (Some("Claim"), Some("Hello {{name}}"), Some("Desk"))
    );
    assert_eq!(found.buttons().len(), 1);
    assert_eq!(
        (found.rejected_reason.as_deref(), found.quality.as_deref()),
        (Some("INVALID_FORMAT"), Some("GREEN"))
    );
    assert!(found.named && found.seconds == Some(600));

    let (found, request) = exchange(stored(), async |client| client.template("900").await).await;
    assert_eq!(request.line, "GET /v25.0/900");
    assert_eq!(found.unwrap().previous_category.as_deref(), Some("MARKETING"));
    let approved =
        json!({ "id": "900", "name": "a", "language": "en", "status": "APPROVED", "rejected_reason": "NONE" });
    let (found, _) = exchange(approved, async |client| client.template("900").await).await;
    let found = found.unwrap();
    assert_eq!((found.rejected_reason.clone(), found.body()), (None, None));
    assert_eq!(format!("{found:?}"), "TemplateInfo(..)");
    let (nameless, _) = exchange(json!({ "id": "900" }), async |client| client.template("900").await).await;
    assert_eq!(nameless, Err(RequestError::Unreadable));
}

#[tokio::test]
async fn a_template_is_handed_in_with_all_its_parts() {
    let answer = json!({ "id": "900", "status": "PENDING", "category": "MARKETING" });
    let (made, request) = exchange(answer, async |client| {
        requested(client.create_template("100", &draft()).await)
    })
    .await;
    let made = made.unwrap();
    assert_eq!((made.id.as_str(), made.status.as_deref()), ("900", Some("PENDING")));
    assert_eq!(made.category.as_deref(), Some("MARKETING"));
    let flow = |more: Value| {
        let mut flow = json!({ "type": "FLOW", "text": "Begin", "flow_id": "901" });
        flow.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        flow
    };
    let wanted = json!({ "name": "claim_received", "language": "en_GB", "category": "UTILITY", "parameter_format": "NAMED",
        "message_send_ttl_seconds": 600, "components": [
            { "type": "HEADER", "format": "TEXT", "text": "Claim {{claim}}",
                "example": { "header_text_named_params": [{ "param_name": "claim", "example": "C-1" }] } },
            { "type": "BODY", "text": "Hello {{name}}, your claim {{claim}} is here.", "example": { "body_text_named_params": [
                { "param_name": "name", "example": "Ada" }, { "param_name": "claim", "example": "C-1" }] } },
            { "type": "FOOTER", "text": "Desk" },
            { "type": "BUTTONS", "buttons": [
                { "type": "QUICK_REPLY", "text": "Stop" },
                { "type": "URL", "text": "Open", "url": "https://desk.example/{{1}}", "example": ["https://desk.example/C-1"] },
                { "type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550100001" },
                { "type": "COPY_CODE", "example": "SPRING25" },
                flow(json!({ "flow_action": "navigate", "navigate_screen": "START" })),
                flow(json!({ "flow_action": "data_exchange" })),
                { "type": "CATALOG", "text": "All" }, { "type": "MPM", "text": "Some" }, { "type": "VOICE_CALL", "text": "Ring" },
                { "type": "REQUEST_CONTACT_INFO" }] }] });
    assert_eq!(request, asked("POST /v25.0/100/message_templates", &[], wanted));
}

#[tokio::test]
async fn numbered_examples_and_files_have_forms_of_their_own() {
    let answer = json!({ "id": "900" });
    let numbered = |header: DraftHeader| {
        let body = BodyText {
            text: "{{1}} and {{2}}".into(),
            example: Example::Numbered(vec!["a".into(), "b".into()]),
        };
        let mut draft = TemplateDraft::new("n", "en", Category::Marketing, body);
        draft.header = Some(header);
        draft.more = vec![json!({ "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Now" } })];
        draft
    };
    let words = BodyText {
        text: "Claim {{1}}".into(),
        example: Example::Numbered(vec!["C-1".into()]),
    };
    for (header, wanted) in [
        (
            DraftHeader::Text(words),
            json!({ "type": "HEADER", "format": "TEXT", "text": "Claim {{1}}", "example": { "header_text": ["C-1"] } }),
        ),
        (
            DraftHeader::Image("h".into()),
            json!({ "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["h"] } }),
        ),
        (
            DraftHeader::Video("h".into()),
            json!({ "type": "HEADER", "format": "VIDEO", "example": { "header_handle": ["h"] } }),
        ),
        (
            DraftHeader::Document("h".into()),
            json!({ "type": "HEADER", "format": "DOCUMENT", "example": { "header_handle": ["h"] } }),
        ),
        (DraftHeader::Location, json!({ "type": "HEADER", "format": "LOCATION" })),
    ] {
        let draft = numbered(header);
        let (_, request) = exchange(answer.clone(), async |client| {
            requested(client.create_template("100", &draft).await)
        })
        .await;
        assert_eq!(request.body["parameter_format"], "POSITIONAL");
        assert_eq!(request.body["components"][0], wanted);
        assert_eq!(
            request.body["components"][1]["example"],
            json!({ "body_text": [["a", "b"]] })
        );
        assert_eq!(request.body["components"][2]["type"], "LIMITED_TIME_OFFER");
    }
}

#[tokio::test]
async fn a_template_for_codes_has_the_providers_words() {
    let app = || ("app.example".to_owned(), "K8a/AINcGX7".to_owned());
    let code = |delivery, minutes| CodeDraft {
        name: "code".into(),
        language: "en".into(),
        warning: true,
        minutes,
        delivery,
        seconds: Some(60),
    };
    let apps = json!([{ "package_name": "app.example", "signature_hash": "K8a/AINcGX7" }]);
    let ((package, signature), other) = (app(), app());
    for (delivery, button) in [
        (CodeDelivery::Copy, json!({ "type": "OTP", "otp_type": "COPY_CODE" })),
        (
            CodeDelivery::OneTap { package, signature },
            json!({ "type": "OTP", "otp_type": "ONE_TAP", "supported_apps": apps.clone() }),
        ),
        (
            CodeDelivery::ZeroTap {
                package: other.0,
                signature: other.1,
            },
            json!({ "type": "OTP", "otp_type": "ZERO_TAP", "zero_tap_terms_accepted": true, "supported_apps": apps }),
        ),
    ] {
        let draft = code(delivery, Some(10));
        let answer = json!({ "id": "900" });
        let (_, request) = exchange(answer, async |client| {
            requested(client.create_code_template("100", &draft).await)
        })
        .await;
        let wanted = json!({ "name": "code", "language": "en", "category": "AUTHENTICATION", "message_send_ttl_seconds": 60,
            "components": [{ "type": "BODY", "add_security_recommendation": true },
                { "type": "FOOTER", "code_expiration_minutes": 10 }, { "type": "BUTTONS", "buttons": [button] }] });
        assert_eq!(request, asked("POST /v25.0/100/message_templates", &[], wanted));
    }
    for (minutes, expected) in [(1, Ok(())), (90, Ok(())), (0, Err(())), (91, Err(()))] {
        let outcome = check_code_draft(&code(CodeDelivery::Copy, Some(minutes)));
        assert_eq!(outcome.map_err(drop), expected, "{minutes}");
    }
}

#[tokio::test]
async fn a_template_is_changed_and_deleted() {
    let draft = TemplateDraft::new("n", "en", Category::Marketing, BodyText::plain("Hello"));
    let edit = TemplateEdit {
        category: Some(Category::Marketing),
        parts: Some(&draft),
        seconds: Some(600),
    };
    let (done, request) = exchange(success(), async |client| {
        requested(client.edit_template("900", &edit).await)
    })
    .await;
    assert_eq!(done, Ok(()));
    let body = json!({ "category": "MARKETING", "components": [{ "type": "BODY", "text": "Hello" }],
        "message_send_ttl_seconds": 600 });
    assert_eq!(request, asked("POST /v25.0/900", &[], body));

    let (done, request) = exchange(success(), async |client| client.delete_template("100", "n").await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(
        request,
        asked("DELETE /v25.0/100/message_templates", &[("name", "n")], Value::Null)
    );
    let (done, request) = exchange(success(), async |client| {
        client.delete_template_language("100", "n", "900").await
    })
    .await;
    assert_eq!(done, Ok(()));
    assert_eq!(
        request.query,
        [("hsm_id".into(), "900".into()), ("name".into(), "n".to_owned())] as [(String, String); 2]
    );
}

#[tokio::test]
async fn a_draft_that_breaks_a_limit_does_not_leave() {
    let server = Server::start(Vec::new()).await;
    let mut wrong = draft();
    wrong.footer = Some("a".repeat(61));
    let limit = LimitError::TooLong {
        part: Part::Footer,
        limit: 60,
    };
    let outcome = server.client().create_template("100", &wrong).await;
    assert_eq!(outcome, Err(ChangeError::Invalid(limit)));
    let edit = TemplateEdit {
        parts: Some(&wrong),
        ..TemplateEdit::default()
    };
    assert_eq!(
        server.client().edit_template("900", &edit).await,
        Err(ChangeError::Invalid(limit))
    );
    assert!(server.requests().is_empty());
}
