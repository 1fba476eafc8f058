//! The five steps of the card, each done when it has really happened.

use super::{CLAIM, Stage};
use counterfoil_policy::{Actor, Machine, reach};
use counterfoil_simulator::{Direction, MediaKind, SimContent, Ticks};
use std::sync::atomic::{AtomicBool, Ordering};

/// How many steps there are.
pub(super) const COUNT: usize = 5;

/// Which steps were done. What was done once stays done.
#[derive(Default)]
pub(super) struct Steps {
    done: [AtomicBool; COUNT],
}

impl Stage {
    /// Which steps are done by now.
    pub(super) async fn steps(&self) -> [bool; COUNT] {
        let thread = self.provider.present.simulator.thread(&self.customer);
        let mut wrote = false;
        let mut sent_photo = false;
        let mut answered = false;
        let mut was_read = false;
        for message in &thread {
            match (&message.direction, &message.content) {
                (Direction::FromCustomer, SimContent::Text(_)) => wrote = true,
                (
                    Direction::FromCustomer,
                    SimContent::Media {
                        kind: MediaKind::Image, ..
                    },
                ) => sent_photo = true,
                (Direction::FromBusiness, _) => {
                    answered = true;
                    was_read |= message.ticks == Ticks::Read;
                }
                _ => {}
            }
        }
        let opened = self.steps.is_done(1) || self.has_opened().await;
        let filed = self
            .provider
            .present
            .simulator
            .pas()
            .documents()
            .iter()
            .any(|document| document.claim == CLAIM);
        self.steps.add([wrote && sent_photo, opened, answered, was_read, filed])
    }

    /// Whether a conversation of the visitor's number was opened in the inbox.
    async fn has_opened(&self) -> bool {
        let Ok(reach) = reach(&Actor::Machine(Machine::Upkeep)) else {
            return false;
        };
        for conversation in self.entrance.opened() {
            if let Ok(Some(row)) = self.house.store.conversation_get(conversation, &reach).await
                && row.channel == Some(self.channel)
            {
                return true;
            }
        }
        false
    }
}

impl Steps {
    fn is_done(&self, step: usize) -> bool {
        self.done[step].load(Ordering::Relaxed)
    }

    fn add(&self, now: [bool; COUNT]) -> [bool; COUNT] {
        std::array::from_fn(|step| now[step] | self.done[step].fetch_or(now[step], Ordering::Relaxed))
    }
}
