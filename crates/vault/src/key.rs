//! Key material: thirty-two bytes that cannot be printed or cloned and are wiped when dropped.
//!
//! Everything cryptographic in this crate goes through the few functions here, and they go to aws-lc-rs: HMAC-SHA256
//! (RFC 2104), HKDF-SHA256 (RFC 5869), AES-256-GCM (NIST SP 800-38D). Nothing here chooses a nonce from the air.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{digest, hkdf, hmac};
use counterfoil_model::Random;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a nonce of AES-256-GCM.
pub(crate) const NONCE: usize = 12;
/// Bytes of a tag of AES-256-GCM.
pub(crate) const TAG: usize = 16;

/// Bytes that SHA-256 takes at a time.
const BLOCK: usize = 64;

/// A 32-byte key on the heap, so that moving it leaves no copy behind.
pub(crate) struct Key(Box<[u8; 32]>);

impl Key {
    pub(crate) fn random(random: &dyn Random) -> Self {
        let mut key = Self::blank();
        random.fill(key.0.as_mut_slice());
        key
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::blank();
        if bytes.len() != key.0.len() {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    fn blank() -> Self {
        Self(Box::new([0; 32]))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A second holder of the same key, where two parts of the vault need it at once.
    pub(crate) fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    /// HKDF-Expand with SHA-256 (RFC 5869, section 2.3): this key is the pseudo-random key, `info` is joined without lengths.
    pub(crate) fn expand(&self, info: &[&[u8]]) -> Self {
        let mut key = Self::blank();
        expand_into(self.bytes(), info, key.0.as_mut_slice());
        key
    }

    /// One step down a key tree: HMAC-SHA256(this key, 0x00 or 0x01).
    pub(crate) fn child(&self, right: bool) -> Self {
        let mut key = Self::blank();
        child_into(self.bytes(), right, &mut key.0);
        key
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The same into memory that the caller wipes.
///
/// HMAC is written out over the hash (RFC 2104, section 2): half the time of the library's own, which makes ready for messages that come
/// in parts, and trees are derived millions of steps at a time.
pub(crate) fn child_into(parent: &[u8; 32], right: bool, child: &mut [u8; 32]) {
    let mut inner = Zeroizing::new([0x36; BLOCK + 1]);
    let mut outer = Zeroizing::new([0x5c; BLOCK + 32]);
    for (at, byte) in parent.iter().enumerate() {
        inner[at] ^= byte;
        outer[at] ^= byte;
    }
    inner[BLOCK] = u8::from(right);
    outer[BLOCK..].copy_from_slice(digest::digest(&digest::SHA256, inner.as_slice()).as_ref());
    child.copy_from_slice(digest::digest(&digest::SHA256, outer.as_slice()).as_ref());
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-Expand with SHA-256 into `out`, at most 8160 bytes.
pub(crate) fn expand_into(prk: &[u8; 32], info: &[&[u8]], out: &mut [u8]) {
    hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, prk)
        .expand(info, Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .expect("the length is far below the limit of HKDF");
}

/// HKDF with SHA-256, both steps (RFC 5869, section 2).
pub(crate) fn extract_and_expand(salt: &[u8], secret: &[u8], info: &[&[u8]], out: &mut [u8]) {
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(secret)
        .expand(info, Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .expect("the length is far below the limit of HKDF");
}

/// A key that only authenticates.
pub(crate) struct Mac(hmac::Key);

impl Mac {
    pub(crate) fn new(key: &Key) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.bytes()))
    }

    /// HMAC under a key that everyone knows, which only keeps one use apart from others.
    pub(crate) fn public(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// HMAC-SHA256 over the parts, joined without lengths: callers fix the lengths or write them.
    pub(crate) fn over(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

fn aes(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("the key has the length that AES-256 wants"))
}

/// Seals `buffer[from..]` in place and appends the tag. The caller makes sure that no nonce serves a key twice.
pub(crate) fn seal(key: &[u8; 32], nonce: [u8; NONCE], aad: &[u8], buffer: &mut Vec<u8>, from: usize) {
    let tag = aes(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut buffer[from..])
        .expect("content in memory is far below the 64 GiB limit of AES-GCM");
    buffer.extend_from_slice(tag.as_ref());
}

/// Opens ciphertext and tag; `None` when anything was altered.
pub(crate) fn open(key: &[u8; 32], nonce: [u8; NONCE], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut buffer = Zeroizing::new(sealed.to_vec());
    let length = aes(key)
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut buffer)
        .ok()?
        .len();
    buffer.truncate(length);
    Some(buffer)
}

const WRAP_VERSION: u8 = 1;

/// Wraps key material for a row: version 1, nonce, ciphertext and tag (`docs/formats/key-tree.md`).
pub(crate) fn wrap(key: &Key, random: &dyn Random, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce = random.array::<NONCE>();
    let mut wrapped = Vec::with_capacity(1 + NONCE + plain.len() + TAG);
    wrapped.push(WRAP_VERSION);
    wrapped.extend_from_slice(&nonce);
    wrapped.extend_from_slice(plain);
    seal(key.bytes(), nonce, aad, &mut wrapped, 1 + NONCE);
    wrapped
}

/// Opens what [`wrap`] made; `None` when anything was altered.
pub(crate) fn unwrap(key: &Key, aad: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (version, rest) = wrapped.split_first()?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
    if *version != WRAP_VERSION {
        return None;
    }
    open(key.bytes(), *nonce, aad, sealed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_step_down_a_tree_is_the_hmac_of_the_library(parent in any::<[u8; 32]>(), right in any::<bool>()) {
            let mut child = [0; 32];
            child_into(&parent, right, &mut child);
            let key = hmac::Key::new(hmac::HMAC_SHA256, &parent);
            let told = hmac::sign(&key, &[u8::from(right)]);
            prop_assert_eq!(child.as_slice(), told.as_ref());
        }
    }
}
