//! What goes wrong on purpose: each fault either once, a number of times, or until it is switched off.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ids::Dice;

/// A refusal in the provider's own codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 131000, HTTP 500: something went wrong over there.
    Internal,
    /// 130429, HTTP 429: too many messages for this number.
    Throughput,
    /// 131047: more than 24 hours since the customer wrote.
    WindowClosed,
    /// 131026: the message cannot be delivered to this person.
    Undeliverable,
    /// 131056: too many messages to the same person.
    PairRate,
    /// 190, HTTP 401: the access token is no longer valid.
    TokenExpired,
    /// 131053: the file was refused.
    MediaRefused,
    /// 131049: held back for the health of the platform.
    Engagement,
    /// 131050: the person wants no marketing messages.
    MarketingStopped,
    /// 368: blocked for breaking a policy.
    PolicyBlock,
}

/// What happens to a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFault {
    /// The message goes out, the answer never comes.
    LostAnswer,
    /// Neither the message nor an answer: the request vanishes.
    LostRequest,
    /// The message goes out, and the connection breaks instead of an answer.
    BreaksAfter,
    /// The connection breaks before the message is taken.
    BreaksBefore,
    /// An error at once; nothing goes out.
    Refused(Refusal),
    /// Accepted with 200, then a `failed` status.
    FailsLater(Refusal),
}

impl SendFault {
    /// Whether an answer comes.
    pub fn answers(self) -> bool {
        matches!(self, Self::Refused(_) | Self::FailsLater(_))
    }

    /// Whether the message is taken, answered or not.
    pub fn accepts(self) -> bool {
        matches!(self, Self::LostAnswer | Self::BreaksAfter | Self::FailsLater(_))
    }
}

/// Faults among the sends at random: each with how many of a thousand sends it happens to. The same seed gives the same row of faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendMix {
    /// What the dice start from.
    pub seed: u64,
    /// The faults; what is left of the thousand goes well.
    pub of_thousand: Vec<(SendFault, usize)>,
}

/// What happens when the business asks for a file or its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaFault {
    /// The media id is unknown.
    NotFound,
    /// The id is known, the address that it gives no longer works.
    Expired,
    /// The bytes are not those of the announced SHA-256.
    WrongDigest,
    /// More bytes come than were announced.
    TooLarge,
    /// The bytes come only after this long.
    Slow(Duration),
    /// HTTP 500.
    Internal,
}

/// The media requests that a fault can happen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaStep {
    LookUp,
    Fetch,
    Delete,
}

impl MediaFault {
    fn happens_at(self, step: MediaStep) -> bool {
        match self {
            Self::NotFound | Self::Expired => step != MediaStep::Delete,
            Self::WrongDigest | Self::TooLarge | Self::Slow(_) => step == MediaStep::Fetch,
            Self::Internal => true,
        }
    }
}

/// What happens to webhooks on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebhookFaults {
    /// How many further times each one is posted after it was accepted.
    pub duplicates: u8,
    /// Every second one is overtaken by the next.
    pub out_of_order: bool,
    /// How long each one is held back.
    pub delay: Duration,
}

/// The faults that stand until they are changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// For every send.
    pub send: Option<SendFault>,
    /// For every media request.
    pub media: Option<MediaFault>,
    /// For every webhook.
    pub webhooks: WebhookFaults,
    /// Free text outside the 24-hour window is refused with 131047, as the provider does.
    pub enforce_window: bool,
    /// Too many messages to the same person are refused with 131056.
    pub enforce_pair_rate: bool,
    /// More messages in a second over the number, both ways, are refused with 130429; the provider allows 80, 1,000
    /// after an upgrade, 20 for a number shared with the Business app.
    pub throughput: Option<usize>,
}

/// Standing faults and those that are used up by the next requests.
#[derive(Debug, Default)]
pub(crate) struct FaultPlan {
    pub(crate) standing: Faults,
    next_send: VecDeque<SendFault>,
    mix: Option<(Dice, SendMix)>,
    next_media: VecDeque<MediaFault>,
}

/// More one-off faults than this are not kept.
const MOST_PLANNED: usize = 10_000;

impl FaultPlan {
    pub(crate) fn plan_send(&mut self, fault: SendFault, times: usize) {
        let room = MOST_PLANNED.saturating_sub(self.next_send.len());
        self.next_send.extend(std::iter::repeat_n(fault, times.min(room)));
    }

    pub(crate) fn plan_media(&mut self, fault: MediaFault, times: usize) {
        let room = MOST_PLANNED.saturating_sub(self.next_media.len());
        self.next_media.extend(std::iter::repeat_n(fault, times.min(room)));
    }

    pub(crate) fn mix_sends(&mut self, mix: SendMix) {
        self.mix = Some((Dice::new(mix.seed), mix));
    }

    pub(crate) fn take_send(&mut self) -> Option<SendFault> {
        let ordered = self.next_send.pop_front().or(self.standing.send);
        ordered.or_else(|| {
            let (dice, mix) = self.mix.as_mut()?;
            let mut thrown = dice.below(1_000);
            let faults = &mix.of_thousand;
            let hit = faults.iter().find(|(_, share)| match thrown.checked_sub(*share) {
                Some(left) => {
                    thrown = left;
                    false
                }
                None => true,
            });
            hit.map(|(fault, _)| *fault)
        })
    }

    /// The next media fault that can happen at this step; others wait for theirs.
    pub(crate) fn take_media(&mut self, step: MediaStep) -> Option<MediaFault> {
        let planned = self.next_media.iter().position(|fault| fault.happens_at(step));
        let planned = planned.and_then(|index| self.next_media.remove(index));
        planned.or(self.standing.media.filter(|fault| fault.happens_at(step)))
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
