//! Where a page of a list ended, as an opaque text: 8 bytes of time, 16 of id, in URL-safe base64.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use counterfoil_flow::reading::inbox::InboxCursor;
use counterfoil_flow::reading::thread::ThreadCursor;
use counterfoil_model::{ConversationId, MessageId, Timestamp};

fn write(at: Timestamp, id: &[u8; 16]) -> String {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&at.micros().to_be_bytes());
    bytes[8..].copy_from_slice(id);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn read(text: &str) -> Option<(Timestamp, [u8; 16])> {
    let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let (time, id) = bytes.split_first_chunk::<8>()?;
    let at = Timestamp::from_micros(i64::from_be_bytes(*time));
    Some((at, id.try_into().ok()?))
}

/// The text of an inbox cursor.
pub(crate) fn inbox(cursor: &InboxCursor) -> String {
    write(cursor.last_at, cursor.conversation.bytes())
}

/// The inbox cursor in a text.
pub(crate) fn read_inbox(text: &str) -> Option<InboxCursor> {
    read(text).map(|(last_at, id)| InboxCursor {
        last_at,
        conversation: ConversationId::from_bytes(id),
    })
}

/// The text of a thread cursor.
pub(crate) fn thread(cursor: &ThreadCursor) -> String {
    write(cursor.occurred_at, cursor.message.bytes())
}

/// The thread cursor in a text.
pub(crate) fn read_thread(text: &str) -> Option<ThreadCursor> {
    read(text).map(|(occurred_at, id)| ThreadCursor {
        occurred_at,
        message: MessageId::from_bytes(id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cursors_read_back(micros: i64, id: [u8; 16]) {
            let cursor = InboxCursor {
                last_at: Timestamp::from_micros(micros),
                conversation: ConversationId::from_bytes(id),
            };
            prop_assert_eq!(read_inbox(&inbox(&cursor)), Some(cursor));
        }

        #[test]
        fn anything_else_is_no_cursor(text in ".{0,40}") {
            if let Some(cursor) = read_thread(&text) {
                prop_assert_eq!(thread(&cursor), text);
            }
        }
    }
}
