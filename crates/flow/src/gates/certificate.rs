//! Keys and certificates of the small authority, of full nodes and of gates: X.509 with Ed25519 (RFC 8410).
//!
//! Pure: it signs what it is told to and keeps nothing.

use crate::context::Unavailable;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use counterfoil_model::{GateId, InstallationId, Random, Timestamp};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyIdMethod, KeyUsagePurpose, PKCS_ED25519, PublicKeyData, SanType, SerialNumber, SignatureAlgorithm, SigningKey,
};
use rustls::pki_types::CertificateDer;
use std::time::Duration;
use zeroize::Zeroizing;

/// The name that a gate looks for in a full node's certificate, whatever address it called.
pub const FULL_NODE: &str = "full-node.counterfoil.internal";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the authority lasts.
const AUTHORITY_LASTS: u32 = 20 * 365;
/// How long a full node's certificate lasts; it is made anew every day.
const FULL_NODE_LASTS: u32 = 7;
/// How long a gate's certificate lasts; it is renewed by itself when a third of that is left.
const GATE_LASTS: u32 = 90;
/// Clocks may differ by so much.
const BEFORE: Duration = Duration::from_secs(60 * 60);

/// The start of every SubjectPublicKeyInfo with an Ed25519 key. Source: RFC 8410, section 4.
const ED25519_INFO: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

fn wrong(error: rcgen::Error) -> Unavailable {
    Unavailable(Box::new(error))
}

/// A private key with its public half.
pub(crate) struct Key {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl Key {
    /// A new one.
    pub(crate) fn fresh(random: &dyn Random) -> Result<Self, Unavailable> {
        let seed = Zeroizing::new(random.array::<32>());
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice());
        pair.map(Self::of)
            .map_err(|_| Unavailable("a key for a certificate could not be made".into()))
    }

    /// From PKCS #8.
    pub(crate) fn read(pkcs8: &[u8]) -> Result<Self, Unavailable> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8);
        pair.map(Self::of)
            .map_err(|_| Unavailable("a key of a certificate could not be read".into()))
    }

    fn of(pair: Ed25519KeyPair) -> Self {
        let public = PublicKey(pair.public_key().as_ref().to_vec());
        Self { pair, public }
    }

    /// As PKCS #8.
    pub(crate) fn pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Unavailable> {
        let document = self.pair.to_pkcs8v1();
        document
            .map(|document| Zeroizing::new(document.as_ref().to_vec()))
            .map_err(|_| Unavailable("a key of a certificate could not be written".into()))
    }

    pub(crate) fn public(&self) -> &PublicKey {
        &self.public
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.public.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

impl SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.pair.sign(message).as_ref().to_vec())
    }
}

/// A public Ed25519 key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey(Vec<u8>);

impl PublicKey {
    /// The key that a certificate is for; `None` when the certificate is none, or its key is of another kind.
    pub(crate) fn of(certificate: &[u8]) -> Option<Self> {
        let der = CertificateDer::from(certificate);
        let info = webpki::EndEntityCert::try_from(&der).ok()?.subject_public_key_info();
        let raw = info.as_ref().strip_prefix(&ED25519_INFO)?;
        (raw.len() == 32).then(|| Self(raw.to_vec()))
    }

    /// What the list of gates knows it by.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let info = [ED25519_INFO.as_slice(), &self.0].concat();
        let mut known = [0; 32];
        known.copy_from_slice(digest(&SHA256, &info).as_ref());
        known
    }
}

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

/// A certificate and when it holds.
pub(crate) struct Signed {
    pub(crate) der: Vec<u8>,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
}

/// Who signs.
pub(crate) struct Signer<'a> {
    pub(crate) key: &'a Key,
    pub(crate) installation: InstallationId,
    pub(crate) random: &'a dyn Random,
    pub(crate) at: Timestamp,
}

impl Signer<'_> {
    /// The authority's own certificate.
    pub(crate) fn itself(&self) -> Result<Signed, Unavailable> {
        let mut params = self.authority();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        self.signed(params, AUTHORITY_LASTS, |params| params.self_signed(self.key))
    }

    /// A certificate for a full node.
    pub(crate) fn full_node(&self, key: &PublicKey) -> Result<Signed, Unavailable> {
        let mut params = named(&[(DnType::CommonName, "Counterfoil full node")]);
        let name = FULL_NODE.try_into().map_err(wrong)?;
        params.subject_alt_names = vec![SanType::DnsName(name)];
        self.leaf(params, ExtendedKeyUsagePurpose::ServerAuth, FULL_NODE_LASTS, key)
    }

    /// A certificate for a gate.
    pub(crate) fn gate(&self, gate: GateId, key: &PublicKey) -> Result<Signed, Unavailable> {
        let params = named(&[(DnType::CommonName, &gate.to_string())]);
        self.leaf(params, ExtendedKeyUsagePurpose::ClientAuth, GATE_LASTS, key)
    }

    /// What the authority is called and may do; the same every time, so that its certificate need not be read to sign.
    fn authority(&self) -> CertificateParams {
        let mut params = named(&[
            (DnType::OrganizationName, &self.installation.to_string()),
            (DnType::CommonName, "Counterfoil gates"),
        ]);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        // Source: RFC 7093, method 1, over the whole SubjectPublicKeyInfo.
        params.key_identifier_method = KeyIdMethod::PreSpecified(self.key.public().digest()[..20].to_vec());
        params
    }

    fn leaf(
        &self,
        mut params: CertificateParams,
        usage: ExtendedKeyUsagePurpose,
        days: u32,
        key: &PublicKey,
    ) -> Result<Signed, Unavailable> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let issuer = Issuer::new(self.authority(), self.key);
        self.signed(params, days, |params| params.signed_by(key, &issuer))
    }

    fn signed(
        &self,
        mut params: CertificateParams,
        days: u32,
        sign: impl FnOnce(&CertificateParams) -> Result<Certificate, rcgen::Error>,
    ) -> Result<Signed, Unavailable> {
        let (from, until) = (self.at.minus(BEFORE), self.at.plus(DAY * days));
        let since_1970 = |at: Timestamp| Duration::from_secs(u64::try_from(at.seconds()).unwrap_or(0));
        params.not_before = rcgen::date_time_ymd(1970, 1, 1) + since_1970(from);
        params.not_after = rcgen::date_time_ymd(1970, 1, 1) + since_1970(until);
        params.serial_number = Some(SerialNumber::from_slice(&self.random.array::<16>()));
        let der = sign(&params).map_err(wrong)?.der().to_vec();
        Ok(Signed { der, from, until })
    }
}

fn named(names: &[(DnType, &str)]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for (kind, name) in names {
        params.distinguished_name.push(kind.clone(), *name);
    }
    params
}
