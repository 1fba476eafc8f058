//! A bucket of a service that speaks S3, as the place where objects lie: what several nodes share.
//!
//! A `PUT` is answered once the service keeps the object, so nothing has to be brought to disk here. Every request is signed with the
//! digest of its body (AWS Signature Version 4), so that what arrives is what was sent. An upload in parts that was begun and never finished
//! leaves its parts behind at the service; a rule of the bucket removes them (docs/guides/several-nodes.md).

use super::Blobs;
use counterfoil_model::Secret;
use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::path::Path as Name;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use std::sync::Arc;
use std::time::Duration;

/// How long one request may take, its answer included.
const REQUEST: Duration = Duration::from_secs(30);
/// How long until a connection stands.
const CONNECT: Duration = Duration::from_secs(5);
/// How often, and for how long in all, a request is repeated that the service did not take. Whoever asked then tries again by
/// itself, so this need not be patient.
const TRIES: usize = 4;
const TRYING: Duration = Duration::from_secs(20);

/// A bucket and how to reach it.
#[derive(Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What stands before every object's name, without a slash at either end; empty for nothing.
    pub prefix: String,
    /// The service's address; `None` for Amazon's own of the region.
    pub endpoint: Option<String>,
    /// The region that signatures name.
    pub region: String,
    /// Whether the bucket's name stands in the path of an address instead of in its host.
    pub path_style: bool,
    /// Which key signs.
    pub access_key: Secret,
    /// That key.
    pub secret_key: Secret,
}

/// Why a bucket cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the bucket cannot be used as it is described")]
pub struct BucketError(#[source] object_store::Error);

impl Blobs {
    /// Uses a bucket. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`BucketError`] when its description makes no address.
    pub fn in_bucket(bucket: &Bucket) -> Result<Self, BucketError> {
        let options = ClientOptions::new()
            .with_timeout(REQUEST)
            .with_connect_timeout(CONNECT)
            // Whether plain HTTP may be is for the settings to say: it may on loopback.
            .with_allow_http(true);
        let retry = RetryConfig {
            max_retries: TRIES,
            retry_timeout: TRYING,
            ..RetryConfig::default()
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_virtual_hosted_style_request(!bucket.path_style)
            .with_access_key_id(bucket.access_key.reveal())
            .with_secret_access_key(bucket.secret_key.reveal())
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            // Not every service knows how to delete many at once, and we delete few.
            .with_disable_bulk_delete(true)
            .with_client_options(options)
            .with_retry(retry);
        if let Some(endpoint) = &bucket.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let service = builder.build().map_err(BucketError)?;
        let objects: Arc<dyn ObjectStore> = match bucket.prefix.as_str() {
            "" => Arc::new(service),
            prefix => Arc::new(PrefixStore::new(service, Name::from(prefix))),
        };
        Ok(Self {
            objects,
            replaces: super::Replaces::Guarded,
        })
    }
}
