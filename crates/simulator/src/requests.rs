//! The log of what was asked of the Graph API, for tests to look at. Bounded; the oldest go first.

use std::collections::VecDeque;

use crate::faults::SendFault;
use crate::ids::{CustomerId, MediaId, Wamid};

/// One call that reached the Graph API with a valid token.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiCall {
    /// When, in microseconds since 1970.
    pub at_micros: i64,
    /// What was asked.
    pub kind: ApiCallKind,
    /// Whether it was granted. A send whose answer was lost on purpose was.
    pub granted: bool,
}

/// What a call asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiCallKind {
    /// Send a message.
    Send {
        /// To whom, when the address could be read.
        to: Option<CustomerId>,
        /// The id that was given, when it was accepted.
        id: Option<Wamid>,
        /// What was made to go wrong with it.
        fault: Option<SendFault>,
        /// The request's body.
        body: serde_json::Value,
    },
    /// Mark a message as read.
    MarkRead {
        /// Which.
        id: Wamid,
        /// Whether "typing" was asked for as well.
        typing: bool,
    },
    /// Upload a file.
    MediaUpload {
        /// The id that was given, when it was accepted.
        id: Option<MediaId>,
    },
    /// Ask where a file is.
    MediaLookup {
        /// Which.
        id: MediaId,
    },
    /// Fetch a file's bytes.
    MediaFetch {
        /// Which.
        id: MediaId,
    },
    /// Delete a file.
    MediaDelete {
        /// Which.
        id: MediaId,
    },
    /// Anything about the number, the account or their settings: the method and the last part of the path.
    Account {
        /// `GET`, `POST` or `DELETE`.
        method: String,
        /// For example `settings`; empty for the object itself.
        edge: String,
    },
}

/// How many calls are kept.
const MOST_CALLS: usize = 20_000;

/// The last calls, oldest first.
#[derive(Default)]
pub(crate) struct RequestLog {
    calls: VecDeque<ApiCall>,
}

impl RequestLog {
    pub(crate) fn note(&mut self, at_micros: i64, kind: ApiCallKind, granted: bool) {
        if self.calls.len() == MOST_CALLS {
            self.calls.pop_front();
        }
        self.calls.push_back(ApiCall {
            at_micros,
            kind,
            granted,
        });
    }

    pub(crate) fn all(&self) -> Vec<ApiCall> {
        self.calls.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
    }
}
