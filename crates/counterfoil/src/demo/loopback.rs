//! Keeping the demo on this machine: it listens on 127.0.0.1 only, and answers only browsers that asked for that address.
//!
//! The second matters because a page from elsewhere can point a name of its own at 127.0.0.1 (DNS rebinding) and then talk to
//! whatever listens here; such a request carries that name in its Host header and is turned away.

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{Ipv4Addr, SocketAddr};

/// The address on which a part of the demo listens; port 0 takes a free one.
pub(crate) fn address(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Turns away every request that was not made to this machine by address or as `localhost`.
pub(crate) async fn only(request: Request, next: Next) -> Response {
    if is_loopback(request.headers()) {
        return next.run(request).await;
    }
    let text = "The demo answers only on this machine, at 127.0.0.1.\n";
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

fn is_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_this_machine_are_answered() {
        for (host, answered) in [
            (Some("127.0.0.1:4711"), true),
            (Some("localhost:4711"), true),
            (Some("127.0.0.1"), true),
            (Some("evil.example:4711"), false),
            (Some("127.0.0.1.evil.example"), false),
            (Some("192.0.2.7:4711"), false),
            (Some("localhost:4711@evil.example"), false),
            (None, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(host) = host {
                headers.insert(HOST, host.parse().unwrap());
            }
            assert_eq!(is_loopback(&headers), answered, "{host:?}");
        }
    }
}
