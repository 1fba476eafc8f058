//! The numbers that leaves use for kinds, roles, purposes, facts and outcomes.
//!
//! Numbers are for ever: a new thing gets a new number here and in `docs/formats/leaf.md`; a number is never given to
//! anything else. A number without a name is kept as it is, so that a verifier of today reads the log of tomorrow.

/// A number that this version has no name for. Only decoding makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unnamed(u16);

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A number that a later version gave out.
            Unnamed(Unnamed),
        }

        impl $name {
            /// Everything that has a name, by number.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The number that stands for it in a leaf, for ever.
            pub const fn number(self) -> u16 {
                match self {
                    $(Self::$variant => $number,)+
                    Self::Unnamed(Unnamed(number)) => number,
                }
            }

            /// What a number stands for; any number is something.
            pub const fn from_number(number: u16) -> Self {
                match number {
                    $($number => Self::$variant,)+
                    _ => Self::Unnamed(Unnamed(number)),
                }
            }

            /// Its name in lower-case words, as the verifier prints it; none for a number of a later version.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($text),)+
                    Self::Unnamed(_) => None,
                }
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        /// By number, which is the order of keys in deterministic CBOR.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.number().cmp(&other.number())
            }
        }
    };
}

numbered! {
    /// What happened.
    LeafKind {
        /// The log begins.
        LogOpened = 1 "log opened",
        /// A connection was made.
        Connection = 2 "connection",
        /// A number was set up.
        Channel = 3 "channel",
        /// A team was made.
        Team = 4 "team",
        /// A member of staff was entered.
        Person = 5 "person",
        /// A member of staff was suspended, resumed or ended.
        PersonState = 6 "person state",
        /// Somebody signed in.
        SessionOpened = 7 "session opened",
        /// A session ended.
        SessionEnded = 8 "session ended",
        /// A sign-in was refused.
        SignInRefused = 9 "sign-in refused",
        /// A contact became known.
        Contact = 10 "contact",
        /// A contact's name, as given at one time.
        ContactName = 11 "contact name",
        /// An identity of a contact began to hold.
        Identity = 12 "identity",
        /// An identity of a contact holds no longer.
        IdentityEnded = 13 "identity ended",
        /// A conversation began.
        Conversation = 14 "conversation",
        /// A message was recorded, of any direction.
        Message = 15 "message",
        /// An attachment was recorded.
        Attachment = 16 "attachment",
        /// Something was done about an attachment at the provider.
        AttachmentStep = 17 "attachment step",
        /// A delivery status of an outbound message came in.
        Tick = 18 "tick",
        /// What became of an outbound send.
        Dispatch = 19 "dispatch",
        /// An item was put forward for filing on a reference.
        Filing = 20 "filing",
        /// The other system answered, or did not.
        FilingStep = 21 "filing step",
        /// A person saw items, for a purpose.
        Reading = 22 "reading",
        /// A machine opened items in one run; carries their count.
        MachineRun = 23 "machine run",
        /// Something rightly signed that was not understood was kept whole.
        Kept = 24 "kept",
        /// A key epoch was opened.
        KeyEpochOpened = 25 "key epoch opened",
        /// A day's intake key was destroyed.
        IntakeKeyDestroyed = 26 "intake key destroyed",
        /// Keys of items were punctured.
        Punctured = 27 "punctured",
        /// An erasure was decided.
        ErasureIntended = 28 "erasure intended",
        /// An erasure took effect on the running system.
        ErasedLive = 29 "erased, live",
        /// An erasure took effect on every backup in the catalogue.
        ErasedFinal = 30 "erased, final",
        /// The installation was restored from a backup.
        Restored = 31 "restored",
        /// A conversation was assigned, resolved or re-opened.
        ConversationStep = 32 "conversation step",
        /// A person joined or left a team or a room.
        Membership = 33 "membership",
        /// A setting of the organisation changed.
        Setting = 34 "setting",
        /// An access token was issued, changed or ended.
        AccessToken = 35 "access token",
        /// A pointer to an object of another system.
        Reference = 36 "reference",
        /// A version of what a person signs in with.
        Credential = 37 "credential",
        /// An intake-only node was given a pass.
        Gate = 38 "gate",
        /// An intake-only node is admitted no more.
        GateEnded = 39 "gate ended",
        /// The authority that signs the certificates of gates was made.
        GateAuthority = 40 "gate authority",
        /// Something must not be erased.
        HoldPlaced = 41 "hold placed",
        /// A hold was released.
        HoldReleased = 42 "hold released",
        /// A backup was entered in the catalogue.
        BackupTaken = 43 "backup taken",
        /// A backup was restored on trial.
        BackupDrilled = 44 "backup drilled",
        /// It was decided to retire a key epoch.
        RetirementIntended = 45 "retirement intended",
        /// Nothing is wrapped under a key epoch any more.
        KeyEpochEmptied = 46 "key epoch emptied",
        /// The root key of a key epoch was destroyed.
        KeyEpochDestroyed = 47 "key epoch destroyed",
        /// The lookup key of a key epoch was destroyed, and nothing bears a hash under it any more.
        KeyEpochRekeyed = 48 "key epoch rekeyed",
        /// The challenger tried to read in one place what was erased.
        ErasureChallenged = 49 "erasure challenged",
        /// Something stays though an erasure is of it.
        ErasureKept = 50 "kept from erasure",
        /// Another system was asked to withdraw a copy, or answered.
        WithdrawalStep = 51 "withdrawal step",
        /// The log is signed with another key from here on.
        LogKeyChanged = 52 "log key changed",
    }
}

numbered! {
    /// In which role somebody acted.
    Role {
        /// A member of staff.
        Person = 1 "person",
        /// Whoever holds the machine's account and its operator socket.
        Operator = 2 "operator",
        /// The installation by itself.
        System = 3 "system",
        /// The contact, by writing to us.
        Contact = 4 "contact",
        /// Another system by its access token.
        AccessToken = 5 "access token",
    }
}

numbered! {
    /// Why items were read.
    Purpose {
        /// To answer the contact.
        Answer = 1 "answer",
        /// To supervise the work of others.
        Supervise = 2 "supervise",
        /// To check quality or compliance.
        Check = 3 "check",
        /// To investigate an incident.
        Investigate = 4 "investigate",
        /// To meet a data subject's request.
        Request = 5 "request",
        /// A machine's own work.
        Process = 6 "process",
        /// To produce records for a court or regulator.
        Produce = 7 "produce",
        /// To keep the installation running.
        Operate = 8 "operate",
    }
}

numbered! {
    /// The name of a fact.
    FactKey {
        /// An [`Outcome`] by its number.
        Outcome = 1 "outcome",
        /// A code for the reason, as the kind defines it; a provider's error number goes here.
        Reason = 2 "reason",
        /// How often it was tried.
        Attempts = 3 "attempts",
        /// Bytes of ciphertext.
        Size = 4 "size",
        /// The number of a key epoch.
        Epoch = 5 "epoch",
        /// The conversation that the subject is in.
        Conversation = 6 "conversation",
        /// Whom a step concerns when they are not its actor.
        Person = 7 "person",
        /// The version of the rule that decided.
        Policy = 8 "policy",
        /// A size of the tree.
        TreeSize = 9 "tree size",
        /// The root of the tree at that size.
        Root = 10 "root",
        /// A public key.
        PublicKey = 11 "public key",
        /// The generation of a key tree's frontier.
        Generation = 12 "generation",
        /// The time that somebody else gave, in microseconds.
        HappenedAt = 13 "happened at",
        /// The channel that the subject came or went by.
        Channel = 14 "channel",
        /// The session in which it was done.
        Session = 15 "session",
        /// The first index of a run.
        First = 16 "first",
        /// The last index of a run, included.
        Last = 17 "last",
        /// 1 in, 2 out, 3 within.
        Direction = 18 "direction",
        /// The reference that was filed on, by its random id.
        Reference = 19 "reference",
        /// The team that it concerns.
        Team = 20 "team",
        /// The public key that another takes the place of.
        PreviousKey = 21 "previous public key",
        /// By which way a message came to be here, when it was not the usual one: 2 the phone app, 3 another service, 4 a history, 5 an import.
        Origin = 22 "origin",
    }
}

numbered! {
    /// How a step ended; one list for every kind.
    Outcome {
        /// The attachment's bytes are here.
        Fetched = 1 "fetched",
        /// The attachment's bytes could not be had.
        CouldNotBeFetched = 2 "could not be fetched",
        /// The provider says that it deleted its copy.
        DeletedAtProvider = 3 "deleted at the provider",
        /// The provider took it.
        Sent = 4 "sent",
        /// It reached the handset.
        Delivered = 5 "delivered",
        /// It was opened on the handset.
        Read = 6 "read",
        /// It failed for good.
        Failed = 7 "failed",
        /// The answer was lost; nobody knows.
        Uncertain = 8 "uncertain",
        /// The other system gave its acknowledgement.
        Acknowledged = 9 "acknowledged",
        /// The other side refused.
        Refused = 10 "refused",
        /// It began.
        Started = 11 "started",
        /// It ended.
        Ended = 12 "ended",
        /// It rests.
        Suspended = 13 "suspended",
        /// It goes on.
        Resumed = 14 "resumed",
        /// A voice message was played.
        Played = 15 "played",
        /// The provider's copy could not be deleted.
        CouldNotBeDeleted = 16 "could not be deleted at the provider",
        /// All of it was found as it should be.
        Sound = 17 "sound",
        /// Something of it was not.
        Unsound = 18 "unsound",
    }
}
