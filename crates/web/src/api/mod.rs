//! The JSON API, version 1: each act of the pages for programs, through the same use cases.
//!
//! Callers bring a token (`Authorization: Bearer`) or a session. Unknown fields are errors, errors are problem+json with stable codes,
//! writes take an `Idempotency-Key`, lists are paged by opaque cursors.

pub(crate) mod conversations;
pub(crate) mod messages;
pub(crate) mod shapes;
pub(crate) mod strict;
