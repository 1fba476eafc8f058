//! Composition: from settings to an installation that is open, with its store, vault and use cases.
//!
//! This is the only place that knows how the parts hang together. It opens; it never decides what is done with what it opened.

use crate::config::Settings;
use crate::config::blobs::BlobPlace;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_flow::organisation::open::{For, purpose};
use counterfoil_flow::{Flow, FlowParts, FlowSettings, PasSettings};
use counterfoil_model::InstallationId;
use counterfoil_store::{Blobs, KeyDatabase, Store};
use counterfoil_vault::{KeyFolder, Vault};
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
        let (store, keys) = databases(settings, system, opening).await?;
        let Some((id, purpose)) = purpose(&store).await.context("the database could not be read")? else {
            bail!("the database is empty: make an installation with `counterfoil init`");
        };
        let root = Arc::new(key_folder(settings, system)?);
        let (clock, random) = (Arc::clone(&system.clock), Arc::clone(&system.random));
        let vault = Vault::start(Arc::clone(&keys) as _, root, id, clock, random)
            .await
            .with_context(|| {
                let folder = settings.keys.folder.display();
                format!("the vault did not open; is {folder} the key folder of this installation?")
            })?;
        let flow = flow(settings, system, &store, &vault, id).await?;
        Ok(Self {
            store,
            keys,
            vault,
            flow,
            id,
            purpose,
        })
    }

    /// Finishes what waits and closes both databases.
    pub(crate) async fn close(self) {
        self.store.close().await;
        self.keys.close().await;
    }
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
    let keys = keys.context("the vault's database could not be opened")?;
    Ok((store, Arc::new(keys)))
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
        },
    };
    Flow::new(parts).await.context("the installation could not be read")
}

/// The name of the log in its checkpoints. It must never change, so it hangs on nothing that an operator may change.
fn log_origin(installation: InstallationId) -> String {
    format!("counterfoil/{installation}")
}

/// The way to the provider and to other systems.
fn http() -> anyhow::Result<reqwest::Client> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(30))
        .user_agent(concat!("counterfoil/", env!("CARGO_PKG_VERSION")))
        .build();
    client.context("the HTTP client could not be made")
}
