//! Going through what an erasure is of, item by item: what goes, and what stays because it is held or was left out.
//!
//! An item is a message with all that hangs on it. It stays as a whole when a hold is on any part of it; and whatever it belongs to stays with it,
//! since an item without its person says nothing. A conversation of which nothing stays goes with whatever came in since; one of which
//! something stays loses only what there was when it was decided. What once stayed stays for this erasure, whatever becomes of its hold.
//! Of a span of time messages go and nothing else, some conversations at a time beside each other.

use super::decide::Target;
use super::find::{Batch, ids_belonging};
use super::keep::{Kept, keep};
use super::work::{Taken, take};
use crate::Flow;
use crate::context::{Unavailable, everything};
use counterfoil_model::erasure::ErasureTarget;
use counterfoil_model::{ConversationId, HoldId, Timestamp};
use counterfoil_store::read::OLDER_IN;
use counterfoil_store::rows::{ConversationRow, ErasureRow};
use counterfoil_store::sql::Value;
use counterfoil_store::traces::Of;
use counterfoil_vault::{Hold, Run};
use std::collections::BTreeSet;
use tokio::task::{JoinError, JoinSet};

/// How many messages go together.
const MESSAGES: usize = 40;
/// How many go together where nothing is held.
const MANY: usize = 2_000;
/// How many groups of [`OLDER_IN`] conversations are gone through beside each other: enough for all writers of the store.
const BESIDE: usize = 4;
/// How often holds may come and go while one batch is tried.
const TRIES: usize = 16;

/// Takes what is left and may go, and puts on the record what stays; whether anything went.
pub(super) async fn walk(flow: &Flow, erasure: &ErasureRow) -> Result<bool, Unavailable> {
    let mut walk = Walk {
        flow,
        erasure,
        went: false,
    };
    match Target::from_parts(erasure.target, erasure.object) {
        Target::Message(_) => walk.alone("message").await?,
        Target::Attachment(_) => walk.alone("attachment").await?,
        Target::Conversation(_) => {
            walk.conversation(erasure.object).await?;
        }
        Target::Contact(_) => walk.contact().await?,
        Target::Older(before) => return older(flow, erasure, before).await,
    }
    Ok(walk.went)
}

/// All messages that occurred before a moment; whether one went.
async fn older(flow: &Flow, erasure: &ErasureRow, before: Timestamp) -> Result<bool, Unavailable> {
    let (mut going, mut after, mut went) = (JoinSet::new(), None, false);
    loop {
        let group = flow.store().conversations_from(after, &everything()?, OLDER_IN).await?;
        let Some(last) = group.last() else { break };
        after = Some(last.id);
        if going.len() == BESIDE {
            went |= ended(going.join_next().await)?;
        }
        let (flow, erasure) = (flow.clone(), erasure.clone());
        going.spawn(async move {
            let mut walk = Walk {
                flow: &flow,
                erasure: &erasure,
                went: false,
            };
            walk.older_in(&group, before).await?;
            Ok(walk.went)
        });
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

struct Walk<'a> {
    flow: &'a Flow,
    erasure: &'a ErasureRow,
    went: bool,
}

impl Walk<'_> {
    /// One message, or one file.
    async fn alone(&mut self, table: &str) -> Result<(), Unavailable> {
        let object = self.erasure.object;
        if self.stays(&[object]).await?.is_empty() {
            let batch = Batch::of(table, self.flow, &[object]).await?;
            self.all_or_none(&batch, object).await?;
        }
        Ok(())
    }

    /// A contact: each conversation, then the contact with names and identities unless something stays.
    async fn contact(&mut self) -> Result<(), Unavailable> {
        let object = self.erasure.object;
        if !self.stays(&[object]).await?.is_empty() {
            return Ok(());
        }
        let mut stays = false;
        for conversation in ids_belonging(self.flow, Of::Contact, "conversation", &[object]).await? {
            stays |= self.conversation(conversation).await?;
        }
        if stays {
            return self
                .keep(vec![Kept::with_its_parts(ErasureTarget::Contact, object)])
                .await;
        }
        let batch = Batch::of("contact", self.flow, &[object]).await?;
        self.all_or_none(&batch, object).await
    }

    /// A conversation; whether it stays.
    async fn conversation(&mut self, object: [u8; 16]) -> Result<bool, Unavailable> {
        if !self.stays(&[object]).await?.is_empty() {
            return Ok(true);
        }
        let (conversation, decided) = (ConversationId::from_bytes(object), self.erasure.recorded_at);
        if let Some(hold) = self.wholly_held(conversation).await? {
            let kept = Kept::held(ErasureTarget::Conversation, object, hold);
            self.keep(vec![kept]).await?;
            return Ok(true);
        }
        let (mut stays, mut after) = (false, None);
        loop {
            let store = self.flow.store();
            let page = store.messages_until(conversation, decided, after, MESSAGES).await?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            let messages = page.iter().map(|(_, message)| *message.bytes()).collect();
            stays |= self.messages(messages).await?;
        }
        // What came in since.
        while !stays {
            let messages = self.flow.store().messages_some(&[object], MESSAGES).await?;
            if messages.is_empty() {
                break;
            }
            stays = self.messages(messages).await?;
        }
        if stays {
            self.drafts(object).await?;
            let kept = Kept::with_its_parts(ErasureTarget::Conversation, object);
            self.keep(vec![kept]).await?;
            return Ok(true);
        }
        let batch = Batch::of("conversation", self.flow, &[object]).await?;
        match self.take(&batch).await? {
            Taken::Gone => Ok(false),
            Taken::Held(hold) => {
                let kept = Kept::held(ErasureTarget::Conversation, object, hold);
                self.keep(vec![kept]).await?;
                Ok(true)
            }
        }
    }

    /// What occurred before a moment in at most [`OLDER_IN`] conversations.
    async fn older_in(&mut self, group: &[ConversationRow], before: Timestamp) -> Result<(), Unavailable> {
        let trees: Vec<_> = group.iter().map(|row| row.tree).collect();
        let holds = self.flow.vault().holds_in(&trees).await?;
        let mut open = Vec::with_capacity(group.len());
        for row in group {
            let whole = holds.iter().find(|hold| hold.tree == row.tree && hold.run == Run::ALL);
            match whole {
                None => open.push(row.id),
                Some(hold) => {
                    let kept = Kept::held(ErasureTarget::Conversation, *row.id.bytes(), hold.id);
                    self.keep_once(kept).await?;
                }
            }
        }
        let at_once = if holds.is_empty() { MANY } else { MESSAGES };
        let mut after = None;
        loop {
            let store = self.flow.store();
            let page = store.messages_older(&open, before, after.as_ref(), at_once).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(*last);
            let messages = page.iter().map(|place| *place.message.bytes()).collect();
            self.messages(messages).await?;
        }
    }

    /// Some messages; whether one of them stays.
    async fn messages(&mut self, mut messages: Vec<[u8; 16]>) -> Result<bool, Unavailable> {
        let known = self.stays(&messages).await?;
        messages.retain(|message| !known.contains(message));
        let mut stays = !known.is_empty();
        for _ in 0..TRIES {
            let batch = Batch::of("message", self.flow, &messages).await?;
            let mut held = Vec::new();
            if !self.flow.vault().holds_on(&batch.keys()).await?.is_empty() {
                for message in &messages {
                    let own = Batch::of("message", self.flow, &[*message]).await?;
                    let holds = self.flow.vault().holds_on(&own.keys()).await?;
                    let kept = |hold: &Hold| Kept::held(ErasureTarget::Message, *message, hold.id);
                    held.extend(holds.first().map(kept));
                }
            }
            if !held.is_empty() {
                stays = true;
                messages.retain(|message| held.iter().all(|kept| kept.object != *message));
                self.keep(held).await?;
                continue;
            }
            // A hold that was placed in between is found the next time round.
            if let Taken::Gone = self.take(&batch).await? {
                return Ok(stays);
            }
        }
        Err(Unavailable("holds came and went while it was being erased".into()))
    }

    /// What colleagues had begun to write in a conversation that stays.
    async fn drafts(&mut self, conversation: [u8; 16]) -> Result<(), Unavailable> {
        let decided = self.erasure.recorded_at.micros();
        let mut batch = Batch::belonging(self.flow, Of::Conversation, "draft", &[conversation]).await?;
        batch
            .rows
            .retain(|draft| matches!(draft.value("at"), Some(Value::Int(at)) if *at <= decided));
        self.take(&batch).await.map(drop)
    }

    /// Takes a batch, or keeps what it is of.
    async fn all_or_none(&mut self, batch: &Batch, object: [u8; 16]) -> Result<(), Unavailable> {
        match self.take(batch).await? {
            Taken::Gone => Ok(()),
            Taken::Held(hold) => {
                let kept = Kept::held(self.erasure.target, object, hold);
                self.keep(vec![kept]).await
            }
        }
    }

    async fn take(&mut self, batch: &Batch) -> Result<Taken, Unavailable> {
        if batch.rows.is_empty() {
            return Ok(Taken::Gone);
        }
        let taken = take(self.flow, self.erasure, batch).await?;
        self.went |= matches!(taken, Taken::Gone);
        Ok(taken)
    }

    async fn keep(&self, kept: Vec<Kept>) -> Result<(), Unavailable> {
        keep(self.flow, self.erasure.id, kept).await
    }

    /// The same of one that may have been said to stay before.
    async fn keep_once(&self, kept: Kept) -> Result<(), Unavailable> {
        if self.stays(&[kept.object]).await?.is_empty() {
            self.keep(vec![kept]).await?;
        }
        Ok(())
    }

    /// Those of these objects of which it is on the record that they stay.
    async fn stays(&self, objects: &[[u8; 16]]) -> Result<BTreeSet<[u8; 16]>, Unavailable> {
        let kept = self.flow.store().erasure_kept_among(self.erasure.id, objects).await?;
        Ok(kept.into_iter().map(|row| row.object).collect())
    }

    /// The hold on all there is and will be in a conversation.
    async fn wholly_held(&self, conversation: ConversationId) -> Result<Option<HoldId>, Unavailable> {
        let Some(row) = self.flow.conversation(conversation).await? else {
            return Ok(None);
        };
        let holds = self.flow.vault().holds_in(&[row.tree]).await?;
        Ok(holds.into_iter().find(|hold| hold.run == Run::ALL).map(|hold| hold.id))
    }
}
