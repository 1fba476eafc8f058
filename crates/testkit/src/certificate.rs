//! An authority of a test's own, and what it certifies: good names and wrong ones, in time and out of it.

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use std::ops::Range;

/// An authority; nobody knows it but whoever is told.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, PEM.
    pub certificate: String,
}

/// A certificate with its key.
pub struct Certified {
    /// The chain, PEM.
    pub chain: String,
    /// The private key, PEM.
    pub key: String,
}

impl Authority {
    /// Makes one that calls itself so.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn called(name: &str) -> Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key)?.pem();
        let issuer = Issuer::new(params, key);
        Ok(Self { issuer, certificate })
    }

    /// Certifies `name` on these days, counted from today.
    ///
    /// # Errors
    /// When the name is none.
    pub fn certify(&self, name: &str, days: Range<i64>) -> Result<Certified> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        let (year, month, date) = day(days.start)?;
        params.not_before = date_time_ymd(year, month, date);
        let (year, month, date) = day(days.end)?;
        params.not_after = date_time_ymd(year, month, date);
        let chain = params.signed_by(&key, &self.issuer)?.pem();
        let key = key.serialize_pem();
        Ok(Certified { chain, key })
    }
}

/// The beginning of a day in UTC, counted from today: year, month, day.
fn day(from_today: i64) -> Result<(i32, u8, u8)> {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let date = today.checked_add(jiff::Span::new().days(from_today))?;
    let (month, day) = (u8::try_from(date.month())?, u8::try_from(date.day())?);
    Ok((i32::from(date.year()), month, day))
}
