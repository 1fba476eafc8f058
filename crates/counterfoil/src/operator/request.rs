//! What can be asked through the operator socket.

use super::answer::Catalogued;
use counterfoil_flow::erasure::challenge::Attempt;
use counterfoil_model::erasure::{ErasureReason, ErasureTarget};
use counterfoil_model::{BackupId, ErasureId, GateId, HoldId, KeptId, MessageId};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// One line from a command. Never change what a field means; add another request.
#[derive(Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Request {
    /// Set up a connection with its first number.
    ConnectionAdd(NewConnection),
    /// List the connections.
    ConnectionList,
    /// Add a gate.
    GateAdd {
        /// What operators call it.
        title: String,
        /// Where it finds full nodes.
        nodes: Vec<String>,
    },
    /// List the gates.
    GateList,
    /// Take a gate off the list.
    GateRevoke {
        /// Which.
        gate: GateId,
    },
    /// Erase something for good.
    Erase {
        /// What sort of thing: `message`, `attachment`, `conversation`, `contact`, or `older`.
        target: ErasureTarget,
        /// Its id as written; of `older` the moment, as RFC 3339 has it.
        id: String,
        /// Why: `request`, `retention`, `mistake`, `order`.
        reason: ErasureReason,
        /// On whose word.
        authority: String,
        /// Messages of it that stay all the same.
        #[serde(default)]
        keep: Vec<MessageId>,
        /// Why they stay.
        #[serde(default)]
        ground: Option<String>,
    },
    /// Show what would be erased, some items at a time.
    ErasePreview {
        /// What sort of thing.
        target: ErasureTarget,
        /// Its id as written.
        id: String,
        /// After which message.
        after: Option<MessageId>,
    },
    /// Hold something from being erased.
    HoldPlace {
        /// What sort of thing.
        target: ErasureTarget,
        /// Its id as written.
        id: String,
        /// On whose word.
        authority: String,
    },
    /// Release a hold.
    HoldRelease {
        /// Which.
        hold: HoldId,
    },
    /// List holds, newest first.
    HoldList {
        /// Before which.
        before: Option<HoldId>,
        /// How many at most.
        limit: usize,
    },
    /// Show what an erasure did.
    ErasureShow {
        /// Which.
        erasure: ErasureId,
    },
    /// List erasures, newest first.
    ErasureList {
        /// Before which.
        before: Option<ErasureId>,
        /// How many at most.
        limit: usize,
    },
    /// Put on the log what the challenger found.
    ErasureChallenged {
        /// Of which erasure.
        erasure: ErasureId,
        /// Place by place.
        attempts: Vec<Attempt>,
    },
    /// Enter a backup in the catalogue.
    BackupEnter {
        /// What it holds.
        backup: Catalogued,
        /// Where it lies.
        whereabouts: String,
    },
    /// Show one backup.
    BackupShow {
        /// Which.
        backup: BackupId,
    },
    /// List backups, newest first.
    BackupList {
        /// Before which.
        before: Option<BackupId>,
        /// How many at most.
        limit: usize,
    },
    /// Enter what the trial of a backup showed.
    BackupDrilled {
        /// Of which.
        backup: BackupId,
        /// Whether all of it was as it should be.
        sound: bool,
        /// How many sealed values opened.
        opened: u64,
    },
    /// Retire the open key epoch.
    EpochRetire {
        /// On whose word.
        authority: String,
    },
    /// List the key epochs with their retirements.
    EpochList,
    /// Have the log be signed with another key.
    LogRotate,
    /// Invite a person.
    Invite {
        /// Their name.
        name: String,
        /// What they are here to do: `agent`, `supervisor`, `administrator`.
        roles: Vec<String>,
    },
    /// Count what came in.
    IntakeStats,
    /// List what is kept whole.
    IntakeKept {
        /// After which item.
        after: Option<KeptId>,
        /// How many at most.
        limit: usize,
    },
}

impl Request {
    /// Whether nothing is changed by it.
    pub(crate) fn only_reads(&self) -> bool {
        matches!(
            self,
            Self::ConnectionList
                | Self::GateList
                | Self::HoldList { .. }
                | Self::ErasePreview { .. }
                | Self::ErasureShow { .. }
                | Self::ErasureList { .. }
                | Self::BackupShow { .. }
                | Self::BackupList { .. }
                | Self::EpochList
                | Self::IntakeStats
                | Self::IntakeKept { .. }
        )
    }
}

/// What is needed to connect a number, on its way over the socket; wiped when dropped.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConnection {
    /// What staff call it.
    pub(crate) title: String,
    /// The app's secret.
    pub(crate) app_secret: String,
    /// The app's secret before it was rotated.
    pub(crate) previous_app_secret: Option<String>,
    /// The token for the handshake.
    pub(crate) verify_token: String,
    /// The access token.
    pub(crate) access_token: String,
    /// Where the Cloud API is.
    pub(crate) graph_url: String,
    /// Its version.
    pub(crate) graph_version: String,
    /// The number's id at the provider.
    pub(crate) phone_number_id: String,
    /// The number as people read it.
    pub(crate) display_number: String,
}

impl Drop for NewConnection {
    fn drop(&mut self) {
        self.app_secret.zeroize();
        self.previous_app_secret.zeroize();
        self.verify_token.zeroize();
        self.access_token.zeroize();
    }
}
