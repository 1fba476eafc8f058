//! A wire to a database server that a test can cut and mend: the server stays up for everybody else.
//!
//! While it is cut, connections through it are gone and new ones are refused, as when the server had stopped.

use anyhow::{Context, Result};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::patience::{AMPLE, until};

/// A wire; it is gone when dropped.
pub struct Wire {
    address: SocketAddr,
    whole: watch::Sender<bool>,
    work: JoinHandle<Result<()>>,
}

impl Wire {
    /// Lays a wire to `server`, such as `127.0.0.1:5432`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn to(server: &str) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (whole, watched) = watch::channel(true);
        let work = tokio::spawn(carry(listener, address, server.to_owned(), watched));
        Ok(Self { address, whole, work })
    }

    /// A `postgres://` address that leads through it instead of to its server directly.
    ///
    /// # Errors
    /// When `url` is none.
    pub fn through(&self, url: &str) -> Result<String> {
        let (before, rest) = url.rsplit_once('@').context("an address with a user")?;
        let (_, name) = rest.split_once('/').context("an address with a database")?;
        Ok(format!("{before}@{}/{name}", self.address))
    }

    /// Cuts it; returns once connections are refused.
    ///
    /// # Errors
    /// When they still are not after a while.
    pub async fn cut(&self) -> Result<()> {
        self.whole.send_replace(false);
        let refused = async || Ok(TcpStream::connect(self.address).await.is_err().then_some(()));
        until("the wire to be cut", AMPLE, refused).await.map(drop)
    }

    /// Mends it; returns once connections are taken.
    ///
    /// # Errors
    /// When they still are not after a while.
    pub async fn mend(&self) -> Result<()> {
        self.whole.send_replace(true);
        let taken = async || Ok(TcpStream::connect(self.address).await.is_ok().then_some(()));
        until("the wire to be mended", AMPLE, taken).await.map(drop)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.work.abort();
    }
}

/// Lets what is under way go on for so long when a wire waits for its port to be free again.
const AGAIN: Duration = Duration::from_millis(20);

async fn carry(
    first: TcpListener,
    address: SocketAddr,
    server: String,
    mut whole: watch::Receiver<bool>,
) -> Result<()> {
    let mut listener = Some(first);
    loop {
        whole.wait_for(|whole| *whole).await?;
        let listening = match listener.take() {
            Some(listening) => listening,
            None => match TcpListener::bind(address).await {
                Ok(listening) => listening,
                Err(_) => {
                    pause().await;
                    continue;
                }
            },
        };
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                taken = listening.accept() => {
                    let (mut near, _) = taken?;
                    let server = server.clone();
                    open.spawn(async move {
                        let mut far = TcpStream::connect(&server).await?;
                        // What a question takes is the server's time and not that of a wire that waits for more.
                        near.set_nodelay(true)?;
                        far.set_nodelay(true)?;
                        tokio::io::copy_bidirectional(&mut near, &mut far).await
                    });
                }
                Some(_) = open.join_next() => {}
                cut = whole.wait_for(|whole| !whole) => {
                    cut?;
                    break;
                }
            }
        }
        // Dropped: everything that went through it breaks off.
    }
}

#[expect(clippy::disallowed_methods, reason = "a port that is just being freed")]
async fn pause() {
    tokio::time::sleep(AGAIN).await;
}
