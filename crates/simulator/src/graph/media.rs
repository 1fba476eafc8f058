//! Files: upload, where is it, fetch, delete.
//!
//! Source: Cloud API reference, Media, 2025: an address is good for 5 minutes and needs the token; the digest is
//! hexadecimal here and base64 in webhooks.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Multipart, Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use serde_json::json;

use crate::faults::{MediaFault, MediaStep, Refusal};
use crate::graph::errors::GraphError;
use crate::graph::{access, note, own_number, success};
use crate::ids::MediaId;
use crate::requests::ApiCallKind;
use crate::state::Shared;
use crate::webhooks::sign;

/// How long an address is good.
const ADDRESS_SECONDS: i64 = 5 * 60;
const MEGABYTE: usize = 1024 * 1024;

/// The address of a file, good for five minutes from now.
pub(crate) fn attachment_url(shared: &Shared, id: &MediaId) -> String {
    address(shared, id, shared.clock.now_seconds() + ADDRESS_SECONDS)
}

fn address(shared: &Shared, id: &MediaId, until_seconds: i64) -> String {
    let hash = address_hash(shared, id, until_seconds);
    format!(
        "{}/whatsapp_business/attachments/?mid={id}&ext={until_seconds}&hash={hash}",
        shared.graph_url
    )
}

fn address_hash(shared: &Shared, id: &MediaId, until_seconds: i64) -> String {
    sign::hex_mac(&shared.options.app_secret, format!("{id}:{until_seconds}").as_bytes())
}

/// `POST /<number id>/media`, multipart: `messaging_product`, `file` with its type, perhaps `type` and `ttl_minutes`.
pub(crate) async fn upload(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
    form: Multipart,
) -> Result<Response, GraphError> {
    own_number(&shared, &object, "post")?;
    let checked = read_form(form).await;
    let (mime, bytes) = match checked {
        Ok(parts) => parts,
        Err(error) => {
            note(&shared, ApiCallKind::MediaUpload { id: None }, false);
            return Err(error);
        }
    };
    let id = shared.keep_file(&mime, bytes, false);
    note(&shared, ApiCallKind::MediaUpload { id: Some(id.clone()) }, true);
    Ok(Json(json!({ "id": id.as_str() })).into_response())
}

async fn read_form(mut form: Multipart) -> Result<(String, Bytes), GraphError> {
    let broken = |_| GraphError::parameter("The form could not be read.");
    let mut product = None;
    let mut stated_type = None;
    let mut file: Option<(Option<String>, Bytes)> = None;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "messaging_product" => product = Some(field.text().await.map_err(broken)?),
            "type" => stated_type = Some(field.text().await.map_err(broken)?),
            "ttl_minutes" => check_ttl(&field.text().await.map_err(broken)?)?,
            "file" => {
                let mime = field.content_type().map(str::to_owned);
                file = Some((mime, field.bytes().await.map_err(broken)?));
            }
            _ => drop(field.bytes().await.map_err(broken)?),
        }
    }
    if product.as_deref() != Some("whatsapp") {
        return Err(GraphError::parameter("Param messaging_product must be \"whatsapp\"."));
    }
    let (part_type, bytes) = file.ok_or_else(|| GraphError::missing("file"))?;
    let mime = part_type.or(stated_type).ok_or_else(|| GraphError::missing("type"))?;
    check_size(&mime, bytes.len())?;
    Ok((mime, bytes))
}

fn check_ttl(text: &str) -> Result<(), GraphError> {
    match text.parse::<u32>() {
        Ok(60..=43_200) => Ok(()),
        _ => Err(GraphError::value("ttl_minutes must be 60 to 43200.")),
    }
}

/// Largest files by kind (Cloud API, Supported media types).
fn check_size(mime: &str, length: usize) -> Result<(), GraphError> {
    let largest = match mime.split('/').next().unwrap_or_default() {
        "image" if mime == "image/webp" => MEGABYTE / 2,
        "image" => 5 * MEGABYTE,
        "audio" | "video" => 16 * MEGABYTE,
        _ => 100 * MEGABYTE,
    };
    let unknown_picture = mime.starts_with("image/") && !matches!(mime, "image/jpeg" | "image/png" | "image/webp");
    if length == 0 || length > largest || unknown_picture {
        return Err(GraphError::refused(Refusal::MediaRefused));
    }
    Ok(())
}

/// `GET /<media id>`.
pub(crate) fn look_up(shared: &Shared, id: MediaId, query: &str) -> Result<Response, GraphError> {
    let fault = shared.lock().faults.take_media(MediaStep::LookUp);
    let now = shared.clock.now_seconds();
    let other_number =
        access::parameter(query, "phone_number_id").is_some_and(|number| number != shared.options.phone_number_id);
    let file = shared.lock().shelf.at_provider(&id, now).cloned();
    let granted =
        file.is_some() && !other_number && !matches!(fault, Some(MediaFault::NotFound | MediaFault::Internal));
    note(shared, ApiCallKind::MediaLookup { id: id.clone() }, granted);
    if fault == Some(MediaFault::Internal) {
        return Err(GraphError::refused(Refusal::Internal));
    }
    let file = file
        .filter(|_| granted)
        .ok_or_else(|| GraphError::no_such_object("get", id.as_str()))?;
    let until = if fault == Some(MediaFault::Expired) {
        now - 1
    } else {
        now + ADDRESS_SECONDS
    };
    let answer = json!({
        "messaging_product": "whatsapp",
        "url": address(shared, &id, until),
        "mime_type": file.mime,
        "sha256": file.digest_hex(),
        "file_size": file.bytes.len(),
        "id": id.as_str(),
    });
    Ok(Json(answer).into_response())
}

/// `DELETE /<media id>`.
pub(crate) fn delete(shared: &Shared, id: MediaId) -> Result<Response, GraphError> {
    let fault = shared.lock().faults.take_media(MediaStep::Delete);
    if fault == Some(MediaFault::Internal) {
        note(shared, ApiCallKind::MediaDelete { id }, false);
        return Err(GraphError::refused(Refusal::Internal));
    }
    let now = shared.clock.now_seconds();
    let deleted = shared.lock().shelf.delete(&id, now);
    note(shared, ApiCallKind::MediaDelete { id: id.clone() }, deleted);
    if deleted {
        Ok(success())
    } else {
        Err(GraphError::no_such_object("delete", id.as_str()))
    }
}

/// The file host: the bytes behind an address, for who has the token.
pub(crate) async fn fetch(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let id = MediaId::new(access::parameter(&query, "mid").unwrap_or_default());
    let until = access::parameter(&query, "ext")
        .and_then(|text| text.parse::<i64>().ok())
        .unwrap_or(0);
    let hash = access::parameter(&query, "hash").unwrap_or_default();
    let fault = shared.lock().faults.take_media(MediaStep::Fetch);
    let now = shared.clock.now_seconds();
    let good = hash == address_hash(&shared, &id, until) && now < until;
    let file = shared.lock().shelf.at_provider(&id, now).cloned().filter(|_| good);
    let refused = matches!(
        fault,
        Some(MediaFault::NotFound | MediaFault::Expired | MediaFault::Internal)
    );
    note(&shared, ApiCallKind::MediaFetch { id }, file.is_some() && !refused);
    if fault == Some(MediaFault::Internal) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let Some(file) = file.filter(|_| !refused) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let bytes = match fault {
        Some(MediaFault::Slow(pause)) => {
            shared.clock.sleep(pause).await;
            file.bytes
        }
        Some(MediaFault::WrongDigest) => with_one_bit_flipped(&file.bytes),
        Some(MediaFault::TooLarge) => [file.bytes.clone(), file.bytes].concat().into(),
        _ => file.bytes,
    };
    ([(header::CONTENT_TYPE, file.mime)], Body::from(bytes)).into_response()
}

fn with_one_bit_flipped(bytes: &Bytes) -> Bytes {
    let mut changed = BytesMut::from(bytes.as_ref());
    if let Some(last) = changed.last_mut() {
        *last ^= 1;
    }
    changed.freeze()
}
