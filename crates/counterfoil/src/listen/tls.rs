//! TLS: what hands are shaken with, and reading it from files: a certificate chain and its key.

use crate::config::server::TlsFiles;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;

/// Why the TLS files cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// The certificate file has no certificate that can be read.
    #[error("no certificate could be read from {path}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// The key file has no private key that can be read.
    #[error("no private key could be read from {path}")]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// The key does not belong to the certificate, or is of a kind that is not supported.
    #[error("the certificate and the key do not go together")]
    Pair(#[source] rustls::Error),
}

/// What hands are shaken with: it may be replaced while connections come in.
pub(crate) struct Tls(RwLock<Arc<ServerConfig>>);

impl Tls {
    /// With this to begin with.
    pub(super) fn new(config: Arc<ServerConfig>) -> Self {
        Self(RwLock::new(config))
    }

    /// With this from now on.
    pub(super) fn replace(&self, config: Arc<ServerConfig>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = config;
    }

    /// What shakes hands now.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }
}

/// The certificates in the files, the server's own first.
///
/// # Errors
/// [`TlsError::Certificate`].
pub(crate) fn chain(files: &TlsFiles) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificate = |source| TlsError::Certificate {
        path: files.certificate.clone(),
        source,
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(certificate)?;
    if chain.is_empty() {
        return Err(certificate(rustls::pki_types::pem::Error::NoItemsFound));
    }
    Ok(chain)
}

/// Reads a certificate chain and its key.
///
/// # Errors
/// See [`TlsError`].
pub(crate) fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = chain(files)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|source| TlsError::Key {
        path: files.key.clone(),
        source,
    })?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
