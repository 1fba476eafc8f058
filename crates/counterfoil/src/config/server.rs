//! The public address and the admin address: where they listen, how they are protected, what they allow.

use super::error::ConfigError;
use super::sources::Values;
use counterfoil_web::settings::Network;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// How the public address is served.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The address that people and the provider use; no path.
    pub(crate) url: Url,
    /// The TLS files, when this server ends TLS itself.
    pub(crate) tls: Option<TlsFiles>,
    /// The proxies that are believed.
    pub(crate) behind_proxy: Vec<Network>,
    /// How many connections may be open at once.
    pub(crate) connections: usize,
    /// How long a client may take for the head of a request or a TLS handshake.
    pub(crate) header_time: Duration,
    /// How long requests under way get when the server stops.
    pub(crate) drain_time: Duration,
}

/// A certificate chain and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The chain, PEM.
    pub(crate) certificate: PathBuf,
    /// The private key, PEM.
    pub(crate) key: PathBuf,
}

impl Server {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let address = address(values, "server")?;
        let tls = tls(values)?;
        let mut behind_proxy = Vec::new();
        for text in values.list("server", "behind_proxy") {
            let network = text.parse().map_err(|_| {
                let problem = "has something that is neither an address nor a network such as 10.1.0.0/24";
                values.invalid("server", "behind_proxy", problem)
            })?;
            behind_proxy.push(network);
        }
        if !address.ip().is_loopback() && tls.is_none() && behind_proxy.is_empty() {
            let problem = "is reachable from other machines without TLS; set server.tls_certificate_file and \
                           server.tls_key_file, or name the proxy that ends TLS in server.behind_proxy";
            return Err(values.invalid("server", "address", problem));
        }
        Ok(Self {
            address,
            url: public_url(values, address, tls.is_some())?,
            tls,
            behind_proxy,
            connections: whole(values, "connections", 1, 1_000_000)?,
            header_time: Duration::from_secs(whole(values, "header_seconds", 1, 300)?),
            drain_time: Duration::from_secs(whole(values, "drain_seconds", 0, 3_600)?),
        })
    }
}

/// How health and metrics are served.
#[derive(Debug, Clone)]
pub(crate) struct Admin {
    /// Where they listen.
    pub(crate) address: SocketAddr,
}

impl Admin {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let address = address(values, "admin")?;
        if !address.ip().is_loopback() && !values.flag("admin", "beyond_loopback") {
            let problem = "is reachable from other machines and has no log-in; if only your monitoring reaches it, say \
                           so with admin.beyond_loopback = true";
            return Err(values.invalid("admin", "address", problem));
        }
        Ok(Self { address })
    }
}

fn whole<T: TryFrom<i64>>(values: &Values, key: &str, least: i64, most: i64) -> Result<T, ConfigError> {
    let number = values.whole("server", key, least, most)?;
    T::try_from(number).map_err(|_| values.invalid("server", key, "is too large for this machine"))
}

fn address(values: &Values, section: &str) -> Result<SocketAddr, ConfigError> {
    values
        .text(section, "address")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            values.invalid(
                section,
                "address",
                "must be an address and a port, such as 127.0.0.1:8080",
            )
        })
}

fn tls(values: &Values) -> Result<Option<TlsFiles>, ConfigError> {
    let certificate = values.path("server", "tls_certificate_file");
    let key = values.path("server", "tls_key_file");
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(values.invalid("server", "tls_key_file", "is needed beside server.tls_certificate_file"))
        }
        (None, Some(_)) => {
            Err(values.invalid("server", "tls_certificate_file", "is needed beside server.tls_key_file"))
        }
    }
}

fn public_url(values: &Values, address: SocketAddr, tls: bool) -> Result<Url, ConfigError> {
    let Some(text) = values.text("server", "url") else {
        let scheme = if tls { "https" } else { "http" };
        let url = Url::parse(&format!("{scheme}://{address}/"));
        return url.map_err(|_| values.invalid("server", "address", "cannot be written as a URL; set server.url"));
    };
    let problem = "must be https://name or, on loopback only, http://name, without path, user or query";
    let url = Url::parse(text).map_err(|_| values.invalid("server", "url", problem))?;
    let loopback = match url.host() {
        Some(url::Host::Ipv4(host)) => host.is_loopback(),
        Some(url::Host::Ipv6(host)) => host.is_loopback(),
        Some(url::Host::Domain(host)) => host == "localhost",
        None => false,
    };
    let plain = url.scheme() == "http" && loopback;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if (url.scheme() == "https" || plain) && bare && url.host().is_some() {
        Ok(url)
    } else {
        Err(values.invalid("server", "url", problem))
    }
}
