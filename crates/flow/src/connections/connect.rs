//! Setting up a connection and its first number.

use super::kit::{ChannelAbout, ConnectionSettings};
use crate::Flow;
use crate::context::Unavailable;
use crate::live::event;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::{ChannelId, ConnectionId, ConnectionSettingsId, Opened, Secret};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::{ChannelRow, ConnectionRow, ConnectionSettingsRow};
use counterfoil_store::{CommitError, LOOKUP_EPOCH, Unit};
use counterfoil_vault::{Content as _, Json, Kind, Label, Lookup, Place, TreeKind};

/// Why a connection was not set up.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The acting person may not manage connections.
    #[error("this role does not manage connections")]
    Refused,
    /// A needed value is missing or malformed.
    #[error("{0} is missing or malformed")]
    Malformed(&'static str),
    /// The number hangs on a connection already.
    #[error("this number is connected already")]
    NumberTaken,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What is needed to connect a number.
pub struct NewConnection {
    /// What staff call it.
    pub title: String,
    /// The app's secret.
    pub app_secret: Secret,
    /// The app's secret before it was rotated, while both are in use.
    pub previous_app_secret: Option<Secret>,
    /// The token of our choice for the handshake.
    pub verify_token: Secret,
    /// The access token.
    pub access_token: Secret,
    /// Where the Cloud API is; `https://graph.facebook.com` unless it is a simulator on loopback.
    pub graph_url: String,
    /// Its version, such as `v25.0`.
    pub graph_version: String,
    /// The number's id at the provider.
    pub phone_number_id: String,
    /// The number as people read it.
    pub display_number: String,
}

/// A connection and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connected {
    /// The connection; its hook address is `/hooks/whatsapp/<connection>`.
    pub connection: ConnectionId,
    /// The number.
    pub channel: ChannelId,
}

/// Sets up a connection with one number.
///
/// # Errors
/// See [`ConnectError`].
pub async fn connect(flow: &Flow, actor: &Actor, new: NewConnection) -> Result<Connected, ConnectError> {
    let by = log::actor(
        may(actor, Action::ManageConnections)
            .map_err(|_| ConnectError::Refused)?
            .actor(),
    );
    check(&new)?;
    let lookups = flow.lookups_now().await?;
    let hashes = lookups.hashes(Lookup::PhoneNumberId, &new.phone_number_id);
    if flow
        .store()
        .channel_by_lookup(&hashes.all())
        .await
        .map_err(Unavailable::from)?
        .is_some()
    {
        return Err(ConnectError::NumberTaken);
    }
    let at = flow.now();
    let connection = ConnectionId::new(at, flow.random());
    let tree = flow
        .vault()
        .tree_create(TreeKind::Connection)
        .await
        .map_err(Unavailable::from)?;
    let leaf = log::leaf(LeafKind::Connection, at, connection.bytes(), by);
    let unit = Unit::new("connection.add").record(
        ConnectionRow {
            id: connection,
            tree,
            recorded_at: at,
        },
        leaf,
    );

    let id = ConnectionSettingsId::new(at, flow.random());
    let item = flow.vault().item(tree).await.map_err(Unavailable::from)?;
    let place = Place {
        kind: Kind::ConnectionSettings,
        object: *id.bytes(),
        label: Label::Settings,
    };
    let settings = Json(ConnectionSettings {
        title: new.title,
        app_secret: new.app_secret.reveal().to_owned(),
        previous_app_secret: new.previous_app_secret.map(|secret| secret.reveal().to_owned()),
        verify_token: new.verify_token.reveal().to_owned(),
        access_token: new.access_token.reveal().to_owned(),
        graph_url: new.graph_url,
        graph_version: new.graph_version,
    });
    let leaf = log::leaf(LeafKind::Setting, at, id.bytes(), by).follows(*connection.bytes());
    let sealed = item.seal(place, &settings).retyped();
    let unit = unit.record(
        ConnectionSettingsRow {
            id,
            connection,
            settings: sealed,
            recorded_at: at,
        },
        leaf,
    );

    let channel = ChannelId::new(at, flow.random());
    let item = flow.vault().item(tree).await.map_err(Unavailable::from)?;
    let place = Place {
        kind: Kind::Channel,
        object: *channel.bytes(),
        label: Label::About,
    };
    let about = Json(ChannelAbout {
        phone_number_id: new.phone_number_id,
        display_number: new.display_number,
    });
    let leaf = log::leaf(LeafKind::Channel, at, channel.bytes(), by)
        .commitment(log::label(Label::About), item.commit(Label::About, &about.encode()))
        .follows(*connection.bytes());
    let team = flow
        .store()
        .team_list()
        .await
        .map_err(Unavailable::from)?
        .first()
        .map(|team| team.id);
    let row = ChannelRow {
        id: channel,
        connection,
        team,
        lookup: hashes.written,
        about: item.seal(place, &about).retyped(),
        recorded_at: at,
    };
    let unit = unit
        .record(row, leaf)
        .change(lookups.stands())
        .event(event::connection_changed(connection, at));
    match flow.store().commit(unit).await {
        Ok(()) => {}
        Err(error @ CommitError::Conflict { guard: LOOKUP_EPOCH }) => return Err(Unavailable::from(error).into()),
        Err(CommitError::Conflict { .. }) => return Err(ConnectError::NumberTaken),
        Err(error) => return Err(Unavailable::from(error).into()),
    }
    flow.kits_load().await?;
    Ok(Connected { connection, channel })
}

fn check(new: &NewConnection) -> Result<(), ConnectError> {
    let text = |name, value: &str, most: usize| {
        let fits = !value.trim().is_empty() && value.chars().count() <= most && !value.chars().any(char::is_control);
        if fits {
            Ok(())
        } else {
            Err(ConnectError::Malformed(name))
        }
    };
    text("the title", &new.title, 120)?;
    text("the app secret", new.app_secret.reveal(), 200)?;
    text("the verify token", new.verify_token.reveal(), 200)?;
    text("the access token", new.access_token.reveal(), 2_000)?;
    text("the number's id", &new.phone_number_id, 64)?;
    text("the display number", &new.display_number, 40)?;
    text("the version", &new.graph_version, 16)?;
    let url = url::Url::parse(&new.graph_url).map_err(|_| ConnectError::Malformed("the address of the Cloud API"))?;
    let loopback = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        return Err(ConnectError::Malformed("the address of the Cloud API"));
    }
    Ok(())
}

/// A connection as a list shows it.
pub struct ConnectionView {
    /// Which.
    pub connection: ConnectionId,
    /// What staff call it.
    pub title: Opened<String>,
    /// Its numbers as people read them.
    pub numbers: Vec<Opened<String>>,
}

/// All connections.
///
/// # Errors
/// [`ConnectError::Refused`], [`ConnectError::Unavailable`].
pub async fn connections(flow: &Flow, actor: &Actor) -> Result<Vec<ConnectionView>, ConnectError> {
    may(actor, Action::ManageConnections).map_err(|_| ConnectError::Refused)?;
    // The kits are what the product itself works with; showing their titles opens nothing more.
    Ok(flow
        .kits()
        .iter()
        .map(|kit| ConnectionView {
            connection: kit.id,
            title: Opened::new(kit.title.clone()),
            numbers: kit
                .channels
                .iter()
                .map(|channel| Opened::new(channel.display_number.clone()))
                .collect(),
        })
        .collect())
}
