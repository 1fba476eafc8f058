//! How much something that the provider tells of itself matters: to be known, to be looked at, or to be acted on now.
//!
//! Pure; decided when it comes, so that alarms are found without anything being opened. Source of the names of events: Meta, Webhooks
//! reference, editions 2025-10 to 2026-08.

use counterfoil_store::rows::Weight;
use counterfoil_whatsapp::webhook::item::{AccountUpdate, Fault};
use counterfoil_whatsapp::webhook::{Field, Item, WebhookItem};

/// A post could not be delivered in time and its content is lost (No Storage).
const CONTENT_LOST: i64 = 131_035;

/// How much `item` matters.
pub(crate) fn weight(item: &WebhookItem) -> Weight {
    match &item.item {
        Item::ValueError(Fault {
            code: Some(CONTENT_LOST),
            ..
        }) => Weight::Alarm,
        Item::Account(update) => of_statement(update),
        // Nobody sees yet what it says; somebody should know that it came.
        Item::NotUnderstood(_) | Item::ValueError(_) | Item::HistoryRefused(_) | Item::Message(_) | Item::Echo(_) => {
            Weight::Attention
        }
        _ => Weight::Information,
    }
}

fn of_statement(update: &AccountUpdate) -> Weight {
    let event = update.event.as_deref().unwrap_or_default();
    match update.field {
        // Whoever can set the PIN can take the number.
        Field::Security => Weight::Alarm,
        Field::AccountUpdate => match event {
            "ACCOUNT_DELETED"
            | "ACCOUNT_VIOLATION"
            | "ACCOUNT_RESTRICTION"
            | "DISABLED_UPDATE"
            | "ACCOUNT_OFFBOARDED"
            | "PARTNER_REMOVED"
            | "PARTNER_APP_UNINSTALLED" => Weight::Alarm,
            "PARTNER_ADDED" | "PARTNER_APP_INSTALLED" => Weight::Attention,
            _ => Weight::Information,
        },
        Field::AccountReviewUpdate if event.eq_ignore_ascii_case("REJECTED") => Weight::Alarm,
        Field::AccountAlerts => Weight::Attention,
        // Somebody changed what the number does: wanted or not, that is for people to say.
        Field::AccountSettingsUpdate | Field::MessagingHandovers => Weight::Attention,
        Field::PhoneNumberQualityUpdate if matches!(event, "FLAGGED" | "DOWNGRADE") => Weight::Attention,
        Field::PhoneNumberNameUpdate | Field::BusinessUsernameUpdates
            if ["REJECTED", "DECLINED", "DELETED"]
                .iter()
                .any(|bad| event.eq_ignore_ascii_case(bad)) =>
        {
            Weight::Attention
        }
        Field::MessageTemplateStatusUpdate
            if matches!(
                event,
                "REJECTED" | "PAUSED" | "DISABLED" | "FLAGGED" | "LIMIT_EXCEEDED" | "LOCKED" | "PENDING_DELETION"
            ) =>
        {
            Weight::Attention
        }
        Field::MessageTemplateComponentsUpdate
        | Field::TemplateCategoryUpdate
        | Field::MessageTemplateQualityUpdate => Weight::Attention,
        Field::Unknown => Weight::Attention,
        _ => Weight::Information,
    }
}
