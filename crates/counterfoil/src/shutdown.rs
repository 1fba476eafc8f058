//! Stopping: the first SIGTERM or SIGINT asks every part to finish what it has begun; nothing new is taken on.
//!
//! A second signal ends the process at once. What was acknowledged is durable by then, so even that loses nothing.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// The hand that stops everything.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Sender<bool>);

/// What every part watches.
pub(crate) type Stopping = watch::Receiver<bool>;

impl Stop {
    /// A hand that has not moved.
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// What every part watches.
    pub(crate) fn stopping(&self) -> Stopping {
        self.0.subscribe()
    }

    /// Asks every part to finish.
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Stops on the first SIGTERM or SIGINT, ends the process on the second.
    ///
    /// # Errors
    /// When the operating system does not hand out signals.
    pub(crate) fn on_signals(&self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = self.clone();
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
            tracing::info!("stopping");
            stop.stop();
            tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
            std::process::exit(130);
        });
        Ok(())
    }
}

/// Ready once stopping was asked for.
pub(crate) async fn stopped(mut stopping: Stopping) {
    // An error means that the hand is gone, which is as good as a stop.
    drop(stopping.wait_for(|stop| *stop).await);
}
