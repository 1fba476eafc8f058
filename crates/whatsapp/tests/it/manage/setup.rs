//! What must be right before anything comes in or goes out: token, subscription, settings, registration, numbers.

use counterfoil_whatsapp::client::{AccessToken, CodeWay, Grant, OwnHook, RequestError, Storage, TwoStepPin};
use counterfoil_whatsapp::webhook::VerifyToken;
use serde_json::{Value, json};

use super::{asked, exchange, success};

fn pin() -> TwoStepPin {
    TwoStepPin::new("123456").unwrap()
}

#[tokio::test]
async fn a_token_says_what_it_may_do() {
    let about = json!({ "data": { "app_id": "42", "type": "SYSTEM_USER", "is_valid": true, "expires_at": 0,
        "data_access_expires_at": 1_790_000_000, "scopes": ["whatsapp_business_messaging", "ads_management"],
        "granular_scopes": [{ "scope": "whatsapp_business_messaging", "target_ids": ["100"] }, { "scope": "ads_management" }] } });
    let (info, request) = exchange(about.clone(), async |client| client.token_info().await).await;
    let info = info.unwrap();
    assert_eq!(
        request,
        asked(
            "GET /v25.0/debug_token",
            &[("input_token", "invented-token")],
            Value::Null
        )
    );
    assert!(info.valid);
    assert_eq!(
        (info.app_id.as_deref(), info.kind.as_deref()),
        (Some("42"), Some("SYSTEM_USER"))
    );
    assert_eq!(info.expires_at, None, "it does not expire");
    assert_eq!(info.data_access_expires_at, Some(1_790_000_000_000_000));
    assert_eq!(info.scopes, ["whatsapp_business_messaging", "ads_management"]);
    let grant = |scope: &str, targets: &[&str]| Grant {
        scope: scope.into(),
        targets: targets.iter().map(|target| (*target).to_owned()).collect(),
    };
    assert_eq!(
        info.grants,
        [
            grant("whatsapp_business_messaging", &["100"]),
            grant("ads_management", &[])
        ]
    );
    assert_eq!(format!("{info:?}"), "TokenInfo(..)");

    let other = AccessToken::new("another");
    let (_, request) = exchange(about, async |client| client.token_info_of(&other).await).await;
    assert_eq!(request.query, [("input_token".to_owned(), "another".to_owned())]);
    let (nothing, _) = exchange(json!({ "data": {} }), async |client| client.token_info().await).await;
    assert_eq!(nothing, Err(RequestError::Unreadable), "neither valid nor invalid");
}

#[tokio::test]
async fn the_subscription_is_seen_made_and_ended() {
    let apps = json!({ "data": [{ "whatsapp_business_api_data": { "id": "42", "name": "Desk", "link": "https://x.example" },
        "override_callback_uri": "https://hook.example" }] });
    let (apps, request) = exchange(apps, async |client| client.subscribed_apps("100").await).await;
    assert_eq!(request, asked("GET /v25.0/100/subscribed_apps", &[], Value::Null));
    let apps = apps.unwrap();
    assert_eq!(apps.len(), 1);
    assert_eq!((apps[0].id.as_str(), apps[0].name.as_deref()), ("42", Some("Desk")));
    assert_eq!(apps[0].own_hook.as_deref(), Some("https://hook.example"));

    let (nobody, _) = exchange(json!({ "data": [] }), async |client| {
        client.subscribed_apps("100").await
    })
    .await;
    assert_eq!(nobody, Ok(Vec::new()));
    let (odd, _) = exchange(json!({ "data": [{}] }), async |client| {
        client.subscribed_apps("100").await
    })
    .await;
    assert_eq!(
        odd,
        Err(RequestError::Unreadable),
        "an app that cannot be named is not passed over"
    );

    let (done, request) = exchange(success(), async |client| client.subscribe("100", None).await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(request, asked("POST /v25.0/100/subscribed_apps", &[], Value::Null));
    let token = VerifyToken::new("agreed");
    let hook = OwnHook {
        url: "https://hook.example",
        verify_token: &token,
    };
    let wanted = json!({ "override_callback_uri": "https://hook.example", "verify_token": "agreed" });
    let (done, request) = exchange(success(), async |client| client.subscribe("100", Some(hook)).await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(request, asked("POST /v25.0/100/subscribed_apps", &[], wanted.clone()));
    let (done, request) = exchange(success(), async |client| {
        client.set_number_hook("700", Some(hook)).await
    })
    .await;
    assert_eq!(done, Ok(()));
    assert_eq!(
        request,
        asked("POST /v25.0/700", &[], json!({ "webhook_configuration": wanted }))
    );
    let (_, request) = exchange(success(), async |client| client.set_number_hook("700", None).await).await;
    assert_eq!(
        request.body,
        json!({ "webhook_configuration": { "override_callback_uri": "" } })
    );

    let (done, request) = exchange(success(), async |client| client.unsubscribe("100").await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(request, asked("DELETE /v25.0/100/subscribed_apps", &[], Value::Null));
    let (refused, _) = exchange(json!({ "success": false }), async |client| {
        client.unsubscribe("100").await
    })
    .await;
    assert_eq!(refused, Err(RequestError::Unreadable), "not done is not success");
}

#[tokio::test]
async fn settings_are_read_and_set_one_by_one() {
    let settings = json!({ "storage_configuration": { "status": "IN_COUNTRY_STORAGE_ENABLED", "data_localization_region": "CH" },
        "user_identity_change": { "enable_identity_key_check": true }, "calling": { "status": "ENABLED" } });
    let (settings, request) = exchange(settings, async |client| client.settings("700").await).await;
    assert_eq!(request, asked("GET /v25.0/700/settings", &[], Value::Null));
    let settings = settings.unwrap();
    assert_eq!(settings.storage_status.as_deref(), Some("IN_COUNTRY_STORAGE_ENABLED"));
    assert_eq!(
        (settings.storage_region.as_deref(), settings.retention_minutes),
        (Some("CH"), None)
    );
    assert!(settings.identity_check && settings.calling);

    for (storage, wanted) in [
        (
            Storage::None,
            json!({ "status": "NO_STORAGE_ENABLED", "retention_minutes": 60 }),
        ),
        (
            Storage::InCountry("ZA"),
            json!({ "status": "IN_COUNTRY_STORAGE_ENABLED", "data_localization_region": "ZA" }),
        ),
        (
            Storage::InCountryOff,
            json!({ "status": "IN_COUNTRY_STORAGE_DISABLED" }),
        ),
        (Storage::Default, json!({ "status": "DEFAULT" })),
    ] {
        let (done, request) = exchange(success(), async |client| client.set_storage("700", storage).await).await;
        assert_eq!(done, Ok(()));
        let body = json!({ "storage_configuration": wanted });
        assert_eq!(request, asked("POST /v25.0/700/settings", &[], body));
    }
    let (done, request) = exchange(success(), async |client| client.set_identity_check("700", true).await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(
        request.body,
        json!({ "user_identity_change": { "enable_identity_key_check": true } })
    );
    let (done, request) = exchange(success(), async |client| client.set_calling("700", false).await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(request.body, json!({ "calling": { "status": "DISABLED" } }));
}

#[tokio::test]
async fn a_number_is_registered_guarded_and_taken_away() {
    let (done, request) = exchange(success(), async |client| client.register("700", &pin(), None).await).await;
    assert_eq!(done, Ok(()));
    let body = json!({ "messaging_product": "whatsapp", "pin": "123456" });
    assert_eq!(request, asked("POST /v25.0/700/register", &[], body));
    let (_, request) = exchange(success(), async |client| {
        client.register("700", &pin(), Some("CH")).await
    })
    .await;
    assert_eq!(request.body["data_localization_region"], "CH");

    let (done, request) = exchange(success(), async |client| client.deregister("700").await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(request, asked("POST /v25.0/700/deregister", &[], Value::Null));
    let (done, request) = exchange(success(), async |client| client.set_pin("700", &pin()).await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(request, asked("POST /v25.0/700", &[], json!({ "pin": "123456" })));

    for (way, method) in [(CodeWay::Sms, "SMS"), (CodeWay::Voice, "VOICE")] {
        let (done, request) = exchange(success(), async |client| client.request_code("700", way, "en_US").await).await;
        assert_eq!(done, Ok(()));
        let body = json!({ "code_method": method, "language": "en_US" });
        assert_eq!(request, asked("POST /v25.0/700/request_code", &[], body));
    }
    let (done, request) = exchange(success(), async |client| client.verify_code("700", "000111").await).await;
    assert_eq!(done, Ok(()));
    assert_eq!(
        request,
        asked("POST /v25.0/700/verify_code", &[], json!({ "code": "000111" }))
    );

    for text in ["12345", "1234567", "12345a", "١٢٣٤٥٦", ""] {
        assert!(TwoStepPin::new(text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn numbers_are_listed_page_by_page() {
    let number = json!({ "id": "700", "display_phone_number": "+1 555-010-0001", "verified_name": "Desk", "name_status": "APPROVED",
        "quality_rating": "GREEN", "status": "CONNECTED", "code_verification_status": "VERIFIED", "platform_type": "CLOUD_API",
        "account_mode": "LIVE", "is_on_biz_app": true, "is_official_business_account": true, "is_pin_enabled": true,
        "throughput": { "level": "HIGH" }, "whatsapp_business_manager_messaging_limit": "TIER_10K",
        "health_status": { "can_send_message": "LIMITED" } });
    let page = json!({ "data": [number.clone()], "paging": { "cursors": { "before": "a", "after": "b" }, "next": "https://x" } });
    let (numbers, request) = exchange(page, async |client| client.numbers("100", Some("z")).await).await;
    let numbers = numbers.unwrap();
    assert_eq!(request.line, "GET /v25.0/100/phone_numbers");
    assert_eq!(request.query[1], ("after".to_owned(), "z".to_owned()));
    assert_eq!(numbers.after.as_deref(), Some("b"));
    let first = &numbers.items[0];
    assert_eq!(
        (first.id.as_str(), first.pin_set, first.official),
        ("700", Some(true), true)
    );
    assert_eq!(
        (first.name_status.as_deref(), first.health.as_deref()),
        (Some("APPROVED"), Some("LIMITED"))
    );

    let last = json!({ "data": [number.clone()], "paging": { "cursors": { "before": "a", "after": "b" } } });
    let (numbers, _) = exchange(last, async |client| client.numbers("100", None).await).await;
    assert_eq!(
        numbers.unwrap().after,
        None,
        "a cursor alone does not mean that there is more"
    );

    let (number, request) = exchange(number, async |client| client.number("700").await).await;
    assert_eq!(number.unwrap().throughput.as_deref(), Some("HIGH"));
    assert_eq!(request.line, "GET /v25.0/700");
    let (_, fields) = &request.query[0];
    for field in ["is_pin_enabled", "is_on_biz_app", "health_status", "name_status"] {
        assert!(fields.split(',').any(|one| one == field), "{field}");
    }
}
