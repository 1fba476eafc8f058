//! `counterfoil serve`: opens the installation and serves it until it is told to stop.

use super::Ending;
use crate::compose::House;
use crate::config::Settings;
use crate::listen::admin;
use crate::listen::public::Public;
use crate::operator::socket::Socket;
use crate::shutdown::Stop;
use crate::system::System;
use crate::telemetry;
use anyhow::Context;
use counterfoil_flow::custody::start::agree;
use counterfoil_web::{Language, WebSettings};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Serve pages, hooks and the API until told to stop.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {}

impl Serve {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        let system = System::new();
        telemetry::start(settings.log, Arc::clone(&system.clock));
        let measures = telemetry::measures()?;
        let stop = Stop::new();
        stop.on_signals().context("signals cannot be heard")?;

        let public = Public::bind(&settings.server, Arc::clone(&system.clock)).await?;
        let admin_listener = admin::bind(settings.admin.address)
            .await
            .with_context(|| format!("the admin address {} cannot be used", settings.admin.address))?;
        let house = House::open(&settings, &system).await?;
        if let Err(refusal) = agree(&house.flow).await {
            house.close().await;
            return Err(refusal).context("nothing is served, because the log does not stand as it was signed");
        }
        let socket = Socket::open(&settings.storage.socket()).await?;

        let (clock, random) = (Arc::clone(&system.clock), Arc::clone(&system.random));
        let web = web_settings(&settings);
        let router = counterfoil_web::public_router(house.flow.clone(), web, clock, random, stop.stopping());
        let health = counterfoil_web::admin_router(house.flow.clone(), measures);

        // Health is answered until all else has stopped.
        let ended = Stop::new();
        let admin = tokio::spawn(admin::serve(
            admin_listener,
            health,
            Arc::clone(&system.clock),
            ended.stopping(),
        ));
        let workers = house.flow.clone();
        let stopping = stop.stopping();
        let workers = tokio::spawn(async move { workers.run(stopping).await });
        let operator = tokio::spawn(socket.serve(house.flow.clone(), Arc::clone(&system.clock), stop.stopping()));

        writeln!(out, "Counterfoil answers at {}", settings.server.url)?;
        writeln!(out, "Health and metrics at http://{}/", settings.admin.address)?;
        out.flush()?;
        tracing::info!("ready");
        public.serve(router, stop.stopping()).await;
        workers.await.context("a worker failed")?;
        operator.await.context("the operator socket failed")?;
        ended.stop();
        admin.await.context("the admin address failed")?;
        house.close().await;
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
