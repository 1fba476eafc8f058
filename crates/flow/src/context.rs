//! What every use case works with: rows, keys, the clock, and the ways to the provider and to other systems.

use std::sync::Arc;

/// All use cases of one installation; cheap to clone.
#[derive(Clone)]
pub struct Flow {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {}

/// Something under a use case did not answer: the database, the key store or the disk. Nothing was changed, or it is not
/// known whether it was; asking again is safe.
#[derive(Debug, thiserror::Error)]
#[error("a part of this installation did not answer")]
pub struct Unavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);
