//! The demo: a whole Counterfoil beside a simulated provider and a sample policy administration system, for two minutes, on this
//! machine alone.
//!
//! ```text
//! outer page ─┬─ handset (simulator) ── webhooks ─▶ product, on loopback, with data of its own
//!             ├─ inbox (the product's own pages, through `entrance`) ── sends, files ─▶ simulator
//!             └─ steps, disk, flip: what really happened, what lies there, what verify says
//! ```
//!
//! The product in it is composed as `serve` composes it. What is added stands in front of it (`entrance`), never inside; and its
//! data is marked, so that `serve` refuses it.

mod disk;
mod dump;
mod entrance;
mod flip;
mod loopback;
mod outer;
mod past;
mod people;
mod provider;
mod samples;
mod search;
mod steps;

use crate::compose::House;
use crate::config::Settings;
use crate::config::catalogue::{Value, file_with};
use crate::folder::Folder;
use crate::founding::found;
use crate::keeper::Opened;
use crate::listen::{Door, listen};
use crate::operator::socket::Socket;
use crate::shutdown::{Stop, stopped};
use crate::system::System;
use anyhow::Context;
use axum::Router;
use counterfoil_flow::organisation::open::For;
use counterfoil_model::ChannelId;
use counterfoil_simulator::CustomerId;
use counterfoil_web::{Doors, Language, WebSettings};
use provider::Provider;
use samples::Samples;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::RwLock;

/// The claim on which the visitor files.
const CLAIM: &str = "CLM-2026-004711";
/// The first team, which is also the title of the visitor's number.
const TEAM: &str = "Claims desk";

/// What the visitor chose.
pub(crate) struct Options {
    /// The port of the outer page; `None` takes a free one.
    pub(crate) port: Option<u16>,
    /// A folder to keep the data in; `None` for a fresh one that goes at the end.
    pub(crate) keep: Option<PathBuf>,
    /// How many sample conversations are filled in behind.
    pub(crate) samples: usize,
    /// Whether a browser may be opened.
    pub(crate) browser: bool,
}

/// All that the outer page watches and shows.
pub(crate) struct Stage {
    folder: Folder,
    settings: Settings,
    system: System,
    house: House,
    provider: Provider,
    customer: CustomerId,
    /// The number that the visitor's handset writes to.
    channel: ChannelId,
    outer: SocketAddr,
    product: SocketAddr,
    entrance: Arc<entrance::Entrance>,
    samples: Arc<Samples>,
    steps: steps::Steps,
    flipping: flip::Progress,
    /// Held for writing while the data is copied, so that the samples rest.
    quiet: Arc<RwLock<()>>,
}

/// Runs the demo until it is told to stop.
///
/// # Errors
/// What kept it from starting.
pub(crate) async fn run(options: Options, out: &mut dyn Write) -> anyhow::Result<()> {
    let system = System::new();
    let stop = Stop::new();
    stop.on_signals().context("signals cannot be heard")?;
    let outer = bind(options.port.unwrap_or(0)).await?;
    let product = bind(0).await?;
    let stage = Arc::new(set(&options, &system, outer.local_addr()?, product.local_addr()?).await?);

    let door = door(&system);
    let pages = entrance::router(product_router(&stage, &stop)?, &stage);
    let product = tokio::spawn(listen(product, pages, door.clone(), stop.stopping()));
    let (flow, stopping) = (stage.house.flow.clone(), stop.stopping());
    let workers = tokio::spawn(async move { flow.run(stopping).await });
    let socket = Socket::open(&stage.settings.storage.socket()).await?;
    let opened = Opened::from(OnceLock::from(stage.house.flow.clone()));
    let operator = tokio::spawn(socket.serve(opened, Arc::clone(&system.clock), stop.stopping()));
    stage.provider.connect(stage.product).await?;
    let page = tokio::spawn(listen(outer, outer::router(Arc::clone(&stage)), door, stop.stopping()));

    tell(&stage, &options, out)?;
    let filling = tokio::spawn(samples::fill(Arc::clone(&stage), options.samples));
    stopped(stop.stopping()).await;
    filling.abort();
    for part in [product, workers, operator, page] {
        // A part that failed has said so in its log lines; the others still stop in order.
        drop(part.await);
    }
    drop(filling.await);
    stage.provider.end().await;
    let folder = stage.folder.path().to_owned();
    if let Some(stage) = Arc::into_inner(stage) {
        stage.house.close().await;
    }
    if folder.exists() {
        writeln!(out, "The demo has ended. Its data lies in {}.", folder.display())?;
    } else {
        writeln!(out, "The demo has ended, and all of its data is gone.")?;
    }
    Ok(())
}

async fn bind(port: u16) -> anyhow::Result<TcpListener> {
    let bound = TcpListener::bind(loopback::address(port)).await;
    bound.with_context(|| format!("port {port} on this machine cannot be used; choose another with --port"))
}

/// Makes everything that does not need to answer yet.
async fn set(options: &Options, system: &System, outer: SocketAddr, product: SocketAddr) -> anyhow::Result<Stage> {
    let folder = match &options.keep {
        None => Folder::fresh(system.random.as_ref()).context("no temporary folder could be made")?,
        Some(path) => Folder::kept(path).with_context(|| {
            format!(
                "{} cannot be used; --keep wants a folder that is new or empty",
                path.display()
            )
        })?,
    };
    let provider = Provider::start(system).await?;
    let settings = settings(&folder, &provider, product)?;
    let house = found(&settings, system, For::Demo, TEAM).await?;
    let visitor = people::visitor(&house.flow, system).await?;
    let channel = provider.set_up(&house.flow).await?;
    let customer = provider.customer()?;
    Ok(Stage {
        entrance: Arc::new(entrance::Entrance::new(visitor)),
        samples: Arc::new(Samples::new(options.samples)),
        steps: steps::Steps::default(),
        flipping: flip::Progress::default(),
        quiet: Arc::default(),
        system: system.clone(),
        folder,
        settings,
        house,
        provider,
        customer,
        channel,
        outer,
        product,
    })
}

/// The settings of the product in the demo, as a file like any other.
fn settings(folder: &Folder, provider: &Provider, product: SocketAddr) -> anyhow::Result<Settings> {
    folder.write_private("pas-token", &provider.pas_token())?;
    let text = |path: PathBuf| Value::Text(path.to_string_lossy().into_owned());
    let file = file_with(&[
        ("server", "address", Value::Text(product.to_string())),
        ("data", "folder", text(folder.data())),
        ("keys", "folder", text(folder.keys())),
        ("pas", "url", Value::Text(provider.pas_url())),
        ("pas", "token_file", text(folder.path().join("pas-token"))),
    ]);
    folder.write_private("counterfoil.toml", &file)?;
    Ok(Settings::from_text(&folder.path().join("counterfoil.toml"), &file)?)
}

fn door(system: &System) -> Door {
    Door {
        tls: None,
        admits: Arc::new(|peer| peer.ip().is_loopback()),
        connections: 256,
        header_time: Duration::from_secs(10),
        drain_time: Duration::from_secs(1),
        clock: Arc::clone(&system.clock),
    }
}

fn product_router(stage: &Stage, stop: &Stop) -> anyhow::Result<Router> {
    let settings = WebSettings {
        public_url: stage.settings.server.url.clone(),
        trusted_proxies: Vec::new(),
        secure_cookies: false,
        frame_ancestors: Some(origin(stage.outer)),
        language: Language::English,
    };
    let (clock, random) = (Arc::clone(&stage.system.clock), Arc::clone(&stage.system.random));
    let door = stage.house.flow.intake().context("a working house has a door")?;
    let doors = Doors::new(door.clone(), settings, clock, random, stop.stopping());
    doors.open(stage.house.flow.clone());
    Ok(doors.router())
}

fn origin(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn tell(stage: &Stage, options: &Options, out: &mut dyn Write) -> anyhow::Result<()> {
    let address = origin(stage.outer);
    writeln!(out, "Open {address}/ in a browser on this machine.")?;
    match &options.keep {
        None => writeln!(out, "Ctrl-C ends the demo and removes all of its data.")?,
        Some(path) => writeln!(out, "Ctrl-C ends the demo; its data stays in {}.", path.display())?,
    }
    out.flush()?;
    if options.browser {
        // Without a browser to open, the address is there to be used by hand.
        let quiet = || std::process::Stdio::null();
        let mut browser = std::process::Command::new("xdg-open");
        drop(
            browser
                .arg(format!("{address}/"))
                .stdin(quiet())
                .stdout(quiet())
                .stderr(quiet())
                .spawn(),
        );
    }
    Ok(())
}
