//! The one thread that appends: takes all that waits, writes it in one go, brings it to disk once, and answers everybody.

use super::disk::{Active, Disk};
use super::frame::{HEAD, SpooledPost};
use super::state::State;
use super::{Shared, SpoolError};
use crate::place::Held;
use counterfoil_model::Timestamp;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// The most entries that share one round.
const GROUP: usize = 256;
/// From this length on a new segment is begun.
const SEGMENT_BYTES: u64 = 8 << 20;

/// What the thread is asked.
pub(super) enum Order {
    /// Keep this.
    Append(SpooledPost, oneshot::Sender<Result<(), SpoolError>>),
    /// Append to the present segment no more, so that it can be read and removed.
    Close(oneshot::Sender<()>),
    /// Let go of the folder.
    Stop(oneshot::Sender<()>),
}

/// Works until nobody can ask any more.
pub(super) fn run(shared: &Shared, held: Held, mut orders: mpsc::Receiver<Order>) {
    let Shared {
        disk,
        state,
        limit_bytes,
        ..
    } = shared;
    let limit_bytes = *limit_bytes;
    let mut active: Option<Active> = None;
    let mut waiting = Vec::new();
    while orders.blocking_recv_many(&mut waiting, GROUP) > 0 {
        let mut group = Vec::new();
        for order in waiting.drain(..) {
            match order {
                Order::Append(post, answer) => group.push((post, answer)),
                Order::Close(answer) => {
                    keep(disk, state, &mut active, std::mem::take(&mut group), limit_bytes);
                    active = None;
                    state.close();
                    // Who asked may have gone away.
                    let _ = answer.send(());
                }
                Order::Stop(answer) => {
                    keep(disk, state, &mut active, std::mem::take(&mut group), limit_bytes);
                    orders.close();
                    drop(held);
                    let _ = answer.send(());
                    return;
                }
            }
        }
        keep(disk, state, &mut active, group, limit_bytes);
    }
}

type Waiting = (SpooledPost, oneshot::Sender<Result<(), SpoolError>>);

fn keep(disk: &Disk, state: &State, active: &mut Option<Active>, group: Vec<Waiting>, limit_bytes: u64) {
    let mut fitting = Vec::with_capacity(group.len());
    let mut room = limit_bytes.saturating_sub(state.bytes());
    for (post, answer) in group {
        let size = post.size();
        if !post.fits() || size > room {
            drop(answer.send(Err(SpoolError::Full)));
        } else {
            room -= size;
            fitting.push((post, answer));
        }
    }
    if fitting.is_empty() {
        return;
    }
    let outcome = append(disk, state, active, &fitting);
    if outcome.is_err() {
        // A system may forget what it could not write: nothing more goes into this segment.
        *active = None;
        state.close();
    }
    for (_, answer) in fitting {
        drop(answer.send(outcome.clone()));
    }
}

fn append(disk: &Disk, state: &State, active: &mut Option<Active>, group: &[Waiting]) -> Result<(), SpoolError> {
    let broken = |error: std::io::Error| SpoolError::Disk(Arc::new(error));
    if active.is_none() || state.active_bytes() >= SEGMENT_BYTES {
        state.close();
        *active = None;
        let number = state.next_number();
        *active = Some(disk.begin(number).map_err(broken)?);
        state.begun(number, HEAD as u64);
    }
    let Some(open) = active.as_mut() else {
        return Err(SpoolError::Closed);
    };
    let mut entries = Vec::new();
    let mut oldest: Option<Timestamp> = None;
    for (post, _) in group {
        post.write(open.number, &mut entries);
        oldest = Some(oldest.map_or(post.received_at, |oldest| oldest.min(post.received_at)));
    }
    disk.append(open, &entries).map_err(broken)?;
    state.appended(open.number, group.len() as u64, entries.len() as u64, oldest);
    Ok(())
}
