//! What a TLS server presents, found out by shaking hands as the provider does; and until when a chain holds.
//!
//! A file says what somebody meant to present; only a handshake says what is presented. Nothing is sent after it.

use counterfoil_model::{Clock, Timestamp};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// How long a connection may take, and a handshake.
const PATIENCE: Duration = Duration::from_secs(5);
/// Later than any certificate ends: the year 10000.
const FOR_EVER: Duration = Duration::from_secs(253_402_300_800);

/// Certificates as they were presented, the server's own first.
pub(super) type Chain = Vec<CertificateDer<'static>>;

/// Why nothing was presented.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotPresented {
    /// No connection came about.
    #[error("no connection: {0}")]
    Unreached(#[source] std::io::Error),
    /// A connection came about and no handshake.
    #[error("it takes connections, but no TLS handshake comes about: {0}")]
    Unshaken(#[source] std::io::Error),
}

/// Shakes hands at `address` as a client that looks for `name`, and takes down what is presented.
///
/// # Errors
/// See [`NotPresented`].
pub(super) async fn presented(
    address: SocketAddr,
    name: ServerName<'static>,
    clock: &dyn Clock,
) -> Result<Chain, NotPresented> {
    let late = || std::io::Error::from(std::io::ErrorKind::TimedOut);
    let stream = tokio::select! {
        stream = TcpStream::connect(address) => stream,
        () = clock.sleep(PATIENCE) => Err(late()),
    };
    let stream = stream.map_err(NotPresented::Unreached)?;
    let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
    let config = ClientConfig::builder()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(TakesDown { algorithms }))
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let shaken = tokio::select! {
        shaken = connector.connect(name, stream) => shaken,
        () = clock.sleep(PATIENCE) => Err(late()),
    };
    let stream = shaken.map_err(NotPresented::Unshaken)?;
    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
    Ok(chain
        .iter()
        .map(|certificate| certificate.clone().into_owned())
        .collect())
}

/// Takes any chain, so that it can be looked at afterwards; that the server holds the key of it is checked as ever.
#[derive(Debug)]
struct TakesDown {
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for TakesDown {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// What is to be said of a chain.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A client that knows this machine's authorities believes it.
    Holds {
        /// The last second at which the whole chain does.
        until: Timestamp,
        /// Whether one above ends before the server's own certificate.
        cut_short: bool,
    },
    /// It ran out.
    RanOut(Timestamp),
    /// It does not hold before this time.
    NotYet(Timestamp),
    /// It is for other names.
    OtherNames(Vec<String>),
    /// It leads to no authority that this machine knows.
    NoAuthority,
    /// Something else is wrong with it.
    Wrong(String),
}

/// Judges chains by the authorities that this machine knows.
pub(super) struct Judge(Arc<WebPkiServerVerifier>);

impl Judge {
    /// With the authorities of this machine's own list.
    ///
    /// # Errors
    /// Why that list cannot be used, in words.
    pub(super) fn of_this_machine() -> Result<Self, String> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        let verifier = WebPkiServerVerifier::builder(Arc::new(roots)).build();
        verifier.map(Self).map_err(|_| {
            "this machine has no list of authorities to judge it by; on Debian the package ca-certificates brings one".to_owned()
        })
    }

    /// What is to be said of `chain`, presented under `name`, at `now`.
    pub(super) fn judge(&self, chain: &[CertificateDer<'_>], name: &ServerName<'_>, now: Timestamp) -> Verdict {
        let seconds = Duration::from_secs(u64::try_from(now.seconds()).unwrap_or(0));
        let error = match self.at(chain, name, seconds) {
            Ok(()) => return self.holds(chain, name, seconds),
            Err(error) => error,
        };
        match error {
            Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. }) => {
                Verdict::RanOut(time(not_after.as_secs()))
            }
            Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. }) => {
                Verdict::NotYet(time(not_before.as_secs()))
            }
            Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. }) => {
                Verdict::OtherNames(presented)
            }
            Error::InvalidCertificate(CertificateError::UnknownIssuer) => Verdict::NoAuthority,
            other => Verdict::Wrong(other.to_string()),
        }
    }

    fn at(&self, chain: &[CertificateDer<'_>], name: &ServerName<'_>, at: Duration) -> Result<(), Error> {
        let (own, above) = chain
            .split_first()
            .ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let at = UnixTime::since_unix_epoch(at);
        self.0.verify_server_cert(own, above, name, &[], at).map(drop)
    }

    /// Until when a chain holds that does so now. Its own end is in what the verifier complains of at the end of all days; when one above
    /// ends before, its end is looked for between.
    fn holds(&self, chain: &[CertificateDer<'_>], name: &ServerName<'_>, now: Duration) -> Verdict {
        let own_end = match self.at(chain, name, FOR_EVER) {
            Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => not_after.as_secs(),
            _ => FOR_EVER.as_secs(),
        };
        let (mut good, mut bad) = (now.as_secs(), own_end + 1);
        while bad - good > 1 {
            let between = good + (bad - good) / 2;
            match self.at(chain, name, Duration::from_secs(between)) {
                Ok(()) => good = between,
                Err(_) => bad = between,
            }
        }
        Verdict::Holds {
            until: time(good),
            cut_short: good < own_end,
        }
    }
}

fn time(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}
