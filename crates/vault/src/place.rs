//! Where a sealed thing stands: bound into its seal, so that nothing opens in another place.
//!
//! The codes are part of the format (`docs/formats/sealed-envelope.md`). Never change one; add another.

use counterfoil_model::{InstallationId, TreeId};

macro_rules! fixed_codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$item_doc])* $item,)+ }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$item),+];

            /// The number that is bound into seals. Never change one; add another.
            pub const fn code(self) -> u8 {
                match self { $(Self::$item => $code),+ }
            }

            /// The value with this number.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$item),)+ _ => None }
            }
        }
    };
}

fixed_codes! {
    /// What kind of thing the sealed value belongs to.
    Kind {
        /// A connection.
        Connection = 1,
        /// A version of a connection's settings.
        ConnectionSettings = 2,
        /// A number.
        Channel = 3,
        /// A team.
        Team = 4,
        /// A member of staff.
        Person = 5,
        /// A version of a password.
        Credential = 6,
        /// A version of a contact's name.
        ContactName = 7,
        /// A dated identity of a contact.
        Identity = 8,
        /// A message.
        Message = 9,
        /// A tick.
        Tick = 10,
        /// An attachment.
        Attachment = 11,
        /// A step of an attachment.
        AttachmentStep = 12,
        /// A reference to an object of another system.
        Reference = 13,
        /// A step of a filing.
        FilingStep = 14,
        /// Something kept whole.
        Kept = 15,
        /// A draft.
        Draft = 16,
        /// The bytes of a file.
        Blob = 17,
        /// The authority that signs the certificates of gates.
        GateAuthority = 18,
        /// A gate: an intake-only node.
        Gate = 19,
        /// The decision to erase something.
        Erasure = 20,
        /// The decision to hold something from being erased.
        Hold = 21,
        /// A backup.
        Backup = 22,
        /// The decision to retire a key epoch.
        Retirement = 23,
        /// Something that stays though an erasure is of it.
        ErasureKept = 24,
    }
}

fixed_codes! {
    /// Which part of the thing the sealed value is. An item seals each label once.
    Label {
        /// What a message says.
        Body = 1,
        /// What the provider sent, as received.
        Raw = 2,
        /// The provider's id.
        ProviderId = 3,
        /// What else is known about it.
        About = 4,
        /// A name.
        Name = 5,
        /// A sign-in name.
        Login = 6,
        /// The check value of a password.
        Password = 7,
        /// A phone number, user id, username or the id of a reference.
        Value = 8,
        /// Settings with their secrets.
        Settings = 9,
        /// A title.
        Title = 10,
        /// What another system answered to a filing.
        Acknowledgement = 11,
        /// The words of a draft.
        Text = 12,
        /// The bytes of a file.
        Blob = 13,
        /// On whose word something is erased.
        Authority = 14,
        /// Where something lies.
        Whereabouts = 15,
    }
}

impl Label {
    /// The name under which the part is committed to in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Raw => "payload",
            Self::ProviderId => "provider-id",
            Self::About => "about",
            Self::Name => "name",
            Self::Login => "login",
            Self::Password => "password",
            Self::Value => "value",
            Self::Settings => "settings",
            Self::Title => "title",
            Self::Acknowledgement => "acknowledgement",
            Self::Text => "text",
            Self::Blob => "file",
            Self::Authority => "authority",
            Self::Whereabouts => "whereabouts",
        }
    }
}

fixed_codes! {
    /// What a key tree is for.
    TreeKind {
        /// The messages of one conversation.
        Conversation = 1,
        /// The names and identities of one contact.
        Contact = 2,
        /// A member of staff.
        Person = 3,
        /// A case.
        Case = 4,
        /// An export.
        Export = 5,
        /// A connection: its secrets, and what is kept whole without a contact.
        Connection = 6,
        /// The organisation: titles, settings, templates.
        Organisation = 7,
    }
}

/// Where a sealed value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The kind of the thing.
    pub kind: Kind,
    /// The id of the thing, as stored.
    pub object: [u8; 16],
    /// Which part of it.
    pub label: Label,
}

/// Which leaf of which key tree: an item keeps it for life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The tree.
    pub tree: TreeId,
    /// The leaf.
    pub index: u32,
}

/// Bytes of the associated data of a seal.
pub(crate) const AAD: usize = 55;

/// The associated data of a seal. Never change; add a version.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 16 | installation |
/// | 16 | 1 | format: 0x01 envelope, 0x41 blob |
/// | 17 | 1 | kind |
/// | 18 | 16 | object |
/// | 34 | 16 | tree |
/// | 50 | 4 | index, big-endian |
/// | 54 | 1 | label |
pub(crate) fn associated(installation: InstallationId, format: u8, place: Place, address: Address) -> [u8; AAD] {
    let mut aad = [0; AAD];
    aad[..16].copy_from_slice(installation.bytes());
    aad[16] = format;
    aad[17] = place.kind.code();
    aad[18..34].copy_from_slice(&place.object);
    aad[34..50].copy_from_slice(address.tree.bytes());
    aad[50..54].copy_from_slice(&address.index.to_be_bytes());
    aad[54] = place.label.code();
    aad
}
