//! An intake-only node: hooks, spool, and the way to full nodes. No database, no vault, no page, no operator socket.
//!
//! The shape of a serving process, as `commands/serve.rs` has it for a full node.

use crate::compose::gate_door;
use crate::config::Settings;
use crate::listen::admin;
use crate::listen::public::Public;
use crate::shutdown::{Stop, stopped};
use crate::system::System;
use crate::telemetry;
use anyhow::Context;
use counterfoil_flow::gates::hand_over::HandOver;
use counterfoil_web::{Admin, Doors, WebSettings};
use std::io::Write;
use std::sync::Arc;

/// Serves as a gate until told to stop.
///
/// # Errors
/// What must be set right first, and how.
pub(crate) async fn serve(settings: &Settings, web: WebSettings, out: &mut dyn Write) -> anyhow::Result<()> {
    let system = System::new();
    telemetry::start(settings.log, Arc::clone(&system.clock));
    let measures = telemetry::measures(Arc::clone(&system.clock))?;
    let stop = Stop::new();
    stop.on_signals().context("signals cannot be heard")?;
    let clock = || Arc::clone(&system.clock);

    let public = Public::bind(&settings.server, clock()).await?;
    let address = settings.admin.address;
    let admin_listener = admin::bind(address)
        .await
        .with_context(|| format!("the admin address {address} cannot be used"))?;
    let (door, pass) = gate_door(settings, &system)?;
    let hand_over = HandOver::new(door.clone(), pass)?;

    let doors = Doors::new(door.clone(), web, clock(), Arc::clone(&system.random), stop.stopping());
    let health = Admin::of_gate(door.clone(), measures);
    // Health is answered until all else has stopped.
    let ended = Stop::new();
    let admin = tokio::spawn(admin::serve(admin_listener, health.router(), clock(), ended.stopping()));
    let public = tokio::spawn(public.serve(doors.hooks(), stop.stopping()));
    let (early, stopping) = (door.clone(), stop.stopping());
    let early = tokio::spawn(async move { early.run(stopping).await });
    let handing = tokio::spawn(hand_over.run(stop.stopping()));

    writeln!(
        out,
        "Counterfoil takes posts in at {} and hands them over",
        settings.server.url
    )?;
    writeln!(out, "Health and metrics at http://{address}/")?;
    out.flush()?;
    tracing::info!("ready");
    stopped(stop.stopping()).await;
    public.await.context("the public address failed")?;
    handing.await.context("handing over failed")?;
    early.await.context("fetching files early failed")?;
    ended.stop();
    admin.await.context("the admin address failed")?;
    door.close().await;
    tracing::info!("stopped");
    Ok(())
}
