//! What is answered through the operator socket.

mod erasing;

pub(crate) use erasing::{
    CERTIFICATE, ErasedCopy, Erasure, ErasureList, Kept, Previewed, PreviewedCopy, PreviewedItem,
};

use crate::digest::Digest;
use counterfoil_flow::erasure::challenge::Challenge;
use counterfoil_model::erasure::ErasureTarget;
use counterfoil_model::{
    BackupId, ChannelId, ConnectionId, DrillId, GateId, HoldId, KeptId, PersonId, RetirementId, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroize;

/// One line back to a command.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reply {
    /// It was done.
    Done(Answer),
    /// It was not done, and nothing was changed.
    Refused {
        /// Why, in words for the operator.
        why: String,
    },
}

/// What was done.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    /// A connection was set up.
    Connected(Connected),
    /// The connections.
    Connections(Vec<Connection>),
    /// A gate was added.
    GateAdded(GateAdded),
    /// The gates.
    Gates(GateList),
    /// A gate was taken off the list.
    GateRevoked(GateRevoked),
    /// Something is held.
    Held(Held),
    /// A hold was released.
    HoldReleased(HoldReleased),
    /// Holds.
    Holds(HoldList),
    /// An erasure.
    Erasure(Box<Erasure>),
    /// Erasures.
    Erasures(ErasureList),
    /// What would be erased.
    Previewed(Previewed),
    /// A backup is in the catalogue.
    BackupEntered(BackupEntered),
    /// Backups.
    Backups(BackupList),
    /// What a trial showed is on the log.
    BackupDrilled(BackupDrilled),
    /// What the challenger found is on the log.
    Challenged(Challenge),
    /// A retirement was decided.
    Retiring(Retiring),
    /// The key epochs.
    Epochs(EpochList),
    /// The log gets another key.
    LogRotated(LogRotated),
    /// A person was invited.
    Invited(Invited),
    /// What came in.
    Intake(Intake),
    /// What is kept whole.
    Kept(KeptList),
}

/// A connection and its number.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connected {
    /// The connection.
    pub(crate) connection: ConnectionId,
    /// Its number.
    pub(crate) channel: ChannelId,
    /// The hook's path.
    pub(crate) hook: String,
}

/// A connection in a list.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connection {
    /// Which.
    pub(crate) connection: ConnectionId,
    /// What staff call it.
    pub(crate) title: String,
    /// Its numbers.
    pub(crate) numbers: Vec<String>,
    /// The hook's path.
    pub(crate) hook: String,
}

/// A gate and its pass, on the way over the socket; wiped when dropped.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GateAdded {
    /// Which.
    pub(crate) gate: GateId,
    /// When its certificate ends, RFC 3339.
    pub(crate) certificate_until: String,
    /// The text of its pass.
    pub(crate) pass: String,
}

impl Drop for GateAdded {
    fn drop(&mut self) {
        self.pass.zeroize();
    }
}

/// The gates.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GateList {
    /// Oldest first.
    pub(crate) gates: Vec<Gate>,
}

/// A gate in a list.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gate {
    /// Which.
    pub(crate) gate: GateId,
    /// What operators call it.
    pub(crate) title: String,
    /// When it was given its pass, RFC 3339.
    pub(crate) added_at: String,
    /// When that was revoked, RFC 3339.
    pub(crate) revoked_at: Option<String>,
    /// What it last said.
    pub(crate) said: Option<GateSaid>,
}

/// What a gate said; times in RFC 3339.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GateSaid {
    /// When.
    pub(crate) at: String,
    /// Nothing that it received before is left on it.
    pub(crate) clear_until: String,
    /// When its certificate ends.
    pub(crate) certificate_until: String,
}

/// A gate that is on the list no more.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GateRevoked {
    /// Which.
    pub(crate) revoked: GateId,
}

/// Something is held.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Held {
    /// By which hold.
    pub(crate) held: HoldId,
}

/// A hold was released.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldReleased {
    /// Which.
    pub(crate) hold_released: HoldId,
}

/// Holds, newest first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldList {
    /// They.
    pub(crate) holds: Vec<Hold>,
}

/// A hold.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// Which.
    pub(crate) hold: HoldId,
    /// What sort of thing is held.
    pub(crate) target: ErasureTarget,
    /// Its id.
    pub(crate) object: String,
    /// On whose word.
    pub(crate) authority: Option<String>,
    /// Since when.
    pub(crate) since: String,
    /// When it was released.
    pub(crate) released_at: Option<String>,
}

/// A retirement was decided.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retiring {
    /// Which.
    pub(crate) retiring: RetirementId,
}

/// The log gets another key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogRotated {
    /// The verifier key that signed so far.
    pub(crate) before: String,
    /// The verifier key that signs from then on.
    pub(crate) key: String,
}

/// The key epochs, oldest first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EpochList {
    /// They.
    pub(crate) epochs: Vec<EpochSaid>,
}

/// A key epoch.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EpochSaid {
    /// Its number.
    pub(crate) number: i64,
    /// `made`, `open`, `closed` or `retired`.
    pub(crate) stage: String,
    /// Since when it is open.
    pub(crate) opened_at: String,
    /// The kind of provider that has its root key.
    pub(crate) provider: String,
    /// Its retirement.
    pub(crate) retirement: Option<RetirementSaid>,
}

/// The retirement of a key epoch.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetirementSaid {
    /// Which.
    pub(crate) retirement: RetirementId,
    /// On whose word.
    pub(crate) authority: Option<String>,
    /// When it was decided.
    pub(crate) decided_at: String,
    /// Erasures that were live before this become final with it.
    pub(crate) final_before: String,
    /// When each step was taken: `turned`, `emptied`, `destroyed`.
    pub(crate) steps: BTreeMap<String, String>,
    /// What it waits for, in words.
    pub(crate) waits: Option<String>,
}

/// What the catalogue says of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogued {
    /// Which.
    pub(crate) backup: BackupId,
    /// A moment before all that its copy of the data holds was read, microseconds.
    pub(crate) taken_at: Timestamp,
    /// Entries in the log of that copy.
    pub(crate) log_size: u64,
    /// Its root.
    pub(crate) log_root: Digest,
    /// The newest key epoch in the copy of the vault.
    pub(crate) epoch: i64,
    /// The digest of the copy of the data.
    pub(crate) data: Digest,
    /// The digest of the copy of the vault.
    pub(crate) vault: Digest,
    /// How many sealed files lie with them.
    pub(crate) files: u64,
}

/// A backup is in the catalogue.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackupEntered {
    /// Which.
    pub(crate) backup_entered: BackupId,
}

/// Backups, newest first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackupList {
    /// They.
    pub(crate) backups: Vec<BackupSaid>,
}

/// A backup as it is shown.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackupSaid {
    /// What it holds.
    pub(crate) catalogued: Catalogued,
    /// Where it lies.
    pub(crate) whereabouts: Option<String>,
    /// When it was tried last.
    pub(crate) drilled_at: Option<String>,
    /// Whether all of it was as it should be then.
    pub(crate) drilled_sound: Option<bool>,
}

/// What a trial showed is on the log.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackupDrilled {
    /// As which.
    pub(crate) drilled: DrillId,
}

/// An invitation.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invited {
    /// Who.
    pub(crate) person: PersonId,
    /// The link's path; it works once.
    pub(crate) path: String,
    /// Until when it works, RFC 3339.
    pub(crate) expires_at: String,
}

/// What came in, by kind and outcome.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Intake {
    /// Posts that were acknowledged.
    pub(crate) posts: u64,
    /// Posts that lie in the spool and are not among the others yet.
    #[serde(default)]
    pub(crate) spooled: u64,
    /// Posts whose items are still to be recorded.
    pub(crate) waiting: u64,
    /// Of these, posts that could not be recorded so far and are tried again later.
    pub(crate) postponed: u64,
    /// By kind of item.
    pub(crate) kinds: BTreeMap<String, Outcomes>,
}

/// What became of the items of one kind.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcomes {
    /// Recorded as messages and ticks.
    pub(crate) recorded: u64,
    /// Kept whole.
    pub(crate) kept: u64,
    /// Seen before; nothing was changed.
    pub(crate) repeated: u64,
}

/// What is kept whole.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptList {
    /// How many there are, by reason.
    pub(crate) reasons: BTreeMap<String, u64>,
    /// Some of them, oldest first.
    pub(crate) items: Vec<KeptItem>,
    /// Where the list goes on.
    pub(crate) next: Option<KeptId>,
}

/// Something that is kept whole; what it says stays sealed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptItem {
    /// Which.
    pub(crate) id: KeptId,
    /// The connection that it came through.
    pub(crate) connection: ConnectionId,
    /// Why.
    pub(crate) reason: String,
    /// How many bytes it takes, sealed.
    pub(crate) sealed_bytes: usize,
    /// When it was recorded, RFC 3339.
    pub(crate) recorded_at: String,
    /// When somebody shall look whether it can be understood by then, RFC 3339.
    pub(crate) review_at: String,
}
