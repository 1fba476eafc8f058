//! The true address of a browser: the peer's own, or what trusted proxies say of it.

use crate::settings::Network;
use crate::state::Door;
use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where a request truly comes from, as far as we can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl<S> FromRequestParts<S> for ClientAddress
where
    Door: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let door = Door::from_ref(state);
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // A server that does not say who its peers are throttles them all together.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip().to_canonical());
        Ok(Self(true_address(peer, &parts.headers, &door.settings.trusted_proxies)))
    }
}

/// Walks `X-Forwarded-For` from its right end, where our own proxies wrote, to the first address that is not theirs. Anything to the
/// left of it was written by strangers.
fn true_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let ours = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut nearest = peer;
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    while ours(nearest) {
        match hops.next().map(|hop| hop.trim().parse::<IpAddr>()) {
            Some(Ok(address)) => nearest = address.to_canonical(),
            Some(Err(_)) | None => break,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_proxies_are_believed() {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        for (peer, forwarded, want) in [
            ("203.0.113.7", &[][..], "203.0.113.7"),
            ("203.0.113.7", &["198.51.100.1"], "203.0.113.7"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.2.3.4, 198.51.100.1, 10.0.0.9"], "198.51.100.1"),
            ("10.0.0.1", &["1.2.3.4", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["nonsense, 10.0.0.2"], "10.0.0.2"),
            ("::ffff:10.0.0.1", &["2001:db8::5"], "2001:db8::5"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let peer: IpAddr = peer.parse().unwrap();
            let found = true_address(peer.to_canonical(), &headers, &trusted);
            assert_eq!(found, want.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }
}
