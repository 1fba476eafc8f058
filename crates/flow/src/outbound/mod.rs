//! The way out: from what a colleague writes to the contact's phone.
//!
//! ```text
//! reply, note   right to write, window, limits; sealed, recorded and queued in one unit of work     (in the request)
//! dispatch      sends what is queued, in order, paced, and begun before it leaves                    (behind it)
//! settle        the answer is a tick; a lost one waits for a status with our id, then it is uncertain
//! send_again    what a person may do about that; nothing is ever sent twice by itself
//! ```

pub mod draft;
pub mod note;
pub mod reply;
pub mod send_again;

pub(crate) mod dispatch;
pub(crate) mod idempotency;
pub(crate) mod pace;
pub(crate) mod place;
pub(crate) mod settle;
pub(crate) mod upload;
pub(crate) mod write;

use crate::context::Unavailable;
use counterfoil_model::{MessageId, Timestamp};

/// The key with which a caller makes a write repeatable: any text of 1 to 200 characters, and the token or session it came
/// with as its scope.
#[derive(Clone)]
pub struct IdempotencyKey {
    /// What the caller chose.
    pub key: String,
    /// Whose key it is.
    pub scope: [u8; 16],
}

/// A file to be sent.
pub struct Upload {
    /// Its name as the colleague's machine gave it.
    pub file_name: Option<String>,
    /// What the colleague's machine says it is; checked against the bytes.
    pub media_type: String,
    /// The bytes.
    pub bytes: bytes::Bytes,
}

/// A message that was recorded, or had been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub message: MessageId,
    /// Whether the same key had written it before.
    pub repeated: bool,
}

/// Why a message was not written. Nothing was recorded and nothing left.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is no such conversation, or this person may not know of it.
    #[error("there is no such conversation")]
    NotFound,
    /// This person's role does not write here.
    #[error("this role does not write here")]
    Refused,
    /// There is neither text nor a file.
    #[error("there is nothing to send")]
    Empty,
    /// The text has more than `limit` characters.
    #[error("the text is longer than {limit} characters")]
    TooLong {
        /// How many characters there may be.
        limit: usize,
    },
    /// The 24 hours since the contact's last message are over, or they never wrote.
    #[error("the 24 hours since the contact's last message are over")]
    WindowClosed {
        /// When they last wrote.
        last_inbound_at: Option<Timestamp>,
    },
    /// WhatsApp does not take such a file.
    #[error("WhatsApp does not take such a file")]
    FileNotAllowed,
    /// The file is larger than WhatsApp takes.
    #[error("the file is larger than {limit_bytes} bytes")]
    FileTooLarge {
        /// How large it may be.
        limit_bytes: u64,
    },
    /// The message to be quoted is not in this conversation.
    #[error("the quoted message is not in this conversation")]
    QuotedNotFound,
    /// The message is on its way or has arrived; there is no need to send it again.
    #[error("this message is on its way or has arrived")]
    OnItsWay,
    /// The idempotency key was used with another content, or for another thing.
    #[error("the idempotency key was used for something else")]
    KeyReused,
    /// The idempotency key is empty or too long.
    #[error("an idempotency key has 1 to 200 characters")]
    KeyMalformed,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
