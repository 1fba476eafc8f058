//! Signed notes: a text and the signatures under it, as a file that people can read.
//!
//! Checkpoints travel as notes. Signs and verifies Ed25519; reads the cosignatures of witnesses; keeps and ignores
//! signatures of any other kind, so that a new algorithm breaks no verifier. Trusts no key by itself.
//!
//! Format: `docs/formats/checkpoint-and-tiles.md`. Source: C2SP signed-note v1.0.0 and tlog-cosignature v1.0.1, read
//! 2026-11-22.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sha256;

/// The most bytes that a note may have.
const NOTE_BYTES_MAX: usize = 1_000_000;

/// The most signatures that a note may have; the specification asks for 16 at least.
const SIGNATURES_MAX: usize = 100;

/// What a signature line begins with: an em dash and a space.
const SIGNATURE_START: &str = "\u{2014} ";

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519 over the text of the note: type 0x01, what logs use.
    Ed25519,
    /// Ed25519 over time and text: type 0x04, what witnesses use.
    Cosignature,
}

impl Algorithm {
    const fn type_byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }
}

/// The first four bytes of a hash over name, type and public key: which key a signature line means.
pub type KeyId = [u8; 4];

/// A public key with its name: the thing that an auditor is given to check a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    public: [u8; 32],
}

impl VerifierKey {
    /// A key of that name, algorithm and public key.
    ///
    /// # Errors
    /// [`KeyError::BadName`] when the name is empty or holds white space, `+` or a control character.
    pub fn new(name: &str, algorithm: Algorithm, public: [u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::BadName);
        }
        Ok(Self {
            name: name.to_owned(),
            algorithm,
            public,
        })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it signs.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The 32 bytes of the Ed25519 public key.
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The key id that signature lines carry.
    pub fn id(&self) -> KeyId {
        let mut bytes = Vec::with_capacity(self.name.len() + 34);
        bytes.extend_from_slice(self.name.as_bytes());
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.typed_public());
        let [a, b, c, d, ..] = sha256(&bytes);
        [a, b, c, d]
    }

    fn typed_public(&self) -> [u8; 33] {
        let mut bytes = [self.algorithm.type_byte(); 33];
        bytes[1..].copy_from_slice(&self.public);
        bytes
    }

    /// Checks one signature over `text`; says when it was made if the algorithm carries a time.
    fn check(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        let key = UnparsedPublicKey::new(&ED25519, &self.public);
        match self.algorithm {
            Algorithm::Ed25519 => key.verify(text.as_bytes(), signature).ok().map(|()| None),
            Algorithm::Cosignature => {
                let (time, signature) = signature.split_first_chunk()?;
                let time = u64::from_be_bytes(*time);
                key.verify(cosigned_text(time, text).as_bytes(), signature)
                    .ok()
                    .map(|()| Some(time))
            }
        }
    }
}

/// What a witness signs: its own first line, the time in POSIX seconds, the text of the checkpoint.
pub fn cosigned_text(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// The verifier key string: `name+id+base64(type ‖ public key)`.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        write!(f, "{}+{id:08x}+{}", self.name, STANDARD.encode(self.typed_public()))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::NotAKey);
        };
        let key = STANDARD.decode(key).map_err(|_| KeyError::NotAKey)?;
        let (type_byte, public) = key.split_first().ok_or(KeyError::NotAKey)?;
        let algorithm = [Algorithm::Ed25519, Algorithm::Cosignature]
            .into_iter()
            .find(|algorithm| algorithm.type_byte() == *type_byte)
            .ok_or(KeyError::UnknownAlgorithm(*type_byte))?;
        let key = Self::new(name, algorithm, public.try_into().map_err(|_| KeyError::NotAKey)?)?;
        if format!("{:08x}", u32::from_be_bytes(key.id())) != id {
            return Err(KeyError::WrongId);
        }
        Ok(key)
    }
}

/// The secret key of a log, with its name.
///
/// It cannot be shown, copied or read back, and the library below wipes its memory when it is freed.
///
/// ```compile_fail,E0277
/// fn show(key: &counterfoil_ledger::note::LogKey) { println!("{key:?}"); }
/// ```
/// ```compile_fail,E0599
/// fn copy(key: &counterfoil_ledger::note::LogKey) -> counterfoil_ledger::note::LogKey { key.clone() }
/// ```
pub struct LogKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl LogKey {
    /// The key that grows from 32 secret random bytes. The caller keeps and wipes the seed.
    ///
    /// # Errors
    /// [`KeyError::BadName`] when the name cannot be a key's name.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::NotAKey)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError::NotAKey)?;
        Ok(Self {
            pair,
            verifier: VerifierKey::new(name, Algorithm::Ed25519, public)?,
        })
    }

    /// Its public half, to be handed to everybody.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    fn sign(&self, text: &str) -> Signature {
        Signature {
            name: self.verifier.name.clone(),
            key_id: self.verifier.id(),
            bytes: self.pair.sign(text.as_bytes()).as_ref().to_vec(),
        }
    }
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    name: String,
    key_id: KeyId,
    bytes: Vec<u8>,
}

impl Signature {
    /// The name of the key that it claims to be of.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of that key.
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    fn is_of(&self, key: &VerifierKey) -> bool {
        self.key_id == key.id() && self.name == key.name
    }
}

/// The line, with its line end.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = [self.key_id.as_slice(), &self.bytes].concat();
        writeln!(f, "{SIGNATURE_START}{} {}", self.name, STANDARD.encode(payload))
    }
}

/// Reads one line without its line end.
impl FromStr for Signature {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, NoteError> {
        let (name, payload) = line
            .strip_prefix(SIGNATURE_START)
            .and_then(|rest| rest.split_once(' '))
            .ok_or(NoteError::BadSignatureLine)?;
        let payload = STANDARD.decode(payload).map_err(|_| NoteError::BadSignatureLine)?;
        match payload.split_first_chunk() {
            Some((key_id, bytes)) if !bytes.is_empty() && is_key_name(name) => Ok(Self {
                name: name.to_owned(),
                key_id: *key_id,
                bytes: bytes.to_vec(),
            }),
            _ => Err(NoteError::BadSignatureLine),
        }
    }
}

/// A good signature that verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoodSignature<'k> {
    /// Whose it is.
    pub key: &'k VerifierKey,
    /// When it was made, in POSIX seconds by the signer's clock; only cosignatures say so.
    pub time: Option<u64>,
}

/// A text with the signatures under it. Until it is verified, nothing in it may be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// Signs a text, which must end in a line end.
    ///
    /// # Errors
    /// [`NoteError::BadText`] when the text cannot be a note's.
    pub fn sign(text: String, key: &LogKey) -> Result<Self, NoteError> {
        if !text.ends_with('\n') || has_control(&text) {
            return Err(NoteError::BadText);
        }
        let signatures = vec![key.sign(&text)];
        Ok(Self { text, signatures })
    }

    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError::TooLarge`], [`NoteError::BadText`], [`NoteError::NoSignatures`] or [`NoteError::BadSignatureLine`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLarge);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::BadText)?;
        if has_control(note) {
            return Err(NoteError::BadText);
        }
        let blank = note.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, lines) = (&note[..=blank], &note[blank + 2..]);
        if lines.is_empty() {
            return Err(NoteError::NoSignatures);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::BadSignatureLine)?;
        if lines.split('\n').count() > SIGNATURES_MAX {
            return Err(NoteError::TooLarge);
        }
        let signatures = lines.split('\n').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The text, with its last line end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, good or not.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Signs the same text with another key besides.
    ///
    /// # Errors
    /// [`NoteError::TooLarge`] when there are too many signatures already.
    pub fn sign_too(&mut self, key: &LogKey) -> Result<(), NoteError> {
        self.add(key.sign(&self.text))
    }

    /// Adds a signature line that somebody else made over the same text.
    ///
    /// # Errors
    /// [`NoteError::TooLarge`] when there are too many already.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        if self.signatures.len() >= SIGNATURES_MAX {
            return Err(NoteError::TooLarge);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// The good signatures of known keys, in the order of the note.
    ///
    /// # Errors
    /// [`NoteError::WrongSignature`] when a signature of a known key is not good, [`NoteError::Unknown`] when no known
    /// key signed, [`NoteError::AmbiguousKeys`] when two known keys share name and id.
    pub fn verify<'k>(
        &self,
        known: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<GoodSignature<'k>>, NoteError> {
        let known: Vec<&VerifierKey> = known.into_iter().collect();
        let mut good = Vec::new();
        for signature in &self.signatures {
            let mut keys = known.iter().filter(|key| signature.is_of(key));
            let Some(key) = keys.next() else { continue };
            if keys.any(|other| other != key) {
                return Err(NoteError::AmbiguousKeys);
            }
            let time = key
                .check(&self.text, &signature.bytes)
                .ok_or(NoteError::WrongSignature)?;
            good.push(GoodSignature { key, time });
        }
        if good.is_empty() {
            return Err(NoteError::Unknown);
        }
        Ok(good)
    }
}

/// The note as it is kept and sent.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| signature.fmt(f))
    }
}

/// Whether a text can be the name of a key, and so the origin of a log.
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+' || c < ' ')
}

fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < b' ' && byte != b'\n')
}

/// Why something is not a key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// The name is empty or holds white space, `+` or a control character.
    #[error("not a name for a key")]
    BadName,
    /// The text or the bytes are no key.
    #[error("not a verifier key")]
    NotAKey,
    /// A type of key that this version cannot use.
    #[error("key of unknown type {0:#04x}")]
    UnknownAlgorithm(u8),
    /// The id in the text is not the one that name and key give.
    #[error("the key's id does not fit the key")]
    WrongId,
}

/// Why a note is not read or not believed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoteError {
    /// More bytes or signatures than a note may have.
    #[error("the note is too large")]
    TooLarge,
    /// Not UTF-8, or with a control character, or without a last line end.
    #[error("the note's text is not allowed")]
    BadText,
    /// No blank line, or nothing after it.
    #[error("the note has no signatures")]
    NoSignatures,
    /// A line after the text that is no signature line.
    #[error("the note has a malformed signature line")]
    BadSignatureLine,
    /// A signature of a known key is not good.
    #[error("a signature in the note is wrong")]
    WrongSignature,
    /// No known key signed the note.
    #[error("no known key signed the note")]
    Unknown,
    /// Two of the known keys cannot be told apart by name and id.
    #[error("two known keys share name and id")]
    AmbiguousKeys,
}
