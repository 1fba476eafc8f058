//! Who works there and by which ways: team, colleague, gates, a connection with its number.

use super::{World, seal};
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::person::PersonState;
use counterfoil_model::{
    ConnectionSettingsId, CredentialId, GateAuthorityId, GateEndId, GateId, KeptId, PersonStateId, TeamMemberId,
};
use counterfoil_store::Unit;
use counterfoil_store::rows::{
    ChannelRow, ConnectionRow, ConnectionSettingsRow, CredentialRow, GateAuthorityRow, GateEndRow, GateRow, KeptRow,
    PersonRow, PersonStateRow, TeamMemberRow, TeamRow, Weight,
};
use counterfoil_vault::{Kind, Label, Lookup, TreeKind};

impl World<'_> {
    pub(super) async fn staff(&mut self, unit: Unit) -> Unit {
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
        let lookup = self.opened.keyed(Lookup::Login, "ada@example.org");
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
    pub(super) async fn gated(&self, unit: Unit) -> Unit {
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

    pub(super) async fn connected(&mut self, unit: Unit) -> Unit {
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
            lookup: self.opened.keyed(Lookup::PhoneNumberId, "106540352242922"),
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
                kind: None,
                weight: Weight::Information,
            },
            leaf,
        )
    }
}
