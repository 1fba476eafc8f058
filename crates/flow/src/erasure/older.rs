//! Erasing what is older than a moment: keys first, conversation by conversation; then rows, in the order in which they came.
//!
//! A key tree is a conversation's, so keys are destroyed by conversation, each tree written once. Rows of one conversation lie scattered over all that
//! was recorded since, so they go in the order of their ids, which is that of time: neighbours go together, and a page of the database is written
//! once and not once for each of its rows. In between, what lost its keys is remembered by id. Whatever breaks off is found again by its rows.

use super::find::{Batch, id};
use super::keep::Kept;
use super::walk::{MESSAGES, Walk};
use super::work::{Taken, Undestroyed, copies, destroy, erased, keys, named};
use crate::Flow;
use crate::context::{Unavailable, everything};
use crate::filing::withdraw;
use counterfoil_model::erasure::ErasureTarget;
use counterfoil_model::{ErasureId, Timestamp};
use counterfoil_store::read::OLDER_IN;
use counterfoil_store::rows::{ConversationRow, ErasedCopyRow, ErasedKeyRow, ErasureRow};
use counterfoil_store::traces::{Cleared, Doomed};
use counterfoil_store::{Change, Unit};
use counterfoil_vault::Run;
use futures_util::future::try_join_all;
use std::collections::BTreeMap;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};

/// How many messages of some conversations lose their keys together, where nothing is held.
const MANY: usize = 8_000;
/// How many groups of [`OLDER_IN`] conversations are gone through beside each other.
const BESIDE: usize = 3;
/// How many rows lose their keys before the first of them goes. While these go, as many more may lose theirs; some megabytes are remembered of both.
const STRETCH: usize = 120_000;
/// How many rows go in one transaction.
const TOGETHER: usize = 8_000;
/// How many transactions go beside each other, of different conversations: where the store has as many writers, that is quicker.
const LANES: usize = 3;

/// All messages that occurred before a moment; whether one went.
pub(super) async fn older(flow: &Flow, erasure: &ErasureRow, before: Timestamp) -> Result<bool, Unavailable> {
    let (spent, rows) = mpsc::channel(STRETCH / MANY);
    let (went, ()) = tokio::try_join!(keys_go(flow, erasure, before, spent), rows_go(flow, erasure.id, rows))?;
    Ok(went)
}

/// Destroys the keys, some conversations at a time beside each other; whether there was one.
async fn keys_go(
    flow: &Flow,
    erasure: &ErasureRow,
    before: Timestamp,
    spent: mpsc::Sender<Spent>,
) -> Result<bool, Unavailable> {
    let (mut going, mut after, mut went) = (JoinSet::new(), None, false);
    loop {
        let group = flow.store().conversations_from(after, &everything()?, OLDER_IN).await?;
        let Some(last) = group.last() else { break };
        after = Some(last.id);
        if going.len() == BESIDE {
            went |= ended(going.join_next().await)?;
        }
        let (flow, erasure, spent) = (flow.clone(), erasure.clone(), spent.clone());
        going.spawn(async move { of_group(&flow, &erasure, &group, before, spent).await });
    }
    while !going.is_empty() {
        went |= ended(going.join_next().await)?;
    }
    Ok(went)
}

/// What a part of the way ended with.
fn ended(part: Option<Result<Result<bool, Unavailable>, JoinError>>) -> Result<bool, Unavailable> {
    let ended = part.unwrap_or(Ok(Ok(false)));
    ended.map_err(|panic| Unavailable(Box::new(panic)))?
}

/// What occurred before a moment in at most [`OLDER_IN`] conversations.
async fn of_group(
    flow: &Flow,
    erasure: &ErasureRow,
    group: &[ConversationRow],
    before: Timestamp,
    spent: mpsc::Sender<Spent>,
) -> Result<bool, Unavailable> {
    let mut walk = Walk::new(flow, erasure, Some(spent));
    let trees: Vec<_> = group.iter().map(|row| row.tree).collect();
    let holds = flow.vault().holds_in(&trees).await?;
    let ids: Vec<[u8; 16]> = group.iter().map(|row| *row.id.bytes()).collect();
    let known = walk.stays(&ids).await?;
    let mut open = Vec::with_capacity(group.len());
    for row in group.iter().filter(|row| !known.contains(row.id.bytes())) {
        let whole = holds.iter().find(|hold| hold.tree == row.tree && hold.run == Run::ALL);
        match whole {
            None => open.push(row.id),
            Some(hold) => {
                let kept = Kept::held(ErasureTarget::Conversation, *row.id.bytes(), hold.id);
                walk.keep(vec![kept]).await?;
            }
        }
    }
    let at_once = if holds.is_empty() { MANY } else { MESSAGES };
    let mut after = None;
    loop {
        let page = flow
            .store()
            .messages_older(&open, before, after.as_ref(), at_once)
            .await?;
        if !page.is_empty() {
            walk.messages(page.iter().map(|place| *place.message.bytes()).collect())
                .await?;
        }
        let Some(last) = page.last().filter(|_| page.len() == at_once) else {
            return Ok(walk.went());
        };
        // Each question goes through all that is left of the conversations that it names.
        open.retain(|conversation| *conversation >= last.conversation);
        after = Some(*last);
    }
}

/// What is left of rows whose keys are destroyed: enough to remove them.
#[derive(Default)]
pub(super) struct Spent {
    /// Messages; those of one conversation are in one lane.
    messages: [Vec<Cleared>; LANES],
    /// What hangs on them.
    others: Vec<Cleared>,
    keys: Vec<ErasedKeyRow>,
    /// What other systems hold, by the id of the filing.
    copies: BTreeMap<[u8; 16], ErasedCopyRow>,
    /// The conversations, by the last of these messages of each.
    conversations: BTreeMap<[u8; 16], [u8; 16]>,
    /// When the last of the keys was destroyed.
    destroyed: Option<Timestamp>,
}

/// Destroys the keys of a batch and its files, and hands on what is left.
pub(super) async fn spend(
    flow: &Flow,
    erasure: ErasureId,
    batch: &Batch,
    to: &mpsc::Sender<Spent>,
) -> Result<Taken, Unavailable> {
    let destroyed = match destroy(flow, batch).await {
        Ok(destroyed) => destroyed,
        Err(Undestroyed::Held(hold)) => return Ok(Taken::Held(hold)),
        Err(Undestroyed::Unavailable(error)) => return Err(error),
    };
    let conversation = |row: &Doomed| id(row, "conversation_id").map(|conversation| (row.id, conversation));
    let of: BTreeMap<[u8; 16], [u8; 16]> = batch.in_table("message").filter_map(conversation).collect();
    let mut spent = Spent {
        keys: keys(erasure, &destroyed),
        destroyed: Some(destroyed.at()),
        ..Spent::default()
    };
    for copy in copies(batch, erasure) {
        spent.copies.insert(*copy.filing.bytes(), copy);
    }
    for row in destroyed.clear(batch)? {
        match of.get(&row.id()) {
            Some(conversation) if row.table() == "message" => {
                let lane = usize::from(conversation[15]) % LANES;
                spent.messages[lane].push(row);
            }
            _ => spent.others.push(row),
        }
    }
    let mut last: BTreeMap<[u8; 16], [u8; 16]> = BTreeMap::new();
    for (message, conversation) in of {
        last.insert(conversation, message);
    }
    spent.conversations = last
        .into_iter()
        .map(|(conversation, message)| (message, conversation))
        .collect();
    match to.send(spent).await {
        Ok(()) => Ok(Taken::Gone),
        Err(_) => Err(Unavailable("the rows cannot be removed".into())),
    }
}

/// Removes rows, a stretch after the other.
async fn rows_go(flow: &Flow, erasure: ErasureId, mut spent: mpsc::Receiver<Spent>) -> Result<(), Unavailable> {
    loop {
        let mut stretch = Spent::default();
        while stretch.rows() < STRETCH {
            match spent.recv().await {
                Some(more) => stretch.add(more),
                None => return stretch.go(flow, erasure).await,
            }
        }
        stretch.go(flow, erasure).await?;
    }
}

impl Spent {
    fn rows(&self) -> usize {
        self.others.len() + self.messages.iter().map(Vec::len).sum::<usize>()
    }

    fn add(&mut self, more: Self) {
        for (lane, messages) in self.messages.iter_mut().zip(more.messages) {
            lane.extend(messages);
        }
        self.others.extend(more.others);
        self.keys.extend(more.keys);
        self.copies.extend(more.copies);
        self.conversations.extend(more.conversations);
        self.destroyed = self.destroyed.max(more.destroyed);
    }

    /// Removes the rows: first it is said which keys are destroyed, then goes what hangs on messages, then they themselves.
    async fn go(mut self, flow: &Flow, erasure: ErasureId) -> Result<(), Unavailable> {
        let Some(destroyed) = self.destroyed else { return Ok(()) };
        let at = flow.now();
        for these in self.keys.chunks(TOGETHER) {
            let unit = these.iter().cloned().fold(Unit::new("erasure.take"), Unit::insert);
            flow.store().commit(unit).await?;
        }
        // What belongs to something goes no later than that.
        self.others.sort_unstable_by_key(|row| (row.place(), row.id()));
        for these in self.others.chunks(TOGETHER) {
            let mut unit = without(erasure, these, at, destroyed);
            let filings = these.iter().filter(|row| row.table() == "filing");
            for copy in filings.filter_map(|row| self.copies.get(&row.id())) {
                unit = withdraw::ask(flow, unit.insert(copy.clone()), copy, at);
            }
            flow.store().commit(unit).await?;
        }
        let conversations = &self.conversations;
        let lanes = self.messages.iter_mut().map(|lane| async move {
            lane.sort_unstable_by_key(Cleared::id);
            for these in lane.chunks(TOGETHER) {
                // A conversation takes its times from what is left when the last of its messages goes.
                let over = these.iter().filter_map(|row| conversations.get(&row.id()));
                let over: Vec<[u8; 16]> = over.copied().collect();
                let unit = without(erasure, these, at, destroyed).change(Change::conversations_refold(&over));
                flow.store().commit(unit).await?;
            }
            Ok::<_, Unavailable>(())
        });
        try_join_all(lanes).await.map(drop)
    }
}

/// Removes rows and says so.
fn without(erasure: ErasureId, rows: &[Cleared], at: Timestamp, destroyed: Timestamp) -> Unit {
    let recorded: Vec<[u8; 16]> = rows.iter().filter(|row| row.recorded()).map(Cleared::id).collect();
    let unit = Unit::new("erasure.take").changes(Change::erase(rows, at));
    named(erased(unit, erasure, &recorded), erasure, &recorded, at, destroyed)
}
