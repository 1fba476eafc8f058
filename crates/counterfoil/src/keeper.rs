//! The keeper of a serving process: brings the databases up, now or when they come, and everything that needs them after them.
//!
//! The door for posts is there before and stays. Only *not there* is waited for; what a person must set right first ends the process
//! with what to do.

use crate::compose::{House, is_absence};
use crate::config::Settings;
use crate::listen::gates::GateListener;
use crate::shutdown::{Stop, Stopping, stopped};
use crate::system::System;
use anyhow::Context;
use counterfoil_flow::Flow;
use counterfoil_flow::custody::start::agree;
use counterfoil_flow::intake::door::IntakeDoor;
use counterfoil_web::{Admin, Doors, HandOverDoor, WebSettings};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;

/// How long to wait before the databases are tried again, at first and at most.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(15));

/// The use cases, once they are there.
pub(crate) type Opened = Arc<OnceLock<Flow>>;

/// What is opened when the databases are there.
pub(crate) struct Keeper {
    pub(crate) settings: Settings,
    pub(crate) system: System,
    pub(crate) door: IntakeDoor,
    pub(crate) doors: Doors,
    pub(crate) admin: Admin,
    pub(crate) opened: Opened,
    /// Where gates hand over, if they may.
    pub(crate) gates: Option<(GateListener, WebSettings)>,
    /// Turns true when all of it is open.
    pub(crate) open: watch::Sender<bool>,
    pub(crate) stop: Stop,
}

impl Keeper {
    /// Opens everything behind the door, when the databases come, and works until the process stops. `first` is a house that is open
    /// already. What cannot be waited for stops the process.
    ///
    /// # Errors
    /// What must be set right first, and how.
    pub(crate) async fn keep(mut self, first: Option<House>) -> anyhow::Result<()> {
        let kept = self.until_stopped(first).await;
        if kept.is_err() {
            self.stop.stop();
        }
        kept
    }

    async fn until_stopped(&mut self, first: Option<House>) -> anyhow::Result<()> {
        let Some(house) = self.house(first).await? else {
            return Ok(());
        };
        self.doors.open(house.flow.clone());
        self.admin.open(house.flow.clone());
        // Only this function sets it, once.
        let _ = self.opened.set(house.flow.clone());
        let (flow, stopping) = (house.flow.clone(), self.stop.stopping());
        let workers = tokio::spawn(async move { flow.run(stopping).await });
        let gates = tokio::spawn(self.taken_over(&house.flow));
        self.open.send_replace(true);
        tracing::info!("ready");
        workers.await.context("a worker failed")?;
        gates.await.context("the address for gates failed")?;
        // Requests under way still use it; whoever waits for them closes the door.
        let closing: Stopping = self.stop.stopping();
        stopped(closing).await;
        self.open.send_replace(false);
        house.leave().await;
        Ok(())
    }

    /// Takes over what gates hand over, if they may, until the process stops.
    fn taken_over(&mut self, flow: &Flow) -> impl Future<Output = ()> + Send + use<> {
        let (flow, stopping) = (flow.clone(), self.stop.stopping());
        let gates = self.gates.take().map(|(listener, web)| {
            let (clock, random) = (Arc::clone(&self.system.clock), Arc::clone(&self.system.random));
            let nodes = self.settings.gates.reached_at.clone();
            (listener, HandOverDoor::new(flow.clone(), nodes, web, clock, random))
        });
        async move {
            if let Some((listener, door)) = gates {
                listener.serve(flow, door.router(), stopping).await;
            }
        }
    }

    /// The installation, open and agreeing with its log. `None` when the process stops first.
    async fn house(&self, mut first: Option<House>) -> anyhow::Result<Option<House>> {
        let (mut wait, most) = WAITS;
        loop {
            let house = match first.take() {
                Some(house) => Ok(house),
                None => tokio::select! {
                    opened = House::open_behind(&self.door, &self.settings, &self.system) => opened,
                    () = stopped(self.stop.stopping()) => return Ok(None),
                },
            };
            let error = match house {
                Ok(house) => match agree(&house.flow).await {
                    Ok(_) => return Ok(Some(house)),
                    Err(refusal) => {
                        house.leave().await;
                        let refusal = anyhow::Error::new(refusal);
                        refusal.context("nothing is served, because the log does not stand as it was signed")
                    }
                },
                Err(error) => error,
            };
            if !is_absence(&error) {
                return Err(error);
            }
            tracing::warn!(
                error = format!("{error:#}"),
                "a database does not answer; posts are kept in the spool"
            );
            tokio::select! {
                () = self.system.clock.sleep(wait) => {}
                () = stopped(self.stop.stopping()) => return Ok(None),
            }
            wait = (wait * 2).min(most);
        }
    }
}
