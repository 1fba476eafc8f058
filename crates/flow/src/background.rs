//! What runs behind the doors: intake, dispatch, media, filing, the sequencer and the live bell, each in its own loop.
//!
//! A loop does a step, and when there was nothing to do waits until its bell rings or a slow poll is due. A step that fails is
//! tried again after a pause; nothing here decides anything. Jobs have crews of their own (see [`jobs`](crate::jobs)).

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_store::bell::{Bell, Ring};
use futures_util::FutureExt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a loop waits without a bell before it looks by itself.
pub(crate) const POLL: Duration = Duration::from_millis(1_000);
/// How long a loop rests after a failure.
pub(crate) const REST: Duration = Duration::from_millis(500);

impl Flow {
    /// Runs all loops until `stop` turns true, then lets each finish its step. From now on posts go to the database.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        use crate::{connections, custody, intake, jobs, live, nodes};
        if let Some(door) = self.intake() {
            door.admit(self.store().clone());
        }
        let mut loops = JoinSet::new();
        let spawn = |name, ring: fn(&Bell) -> &Ring| (name, self.clone(), ring, stop.clone());
        loops.spawn(nodes::alive::run(self.clone(), stop.clone()));
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
        loops.spawn(jobs::fetch(self.clone(), stop.clone()));
        loops.spawn(jobs::send(self.clone(), stop.clone()));
        loops.spawn(jobs::file(self.clone(), stop.clone()));
        loops.spawn(jobs::recall(self.clone(), stop.clone()));
        loops.spawn(jobs::erase(self.clone(), stop.clone()));
        loops.spawn(jobs::retire(self.clone(), stop.clone()));
        loops.spawn(work(
            spawn("sequencer", |bell: &Bell| &bell.pending),
            custody::sequence::step,
        ));
        loops.spawn(work(spawn("live", |bell: &Bell| &bell.events), live::step));
        loops.spawn(crate::sweep::run(self.clone(), stop));
        while loops.join_next().await.is_some() {}
        self.end().await;
    }

    /// Leaves nothing that another node would have to wait for.
    async fn end(&self) {
        if let Err(error) = self.store().job_release(self.inner.node).await {
            tracing::warn!(error = %chain(&error), "jobs could not be given back; others have them when their leases run out");
        }
        if let Err(error) = self.inner.recorder.lock().await.give_back(self).await {
            tracing::warn!(error = %chain(&error), "the lead in recording could not be given back and runs out by itself");
        }
        // What the last steps left is numbered and signed before the lease goes back.
        if let Err(error) = crate::custody::sequence::drain(self).await {
            tracing::warn!(error = %chain(&error), "the log could not be brought to rest and carries on at the next start");
        }
        if let Err(error) = self.vault().node_end().await {
            tracing::warn!(error = %chain(&error), "this node's lease could not be given back and runs out by itself");
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
        let wait = match guarded(step(flow.clone())).await {
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

/// Runs some work so that a mistake of ours in it (a panic) fails that work alone and ends no loop.
pub(crate) async fn guarded<T>(work: impl Future<Output = Result<T, Unavailable>>) -> Result<T, Unavailable> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => done,
        // The panic has told its place already; what it says may hold content and goes no further.
        Err(_) => Err(Unavailable("it broke off by a mistake in this program".into())),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_the_work_that_it_happened_in() {
        let broken = guarded(async { Err::<(), _>(Unavailable("as it is".into())) }).await;
        assert_eq!(
            broken.unwrap_err().to_string(),
            Unavailable("as it is".into()).to_string()
        );
        let empty: Vec<u8> = Vec::new();
        let broken = guarded(async { Ok(empty[0]) }).await;
        assert!(chain(&broken.unwrap_err()).contains("a mistake"));
        assert_eq!(guarded(async { Ok(7) }).await.unwrap(), 7);
    }
}
