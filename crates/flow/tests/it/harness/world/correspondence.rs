//! Contacts, what they write and what is written to them, and the ticks of that.

use super::{World, seal};
use counterfoil_ledger::leaf::{Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::body::Body;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::conversation::ConversationKind;
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::tick::TickState;
use counterfoil_model::{ContactId, ContactNameId, ConversationId, IdentityId, MessageId, TickId, Timestamp, TreeId};
use counterfoil_store::rows::{
    ContactNameRow, ContactRow, ConversationRow, IdentityEndRow, IdentityRow, ItemMark, MessageRow, SeenRow, TickRow,
};
use counterfoil_store::{Change, NewEvent, Unit};
use counterfoil_vault::{Kind, Label, Lookup, TreeKind};
use counterfoil_whatsapp::webhook::split;
use std::time::Duration;

impl World<'_> {
    /// A new contact with a conversation of `messages` messages: every third is ours with its ticks, every fourth brings a file, every
    /// fifth is filed. About four leaves a message.
    pub(crate) async fn conversation(&mut self, messages: usize) -> ConversationId {
        self.conversations += 1;
        let at = self.now();
        let contact = ContactId::new(at, self.random());
        let tree = self.opened.vault.tree_create(TreeKind::Contact).await.unwrap();
        let leaf = Self::leaf(LeafKind::Contact, at, contact.bytes());
        let unit = Unit::new("test.conversation").record(
            ContactRow {
                id: contact,
                tree,
                recorded_at: at,
            },
            leaf,
        );
        let unit = self.known_as(unit, contact, tree).await;

        let conversation = ConversationId::new(at, self.random());
        let tree = self.opened.vault.tree_create(TreeKind::Conversation).await.unwrap();
        let start = at.plus(Duration::from_secs(60));
        let occurred = |n: usize| start.plus(Duration::from_secs(u64::try_from(n).unwrap() * 60));
        let inbound = |n: usize| n % 3 != 2;
        let row = ConversationRow {
            id: conversation,
            kind: ConversationKind::Customer,
            contact: Some(contact),
            channel: Some(self.channel),
            team: Some(self.team),
            tree,
            last_at: occurred(messages - 1),
            last_inbound_at: (0..messages).rev().find(|n| inbound(*n)).map(occurred),
            recorded_at: at,
        };
        let leaf = Self::leaf(LeafKind::Conversation, at, conversation.bytes()).follows(*contact.bytes());
        let mut unit = unit.record(row, leaf);
        for n in 0..messages {
            unit = self.message(unit, conversation, tree, occurred(n), inbound(n), n).await;
        }
        self.opened.store.commit(unit).await.unwrap();
        conversation
    }

    pub(super) async fn known_as(&mut self, unit: Unit, contact: ContactId, tree: TreeId) -> Unit {
        let at = self.now();
        let id = ContactNameId::new(at, self.random());
        let item = self.item(tree).await;
        let leaf = Self::leaf(LeafKind::ContactName, at, id.bytes()).follows(*contact.bytes());
        let (name, leaf) = seal(
            &item,
            Kind::ContactName,
            id.bytes(),
            Label::Name,
            leaf,
            &format!("Guest {}", self.conversations),
        );
        let unit = unit.record(
            ContactNameRow {
                id,
                contact,
                name,
                recorded_at: at,
            },
            leaf,
        );
        let ended = format!("3161200{:04}", self.conversations);
        let (unit, old) = self
            .identity(unit, contact, tree, IdentityKind::Phone, Lookup::Phone, &ended)
            .await;
        let living = format!("3162200{:04}", self.conversations);
        let (unit, _) = self
            .identity(unit, contact, tree, IdentityKind::Phone, Lookup::Phone, &living)
            .await;
        let user = format!("NL.{:013}", self.conversations);
        let (unit, _) = self
            .identity(unit, contact, tree, IdentityKind::UserId, Lookup::UserId, &user)
            .await;
        let leaf = Self::leaf(LeafKind::IdentityEnded, at, old.bytes());
        unit.record(
            IdentityEndRow {
                id: old,
                ended_at: at,
                recorded_at: at,
            },
            leaf,
        )
        .change(Change::identity_end(old, at))
    }

    pub(super) async fn identity(
        &mut self,
        unit: Unit,
        contact: ContactId,
        tree: TreeId,
        kind: IdentityKind,
        lookup: Lookup,
        value: &str,
    ) -> (Unit, IdentityId) {
        let at = self.now();
        let id = IdentityId::new(at, self.random());
        let item = self.item(tree).await;
        let leaf = Self::leaf(LeafKind::Identity, at, id.bytes()).follows(*contact.bytes());
        let (sealed, leaf) = seal(&item, Kind::Identity, id.bytes(), Label::Value, leaf, &value.to_owned());
        let row = IdentityRow {
            id,
            contact,
            kind,
            lookup: self.opened.keyed(lookup, value),
            value: sealed,
            since: at,
            ended_at: None,
            recorded_at: at,
        };
        (unit.record(row, leaf), id)
    }

    pub(super) async fn message(
        &mut self,
        unit: Unit,
        conversation: ConversationId,
        tree: TreeId,
        occurred_at: Timestamp,
        inbound: bool,
        n: usize,
    ) -> Unit {
        let at = self.now();
        let id = MessageId::new(at, self.random());
        let item = self.item(tree).await;
        let leaf = Self::leaf(LeafKind::Message, at, id.bytes())
            .follows(*conversation.bytes())
            .fact(FactKey::HappenedAt, Fact::Int(occurred_at.micros()));
        let body = Body::Text {
            text: format!("Message {n} of conversation {}", self.conversations),
        };
        let (body, mut leaf) = seal(&item, Kind::Message, id.bytes(), Label::Body, leaf, &body);
        let provider_id = format!("wamid.{}.{n}", self.conversations);
        let (mut raw, mut sealed_id, mut provider, mut mark) = (None, None, None, None);
        if inbound {
            let whole = format!("{{\"conversation\":{},\"n\":{n}}}", self.conversations).into_bytes();
            let told_apart_by = split(&whole).items.remove(0).dedupe;
            mark = Some(ItemMark::new(None, self.opened.vault.dedupe(&told_apart_by)));
            let sealed;
            (sealed, leaf) = seal(&item, Kind::Message, id.bytes(), Label::Raw, leaf, &whole);
            raw = Some(sealed);
            let bare = Leaf::new(LeafKind::Message, 0, [0; 16]);
            sealed_id = Some(seal(&item, Kind::Message, id.bytes(), Label::ProviderId, bare, &provider_id).0);
            provider = Some(self.opened.vault.dedupe(provider_id.as_bytes()));
        }
        let row = MessageRow {
            id,
            conversation,
            direction: if inbound {
                Direction::Inbound
            } else {
                Direction::Outbound
            },
            kind: MessageKind::Text,
            author: (!inbound).then_some(self.person),
            refers: (n % 7 == 1).then(|| self.opened.vault.dedupe(b"wamid.earlier")),
            occurred_at,
            provider,
            body,
            raw,
            provider_id: sealed_id,
            recorded_at: at,
            mark,
            origin: Origin::Live,
        };
        let unit = match mark {
            Some(mark) => unit.insert(SeenRow { mark, at: None }),
            None => unit,
        };
        let mut unit = unit.record(row, leaf).event(NewEvent {
            kind: 1,
            conversation: Some(conversation),
            subject: Some(*id.bytes()),
            person: None,
            at,
        });
        if !inbound {
            for state in [TickState::Accepted, TickState::Delivered, TickState::Failed] {
                unit = self.tick(unit, id, tree, state, &provider_id).await;
            }
        }
        if n.is_multiple_of(4) {
            unit = self.attachment(unit, id, tree, n).await;
        }
        if n.is_multiple_of(5) {
            unit = self.filing(unit, id, n).await;
        }
        unit
    }

    pub(super) async fn tick(
        &mut self,
        unit: Unit,
        message: MessageId,
        tree: TreeId,
        state: TickState,
        provider_id: &str,
    ) -> Unit {
        let at = self.now();
        let id = TickId::new(at, self.random());
        let item = self.item(tree).await;
        let leaf = Self::leaf(LeafKind::Tick, at, id.bytes()).follows(*message.bytes());
        let (about, leaf) = seal(
            &item,
            Kind::Tick,
            id.bytes(),
            Label::Raw,
            leaf,
            &provider_id.as_bytes().to_vec(),
        );
        let row = TickRow {
            id,
            message: Some(message),
            provider: Some(self.opened.vault.dedupe(provider_id.as_bytes())),
            state,
            at,
            code: (state == TickState::Failed).then_some(131_026),
            about: Some(about),
            recorded_at: at,
        };
        unit.record(row, leaf)
    }
}
