//! What gates and full nodes say to each other beside posts and files, as JSON (`docs/formats/hand-over.md`). Never change what a field
//! means; add another.

use super::certificate::Signed;
use crate::intake::shelf::KitContent;
use counterfoil_model::{DeliveryId, Timestamp};
use serde::{Deserialize, Serialize};

/// The path of posts.
pub const POSTS: &str = "/hand-over/v1/posts";
/// The path of files, without the name.
pub const FILES: &str = "/hand-over/v1/files";
/// The path of refreshing.
pub const REFRESH: &str = "/hand-over/v1/refresh";
/// The largest body of posts, in bytes: what a gate puts together, or a single post, whichever is more.
pub const POSTS_LIMIT_BYTES: usize = 5 << 20;
/// From this size on a gate puts no more posts together.
pub(super) const POSTS_TOGETHER_BYTES: u64 = 4 << 20;

/// What became of posts that were handed over.
#[derive(Debug, Serialize, Deserialize)]
pub struct Taken {
    /// How many are in the database now.
    pub kept: u64,
    /// Which can never be there.
    pub refused: Vec<DeliveryId>,
}

/// What a gate asks and says, at least once a minute.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ask {
    /// Microseconds: nothing that the gate received before is left on it. `None`: it cannot say.
    pub clear_until: Option<i64>,
    /// Microseconds: when its certificate ends.
    pub certificate_until: i64,
    /// Whether it wants a new certificate.
    pub renew: bool,
}

/// What it is told.
#[derive(Serialize, Deserialize)]
pub struct Told {
    pub(super) kit_made_at: i64,
    pub(super) kit: KitContent,
    pub(super) nodes: Vec<String>,
    pub(super) certificate: Option<Issued>,
}

/// A certificate as it is handed on.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Issued {
    from: i64,
    until: i64,
    #[serde(with = "base64_text")]
    certificate: Vec<u8>,
}

impl Issued {
    pub(super) fn der(&self) -> &[u8] {
        &self.certificate
    }

    pub(super) fn until(&self) -> Timestamp {
        Timestamp::from_micros(self.until)
    }

    /// Whether less than a third of its life is left.
    pub(super) fn is_ending(&self, now: Timestamp) -> bool {
        self.until.saturating_sub(now.micros()) < self.until.saturating_sub(self.from) / 3
    }
}

impl From<Signed> for Issued {
    fn from(signed: Signed) -> Self {
        Self {
            from: signed.from.micros(),
            until: signed.until.micros(),
            certificate: signed.der,
        }
    }
}

/// Bytes as base64 in JSON.
pub(super) mod base64_text {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::gates) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(in crate::gates) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_ending_once_less_than_a_third_is_left() {
        let issued = Issued {
            from: 0,
            until: 90,
            certificate: vec![1, 2, 3],
        };
        for (now, ending) in [
            (-5, false),
            (0, false),
            (60, false),
            (61, true),
            (90, true),
            (1_000, true),
        ] {
            assert_eq!(issued.is_ending(Timestamp::from_micros(now)), ending, "{now}");
        }
        let text = serde_json::to_string(&issued).unwrap();
        assert_eq!(text, r#"{"from":0,"until":90,"certificate":"AQID"}"#);
        let read: Issued = serde_json::from_str(&text).unwrap();
        assert_eq!(read.der(), [1, 2, 3]);
    }
}
