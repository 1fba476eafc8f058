//! A payload of each shape that can arrive, made by hand from the reference's tables; each with a person and an id of its own.

use super::posts::{NUMBER, Post};
use counterfoil_whatsapp::webhook::{
    CallKind, CallStatusKind, ContentKind, Field, GroupKind, HistoryKind, ItemKind, NotUnderstoodKind, StatusKind,
};
use serde_json::{Value, json};

pub(super) const OWN: &str = "31205550101";
const AT: &str = "1790000000";

/// A number that follows from a text: another person for each payload.
fn phone(of: &str) -> String {
    let sum = of
        .bytes()
        .fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 100_000_000);
    format!("316{sum:08}")
}

fn post(field: &str, mut value: Value) -> Vec<u8> {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": OWN, "phone_number_id": NUMBER});
    Post(vec![json!({"field": field, "value": value})]).bytes()
}

/// The type and its object.
fn object(kind: ContentKind) -> (&'static str, Value) {
    use ContentKind as K;
    let file = |mime: &str| json!({"id": "600000000000001", "mime_type": mime});
    match kind {
        K::Text => ("text", json!({"body": "The cellar is dry again."})),
        K::Image => ("image", file("image/jpeg")),
        K::Video => ("video", file("video/mp4")),
        K::Audio => (
            "audio",
            json!({"id": "600000000000001", "mime_type": "audio/ogg; codecs=opus", "voice": true}),
        ),
        K::Document => (
            "document",
            json!({"id": "600000000000001", "mime_type": "application/pdf", "filename": "Quote.pdf"}),
        ),
        K::Sticker => ("sticker", file("image/webp")),
        K::Location => ("location", json!({"latitude": 52.1, "longitude": 4.3, "name": "Home"})),
        K::Contacts => (
            "contacts",
            json!([{"name": {"formatted_name": "Ann Other"}, "phones": [{"phone": "+31 6 1"}]}]),
        ),
        K::ButtonReply => (
            "interactive",
            json!({"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}),
        ),
        K::ListReply => (
            "interactive",
            json!({"type": "list_reply", "list_reply": {"id": "a", "title": "Monday"}}),
        ),
        K::FlowReply => (
            "interactive",
            json!({"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": "{}"}}),
        ),
        K::CallPermissionReply => (
            "interactive",
            json!({"type": "call_permission_reply", "call_permission_reply": {"response": "accept", "response_source": "user_action"}}),
        ),
        K::PaymentMethod => (
            "interactive",
            json!({"type": "payment_method", "payment_method": {"credential_id": "1"}}),
        ),
        K::InteractiveUnknown => ("interactive", json!({"type": "wheel", "wheel": {"turned": true}})),
        K::Button => ("button", json!({"payload": "yes", "text": "Yes"})),
        K::Order => (
            "order",
            json!({"catalog_id": "1", "product_items": [{"product_retailer_id": "a", "quantity": 1, "item_price": 2, "currency": "EUR"}]}),
        ),
        K::Reaction => ("reaction", json!({"message_id": "wamid.earlier", "emoji": "👍"})),
        K::UserChangedNumber => (
            "system",
            json!({"type": "user_changed_number", "body": "Changed", "wa_id": "31600000001"}),
        ),
        K::UserChangedUserId => (
            "system",
            json!({"type": "user_changed_user_id", "body": "Changed", "user_id": "NL.71"}),
        ),
        K::CustomerIdentityChanged => (
            "system",
            json!({"type": "customer_identity_changed", "body": "Changed", "identity": {"acknowledged": "x", "created_timestamp": AT, "hash": "h"}}),
        ),
        K::SystemUnknown => ("system", json!({"type": "user_moved", "body": "Moved"})),
        K::RequestWelcome => ("request_welcome", Value::Null),
        K::Unsupported => ("unsupported", json!({"type": "poll"})),
        K::Edit => (
            "edit",
            json!({"original_message_id": "wamid.earlier", "message": {"type": "text", "text": {"body": "The attic"}}}),
        ),
        K::Revoke => ("revoke", json!({"original_message_id": "wamid.earlier"})),
        K::Pin => ("pin", json!({"type": "pin", "message_id": "wamid.earlier"})),
        K::Template => (
            "template",
            json!({"name": "claim_received", "language": {"code": "en_GB"}}),
        ),
        K::Interactive => (
            "interactive",
            json!({"type": "button", "body": {"text": "Shall we come?"}, "action": {"buttons": []}}),
        ),
        K::MediaPlaceholder => ("media_placeholder", Value::Null),
        K::UnknownType => ("hologram", json!({"depth": 3})),
    }
}

/// A payload of this kind of content, in the family that `item` names; none where the platform has no such thing.
pub(super) fn content(kind: ContentKind, item: ItemKind) -> Option<Vec<u8>> {
    use ContentKind as K;
    let ours_only = matches!(kind, K::Template | K::Interactive);
    let (family, theirs) = match item {
        ItemKind::Message(_) => ("messages", true),
        ItemKind::Standby(_) => ("standby", true),
        ItemKind::Echo(_) => ("smb_message_echoes", false),
        ItemKind::HistoryMessage(_) => ("history", !ours_only),
        _ => return None,
    };
    let answers = matches!(
        kind,
        K::ButtonReply
            | K::ListReply
            | K::FlowReply
            | K::CallPermissionReply
            | K::PaymentMethod
            | K::Button
            | K::Order
            | K::RequestWelcome
            | K::InteractiveUnknown
    );
    let told = matches!(
        kind,
        K::UserChangedNumber | K::UserChangedUserId | K::CustomerIdentityChanged | K::SystemUnknown
    );
    if (ours_only && theirs) || (answers || told) && family == "smb_message_echoes" || told && family == "history" {
        return None;
    }
    if kind == K::MediaPlaceholder && family != "history" {
        return None;
    }
    let (name, object) = object(kind);
    let person = phone(item.name());
    let mut message = json!({"id": format!("wamid.{}", item.name()), "timestamp": AT, "type": name});
    if object != Value::Null {
        message[name] = object;
    }
    let (from, to) = if theirs {
        (person.as_str(), OWN)
    } else {
        (OWN, person.as_str())
    };
    message["from"] = json!(from);
    let contacts = json!([{"wa_id": person, "profile": {"name": "Ann Other"}}]);
    Some(match family {
        "messages" => post(family, json!({"contacts": contacts, "messages": [message]})),
        "standby" => post(
            family,
            json!({"standby": {"contacts": contacts, "messages": [message]}}),
        ),
        "history" => {
            let thread = json!({"id": person, "messages": [message]});
            post(
                family,
                json!({"history": [{"metadata": {"phase": 0, "chunk_order": 1, "progress": 10}, "threads": [thread]}]}),
            )
        }
        _ => {
            message["to"] = json!(to);
            post(family, json!({"message_echoes": [message]}))
        }
    })
}

/// What became of a message of ours.
pub(super) fn status(kind: StatusKind) -> Vec<u8> {
    let name = match kind {
        StatusKind::Sent => "sent",
        StatusKind::Delivered => "delivered",
        StatusKind::Read => "read",
        StatusKind::Played => "played",
        StatusKind::Failed => "failed",
        StatusKind::Deleted => "deleted",
        StatusKind::Warning => "warning",
        StatusKind::Unknown => "pondered",
    };
    let status =
        json!({"id": format!("wamid.status.{name}"), "status": name, "timestamp": AT, "recipient_id": phone(name)});
    post("messages", json!({"statuses": [status]}))
}

/// What became of a call of ours before it was taken.
pub(super) fn call_status(kind: CallStatusKind) -> Vec<u8> {
    let name = match kind {
        CallStatusKind::Ringing => "RINGING",
        CallStatusKind::Accepted => "ACCEPTED",
        CallStatusKind::Rejected => "REJECTED",
        CallStatusKind::Unknown => "PONDERED",
    };
    let id = format!("wacid.{name}");
    let status = json!({"id": id, "type": "call", "status": name, "timestamp": AT, "recipient_id": phone(name)});
    post("calls", json!({"statuses": [status]}))
}

/// What happened to a call.
pub(super) fn call(kind: CallKind) -> Vec<u8> {
    let (event, more) = match kind {
        CallKind::Connect => ("connect", json!({"session": {"sdp_type": "offer", "sdp": "v=0"}})),
        CallKind::Terminate => ("terminate", json!({"status": "COMPLETED", "duration": 61})),
        CallKind::RecordingAvailable => (
            "call_recording_available",
            json!({"call_recording": {"audio": {"id": "600000000000002", "mime_type": "audio/ogg"}}}),
        ),
        CallKind::TranscriptionAvailable => (
            "call_transcription_available",
            json!({"call_transcript": {"document": {"id": "600000000000003", "mime_type": "application/json"}}}),
        ),
        CallKind::Unknown => ("hold", json!({})),
    };
    let mut call = json!({
        "id": format!("wacid.{event}"), "from": phone(event), "to": OWN, "event": event, "timestamp": AT, "direction": "USER_INITIATED",
    });
    for (key, part) in more.as_object().into_iter().flatten() {
        call[key] = part.clone();
    }
    post("calls", json!({"calls": [call]}))
}

/// What happened to a group.
pub(super) fn group(kind: GroupKind) -> Vec<u8> {
    let (field, event) = match kind {
        GroupKind::Created => ("group_lifecycle_update", "group_create"),
        GroupKind::Deleted => ("group_lifecycle_update", "group_delete"),
        GroupKind::ParticipantsAdded => ("group_participants_update", "group_participants_add"),
        GroupKind::ParticipantsRemoved => ("group_participants_update", "group_participants_remove"),
        GroupKind::JoinRequestCreated => ("group_participants_update", "group_join_request_created"),
        GroupKind::JoinRequestRevoked => ("group_participants_update", "group_join_request_revoked"),
        GroupKind::SettingsUpdated => ("group_settings_update", "group_settings_update"),
        GroupKind::Suspended => ("group_status_update", "group_suspend"),
        GroupKind::SuspensionCleared => ("group_status_update", "group_suspend_cleared"),
        GroupKind::Unknown => ("group_lifecycle_update", "group_merge"),
    };
    post(
        field,
        json!({"groups": [{"type": event, "group_id": "G1", "timestamp": AT}]}),
    )
}

/// What a history brings beside messages.
pub(super) fn history(kind: HistoryKind) -> Vec<u8> {
    let part = match kind {
        HistoryKind::Refused => json!({"errors": [{"code": 2_593_109, "title": "History sync was declined"}]}),
        HistoryKind::Progress => json!({"metadata": {"phase": 2, "chunk_order": 9, "progress": 100}, "threads": []}),
    };
    post("history", json!({"history": [part]}))
}

/// Statements under a field, each with what tells it from the others; none where the field brings lists that have kinds of their own.
pub(super) fn account(field: Field) -> Vec<(&'static str, Vec<u8>)> {
    let list = |name: &str, element: Value| {
        let mut value = json!({});
        value[name] = json!([element]);
        vec![("", post(name, value))]
    };
    let events = |name: &str, property: &str, events: &[&'static str]| {
        let statements = events.iter().map(|event| {
            let mut value = json!({"display_phone_number": OWN});
            value[property] = json!(event);
            let change = json!({"field": name, "value": value});
            (*event, Post(vec![change]).bytes())
        });
        statements.collect()
    };
    let event = |name, all| events(name, "event", all);
    match field {
        Field::Messages
        | Field::Calls
        | Field::History
        | Field::SmbMessageEchoes
        | Field::MessageEchoes
        | Field::Standby
        | Field::GroupLifecycleUpdate
        | Field::GroupParticipantsUpdate
        | Field::GroupSettingsUpdate
        | Field::GroupStatusUpdate => Vec::new(),
        Field::SmbAppStateSync => vec![(
            "",
            post(
                "smb_app_state_sync",
                json!({"state_sync": [{"type": "contact", "action": "add", "contact": {"full_name": "Ann Other", "phone_number": "31600000009"}}]}),
            ),
        )],
        Field::UserPreferences => list(
            "user_preferences",
            json!({"wa_id": "31600000008", "category": "marketing_messages", "value": "stop", "timestamp": AT}),
        ),
        Field::UserIdUpdate => list(
            "user_id_update",
            json!({"wa_id": "31600000007", "user_id": {"previous": "NL.1", "current": "NL.2"}, "timestamp": AT}),
        ),
        Field::AutomaticEvents => list(
            "automatic_events",
            json!({"id": "1", "event_name": "LeadSubmitted", "timestamp": AT}),
        ),
        Field::MessageTemplateStatusUpdate => event(
            "message_template_status_update",
            &[
                "APPROVED",
                "ARCHIVED",
                "DELETED",
                "DISABLED",
                "FLAGGED",
                "IN_APPEAL",
                "LIMIT_EXCEEDED",
                "LOCKED",
                "PAUSED",
                "PENDING",
                "REINSTATED",
                "PENDING_DELETION",
                "REJECTED",
                "UNARCHIVED",
            ],
        ),
        Field::MessageTemplateQualityUpdate => events("message_template_quality_update", "new_quality_score", &["RED"]),
        Field::MessageTemplateComponentsUpdate => events(
            "message_template_components_update",
            "message_template_name",
            &["claim"],
        ),
        Field::TemplateCategoryUpdate => events("template_category_update", "new_category", &["MARKETING"]),
        Field::PhoneNumberQualityUpdate => event(
            "phone_number_quality_update",
            &[
                "ONBOARDING",
                "THROUGHPUT_UPGRADE",
                "FLAGGED",
                "UNFLAGGED",
                "UPGRADE",
                "DOWNGRADE",
            ],
        ),
        Field::PhoneNumberNameUpdate => events("phone_number_name_update", "decision", &["APPROVED", "REJECTED"]),
        Field::AccountUpdate => event(
            "account_update",
            &[
                "ACCOUNT_DELETED",
                "ACCOUNT_VIOLATION",
                "ACCOUNT_RESTRICTION",
                "DISABLED_UPDATE",
                "VERIFIED_ACCOUNT",
                "PARTNER_ADDED",
                "PARTNER_REMOVED",
                "PARTNER_APP_INSTALLED",
                "PARTNER_APP_UNINSTALLED",
                "VOLUME_BASED_PRICING_TIER_UPDATE",
                "ACCOUNT_OFFBOARDED",
                "ACCOUNT_RECONNECTED",
            ],
        ),
        Field::AccountAlerts => events("account_alerts", "entity_type", &["BUSINESS"]),
        Field::AccountReviewUpdate => events("account_review_update", "decision", &["APPROVED", "REJECTED"]),
        Field::AccountSettingsUpdate => events("account_settings_update", "type", &["phone_number_settings"]),
        Field::BusinessCapabilityUpdate => {
            events("business_capability_update", "max_phone_numbers_per_business", &["25"])
        }
        Field::BusinessUsernameUpdates => events("business_username_updates", "status", &["approved", "deleted"]),
        Field::Security => event("security", &["PIN_CHANGED", "PIN_RESET_REQUEST", "PIN_REQUEST_SUCCESS"]),
        Field::Flows => event("flows", &["FLOW_STATUS_CHANGE"]),
        Field::MessagingHandovers => event("messaging_handovers", &["PASS"]),
        Field::PartnerSolutions => event("partner_solutions", &["SOLUTION_CREATED"]),
        Field::PaymentConfigurationUpdate => events("payment_configuration_update", "configuration_name", &["upi"]),
        Field::TrackingEvents => events("tracking_events", "event_name", &["click"]),
        Field::Unknown => event("weather", &["RAIN"]),
    }
}

/// What is rightly signed and cannot be read in this way; none where it takes more bytes than are worth making here.
pub(super) fn not_understood(kind: NotUnderstoodKind) -> Option<Vec<u8>> {
    let change = |change: Value| Post(vec![change]).bytes();
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    Some(match kind {
        NotUnderstoodKind::NotUtf8 => b"\xff\xfe".to_vec(),
        NotUnderstoodKind::NotJson => b"this is no JSON".to_vec(),
        NotUnderstoodKind::ForeignObject => br#"{"object":"page","entry":[]}"#.to_vec(),
        NotUnderstoodKind::NoField => change(json!({"value": {"a": 1}})),
        NotUnderstoodKind::NoValue => change(json!({"field": "messages"})),
        NotUnderstoodKind::NoKnownPart => post("messages", json!({})),
        NotUnderstoodKind::ExtraPart => return None,
        NotUnderstoodKind::WrongShape => post("messages", json!({"messages": [{"type": "text"}]})),
        NotUnderstoodKind::TooDeep => {
            let deep = deep(200);
            format!(r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"messages":[{deep}]}}}}]}}]}}"#).into_bytes()
        }
        NotUnderstoodKind::Unreadable | NotUnderstoodKind::Unwieldy => return None,
    })
}
