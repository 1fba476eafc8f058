//! Replying to a contact: recorded and queued in one unit of work, delivered by a job.

use super::{IdempotencyKey, Upload, WriteError, Written};
use crate::Flow;
use counterfoil_model::{ConversationId, MessageId};
use counterfoil_policy::Staff;

/// A reply as a colleague wrote it.
pub struct Reply {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The words: the text, or what stands under the file.
    pub text: String,
    /// A file.
    pub file: Option<Upload>,
    /// Which message it answers.
    pub quoted: Option<MessageId>,
    /// How to recognise a repeat.
    pub key: Option<IdempotencyKey>,
}

/// Records a reply and queues it to be sent.
///
/// # Errors
/// See [`WriteError`].
pub async fn reply(flow: &Flow, staff: &Staff, reply: Reply) -> Result<Written, WriteError> {
    let _ = (flow, staff, reply);
    todo!()
}
