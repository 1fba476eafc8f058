//! Starting, steering and stopping the simulator.

use std::io;
use std::sync::Arc;

use bytes::Bytes;

use crate::clock::SimClock;
use crate::faults::{Faults, MediaFault, SendFault, SendMix};
use crate::graph;
use crate::handset;
use crate::ids::{CustomerId, MediaId};
use crate::listener::Listener;
use crate::message::SimMessage;
use crate::pas::Pas;
use crate::phone::{CustomerProfile, Pace, Reading};
use crate::requests::ApiCall;
use crate::state::Shared;
use crate::webhooks::{self, HandshakeError, Outbox};

/// What the simulated provider agrees on with the product.
pub struct SimulatorOptions {
    /// Signs webhooks and checks `appsecret_proof`.
    pub app_secret: String,
    /// Sent in the handshake.
    pub verify_token: String,
    /// The bearer token that the Graph API accepts.
    pub access_token: String,
    /// The Graph id of the business number.
    pub phone_number_id: String,
    /// The business number itself, digits only.
    pub display_phone_number: String,
    /// The id of the WhatsApp Business Account.
    pub waba_id: String,
    /// Where webhooks go; without one they wait.
    pub webhook_url: Option<String>,
    /// The time that the simulator lives in.
    pub clock: SimClock,
    /// Makes ids and sample data repeatable, together with the clock.
    pub seed: u64,
}

/// The loopback ports to take; 0 takes a free one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ports {
    /// For the Graph API.
    pub graph: u16,
    /// For the handset pages.
    pub handset: u16,
    /// For the PAS.
    pub pas: u16,
}

/// Why the simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port for the Graph API is taken.
    #[error("could not listen for the Graph API")]
    BindGraph(#[source] io::Error),
    /// The port for the handset pages is taken.
    #[error("could not listen for the handset pages")]
    BindHandset(#[source] io::Error),
    /// The port for the PAS is taken.
    #[error("could not listen for the PAS")]
    BindPas(#[source] io::Error),
    /// The client that posts webhooks could not be made.
    #[error("could not prepare the webhook client")]
    PrepareWebhooks(#[source] reqwest::Error),
}

/// A handle on a running simulator; clones steer the same one.
#[derive(Clone)]
pub struct Simulator {
    pub(crate) shared: Arc<Shared>,
    doors: Arc<Doors>,
    pas: Pas,
}

struct Doors {
    graph: Listener,
    handset: Listener,
}

impl Simulator {
    /// Starts on free loopback ports.
    ///
    /// # Errors
    /// [`StartError`] by what could not be prepared.
    pub async fn start(options: SimulatorOptions) -> Result<Self, StartError> {
        Self::start_on(options, Ports::default()).await
    }

    /// Starts on the given loopback ports.
    ///
    /// # Errors
    /// [`StartError`] by what could not be prepared.
    pub async fn start_on(options: SimulatorOptions, ports: Ports) -> Result<Self, StartError> {
        let graph_socket = Listener::bind(ports.graph).await.map_err(StartError::BindGraph)?;
        let graph_url = format!("http://{}", graph_socket.local_addr().map_err(StartError::BindGraph)?);
        let handset_socket = Listener::bind(ports.handset).await.map_err(StartError::BindHandset)?;
        let pas_socket = Listener::bind(ports.pas).await.map_err(StartError::BindPas)?;
        let outbox = Outbox::new().map_err(StartError::PrepareWebhooks)?;
        let pas = Pas::open(pas_socket, options.clock.clone(), options.seed).map_err(StartError::BindPas)?;
        let shared = Arc::new(Shared::new(options, graph_url, outbox));
        let graph = Listener::open(graph_socket, graph::router(Arc::clone(&shared))).map_err(StartError::BindGraph)?;
        let handset =
            Listener::open(handset_socket, handset::router(Arc::clone(&shared))).map_err(StartError::BindHandset)?;
        let simulator = Self {
            shared,
            doors: Arc::new(Doors { graph, handset }),
            pas,
        };
        if let Some(policy) = simulator.pas.policies().first() {
            simulator.set_customer(&policy.holder.number, CustomerProfile::named(&policy.holder.name));
        }
        Ok(simulator)
    }

    /// Where the Graph API answers: `http://127.0.0.1:<port>`; the version is the first part of the path.
    pub fn graph_url(&self) -> String {
        self.doors.graph.url()
    }

    /// Where the handset page answers; `?customer=<number>` chooses whose phone it is.
    pub fn handset_url(&self) -> String {
        self.doors.handset.url()
    }

    /// Where the PAS answers: its API below `/api`, its pages from `/` on.
    pub fn pas_url(&self) -> String {
        self.pas.url()
    }

    /// The PAS.
    pub fn pas(&self) -> Pas {
        self.pas.clone()
    }

    /// The customer who is there from the start: the holder of the first policy, Thandi Nkosi with KM-20417.
    pub fn first_customer(&self) -> Option<CustomerId> {
        self.shared
            .lock()
            .customers()
            .next()
            .map(|(customer, _)| customer.clone())
    }

    /// Sends webhooks there from now on, without the handshake. What waits goes there too.
    pub fn set_webhook(&self, url: impl Into<String>) {
        self.shared.webhook_url.send_replace(Some(url.into()));
    }

    /// Does the handshake with an address and, when it answers rightly, sends webhooks there.
    ///
    /// # Errors
    /// [`HandshakeError`] by what the address did wrong.
    pub async fn subscribe(&self, url: &str) -> Result<(), HandshakeError> {
        webhooks::shake_hands(&self.shared, url, &self.shared.options.verify_token).await?;
        self.set_webhook(url);
        Ok(())
    }

    /// Waits until no webhook is under way and no tick is to come.
    pub async fn settled(&self) {
        self.shared.outbox.settled().await;
    }

    /// Says who a customer is; adds them when new.
    pub fn set_customer(&self, customer: &CustomerId, profile: CustomerProfile) {
        self.shared.lock().phone(customer).profile = profile;
        self.shared.changed(customer);
    }

    /// Changes when a customer reads.
    pub fn set_reading(&self, customer: &CustomerId, reading: Reading) {
        self.shared.lock().phone(customer).profile.reading = reading;
    }

    /// All customers, in the order in which they were added.
    pub fn customers(&self) -> Vec<(CustomerId, CustomerProfile)> {
        let state = self.shared.lock();
        state
            .customers()
            .map(|(customer, phone)| (customer.clone(), phone.profile.clone()))
            .collect()
    }

    /// A customer's business-scoped user id.
    pub fn user_id(&self, customer: &CustomerId) -> String {
        self.shared.lock().phone(customer).user_id.clone()
    }

    /// A customer's conversation with the business, oldest first.
    pub fn thread(&self, customer: &CustomerId) -> Vec<SimMessage> {
        let state = self.shared.lock();
        state
            .phone_if_known(customer)
            .map(|phone| phone.messages().cloned().collect())
            .unwrap_or_default()
    }

    /// The bytes of a file as the phones have it, also after the business deleted it at the provider.
    pub fn media_bytes(&self, id: &MediaId) -> Option<Bytes> {
        self.shared.lock().shelf.on_phone(id).map(|file| file.bytes.clone())
    }

    /// Whether the provider still keeps a file.
    pub fn media_is_kept(&self, id: &MediaId) -> bool {
        let now = self.shared.clock.now_seconds();
        self.shared.lock().shelf.at_provider(id, now).is_some()
    }

    /// The Graph API calls so far, oldest first; the log keeps the last 20,000.
    pub fn requests(&self) -> Vec<ApiCall> {
        self.shared.lock().requests.all()
    }

    /// Empties the log of calls.
    pub fn forget_requests(&self) {
        self.shared.lock().requests.clear();
    }

    /// Lets the next sends fail.
    pub fn fail_next_sends(&self, fault: SendFault, times: usize) {
        self.shared.lock().faults.plan_send(fault, times);
    }

    /// Lets sends fail at random from now on, besides those that are ordered; [`Self::clear_faults`] ends it.
    pub fn mix_sends(&self, mix: SendMix) {
        self.shared.lock().faults.mix_sends(mix);
    }

    /// Lets the next media requests that the fault can happen to fail.
    pub fn fail_next_media(&self, fault: MediaFault, times: usize) {
        self.shared.lock().faults.plan_media(fault, times);
    }

    /// Sets the faults that stand until they are changed.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.lock().faults.standing = faults;
    }

    /// Takes back every fault, standing or planned.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Says which templates are for marketing: they fail with 131050 for who asked for no such messages.
    pub fn set_marketing_templates<T: Into<String>>(&self, names: impl IntoIterator<Item = T>) {
        self.shared.lock().marketing_templates = names.into_iter().map(Into::into).collect();
    }

    /// Changes the pauses between ticks.
    pub fn set_pace(&self, pace: Pace) {
        self.shared.lock().pace = pace;
    }

    /// Closes all ports and ends all that is under way.
    pub async fn shutdown(self) {
        self.shared.background.end();
        self.doors.graph.close().await;
        self.doors.handset.close().await;
        self.pas.stop().await;
    }
}
