//! What every use case works with: rows, keys, the clock, and the ways to the provider and to other systems.

use crate::attachment::blob;
use crate::connections::kit::Kits;
use crate::custody::sequence::Sequencer;
use crate::intake::door::IntakeDoor;
use crate::intake::fresh::Fresh;
use crate::intake::senders::Senders;
use crate::intake::work::Recorder;
use crate::outbound::pace::Pace;
use crate::people::password::Kitchen;
use counterfoil_model::{Clock, ConversationId, NodeId, Random, Secret, Timestamp, TreeId};
use counterfoil_policy::{Actor, Machine, Reach, reach};
use counterfoil_store::Store;
use counterfoil_store::blobs::Blobs;
use counterfoil_store::rows::ConversationRow;
use counterfoil_vault::Vault;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell, Semaphore, watch};

/// All use cases of one installation; cheap to clone.
#[derive(Clone)]
pub struct Flow {
    pub(crate) inner: Arc<Inner>,
}

/// What a [`Flow`] is made of.
pub struct FlowParts {
    /// Rows.
    pub store: Store,
    /// Files.
    pub blobs: Blobs,
    /// Keys.
    pub vault: Vault,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for keys.
    pub random: Arc<dyn Random>,
    /// The way to the provider and to other systems. It must not follow redirects.
    pub http: reqwest::Client,
    /// What the operator decided.
    pub settings: FlowSettings,
    /// The way in on this node; `None` for whoever only looks.
    pub intake: Option<IntakeDoor>,
}

/// What the operator decided, as far as use cases need it.
pub struct FlowSettings {
    /// The name of the log in its checkpoints: a host and path without scheme, such as `records.example.org/log`.
    pub log_origin: String,
    /// The policy administration system, if there is one.
    pub pas: Option<PasSettings>,
    /// How long a key epoch is open before it is retired by itself; `None`: only when somebody decides it.
    pub retire_every: Option<Duration>,
}

/// How to reach the policy administration system.
pub struct PasSettings {
    /// Its address, without a slash at the end.
    pub url: String,
    /// The token it knows us by.
    pub token: Secret,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) http: reqwest::Client,
    pub(crate) settings: FlowSettings,
    pub(crate) intake: Option<IntakeDoor>,
    pub(crate) node: NodeId,
    /// Since when this node has been there to hear of things.
    pub(crate) started_at: Timestamp,
    /// Room for files that are open as a whole.
    pub(crate) open_files: Arc<Semaphore>,
    pub(crate) kits: Kits,
    pub(crate) pace: Pace,
    pub(crate) kitchen: Kitchen,
    pub(crate) sequencer: Sequencer,
    /// Posts that were just made durable.
    pub(crate) fresh: Arc<Fresh>,
    /// The epoch of the lookup key that was written when this node last looked.
    pub(crate) lookup_epoch: AtomicI64,
    /// Who wrote lately, while this node records.
    pub(crate) senders: Senders,
    /// Whether there are marks from before marks had a time, once that was asked.
    pub(crate) marks_without_time: OnceCell<bool>,
    /// Who records what comes in.
    pub(crate) recorder: Mutex<Recorder>,
    /// The organisation's own key tree.
    pub(crate) organisation: TreeId,
    /// The newest event number that this node has seen.
    pub(crate) newest: watch::Sender<i64>,
    /// The newest event number up to which changed connections have been read.
    pub(crate) kits_as_of: AtomicI64,
}

impl Flow {
    /// Puts the parts together, and writes this node's intake kit. Nothing runs until [`Flow::run`].
    ///
    /// # Errors
    /// [`Unavailable`] when the connections cannot be read.
    pub async fn new(parts: FlowParts) -> Result<Self, Unavailable> {
        let FlowParts {
            store,
            blobs,
            vault,
            clock,
            random,
            http,
            settings,
            intake,
        } = parts;
        let fresh = intake.as_ref().map_or_else(Arc::default, IntakeDoor::fresh);
        let started_at = clock.wall();
        let node = NodeId::new(started_at, random.as_ref());
        let head = store.event_head().await?;
        let installation = store.installation_get().await?;
        let installation =
            installation.ok_or_else(|| Unavailable("this data has no installation yet: run init".into()))?;
        let inner = Inner {
            store,
            blobs,
            vault,
            clock,
            random,
            http,
            settings,
            intake,
            node,
            started_at,
            open_files: blob::room(),
            kits: Kits::default(),
            pace: Pace::default(),
            kitchen: Kitchen::default(),
            sequencer: Sequencer::default(),
            fresh,
            lookup_epoch: AtomicI64::new(installation.lookup_epoch),
            senders: Senders::default(),
            marks_without_time: OnceCell::new(),
            recorder: Mutex::default(),
            organisation: installation.tree,
            newest: watch::Sender::new(head),
            kits_as_of: AtomicI64::new(head),
        };
        let flow = Self { inner: Arc::new(inner) };
        flow.kits_load().await?;
        Ok(flow)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// The way in on this node.
    pub fn intake(&self) -> Option<&IntakeDoor> {
        self.inner.intake.as_ref()
    }

    pub(crate) fn organisation_tree(&self) -> TreeId {
        self.inner.organisation
    }

    /// A conversation, for the work that Counterfoil does by itself.
    pub(crate) async fn conversation(&self, id: ConversationId) -> Result<Option<ConversationRow>, Unavailable> {
        Ok(self.store().conversation_get(id, &everything()?).await?)
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.wall()
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.inner.random.as_ref()
    }
}

/// The reach of the work that Counterfoil does by itself.
pub(crate) fn everything() -> Result<Reach, Unavailable> {
    reach(&Actor::Machine(Machine::Upkeep)).map_err(|refusal| Unavailable(Box::new(refusal)))
}

/// Something under a use case did not answer: the database, the key store or the disk. Nothing was changed, or it is not
/// known whether it was; asking again is safe.
#[derive(Debug, thiserror::Error)]
#[error("a part of this installation did not answer")]
pub struct Unavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

macro_rules! unavailable_from {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Unavailable {
            fn from(error: $error) -> Self {
                Self(Box::new(error))
            }
        }
    )+};
}
unavailable_from!(
    counterfoil_store::ReadError,
    counterfoil_store::blobs::BlobError,
    counterfoil_store::CommitError,
    counterfoil_vault::VaultError,
    counterfoil_vault::OpenError,
);
