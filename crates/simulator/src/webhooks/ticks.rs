//! The way of a business message to the phone: sent, delivered, read, each after a pause and each told by a webhook.

use std::sync::Arc;
use std::time::Duration;

use crate::faults::Refusal;
use crate::ids::{CustomerId, Wamid};
use crate::message::{SimContent, SimMessage, Ticks};
use crate::phone::Reading;
use crate::state::Shared;
use crate::webhooks::payload::{self, Stage, Tick};
use crate::webhooks::{Update, post};

/// One business message that was accepted.
pub(crate) struct Travel {
    pub(crate) customer: CustomerId,
    pub(crate) message: SimMessage,
    pub(crate) callback_data: Option<String>,
    /// Instead of arriving, it fails.
    pub(crate) fails: Option<Refusal>,
}

/// Puts an accepted message on its way and comes back at once.
pub(crate) fn travel(shared: &Arc<Shared>, journey: Travel) {
    {
        let mut state = shared.lock();
        let phone = state.phone(&journey.customer);
        phone.typing_until_micros = 0;
        phone.add(journey.message.clone());
        if let Some(data) = &journey.callback_data {
            phone.remember_callback(&journey.message.id, data);
        }
    }
    let mark = shared.outbox.mark();
    let task = Arc::clone(shared);
    shared.background.spawn(async move {
        run(&task, journey).await;
        drop(mark);
    });
}

async fn run(shared: &Arc<Shared>, journey: Travel) {
    let pace = shared.lock().pace;
    let Travel {
        customer,
        message,
        fails,
        ..
    } = journey;
    pause(shared, pace.sent).await;
    if let Some(refusal) = fails {
        advance(shared, &customer, &message.id, Ticks::Failed, Stage::Failed(refusal)).await;
        return;
    }
    tell(shared, &customer, &message.id, Stage::Sent).await;
    pause(shared, pace.delivered).await;
    if matches!(message.content, SimContent::Reaction { .. }) {
        // A reaction gets `sent` and no other status (Cloud API, Reaction messages).
        let moved = shared.lock().phone(&customer).advance(&message.id, Ticks::Delivered);
        if moved {
            shared.changed(&customer);
        }
        return;
    }
    advance(shared, &customer, &message.id, Ticks::Delivered, Stage::Delivered).await;
    let reading = shared.lock().phone(&customer).profile.reading;
    if reading == Reading::Always {
        pause(shared, pace.read).await;
        advance(shared, &customer, &message.id, Ticks::Read, Stage::Read).await;
    }
}

/// The page shows the conversation: all that has arrived is read, unless this customer never says so.
pub(crate) fn customer_looks(shared: &Arc<Shared>, customer: &CustomerId) {
    let unread = {
        let mut state = shared.lock();
        let phone = state.phone(customer);
        if phone.profile.reading == Reading::Never {
            Vec::new()
        } else {
            phone.unread()
        }
    };
    for id in unread {
        let (task, customer, mark) = (Arc::clone(shared), customer.clone(), shared.outbox.mark());
        shared.background.spawn(async move {
            advance(&task, &customer, &id, Ticks::Read, Stage::Read).await;
            drop(mark);
        });
    }
}

async fn pause(shared: &Shared, pause: Duration) {
    if !pause.is_zero() {
        shared.clock.sleep(pause).await;
    }
}

/// Moves the ticks on the phone and tells the business, once.
async fn advance(shared: &Arc<Shared>, customer: &CustomerId, id: &Wamid, ticks: Ticks, stage: Stage) {
    let moved = shared.lock().phone(customer).advance(id, ticks);
    if moved {
        shared.changed(customer);
        tell(shared, customer, id, stage).await;
    }
}

async fn tell(shared: &Arc<Shared>, customer: &CustomerId, id: &Wamid, stage: Stage) {
    let body = {
        let state = shared.lock();
        let phone = state.phone_if_known(customer);
        let template = phone
            .and_then(|phone| phone.message(id))
            .is_some_and(|message| matches!(message.content, SimContent::Template { .. }));
        let callback_data = phone.and_then(|phone| phone.callback_of(id));
        payload::status(
            shared,
            &state,
            &Tick {
                customer,
                id,
                stage,
                callback_data,
                template,
            },
        )
    };
    post(
        shared,
        Update {
            body,
            acknowledges: None,
        },
    )
    .await;
}
