//! Telling other nodes that something was committed, and hearing it from them, so that they look at once.
//!
//! What is told is who tells and which bells to ring, never what happened. It may get lost: whoever waits also looks by itself now and
//! then.

use crate::bell::rings;
use crate::writer::Engine;
use counterfoil_model::Random;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How long to wait before listening to other nodes again.
const LISTEN_AGAIN: Duration = Duration::from_secs(2);

/// What this store has to tell.
pub(crate) struct Tell {
    /// Tells its own words from those of others.
    own: String,
    rung: AtomicU8,
    more: Notify,
}

impl Tell {
    pub(crate) fn new(random: &dyn Random) -> Self {
        Self {
            own: format!("{:016x}", u64::from_be_bytes(random.array())),
            rung: AtomicU8::new(0),
            more: Notify::new(),
        }
    }

    /// Has others ring these bells soon.
    pub(crate) fn others(&self, rings: u8) {
        if rings != 0 {
            self.rung.fetch_or(rings, Ordering::SeqCst);
            self.more.notify_one();
        }
    }

    /// The bells to ring for what was heard; none for an own word.
    fn heard(&self, word: &str) -> u8 {
        match word.split_once(' ') {
            Some((who, _)) if who == self.own => 0,
            Some((_, rings)) => rings.parse().unwrap_or(rings::ALL),
            None => rings::ALL,
        }
    }
}

/// Tells other nodes after commits: while one call is on its way, all further commits share the next.
pub(crate) async fn tell(engine: Arc<Engine>, mut closing: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = engine.tell.more.notified() => {}
            _ = closing.changed() => return,
        }
        let rung = engine.tell.rung.swap(0, Ordering::SeqCst);
        let word = format!("{} {rung}", engine.tell.own);
        if let Err(failure) = engine.database.notify(word).await {
            tracing::warn!(%failure, "other nodes were not woken; they look by themselves");
        }
    }
}

/// Rings the bells when another node has committed something.
pub(crate) async fn hear(engine: Arc<Engine>, mut closing: watch::Receiver<bool>) {
    loop {
        let listening = engine.database.listen().await;
        match listening {
            Ok(None) => return,
            Ok(Some(mut listener)) => {
                // Something may have been told while nobody listened.
                engine.bell.ring(rings::ALL);
                loop {
                    tokio::select! {
                        heard = listener.recv() => match heard {
                            Ok(word) => engine.bell.ring(engine.tell.heard(word.payload())),
                            Err(_) => break,
                        },
                        _ = closing.changed() => return,
                    }
                }
            }
            Err(failure) => tracing::warn!(%failure, "other nodes cannot be heard; looking by itself"),
        }
        tokio::select! {
            () = engine.clock.sleep(LISTEN_AGAIN) => {}
            _ = closing.changed() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_word_rings_nothing_and_one_that_is_not_understood_rings_all() {
        let told = Tell {
            own: "a1".to_owned(),
            rung: AtomicU8::new(0),
            more: Notify::new(),
        };
        for (word, rung) in [("a1 15", 0), ("b2 5", 5), ("b2 ?", rings::ALL), ("", rings::ALL)] {
            assert_eq!(told.heard(word), rung, "{word}");
        }
    }
}
