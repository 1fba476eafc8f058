//! The webhook fields that we know, and the lists that their values hold.
//!
//! Two sorts. Most fields of a number carry lists under fixed keys (`messages`, `statuses`, …): each element is one item.
//! Fields of an account carry one statement: the whole value is one item. The lists are found by key, whatever the field,
//! because the provider's own examples now and then put a list under another field than documented.
//!
//! Source: Meta, Webhooks reference, editions 2025-10 to 2026-08.

macro_rules! fields {
    ($($field:ident = $name:literal, $sort:ident, $doc:literal;)+) => {
        /// A webhook field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field {
            $(#[doc = $doc] $field,)+
            /// A field that we do not know.
            Unknown,
        }

        impl Field {
            /// Every field, the unknown one included.
            pub const ALL: &[Self] = &[$(Self::$field,)+ Self::Unknown];

            /// The field of this name; the unknown one for any other.
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($name => Self::$field,)+
                    // Older code of the provider used the singular.
                    "business_username_update" => Self::BusinessUsernameUpdates,
                    _ => Self::Unknown,
                }
            }

            /// The name used for counting.
            pub(crate) fn kind_name(self) -> &'static str {
                match self {
                    $(Self::$field => concat!("field.", $name),)+
                    Self::Unknown => "field.unknown",
                }
            }

            /// Whether the value holds lists of items rather than one statement.
            pub(crate) fn holds_lists(self) -> bool {
                match self {
                    $(Self::$field => fields!(@$sort),)+
                    Self::Unknown => false,
                }
            }
        }
    };
    (@lists) => { true };
    (@statement) => { false };
}

fields! {
    Messages = "messages", lists, "Messages and statuses.";
    Calls = "calls", lists, "Calls.";
    History = "history", lists, "Older messages of a phone-app number.";
    SmbMessageEchoes = "smb_message_echoes", lists, "What an employee typed on the phone app.";
    MessageEchoes = "message_echoes", lists, "What another handler sent.";
    Standby = "standby", lists, "A conversation that another handler owns.";
    SmbAppStateSync = "smb_app_state_sync", lists, "The address book of the phone app.";
    UserPreferences = "user_preferences", lists, "Marketing consent given or taken back.";
    UserIdUpdate = "user_id_update", lists, "A business-scoped user id changed.";
    AutomaticEvents = "automatic_events", lists, "Events found in conversations by the provider.";
    GroupLifecycleUpdate = "group_lifecycle_update", lists, "Groups created and deleted.";
    GroupParticipantsUpdate = "group_participants_update", lists, "Groups joined and left.";
    GroupSettingsUpdate = "group_settings_update", lists, "Group subject, description, picture.";
    GroupStatusUpdate = "group_status_update", lists, "Groups suspended and cleared.";
    MessageTemplateStatusUpdate = "message_template_status_update", statement, "A template was approved, rejected, paused and so on.";
    MessageTemplateQualityUpdate = "message_template_quality_update", statement, "The quality score of a template changed.";
    MessageTemplateComponentsUpdate = "message_template_components_update", statement, "The text of a template changed.";
    TemplateCategoryUpdate = "template_category_update", statement, "The category of a template changes.";
    PhoneNumberQualityUpdate = "phone_number_quality_update", statement, "Limits or quality of a number changed.";
    PhoneNumberNameUpdate = "phone_number_name_update", statement, "A display name was decided on.";
    AccountUpdate = "account_update", statement, "The account was restricted, banned, joined, left and so on.";
    AccountAlerts = "account_alerts", statement, "An alert about the account.";
    AccountReviewUpdate = "account_review_update", statement, "The account was reviewed.";
    AccountSettingsUpdate = "account_settings_update", statement, "Settings of a number changed.";
    BusinessCapabilityUpdate = "business_capability_update", statement, "Limits of the business changed.";
    BusinessUsernameUpdates = "business_username_updates", statement, "The business username changed.";
    Security = "security", statement, "The two-step PIN was changed or asked for: a sign of a takeover.";
    Flows = "flows", statement, "State and health of flows.";
    MessagingHandovers = "messaging_handovers", statement, "A conversation went to another handler.";
    PartnerSolutions = "partner_solutions", statement, "A partner solution changed.";
    PaymentConfigurationUpdate = "payment_configuration_update", statement, "A payment set-up changed.";
    TrackingEvents = "tracking_events", statement, "Events for advertisers.";
}

/// A list whose elements are items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Messages,
    Statuses,
    Errors,
    Echoes,
    Calls,
    History,
    Groups,
    Preferences,
    UserIds,
    AddressBook,
    AutomaticEvents,
}

impl Part {
    /// The list under this key of a value.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "messages" => Self::Messages,
            "statuses" => Self::Statuses,
            "errors" => Self::Errors,
            "message_echoes" => Self::Echoes,
            "calls" => Self::Calls,
            "history" => Self::History,
            "groups" => Self::Groups,
            "user_preferences" => Self::Preferences,
            "user_id_update" => Self::UserIds,
            "state_sync" => Self::AddressBook,
            "automatic_events" => Self::AutomaticEvents,
            _ => return None,
        })
    }
}

/// Keys of a value that say where its items belong, and are kept with each of them.
pub(crate) fn is_context(key: &str) -> bool {
    matches!(key, "messaging_product" | "metadata")
}
