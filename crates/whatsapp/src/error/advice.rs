//! What to tell people about an error: a name by which a page finds its words, and a sentence. It never holds the provider's own
//! words, which may quote what was sent.

/// What to tell people; a page maps each name to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// The access token is invalid or has expired.
    TokenInvalid,
    /// A permission is missing.
    PermissionMissing,
    /// The provider has a passing problem.
    ProviderTrouble,
    /// Too many requests.
    TooManyRequests,
    /// Too many messages to this person in a short time.
    TooManyToThisPerson,
    /// An id or parameter is wrong.
    RequestWrong,
    /// The account is blocked, locked or restricted.
    AccountRestricted,
    /// The person takes part in an experiment of the provider and gets no such message.
    PersonInExperiment,
    /// The group does not allow it.
    GroupRefused,
    /// Sender and recipient are the same number.
    RecipientIsSender,
    /// The person is not on the service, has an old app or has not accepted its terms.
    NotOnWhatsApp,
    /// A test number may write to listed people only.
    RecipientNotListed,
    /// A post could not be delivered to us in time: content is lost for good.
    ContentLost,
    /// The message was gone before a device could read it.
    MessageExpired,
    /// The display name is not approved.
    DisplayNameNotApproved,
    /// Payment is not set up or failed.
    PaymentProblem,
    /// The number is not registered, or its certificate or PIN is wrong.
    NumberNotRegistered,
    /// More than 24 hours since the person last wrote.
    WindowClosed,
    /// Too many people reported or blocked the number.
    SpamLimit,
    /// Not delivered to keep people engaged: too many marketing messages.
    MarketingHeldBack,
    /// The person stopped marketing messages: an opt-out.
    PersonStoppedMarketing,
    /// A message type that is not supported.
    TypeNotSupported,
    /// A file sent to us could not be taken in.
    InboundMediaLost,
    /// A file of ours was not accepted: its type, coding or size.
    MediaNotAccepted,
    /// The message can be seen on the phone only.
    VisibleOnPhoneOnly,
    /// This kind of message needs a phone number.
    UserIdNotAllowed,
    /// Marketing templates are switched off for this account.
    MarketingDisabled,
    /// As many people as allowed have been written to today.
    MessagingLimitReached,
    /// The values do not fit the template.
    TemplateValuesWrong,
    /// There is no such template or language.
    TemplateMissing,
    /// The template is paused or switched off.
    TemplatePaused,
    /// The flow is blocked or throttled.
    FlowProblem,
    /// The recipient's identity is not the one that we know: verify it again.
    IdentityChanged,
    /// Calls are not possible like this.
    CallRefused,
    /// The list of blocked people was not changed.
    BlockListProblem,
    /// The user name is not available to us.
    UsernameProblem,
    /// Paging has to start anew.
    CursorInvalid,
    /// The template is not taken as it is written.
    TemplateNotTaken,
    /// A number or account is being moved, or could not be.
    MoveProblem,
    /// The phone app's earlier chats are not shared.
    HistoryNotShared,
    /// A number that we do not know.
    Unknown,
}

impl Advice {
    /// A stable name, such as `not_on_whatsapp`, for looking up words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WindowClosed => "window_closed",
            Self::NotOnWhatsApp | Self::RecipientNotListed => "not_on_whatsapp",
            Self::TooManyRequests | Self::TooManyToThisPerson | Self::MessagingLimitReached | Self::SpamLimit => {
                "too_many"
            }
            Self::AccountRestricted | Self::DisplayNameNotApproved | Self::NumberNotRegistered => "account_blocked",
            Self::PaymentProblem => "payment",
            Self::MediaNotAccepted | Self::TypeNotSupported => "media_rejected",
            Self::TokenInvalid | Self::PermissionMissing => "access_refused",
            Self::ProviderTrouble | Self::MessageExpired => "unreachable",
            Self::PersonStoppedMarketing | Self::MarketingHeldBack | Self::MarketingDisabled => "opted_out",
            _ => "other",
        }
    }

    /// What it means and what to do next, in one plain sentence; for logs and for people who read no translation.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::TokenInvalid => "The access token is invalid or has expired: make a new one; what is queued waits.",
            Self::PermissionMissing => {
                "The access token lacks a right: give the system user the right or the asset, then try again."
            }
            Self::ProviderTrouble => "The provider has a passing problem: it is tried again.",
            Self::TooManyRequests => "Too many requests in a short time: it is tried again, more slowly.",
            Self::TooManyToThisPerson => {
                "Too many messages to this person in a short time: it is tried again, more slowly."
            }
            Self::RequestWrong => "An id or a part of the request is wrong: look at what was sent.",
            Self::AccountRestricted => {
                "The account is blocked, locked or restricted: look at the account in the provider's manager."
            }
            Self::PersonInExperiment => {
                "The person takes part in an experiment of the provider and gets no such message."
            }
            Self::GroupRefused => "The group does not take it: it is gone, suspended, full, or takes no such message.",
            Self::RecipientIsSender => "Sender and recipient are the same number.",
            Self::NotOnWhatsApp => {
                "The person is not on WhatsApp, has an old app or has not accepted its terms: call, or send an SMS."
            }
            Self::RecipientNotListed => {
                "A test number may write to listed people only: add the person to the list of the test number."
            }
            Self::ContentLost => {
                "A post of the provider did not reach us within the hour, and what it held is lost: ask for it again."
            }
            Self::MessageExpired => {
                "The message was gone before a phone could read it: send it anew if it still holds."
            }
            Self::DisplayNameNotApproved => {
                "The display name is not approved: have it approved, then register the number again."
            }
            Self::PaymentProblem => "Payment is not set up or failed: look at the account's payment method.",
            Self::NumberNotRegistered => {
                "The number is not registered, or its certificate or PIN is wrong: register it again."
            }
            Self::WindowClosed => {
                "More than 24 hours have passed since the person last wrote: only a template can be sent now."
            }
            Self::SpamLimit => "Too many people reported or blocked the number: stop sending in bulk.",
            Self::MarketingHeldBack => {
                "The provider held a marketing message back: try again after a day at the earliest."
            }
            Self::PersonStoppedMarketing => "The person stopped marketing messages: record it as an opt-out.",
            Self::TypeNotSupported => "The provider does not support such a message.",
            Self::InboundMediaLost => "A file sent to us could not be taken in: ask the person to send it again.",
            Self::MediaNotAccepted => {
                "A file of ours was not accepted for its type, coding or size: convert it, or send it as a document."
            }
            Self::VisibleOnPhoneOnly => "The message can be seen on the phone only: ask whoever has the phone.",
            Self::UserIdNotAllowed => "Such a message needs a phone number: ask the person for theirs.",
            Self::MarketingDisabled => {
                "Marketing templates are switched off for this account, or go by another interface."
            }
            Self::MessagingLimitReached => "As many people as allowed were written to today: it is tried again later.",
            Self::TemplateValuesWrong => {
                "The values do not fit the template: compare their number, names and form with its text."
            }
            Self::TemplateMissing => "There is no such template in this language, or it is not approved yet.",
            Self::TemplatePaused => "The template is paused or switched off for its quality: use or mend another.",
            Self::FlowProblem => "The flow is blocked, throttled or faulty: look at it in the provider's manager.",
            Self::IdentityChanged => {
                "The person's encryption identity is not the one that we know: verify by another way who it is."
            }
            Self::CallRefused => {
                "The call is not possible like this: calling is off, not permitted, or its limit is reached."
            }
            Self::BlockListProblem => "The list of blocked people was not changed, or only in part.",
            Self::UsernameProblem => "The user name is taken, not allowed for this account, or has to be linked first.",
            Self::CursorInvalid => "The place in the list no longer holds: begin at its start.",
            Self::TemplateNotTaken => {
                "The template is not taken as it is written: its name, parts, or how often it was changed."
            }
            Self::MoveProblem => {
                "A number or account is being moved, or could not be: finish the move in the provider's manager."
            }
            Self::HistoryNotShared => {
                "The phone app's earlier chats are not shared: already fetched, too late, or the owner declined."
            }
            Self::Unknown => {
                "The provider gave a number that is not known here: look it up in its list of error codes."
            }
        }
    }
}
