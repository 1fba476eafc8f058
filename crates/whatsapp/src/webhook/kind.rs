//! The kinds of item: a closed set of short, stable names for counting what came in.
//!
//! A name is written by us, never taken from a post: what we do not know is counted under an `unknown` name. Names are kept
//! in records and tables, so an existing one never changes its meaning.
//!
//! | first part | what it counts |
//! |---|---|
//! | `message.` | what a contact sent to one of our numbers |
//! | `standby.` | the same, while another handler owns the conversation |
//! | `echo.` | what was sent for us elsewhere: typed on the phone app, or by another handler |
//! | `history.` | older messages, handed over once when a phone-app number joins |
//! | `status.`, `call_status.` | what became of a message or call of ours |
//! | `call.`, `group.` | calls and group events |
//! | `error` | an error of the number or account, without a message |
//! | `field.` | everything else the provider reports, by the name of its webhook field |
//! | `not_understood.` | rightly signed, kept whole, not readable as any of these |
//! | `empty` | a post without anything in it |

use std::fmt;

use super::fields::Field;

macro_rules! content_kinds {
    ($($kind:ident = $leaf:literal, $doc:literal;)+) => {
        /// What a message, echo or history message consists of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ContentKind {
            $(#[doc = $doc] $kind,)+
        }

        impl ContentKind {
            /// Every content kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            fn in_message(self) -> &'static str {
                match self { $(Self::$kind => concat!("message.", $leaf),)+ }
            }
            fn in_standby(self) -> &'static str {
                match self { $(Self::$kind => concat!("standby.", $leaf),)+ }
            }
            fn in_echo(self) -> &'static str {
                match self { $(Self::$kind => concat!("echo.", $leaf),)+ }
            }
            fn in_history(self) -> &'static str {
                match self { $(Self::$kind => concat!("history.", $leaf),)+ }
            }
        }
    };
}

content_kinds! {
    Text = "text", "A text.";
    Image = "image", "A picture.";
    Video = "video", "A film.";
    Audio = "audio", "Sound, voice notes included.";
    Document = "document", "A document.";
    Sticker = "sticker", "A sticker.";
    Location = "location", "A place.";
    Contacts = "contacts", "Contact cards.";
    ButtonReply = "interactive.button_reply", "A tap on a reply button.";
    ListReply = "interactive.list_reply", "A choice from a list.";
    FlowReply = "interactive.flow_reply", "A filled-in form (flow or address).";
    CallPermissionReply = "interactive.call_permission_reply", "Leave to call, given or refused.";
    PaymentMethod = "interactive.payment_method", "A payment method, kept opaque.";
    InteractiveUnknown = "interactive.unknown", "An interactive answer that we do not know.";
    Button = "button", "A tap on a quick reply of a template.";
    Order = "order", "An order from a catalogue.";
    Reaction = "reaction", "A reaction, set or taken back.";
    UserChangedNumber = "system.user_changed_number", "A contact has another phone number.";
    UserChangedUserId = "system.user_changed_user_id", "A contact has another business-scoped user id.";
    CustomerIdentityChanged = "system.customer_identity_changed", "A contact's encryption identity changed.";
    SystemUnknown = "system.unknown", "A system message that we do not know.";
    RequestWelcome = "request_welcome", "The chat was opened for the first time.";
    Unsupported = "unsupported", "Something was sent that the provider does not hand on.";
    Edit = "edit", "An earlier message was edited.";
    Revoke = "revoke", "An earlier message was withdrawn.";
    Pin = "pin", "A message was pinned or unpinned in a group.";
    Template = "template", "A template message, in echoes only.";
    Interactive = "interactive", "An interactive message of ours, in echoes and history only.";
    MediaPlaceholder = "media_placeholder", "Media whose file follows or never comes, in history only.";
    UnknownType = "unknown_type", "A type that we do not know.";
}

macro_rules! plain_kinds {
    ($(#[$about:meta])* $name:ident { $($kind:ident = $text:literal, $doc:literal;)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = $doc] $kind,)+
        }

        impl $name {
            /// Every kind of this sort.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            fn name(self) -> &'static str {
                match self { $(Self::$kind => $text,)+ }
            }
        }
    };
}

plain_kinds! {
    /// What is reported of a message of ours.
    StatusKind {
        Sent = "status.sent", "It left the provider.";
        Delivered = "status.delivered", "It is on the device.";
        Read = "status.read", "It was shown.";
        Played = "status.played", "A voice note was played.";
        Failed = "status.failed", "It was not sent or not delivered.";
        Deleted = "status.deleted", "It was deleted (older senders).";
        Warning = "status.warning", "Something is odd about it (older senders).";
        Unknown = "status.unknown", "A status that we do not know.";
    }
}

plain_kinds! {
    /// What is reported of a call of ours before it is answered.
    CallStatusKind {
        Ringing = "call_status.ringing", "It rings.";
        Accepted = "call_status.accepted", "It was taken.";
        Rejected = "call_status.rejected", "It was refused.";
        Unknown = "call_status.unknown", "A call status that we do not know.";
    }
}

plain_kinds! {
    /// What happened to a call.
    CallKind {
        Connect = "call.connect", "It is being set up.";
        Terminate = "call.terminate", "It ended.";
        RecordingAvailable = "call.recording_available", "A recording can be fetched.";
        TranscriptionAvailable = "call.transcription_available", "A transcript can be fetched.";
        Unknown = "call.unknown", "A call event that we do not know.";
    }
}

plain_kinds! {
    /// What happened to a group.
    GroupKind {
        Created = "group.created", "It was created.";
        Deleted = "group.deleted", "It was deleted.";
        ParticipantsAdded = "group.participants_added", "People joined.";
        ParticipantsRemoved = "group.participants_removed", "People left or were removed.";
        JoinRequestCreated = "group.join_request_created", "Someone asks to join.";
        JoinRequestRevoked = "group.join_request_revoked", "Someone took the request back.";
        SettingsUpdated = "group.settings_updated", "Subject, description or picture changed.";
        Suspended = "group.suspended", "It was suspended.";
        SuspensionCleared = "group.suspension_cleared", "It is no longer suspended.";
        Unknown = "group.unknown", "A group event that we do not know.";
    }
}

plain_kinds! {
    /// History items that carry no message.
    HistoryKind {
        Refused = "history.refused", "The owner of the phone app did not share the history.";
        Progress = "history.progress", "A part of the history without messages.";
    }
}

plain_kinds! {
    /// Why something rightly signed could not be read.
    NotUnderstoodKind {
        NotUtf8 = "not_understood.not_utf8", "The body is not UTF-8.";
        NotJson = "not_understood.not_json", "The body is not JSON.";
        ForeignObject = "not_understood.foreign_object", "The body is JSON, but not a post about a WhatsApp account.";
        NoField = "not_understood.no_field", "A change does not say which field it is about.";
        NoValue = "not_understood.no_value", "A change holds no value, or one that is not an object.";
        NoKnownPart = "not_understood.no_known_part", "A change of a known field holds none of the lists it should.";
        ExtraPart = "not_understood.extra_part", "A property that we do not know beside ones that we do.";
        WrongShape = "not_understood.wrong_shape", "A part has another form than it should.";
        TooDeep = "not_understood.too_deep", "A part has too many levels of brackets.";
        Unreadable = "not_understood.unreadable", "A part holds a number or text that cannot be represented.";
        Unwieldy = "not_understood.unwieldy", "Cut into items it would be many times its size.";
    }
}

/// The kind of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKind {
    /// A message to one of our numbers.
    Message(ContentKind),
    /// A message to one of our numbers while another handler owns the conversation.
    Standby(ContentKind),
    /// Something sent for us elsewhere.
    Echo(ContentKind),
    /// An older message.
    HistoryMessage(ContentKind),
    /// Something else about the history.
    History(HistoryKind),
    /// A status of a message of ours.
    Status(StatusKind),
    /// A status of a call of ours.
    CallStatus(CallStatusKind),
    /// A call event.
    Call(CallKind),
    /// A group event.
    Group(GroupKind),
    /// An error without a message.
    Error,
    /// Anything else, by field.
    Field(Field),
    /// Kept whole, not read.
    NotUnderstood(NotUnderstoodKind),
    /// A post without anything in it.
    Empty,
}

impl ItemKind {
    /// The stable name, for counting.
    pub fn name(self) -> &'static str {
        match self {
            Self::Message(content) => content.in_message(),
            Self::Standby(content) => content.in_standby(),
            Self::Echo(content) => content.in_echo(),
            Self::HistoryMessage(content) => content.in_history(),
            Self::History(kind) => kind.name(),
            Self::Status(kind) => kind.name(),
            Self::CallStatus(kind) => kind.name(),
            Self::Call(kind) => kind.name(),
            Self::Group(kind) => kind.name(),
            Self::Error => "error",
            Self::Field(field) => field.kind_name(),
            Self::NotUnderstood(kind) => kind.name(),
            Self::Empty => "empty",
        }
    }

    /// Every kind there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let contents = |wrap: fn(ContentKind) -> Self| ContentKind::ALL.iter().copied().map(wrap);
        contents(Self::Message)
            .chain(contents(Self::Standby))
            .chain(contents(Self::Echo))
            .chain(contents(Self::HistoryMessage))
            .chain(HistoryKind::ALL.iter().copied().map(Self::History))
            .chain(StatusKind::ALL.iter().copied().map(Self::Status))
            .chain(CallStatusKind::ALL.iter().copied().map(Self::CallStatus))
            .chain(CallKind::ALL.iter().copied().map(Self::Call))
            .chain(GroupKind::ALL.iter().copied().map(Self::Group))
            .chain([Self::Error, Self::Empty])
            .chain(Field::ALL.iter().copied().map(Self::Field))
            .chain(NotUnderstoodKind::ALL.iter().copied().map(Self::NotUnderstood))
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.name() == name)
    }

    /// Whether part or all of such an item was not understood, so that a person should look at it one day.
    pub fn is_unknown(self) -> bool {
        use ContentKind::{InteractiveUnknown, SystemUnknown, UnknownType};
        matches!(
            self,
            Self::NotUnderstood(_)
                | Self::Message(UnknownType | InteractiveUnknown | SystemUnknown)
                | Self::Standby(UnknownType | InteractiveUnknown | SystemUnknown)
                | Self::Echo(UnknownType | InteractiveUnknown | SystemUnknown)
                | Self::HistoryMessage(UnknownType | InteractiveUnknown | SystemUnknown)
                | Self::Status(StatusKind::Unknown)
                | Self::CallStatus(CallStatusKind::Unknown)
                | Self::Call(CallKind::Unknown)
                | Self::Group(GroupKind::Unknown)
                | Self::Field(Field::Unknown)
        )
    }
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
