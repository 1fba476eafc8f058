//! The text by which a repeat is recognised.
//!
//! The provider repeats posts for up to seven days, sends them to several apps, and cuts its batches anew each time, so
//! repeats are found item by item. The text is a list of parts, each written as its length in bytes (decimal), `:` and the
//! part, so that no two lists read alike:
//!
//! | item | parts |
//! |---|---|
//! | message, also on standby | `message`, number id, message id, type |
//! | echo | `echo`, number id, message id, type |
//! | older message | `history`, number id, message id, type |
//! | status | `status` or `call_status`, number id, message id, status, time, every name of the recipient |
//! | call | `call`, number id, call id, event |
//! | any other | `item`, account id, time of the entry, number id, field, list, SHA-256 of the canonical item |
//! | body that is no post | `body`, SHA-256 of the canonical body, or of its bytes if it is not JSON |
//!
//! The type stands beside the message id because the provider hands over two things under one id: a placeholder and later
//! its file, or an "unsupported" and later the real message. By id alone the second would be taken for a repeat and lost.
//! Never change this; digests of it are kept.

use aws_lc_rs::digest;

/// Joins parts into the text.
pub(crate) fn text(parts: &[&str]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        out.extend_from_slice(part.len().to_string().as_bytes());
        out.push(b':');
        out.extend_from_slice(part.as_bytes());
    }
    out
}

/// The SHA-256 of something, in hex.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    crate::hex::encode(digest::digest(&digest::SHA256, bytes).as_ref())
}
