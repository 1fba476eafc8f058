//! Work outside the request that caused it: claimed, run, and done, or run again later.
//!
//! A job is a kind and the id of what it is about; everything else is read when it runs, so it may run twice. A claim is a short lease
//! that is renewed while the job runs: when its holder dies, another node has the job soon after, and while it lives none has. A crew
//! takes as many as it has places, so that one slow answer holds up nothing but its own place. What may not be done twice is begun
//! first (see [`Store::job_begin`](counterfoil_store::Store::job_begin)).

use crate::Flow;
use crate::attachment;
use crate::background::{POLL, REST, chain};
use crate::context::Unavailable;
use crate::erasure;
use crate::filing::{deliver, withdraw};
use crate::outbound::dispatch;
use crate::retirement;
use counterfoil_model::{ConversationId, JobId, MessageId, Timestamp};
use counterfoil_store::{Change, Claimed, NewJob, Unit};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};

/// How long a claim holds without being renewed: how long a job waits when its node dies.
const LEASE: Duration = Duration::from_secs(15);
/// How long to wait when what was due has been taken by another node.
const TAKEN: Duration = Duration::from_millis(50);

/// What there is to do. The names are stored: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    /// Fetch a file from the provider.
    Fetch,
    /// Send a message, and find out whether it left when its answer was lost.
    Dispatch,
    /// Put a message on a reference in another system.
    File,
    /// Ask another system to withdraw what was erased here.
    Withdraw,
    /// Erase what was decided to be erased.
    Erase,
    /// Retire a key epoch.
    Retire,
}

impl JobKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Fetch => "attachment.fetch",
            Self::Dispatch => "message.dispatch",
            Self::File => "message.file",
            Self::Withdraw => "copy.withdraw",
            Self::Erase => "erasure.take",
            Self::Retire => "epoch.retire",
        }
    }

    /// The wish that this be done for `subject`, not before `at`.
    pub(crate) fn due(self, subject: [u8; 16], at: Timestamp) -> NewJob {
        NewJob {
            kind: self.name(),
            subject: subject.to_vec(),
            run_at: at,
        }
    }
}

/// What a job is about, as an id. A job whose subject is not an id is about nothing that there is.
pub(crate) fn subject(job: &Claimed) -> [u8; 16] {
    job.subject.as_slice().try_into().unwrap_or_default()
}

/// How a run of a job ended.
pub(crate) enum Ended {
    /// There is no more to do.
    Done,
    /// There is no more to do, and the message after this one in its conversation, which may wait for that, need not.
    Next {
        /// The conversation.
        conversation: ConversationId,
        /// The message.
        message: MessageId,
    },
    /// It had no effect and shall be tried again at this time.
    Again(Timestamp),
    /// It could not be tried yet; it shall be at this time.
    Waits(Timestamp),
    /// It was begun, and what came of it is looked at again at this time.
    Open(Timestamp),
    /// Another claim has it.
    Lost,
}

/// Who does the jobs of one kind.
#[derive(Clone, Copy)]
struct Crew {
    kind: JobKind,
    /// How many run side by side.
    places: usize,
    /// How long they may take when the node is told to stop. What is left then is dropped, and done by whoever comes next.
    parting: Duration,
}

/// Fetches files. Its own crew, since a number with No Storage gives little time.
pub(crate) async fn fetch(flow: Flow, stop: watch::Receiver<bool>) {
    let crew = Crew {
        kind: JobKind::Fetch,
        places: 16,
        parting: Duration::from_secs(2),
    };
    work(flow, crew, stop).await;
}

/// Sends messages and settles what became of them. Told to stop, it waits for the provider's answers as long as the provider may take.
pub(crate) async fn send(flow: Flow, stop: watch::Receiver<bool>) {
    let crew = Crew {
        kind: JobKind::Dispatch,
        places: 32,
        parting: Duration::from_secs(35),
    };
    work(flow, crew, stop).await;
}

/// Files messages. Its own crew, so that a slow system holds up nothing else.
pub(crate) async fn file(flow: Flow, stop: watch::Receiver<bool>) {
    let crew = Crew {
        kind: JobKind::File,
        places: 8,
        parting: Duration::from_secs(2),
    };
    work(flow, crew, stop).await;
}

/// Asks for what was erased here to be withdrawn elsewhere. Its own crew, so that it holds up neither filing nor erasing.
pub(crate) async fn recall(flow: Flow, stop: watch::Receiver<bool>) {
    let crew = Crew {
        kind: JobKind::Withdraw,
        places: 4,
        parting: Duration::from_secs(2),
    };
    work(flow, crew, stop).await;
}

/// Erases, one thing after the other: each is done in many small steps.
pub(crate) async fn erase(flow: Flow, stop: watch::Receiver<bool>) {
    let crew = Crew {
        kind: JobKind::Erase,
        places: 1,
        parting: Duration::from_secs(2),
    };
    work(flow, crew, stop).await;
}

/// Retires key epochs: one at a time, in steps of which most wait for something.
pub(crate) async fn retire(flow: Flow, stop: watch::Receiver<bool>) {
    let crew = Crew {
        kind: JobKind::Retire,
        places: 1,
        parting: Duration::from_secs(2),
    };
    work(flow, crew, stop).await;
}

/// What a crew is doing.
#[derive(Default)]
struct Running {
    tasks: JoinSet<()>,
    /// Which jobs the tasks hold.
    jobs: HashMap<Id, JobId>,
}

impl Running {
    fn begin(&mut self, flow: &Flow, kind: JobKind, job: Claimed) {
        let (flow, id) = (flow.clone(), job.id);
        let task = self.tasks.spawn(async move { run(&flow, kind, job).await });
        self.jobs.insert(task.id(), id);
    }

    /// Waits for one to end, however it ends. A job that panicked is given up by not being renewed.
    async fn ended(&mut self) {
        let task = match self.tasks.join_next_with_id().await {
            Some(Ok((task, ()))) => task,
            Some(Err(broken)) => broken.id(),
            None => return,
        };
        self.jobs.remove(&task);
    }
}

/// Does what is due, as much side by side as there are places, until told to stop.
async fn work(flow: Flow, crew: Crew, mut stop: watch::Receiver<bool>) {
    let clock = flow.inner.clock.clone();
    let mut bell = flow.store().bell().jobs.listen();
    let mut running = Running::default();
    let (mut renew_at, mut stop_at) = (clock.monotonic() + LEASE / 3, None);
    loop {
        bell.mark_unchanged();
        let now = clock.monotonic();
        if *stop.borrow() {
            stop_at = stop_at.or(Some(now + crew.parting));
        }
        let mut wait = match stop_at {
            Some(at) if running.jobs.is_empty() || at <= now => return,
            Some(at) => at - now,
            None => take(&flow, crew, &mut running).await.unwrap_or_else(|error| {
                tracing::warn!(work = crew.kind.name(), error = %chain(&error), "jobs could not be claimed; trying again");
                REST
            }),
        };
        let (busy, full) = (!running.jobs.is_empty(), running.jobs.len() >= crew.places);
        if busy {
            wait = if full { LEASE } else { wait }.min(renew_at.saturating_sub(now));
        }
        tokio::select! {
            () = running.ended(), if busy => {}
            _ = bell.changed(), if !full && stop_at.is_none() => {}
            _ = stop.changed(), if stop_at.is_none() => {}
            () = async { clock.sleep(wait).await } => {}
        }
        if clock.monotonic() >= renew_at {
            renew_at = clock.monotonic() + LEASE / 3;
            let jobs: Vec<JobId> = running.jobs.values().copied().collect();
            if let Err(error) = flow.store().job_renew(flow.inner.node, &jobs, LEASE).await {
                tracing::warn!(work = crew.kind.name(), error = %chain(&error), "claims could not be renewed");
            }
        }
    }
}

/// Fills the places that are free with what is due; how long to wait before looking again.
async fn take(flow: &Flow, crew: Crew, running: &mut Running) -> Result<Duration, Unavailable> {
    let room = crew.places.saturating_sub(running.jobs.len());
    if room == 0 {
        return Ok(POLL);
    }
    let kinds = [crew.kind.name()];
    // Looking takes no lock; claiming does.
    let Some(at) = flow.store().job_next_at(&kinds).await? else {
        return Ok(POLL);
    };
    let wait = at.since(flow.now());
    if !wait.is_zero() {
        return Ok(wait.clamp(Duration::from_millis(5), POLL));
    }
    let claimed = flow.store().job_claim(flow.inner.node, &kinds, room, LEASE).await?;
    if claimed.is_empty() {
        return Ok(TAKEN);
    }
    for job in claimed {
        running.begin(flow, crew.kind, job);
    }
    Ok(Duration::ZERO)
}

async fn run(flow: &Flow, kind: JobKind, job: Claimed) {
    let started = flow.inner.clock.monotonic();
    let ended = match kind {
        JobKind::Fetch => attachment::fetch::run(flow, &job).await,
        JobKind::Dispatch => dispatch::run(flow, &job).await,
        JobKind::File => deliver::run(flow, &job).await,
        JobKind::Withdraw => withdraw::run(flow, &job).await,
        JobKind::Erase => erasure::work::run(flow, &job).await,
        JobKind::Retire => retirement::work::run(flow, &job).await,
    };
    let elapsed_ms = (flow.inner.clock.monotonic() - started).as_millis();
    let store = flow.store();
    let (outcome, result) = match ended {
        Ok(Ended::Done) => ("done", store.job_done(&job).await),
        Ok(Ended::Next { conversation, message }) => {
            let next = Change::job_next(kind.name(), conversation, message, flow.now());
            let unit = Unit::new("job.done").changes(Change::job_done(&job)).change(next);
            ("done", store.commit(unit).await)
        }
        Ok(Ended::Again(at)) => ("again", store.job_again(&job, at, job.attempts).await),
        // Waiting for a turn is not a try.
        Ok(Ended::Waits(at)) => ("waits", store.job_again(&job, at, job.attempts - 1).await),
        Ok(Ended::Open(at)) => ("open", store.job_open(&job, at).await),
        Ok(Ended::Lost) => ("lost", Ok(())),
        Err(error) => {
            tracing::warn!(job = %job.id, kind = %job.kind, error = %chain(&error), "a job failed and will be tried again");
            let at = flow.now().plus(back_off(job.attempts));
            // Whether it had an effect is not known: what was begun stays begun.
            ("failed", store.job_open(&job, at).await)
        }
    };
    metrics::counter!("jobs_total", "kind" => kind.name(), "outcome" => outcome).increment(1);
    tracing::info!(job = %job.id, kind = %job.kind, attempts = job.attempts, outcome, elapsed_ms, "job");
    if let Err(error) = result {
        // The lease runs out and the job is claimed anew.
        tracing::warn!(job = %job.id, error = %chain(&error), "the end of a job could not be written");
    }
}

/// How long to wait after the `attempts`-th try: from one second, doubling, to five minutes.
pub(crate) fn back_off(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 9)).unwrap_or(9);
    Duration::from_secs((1_u64 << doublings).min(300))
}
