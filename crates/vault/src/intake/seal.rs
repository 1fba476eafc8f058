//! The intake seal itself: sealing to a day's public key, and what both sides derive (`docs/formats/intake-seal.md`).
//!
//! ```text
//! version 1 | day 4 | ephemeral public key 32 |           AES-256-GCM( body ) | tag 16
//! version 2 | day 4 | ephemeral public key 32 | salt 16 | AES-256-GCM( body ) | tag 16
//! ```
//!
//! X25519 (RFC 7748), HKDF-SHA256, AES-256-GCM. Version 1 has a key pair per seal and serves the keys of spooled files; version 2 has one per
//! run of posts and a salt per post, since agreeing on a key costs more than all else that a post costs.

use super::Day;
use crate::key::{self, Key, Mac, NONCE, TAG, expand_into, extract_and_expand};
use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use counterfoil_model::{ConnectionId, DeliveryId, InstallationId, Random};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use zeroize::Zeroizing;

/// The version with a key pair per seal.
const ALONE: u8 = 1;
/// The version with a key pair per run.
const RUN: u8 = 2;
const SALT: usize = 16;
/// Version, day, ephemeral public key.
const HEADER: usize = 1 + 4 + 32;
/// How many posts a run may have.
const RUN_POSTS: u32 = 1_024;
/// How long a run may go on. Whoever reads the memory of a sealing node gets the posts of so long a time at the most.
const RUN_TIME: Duration = Duration::from_secs(10);

/// The public key to which posts of one day are sealed. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakePublic {
    pub(super) installation: InstallationId,
    pub(super) day: Day,
    pub(super) key: [u8; 32],
}

impl IntakePublic {
    #[cfg(test)]
    pub(crate) fn for_vector(installation: InstallationId, day: Day, key: [u8; 32]) -> Self {
        Self { installation, day, key }
    }

    /// The key of `day` as an intake kit holds it; `None` when it is a point of small order, to which nothing may be sealed.
    pub fn from_kit(installation: InstallationId, day: Day, key: [u8; 32], random: &dyn Random) -> Option<Self> {
        agreed(&Key::random(random), &key, |_| ())?;
        Some(Self { installation, day, key })
    }

    /// Whose it is.
    pub fn installation(&self) -> InstallationId {
        self.installation
    }

    /// The key's bytes, for an intake kit.
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// The day that it is for.
    pub fn day(&self) -> Day {
        self.day
    }

    /// Seals something with a key pair of its own.
    pub(crate) fn seal_alone(
        &self,
        connection: ConnectionId,
        delivery: DeliveryId,
        body: &[u8],
        random: &dyn Random,
    ) -> Vec<u8> {
        let ephemeral = Key::random(random);
        let public = public_of(&ephemeral);
        let (key, nonce) = agreed(&ephemeral, &self.key, |shared| alone(shared, &public, &self.key)).expect(FULL_ORDER);
        let sealed = header(ALONE, self.day, &public, body.len());
        self.sealed(sealed, &key, nonce, connection, delivery, body)
    }

    /// Begins a run of posts.
    pub fn run(&self, random: &dyn Random) -> SealRun {
        let ephemeral = Key::random(random);
        let public = public_of(&ephemeral);
        SealRun {
            to: self.clone(),
            public,
            secret: agreed(&ephemeral, &self.key, RunSecret::extracted).expect(FULL_ORDER),
        }
    }

    fn sealed(
        &self,
        mut header: Vec<u8>,
        key: &Key,
        nonce: [u8; NONCE],
        connection: ConnectionId,
        delivery: DeliveryId,
        body: &[u8],
    ) -> Vec<u8> {
        let aad = associated(header[0], self.installation, connection, delivery, self.day);
        let from = header.len();
        header.extend_from_slice(body);
        key::seal(key.bytes(), nonce, &aad, &mut header, from);
        header
    }
}

const FULL_ORDER: &str = "a day's public key is a point of full order";

/// A run of posts that share a key pair. Its private half is gone; what is left opens the posts of this run and nothing else.
pub struct SealRun {
    to: IntakePublic,
    public: [u8; 32],
    secret: RunSecret,
}

impl SealRun {
    /// Seals a post for its connection and delivery.
    pub fn seal(&self, connection: ConnectionId, delivery: DeliveryId, body: &[u8], random: &dyn Random) -> Vec<u8> {
        let salt: [u8; SALT] = random.array();
        let (key, nonce) = self.secret.post(&self.public, &self.to.key, &salt);
        let mut sealed = header(RUN, self.to.day, &self.public, SALT + body.len());
        sealed.extend_from_slice(&salt);
        self.to.sealed(sealed, &key, nonce, connection, delivery, body)
    }
}

/// Seals posts to the key of a day, in runs.
pub struct IntakeSealer {
    public: IntakePublic,
    run: Mutex<Option<Begun>>,
}

struct Begun {
    at: Duration,
    left: u32,
    run: Arc<SealRun>,
}

impl IntakeSealer {
    /// One that has not begun a run yet.
    pub fn new(public: IntakePublic) -> Self {
        Self {
            public,
            run: Mutex::default(),
        }
    }

    /// The key that it seals to.
    pub fn public(&self) -> &IntakePublic {
        &self.public
    }

    /// Seals a post for its connection and delivery; `now` is the time of the steady clock, by which a run ends.
    pub fn seal(
        &self,
        connection: ConnectionId,
        delivery: DeliveryId,
        body: &[u8],
        now: Duration,
        random: &dyn Random,
    ) -> Vec<u8> {
        self.run_at(now, random).seal(connection, delivery, body, random)
    }

    fn run_at(&self, now: Duration, random: &dyn Random) -> Arc<SealRun> {
        let mut begun = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(going) = begun.as_mut()
            && going.left > 0
            && now.saturating_sub(going.at) < RUN_TIME
        {
            going.left -= 1;
            return Arc::clone(&going.run);
        }
        let run = Arc::new(self.public.run(random));
        *begun = Some(Begun {
            at: now,
            left: RUN_POSTS - 1,
            run: Arc::clone(&run),
        });
        run
    }
}

/// What both sides of a run share. Wiped when dropped.
pub(super) struct RunSecret(Key);

impl RunSecret {
    /// HKDF-Extract of what was agreed.
    fn extracted(shared: &[u8]) -> Self {
        let secret = Mac::public(b"counterfoil/intake/v2").over(&[shared]);
        Self(Key::from_slice(&secret).expect("an HMAC-SHA256 has 32 bytes"))
    }

    /// A second holder, for work outside a lock.
    pub(super) fn copy(&self) -> Self {
        Self(self.0.copy())
    }

    /// HKDF-Expand for one post.
    fn post(&self, ephemeral: &[u8; 32], recipient: &[u8; 32], salt: &[u8; SALT]) -> (Key, [u8; NONCE]) {
        let mut material = Zeroizing::new([0; 32 + NONCE]);
        expand_into(self.0.bytes(), &[ephemeral, recipient, salt], material.as_mut_slice());
        cut(&material)
    }
}

/// A seal, cut into its parts.
pub(super) enum Seal<'a> {
    Alone {
        day: Day,
        ephemeral: &'a [u8; 32],
        body: &'a [u8],
    },
    Run {
        day: Day,
        ephemeral: &'a [u8; 32],
        salt: &'a [u8; SALT],
        body: &'a [u8],
    },
}

impl<'a> Seal<'a> {
    /// `None` when it is none of a version that we know.
    pub(super) fn parse(sealed: &'a [u8]) -> Option<Self> {
        let (version, rest) = sealed.split_first()?;
        let (day, rest) = rest.split_first_chunk::<4>()?;
        let day = Day::from_number(u32::from_be_bytes(*day));
        let (ephemeral, body) = rest.split_first_chunk::<32>()?;
        match *version {
            ALONE => Some(Self::Alone { day, ephemeral, body }),
            RUN => {
                let (salt, body) = body.split_first_chunk::<SALT>()?;
                Some(Self::Run {
                    day,
                    ephemeral,
                    salt,
                    body,
                })
            }
            _ => None,
        }
    }

    pub(super) fn day(&self) -> Day {
        match self {
            Self::Alone { day, .. } | Self::Run { day, .. } => *day,
        }
    }

    /// Opens it with the day's pair, if it is one of a version with a key pair of its own.
    pub(super) fn open_alone(&self, private: &Key, public: &[u8; 32], of: Of) -> Option<Zeroizing<Vec<u8>>> {
        let Self::Alone { day, ephemeral, body } = self else {
            return None;
        };
        let (key, nonce) = agreed(private, ephemeral, |shared| alone(shared, ephemeral, public))?;
        key::open(key.bytes(), nonce, &of.associated(ALONE, *day), body)
    }

    /// Opens it with what both sides of its run share.
    pub(super) fn open_in_run(&self, secret: &RunSecret, public: &[u8; 32], of: Of) -> Option<Zeroizing<Vec<u8>>> {
        let Self::Run {
            day,
            ephemeral,
            salt,
            body,
        } = self
        else {
            return None;
        };
        let (key, nonce) = secret.post(ephemeral, public, salt);
        key::open(key.bytes(), nonce, &of.associated(RUN, *day), body)
    }
}

/// What the opening side of a run comes to; `None` when `ephemeral` is a point of small order.
pub(super) fn run_secret(private: &Key, ephemeral: &[u8; 32]) -> Option<RunSecret> {
    agreed(private, ephemeral, RunSecret::extracted)
}

/// What a seal is bound to besides its day.
#[derive(Clone, Copy)]
pub(super) struct Of {
    pub(super) installation: InstallationId,
    pub(super) connection: ConnectionId,
    pub(super) delivery: DeliveryId,
}

impl Of {
    fn associated(self, version: u8, day: Day) -> [u8; 53] {
        associated(version, self.installation, self.connection, self.delivery, day)
    }
}

fn private(key: &Key) -> PrivateKey {
    PrivateKey::from_private_key(&X25519, key.bytes()).expect("any 32 bytes are a private key of X25519")
}

pub(super) fn public_of(key: &Key) -> [u8; 32] {
    let public = private(key)
        .compute_public_key()
        .expect("a private key has a public half");
    public.as_ref().try_into().expect("a public key of X25519 has 32 bytes")
}

/// What is made of what both sides come to; `None` when `theirs` is a point of small order.
fn agreed<T>(mine: &Key, theirs: &[u8; 32], made: impl FnOnce(&[u8]) -> T) -> Option<T> {
    agree(&private(mine), UnparsedPublicKey::new(&X25519, theirs), (), |shared| {
        Ok(made(shared))
    })
    .ok()
}

/// Key and nonce of a seal with a key pair of its own.
fn alone(shared: &[u8], ephemeral: &[u8; 32], recipient: &[u8; 32]) -> (Key, [u8; NONCE]) {
    let mut material = Zeroizing::new([0; 32 + NONCE]);
    extract_and_expand(
        b"counterfoil/intake/v1",
        shared,
        &[ephemeral, recipient],
        material.as_mut_slice(),
    );
    cut(&material)
}

fn cut(material: &[u8; 32 + NONCE]) -> (Key, [u8; NONCE]) {
    let (key, nonce) = material.split_at(32);
    (
        Key::from_slice(key).expect("the slice has 32 bytes"),
        nonce.try_into().expect("the rest is a nonce"),
    )
}

/// The beginning of a seal, with room for `more` and a tag.
fn header(version: u8, day: Day, ephemeral: &[u8; 32], more: usize) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(HEADER + more + TAG);
    sealed.push(version);
    sealed.extend_from_slice(&day.number().to_be_bytes());
    sealed.extend_from_slice(ephemeral);
    sealed
}

/// Version, installation, connection, delivery and day, at fixed lengths. Never change; add a version.
fn associated(
    version: u8,
    installation: InstallationId,
    connection: ConnectionId,
    delivery: DeliveryId,
    day: Day,
) -> [u8; 53] {
    let mut aad = [0; 53];
    aad[0] = version;
    aad[1..17].copy_from_slice(installation.bytes());
    aad[17..33].copy_from_slice(connection.bytes());
    aad[33..49].copy_from_slice(delivery.bytes());
    aad[49..].copy_from_slice(&day.number().to_be_bytes());
    aad
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counting(AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn sealer() -> (IntakeSealer, Counting) {
        let random = Counting(AtomicU8::new(1));
        let key = public_of(&Key::random(&random));
        let public = IntakePublic {
            installation: InstallationId::from_bytes([1; 16]),
            day: Day::from_number(20_779),
            key,
        };
        (IntakeSealer::new(public), random)
    }

    fn ephemeral(sealed: &[u8]) -> [u8; 32] {
        match Seal::parse(sealed) {
            Some(Seal::Run { ephemeral, .. }) => *ephemeral,
            _ => panic!("it is of a run"),
        }
    }

    #[test]
    fn a_run_ends_by_time_and_by_number() {
        let (sealer, random) = sealer();
        let seal = |now| {
            let ids = (ConnectionId::from_bytes([2; 16]), DeliveryId::from_bytes([3; 16]));
            sealer.seal(ids.0, ids.1, b"a post", now, &random)
        };
        let begun = Duration::from_secs(5);
        let first = seal(begun);
        let same = seal(begun + RUN_TIME - Duration::from_micros(1));
        assert_eq!(ephemeral(&first), ephemeral(&same));
        assert_ne!(first, same, "each post has a salt of its own");
        let later = seal(begun + RUN_TIME);
        assert_ne!(ephemeral(&first), ephemeral(&later));
        let of_one_run = (1..).find(|_| ephemeral(&seal(begun + RUN_TIME)) != ephemeral(&later));
        assert_eq!(of_one_run, Some(RUN_POSTS));
    }

    proptest! {
        #[test]
        fn any_bytes_are_cut_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let whole = Seal::parse(&bytes).is_some();
            let least = match bytes.first() {
                Some(&ALONE) => HEADER,
                Some(&RUN) => HEADER + SALT,
                _ => usize::MAX,
            };
            prop_assert_eq!(whole, bytes.len() >= least);
        }
    }
}
