//! Rows made for tests: a small organisation with two teams, two numbers, contacts and messages. What is "sealed" is any bytes: the store
//! never looks inside.

use crate::fresh::Fresh;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::conversation::ConversationKind;
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::person::Role;
use counterfoil_model::*;
use counterfoil_policy::{Actor, Machine, Reach, Staff, reach};
use counterfoil_store::rows::*;
use counterfoil_store::{Store, Unit};
use counterfoil_vault::{Keyed, Sealed};
use std::time::Duration;

/// The mark of an item that happened at no time.
pub(crate) fn mark(text: &str) -> ItemMark {
    ItemMark::new(None, keyed(text))
}

/// The tombstone of an item that became no message.
pub(crate) fn tombstone(text: &str, at: Timestamp) -> SeenRow {
    SeenRow {
        mark: mark(text),
        at: Some(at),
    }
}

pub(crate) fn keyed(text: &str) -> Keyed {
    let mut bytes = [0; 32];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    Keyed::from_bytes(bytes)
}

pub(crate) fn sealed<T>(text: &str) -> Sealed<T> {
    Sealed::from_bytes(format!("sealed {text} {}", "·".repeat(40)).into_bytes())
}

pub(crate) fn everything() -> Reach {
    reach(&Actor::Machine(Machine::Upkeep)).unwrap()
}

pub(crate) fn only(teams: &[TeamId]) -> Reach {
    let staff = Staff {
        person: PersonId::from_bytes([1; 16]),
        session: SessionId::from_bytes([2; 16]),
        roles: vec![Role::Agent],
        teams: teams.to_vec(),
    };
    reach(&Actor::Staff(staff)).unwrap()
}

pub(crate) fn leaf(kind: LeafKind, at: Timestamp, subject: &[u8; 16]) -> Leaf {
    Leaf::new(kind, at.micros(), *subject)
}

/// A store with an organisation in it.
pub(crate) struct World {
    pub(crate) fresh: Fresh,
    pub(crate) store: Store,
    pub(crate) connection: ConnectionId,
    pub(crate) teams: [TeamId; 2],
    /// One for each team and one for none.
    pub(crate) channels: [ChannelId; 3],
    pub(crate) person: PersonId,
}

/// All of the log waits again, as an earlier version left it when it was killed: on SQLite.
const WAITS_AGAIN_SQLITE: &str = "INSERT INTO pending_leaf SELECT unhex(printf('%032d', number)), subject, bytes FROM leaf; DELETE FROM leaf; \
    INSERT INTO pending_event SELECT unhex(printf('%032d', number)), kind, conversation_id, subject, person_id, at FROM event; \
    DELETE FROM event; \
    UPDATE log_head SET size = 0, event_number = 0, frontier = X'0000000000000000', \
    root = X'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'";

/// The same on PostgreSQL.
const WAITS_AGAIN_POSTGRES: &str = "INSERT INTO pending_leaf SELECT decode(lpad(number::text, 32, '0'), 'hex'), subject, bytes FROM leaf; DELETE FROM leaf; \
    INSERT INTO pending_event SELECT decode(lpad(number::text, 32, '0'), 'hex'), kind, conversation_id, subject, person_id, at FROM event; \
    DELETE FROM event; \
    UPDATE log_head SET size = 0, event_number = 0, frontier = '\\x0000000000000000', \
    root = '\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'";

impl World {
    /// One of which nothing has its number yet, nor gets it before the sequencer comes.
    pub(crate) async fn unnumbered(fresh: Fresh) -> Self {
        let world = Self::new(fresh).await;
        world.waits_again().await;
        world
    }

    /// All of the log waits for its numbers again.
    pub(crate) async fn waits_again(&self) {
        let waits_again = match self.fresh.is_sqlite() {
            true => WAITS_AGAIN_SQLITE,
            false => WAITS_AGAIN_POSTGRES,
        };
        self.fresh.tamper(waits_again).await;
    }

    pub(crate) async fn new(fresh: Fresh) -> Self {
        let store = fresh.store().await;
        let at = fresh.now();
        let random = &*fresh.random;
        let connection = ConnectionId::new(at, random);
        let teams = [TeamId::new(at, random), TeamId::new(at, random)];
        let channels = [(); 3].map(|()| ChannelId::new(at, random));
        let person = PersonId::new(at, random);
        let mut unit = Unit::new("world").record(
            ConnectionRow {
                id: connection,
                tree: TreeId::new(at, random),
                recorded_at: at,
            },
            leaf(LeafKind::Connection, at, connection.bytes()),
        );
        for team in teams {
            let row = TeamRow {
                id: team,
                title: sealed("title"),
                recorded_at: at,
            };
            unit = unit.record(row, leaf(LeafKind::Team, at, team.bytes()));
        }
        for (n, channel) in channels.into_iter().enumerate() {
            let row = ChannelRow {
                id: channel,
                connection,
                team: teams.get(n).copied(),
                lookup: keyed(&format!("number {n}")),
                about: sealed("about"),
                recorded_at: at,
            };
            unit = unit.record(row, leaf(LeafKind::Channel, at, channel.bytes()));
        }
        let row = PersonRow {
            id: person,
            tree: TreeId::new(at, random),
            lookup: keyed("anna"),
            name: sealed("Anna"),
            recorded_at: at,
        };
        store
            .commit(unit.record(row, leaf(LeafKind::Person, at, person.bytes())))
            .await
            .unwrap();
        Self {
            fresh,
            store,
            connection,
            teams,
            channels,
            person,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.fresh.now()
    }

    pub(crate) fn tick(&self) -> Timestamp {
        self.fresh.clock.forward(Duration::from_secs(1));
        self.now()
    }

    pub(crate) fn contact(&self) -> ContactRow {
        ContactRow {
            id: ContactId::new(self.now(), &*self.fresh.random),
            tree: TreeId::new(self.now(), &*self.fresh.random),
            recorded_at: self.now(),
        }
    }

    pub(crate) fn identity(&self, contact: ContactId, number: &str) -> IdentityRow {
        IdentityRow {
            id: IdentityId::new(self.now(), &*self.fresh.random),
            contact,
            kind: IdentityKind::Phone,
            lookup: keyed(number),
            value: sealed(number),
            since: self.now(),
            ended_at: None,
            recorded_at: self.now(),
        }
    }

    pub(crate) fn message(&self, conversation: ConversationId, direction: Direction) -> MessageRow {
        MessageRow {
            id: MessageId::new(self.now(), &*self.fresh.random),
            conversation,
            direction,
            kind: MessageKind::Text,
            author: (direction == Direction::Outbound).then_some(self.person),
            refers: None,
            occurred_at: self.now(),
            provider: None,
            body: sealed("body"),
            raw: None,
            provider_id: None,
            recorded_at: self.now(),
            mark: None,
            origin: Origin::Live,
        }
    }

    /// Records a new contact with a conversation over a number (0 and 1: of a team, 2: of none) and one message from them.
    pub(crate) async fn conversation(&self, channel: usize) -> (ContactId, ConversationId, MessageId) {
        let at = self.tick();
        let contact = self.contact();
        let who = contact.id;
        let id = ConversationId::new(at, &*self.fresh.random);
        let conversation = ConversationRow {
            id,
            kind: ConversationKind::Customer,
            contact: Some(who),
            channel: Some(self.channels[channel]),
            team: self.teams.get(channel).copied(),
            tree: TreeId::new(at, &*self.fresh.random),
            last_at: at,
            last_inbound_at: Some(at),
            recorded_at: at,
        };
        let message = self.message(id, Direction::Inbound);
        let first = message.id;
        let unit = Unit::new("conversation")
            .record(message, leaf(LeafKind::Message, at, first.bytes()))
            .record(conversation, leaf(LeafKind::Conversation, at, id.bytes()))
            .record(contact, leaf(LeafKind::Contact, at, who.bytes()));
        self.store.commit(unit).await.unwrap();
        (who, id, first)
    }
}
