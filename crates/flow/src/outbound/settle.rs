//! Finding out whether a message left whose answer was lost.
//!
//! Every status of a message carries our own id back. When one has come by now, the message left; when none has, it is
//! uncertain, and a person decides. It is never sent again by itself.

use super::dispatch;
use crate::Flow;
use crate::context::Unavailable;
use crate::jobs::{Ended, subject};
use counterfoil_model::MessageId;
use counterfoil_model::tick::TickState;
use counterfoil_store::Claimed;

/// Looks whether a status has come, and if not records that it is uncertain.
pub(crate) async fn run(flow: &Flow, job: &Claimed) -> Result<Ended, Unavailable> {
    let Some(message) = flow.store().message_get(MessageId::from_bytes(subject(job))).await? else {
        return Ok(Ended::Done);
    };
    if dispatch::state(flow, &message).await? != Some(TickState::Queued) {
        return Ok(Ended::Done);
    }
    let Some(conversation) = flow.conversation(message.conversation).await? else {
        return Ok(Ended::Done);
    };
    dispatch::uncertain(flow, &conversation, &message).await
}
