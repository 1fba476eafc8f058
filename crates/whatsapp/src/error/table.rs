//! The numbers themselves. Where the provider lists a range by its ends, what lies between is taken as the same.

use super::{Advice, ErrorClass, Meaning};

/// Some numbers with one meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The first number.
    pub first: i64,
    /// The last number.
    pub last: i64,
    /// Their meaning.
    pub meaning: Meaning,
}

/// All numbers that are known, in order; for showing them as a table.
pub fn entries() -> impl Iterator<Item = Entry> {
    TABLE.iter().map(|&(first, last, class, advice)| Entry {
        first,
        last,
        meaning: Meaning { class, advice },
    })
}

/// The meaning of a number, if it is known.
pub(super) fn find(code: i64) -> Option<Meaning> {
    let found = TABLE.partition_point(|(_, last, ..)| *last < code);
    let &(first, _, class, advice) = TABLE.get(found)?;
    (first <= code).then_some(Meaning { class, advice })
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
        (138_000, 138_001, Never, CallRefused),
        // Too many calls at once, a connection that failed.
        (138_002, 138_002, RetrySlow, CallRefused),
        (138_003, 138_003, Never, CallRefused),
        (138_004, 138_004, RetrySoon, CallRefused),
        (138_005, 138_005, RetrySlow, CallRefused),
        (138_006, 138_008, Never, CallRefused),
        // A person may be asked once a day and twice a week, and called a few times.
        (138_009, 138_009, RetryNextDay, CallRefused),
        (138_010, 138_011, Never, CallRefused),
        (138_012, 138_012, RetryNextDay, CallRefused),
        (138_013, 138_013, RetrySlow, CallRefused),
        (138_014, 138_023, Never, CallRefused),
        (139_000, 139_004, Never, FlowProblem),
        (139_100, 139_101, Never, BlockListProblem),
        // Changed by two at once, or trouble at the provider.
        (139_102, 139_103, RetrySoon, BlockListProblem),
        (147_001, 147_005, Never, UsernameProblem),
        (2_388_000, 2_388_999, Never, TemplateNotTaken),
        (2_494_100, 2_494_100, NeedsHuman, MoveProblem),
        (2_593_107, 2_593_109, Never, HistoryNotShared),
    ]
};

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn the_table_is_sorted_and_does_not_overlap() {
        assert!(TABLE.iter().all(|(first, last, ..)| first <= last));
        assert!(TABLE.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}
