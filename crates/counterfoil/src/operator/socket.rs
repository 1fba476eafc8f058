//! The server's end of the operator socket.

use super::LINE;
use super::answer::Reply;
use super::perform::perform;
use super::request::Request;
use crate::keeper::Opened;
use crate::shutdown::{Stopping, stopped};
use counterfoil_model::Clock;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use zeroize::Zeroizing;

/// How long a command may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the operator socket cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SocketError {
    /// A server answers there already.
    #[error("a server is already running on this data folder: {0} answers")]
    Running(PathBuf),
    /// The socket cannot be made.
    #[error("the operator socket {0} cannot be made; its path may have at most 107 bytes")]
    Make(PathBuf, #[source] std::io::Error),
}

/// The socket, open; its file goes when the value goes.
pub(crate) struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Opens the socket at `path`. A file that a crashed server left there is replaced.
    ///
    /// # Errors
    /// See [`SocketError`].
    pub(crate) async fn open(path: &Path) -> Result<Self, SocketError> {
        let make = |error| SocketError::Make(path.to_owned(), error);
        if UnixStream::connect(path).await.is_ok() {
            return Err(SocketError::Running(path.to_owned()));
        }
        match std::fs::remove_file(path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(make(error)),
        }
        // The process's umask already makes the file 0600; the folder is 0700. This says it again.
        let listener = UnixListener::bind(path).map_err(make)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(make)?;
        Ok(Self {
            listener,
            path: path.to_owned(),
        })
    }

    /// Answers commands until `stopping`.
    pub(crate) async fn serve(self, opened: Opened, clock: Arc<dyn Clock>, stopping: Stopping) {
        let mut end = std::pin::pin!(stopped(stopping));
        loop {
            let stream = tokio::select! {
                taken = self.listener.accept() => match taken {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "an operator could not be heard");
                        clock.sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                },
                () = &mut end => break,
            };
            if !is_ours(&stream) {
                tracing::warn!("another account tried to use the operator socket");
                continue;
            }
            let (opened, clock) = (Arc::clone(&opened), Arc::clone(&clock));
            tokio::spawn(async move {
                tokio::select! {
                    answered = converse(stream, &opened) => if let Err(error) = answered {
                        tracing::debug!(error = &error as &dyn std::error::Error, "an operator went away");
                    },
                    () = clock.sleep(PATIENCE) => {}
                }
            });
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A file that stays is recognised as stale by the next start.
        drop(std::fs::remove_file(&self.path));
    }
}

/// Whether the other side runs under our own account, or root's.
fn is_ours(stream: &UnixStream) -> bool {
    let own = rustix::process::geteuid().as_raw();
    stream
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == own || peer.uid() == 0)
}

async fn converse(stream: UnixStream, opened: &Opened) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = Zeroizing::new(Vec::new());
    BufReader::new(reading.take(LINE)).read_until(b'\n', &mut line).await?;
    let reply = match (serde_json::from_slice::<Request>(&line), opened.get()) {
        (Ok(request), Some(flow)) => perform(flow, request).await,
        (Ok(_), None) => Reply::Refused {
            why: "a database does not answer yet; nothing is lost, try again when it does".to_owned(),
        },
        (Err(_), _) => Reply::Refused {
            why: "this is not a request that this version knows".to_owned(),
        },
    };
    let mut answer = Zeroizing::new(serde_json::to_vec(&reply)?);
    answer.push(b'\n');
    writing.write_all(&answer).await
}
