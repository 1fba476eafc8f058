//! The bytes of a segment: entries that verify by themselves, so that a cut or damage costs only what it touches
//! (`docs/formats/spool.md`). Pure; the disk is elsewhere.

use aws_lc_rs::digest::{Context, SHA256};
use counterfoil_model::{ConnectionId, DeliveryId, Timestamp};
use std::ops::Range;

const MAGIC: [u8; 8] = *b"CFSPOOL\x01";
/// Bytes before the first entry.
pub(super) const HEAD: usize = 16;
const MARKER: [u8; 4] = *b"CFsp";
const POST: u8 = 1;
/// Kind, connection, delivery, time.
const FIXED: usize = 1 + 16 + 16 + 8;
const CHECK: usize = 16;
/// The longest body of an entry; a post has 3 MB at most.
const MOST: usize = 4 << 20;
/// The number of a segment that goes from node to node (`docs/formats/hand-over.md`).
const ON_THE_WAY: u64 = 0;
/// What an entry adds to the sealed post.
const AROUND: usize = 8 + FIXED + CHECK;

/// A post of the provider, sealed, on its way to the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpooledPost {
    /// The connection that it came in through.
    pub connection: ConnectionId,
    /// Its own id, by which a repeat is known.
    pub delivery: DeliveryId,
    /// When it came in.
    pub received_at: Timestamp,
    /// The post under the intake seal.
    pub sealed: Vec<u8>,
}

impl SpooledPost {
    /// The posts as one run of bytes: a segment with number 0, which never lies on a disk.
    pub fn pack(posts: &[Self]) -> Vec<u8> {
        let mut bytes = head(ON_THE_WAY).to_vec();
        for post in posts {
            post.write(ON_THE_WAY, &mut bytes);
        }
        bytes
    }

    /// The posts of [`Self::pack`]; `None` unless every byte verifies.
    pub fn unpack(bytes: &[u8]) -> Option<Vec<Self>> {
        let reading = read(ON_THE_WAY, bytes)?;
        (reading.damaged.is_empty() && reading.torn == 0).then_some(reading.posts)
    }

    /// How many bytes it takes in a segment, or [packed](Self::pack).
    pub fn size(&self) -> u64 {
        (AROUND + self.sealed.len()) as u64
    }

    /// Whether an entry may be that long.
    pub(super) fn fits(&self) -> bool {
        FIXED + self.sealed.len() <= MOST
    }

    /// Appends the entry, as it stands in segment `number`.
    pub(super) fn write(&self, number: u64, out: &mut Vec<u8>) {
        let length = u32::try_from(FIXED + self.sealed.len()).unwrap_or(u32::MAX);
        out.reserve(AROUND + self.sealed.len());
        out.extend_from_slice(&MARKER);
        out.extend_from_slice(&length.to_be_bytes());
        let body = out.len();
        out.push(POST);
        out.extend_from_slice(self.connection.bytes());
        out.extend_from_slice(self.delivery.bytes());
        out.extend_from_slice(&self.received_at.micros().to_be_bytes());
        out.extend_from_slice(&self.sealed);
        let check = check(number, length, &out[body..]);
        out.extend_from_slice(&check);
    }
}

/// The first bytes of segment `number`.
pub(super) fn head(number: u64) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(&MAGIC);
    head[8..].copy_from_slice(&number.to_be_bytes());
    head
}

fn check(number: u64, length: u32, body: &[u8]) -> [u8; CHECK] {
    let mut context = Context::new(&SHA256);
    context.update(&number.to_be_bytes());
    context.update(&length.to_be_bytes());
    context.update(body);
    let mut check = [0; CHECK];
    check.copy_from_slice(&context.finish().as_ref()[..CHECK]);
    check
}

/// What a segment holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// The whole entries, in order of arrival.
    pub(super) posts: Vec<SpooledPost>,
    /// Stretches that do not verify and are no mere cut, as offsets.
    pub(super) damaged: Vec<Range<usize>>,
    /// How many bytes at the end are what a cut leaves.
    pub(super) torn: usize,
}

/// Reads the bytes of segment `number`. `None` when they are no segment of this version and number; a file that is shorter than
/// its head is one that was cut.
pub(super) fn read(number: u64, bytes: &[u8]) -> Option<Reading> {
    let head = head(number);
    let mut reading = Reading::default();
    if bytes.len() < HEAD {
        reading.torn = bytes.len();
        return (head.starts_with(bytes) || bytes.iter().all(|byte| *byte == 0)).then_some(reading);
    }
    if bytes[..HEAD] != head {
        return None;
    }
    let mut at = HEAD;
    while at < bytes.len() {
        if let Some((post, length)) = entry(number, &bytes[at..]) {
            reading.posts.push(post);
            at += length;
            continue;
        }
        let next = (at + 1..bytes.len()).find(|from| entry(number, &bytes[*from..]).is_some());
        match next {
            Some(next) => {
                reading.damaged.push(at..next);
                at = next;
            }
            None if is_cut(&bytes[at..]) => {
                reading.torn = bytes.len() - at;
                break;
            }
            None => {
                reading.damaged.push(at..bytes.len());
                break;
            }
        }
    }
    Some(reading)
}

/// The entry at the start of `bytes`, with its length; `None` when there is no whole one.
fn entry(number: u64, bytes: &[u8]) -> Option<(SpooledPost, usize)> {
    let rest = bytes.strip_prefix(&MARKER)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length);
    let size = usize::try_from(length)
        .ok()
        .filter(|size| (FIXED..=MOST).contains(size))?;
    let body = rest.get(..size)?;
    if rest.get(size..size + CHECK)? != check(number, length, body) {
        return None;
    }
    let (kind, body) = body.split_first()?;
    let (connection, body) = body.split_first_chunk::<16>()?;
    let (delivery, body) = body.split_first_chunk::<16>()?;
    let (received, sealed) = body.split_first_chunk::<8>()?;
    let post = SpooledPost {
        connection: ConnectionId::from_bytes(*connection),
        delivery: DeliveryId::from_bytes(*delivery),
        received_at: Timestamp::from_micros(i64::from_be_bytes(*received)),
        sealed: sealed.to_vec(),
    };
    (*kind == POST).then_some((post, size + 8 + CHECK))
}

/// Whether the rest of a file is what an entry that was cut leaves: its beginning, or room that was never filled.
fn is_cut(rest: &[u8]) -> bool {
    if rest.iter().all(|byte| *byte == 0) {
        return true;
    }
    let marker = rest.len().min(MARKER.len());
    if rest[..marker] != MARKER[..marker] {
        return false;
    }
    let Some(length) = rest.get(4..8).and_then(|bytes| bytes.try_into().ok()) else {
        return true;
    };
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    (FIXED..=MOST).contains(&length) && rest.len() < 8 + length + CHECK
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Vector {
        number: u64,
        posts: Vec<Post>,
        segment: String,
        cuts: Vec<Cut>,
    }

    #[derive(Deserialize)]
    struct Post {
        connection: String,
        delivery: String,
        received_at: i64,
        sealed: String,
    }

    #[derive(Deserialize)]
    struct Cut {
        at: usize,
        posts: usize,
        torn: usize,
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    }

    fn vector() -> (Vector, Vec<SpooledPost>) {
        let vector: Vector = serde_json::from_str(include_str!("../../vectors/spool.json")).unwrap();
        let id = |text: &str| -> [u8; 16] { hex(text).try_into().unwrap() };
        let posts = vector.posts.iter().map(|post| SpooledPost {
            connection: ConnectionId::from_bytes(id(&post.connection)),
            delivery: DeliveryId::from_bytes(id(&post.delivery)),
            received_at: Timestamp::from_micros(post.received_at),
            sealed: hex(&post.sealed),
        });
        let posts = posts.collect();
        (vector, posts)
    }

    fn segment(number: u64, posts: &[SpooledPost]) -> Vec<u8> {
        let mut bytes = head(number).to_vec();
        for post in posts {
            post.write(number, &mut bytes);
        }
        bytes
    }

    #[test]
    fn the_bytes_are_those_of_the_format_page() {
        let (vector, posts) = vector();
        let bytes = segment(vector.number, &posts);
        assert_eq!(bytes, hex(&vector.segment));
        for cut in &vector.cuts {
            let reading = read(vector.number, &bytes[..cut.at]).unwrap();
            assert_eq!((reading.posts.len(), reading.torn), (cut.posts, cut.torn), "{}", cut.at);
        }
    }

    #[test]
    fn a_file_cut_at_any_byte_gives_every_whole_entry_before_the_cut_and_no_other() {
        let (vector, posts) = vector();
        let bytes = segment(vector.number, &posts);
        let ends: Vec<usize> = (0..=posts.len())
            .map(|n| segment(vector.number, &posts[..n]).len())
            .collect();
        for cut in 0..=bytes.len() {
            let whole = ends.iter().skip(1).filter(|end| **end <= cut).count();
            let reading = read(vector.number, &bytes[..cut]).unwrap();
            assert_eq!(reading.posts, posts[..whole], "cut at {cut}");
            assert!(reading.damaged.is_empty(), "cut at {cut}");
            let left = if cut < HEAD { cut } else { cut - ends[whole] };
            assert_eq!(reading.torn, left, "cut at {cut}");
            // Room that the system had set aside and never filled.
            let mut filled = bytes[..cut].to_vec();
            filled.resize(cut + 100, 0);
            let reading = read(vector.number, &filled);
            if cut >= HEAD {
                assert_eq!(reading.unwrap().posts, posts[..whole], "filled after {cut}");
            }
        }
    }

    #[test]
    fn a_changed_byte_costs_the_entry_that_it_is_in_and_is_set_aside() {
        let (vector, posts) = vector();
        let bytes = segment(vector.number, &posts);
        let ends: Vec<usize> = (0..=posts.len())
            .map(|n| segment(vector.number, &posts[..n]).len())
            .collect();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 0x20;
            let Some(reading) = read(vector.number, &altered) else {
                assert!(at < HEAD, "{at}");
                continue;
            };
            let hit = ends.iter().skip(1).filter(|end| **end <= at).count();
            let mut left = posts.clone();
            left.remove(hit);
            assert_eq!(reading.posts, left, "byte {at}");
            let lost = reading.damaged.iter().map(Range::len).sum::<usize>() + reading.torn;
            assert_eq!(lost, ends[hit + 1] - ends[hit], "byte {at}");
        }
    }

    #[test]
    fn packed_posts_come_out_whole_or_not_at_all() {
        let (_, posts) = vector();
        let bytes = SpooledPost::pack(&posts);
        assert_eq!(bytes, segment(0, &posts));
        assert_eq!(
            bytes.len() as u64,
            HEAD as u64 + posts.iter().map(SpooledPost::size).sum::<u64>()
        );
        assert_eq!(SpooledPost::unpack(&bytes), Some(posts.clone()));
        assert_eq!(SpooledPost::unpack(&SpooledPost::pack(&[])), Some(Vec::new()));
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 0x20;
            assert_eq!(SpooledPost::unpack(&altered), None, "byte {at}");
            // Between two entries a cut leaves fewer posts, and the length of the body tells that.
            let whole = SpooledPost::unpack(&bytes[..at]).is_none_or(|cut| posts.starts_with(&cut));
            assert!(whole, "cut at {at}");
        }
        assert_eq!(SpooledPost::unpack(&segment(1, &posts)), None);
    }

    #[test]
    fn an_entry_of_another_segment_is_none() {
        let (vector, posts) = vector();
        let mut bytes = segment(vector.number, &posts[..1]);
        posts[1].write(vector.number + 1, &mut bytes);
        let reading = read(vector.number, &bytes).unwrap();
        assert_eq!((reading.posts.len(), reading.damaged.len()), (1, 1));
        assert!(read(vector.number + 1, &bytes).is_none());
    }
}
