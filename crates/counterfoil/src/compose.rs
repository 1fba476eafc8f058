//! Composition: from settings to an installation that is open, with its store, vault and use cases.
//!
//! This is the only place that knows how the parts hang together. It opens; it never decides what is done with what it opened.

use crate::config::Settings;
use crate::config::blobs::BlobPlace;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_flow::gates::pass::PassFile;
use counterfoil_flow::intake::door::{DoorParts, IntakeDoor};
use counterfoil_flow::intake::shelf::KitShelf;
use counterfoil_flow::organisation::open::{For, purpose};
use counterfoil_flow::{Flow, FlowParts, FlowSettings, PasSettings};
use counterfoil_model::InstallationId;
use counterfoil_store::{Blobs, Failure, KeyDatabase, Spool, Store};
use counterfoil_vault::{KeyFolder, KitKey, Vault};
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::sync::Arc;
use std::time::Duration;

/// An installation, open.
pub(crate) struct House {
    /// Its rows.
    pub(crate) store: Store,
    /// The vault's rows.
    pub(crate) keys: Arc<KeyDatabase>,
    /// Its keys.
    pub(crate) vault: Vault,
    /// Its use cases.
    pub(crate) flow: Flow,
    /// Which it is.
    pub(crate) id: InstallationId,
    /// What it is for.
    pub(crate) purpose: For,
}

/// How an installation is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// To work in: one process at a time where the data is a folder.
    Working,
    /// To look, beside a server that may be running.
    Looking,
}

impl House {
    /// Opens the installation that `settings` name, to work in. A demo's data is refused.
    ///
    /// # Errors
    /// What could not be opened and what to do about it.
    pub(crate) async fn open(settings: &Settings, system: &System) -> anyhow::Result<Self> {
        let house = Self::open_any(settings, system, Opening::Working).await?;
        house.refuse_demo(settings).await
    }

    /// Opens the installation behind a door that is there already. A demo's data is refused.
    ///
    /// # Errors
    /// As [`Self::open`]; [`is_absence`] tells whether waiting is right.
    pub(crate) async fn open_behind(door: &IntakeDoor, settings: &Settings, system: &System) -> anyhow::Result<Self> {
        let house = Self::behind(Some(door), settings, system, Opening::Working).await?;
        house.refuse_demo(settings).await
    }

    /// Opens the installation that `settings` name, to look. A demo's data may be looked at.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) async fn look(settings: &Settings, system: &System) -> anyhow::Result<Self> {
        Self::open_any(settings, system, Opening::Looking).await
    }

    async fn refuse_demo(self, settings: &Settings) -> anyhow::Result<Self> {
        if self.purpose == For::Demo {
            self.close().await;
            bail!(
                "the data in {} was made by `counterfoil demo`: its people are invented and its log-in is open to everybody on \
                 this machine; make an installation of your own with `counterfoil init`",
                settings.storage.data.display()
            );
        }
        Ok(self)
    }

    /// Opens the installation that `settings` name, whatever it is for.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) async fn open_any(settings: &Settings, system: &System, opening: Opening) -> anyhow::Result<Self> {
        Self::behind(None, settings, system, opening).await
    }

    /// Opens the installation, behind `door` if there is one already.
    async fn behind(
        door: Option<&IntakeDoor>,
        settings: &Settings,
        system: &System,
        opening: Opening,
    ) -> anyhow::Result<Self> {
        let (store, keys) = databases(settings, system, opening).await?;
        let opened = Self::over(&store, &keys, door, settings, system, opening).await;
        if opened.is_err() {
            store.close().await;
            keys.close().await;
        }
        opened
    }

    /// Opens the rest over open databases.
    ///
    /// # Errors
    /// What could not be opened and what to do about it.
    pub(crate) async fn over(
        store: &Store,
        keys: &Arc<KeyDatabase>,
        door: Option<&IntakeDoor>,
        settings: &Settings,
        system: &System,
        opening: Opening,
    ) -> anyhow::Result<Self> {
        let Some((id, purpose)) = purpose(store).await.context("the database could not be read")? else {
            bail!("the database is empty: make an installation with `counterfoil init`");
        };
        let root = Arc::new(key_folder(settings, system)?);
        let (clock, random) = (Arc::clone(&system.clock), Arc::clone(&system.random));
        let vault = Vault::start(Arc::clone(keys) as _, root, id, clock, random)
            .await
            .with_context(|| {
                let folder = settings.keys.folder.display();
                format!("the vault did not open; is {folder} the key folder of this installation?")
            })?;
        let door = match (door, opening) {
            (Some(door), _) => Some(door.clone()),
            (None, Opening::Working) => Some(intake_door(settings, system, id)?),
            (None, Opening::Looking) => None,
        };
        let flow = flow(settings, system, store, &vault, id, door).await?;
        Ok(Self {
            store: store.clone(),
            keys: Arc::clone(keys),
            vault,
            flow,
            id,
            purpose,
        })
    }

    /// Closes both databases and leaves the door as it is.
    pub(crate) async fn leave(self) {
        self.store.close().await;
        self.keys.close().await;
    }

    /// Finishes what waits, closes both databases and lets go of the spool.
    pub(crate) async fn close(self) {
        if let Some(door) = self.flow.intake() {
            door.close().await;
        }
        self.leave().await;
    }
}

/// Whether an error says that a database is not there now, so that waiting is right; not that something must be set right first.
pub(crate) fn is_absence(error: &anyhow::Error) -> bool {
    let failure = |cause: &(dyn std::error::Error + 'static)| {
        let shared = cause.downcast_ref::<Arc<Failure>>().map(AsRef::as_ref);
        cause
            .downcast_ref::<Failure>()
            .or(shared)
            .is_some_and(Failure::is_absence)
    };
    error.chain().any(failure)
}

/// The door of an installation: its spool, and the shelf for its kit. The key of the kit is made when it is not there.
///
/// # Errors
/// What cannot be used and what to do about it.
pub(crate) fn intake_door(settings: &Settings, system: &System, id: InstallationId) -> anyhow::Result<IntakeDoor> {
    let key = key_folder(settings, system)?
        .kit_key_make(id)
        .context("the key of the intake kit cannot be used")?;
    door(settings, system, id, key)
}

/// The door of the installation whose kit lies in the data folder, ready to take posts in without a database. `None` when there is
/// no kit yet.
///
/// # Errors
/// Why the kit or the spool cannot be used.
pub(crate) fn intake_door_from_kit(settings: &Settings, system: &System) -> anyhow::Result<Option<IntakeDoor>> {
    let Some(id) = KitShelf::installation_at(&settings.intake.kit) else {
        return Ok(None);
    };
    let door = intake_door(settings, system, id)?;
    if let Err(error) = door.load() {
        // It is made anew as soon as the databases are here.
        let error = &error as &dyn std::error::Error;
        tracing::error!(
            error,
            "the intake kit cannot be used; nothing is taken in until the databases answer"
        );
    }
    Ok(Some(door))
}

/// The door of a gate, with its pass. The data folder and the key of the kit are made when they are not there.
///
/// # Errors
/// What cannot be used and what to do about it.
pub(crate) fn gate_door(settings: &Settings, system: &System) -> anyhow::Result<(IntakeDoor, PassFile)> {
    let mut pass = PassFile::open(&settings.gates.pass)?;
    let data = &settings.storage.data;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .with_context(|| format!("the data folder {} cannot be made", data.display()))?;
    let door = intake_door(settings, system, pass.installation())?;
    if settings.intake.kit.exists() {
        door.load().with_context(|| {
            format!(
                "if it is not of this gate's pass, remove {}",
                settings.intake.kit.display()
            )
        })?;
    }
    pass.unpack(door.shelf())?;
    Ok((door, pass))
}

fn door(settings: &Settings, system: &System, id: InstallationId, key: KitKey) -> anyhow::Result<IntakeDoor> {
    let intake = &settings.intake;
    let spool = Spool::open(&intake.spool, intake.spool_bytes).context("the spool cannot be used")?;
    Ok(IntakeDoor::new(DoorParts {
        shelf: KitShelf::new(&intake.kit, key, id, Arc::clone(&system.random)),
        spool,
        clock: Arc::clone(&system.clock),
        random: Arc::clone(&system.random),
    }))
}

/// Opens both databases.
///
/// # Errors
/// What could not be opened and what to do about it.
pub(crate) async fn databases(
    settings: &Settings,
    system: &System,
    opening: Opening,
) -> anyhow::Result<(Store, Arc<KeyDatabase>)> {
    let (storage, values) = (&settings.storage, &settings.values);
    let records = storage.records.place("database", values)?;
    let vault = storage.vault.place("vault", values)?;
    let (clock, random) = (Arc::clone(&system.clock), Arc::clone(&system.random));
    let (store, keys) = match opening {
        Opening::Working => (
            Store::open(&records, clock, random).await,
            KeyDatabase::open(&vault).await,
        ),
        Opening::Looking => (
            Store::open_read_only(&records, clock, random).await,
            KeyDatabase::open_read_only(&vault).await,
        ),
    };
    let store = store.context("the database of the records could not be opened")?;
    match keys.context("the vault's database could not be opened") {
        Ok(keys) => Ok((store, Arc::new(keys))),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

/// Opens the key folder.
///
/// # Errors
/// Why it cannot be used and what to do about it.
pub(crate) fn key_folder(settings: &Settings, system: &System) -> anyhow::Result<KeyFolder> {
    let (keys, data) = (&settings.keys, &settings.storage.data);
    KeyFolder::open(&keys.folder, data, keys.beside_data, Arc::clone(&system.random))
        .context("the key folder cannot be used")
}

/// The place of blobs. Of a bucket nothing is asked yet.
///
/// # Errors
/// Why it cannot be used.
pub(crate) fn blobs(settings: &Settings) -> anyhow::Result<Blobs> {
    match &settings.storage.blobs {
        BlobPlace::Folder(folder) => Blobs::in_folder(folder).context("the folder of sealed files cannot be used"),
        BlobPlace::Bucket(place) => {
            Blobs::in_bucket(&place.bucket(&settings.values)?).context("the bucket of sealed files cannot be used")
        }
    }
}

/// Puts the use cases together.
///
/// # Errors
/// What is missing.
pub(crate) async fn flow(
    settings: &Settings,
    system: &System,
    store: &Store,
    vault: &Vault,
    installation: InstallationId,
    intake: Option<IntakeDoor>,
) -> anyhow::Result<Flow> {
    let pas = match &settings.pas {
        None => None,
        Some(pas) => Some(PasSettings {
            url: pas.url.as_str().trim_end_matches('/').to_owned(),
            token: pas.token(&settings.values)?,
        }),
    };
    let parts = FlowParts {
        store: store.clone(),
        vault: vault.clone(),
        blobs: blobs(settings)?,
        clock: Arc::clone(&system.clock),
        random: Arc::clone(&system.random),
        http: http()?,
        settings: FlowSettings {
            log_origin: log_origin(installation),
            pas,
            retire_every: settings.keys.retire_every,
        },
        intake,
    };
    Flow::new(parts).await.context("the installation could not be read")
}

/// The name of the log in its checkpoints. It must never change, so it hangs on nothing that an operator may change.
pub(crate) fn log_origin(installation: InstallationId) -> String {
    format!("counterfoil/{installation}")
}

/// How long a connection to another system is kept when nothing is asked. Kept, it holds the address of the first request that went over it,
/// and the policy administration system's name the claim.
const IDLE: Duration = Duration::from_secs(4);

/// The way to the provider and to other systems.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn http() -> anyhow::Result<reqwest::Client> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(30))
        .pool_idle_timeout(IDLE)
        .user_agent(concat!("counterfoil/", env!("CARGO_PKG_VERSION")))
        .build();
    client.context("the HTTP client could not be made")
}
