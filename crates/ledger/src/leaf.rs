//! Leaves: the entries of the log.
//!
//! A unit of work makes one for each thing that it did and commits it with its rows; the sequencer gives it a place in
//! the tree. Never holds personal data, a lasting hash of it, or a provider's message id: content is there as
//! commitments and as digests of ciphertext only.
//!
//! Format: `docs/formats/leaf.md`.

use std::collections::BTreeMap;

use minicbor::data::Type;
use minicbor::decode::{self, Decoder};

use crate::cbor::{self, Encoder, Written};
use crate::commitment::Label;
use crate::registry::{FactKey, LeafKind, Outcome, Purpose, Role};
use crate::{Hash, Id, tree};

/// The version of a leaf's bytes. Never change the bytes of a version; add one.
const VERSION: u64 = 1;

/// The most bytes that an encoded leaf may have; entry bundles have two bytes for the length.
pub const LEAF_BYTES_MAX: usize = 65_535;

/// The most items that one leaf may name.
pub const ITEMS_MAX: usize = 200;

/// Who did it: a role, and the random id of whoever had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// In which role.
    pub role: Role,
    /// Who; none where the role says it all.
    pub id: Option<Id>,
}

impl Actor {
    /// The operator, over the operator socket or on the machine.
    pub const OPERATOR: Self = Self {
        role: Role::Operator,
        id: None,
    };
    /// The installation by itself.
    pub const SYSTEM: Self = Self {
        role: Role::System,
        id: None,
    };

    /// A member of staff.
    pub const fn person(id: Id) -> Self {
        Self {
            role: Role::Person,
            id: Some(id),
        }
    }

    /// A contact.
    pub const fn contact(id: Id) -> Self {
        Self {
            role: Role::Contact,
            id: Some(id),
        }
    }

    /// Another system, by its access token.
    pub const fn access_token(id: Id) -> Self {
        Self {
            role: Role::AccessToken,
            id: Some(id),
        }
    }
}

/// The value of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A number or a time in microseconds.
    Int(i64),
    /// A random id.
    Id(Id),
    /// A tree root, a public key or a digest of ciphertext; never a digest of anything readable.
    Hash(Hash),
}

/// One entry of the log. Its bytes are hashed into the tree and never change; what is new is said by new kinds and facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// What happened.
    pub kind: LeafKind,
    /// When, in microseconds since 1970 UTC, by our clock.
    pub at: i64,
    /// What it is about.
    pub subject: Id,
    /// The digest of the subject's record.
    pub record: Option<Hash>,
    /// Commitments to fields of the subject, in the writer's order, each label once.
    pub commitments: Vec<(Label, Hash)>,
    /// SHA-256 of ciphertext objects of the subject, such as blobs.
    pub objects: Vec<Hash>,
    /// Who did it.
    pub actor: Option<Actor>,
    /// The subject of the earlier leaf that this continues.
    pub follows: Option<Id>,
    /// Why, for readings.
    pub purpose: Option<Purpose>,
    /// Which items, for readings and punctures; at most 200.
    pub items: Vec<Id>,
    /// How many, for what machines did.
    pub count: Option<u64>,
    /// Whatever else the kind has to say.
    pub facts: BTreeMap<FactKey, Fact>,
}

impl Leaf {
    /// A leaf that says what happened to what and when (microseconds), and nothing else yet.
    pub const fn new(kind: LeafKind, at: i64, subject: Id) -> Self {
        Self {
            kind,
            at,
            subject,
            record: None,
            commitments: Vec::new(),
            objects: Vec::new(),
            actor: None,
            follows: None,
            purpose: None,
            items: Vec::new(),
            count: None,
            facts: BTreeMap::new(),
        }
    }

    /// The same with the digest of the subject's record.
    #[must_use]
    pub fn record(mut self, digest: Hash) -> Self {
        self.record = Some(digest);
        self
    }

    /// The same with one more commitment.
    #[must_use]
    pub fn commitment(mut self, label: Label, commitment: Hash) -> Self {
        self.commitments.push((label, commitment));
        self
    }

    /// The same with the SHA-256 of one more ciphertext object.
    #[must_use]
    pub fn object(mut self, digest: Hash) -> Self {
        self.objects.push(digest);
        self
    }

    /// The same with who did it.
    #[must_use]
    pub fn actor(mut self, actor: Actor) -> Self {
        self.actor = Some(actor);
        self
    }

    /// The same with the subject of the earlier leaf that this continues.
    #[must_use]
    pub fn follows(mut self, subject: Id) -> Self {
        self.follows = Some(subject);
        self
    }

    /// The same with the purpose of a reading.
    #[must_use]
    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// The same with these items.
    #[must_use]
    pub fn items(mut self, items: impl IntoIterator<Item = Id>) -> Self {
        self.items.extend(items);
        self
    }

    /// The same with a count.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// The same with one more fact; the last value given for a key holds.
    #[must_use]
    pub fn fact(mut self, key: FactKey, value: Fact) -> Self {
        self.facts.insert(key, value);
        self
    }

    /// The same with how it ended.
    #[must_use]
    pub fn outcome(self, outcome: Outcome) -> Self {
        self.fact(FactKey::Outcome, Fact::Int(outcome.number().into()))
    }

    /// The leaf's one and only bytes.
    ///
    /// # Errors
    /// [`LeafError::TooManyItems`], [`LeafError::LabelTwice`], or [`LeafError::TooLong`] above 65,535 bytes.
    pub fn encode(&self) -> Result<Vec<u8>, LeafError> {
        if self.items.len() > ITEMS_MAX {
            return Err(LeafError::TooManyItems);
        }
        let repeats = |(i, (label, _)): (usize, &(Label, Hash))| self.commitments[..i].iter().any(|c| c.0 == *label);
        if self.commitments.iter().enumerate().any(repeats) {
            return Err(LeafError::LabelTwice);
        }
        let bytes = cbor::written(512, |e| self.write(e));
        if bytes.len() > LEAF_BYTES_MAX {
            return Err(LeafError::TooLong);
        }
        Ok(bytes)
    }

    /// The leaf that these bytes are.
    ///
    /// # Errors
    /// [`LeafError::UnknownVersion`] and [`LeafError::UnknownField`] for what a later version wrote,
    /// [`LeafError::MissingField`], [`LeafError::TooManyItems`], [`LeafError::LabelTwice`], [`LeafError::TooLong`],
    /// [`LeafError::NotCanonical`] when the leaf has other bytes by rule, [`LeafError::NotALeaf`] for all else.
    pub fn decode(bytes: &[u8]) -> Result<Self, LeafError> {
        if bytes.len() > LEAF_BYTES_MAX {
            return Err(LeafError::TooLong);
        }
        let leaf = Draft::read(&mut Decoder::new(bytes))?.finish()?;
        if leaf.encode()? != bytes {
            return Err(LeafError::NotCanonical);
        }
        Ok(leaf)
    }

    /// The kind of an encoded leaf by its beginning alone, where it stands in the one form that a leaf may have; `None` when what begins like this is no leaf. Whether
    /// the rest of it is one, only [`Self::decode`] says.
    pub fn kind_of(encoded: &[u8]) -> Option<LeafKind> {
        let mut decoder = Decoder::new(encoded);
        cbor::map(&mut decoder).ok()?;
        (decoder.u64().ok()? == field::VERSION).then_some(())?;
        known_version(decoder.u64().ok()?).ok()?;
        (decoder.u64().ok()? == field::KIND).then_some(())?;
        Some(LeafKind::from_number(decoder.u16().ok()?))
    }

    /// The hash by which an encoded leaf enters the tree.
    pub fn hash(encoded: &[u8]) -> Hash {
        tree::leaf_hash(encoded)
    }

    fn write(&self, e: &mut Encoder) -> Written {
        let optional = [
            self.record.is_some(),
            !self.commitments.is_empty(),
            !self.objects.is_empty(),
            self.actor.is_some(),
            self.follows.is_some(),
            self.purpose.is_some(),
            !self.items.is_empty(),
            self.count.is_some(),
            !self.facts.is_empty(),
        ];
        e.map(4 + optional.iter().filter(|present| **present).count() as u64)?;
        e.u64(field::VERSION)?.u64(VERSION)?;
        e.u64(field::KIND)?.u16(self.kind.number())?;
        e.u64(field::AT)?.i64(self.at)?;
        e.u64(field::SUBJECT)?.bytes(&self.subject)?;
        if let Some(record) = &self.record {
            e.u64(field::RECORD)?.bytes(record)?;
        }
        if !self.commitments.is_empty() {
            e.u64(field::COMMITMENTS)?.array(self.commitments.len() as u64)?;
            for (label, commitment) in &self.commitments {
                e.array(2)?.str(label.as_str())?.bytes(commitment)?;
            }
        }
        if !self.objects.is_empty() {
            e.u64(field::OBJECTS)?.array(self.objects.len() as u64)?;
            for object in &self.objects {
                e.bytes(object)?;
            }
        }
        if let Some(Actor { role, id }) = &self.actor {
            e.u64(field::ACTOR)?
                .array(1 + u64::from(id.is_some()))?
                .u16(role.number())?;
            if let Some(id) = id {
                e.bytes(id)?;
            }
        }
        if let Some(follows) = &self.follows {
            e.u64(field::FOLLOWS)?.bytes(follows)?;
        }
        if let Some(purpose) = self.purpose {
            e.u64(field::PURPOSE)?.u16(purpose.number())?;
        }
        if !self.items.is_empty() {
            e.u64(field::ITEMS)?.array(self.items.len() as u64)?;
            for item in &self.items {
                e.bytes(item)?;
            }
        }
        if let Some(count) = self.count {
            e.u64(field::COUNT)?.u64(count)?;
        }
        if !self.facts.is_empty() {
            e.u64(field::FACTS)?.map(self.facts.len() as u64)?;
            for (key, fact) in &self.facts {
                e.u16(key.number())?;
                match fact {
                    Fact::Int(n) => e.i64(*n)?,
                    Fact::Id(id) => e.bytes(id)?,
                    Fact::Hash(hash) => e.bytes(hash)?,
                };
            }
        }
        Ok(())
    }
}

/// The keys of a leaf's map.
mod field {
    pub(super) const VERSION: u64 = 1;
    pub(super) const KIND: u64 = 2;
    pub(super) const AT: u64 = 3;
    pub(super) const SUBJECT: u64 = 4;
    pub(super) const RECORD: u64 = 5;
    pub(super) const COMMITMENTS: u64 = 6;
    pub(super) const OBJECTS: u64 = 7;
    pub(super) const ACTOR: u64 = 8;
    pub(super) const FOLLOWS: u64 = 9;
    pub(super) const PURPOSE: u64 = 10;
    pub(super) const ITEMS: u64 = 11;
    pub(super) const COUNT: u64 = 12;
    pub(super) const FACTS: u64 = 13;
}

/// A leaf while it is read: the required fields may still be missing.
struct Draft {
    version: Option<u64>,
    kind: Option<LeafKind>,
    at: Option<i64>,
    subject: Option<Id>,
    rest: Leaf,
}

impl Draft {
    fn read(d: &mut Decoder<'_>) -> Result<Self, LeafError> {
        let rest = Leaf::new(LeafKind::Kept, 0, [0; 16]);
        let mut draft = Self {
            version: None,
            kind: None,
            at: None,
            subject: None,
            rest,
        };
        for _ in 0..cbor::map(d)? {
            let key = d.u64()?;
            draft.read_field(key, d)?;
        }
        Ok(draft)
    }

    fn read_field(&mut self, key: u64, d: &mut Decoder<'_>) -> Result<(), LeafError> {
        let leaf = &mut self.rest;
        match key {
            field::VERSION => self.version = Some(known_version(d.u64()?)?),
            field::KIND => self.kind = Some(LeafKind::from_number(d.u16()?)),
            field::AT => self.at = Some(d.i64()?),
            field::SUBJECT => self.subject = Some(cbor::bytes(d)?),
            field::RECORD => leaf.record = Some(cbor::bytes(d)?),
            field::COMMITMENTS => leaf.commitments = cbor::list(d, read_commitment)?,
            field::OBJECTS => leaf.objects = cbor::list(d, cbor::bytes)?,
            field::ACTOR => leaf.actor = Some(read_actor(d)?),
            field::FOLLOWS => leaf.follows = Some(cbor::bytes(d)?),
            field::PURPOSE => leaf.purpose = Some(Purpose::from_number(d.u16()?)),
            field::ITEMS => leaf.items = cbor::list(d, cbor::bytes)?,
            field::COUNT => leaf.count = Some(d.u64()?),
            field::FACTS => {
                for _ in 0..cbor::map(d)? {
                    leaf.facts.insert(FactKey::from_number(d.u16()?), read_fact(d)?);
                }
            }
            unknown => return Err(LeafError::UnknownField(unknown)),
        }
        Ok(())
    }

    fn finish(self) -> Result<Leaf, LeafError> {
        self.version.ok_or(LeafError::MissingField("version"))?;
        Ok(Leaf {
            kind: self.kind.ok_or(LeafError::MissingField("kind"))?,
            at: self.at.ok_or(LeafError::MissingField("at"))?,
            subject: self.subject.ok_or(LeafError::MissingField("subject"))?,
            ..self.rest
        })
    }
}

fn known_version(version: u64) -> Result<u64, LeafError> {
    if version == VERSION {
        Ok(version)
    } else {
        Err(LeafError::UnknownVersion(version))
    }
}

fn read_commitment(d: &mut Decoder<'_>) -> Result<(Label, Hash), decode::Error> {
    if cbor::array(d)? != 2 {
        return Err(decode::Error::message("a commitment is a label and 32 bytes"));
    }
    let label = Label::read(d.str()?).ok_or_else(|| decode::Error::message("not a label"))?;
    Ok((label, cbor::bytes(d)?))
}

fn read_actor(d: &mut Decoder<'_>) -> Result<Actor, decode::Error> {
    let length = cbor::array(d)?;
    let role = Role::from_number(d.u16()?);
    match length {
        1 => Ok(Actor { role, id: None }),
        2 => Ok(Actor {
            role,
            id: Some(cbor::bytes(d)?),
        }),
        _ => Err(decode::Error::message("an actor is a role and at most one id")),
    }
}

fn read_fact(d: &mut Decoder<'_>) -> Result<Fact, decode::Error> {
    if d.datatype()? != Type::Bytes {
        return d.i64().map(Fact::Int);
    }
    let bytes = d.bytes()?;
    if let Ok(id) = bytes.try_into() {
        return Ok(Fact::Id(id));
    }
    bytes
        .try_into()
        .map(Fact::Hash)
        .map_err(|_| decode::Error::message("a fact has 16 or 32 bytes"))
}

/// Why something is not a leaf, or cannot become one.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// More than 200 items.
    #[error("a leaf names at most {ITEMS_MAX} items")]
    TooManyItems,
    /// Two commitments under one label.
    #[error("two commitments have the same label")]
    LabelTwice,
    /// More than 65,535 bytes.
    #[error("a leaf has at most {LEAF_BYTES_MAX} bytes")]
    TooLong,
    /// Written by a later version of the format.
    #[error("leaf of unknown version {0}")]
    UnknownVersion(u64),
    /// A key that version 1 does not have.
    #[error("leaf with unknown field {0}")]
    UnknownField(u64),
    /// A required field is not there.
    #[error("leaf without {0}")]
    MissingField(&'static str),
    /// The bytes say it in another way than the one that is allowed.
    #[error("the leaf is not in its canonical form")]
    NotCanonical,
    /// The bytes are something else.
    #[error("not a leaf")]
    NotALeaf(#[from] decode::Error),
}
