//! The intake kit on this node's disk: what is needed to verify and seal a post while every database is away
//! (`docs/formats/intake-kit.md`).
//!
//! It is used for every post, not only in need, so that it cannot rot unseen. It is written anew when a connection changes and when
//! a day has passed; it opens no post, for the private halves of its keys stay in the vault.

use crate::context::Unavailable;
use counterfoil_model::{ConnectionId, InstallationId, Opened, Random, Timestamp};
use counterfoil_vault::{Day, IntakePublic, IntakeSealer, KitError, KitKey, OpenedKit, ReferenceKey};
use counterfoil_whatsapp::client::{AccessToken, Client, ClientOptions};
use counterfoil_whatsapp::webhook::{AppSecret, VerifyToken};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use url::Url;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many days ahead a node can seal without the vault.
pub const DAYS_AHEAD: u32 = 14;

/// Why a kit cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The file could not be read or written.
    #[error("the intake kit {path} could not be read or written")]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It does not open.
    #[error("the intake kit {path} cannot be used: {source}")]
    Seal {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: KitError,
    },
    /// It opened, and what it says makes no sense to this version.
    #[error("the intake kit {path} says something that this version does not understand")]
    Content {
        /// The file.
        path: PathBuf,
    },
}

/// What a kit says. Never change what a field means; add another.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct KitContent {
    /// Public keys by day.
    pub(crate) days: Vec<KitDay>,
    /// The key under which spooled files are named.
    pub(crate) reference: [u8; 32],
    /// The connections.
    pub(crate) connections: Vec<KitConnection>,
}

/// The public key of one day.
#[derive(Serialize, Deserialize, Zeroize)]
pub(crate) struct KitDay {
    pub(crate) day: u32,
    pub(crate) key: [u8; 32],
}

/// A connection, as far as a hook needs it.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct KitConnection {
    pub(crate) id: [u8; 16],
    pub(crate) app_secrets: Vec<String>,
    pub(crate) verify_token: String,
    pub(crate) access_token: String,
    pub(crate) graph_url: String,
    pub(crate) graph_version: String,
}

/// A kit ready for use.
pub(crate) struct IntakeKit {
    made_at: Timestamp,
    days: Vec<IntakeSealer>,
    pub(crate) reference: ReferenceKey,
    connections: HashMap<ConnectionId, Arc<HookConnection>>,
}

/// How a kit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KitReport {
    /// When it was made.
    pub made_at: Timestamp,
    /// How many connections it knows.
    pub connections: usize,
    /// Until when posts can be sealed with it.
    pub until: Timestamp,
}

/// A connection as a hook uses it.
pub(crate) struct HookConnection {
    pub(crate) secrets: Vec<AppSecret>,
    pub(crate) verify_token: VerifyToken,
    pub(crate) client: Client,
}

impl IntakeKit {
    pub(crate) fn connection(&self, id: ConnectionId) -> Option<Arc<HookConnection>> {
        self.connections.get(&id).cloned()
    }

    /// The key to seal to now: today's, or the first one when the clock stands before it. `None` when all have had their day.
    pub(crate) fn sealer(&self, now: Timestamp) -> Option<&IntakeSealer> {
        let today = Day::of(now);
        self.days.iter().find(|sealer| sealer.public().day() >= today)
    }

    fn read(opened: &OpenedKit, random: &dyn Random) -> Option<Self> {
        let content: KitContent = serde_json::from_slice(opened.content.expose()).ok()?;
        let public =
            |day: &KitDay| IntakePublic::from_kit(opened.installation, Day::from_number(day.day), day.key, random);
        let mut days = content.days.iter().map(public).collect::<Option<Vec<_>>>()?;
        days.sort_by_key(IntakePublic::day);
        let days = days.into_iter().map(IntakeSealer::new).collect();
        let mut connections = HashMap::new();
        for connection in &content.connections {
            let id = ConnectionId::from_bytes(connection.id);
            connections.insert(id, Arc::new(connection.ready()?));
        }
        Some(Self {
            made_at: opened.made_at,
            days,
            reference: ReferenceKey::from_slice(&content.reference)?,
            connections,
        })
    }
}

impl KitConnection {
    fn ready(&self) -> Option<HookConnection> {
        let secrets = || self.app_secrets.iter().map(|secret| AppSecret::new(secret.clone()));
        let token = AccessToken::new(self.access_token.clone());
        let mut options = ClientOptions::new(Url::parse(&self.graph_url).ok()?, self.graph_version.clone(), token);
        options.app_secret = secrets().next();
        Some(HookConnection {
            secrets: secrets().collect(),
            verify_token: VerifyToken::new(self.verify_token.clone()),
            client: Client::new(options).ok()?,
        })
    }
}

/// Where this node's kit lies. Cheap to clone.
#[derive(Clone)]
pub struct KitShelf {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    key: Arc<KitKey>,
    installation: InstallationId,
    random: Arc<dyn Random>,
    current: RwLock<Option<Arc<IntakeKit>>>,
    /// What the file says, to write it only when that changes.
    written: RwLock<Option<Opened<Vec<u8>>>>,
}

impl KitShelf {
    /// Whose kit lies at `path`, if there is one that looks like a kit; sure only once it has been opened.
    pub fn installation_at(path: &Path) -> Option<InstallationId> {
        let kit = fs::read(path).ok()?;
        KitKey::of(&kit).ok().map(|(installation, _)| installation)
    }

    /// A shelf on which nothing needs to lie yet.
    pub fn new(path: &Path, key: KitKey, installation: InstallationId, random: Arc<dyn Random>) -> Self {
        Self {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                key: Arc::new(key),
                installation,
                random,
                current: RwLock::default(),
                written: RwLock::default(),
            }),
        }
    }

    /// Reads the kit that lies on it.
    ///
    /// # Errors
    /// See [`ShelfError`].
    pub fn load(&self) -> Result<(), ShelfError> {
        let path = || self.shared.path.clone();
        let disk = |source| ShelfError::Disk { path: path(), source };
        let seal = |source| ShelfError::Seal { path: path(), source };
        let bytes = fs::read(&self.shared.path).map_err(disk)?;
        let opened = self.shared.key.open(&bytes).map_err(seal)?;
        if opened.installation != self.shared.installation {
            return Err(seal(KitError::Altered));
        }
        let kit = IntakeKit::read(&opened, self.shared.random.as_ref())
            .ok_or_else(|| ShelfError::Content { path: path() })?;
        self.put(kit, opened.content);
        Ok(())
    }

    /// The kit, if there is one.
    pub(crate) fn kit(&self) -> Option<Arc<IntakeKit>> {
        self.shared
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How the kit stands, if there is one with keys.
    pub fn report(&self) -> Option<KitReport> {
        let kit = self.kit()?;
        let last = kit.days.last()?.public().day();
        Some(KitReport {
            made_at: kit.made_at,
            connections: kit.connections.len(),
            until: Timestamp::from_seconds((i64::from(last.number()) + 1) * 86_400),
        })
    }

    /// What the kit says and when it was made, for another node of this installation.
    pub(crate) fn content(&self) -> Option<(Timestamp, KitContent)> {
        let made_at = self.kit()?.made_at;
        let written = self.shared.written.read().unwrap_or_else(PoisonError::into_inner);
        let content = serde_json::from_slice(written.as_ref()?.expose()).ok()?;
        Some((made_at, content))
    }

    /// Takes nothing in any more, until there is another kit; whether there was one.
    ///
    /// # Errors
    /// [`ShelfError::Disk`]: after a restart the old one would be used.
    pub(crate) fn clear(&self) -> Result<bool, ShelfError> {
        let was = self
            .shared
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        *self.shared.written.write().unwrap_or_else(PoisonError::into_inner) = None;
        match fs::remove_file(&self.shared.path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(ShelfError::Disk {
                path: self.shared.path.clone(),
                source,
            }),
            _ => Ok(was.is_some()),
        }
    }

    /// Uses `content` from now on and writes it, when it is not what lies there already.
    ///
    /// # Errors
    /// [`ShelfError::Disk`]: it is used all the same, but after a restart the old one would be. [`ShelfError::Content`].
    pub(crate) fn shelve(&self, content: &KitContent, made_at: Timestamp) -> Result<(), ShelfError> {
        let shared = &self.shared;
        let unusable = || ShelfError::Content {
            path: shared.path.clone(),
        };
        let bytes = Opened::new(serde_json::to_vec(content).map_err(|_| unusable())?);
        let same =
            |written: &Option<Opened<Vec<u8>>>| written.as_ref().is_some_and(|old| old.expose() == bytes.expose());
        if same(&shared.written.read().unwrap_or_else(PoisonError::into_inner)) && shared.path.exists() {
            return Ok(());
        }
        let sealed = shared
            .key
            .seal(shared.installation, made_at, &bytes, shared.random.as_ref());
        let opened = OpenedKit {
            installation: shared.installation,
            made_at,
            content: bytes,
        };
        let kit = IntakeKit::read(&opened, shared.random.as_ref()).ok_or_else(unusable)?;
        let written = replace(&shared.path, &sealed);
        *shared.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(kit));
        written.map_err(|source| ShelfError::Disk {
            path: shared.path.clone(),
            source,
        })?;
        *shared.written.write().unwrap_or_else(PoisonError::into_inner) = Some(opened.content);
        Ok(())
    }

    fn put(&self, kit: IntakeKit, content: Opened<Vec<u8>>) {
        *self.shared.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(kit));
        *self.shared.written.write().unwrap_or_else(PoisonError::into_inner) = Some(content);
    }
}

/// Replaces the file at `path` by a whole new one for its owner alone, on disk before the old one goes.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

impl From<ShelfError> for Unavailable {
    fn from(error: ShelfError) -> Self {
        Self(Box::new(error))
    }
}
