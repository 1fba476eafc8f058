//! The files that are under way: uploaded by the business or sent by a customer. Bounded by bytes; the oldest go first.
//!
//! A deletion by the business removes a file from the provider, not from the customer's phone, so the bytes stay here
//! for the handset page while the Graph API no longer knows them.

use std::collections::{BTreeMap, VecDeque};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::ids::MediaId;

/// The most that all files together may take, in bytes.
const MOST_BYTES: usize = 256 * 1024 * 1024;
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// One file.
#[derive(Clone)]
pub(crate) struct MediaFile {
    pub(crate) mime: String,
    pub(crate) bytes: Bytes,
    /// SHA-256 of the bytes.
    pub(crate) digest: [u8; 32],
    /// Until when the provider keeps it, in seconds since 1970.
    pub(crate) expires_seconds: i64,
    pub(crate) deleted: bool,
}

impl MediaFile {
    /// A customer's file is kept for 7 days, an uploaded one for 30 (Cloud API reference, Media, 2026).
    pub(crate) fn new(mime: &str, bytes: Bytes, now_seconds: i64, from_customer: bool) -> Self {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest::digest(&digest::SHA256, &bytes).as_ref());
        let days = if from_customer { 7 } else { 30 };
        let expires_seconds = now_seconds + days * SECONDS_PER_DAY;
        Self {
            mime: mime.to_owned(),
            bytes,
            digest: sha256,
            expires_seconds,
            deleted: false,
        }
    }

    /// The digest as webhooks write it.
    pub(crate) fn digest_base64(&self) -> String {
        STANDARD.encode(self.digest)
    }

    /// The digest as the Graph API writes it.
    pub(crate) fn digest_hex(&self) -> String {
        self.digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// All files.
#[derive(Default)]
pub(crate) struct Shelf {
    files: BTreeMap<MediaId, MediaFile>,
    order: VecDeque<MediaId>,
    total_bytes: usize,
}

impl Shelf {
    pub(crate) fn put(&mut self, id: MediaId, file: MediaFile) {
        self.total_bytes += file.bytes.len();
        self.order.push_back(id.clone());
        self.files.insert(id, file);
        while self.total_bytes > MOST_BYTES && self.order.len() > 1 {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(gone) = self.files.remove(&oldest) {
                self.total_bytes -= gone.bytes.len();
            }
        }
    }

    /// A file as the phone has it, deleted at the provider or not.
    pub(crate) fn on_phone(&self, id: &MediaId) -> Option<&MediaFile> {
        self.files.get(id)
    }

    /// A file as the provider has it: gone when deleted or past its time.
    pub(crate) fn at_provider(&self, id: &MediaId, now_seconds: i64) -> Option<&MediaFile> {
        self.files
            .get(id)
            .filter(|file| !file.deleted && now_seconds < file.expires_seconds)
    }

    /// Deletes at the provider; false when it was not there.
    pub(crate) fn delete(&mut self, id: &MediaId, now_seconds: i64) -> bool {
        match self.files.get_mut(id) {
            Some(file) if !file.deleted && now_seconds < file.expires_seconds => {
                file.deleted = true;
                true
            }
            _ => false,
        }
    }
}
