//! The simulated provider of the demo: one for the visitor's handset and the sample policy administration system, one for the
//! conversations that are filled in behind, which lives some days in the past.

use super::past::Past;
use super::{TEAM, origin};
use crate::system::System;
use anyhow::Context;
use counterfoil_flow::Flow;
use counterfoil_flow::connections::connect::{Connected, NewConnection, connect};
use counterfoil_model::{ChannelId, Clock, ConnectionId, Random, Secret};
use counterfoil_policy::Actor;
use counterfoil_simulator::{CustomerId, SimClock, Simulator, SimulatorOptions};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

/// Both simulators.
pub(super) struct Provider {
    /// The visitor's.
    pub(super) present: Line,
    /// The one of the samples.
    pub(super) past: Line,
    /// The time in which the samples happen.
    pub(super) past_clock: Arc<Past>,
}

/// A simulator with what it and the product agree on.
pub(super) struct Line {
    /// The simulator.
    pub(super) simulator: Simulator,
    agreed: Agreed,
    connected: OnceLock<Connected>,
}

struct Agreed {
    title: &'static str,
    app_secret: String,
    verify_token: String,
    access_token: String,
    phone_number_id: &'static str,
    display_number: &'static str,
}

impl Provider {
    /// Starts both on free ports of this machine.
    pub(super) async fn start(system: &System) -> anyhow::Result<Self> {
        let past_clock = Arc::new(Past::new(Arc::clone(&system.clock)));
        let random = system.random.as_ref();
        let present = Agreed::new(random, TEAM, "100200300400", "+27 10 555 0100");
        let past = Agreed::new(random, "Policy service", "100200300401", "+27 10 555 0101");
        Ok(Self {
            present: Line::start(present, Arc::clone(&system.clock)).await?,
            past: Line::start(past, Arc::clone(&past_clock) as Arc<dyn Clock>).await?,
            past_clock,
        })
    }

    /// Sets both connections up in the product, and returns the visitor's number.
    pub(super) async fn set_up(&self, flow: &Flow) -> anyhow::Result<ChannelId> {
        self.past.set_up(flow).await?;
        Ok(self.present.set_up(flow).await?.channel)
    }

    /// Has both simulators shake hands with the product, which answers at `product` by now.
    pub(super) async fn connect(&self, product: SocketAddr) -> anyhow::Result<()> {
        for line in [&self.present, &self.past] {
            let connection = line.connection()?;
            let hook = format!("{}/hooks/whatsapp/{connection}", origin(product));
            line.simulator
                .subscribe(&hook)
                .await
                .context("the simulated provider and the product do not agree")?;
        }
        Ok(())
    }

    /// The visitor's customer.
    pub(super) fn customer(&self) -> anyhow::Result<CustomerId> {
        self.present
            .simulator
            .first_customer()
            .context("the simulator has no customer")
    }

    /// The name of the visitor's customer.
    pub(super) fn name_of(&self, customer: &CustomerId) -> String {
        let mut customers = self.present.simulator.customers().into_iter();
        let known = customers.find(|(known, _)| known == customer);
        known.map_or_else(|| "the customer".to_owned(), |(_, profile)| profile.name)
    }

    /// Where the sample policy administration system answers.
    pub(super) fn pas_url(&self) -> String {
        self.present.simulator.pas_url()
    }

    /// The token that it knows the product by.
    pub(super) fn pas_token(&self) -> String {
        self.present.simulator.pas().token().to_owned()
    }

    /// Ends both.
    pub(super) async fn end(&self) {
        self.present.simulator.clone().shutdown().await;
        self.past.simulator.clone().shutdown().await;
    }
}

impl Agreed {
    fn new(
        random: &dyn Random,
        title: &'static str,
        phone_number_id: &'static str,
        display_number: &'static str,
    ) -> Self {
        let secret = || format!("{:032x}", u128::from_be_bytes(random.array::<16>()));
        Self {
            title,
            app_secret: secret(),
            verify_token: secret(),
            access_token: secret(),
            phone_number_id,
            display_number,
        }
    }
}

impl Line {
    async fn start(agreed: Agreed, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let waiting = Arc::clone(&clock);
        let options = SimulatorOptions {
            app_secret: agreed.app_secret.clone(),
            verify_token: agreed.verify_token.clone(),
            access_token: agreed.access_token.clone(),
            phone_number_id: agreed.phone_number_id.to_owned(),
            display_phone_number: agreed.display_number.chars().filter(char::is_ascii_digit).collect(),
            waba_id: "100200300".to_owned(),
            webhook_url: None,
            clock: SimClock::new(move || clock.wall().micros(), move |pause| waiting.sleep(pause)),
            seed: samples_seed(),
        };
        let simulator = Simulator::start(options)
            .await
            .context("the simulated provider did not start")?;
        Ok(Self {
            simulator,
            agreed,
            connected: OnceLock::new(),
        })
    }

    async fn set_up(&self, flow: &Flow) -> anyhow::Result<Connected> {
        let secret = |text: &str| Secret::new(text.to_owned());
        let new = NewConnection {
            title: self.agreed.title.to_owned(),
            app_secret: secret(&self.agreed.app_secret),
            previous_app_secret: None,
            verify_token: secret(&self.agreed.verify_token),
            access_token: secret(&self.agreed.access_token),
            graph_url: self.simulator.graph_url(),
            graph_version: "v25.0".to_owned(),
            phone_number_id: self.agreed.phone_number_id.to_owned(),
            display_number: self.agreed.display_number.to_owned(),
        };
        let connected = connect(flow, &Actor::Operator, new)
            .await
            .context("the demo's number could not be connected")?;
        Ok(*self.connected.get_or_init(|| connected))
    }

    fn connection(&self) -> anyhow::Result<ConnectionId> {
        self.connected
            .get()
            .map(|connected| connected.connection)
            .context("the demo's number is not connected")
    }

    /// The number's id in the product, once it is set up.
    pub(super) fn channel(&self) -> Option<ChannelId> {
        self.connected.get().map(|connected| connected.channel)
    }
}

/// The seed of all sample content: the same people and claims in each demo.
pub(super) const fn samples_seed() -> u64 {
    4711
}
