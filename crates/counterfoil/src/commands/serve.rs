//! `counterfoil serve`: takes posts in at once, opens the installation behind that, and serves it until it is told to stop.

use super::Ending;
use crate::compose::{House, intake_door_from_kit};
use crate::config::Settings;
use crate::gate;
use crate::keeper::{Keeper, Opened};
use crate::listen::admin;
use crate::listen::gates::GateListener;
use crate::listen::public::Public;
use crate::operator::socket::Socket;
use crate::shutdown::{Stop, stopped};
use crate::system::System;
use crate::telemetry;
use anyhow::Context;
use counterfoil_web::{Admin, Doors, Language, WebSettings};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long the databases may take before it is said that they do not answer yet.
const FIRST_TRY: Duration = Duration::from_secs(3);

/// Serve pages, hooks and the API until told to stop.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Be a gate: take posts in, keep them sealed, fetch their files, and hand all over to a full node. Needs a pass (`counterfoil gate add`)
    /// and no database.
    #[arg(long)]
    intake_only: bool,
}

impl Serve {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        if self.intake_only {
            gate::serve(&settings, web_settings(&settings), out).await?;
            return Ok(Ending::Well);
        }
        let system = System::new();
        telemetry::start(settings.log, Arc::clone(&system.clock));
        let measures = telemetry::measures(Arc::clone(&system.clock))?;
        let stop = Stop::new();
        stop.on_signals().context("signals cannot be heard")?;

        let public = Public::bind(&settings.server, Arc::clone(&system.clock)).await?;
        let admin_listener = admin::bind(settings.admin.address)
            .await
            .with_context(|| format!("the admin address {} cannot be used", settings.admin.address))?;
        let gates = GateListener::bind(&settings.gates, &settings.server, Arc::clone(&system.clock)).await?;
        let (door, first) = match intake_door_from_kit(&settings, &system)? {
            Some(door) => (door, None),
            None => {
                let house = House::open(&settings, &system).await?;
                let door = house.flow.intake().context("a working house has a door")?.clone();
                (door, Some(house))
            }
        };
        let socket = Socket::open(&settings.storage.socket()).await?;

        let clock = || Arc::clone(&system.clock);
        let web = web_settings(&settings);
        let gates = gates.map(|listener| (listener, web.clone()));
        let doors = Doors::new(door.clone(), web, clock(), Arc::clone(&system.random), stop.stopping());
        let health = Admin::new(door.clone(), measures);
        // Health is answered until all else has stopped.
        let ended = Stop::new();
        let admin = tokio::spawn(admin::serve(admin_listener, health.router(), clock(), ended.stopping()));
        let public = tokio::spawn(public.serve(doors.router(), stop.stopping()));
        let opened = Opened::default();
        let operator = tokio::spawn(socket.serve(Arc::clone(&opened), clock(), stop.stopping()));
        let (early, stopping) = (door.clone(), stop.stopping());
        let early = tokio::spawn(async move { early.run(stopping).await });

        let (url, admin_address) = (settings.server.url.clone(), settings.admin.address);
        let open = watch::Sender::new(false);
        let mut is_open = open.subscribe();
        let keeper = Keeper {
            settings,
            system: system.clone(),
            door: door.clone(),
            doors,
            admin: health,
            opened,
            gates,
            open,
            stop: stop.clone(),
        };
        let mut keeper = tokio::spawn(keeper.keep(first));
        let early_end = tokio::select! {
            ended = &mut keeper => Some(ended),
            _ = is_open.wait_for(|open| *open) => None,
            () = system.clock.sleep(FIRST_TRY) => None,
        };
        if early_end.is_none() {
            writeln!(out, "Counterfoil answers at {url}")?;
            writeln!(out, "Health and metrics at http://{admin_address}/")?;
            if !*is_open.borrow() {
                writeln!(
                    out,
                    "A database does not answer yet: posts are kept in the spool, pages follow by themselves"
                )?;
            }
            out.flush()?;
        }
        let kept = match early_end {
            Some(kept) => kept,
            None => {
                stopped(stop.stopping()).await;
                keeper.await
            }
        };
        public.await.context("the public address failed")?;
        operator.await.context("the operator socket failed")?;
        early.await.context("fetching files early failed")?;
        ended.stop();
        admin.await.context("the admin address failed")?;
        door.close().await;
        kept.context("a part of the server failed")??;
        tracing::info!("stopped");
        Ok(Ending::Well)
    }
}

fn web_settings(settings: &Settings) -> WebSettings {
    WebSettings {
        public_url: settings.server.url.clone(),
        trusted_proxies: settings.server.behind_proxy.clone(),
        secure_cookies: settings.server.url.scheme() == "https",
        frame_ancestors: None,
        language: Language::English,
    }
}
