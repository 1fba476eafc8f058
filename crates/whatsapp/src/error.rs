//! What the provider's error numbers mean for us: whether to try again, how soon, and what to tell people.
//!
//! The same numbers come as the answer to a request, in statuses, in messages and alone in a post. Decide on the number:
//! titles change with the wind and HTTP statuses are not to be relied on.
//!
//! Source: Meta, Cloud API error codes, editions to 2026-08; calling codes 138xxx, user name codes 147xxx.

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Try the same again after seconds, a bounded number of times.
    RetrySoon,
    /// Try the same again, slowed down: minutes at first, then longer.
    RetrySlow,
    /// Try the same again after a day at the earliest; never in a loop.
    RetryNextDay,
    /// Never send the same again.
    Never,
    /// Send it anew as a fresh message if it is still valid: this one is gone.
    SendAnew,
    /// The same is possible towards the phone number, not towards the user id.
    NeedsPhoneNumber,
    /// Only a template may be sent now.
    NeedsTemplate,
    /// Stop sending from this number or account, and call a person.
    NeedsHuman,
}

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
    /// A number that we do not know.
    Unknown,
}

/// What an error number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What to do.
    pub class: ErrorClass,
    /// What to tell people.
    pub advice: Advice,
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
}

/// Ranges of numbers with their meaning, sorted, without overlap: first, last, class, advice.
const TABLE: &[(i64, i64, ErrorClass, Advice)] = {
    use Advice::*;
    use ErrorClass::*;
    &[
        (0, 0, NeedsHuman, TokenInvalid),
        (1, 2, RetrySoon, ProviderTrouble),
        (3, 3, NeedsHuman, PermissionMissing),
        (4, 4, RetrySlow, TooManyRequests),
        (10, 10, NeedsHuman, PermissionMissing),
        (33, 33, Never, RequestWrong),
        (100, 100, Never, RequestWrong),
        (190, 190, NeedsHuman, TokenInvalid),
        (200, 299, NeedsHuman, PermissionMissing),
        (368, 368, NeedsHuman, AccountRestricted),
        (613, 613, RetrySlow, TooManyRequests),
        (80_007, 80_007, RetrySlow, TooManyRequests),
        (130_429, 130_429, RetrySoon, TooManyRequests),
        (130_472, 130_472, Never, PersonInExperiment),
        (130_497, 130_497, NeedsHuman, AccountRestricted),
        (131_000, 131_000, RetrySoon, ProviderTrouble),
        (131_005, 131_005, NeedsHuman, PermissionMissing),
        (131_008, 131_009, Never, RequestWrong),
        (131_016, 131_016, RetrySoon, ProviderTrouble),
        (131_020, 131_020, Never, GroupRefused),
        (131_021, 131_021, Never, RecipientIsSender),
        (131_026, 131_026, Never, NotOnWhatsApp),
        (131_030, 131_030, Never, RecipientNotListed),
        (131_031, 131_031, NeedsHuman, AccountRestricted),
        (131_035, 131_035, NeedsHuman, ContentLost),
        (131_036, 131_036, SendAnew, MessageExpired),
        (131_037, 131_037, NeedsHuman, DisplayNameNotApproved),
        (131_041, 131_041, Never, GroupRefused),
        (131_042, 131_042, NeedsHuman, PaymentProblem),
        (131_044, 131_044, NeedsHuman, PaymentProblem),
        (131_045, 131_045, NeedsHuman, NumberNotRegistered),
        (131_047, 131_047, NeedsTemplate, WindowClosed),
        (131_048, 131_048, NeedsHuman, SpamLimit),
        (131_049, 131_049, RetryNextDay, MarketingHeldBack),
        (131_050, 131_050, Never, PersonStoppedMarketing),
        (131_051, 131_051, Never, TypeNotSupported),
        (131_052, 131_052, Never, InboundMediaLost),
        (131_053, 131_053, Never, MediaNotAccepted),
        (131_055, 131_055, Never, RequestWrong),
        (131_056, 131_056, RetrySlow, TooManyToThisPerson),
        (131_057, 131_057, RetrySoon, ProviderTrouble),
        (131_059, 131_059, Never, CursorInvalid),
        (131_060, 131_060, Never, VisibleOnPhoneOnly),
        (131_062, 131_062, NeedsPhoneNumber, UserIdNotAllowed),
        (131_063, 131_063, NeedsHuman, MarketingDisabled),
        (131_064, 131_064, RetrySlow, MessagingLimitReached),
        (131_201, 131_207, Never, GroupRefused),
        (131_208, 131_208, RetrySlow, TooManyRequests),
        (131_209, 131_215, Never, GroupRefused),
        (132_000, 132_000, Never, TemplateValuesWrong),
        (132_001, 132_001, Never, TemplateMissing),
        (132_005, 132_005, Never, TemplateValuesWrong),
        (132_007, 132_008, Never, TemplateValuesWrong),
        (132_012, 132_012, Never, TemplateValuesWrong),
        (132_015, 132_016, NeedsHuman, TemplatePaused),
        (132_018, 132_018, Never, TemplateValuesWrong),
        (132_068, 132_068, NeedsHuman, FlowProblem),
        (132_069, 132_069, RetrySlow, FlowProblem),
        (133_000, 133_000, NeedsHuman, NumberNotRegistered),
        (133_004, 133_004, RetrySoon, ProviderTrouble),
        (133_005, 133_016, NeedsHuman, NumberNotRegistered),
        (134_011, 134_011, Never, PaymentProblem),
        (134_100, 134_102, Never, MarketingDisabled),
        (135_000, 135_000, RetrySoon, ProviderTrouble),
        (137_000, 137_000, NeedsHuman, IdentityChanged),
        (138_000, 138_023, Never, CallRefused),
        (139_000, 139_004, Never, FlowProblem),
        (139_100, 139_103, Never, BlockListProblem),
        (147_001, 147_005, Never, UsernameProblem),
    ]
};

/// What a number means. An unknown one needs a person: trying again could send twice or annoy, giving up could lose.
pub fn meaning(code: i64) -> Meaning {
    let found = TABLE.partition_point(|(_, last, ..)| *last < code);
    match TABLE.get(found) {
        Some(&(first, _, class, advice)) if first <= code => Meaning { class, advice },
        _ => Meaning {
            class: ErrorClass::NeedsHuman,
            advice: Advice::Unknown,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_does_not_overlap() {
        assert!(TABLE.iter().all(|(first, last, ..)| first <= last));
        assert!(TABLE.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn numbers_have_their_meaning() {
        for (code, class, advice) in [
            (0, ErrorClass::NeedsHuman, Advice::TokenInvalid),
            (131_026, ErrorClass::Never, Advice::NotOnWhatsApp),
            (131_047, ErrorClass::NeedsTemplate, Advice::WindowClosed),
            (131_049, ErrorClass::RetryNextDay, Advice::MarketingHeldBack),
            (131_056, ErrorClass::RetrySlow, Advice::TooManyToThisPerson),
            (250, ErrorClass::NeedsHuman, Advice::PermissionMissing),
            (131_208, ErrorClass::RetrySlow, Advice::TooManyRequests),
            (131_036, ErrorClass::SendAnew, Advice::MessageExpired),
            (-1, ErrorClass::NeedsHuman, Advice::Unknown),
            (131_046, ErrorClass::NeedsHuman, Advice::Unknown),
            (999_999, ErrorClass::NeedsHuman, Advice::Unknown),
        ] {
            assert_eq!(meaning(code), Meaning { class, advice }, "{code}");
        }
    }
}
