//! The writer: takes all units of work that wait, keeps them in one transaction, answers after the commit.
//!
//! Units of a group share the cost of reaching the disk. When a rule or guard is not met, or the engine takes a value of one of them
//! never, nothing of the group is kept and each unit is run again by itself, so that only the guilty one is told so.

use crate::alone::TRIES;
use crate::bell::{Bell, rings};
use crate::change::{Change, Given, Touches};
use crate::faults::Faults;
use crate::mint::Mint;
use crate::numbering::{self, Unnumbered};
use crate::place::Held;
use crate::queues::{Queues, Waiting};
use crate::rows::{DeliveryRow, Table};
use crate::shown::Shown;
use crate::sql::failure::FailureKind;
use crate::sql::text::{Sizes, spell, statements};
use crate::sql::{Database, Failure, Field, Session, Value};
use crate::tell::Tell;
use crate::unit::Unit;
use counterfoil_ledger::leaf::LeafError;
use counterfoil_model::Clock;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};

statements! {
    PENDING_LEAF = "INSERT INTO pending_leaf (id, subject, bytes) VALUES {rows}";
    PENDING_EVENT = "INSERT INTO pending_event (id, kind, conversation_id, subject, person_id, at) VALUES {rows}";
    // While a job runs, a new wish shows as a `run_at` before the end of its lease (see `change/job.rs`).
    JOB = "INSERT INTO job (id, kind, subject, run_at, attempts) VALUES {rows} ON CONFLICT (kind, subject) DO UPDATE SET run_at = CASE \
        WHEN excluded.run_at < job.run_at THEN excluded.run_at \
        WHEN job.leased_until IS NOT NULL AND job.run_at = job.leased_until THEN job.leased_until - 1 ELSE job.run_at END";
}

/// Why a unit of work was not kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// A guard was not met or a row is there already. Nothing was kept.
    #[error("what {guard} asks for is not so")]
    Conflict {
        /// The guard of the change, the table of the row, or `foreign key`.
        guard: &'static str,
    },
    /// The engine takes a value of the unit never. Nothing was kept.
    #[error("the store cannot hold what this unit of work says")]
    Refused(#[source] Arc<Failure>),
    /// The engine could not be asked. Whether the unit was kept is not known.
    #[error("the store could not be written")]
    Unavailable(#[source] Arc<Failure>),
    /// The store is closed. Nothing was kept.
    #[error("the store is closed")]
    Closed,
    /// There is no room: on the disk or, for [`crate::Store::commit_post`], in the queue. Nothing was kept.
    #[error("there is no room")]
    Full,
    /// A leaf of the unit breaks the rules of leaves. Nothing was kept.
    #[error("a leaf of this unit of work cannot be written")]
    Leaf(#[source] Arc<LeafError>),
}

/// What the writers work with.
pub(crate) struct Engine {
    pub(crate) database: Database,
    pub(crate) bell: Bell,
    pub(crate) mint: Mint,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) faults: Faults,
    /// What other nodes should hear of.
    pub(crate) tell: Tell,
    /// Who is seen to live.
    pub(crate) shown: Shown,
    /// Held until the last writer has ended.
    pub(crate) _held: Held,
}

/// Takes what waits until the store is closed and nothing waits any more.
pub(crate) async fn run(engine: Arc<Engine>, queues: Arc<Mutex<Queues>>, mut closing: watch::Receiver<bool>) {
    loop {
        let group = {
            let mut queues = queues.lock().await;
            let group = queues.take(&mut closing).await;
            if group.is_empty() && queues.ended() {
                return;
            }
            group
        };
        if !group.is_empty() {
            engine.settle(group).await;
        }
    }
}

/// Why a group was not kept.
enum Stopped {
    /// Nothing was kept, and a unit alone may fare better.
    Guard(&'static str),
    Failed(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Engine {
    async fn settle(&self, group: Vec<Waiting>) {
        let (units, answers): (Vec<Unit>, Vec<_>) = group.into_iter().map(|w| (w.unit, w.answer)).unzip();
        let whole: Vec<&Unit> = units.iter().collect();
        let started = self.clock.monotonic();
        let outcomes: Vec<Result<(), CommitError>> = match self.keep(&whole).await {
            Err(CommitError::Conflict { .. } | CommitError::Refused(_)) if units.len() > 1 => {
                let mut outcomes = Vec::with_capacity(units.len());
                for unit in &units {
                    outcomes.push(self.keep(&[unit]).await);
                }
                outcomes
            }
            outcome => vec![outcome; units.len()],
        };
        let took = self.clock.monotonic().saturating_sub(started);
        metrics::histogram!("counterfoil_store_group_seconds").record(took.as_secs_f64());
        count(units.iter().zip(&outcomes));
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // Who asked may have gone away; the unit is kept or not all the same.
            let _ = answer.send(outcome);
        }
    }

    /// Keeps units in one transaction, again when another is in the way, and rings the bell.
    async fn keep(&self, units: &[&Unit]) -> Result<(), CommitError> {
        let mut tries = 1;
        loop {
            match self.attempt(units).await {
                Ok(numbered) => {
                    self.ring(units, numbered);
                    return Ok(());
                }
                Err(Stopped::Guard(guard)) => return Err(CommitError::Conflict { guard }),
                Err(Stopped::Failed(failure)) => match failure.kind() {
                    FailureKind::Again if tries < TRIES => tries += 1,
                    FailureKind::Full => return Err(CommitError::Full),
                    FailureKind::Refused => return Err(CommitError::Refused(Arc::new(failure))),
                    _ => return Err(CommitError::Unavailable(Arc::new(failure))),
                },
            }
        }
    }

    /// Keeps units in one transaction; whether their leaves and events have their numbers.
    async fn attempt(&self, units: &[&Unit]) -> Result<bool, Stopped> {
        let mut session = self.database.begin_on_the_spot().await?;
        let numbered = match self.write(&mut session, units).await {
            Ok(numbered) => numbered,
            Err(stopped) => {
                // The next transaction must find the connection free; a failing rollback closes it.
                let _ = session.rollback().await;
                return Err(stopped);
            }
        };
        for unit in units {
            self.faults.before_commit(unit.name)?;
        }
        session.commit().await.map_err(|failure| match failure.kind() {
            FailureKind::Rule => Stopped::Guard("foreign key"),
            _ => Stopped::Failed(failure),
        })?;
        for unit in units {
            self.faults.after_commit(unit.name)?;
        }
        Ok(numbered)
    }

    async fn write(&self, session: &mut Session, units: &[&Unit]) -> Result<bool, Stopped> {
        for change in units.iter().flat_map(|unit| &unit.before) {
            make(session, change).await?;
        }
        for (table, rows) in by_table(units) {
            session
                .insert(table.insert, &rows)
                .await
                .map_err(|f| named(f, table.name))?;
        }
        for change in gathered(units.iter().flat_map(|unit| &unit.after)) {
            make(session, &change).await?;
        }
        session.insert(JOB, &self.jobs(units)).await?;
        Ok(self.number(session, units).await?)
    }

    /// Numbers the leaves and events of the group, or has them wait for the sequencer and says so with `false`.
    async fn number(&self, session: &mut Session, units: &[&Unit]) -> Result<bool, Failure> {
        let Some(waiting) = numbering::at_once(session, brought(units)).await? else {
            return Ok(true);
        };
        let id = || self.mint.next().into_value();
        let events = waiting.events.into_iter().map(|event| [vec![id()], event].concat());
        session.insert(PENDING_EVENT, &events.collect::<Vec<_>>()).await?;
        let leaves = waiting.leaves.into_iter();
        let leaves = leaves.map(|(subject, bytes)| vec![id(), subject, bytes.into_value()]);
        session.insert(PENDING_LEAF, &leaves.collect::<Vec<_>>()).await?;
        Ok(false)
    }

    /// One row per kind and subject, with the earliest wish: one statement may not touch a row twice.
    fn jobs(&self, units: &[&Unit]) -> Vec<Vec<Value>> {
        let mut wished = HashMap::new();
        for job in units.iter().flat_map(|unit| &unit.jobs) {
            let at = wished.entry((job.kind, &job.subject)).or_insert(job.run_at);
            *at = job.run_at.min(*at);
        }
        wished
            .into_iter()
            .map(|((kind, subject), run_at)| {
                vec![
                    self.mint.next().into_value(),
                    kind.to_owned().into_value(),
                    subject.clone().into_value(),
                    run_at.into_value(),
                    0.into_value(),
                ]
            })
            .collect()
    }

    fn ring(&self, units: &[&Unit], numbered: bool) {
        let jobs = units.iter().any(|unit| !unit.jobs.is_empty());
        let events = units.iter().any(|unit| !unit.events.is_empty());
        // Leaves that have their numbers still wait for a signature.
        let pending = events || units.iter().any(|unit| !unit.leaves.is_empty());
        let deliveries = units.iter().any(|unit| unit.holds::<DeliveryRow>());
        let rung = [
            (jobs, rings::JOBS),
            (pending, rings::PENDING),
            (deliveries, rings::DELIVERIES),
            (events && numbered, rings::EVENTS),
        ];
        let rung = rung.iter().filter(|(rung, _)| *rung).fold(0, |all, (_, bit)| all | bit);
        self.bell.ring(rung);
        self.tell.others(rung);
    }
}

/// Counts units by name and outcome, once for each such pair: a group is mostly of one or two.
fn count<'a>(ended: impl Iterator<Item = (&'a Unit, &'a Result<(), CommitError>)>) {
    let mut counts: Vec<((&'static str, &'static str), u64)> = Vec::new();
    for (unit, outcome) in ended {
        let label = match outcome {
            Ok(()) => "kept",
            Err(CommitError::Conflict { .. }) => "conflict",
            Err(_) => "failed",
        };
        let pair = (unit.name, label);
        match counts.iter_mut().find(|(known, _)| *known == pair) {
            Some((_, count)) => *count += 1,
            None => counts.push((pair, 1)),
        }
    }
    for ((unit, outcome), count) in counts {
        metrics::counter!("counterfoil_store_units", "unit" => unit, "outcome" => outcome).increment(count);
    }
}

/// The leaves and events of all units.
fn brought(units: &[&Unit]) -> Unnumbered {
    let events = units.iter().flat_map(|unit| &unit.events).map(|event| {
        vec![
            event.kind.into_value(),
            event.conversation.into_value(),
            event.subject.into_value(),
            event.person.into_value(),
            event.at.into_value(),
        ]
    });
    let leaves = units.iter().flat_map(|unit| &unit.leaves);
    let leaves = leaves.map(|(subject, bytes)| (subject.into_value(), bytes.clone()));
    Unnumbered {
        leaves: leaves.collect(),
        events: events.collect(),
    }
}

/// The rows of all units, table by table in the order in which the tables are first named.
fn by_table<'a>(units: &[&'a Unit]) -> Vec<(&'static Table, Vec<&'a [Value]>)> {
    let mut tables: Vec<(&'static Table, Vec<&[Value]>)> = Vec::new();
    for (table, row) in units.iter().flat_map(|unit| &unit.rows) {
        match tables.iter_mut().find(|(known, _)| known.name == table.name) {
            Some((_, rows)) => rows.push(row),
            None => tables.push((table, vec![row])),
        }
    }
    tables
}

/// The changes, those that may be gathered as one; each such statement takes the place of its first change.
fn gathered<'a>(changes: impl Iterator<Item = &'a Change>) -> Vec<Cow<'a, Change>> {
    let mut gathered: Vec<Cow<'a, Change>> = Vec::new();
    for change in changes {
        let Given::Gathered(rows) = &change.given else {
            gathered.push(Cow::Borrowed(change));
            continue;
        };
        let before = gathered.iter_mut().find(|other| other.statement == change.statement);
        match before.map(|before| &mut before.to_mut().given) {
            Some(Given::Gathered(all)) => all.extend(rows.iter().cloned()),
            _ => gathered.push(Cow::Borrowed(change)),
        }
    }
    gathered
}

/// Rows with the same first value as one, with the greatest of each other value.
fn folded(rows: &[Vec<Value>]) -> Vec<Vec<Value>> {
    let mut places: HashMap<&Value, usize> = HashMap::with_capacity(rows.len());
    let mut folded: Vec<Vec<Value>> = Vec::with_capacity(rows.len());
    for row in rows {
        let Some((first, others)) = row.split_first() else {
            continue;
        };
        let place = *places.entry(first).or_insert(folded.len());
        match folded.get_mut(place) {
            None => folded.push(row.clone()),
            Some(before) => {
                for (greatest, other) in before.iter_mut().skip(1).zip(others) {
                    if *greatest < *other {
                        greatest.clone_from(other);
                    }
                }
            }
        }
    }
    folded
}

async fn make(session: &mut Session, change: &Change) -> Result<(), Stopped> {
    let named = |failure| named(failure, change.guard);
    match &change.given {
        Given::Arguments(arguments) => {
            let sql = spell(change.statement, Sizes::default());
            let touched = session.execute(sql, arguments.clone()).await.map_err(named)?;
            if change.touches == Touches::One && touched != 1 {
                return Err(Stopped::Guard(change.guard));
            }
        }
        Given::Rows(rows) => drop(session.insert(change.statement, rows).await.map_err(named)?),
        Given::Gathered(rows) => {
            let rows = folded(rows);
            let wanted = rows.len();
            let touched = session.insert(change.statement, &rows).await.map_err(named)?;
            if usize::try_from(touched) != Ok(wanted) {
                return Err(Stopped::Guard(change.guard));
            }
        }
        Given::Listed(fixed, list) => session
            .execute_listed(change.statement, fixed, list.clone())
            .await
            .map(drop)
            .map_err(named)?,
    }
    Ok(())
}

fn named(failure: Failure, guard: &'static str) -> Stopped {
    match failure.kind() {
        FailureKind::Rule => Stopped::Guard(guard),
        _ => Stopped::Failed(failure),
    }
}
