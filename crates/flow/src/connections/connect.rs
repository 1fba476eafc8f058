//! Setting up a connection and its first number.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{ChannelId, ConnectionId, Opened, Secret};
use counterfoil_policy::Actor;

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
    let _ = (flow, actor, new);
    todo!()
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
    let _ = (flow, actor);
    todo!()
}
