//! Passwords: Argon2id with a salt each, computed away from the request threads and never more than two at a time.
//!
//! Source: OWASP Password Storage (2025) and RFC 9106: Argon2id, 19 MiB, two passes, one lane.

use crate::Flow;
use crate::context::Unavailable;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use counterfoil_model::Secret;
use std::sync::Arc;
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Turns for computing: each takes 19 MiB and a core.
pub(crate) struct Kitchen {
    turns: Arc<Semaphore>,
}

impl Default for Kitchen {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(2)),
        }
    }
}

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("these parameters are within the limits of RFC 9106");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The PHC string of a password, with a fresh salt.
pub(crate) async fn hash(flow: &Flow, password: &Secret) -> Result<String, Unavailable> {
    let salt = flow.random().array::<16>();
    let password = password.clone();
    cook(flow, move || {
        argon2()
            .hash_password_with_salt(password.reveal().as_bytes(), &salt)
            .map(|hash| hash.to_string())
    })
    .await?
    .map_err(|_| Unavailable("the password could not be hashed".into()))
}

/// Whether `password` agrees with a PHC string. Without one it takes as long and says no, so that the time tells nothing.
pub(crate) async fn agrees(flow: &Flow, password: &Secret, phc: Option<String>) -> Result<bool, Unavailable> {
    let password = password.clone();
    cook(flow, move || {
        let bytes = password.reveal().as_bytes();
        match phc.as_deref().map(PasswordHash::new) {
            Some(Ok(phc)) => argon2().verify_password(bytes, &phc).is_ok(),
            _ => {
                let _ = argon2().hash_password_with_salt(bytes, &[0; 16]);
                false
            }
        }
    })
    .await
}

async fn cook<T: Send + 'static>(flow: &Flow, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Unavailable> {
    let turns = flow.inner.kitchen.turns.clone();
    let turn = turns
        .acquire_owned()
        .await
        .map_err(|error| Unavailable(Box::new(error)))?;
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    })
    .await
    .map_err(|error| Unavailable(Box::new(error)))
}
