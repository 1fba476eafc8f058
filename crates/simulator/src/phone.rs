//! A customer's phone: who they are, whether they read, and their conversation with the business. Bounded.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ids::Wamid;
use crate::limits::PairRate;
use crate::message::{Direction, SimContent, SimMessage, Ticks};

/// How many messages one conversation keeps.
const MOST_MESSAGES: usize = 1_000;

/// When a customer reads what the business writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As soon as it arrives.
    Always,
    /// When the handset page shows it.
    WhenShown,
    /// Never, or with receipts switched off: delivered is the last tick.
    Never,
}

/// What the provider tells a business about a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerProfile {
    /// The name that the customer chose.
    pub name: String,
    /// The username, when adopted.
    pub username: Option<String>,
    /// Leaves the phone number out of webhooks, as for people who adopted a username (2026).
    pub hides_number: bool,
    /// When this customer reads.
    pub reading: Reading,
}

impl CustomerProfile {
    /// A customer with a name and a visible number who reads what the page shows.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            username: None,
            hides_number: false,
            reading: Reading::WhenShown,
        }
    }
}

/// The pauses between the ticks of a message that the business sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From the answer to `sent`.
    pub sent: Duration,
    /// From `sent` to `delivered`.
    pub delivered: Duration,
    /// From `delivered` to `read`, for customers who always read.
    pub read: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            sent: Duration::from_millis(60),
            delivered: Duration::from_millis(180),
            read: Duration::from_millis(400),
        }
    }
}

/// One customer.
pub(crate) struct Phone {
    pub(crate) profile: CustomerProfile,
    /// The business-scoped user id, for example `ZA.13491208655302741918`.
    pub(crate) user_id: String,
    /// When the customer last wrote, in seconds since 1970: opens the 24-hour window.
    pub(crate) last_wrote_seconds: Option<i64>,
    /// How fast the business has been writing.
    pub(crate) rate: PairRate,
    /// Whether the customer asked for no marketing messages.
    pub(crate) stopped_marketing: bool,
    /// Until when "typing" is shown, in microseconds since 1970.
    pub(crate) typing_until_micros: i64,
    messages: VecDeque<SimMessage>,
    /// What the business asked to have echoed in the statuses of its messages.
    callbacks: VecDeque<(Wamid, String)>,
}

impl Phone {
    pub(crate) fn new(profile: CustomerProfile, user_id: String) -> Self {
        Self {
            profile,
            user_id,
            last_wrote_seconds: None,
            rate: PairRate::default(),
            stopped_marketing: false,
            typing_until_micros: 0,
            messages: VecDeque::new(),
            callbacks: VecDeque::new(),
        }
    }

    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &SimMessage> {
        self.messages.iter()
    }

    pub(crate) fn message(&self, id: &Wamid) -> Option<&SimMessage> {
        self.messages.iter().rev().find(|message| message.id == *id)
    }

    /// Adds a message. A reaction is kept as a message and also put on the one that it is for.
    pub(crate) fn add(&mut self, message: SimMessage) {
        if let SimContent::Reaction { to, emoji } = &message.content
            && let Some(target) = self.messages.iter_mut().rev().find(|known| known.id == *to)
        {
            target.reaction.clone_from(emoji);
        }
        if self.messages.len() == MOST_MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
    }

    pub(crate) fn remember_callback(&mut self, id: &Wamid, data: &str) {
        if self.callbacks.len() == MOST_MESSAGES {
            self.callbacks.pop_front();
        }
        self.callbacks.push_back((id.clone(), data.to_owned()));
    }

    pub(crate) fn callback_of(&self, id: &Wamid) -> Option<&str> {
        self.callbacks
            .iter()
            .rev()
            .find(|(known, _)| known == id)
            .map(|(_, data)| data.as_str())
    }

    /// Moves a message's ticks forward; false when there was nothing to move. Ticks never go back, and failed is final.
    pub(crate) fn advance(&mut self, id: &Wamid, ticks: Ticks) -> bool {
        let Some(message) = self.messages.iter_mut().rev().find(|message| message.id == *id) else {
            return false;
        };
        let forward = match (message.ticks, ticks) {
            (Ticks::Failed, _) => false,
            (_, Ticks::Failed) => true,
            (now, then) => then > now,
        };
        if forward {
            message.ticks = ticks;
        }
        forward
    }

    /// The business has read up to and including this message of the customer; false when it is not known.
    pub(crate) fn read_by_business(&mut self, id: &Wamid) -> bool {
        let Some(last) = self.messages.iter().rposition(|message| message.id == *id) else {
            return false;
        };
        for message in self.messages.range_mut(..=last) {
            if message.direction == Direction::FromCustomer && message.ticks != Ticks::Failed {
                message.ticks = Ticks::Read;
            }
        }
        true
    }

    /// Messages of the business that have arrived and were not yet shown.
    pub(crate) fn unread(&self) -> Vec<Wamid> {
        let waiting =
            |message: &&SimMessage| message.direction == Direction::FromBusiness && message.ticks == Ticks::Delivered;
        self.messages
            .iter()
            .filter(waiting)
            .map(|message| message.id.clone())
            .collect()
    }
}
