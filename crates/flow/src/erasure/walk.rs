//! Going through what an erasure is of, item by item: what goes, and what stays because it is held or was left out.
//!
//! An item is a message with all that hangs on it. It stays as a whole when a hold is on any part of it; and whatever it belongs to stays with it,
//! since an item without its person says nothing. A conversation of which nothing stays goes with whatever came in since; one of which
//! something stays loses only what there was when it was decided. What once stayed stays for this erasure, whatever becomes of its hold.

use super::decide::Target;
use super::find::{Batch, ids_belonging};
use super::keep::{Kept, keep};
use super::older::{Spent, older, spend};
use super::work::{Taken, take};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::erasure::ErasureTarget;
use counterfoil_model::{ConversationId, HoldId};
use counterfoil_store::rows::ErasureRow;
use counterfoil_store::sql::Value;
use counterfoil_store::traces::Of;
use counterfoil_vault::Run;
use std::collections::BTreeSet;
use tokio::sync::mpsc;

/// How many messages go together.
pub(super) const MESSAGES: usize = 40;
/// How often holds may come and go while one batch is tried.
const TRIES: usize = 16;

/// Takes what is left and may go, and puts on the record what stays; whether anything went.
pub(super) async fn walk(flow: &Flow, erasure: &ErasureRow) -> Result<bool, Unavailable> {
    let mut walk = Walk::new(flow, erasure, None);
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

/// A way through a part of what an erasure is of.
pub(super) struct Walk<'a> {
    flow: &'a Flow,
    erasure: &'a ErasureRow,
    /// Who takes the rows of what lost its keys; else they go at once.
    spent: Option<mpsc::Sender<Spent>>,
    went: bool,
}

impl<'a> Walk<'a> {
    /// One that hands rows whose keys are destroyed to `spent`, if there is anybody, and else has them go at once.
    pub(super) fn new(flow: &'a Flow, erasure: &'a ErasureRow, spent: Option<mpsc::Sender<Spent>>) -> Self {
        Self {
            flow,
            erasure,
            spent,
            went: false,
        }
    }

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

    /// Some messages; whether one of them stays.
    pub(super) async fn messages(&mut self, mut messages: Vec<[u8; 16]>) -> Result<bool, Unavailable> {
        let known = self.stays(&messages).await?;
        messages.retain(|message| !known.contains(message));
        let mut stays = !known.is_empty();
        for _ in 0..TRIES {
            let batch = Batch::of("message", self.flow, &messages).await?;
            if !self.flow.vault().holds_on(&batch.keys()).await?.is_empty() {
                let mut free = Vec::with_capacity(messages.len());
                for message in &messages {
                    match self.if_held(*message).await? {
                        None => free.push(*message),
                        Some(Taken::Gone) => {}
                        Some(Taken::Held(hold)) => {
                            stays = true;
                            let kept = Kept::held(ErasureTarget::Message, *message, hold);
                            self.keep(vec![kept]).await?;
                        }
                    }
                }
                if free.len() < messages.len() {
                    messages = free;
                    continue;
                }
            }
            // A hold that was placed in between is found the next time round.
            if let Taken::Gone = self.take(&batch).await? {
                return Ok(stays);
            }
        }
        Err(Unavailable("holds came and went while it was being erased".into()))
    }

    /// What becomes of a message that a hold is on: it stays, unless its keys were gone before the hold came. `None`: no hold is on it.
    async fn if_held(&mut self, message: [u8; 16]) -> Result<Option<Taken>, Unavailable> {
        let own = Batch::of("message", self.flow, &[message]).await?;
        if self.flow.vault().holds_on(&own.keys()).await?.is_empty() {
            return Ok(None);
        }
        self.take(&own).await.map(Some)
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

    /// Whether anything went.
    pub(super) fn went(&self) -> bool {
        self.went
    }

    async fn take(&mut self, batch: &Batch) -> Result<Taken, Unavailable> {
        if batch.rows.is_empty() {
            return Ok(Taken::Gone);
        }
        let taken = match &self.spent {
            None => take(self.flow, self.erasure, batch).await?,
            Some(spent) => spend(self.flow, self.erasure.id, batch, spent).await?,
        };
        self.went |= matches!(taken, Taken::Gone);
        Ok(taken)
    }

    pub(super) async fn keep(&self, kept: Vec<Kept>) -> Result<(), Unavailable> {
        keep(self.flow, self.erasure.id, kept).await
    }

    /// Those of these objects of which it is on the record that they stay.
    pub(super) async fn stays(&self, objects: &[[u8; 16]]) -> Result<BTreeSet<[u8; 16]>, Unavailable> {
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
