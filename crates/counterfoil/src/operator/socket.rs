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

/// How long a command may take to ask, and then to take its answer. What it asks for may take longer.
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
                let answer = async |request| match opened.get() {
                    Some(flow) => perform(flow, request).await,
                    None => Reply::Refused {
                        why: "a database does not answer yet; nothing is lost, try again when it does".to_owned(),
                    },
                };
                if let Err(error) = converse(stream, clock.as_ref(), answer).await {
                    tracing::debug!(error = &error as &dyn std::error::Error, "an operator went away");
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

/// Hears a request, has it answered, and hands the answer over.
async fn converse(
    stream: UnixStream,
    clock: &dyn Clock,
    answer: impl AsyncFnOnce(Request) -> Reply,
) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = Zeroizing::new(Vec::new());
    let mut reading = BufReader::new(reading.take(LINE));
    in_time(clock, reading.read_until(b'\n', &mut line)).await?;
    let reply = match serde_json::from_slice::<Request>(&line) {
        Ok(request) => answer(request).await,
        Err(_) => Reply::Refused {
            why: "this is not a request that this version knows".to_owned(),
        },
    };
    let mut answer = Zeroizing::new(serde_json::to_vec(&reply)?);
    answer.push(b'\n');
    in_time(clock, writing.write_all(&answer)).await
}

async fn in_time<T>(clock: &dyn Clock, work: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    tokio::select! {
        done = work => done,
        () = clock.sleep(PATIENCE) => Err(std::io::ErrorKind::TimedOut.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use counterfoil_model::Timestamp;
    use counterfoil_model::time::Sleep;
    use tokio::sync::Notify;

    /// A clock that stands until somebody lets all waits pass.
    #[derive(Default)]
    struct Standing(Arc<Notify>);

    impl Clock for Standing {
        fn wall(&self) -> Timestamp {
            Timestamp::from_seconds(1_700_000_000)
        }

        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }

        fn sleep(&self, _: Duration) -> Sleep {
            let passed = Arc::clone(&self.0);
            Box::pin(async move { passed.notified().await })
        }
    }

    async fn asked(
        line: &[u8],
        answer: impl AsyncFnOnce(Request) -> Reply,
        clock: &Standing,
    ) -> (std::io::Result<()>, String) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (mut told, mut asking) = theirs.into_split();
        asking.write_all(line).await.unwrap();
        let outcome = converse(ours, clock, answer).await;
        let mut heard = String::new();
        // Who is let go in the middle of asking finds the socket closed.
        drop(told.read_to_string(&mut heard).await);
        (outcome, heard)
    }

    #[tokio::test]
    async fn what_takes_long_is_answered_all_the_same() {
        let clock = Standing::default();
        let passes = Arc::clone(&clock.0);
        let slow = async |request: Request| {
            assert!(request.only_reads());
            // Nobody who is waited for is still being heard.
            passes.notify_waiters();
            tokio::task::yield_now().await;
            Reply::Refused { why: "done".to_owned() }
        };
        let (outcome, heard) = asked(b"{\"do\":\"intake-stats\"}\n", slow, &clock).await;
        outcome.unwrap();
        assert_eq!(heard, "{\"refused\":{\"why\":\"done\"}}\n");
    }

    #[tokio::test]
    async fn who_says_nothing_is_let_go_and_what_is_no_request_is_refused() {
        let clock = Standing::default();
        let nobody = async |_: Request| panic!("nothing was asked");
        let (outcome, heard) = asked(b"{\"do\":\"fly\"}\n", nobody, &clock).await;
        outcome.unwrap();
        assert!(heard.contains("not a request"), "{heard}");
        clock.0.notify_one();
        let (outcome, heard) = asked(b"{\"do\":", nobody, &clock).await;
        assert_eq!(outcome.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
        assert_eq!(heard, "");
    }
}
