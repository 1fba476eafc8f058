//! The opened settings of each connection, kept in memory so that a post can be checked without asking the database.

use crate::Flow;
use crate::background::{Step, chain};
use crate::context::Unavailable;
use crate::intake::shelf::{DAYS_AHEAD, KitConnection, KitContent, KitDay};
use crate::live::event;
use counterfoil_model::{ChannelId, ConnectionId, TeamId, TreeId};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::read::Connected;
use counterfoil_vault::{Json, Kind, Label, Place};
use counterfoil_whatsapp::client::{AccessToken, Client, ClientOptions};
use counterfoil_whatsapp::webhook::AppSecret;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use url::Url;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A connection's settings as they are sealed. Never change what a field means; add another.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct ConnectionSettings {
    pub(crate) title: String,
    pub(crate) app_secret: String,
    #[serde(default)]
    pub(crate) previous_app_secret: Option<String>,
    pub(crate) verify_token: String,
    pub(crate) access_token: String,
    pub(crate) graph_url: String,
    pub(crate) graph_version: String,
}

/// A number's facts as they are sealed.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct ChannelAbout {
    pub(crate) phone_number_id: String,
    pub(crate) display_number: String,
}

/// A number that hangs on a connection.
pub(crate) struct ChannelKit {
    pub(crate) id: ChannelId,
    pub(crate) team: Option<TeamId>,
    pub(crate) phone_number_id: String,
    pub(crate) display_number: String,
}

/// A connection ready for use.
pub(crate) struct Kit {
    pub(crate) id: ConnectionId,
    pub(crate) tree: TreeId,
    pub(crate) title: String,
    pub(crate) client: Client,
    pub(crate) channels: Vec<ChannelKit>,
}

impl Kit {
    /// The number with this id at the provider.
    pub(crate) fn channel_named(&self, phone_number_id: Option<&str>) -> Option<&ChannelKit> {
        self.channels
            .iter()
            .find(|channel| Some(channel.phone_number_id.as_str()) == phone_number_id)
    }

    /// The provider's id of a number that hangs on this connection.
    pub(crate) fn phone_number_id(&self, channel: ChannelId) -> &str {
        self.channels
            .iter()
            .find(|each| each.id == channel)
            .map_or("", |each| &each.phone_number_id)
    }
}

/// How long the connections are used before they are read again: how late at the most it shows here that another node set one up.
const FRESH: Duration = Duration::from_secs(60);

/// Reads the connections again from time to time, so that this node's intake kit has them, and the keys of the coming days.
pub(crate) async fn step(flow: Flow) -> Result<Step, Unavailable> {
    let now = flow.inner.clock.monotonic();
    let read_at = *flow.inner.kits.read_at.lock().unwrap_or_else(PoisonError::into_inner);
    let due = read_at + FRESH;
    if now < due {
        return Ok(Step::Until(due - now));
    }
    flow.kits_load().await?;
    Ok(Step::Idle)
}

/// What a hook needs of a connection.
fn hook(id: ConnectionId, settings: &ConnectionSettings) -> KitConnection {
    KitConnection {
        id: *id.bytes(),
        app_secrets: std::iter::once(&settings.app_secret)
            .chain(settings.previous_app_secret.as_ref())
            .cloned()
            .collect(),
        verify_token: settings.verify_token.clone(),
        access_token: settings.access_token.clone(),
        graph_url: settings.graph_url.clone(),
        graph_version: settings.graph_version.clone(),
    }
}

fn client(settings: &ConnectionSettings) -> Result<Client, Unavailable> {
    let away = |error: Box<dyn std::error::Error + Send + Sync>| Unavailable(error);
    let base = Url::parse(&settings.graph_url).map_err(|error| away(Box::new(error)))?;
    let token = AccessToken::new(settings.access_token.clone());
    let mut options = ClientOptions::new(base, settings.graph_version.clone(), token);
    options.app_secret = Some(AppSecret::new(settings.app_secret.clone()));
    Client::new(options).map_err(|error| away(Box::new(error)))
}

/// All connections ready for use.
#[derive(Default)]
pub(crate) struct Kits {
    by_id: RwLock<HashMap<ConnectionId, Arc<Kit>>>,
    /// When they were last read, in steady time.
    read_at: Mutex<Duration>,
}

impl Flow {
    /// The connection with this id, if there is one.
    pub(crate) fn kit(&self, id: ConnectionId) -> Option<Arc<Kit>> {
        self.inner
            .kits
            .by_id
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    /// All connections, by the time they were set up.
    pub(crate) fn kits(&self) -> Vec<Arc<Kit>> {
        let mut all: Vec<_> = self
            .inner
            .kits
            .by_id
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect();
        all.sort_by_key(|kit| kit.id);
        all
    }

    /// The connection and number that a conversation's messages leave through.
    pub(crate) fn kit_of(&self, channel: ChannelId) -> Option<Arc<Kit>> {
        self.kits()
            .into_iter()
            .find(|kit| kit.channels.iter().any(|each| each.id == channel))
    }

    /// Reads all connections afresh when one was changed, on whatever node, up to the event `head`.
    pub(crate) async fn kits_follow(&self, head: i64) -> Result<(), Unavailable> {
        let seen = self.inner.kits_as_of.load(Ordering::Relaxed);
        if head <= seen {
            return Ok(());
        }
        if self.store().event_since(event::CONNECTION_CHANGED, seen, head).await? {
            self.kits_load().await?;
        }
        self.inner.kits_as_of.store(head, Ordering::Relaxed);
        Ok(())
    }

    /// Reads and opens all connections afresh.
    pub(crate) async fn kits_load(&self) -> Result<(), Unavailable> {
        let connections = self.store().connection_list().await?;
        let channels = self.store().channel_list().await?;
        let mut kits = HashMap::new();
        let mut hooks = Vec::new();
        for Connected { connection, settings } in connections {
            let Some(settings_row) = settings else { continue };
            let place = Place {
                kind: Kind::ConnectionSettings,
                object: *settings_row.id.bytes(),
                label: Label::Settings,
            };
            let permit = machine_permit(Machine::Upkeep, vec![place.object]);
            let sealed = settings_row.settings.retyped::<Json<ConnectionSettings>>();
            let opened = self.vault().open(&permit, place, &sealed).await?;
            let settings = &opened.expose().0;
            let mut own = Vec::new();
            for channel in channels.iter().filter(|channel| channel.connection == connection.id) {
                let place = Place {
                    kind: Kind::Channel,
                    object: *channel.id.bytes(),
                    label: Label::About,
                };
                let permit = machine_permit(Machine::Upkeep, vec![place.object]);
                let about = self
                    .vault()
                    .open(&permit, place, &channel.about.retyped::<Json<ChannelAbout>>())
                    .await?;
                own.push(ChannelKit {
                    id: channel.id,
                    team: channel.team,
                    phone_number_id: about.expose().0.phone_number_id.clone(),
                    display_number: about.expose().0.display_number.clone(),
                });
            }
            let kit = Kit {
                id: connection.id,
                tree: connection.tree,
                title: settings.title.clone(),
                client: client(settings)?,
                channels: own,
            };
            kits.insert(connection.id, Arc::new(kit));
            hooks.push(hook(connection.id, settings));
        }
        *self.inner.kits.by_id.write().unwrap_or_else(PoisonError::into_inner) = kits;
        *self.inner.kits.read_at.lock().unwrap_or_else(PoisonError::into_inner) = self.inner.clock.monotonic();
        self.shelve(hooks).await
    }

    /// Writes this node's intake kit, when it says something else than the one that is there.
    async fn shelve(&self, connections: Vec<KitConnection>) -> Result<(), Unavailable> {
        let Some(door) = self.intake() else {
            return Ok(());
        };
        let days = self.vault().intake_ahead(DAYS_AHEAD).await?;
        let content = KitContent {
            days: days
                .iter()
                .map(|public| KitDay {
                    day: public.day().number(),
                    key: *public.key(),
                })
                .collect(),
            reference: *self.vault().intake_reference_key().reveal(),
            connections,
        };
        if let Err(error) = door.shelf().shelve(&content, self.now()) {
            // It is used all the same; only a restart without databases would miss it. It is tried again soon.
            metrics::counter!("counterfoil_intake_kit_failures_total").increment(1);
            tracing::error!(error = %chain(&error), "the intake kit could not be written");
        }
        Ok(())
    }
}
