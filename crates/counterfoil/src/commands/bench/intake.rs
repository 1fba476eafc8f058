//! `bench intake`: from a signed post over HTTP to a sealed, recorded and logged message, and what that costs beside a handler that
//! only inserts the raw body through the same writer.
//!
//! Server and generator are two processes on one machine. Yardstick and hook are measured in turn, twice, so that a machine whose
//! speed drifts treats both alike.

use super::generator::Generator;
use super::measured::{Acknowledged, Measured, Sent};
use super::{Databases, places, posts};
use crate::compose::House;
use crate::config::Settings;
use crate::config::catalogue::{Value, file_with};
use crate::folder::Folder;
use crate::founding::found;
use crate::listen::public::Public;
use crate::shutdown::Stop;
use crate::system::System;
use crate::telemetry;
use anyhow::{Context, bail};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use bytes::Bytes;
use counterfoil_flow::organisation::open::For;
use counterfoil_model::{ConnectionId, DeliveryId};
use counterfoil_store::rows::{DeliveryRow, DeliveryState};
use counterfoil_store::{CommitError, Store, Unit};
use counterfoil_web::{Doors, Language, WebSettings};
use rustix::time::{ClockId, clock_gettime};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Where the yardstick listens.
const RAW: &str = "/raw";
/// How often the two are measured in turn.
const TURNS: usize = 2;
/// How often to look whether all is signed.
const LOOK: Duration = Duration::from_millis(10);

/// Accept and record messages over HTTP as fast as possible; everything is removed afterwards.
#[derive(Debug, clap::Args)]
pub(super) struct Intake {
    #[command(flatten)]
    databases: Databases,
    /// How many messages.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    messages: usize,
    /// How many posts are under way at once.
    #[arg(long, value_name = "COUNT", default_value_t = 256)]
    in_flight: usize,
    /// From how many contacts.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    contacts: usize,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Intake {
    /// Measures, in an installation that goes again.
    pub(super) async fn run(&self, system: &System) -> anyhow::Result<Measured> {
        let folder = Folder::fresh(system.random.as_ref()).context("no temporary folder could be made")?;
        let mut values = places(&folder, &self.databases);
        values.push(("server", "address", Value::Text("127.0.0.1:0".to_owned())));
        let settings = Settings::from_text(&folder.path().join("counterfoil.toml"), &file_with(&values))?;
        // Lines are made as in `serve`, and go nowhere.
        telemetry::start_into(settings.log, Arc::clone(&system.clock), std::io::sink);
        let house = found(&settings, system, For::Work, "Bench").await?;
        let measured = self.measure(&settings, &house, system).await;
        house.close().await;
        measured
    }

    async fn measure(&self, settings: &Settings, house: &House, system: &System) -> anyhow::Result<Measured> {
        let connection = posts::connection(house).await?;
        let stop = Stop::new();
        stop.on_signals().context("signals cannot be heard")?;
        let public = Public::bind(&settings.server, Arc::clone(&system.clock)).await?;
        let address = public.address()?;
        let raw = Raw {
            store: house.store.clone(),
            connection,
            system: system.clone(),
        };
        let door = house.flow.intake().context("a working house has a door")?;
        // The loops that record do not run yet; posts go to the database all the same.
        door.admit(house.store.clone());
        let doors = Doors::new(
            door.clone(),
            web_settings(settings),
            Arc::clone(&system.clock),
            Arc::clone(&system.random),
            stop.stopping(),
        );
        doors.open(house.flow.clone());
        let router = doors
            .router()
            .merge(Router::new().route(RAW, post(insert)).with_state(raw));
        let stopping = stop.stopping();
        let server = tokio::spawn(async move { public.serve(router, stopping).await });

        let mut load = Load {
            wanted: self,
            engine: settings.storage.records.engine(),
            address,
            sent: 0,
        };
        let measured = load.all(house, connection, system).await;
        stop.stop();
        server.await.context("the server failed")?;
        measured
    }
}

/// The phases of the measurement.
struct Load<'a> {
    wanted: &'a Intake,
    engine: &'static str,
    address: SocketAddr,
    sent: usize,
}

impl Load<'_> {
    async fn all(&mut self, house: &House, connection: ConnectionId, system: &System) -> anyhow::Result<Measured> {
        let hook = format!("/hooks/whatsapp/{connection}");
        let part = self.wanted.messages.div_ceil(TURNS);
        let (mut raw, mut quiet) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            raw.push(self.send(RAW, part, None).await?);
            quiet.push(self.send(&hook, part, None).await?);
        }
        let yardstick = Acknowledged::of(&raw);
        let quiet = Acknowledged::of(&quiet);

        let stop = Stop::new();
        let (flow, stopping) = (house.flow.clone(), stop.stopping());
        let begun = system.clock.monotonic();
        let workers = tokio::spawn(async move { flow.run(stopping).await });
        signed(house, system).await?;
        let caught_up = system.clock.monotonic() - begun;

        let begun = system.clock.monotonic();
        let busy = self.send(&hook, self.wanted.messages, None).await?;
        signed(house, system).await?;
        let recorded = system.clock.monotonic() - begun;
        let busy = Acknowledged::of(&[busy]);
        let half = self.send(&hook, part, Some(busy.per_second / 2.0)).await?;
        signed(house, system).await?;
        stop.stop();
        workers.await.context("a worker failed")?;

        let rate = |messages: usize, took: Duration| messages as f64 / took.as_secs_f64();
        let recorded_per_second = rate(self.wanted.messages, recorded);
        Ok(Measured {
            engine: self.engine,
            messages: self.wanted.messages,
            in_flight: self.wanted.in_flight,
            contacts: self.wanted.contacts,
            acknowledged_of_yardstick: quiet.per_second / yardstick.per_second,
            recorded_of_yardstick: recorded_per_second / yardstick.per_second,
            caught_up_per_second: rate(part * TURNS, caught_up),
            recorded_per_second,
            yardstick,
            quiet,
            busy,
            half: Acknowledged::of(&[half]),
            resident_mb: most_resident_mb()?,
        })
    }

    /// Runs the generator; what it saw, and how much processor time this process spent meanwhile.
    async fn send(&mut self, path: &str, messages: usize, rate: Option<f64>) -> anyhow::Result<(Sent, Duration)> {
        let generator = Generator {
            to: self.address,
            path: path.to_owned(),
            messages,
            first: self.sent,
            in_flight: self.wanted.in_flight,
            contacts: self.wanted.contacts,
            rate,
        };
        self.sent += messages;
        let before = processor_time();
        let mut command = Command::new(std::env::current_exe().context("this program cannot find itself")?);
        command
            .args(generator.arguments())
            .stdin(Stdio::null())
            .stderr(Stdio::inherit());
        let ended = tokio::task::spawn_blocking(move || command.output()).await?;
        let ended = ended.context("the generator could not be started")?;
        if !ended.status.success() {
            bail!("the generator did not finish");
        }
        let sent = serde_json::from_slice(&ended.stdout).context("the generator's answer")?;
        Ok((sent, processor_time() - before))
    }
}

/// Waits until nothing waits and the newest leaf is under a signed checkpoint.
async fn signed(house: &House, system: &System) -> anyhow::Result<()> {
    loop {
        let done = house.store.delivery_oldest_waiting().await?.is_none()
            && house.store.pending_counts().await? == (0, 0)
            && house.store.checkpoint_latest().await?.map(|row| row.size) == Some(house.store.log_head().await?.size);
        if done {
            return Ok(());
        }
        system.clock.sleep(LOOK).await;
    }
}

/// What the yardstick works with.
#[derive(Clone)]
struct Raw {
    store: Store,
    connection: ConnectionId,
    system: System,
}

/// The yardstick: the raw body goes through the writer, and that is all.
async fn insert(State(raw): State<Raw>, body: Bytes) -> StatusCode {
    let at = raw.system.clock.wall();
    let unit = Unit::new("bench.raw").insert(DeliveryRow {
        id: DeliveryId::new(at, raw.system.random.as_ref()),
        connection: raw.connection,
        received_at: at,
        sealed: Some(body.to_vec()),
        // Nobody works it off.
        state: DeliveryState::Done,
        done_at: None,
    });
    match raw.store.commit_post(unit).await {
        Ok(()) => StatusCode::OK,
        Err(CommitError::Full) => StatusCode::SERVICE_UNAVAILABLE,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn web_settings(settings: &Settings) -> WebSettings {
    WebSettings {
        public_url: settings.server.url.clone(),
        trusted_proxies: Vec::new(),
        secure_cookies: false,
        frame_ancestors: None,
        language: Language::English,
    }
}

/// How much processor time this process has had.
fn processor_time() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(spent.tv_sec).unwrap_or_default(),
        u32::try_from(spent.tv_nsec).unwrap_or_default(),
    )
}

/// The most memory that this process has held.
fn most_resident_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("the kernel does not tell")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    Ok(kilobytes.context("the kernel does not tell how much memory was held")? / 1_000.0)
}
