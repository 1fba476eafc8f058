//! Files and the state of a number.

use bytes::Bytes;
use counterfoil_whatsapp::client::{Client, FetchError, RequestError, Upload, UploadError};
use counterfoil_whatsapp::limits::LimitError;
use futures_util::StreamExt;
use serde_json::json;

use crate::server::{Reply, Server};

fn upload(mime_type: &str, length: usize) -> Upload {
    let bytes = Bytes::from(vec![b'x'; length]);
    Upload {
        bytes,
        mime_type: mime_type.to_owned(),
        filename: "photo.jpg".to_owned(),
        ttl_minutes: Some(60),
    }
}

#[tokio::test]
async fn a_file_goes_up_and_gets_an_id() {
    let server = Server::start(vec![Reply::Answer(200, json!({ "id": "600" }).to_string())]).await;
    assert_eq!(
        server.client().upload("700", upload("image/jpeg", 10)).await,
        Ok("600".to_owned())
    );
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /v25.0/700/media "), "{request}");
    for part in [
        "name=\"messaging_product\"",
        "name=\"ttl_minutes\"\r\n\r\n60",
        "filename=\"photo.jpg\"",
        "Content-Type: image/jpeg",
        "xxxxxxxxxx",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn a_file_that_would_be_refused_does_not_leave() {
    let server = Server::start(Vec::new()).await;
    let client = server.client();
    let too_big = client.upload("700", upload("image/png", 5 * 1024 * 1024 + 1)).await;
    assert_eq!(
        too_big,
        Err(UploadError::Invalid(LimitError::MediaSize {
            limit_bytes: 5 * 1024 * 1024
        }))
    );
    assert_eq!(
        client.upload("700", upload("nonsense", 1)).await,
        Err(UploadError::Invalid(LimitError::MediaType))
    );
    let mut short = upload("image/png", 1);
    short.ttl_minutes = Some(59);
    assert!(matches!(
        client.upload("700", short).await,
        Err(UploadError::Invalid(LimitError::Range { least: 60, .. }))
    ));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_file_is_looked_up_fetched_and_deleted() {
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let found =
        json!({ "url": "https://lookaside.fbsbx.com/x", "mime_type": "image/jpeg", "sha256": digest, "file_size": 3 });
    let server = Server::start(vec![
        Reply::Answer(200, found.to_string()),
        Reply::Answer(200, "abc".into()),
        Reply::Answer(200, json!({ "success": true }).to_string()),
    ])
    .await;
    let client = server.client();
    let info = client.lookup("600", Some("700")).await.unwrap();
    assert_eq!(
        (info.size_bytes, info.sha256.map(|digest| digest[0])),
        (Some(3), Some(0xba))
    );
    let url = format!("http://{}/file", server.address);
    let pieces: Vec<_> = client.fetch(&url, 3).await.unwrap().into_stream().collect().await;
    let bytes: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.unwrap().to_vec()).collect();
    assert_eq!(bytes, b"abc");
    client.delete("600", Some("700")).await.unwrap();
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(
        lines,
        [
            "GET /v25.0/600?phone_number_id=700 HTTP/1.1",
            "GET /file HTTP/1.1",
            "DELETE /v25.0/600?phone_number_id=700 HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn the_token_goes_to_known_hosts_only() {
    let server = Server::start(Vec::new()).await;
    let client = server.client();
    let port = server.address.port();
    for url in [
        "https://evil.example/file".to_owned(),
        "http://lookaside.fbsbx.com/file".to_owned(),
        "https://lookaside.fbsbx.com.evil.example/file".to_owned(),
        "https://x@lookaside.fbsbx.com/file".to_owned(),
        // Another port of this machine is another server.
        format!("http://127.0.0.1:{}/file", port ^ 1),
        "file:///etc/hostname".to_owned(),
        "nonsense".to_owned(),
    ] {
        assert_eq!(
            client.fetch(&url, 10).await.err(),
            Some(FetchError::HostNotAllowed),
            "{url}"
        );
    }
    let mut options = server.options();
    options.media_hosts.push("127.0.0.1".to_owned());
    let outcome = Client::new(options)
        .unwrap()
        .fetch(&format!("http://127.0.0.1:{}/file", port ^ 1), 10)
        .await;
    assert_ne!(
        outcome.err(),
        Some(FetchError::HostNotAllowed),
        "a configured host is known"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::start(vec![Reply::Answer(200, "stolen".into())]).await;
    let to = format!("location: http://{}/file", other.address);
    let server = Server::start(vec![Reply::With(302, to, String::new())]).await;
    let outcome = server
        .client()
        .fetch(&format!("http://{}/file", server.address), 10)
        .await
        .err();
    assert!(matches!(outcome, Some(FetchError::Request(RequestError::Refused(error))) if error.status == 302));
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_file_longer_than_allowed_is_given_up() {
    let server = Server::start(vec![
        Reply::Answer(200, "abcd".into()),
        Reply::With(200, "transfer-encoding: chunked".into(), String::new()),
        Reply::Answer(404, String::new()),
        Reply::Half(200, "ab".into()),
    ])
    .await;
    let client = server.client();
    let url = format!("http://{}/file", server.address);
    assert_eq!(
        client.fetch(&url, 3).await.err(),
        Some(FetchError::TooLong { limit_bytes: 3 })
    );
    // Chunked, so that the length is not told; the scripted body is empty and the connection ends without its last chunk.
    let mut broken = client.fetch(&url, 3).await.unwrap();
    assert_eq!(broken.chunk().await, Err(FetchError::Request(RequestError::NoAnswer)));
    assert_eq!(client.fetch(&url, 3).await.err(), Some(FetchError::AddressExpired));
    let mut half = client.fetch(&url, 1_000).await.unwrap();
    let mut last = half.chunk().await;
    while let Ok(Some(_)) = last {
        last = half.chunk().await;
    }
    assert_eq!(
        last,
        Err(FetchError::Request(RequestError::NoAnswer)),
        "half a file is no file"
    );
}

#[tokio::test]
async fn the_state_of_a_number_is_read() {
    let number = json!({ "id": "700", "display_phone_number": "+1 555-010-0001", "quality_rating": "GREEN", "throughput": { "level": "STANDARD" } });
    let settings = json!({ "storage_configuration": { "status": "NO_STORAGE_ENABLED", "retention_minutes": 60 }, "calling": { "status": "DISABLED" } });
    let server = Server::start(vec![
        Reply::Answer(200, number.to_string()),
        Reply::Answer(200, settings.to_string()),
        Reply::Answer(200, "[]".into()),
    ])
    .await;
    let client = server.client();
    let number = client.number("700").await.unwrap();
    assert_eq!(number.throughput.as_deref(), Some("STANDARD"));
    let settings = client.settings("700").await.unwrap();
    assert_eq!(
        (settings.storage_status.as_deref(), settings.retention_minutes),
        (Some("NO_STORAGE_ENABLED"), Some(60))
    );
    assert!(!settings.calling && !settings.identity_check);
    assert_eq!(client.settings("700").await, Err(RequestError::Unreadable));
}
