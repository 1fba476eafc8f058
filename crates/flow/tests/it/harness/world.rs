//! An installation with something of everything on the record: a connection and its number, a colleague, contacts, conversations,
//! messages with files and ticks, filings, and something kept whole.
//!
//! It is written through units of work as the use cases write them, so that no provider is needed.

use super::{INSTALLATION, Opened, Place};
use aws_lc_rs::digest::{SHA256, digest};
use counterfoil_flow::Flow;
use counterfoil_ledger::commitment;
use counterfoil_ledger::leaf::{Actor, Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::attachment::AttachmentStep;
use counterfoil_model::body::Body;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::conversation::ConversationKind;
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::person::PersonState;
use counterfoil_model::tick::TickState;
use counterfoil_model::{
    AttachmentId, AttachmentStepId, BlobId, ChannelId, Clock, ConnectionId, ConnectionSettingsId, ContactId,
    ContactNameId, ConversationId, CredentialId, FilingId, FilingStepId, GateAuthorityId, GateEndId, GateId,
    IdentityId, KeptId, MessageId, PersonId, PersonStateId, Random, ReferenceId, TeamId, TeamMemberId, TickId,
    Timestamp, TreeId,
};
use counterfoil_store::rows::{
    AttachmentRow, AttachmentStepRow, ChannelRow, ConnectionRow, ConnectionSettingsRow, ContactNameRow, ContactRow,
    ConversationRow, CredentialRow, FilingRow, FilingStepRow, GateAuthorityRow, GateEndRow, GateRow, IdentityEndRow,
    IdentityRow, InstallationPurpose, InstallationRow, ItemMark, KeptRow, MessageRow, PersonRow, PersonStateRow,
    ReferenceRow, SeenRow, TeamMemberRow, TeamRow, TickRow,
};
use counterfoil_store::{Change, NewEvent, Unit, blob_name};
use counterfoil_vault::{Content, Item, Kind, Label, Lookup, Sealed, TreeKind, Vault};
use counterfoil_whatsapp::webhook::split;
use std::time::Duration;

/// An installation that grows.
pub(crate) struct World<'a> {
    place: &'a Place,
    opened: Opened,
    connection: ConnectionId,
    connection_tree: TreeId,
    organisation: TreeId,
    channel: ChannelId,
    team: TeamId,
    person: PersonId,
    conversations: usize,
}

/// A sealed value with its commitment.
fn seal<T: Content>(
    item: &Item,
    kind: Kind,
    object: &[u8; 16],
    label: Label,
    leaf: Leaf,
    content: &T,
) -> (Sealed<T>, Leaf) {
    let place = counterfoil_vault::Place {
        kind,
        object: *object,
        label,
    };
    let commitment = item.commit(label, &content.encode());
    (
        item.seal(place, content),
        leaf.commitment(commitment::Label::of(label.name()), commitment),
    )
}

impl<'a> World<'a> {
    /// Begins the installation.
    pub(crate) async fn begin(place: &'a Place) -> Self {
        let opened = place.open().await;
        let (at, random): (Timestamp, &dyn Random) = (place.clock.wall(), place.random.as_ref());
        let organisation = opened.vault.tree_create(TreeKind::Organisation).await.unwrap();
        let mut world = Self {
            place,
            connection: ConnectionId::new(at, random),
            connection_tree: opened.vault.tree_create(TreeKind::Connection).await.unwrap(),
            organisation,
            channel: ChannelId::new(at, random),
            team: TeamId::new(at, random),
            person: PersonId::new(at, random),
            conversations: 0,
            opened,
        };
        let installation = InstallationRow {
            number: 1,
            id: INSTALLATION,
            tree: organisation,
            purpose: InstallationPurpose::Serve,
            opened_at: at,
        };
        let unit = Unit::new("test.begin").insert(installation);
        let unit = world.staff(unit).await;
        let unit = world.connected(unit).await;
        world.opened.store.commit(unit).await.unwrap();
        world
    }

    /// The use cases over this installation.
    pub(crate) async fn flow(&self) -> Flow {
        self.opened.clone().flow().await
    }

    pub(crate) fn vault(&self) -> &Vault {
        self.opened.vault()
    }

    fn now(&self) -> Timestamp {
        self.place.clock.forward(Duration::from_millis(3));
        self.place.clock.wall()
    }

    fn random(&self) -> &dyn Random {
        self.place.random.as_ref()
    }

    fn leaf(kind: LeafKind, at: Timestamp, id: &[u8; 16]) -> Leaf {
        Leaf::new(kind, at.micros(), *id).actor(Actor::SYSTEM)
    }

    async fn item(&self, tree: TreeId) -> Item {
        self.opened.vault.item(tree).await.unwrap()
    }

    async fn staff(&mut self, unit: Unit) -> Unit {
        let at = self.now();
        let leaf = Self::leaf(LeafKind::Team, at, self.team.bytes());
        let item = self.item(self.organisation).await;
        let (title, leaf) = seal(
            &item,
            Kind::Team,
            self.team.bytes(),
            Label::Title,
            leaf,
            &"Claims".to_owned(),
        );
        let unit = unit.record(
            TeamRow {
                id: self.team,
                title,
                recorded_at: at,
            },
            leaf,
        );

        let tree = self.opened.vault.tree_create(TreeKind::Person).await.unwrap();
        let leaf = Self::leaf(LeafKind::Person, at, self.person.bytes());
        let item = self.item(tree).await;
        let (name, leaf) = seal(
            &item,
            Kind::Person,
            self.person.bytes(),
            Label::Name,
            leaf,
            &"Ada Example".to_owned(),
        );
        let lookup = self.opened.vault.lookup(Lookup::Login, "ada@example.org");
        let unit = unit.record(
            PersonRow {
                id: self.person,
                tree,
                lookup,
                name,
                recorded_at: at,
            },
            leaf,
        );

        let id = CredentialId::new(at, self.random());
        let item = self.item(tree).await;
        let leaf = Self::leaf(LeafKind::Credential, at, id.bytes());
        let (login, _) = seal(
            &item,
            Kind::Credential,
            id.bytes(),
            Label::Login,
            leaf.clone(),
            &"ada@example.org".to_owned(),
        );
        let (password, _) = seal(
            &item,
            Kind::Credential,
            id.bytes(),
            Label::Password,
            leaf.clone(),
            &"$argon2id$".to_owned(),
        );
        let unit = unit.record(
            CredentialRow {
                id,
                person: self.person,
                login,
                password,
                recorded_at: at,
            },
            leaf,
        );

        let id = PersonStateId::new(at, self.random());
        let leaf = Self::leaf(LeafKind::PersonState, at, id.bytes());
        let row = PersonStateRow {
            id,
            person: self.person,
            state: PersonState::Active,
            roles: 2,
            recorded_at: at,
        };
        let unit = unit.record(row, leaf);
        let id = TeamMemberId::new(at, self.random());
        let leaf = Self::leaf(LeafKind::Membership, at, id.bytes());
        unit.record(
            TeamMemberRow {
                id,
                team: self.team,
                person: self.person,
                present: true,
                recorded_at: at,
            },
            leaf,
        )
    }

    /// A gate that was added and revoked, and who certified it.
    async fn gated(&self, unit: Unit) -> Unit {
        let at = self.now();
        let id = GateAuthorityId::new(at, self.random());
        let item = self.item(self.organisation).await;
        let leaf = Self::leaf(LeafKind::GateAuthority, at, id.bytes());
        let (authority, _) = seal(
            &item,
            Kind::GateAuthority,
            id.bytes(),
            Label::Settings,
            leaf.clone(),
            &"{}".to_owned(),
        );
        let row = GateAuthorityRow {
            id,
            authority: authority.retyped(),
            recorded_at: at,
        };
        let unit = unit.record(row, leaf);

        let gate = GateId::new(at, self.random());
        let item = self.item(self.organisation).await;
        let leaf = Self::leaf(LeafKind::Gate, at, gate.bytes());
        let (title, leaf) = seal(
            &item,
            Kind::Gate,
            gate.bytes(),
            Label::Title,
            leaf,
            &"Harbour".to_owned(),
        );
        let row = GateRow {
            id: gate,
            public_key: [3; 32],
            title,
            recorded_at: at,
        };
        let unit = unit.record(row, leaf);

        let id = GateEndId::new(at, self.random());
        let leaf = Self::leaf(LeafKind::GateEnded, at, id.bytes());
        let row = GateEndRow {
            id,
            gate,
            recorded_at: at,
        };
        unit.record(row, leaf)
    }

    async fn connected(&mut self, unit: Unit) -> Unit {
        let at = self.now();
        let (connection, channel) = (self.connection, self.channel);
        let leaf = Self::leaf(LeafKind::Connection, at, connection.bytes());
        let unit = unit.record(
            ConnectionRow {
                id: connection,
                tree: self.connection_tree,
                recorded_at: at,
            },
            leaf,
        );

        let id = ConnectionSettingsId::new(at, self.random());
        let item = self.item(self.connection_tree).await;
        let leaf = Self::leaf(LeafKind::Setting, at, id.bytes());
        let settings = r#"{"title":"Claims line","app_secret":"s","verify_token":"v","access_token":"a",
            "graph_url":"http://127.0.0.1:9","graph_version":"v25.0"}"#;
        let (settings, _) = seal(
            &item,
            Kind::ConnectionSettings,
            id.bytes(),
            Label::Settings,
            leaf.clone(),
            &settings.to_owned(),
        );
        let row = ConnectionSettingsRow {
            id,
            connection,
            settings: settings.retyped(),
            recorded_at: at,
        };
        let unit = unit.record(row, leaf);

        let unit = self.gated(unit).await;

        let item = self.item(self.connection_tree).await;
        let leaf = Self::leaf(LeafKind::Channel, at, channel.bytes());
        let about = r#"{"phone_number_id":"106540352242922","display_number":"+31 20 555 0101"}"#;
        let (about, leaf) = seal(
            &item,
            Kind::Channel,
            channel.bytes(),
            Label::About,
            leaf,
            &about.to_owned(),
        );
        let row = ChannelRow {
            id: channel,
            connection,
            team: Some(self.team),
            lookup: self.opened.vault.lookup(Lookup::PhoneNumberId, "106540352242922"),
            about: about.retyped(),
            recorded_at: at,
        };
        let unit = unit.record(row, leaf);

        let id = KeptId::new(at, self.random());
        let item = self.item(self.connection_tree).await;
        let leaf = Self::leaf(LeafKind::Kept, at, id.bytes());
        let (raw, leaf) = seal(
            &item,
            Kind::Kept,
            id.bytes(),
            Label::Raw,
            leaf,
            &b"{\"field\":\"unheard_of\"}".to_vec(),
        );
        unit.record(
            KeptRow {
                id,
                connection,
                reason: 1,
                raw,
                review_at: at,
                recorded_at: at,
            },
            leaf,
        )
    }

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

    async fn known_as(&mut self, unit: Unit, contact: ContactId, tree: TreeId) -> Unit {
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

    async fn identity(
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
            lookup: self.opened.vault.lookup(lookup, value),
            value: sealed,
            since: at,
            ended_at: None,
            recorded_at: at,
        };
        (unit.record(row, leaf), id)
    }

    async fn message(
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

    async fn tick(
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

    async fn attachment(&mut self, unit: Unit, message: MessageId, tree: TreeId, n: usize) -> Unit {
        let at = self.now();
        let id = AttachmentId::new(at, self.random());
        let item = self.item(tree).await;
        let leaf = Self::leaf(LeafKind::Attachment, at, id.bytes()).follows(*message.bytes());
        let (about, leaf) = seal(
            &item,
            Kind::Attachment,
            id.bytes(),
            Label::About,
            leaf,
            &format!("{{\"n\":{n}}}").into_bytes(),
        );
        let row = AttachmentRow {
            id,
            message,
            position: 0,
            kind: MessageKind::Image,
            about,
            recorded_at: at,
        };
        let unit = unit.record(row, leaf);

        // One file of two chunks among small ones.
        let length = if n == 0 { 70_000 } else { 300 + n };
        let (blob, digest) = self.blob(tree, length).await;
        let step = AttachmentStepId::new(at, self.random());
        let item = self.item(tree).await;
        let leaf = Self::leaf(LeafKind::AttachmentStep, at, step.bytes())
            .follows(*id.bytes())
            .object(digest);
        let (held, leaf) = seal(
            &item,
            Kind::AttachmentStep,
            step.bytes(),
            Label::About,
            leaf,
            &b"{\"held\":true}".to_vec(),
        );
        let row = AttachmentStepRow {
            id: step,
            attachment: id,
            step: AttachmentStep::Fetched,
            failure: None,
            attempts: 1,
            blob: Some(blob),
            blob_digest: Some(digest),
            about: Some(held),
            at,
            recorded_at: at,
        };
        unit.record(row, leaf)
    }

    async fn blob(&mut self, tree: TreeId, length: usize) -> (BlobId, [u8; 32]) {
        let blob = BlobId::new(self.now(), self.random());
        let item = self.item(tree).await;
        let place = counterfoil_vault::Place {
            kind: Kind::Blob,
            object: *blob.bytes(),
            label: Label::Blob,
        };
        let mut sealer = item.blob_sealer(place);
        let mut sealed = sealer.header();
        sealed.extend(sealer.push(&vec![0x5a; length]));
        sealed.extend(sealer.finish());
        let digest = digest(&SHA256, &sealed).as_ref().try_into().unwrap();
        self.opened.blobs.put(&blob_name(blob), sealed).await.unwrap();
        (blob, digest)
    }

    async fn filing(&mut self, unit: Unit, message: MessageId, n: usize) -> Unit {
        let at = self.now();
        let reference = ReferenceId::new(at, self.random());
        let item = self.item(self.organisation).await;
        let leaf = Self::leaf(LeafKind::Reference, at, reference.bytes());
        let claim = format!("CLM-2026-{:03}{n:03}", self.conversations);
        let (value, leaf) = seal(&item, Kind::Reference, reference.bytes(), Label::Value, leaf, &claim);
        let row = ReferenceRow {
            id: reference,
            system: "pas".to_owned(),
            kind: "claim".to_owned(),
            lookup: self.opened.vault.lookup(Lookup::Reference, &claim),
            value,
            recorded_at: at,
        };
        let unit = unit.record(row, leaf);
        let filing = FilingId::new(at, self.random());
        let leaf = Self::leaf(LeafKind::Filing, at, filing.bytes()).follows(*message.bytes());
        let unit = unit.record(
            FilingRow {
                id: filing,
                message,
                reference,
                person: self.person,
                recorded_at: at,
            },
            leaf,
        );
        let id = FilingStepId::new(at, self.random());
        let item = self.item(self.organisation).await;
        let leaf = Self::leaf(LeafKind::FilingStep, at, id.bytes()).follows(*filing.bytes());
        let (acknowledgement, leaf) = seal(
            &item,
            Kind::FilingStep,
            id.bytes(),
            Label::Acknowledgement,
            leaf,
            &format!("DOC-{n}"),
        );
        let row = FilingStepRow {
            id,
            filing,
            step: FilingStep::Filed,
            attempts: 1,
            code: None,
            acknowledgement: Some(acknowledgement),
            at,
            recorded_at: at,
        };
        unit.record(row, leaf)
    }
}
