//! The objects of the store and what can be done with them.

use super::answer::{Refused, answer, elements, escaped, kept, object};
use super::{Asked, NAME, hex};
use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::Bound;

/// The most names in one page of a list; the protocol allows any number up to 1,000.
const PAGE: usize = 50;
/// The least bytes of every part but the last.
const PART: usize = 5 << 20;

/// One object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) bytes: Bytes,
    /// Its version, in quotation marks.
    pub(super) tag: String,
    /// When it was kept.
    pub(super) at: Timestamp,
}

impl Object {
    fn new(bytes: Bytes) -> Self {
        Self {
            tag: tag(&bytes),
            at: now(),
            bytes,
        }
    }
}

/// All objects by name, and the uploads under way by their id.
#[derive(Default)]
pub(super) struct Objects {
    pub(super) all: BTreeMap<String, Object>,
    pub(super) uploads: BTreeMap<String, BTreeMap<u32, Bytes>>,
    begun: u64,
}

impl Objects {
    pub(super) fn answer(&mut self, asked: &Asked) -> Result<Response, Refused> {
        let upload = asked.query.get("uploadId");
        let head = asked.method == Method::HEAD;
        match (&asked.method, asked.name.is_empty(), upload) {
            (&Method::GET, true, None) if asked.query.get("list-type").is_some_and(|kind| kind == "2") => {
                Ok(self.list(&asked.query))
            }
            (&Method::GET | &Method::HEAD, false, None) => self.get(&asked.name, &asked.headers, head),
            (&Method::PUT, false, None) => self.put(asked),
            (&Method::DELETE, false, None) => {
                self.all.remove(&asked.name);
                Ok(answer(StatusCode::NO_CONTENT, String::new()))
            }
            (&Method::POST, false, None) if asked.query.contains_key("uploads") => Ok(self.begin(&asked.name)),
            (&Method::PUT, false, Some(id)) => self.part(id, asked),
            (&Method::POST, false, Some(id)) => self.complete(id, asked),
            (&Method::DELETE, false, Some(id)) => match self.uploads.remove(id) {
                Some(_) => Ok(answer(StatusCode::NO_CONTENT, String::new())),
                None => Err(Refused::NO_UPLOAD),
            },
            _ => Err(Refused::NOT_BUILT),
        }
    }

    fn get(&self, name: &str, headers: &HeaderMap, head: bool) -> Result<Response, Refused> {
        let found = self.all.get(name).ok_or(Refused::NO_OBJECT)?;
        let range = match headers.get(header::RANGE).and_then(|range| range.to_str().ok()) {
            Some(text) => Some(range(text, found.bytes.len())?),
            None => None,
        };
        Ok(object(found, range, head))
    }

    fn put(&mut self, asked: &Asked) -> Result<Response, Refused> {
        let there = self.all.get(&asked.name);
        if asked.headers.get(header::IF_NONE_MATCH).is_some() && there.is_some() {
            return Err(Refused::CONDITION);
        }
        if let Some(wanted) = asked.headers.get(header::IF_MATCH) {
            let there = there.ok_or(Refused::NO_OBJECT)?;
            if wanted.as_bytes() != there.tag.as_bytes() {
                return Err(Refused::CONDITION);
            }
        }
        Ok(self.keep(&asked.name, asked.body.clone()))
    }

    fn keep(&mut self, name: &str, bytes: Bytes) -> Response {
        let object = Object::new(bytes);
        let response = kept(&object.tag);
        self.all.insert(name.to_owned(), object);
        response
    }

    fn begin(&mut self, name: &str) -> Response {
        self.begun += 1;
        let id = format!("upload-{}", self.begun);
        self.uploads.insert(id.clone(), BTreeMap::new());
        let xml = format!(
            "<InitiateMultipartUploadResult><Bucket>{NAME}</Bucket><Key>{}</Key><UploadId>{id}</UploadId>\
             </InitiateMultipartUploadResult>",
            escaped(name)
        );
        answer(StatusCode::OK, xml)
    }

    fn part(&mut self, id: &str, asked: &Asked) -> Result<Response, Refused> {
        let parts = self.uploads.get_mut(id).ok_or(Refused::NO_UPLOAD)?;
        let number = asked.query.get("partNumber").and_then(|number| number.parse().ok());
        let number = number
            .filter(|number| (1..=10_000).contains(number))
            .ok_or(Refused::INVALID_PART)?;
        let response = kept(&tag(&asked.body));
        parts.insert(number, asked.body.clone());
        Ok(response)
    }

    fn complete(&mut self, id: &str, asked: &Asked) -> Result<Response, Refused> {
        let parts = self.uploads.get(id).ok_or(Refused::NO_UPLOAD)?;
        let xml = String::from_utf8_lossy(&asked.body);
        let (numbers, tags) = (elements(&xml, "PartNumber"), elements(&xml, "ETag"));
        if numbers.is_empty() || numbers.len() != tags.len() {
            return Err(Refused::INVALID_PART);
        }
        let mut whole = BytesMut::new();
        for (at, (number, wanted)) in numbers.iter().zip(&tags).enumerate() {
            let part = number.parse().ok().and_then(|number: u32| parts.get(&number));
            let part = part.filter(|part| tag(part) == *wanted).ok_or(Refused::INVALID_PART)?;
            if at + 1 < numbers.len() && part.len() < PART {
                return Err(Refused::TOO_SMALL);
            }
            whole.extend_from_slice(part);
        }
        self.uploads.remove(id);
        let object = Object::new(whole.freeze());
        let xml = format!(
            "<CompleteMultipartUploadResult><Bucket>{NAME}</Bucket><Key>{}</Key><ETag>{}</ETag></CompleteMultipartUploadResult>",
            escaped(&asked.name),
            escaped(&object.tag)
        );
        self.all.insert(asked.name.clone(), object);
        Ok(answer(StatusCode::OK, xml))
    }

    fn list(&self, query: &BTreeMap<String, String>) -> Response {
        let prefix = query.get("prefix").map_or("", String::as_str);
        let most = query
            .get("max-keys")
            .and_then(|most| most.parse().ok())
            .unwrap_or(PAGE)
            .min(PAGE);
        let after = query.get("continuation-token").or(query.get("start-after"));
        let from = after.map_or(Bound::Unbounded, |name| Bound::Excluded(name.clone()));
        let mut found = self
            .all
            .range((from, Bound::Unbounded))
            .filter(|(name, _)| name.starts_with(prefix));
        let page: Vec<_> = found.by_ref().take(most).collect();
        let more = found.next().is_some();
        let mut xml = format!(
            "<ListBucketResult><Name>{NAME}</Name><KeyCount>{}</KeyCount>",
            page.len()
        );
        xml.push_str(&format!("<IsTruncated>{more}</IsTruncated>"));
        if let Some((last, _)) = page.last().filter(|_| more) {
            xml.push_str(&format!(
                "<NextContinuationToken>{}</NextContinuationToken>",
                escaped(last)
            ));
        }
        for (name, object) in page {
            xml.push_str(&format!(
                "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
                escaped(name),
                object.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                escaped(&object.tag),
                object.bytes.len()
            ));
        }
        xml.push_str("</ListBucketResult>");
        answer(StatusCode::OK, xml)
    }
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", &hex(digest(&SHA256, bytes).as_ref())[..32])
}

/// The part of an object of `whole` bytes that `bytes=first-last`, `bytes=first-` or `bytes=-last` names (RFC 9110, 14.1.2).
fn range(text: &str, whole: usize) -> Result<(usize, usize), Refused> {
    let (first, last) = text
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .ok_or(Refused::RANGE)?;
    let number = |text: &str| text.parse::<usize>().map_err(|_| Refused::RANGE);
    let (start, end) = match (first, last) {
        ("", last) => (whole.saturating_sub(number(last)?), whole),
        (first, "") => (number(first)?, whole),
        (first, last) => (number(first)?, whole.min(number(last)?.saturating_add(1))),
    };
    if start < end {
        Ok((start, end))
    } else {
        Err(Refused::RANGE)
    }
}

fn now() -> Timestamp {
    Timestamp::now()
}
