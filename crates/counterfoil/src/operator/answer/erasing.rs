//! What is answered about erasing.

use counterfoil_flow::erasure::challenge::ToldChallenge;
use counterfoil_model::erasure::{CopyState, ErasureReason, ErasureTarget, KeptGround};
use counterfoil_model::{ContactId, ConversationId, ErasureId, FilingId, HoldId, MessageId, ReferenceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a certificate of this version calls itself (`docs/formats/erasure-certificate.md`).
pub(crate) const CERTIFICATE: &str = "counterfoil/erasure-certificate/v1";

/// The certificate of an erasure.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erasure {
    /// Always [`CERTIFICATE`].
    pub(crate) format: String,
    /// Which.
    pub(crate) erasure: ErasureId,
    /// What it is of; none where a restore lost that.
    pub(crate) target: Option<ErasureTarget>,
    /// The id of that; without its prefix where nobody knows what it is of.
    pub(crate) object: String,
    /// Why.
    pub(crate) reason: ErasureReason,
    /// On whose word.
    pub(crate) authority: Option<String>,
    /// Whether the record of the decision was lost in a restore: what is here is what the log tells.
    pub(crate) lost: bool,
    /// Who decided.
    pub(crate) decided_by: String,
    /// When.
    pub(crate) decided_at: String,
    /// When the last key was destroyed.
    pub(crate) keys_destroyed_at: Option<String>,
    /// Since when nothing here opens any of it.
    pub(crate) live_at: Option<String>,
    /// Since when no copy of the vault store opens any of it.
    pub(crate) final_at: Option<String>,
    /// How many records are gone.
    pub(crate) records: u64,
    /// How much stays though this erasure is of it; when it is anything, not everything went.
    pub(crate) kept_count: u64,
    /// The first of what stays.
    pub(crate) kept: Vec<Kept>,
    /// How many copies other systems were given, by what is known of them.
    pub(crate) copy_counts: BTreeMap<String, u64>,
    /// The first of these.
    pub(crate) copies: Vec<ErasedCopy>,
    /// The last run of the challenger; without its attempts in a list.
    pub(crate) challenge: Option<ToldChallenge>,
    /// What is not reached, in words.
    pub(crate) beyond_reach: Vec<String>,
}

/// Something that stays though an erasure is of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// What sort of thing it is; none where a restore lost that.
    pub(crate) target: Option<ErasureTarget>,
    /// Its id.
    pub(crate) object: String,
    /// Why: `hold`, `decision`, `part`.
    pub(crate) ground: KeptGround,
    /// By which hold.
    pub(crate) hold: Option<HoldId>,
    /// In the words of whoever left it out.
    pub(crate) words: Option<String>,
    /// Whether its record was lost in a restore.
    pub(crate) lost: bool,
    /// Since when.
    pub(crate) since: String,
    /// A later erasure that took it.
    pub(crate) taken_by: Option<ErasureId>,
}

/// A copy in another system.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasedCopy {
    /// Which filing brought it there.
    pub(crate) filing: FilingId,
    /// On which reference.
    pub(crate) reference: ReferenceId,
    /// What is known of it.
    pub(crate) state: CopyState,
    /// Since when.
    pub(crate) since: Option<String>,
    /// Why it was refused.
    pub(crate) refusal: Option<String>,
}

/// Some of what would be erased.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Previewed {
    /// The items, a conversation after the other.
    pub(crate) previewed: Vec<PreviewedItem>,
    /// After which message the next ones come; none at the end.
    pub(crate) next: Option<MessageId>,
}

/// An item that would be erased, or is held.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewedItem {
    /// Which.
    pub(crate) message: MessageId,
    /// Where it is.
    pub(crate) conversation: ConversationId,
    /// With which contact, if with one.
    pub(crate) contact: Option<ContactId>,
    /// What sort of content it has.
    pub(crate) kind: String,
    /// Which way it went.
    pub(crate) direction: String,
    /// Who wrote it: `contact`, `colleague`, `machine`.
    pub(crate) author: String,
    /// When it occurred, RFC 3339.
    pub(crate) occurred_at: String,
    /// How many files it has.
    pub(crate) files: u64,
    /// The holds that keep it; it goes when there are none.
    pub(crate) held: Vec<HoldId>,
    /// Why it concerns others too: `colleague`, `third_persons`, `shared_reference`.
    pub(crate) concerns: Vec<String>,
    /// Its copies elsewhere.
    pub(crate) filed: Vec<PreviewedCopy>,
}

/// A copy elsewhere of such an item.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewedCopy {
    /// Which filing.
    pub(crate) filing: FilingId,
    /// On which reference.
    pub(crate) reference: ReferenceId,
    /// How far it is: `to_be_filed`, `filed`, `refused`.
    pub(crate) step: String,
}

/// Erasures, newest first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasureList {
    /// They.
    pub(crate) erasures: Vec<Erasure>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../vectors/erasure-certificate.json")).unwrap()
    }

    #[test]
    fn a_certificate_is_read_and_written_as_its_page_says() {
        for case in vectors()["good"].as_array().unwrap() {
            let erasure: Erasure = serde_json::from_value(case["certificate"].clone()).unwrap();
            assert_eq!(erasure.format, CERTIFICATE);
            assert_eq!(json!(erasure), case["certificate"], "{}", case["name"]);
        }
        for case in vectors()["refused"].as_array().unwrap() {
            let read: Result<Erasure, _> = serde_json::from_value(case["certificate"].clone());
            assert!(read.is_err(), "{}", case["name"]);
        }
    }
}
