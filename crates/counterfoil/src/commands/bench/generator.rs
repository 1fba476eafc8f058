//! The load generator: a process of its own, so that neither its time nor its memory counts as the server's.
//!
//! It speaks plain HTTP/1.1 over connections that stay open, one post at a time on each, as the provider does. With a rate, posts are
//! due at fixed times and each is timed from when it was due, so that a server that stalls cannot hide it.

use super::measured::{Sent, percentile};
use super::posts::{Post, post};
use crate::commands::{Ending, write_json};
use crate::system::System;
use anyhow::{Context, bail};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long to rest when the server says that too much is waiting.
const REST: Duration = Duration::from_millis(2);
/// The longest head of an answer.
const HEAD_MOST: usize = 8 * 1024;

/// Send signed posts to a hook and say how long each took. Used by `bench intake`.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Generator {
    /// Where.
    #[arg(long)]
    pub(super) to: SocketAddr,
    /// The path of the hook.
    #[arg(long)]
    pub(super) path: String,
    /// How many posts.
    #[arg(long)]
    pub(super) messages: usize,
    /// The number of the first post.
    #[arg(long)]
    pub(super) first: usize,
    /// How many are under way at once.
    #[arg(long)]
    pub(super) in_flight: usize,
    /// From how many contacts.
    #[arg(long)]
    pub(super) contacts: usize,
    /// How many a second; as fast as they are answered when not given.
    #[arg(long)]
    pub(super) rate: Option<f64>,
}

impl Generator {
    /// Sends, and prints a [`Sent`].
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<Ending> {
        write_json(out, &self.send(&System::new()).await?)?;
        Ok(Ending::Well)
    }

    /// The arguments with which this program becomes this generator.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<String> = ["bench", "generate"].map(str::to_owned).into();
        for (name, value) in [
            ("to", self.to.to_string()),
            ("path", self.path.clone()),
            ("messages", self.messages.to_string()),
            ("first", self.first.to_string()),
            ("in-flight", self.in_flight.to_string()),
            ("contacts", self.contacts.to_string()),
        ] {
            arguments.extend([format!("--{name}"), value]);
        }
        arguments.extend(self.rate.map(|rate| format!("--rate={rate}")));
        arguments
    }

    async fn send(&self, system: &System) -> anyhow::Result<Sent> {
        let next = Arc::new(AtomicUsize::new(0));
        let begun = system.clock.monotonic();
        let mut lines = JoinSet::new();
        for _ in 0..self.in_flight.max(1) {
            let line = Line {
                wanted: self.clone(),
                system: system.clone(),
                next: Arc::clone(&next),
                begun,
            };
            lines.spawn(line.run());
        }
        let (mut took, mut refused) = (Vec::with_capacity(self.messages), 0);
        while let Some(line) = lines.join_next().await {
            let (each, again) = line??;
            took.extend(each);
            refused += again;
        }
        let seconds = (system.clock.monotonic() - begun).as_secs_f64();
        took.sort_unstable();
        Ok(Sent {
            posts: took.len(),
            seconds,
            p50_ms: percentile(&took, 0.50),
            p99_ms: percentile(&took, 0.99),
            refused,
        })
    }
}

/// One connection.
struct Line {
    wanted: Generator,
    system: System,
    next: Arc<AtomicUsize>,
    begun: Duration,
}

impl Line {
    /// Sends one post after the other: how long each took, and how often the server refused for now.
    async fn run(self) -> anyhow::Result<(Vec<Duration>, usize)> {
        let stream = TcpStream::connect(self.wanted.to).await;
        let mut stream = stream.context("the server cannot be reached")?;
        stream.set_nodelay(true)?;
        let clock = &self.system.clock;
        let (mut took, mut refused) = (Vec::new(), 0);
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            if place >= self.wanted.messages {
                return Ok((took, refused));
            }
            let post = post(self.wanted.first + place, self.wanted.contacts, clock.wall().seconds());
            let request = request(&self.wanted, &post);
            let mut since = clock.monotonic();
            if let Some(rate) = self.wanted.rate {
                let due = self.begun + Duration::from_secs_f64(place as f64 / rate);
                if let Some(early) = due.checked_sub(since) {
                    clock.sleep(early).await;
                }
                since = due;
            }
            loop {
                stream.write_all(&request).await?;
                match answer(&mut stream).await? {
                    200 => break,
                    503 => refused += 1,
                    status => bail!("the server answered {status}"),
                }
                clock.sleep(REST).await;
            }
            took.push(clock.monotonic().saturating_sub(since));
        }
    }
}

fn request(wanted: &Generator, post: &Post) -> Vec<u8> {
    let Generator { path, to, .. } = wanted;
    let Post { body, signature } = post;
    format!(
        "POST {path} HTTP/1.1\r\nHost: {to}\r\nContent-Type: application/json\r\nX-Hub-Signature-256: {signature}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Reads one answer to its end; its status.
async fn answer(stream: &mut TcpStream) -> anyhow::Result<u16> {
    let mut bytes = Vec::with_capacity(1024);
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if bytes.len() > HEAD_MOST || stream.read_buf(&mut bytes).await? == 0 {
            bail!("the server ended the connection");
        }
    };
    let text = std::str::from_utf8(&bytes[..head]).context("the answer is not HTTP")?;
    let status = text.get(9..12).and_then(|status| status.parse().ok());
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let mut missing = (head + length.unwrap_or(0)).saturating_sub(bytes.len());
    while missing > 0 {
        bytes.clear();
        let read = stream.read_buf(&mut bytes).await?;
        if read == 0 {
            bail!("the server ended the connection");
        }
        missing = missing.saturating_sub(read);
    }
    status.context("the answer is not HTTP")
}
