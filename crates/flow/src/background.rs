//! What runs behind the doors: intake, dispatch, media, filing, the sequencer and the live bell, each in its own loop.
//!
//! A loop does a step, and when there was nothing to do waits until its bell rings or a slow poll is due. A step that fails is
//! tried again after a pause; nothing here decides anything.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_store::bell::{Bell, Ring};
use std::future::Future;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a loop waits without a bell before it looks by itself.
const POLL: Duration = Duration::from_millis(1_000);
/// How long a loop rests after a failure.
const REST: Duration = Duration::from_millis(500);

impl Flow {
    /// Runs all loops until `stop` turns true, then lets each finish its step. From now on posts go to the database.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        use crate::{connections, custody, intake, jobs, live};
        if let Some(door) = self.intake() {
            door.admit(self.store().clone());
        }
        let mut loops = JoinSet::new();
        let spawn = |name, ring: fn(&Bell) -> &Ring| (name, self.clone(), ring, stop.clone());
        loops.spawn(work(
            spawn("intake", |bell: &Bell| &bell.deliveries),
            intake::work::step,
        ));
        loops.spawn(work(
            spawn("drain", |bell: &Bell| &bell.deliveries),
            intake::drain::step,
        ));
        loops.spawn(work(
            spawn("kit", |bell: &Bell| &bell.deliveries),
            connections::kit::step,
        ));
        loops.spawn(work(spawn("fetch", |bell: &Bell| &bell.jobs), jobs::fetch));
        loops.spawn(work(spawn("send", |bell: &Bell| &bell.jobs), jobs::send));
        loops.spawn(work(spawn("file", |bell: &Bell| &bell.jobs), jobs::file));
        loops.spawn(work(
            spawn("sequencer", |bell: &Bell| &bell.pending),
            custody::sequence::step,
        ));
        loops.spawn(work(spawn("live", |bell: &Bell| &bell.events), live::step));
        loops.spawn(crate::sweep::run(self.clone(), stop));
        while loops.join_next().await.is_some() {}
        // What the last steps left is numbered and signed before the lease goes back.
        if let Err(error) = custody::sequence::drain(self).await {
            tracing::warn!(error = %chain(&error), "the log could not be brought to rest and carries on at the next start");
        }
    }
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// There may be more to do at once.
    More,
    /// Nothing to do now; look again after the usual pause or sooner.
    Idle,
    /// Nothing to do before this much time has passed, unless the bell rings.
    Until(Duration),
}

/// What a loop works with: its name in logs, the use cases, the ring that wakes it, and when to stop.
type Loop = (&'static str, Flow, fn(&Bell) -> &Ring, watch::Receiver<bool>);

async fn work<F, S>((name, flow, ring, mut stop): Loop, step: F)
where
    F: Fn(Flow) -> S,
    S: Future<Output = Result<Step, Unavailable>>,
{
    let mut bell = ring(flow.store().bell()).listen();
    while !*stop.borrow() {
        bell.mark_unchanged();
        let wait = match step(flow.clone()).await {
            Ok(Step::More) => continue,
            Ok(Step::Idle) => POLL,
            Ok(Step::Until(wait)) => wait.min(POLL),
            Err(error) => {
                tracing::warn!(work = name, error = %chain(&error), "a step failed and will be tried again");
                REST
            }
        };
        tokio::select! {
            _ = bell.changed() => {}
            () = flow.inner.clock.sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
}

/// An error with its causes, one line. Our errors carry no content.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        line.push_str(": ");
        line.push_str(&next.to_string());
        cause = next.source();
    }
    line
}
