//! Work outside the request that caused it: claimed, run, and done, or run again later.
//!
//! A job is a kind and the id of what it is about; everything else is read when it runs, so it may run twice. A claim is a lease:
//! when its holder dies, another node takes the job and is told that the first was interrupted.

use crate::Flow;
use crate::attachment;
use crate::background::{Step, chain};
use crate::context::Unavailable;
use crate::filing::deliver;
use crate::outbound::{dispatch, settle};
use counterfoil_model::Timestamp;
use counterfoil_store::{Claimed, NewJob};
use futures_util::stream::{self, StreamExt};
use std::time::Duration;

/// How many jobs are claimed at a time.
const BATCH: usize = 32;
/// How many run side by side.
const SIDE_BY_SIDE: usize = 16;
/// How long a claim holds. Longer than any job may take.
const LEASE: Duration = Duration::from_secs(300);

/// What there is to do. The names are stored: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    /// Fetch a file from the provider.
    Fetch,
    /// Send a message.
    Dispatch,
    /// Find out whether a message left whose answer was lost.
    Settle,
    /// Put a message on a reference in another system.
    File,
}

impl JobKind {
    const ALL: [Self; 4] = [Self::Fetch, Self::Dispatch, Self::Settle, Self::File];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Fetch => "attachment.fetch",
            Self::Dispatch => "message.dispatch",
            Self::Settle => "message.settle",
            Self::File => "message.file",
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

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
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
    /// It shall run again at this time.
    Again(Timestamp),
}

/// Fetches files. Its own loop, since a number with No Storage gives little time.
pub(crate) async fn fetch(flow: Flow) -> Result<Step, Unavailable> {
    step(flow, &[JobKind::Fetch]).await
}

/// Sends messages and settles what became of them.
pub(crate) async fn send(flow: Flow) -> Result<Step, Unavailable> {
    step(flow, &[JobKind::Dispatch, JobKind::Settle]).await
}

/// Files messages. Its own loop, so that a slow system holds up nothing else.
pub(crate) async fn file(flow: Flow) -> Result<Step, Unavailable> {
    step(flow, &[JobKind::File]).await
}

/// Claims what is due of these kinds and runs it.
async fn step(flow: Flow, kinds: &[JobKind]) -> Result<Step, Unavailable> {
    let now = flow.now();
    let names: Vec<&'static str> = kinds.iter().map(|kind| kind.name()).collect();
    let claimed = flow.store().job_claim(flow.inner.node, &names, BATCH, LEASE).await?;
    if claimed.is_empty() {
        let wait = flow.store().job_next_at(&names).await?.map(|at| at.since(now));
        return Ok(wait.map_or(Step::Idle, |wait| Step::Until(wait.max(Duration::from_millis(5)))));
    }
    stream::iter(claimed)
        .for_each_concurrent(SIDE_BY_SIDE, |job| run(&flow, job))
        .await;
    Ok(Step::More)
}

async fn run(flow: &Flow, job: Claimed) {
    let started = flow.inner.clock.monotonic();
    let kind = JobKind::from_name(&job.kind);
    let ended = match kind {
        Some(JobKind::Fetch) => attachment::fetch::run(flow, &job).await,
        Some(JobKind::Dispatch) => dispatch::run(flow, &job).await,
        Some(JobKind::Settle) => settle::run(flow, &job).await,
        Some(JobKind::File) => deliver::run(flow, &job).await,
        None => Err(Unavailable("a job of a kind that this version does not know".into())),
    };
    let elapsed_ms = (flow.inner.clock.monotonic() - started).as_millis();
    let (outcome, result) = match ended {
        Ok(Ended::Done) => ("done", flow.store().job_done(&job).await),
        Ok(Ended::Again(at)) => ("again", flow.store().job_again(&job, at, job.attempts).await),
        Err(error) => {
            tracing::warn!(job = %job.id, kind = %job.kind, error = %chain(&error), "a job failed and will be tried again");
            (
                "failed",
                flow.store()
                    .job_again(&job, flow.now().plus(back_off(job.attempts)), job.attempts)
                    .await,
            )
        }
    };
    metrics::counter!("jobs_total", "kind" => kind.map_or("unknown", JobKind::name), "outcome" => outcome).increment(1);
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
