//! Handing over, on a gate: files first, then posts, the oldest first; and asking full nodes what is new.
//!
//! Last station of a message on a gate. An entry leaves the spool only after a full node has answered that it is durable there. A crash
//! in between hands it over again, which changes nothing.

use super::channel::{Channel, ChannelError};
use super::pass::{PassError, PassFile};
use super::wire::{Ask, POSTS_TOGETHER_BYTES};
use crate::background::chain;
use crate::intake::door::IntakeDoor;
use counterfoil_model::{DeliveryId, Timestamp};
use counterfoil_store::SpooledPost;
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::watch;

/// How often full nodes are asked what is new.
const REFRESH: Duration = Duration::from_secs(10);
/// How long to wait after a failure, at first and at most.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));
/// How long to wait when the full nodes do not admit this gate.
const REVOKED: Duration = Duration::from_secs(60);

/// Why a gate cannot hand over at all.
#[derive(Debug, thiserror::Error)]
#[error("this gate's pass makes no way to full nodes")]
pub struct NoWay(#[source] Box<dyn std::error::Error + Send + Sync>);

/// What went wrong in a step.
#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error(transparent)]
    Channel(#[from] ChannelError),
    #[error(transparent)]
    Pass(#[from] PassError),
}

impl From<counterfoil_store::SpoolError> for StepError {
    fn from(error: counterfoil_store::SpoolError) -> Self {
        Self::Channel(error.into())
    }
}

/// Hands over what the door of a gate took in.
pub struct HandOver {
    door: IntakeDoor,
    pass: PassFile,
    channel: Channel,
    /// When full nodes were last asked what is new, in steady time.
    refreshed_at: Option<Duration>,
}

impl HandOver {
    /// From `door` to the full nodes that `pass` names.
    ///
    /// # Errors
    /// [`NoWay`].
    pub fn new(door: IntakeDoor, pass: PassFile) -> Result<Self, NoWay> {
        let channel = Channel::open(&pass.pass).map_err(|error| NoWay(Box::new(error)))?;
        Ok(Self {
            door,
            pass,
            channel,
            refreshed_at: None,
        })
    }

    /// Hands over until `stop` turns true.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut failed = 0_usize;
        let mut wait = WAITS.0;
        while !*stop.borrow() {
            let step = tokio::select! {
                step = self.step() => step,
                _ = stop.changed() => return,
            };
            let pause = match step {
                Ok(more) => {
                    (failed, wait) = (0, WAITS.0);
                    self.door.spools(false);
                    if more {
                        continue;
                    }
                    None
                }
                Err(error) => {
                    failed += 1;
                    self.channel.turn();
                    let revoked = matches!(error, StepError::Channel(ChannelError::NotAdmitted));
                    if failed >= self.channel.ways() || revoked {
                        self.door.spools(true);
                        tracing::warn!(error = %chain(&error), "nothing was handed over to a full node and will be again");
                    }
                    if revoked {
                        self.close_the_door();
                        Some(REVOKED)
                    } else {
                        let pause = wait;
                        wait = (wait * 2).min(WAITS.1);
                        Some(pause)
                    }
                }
            };
            let door = self.door.clone();
            tokio::select! {
                () = door.clock().sleep(pause.unwrap_or(REFRESH)) => {}
                () = door.has_come(), if pause.is_none() => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Hands over the oldest segment; whether there may be more.
    async fn step(&mut self) -> Result<bool, StepError> {
        let now = self.door.clock().monotonic();
        if self.refreshed_at.is_none_or(|at| at + REFRESH <= now) {
            self.refresh().await?;
            self.refreshed_at = Some(now);
        }
        self.files().await?;
        let Some(oldest) = self.door.spool().oldest().await? else {
            return Ok(false);
        };
        let refused = self.posts(&oldest.posts).await?;
        metrics::counter!("counterfoil_handed_over_posts_total").increment(oldest.posts.len() as u64);
        self.door.spool().done(oldest, refused).await?;
        Ok(true)
    }

    async fn files(&self) -> Result<(), StepError> {
        let spool = self.door.spool();
        if spool.depth().files == 0 {
            return Ok(());
        }
        for file in spool.files().await? {
            let Some(size) = spool.file_size(file).await? else {
                continue;
            };
            if !self.channel.has_file(file).await? {
                self.channel.file(spool, file, size).await?;
            }
            spool.file_done(file).await?;
            metrics::counter!("counterfoil_handed_over_files_total").increment(1);
        }
        Ok(())
    }

    /// Hands posts over in their order, some at a time; those that the full nodes will never take.
    async fn posts(&self, posts: &[SpooledPost]) -> Result<Vec<SpooledPost>, ChannelError> {
        let mut refused = HashSet::<DeliveryId>::new();
        let mut rest = posts;
        while !rest.is_empty() {
            let (some, others) = rest.split_at(together(rest));
            let taken = self.channel.posts(some).await?;
            if taken.kept + taken.refused.len() as u64 != some.len() as u64 {
                return Err(ChannelError::Unclear);
            }
            refused.extend(taken.refused);
            rest = others;
        }
        let is_refused = |post: &&SpooledPost| refused.contains(&post.delivery);
        Ok(posts.iter().filter(is_refused).cloned().collect())
    }

    async fn refresh(&mut self) -> Result<(), StepError> {
        let now = self.door.now();
        let certificate = &self.pass.pass.certificate;
        let ask = Ask {
            clear_until: self.clear_until(now).map(Timestamp::micros),
            certificate_until: certificate.until().micros(),
            renew: certificate.is_ending(now),
        };
        let told = self.channel.refresh(&ask).await?;
        let made_at = Timestamp::from_micros(told.kit_made_at);
        if let Err(error) = self.door.shelf().shelve(&told.kit, made_at) {
            metrics::counter!("counterfoil_intake_kit_failures_total").increment(1);
            tracing::error!(error = %chain(&error), "the intake kit could not be written");
        }
        if self.pass.follow(&told)? {
            self.channel = Channel::open(&self.pass.pass)?;
            tracing::info!("the pass has a new certificate or new addresses of full nodes");
        }
        Ok(())
    }

    /// Until when nothing is left here; `None` when files lie here of which it is not known since when.
    fn clear_until(&self, now: Timestamp) -> Option<Timestamp> {
        let depth = self.door.spool().depth();
        match depth.oldest {
            Some(oldest) => Some(oldest.min(now)),
            None => (depth.files == 0).then_some(now),
        }
    }

    /// What would be acknowledged from now on could never be handed over.
    fn close_the_door(&self) {
        match self.door.shelf().clear() {
            Ok(true) => tracing::error!(
                "the full nodes do not admit this gate any more: nothing more is taken in; what lies in its spool stays, and a new pass \
                 from `counterfoil gate add` hands it over"
            ),
            Ok(false) => {}
            Err(error) => tracing::error!(error = %chain(&error), "the intake kit could not be removed"),
        }
    }
}

/// How many of these posts go together: at least one.
fn together(posts: &[SpooledPost]) -> usize {
    let mut bytes = 0;
    let within = posts.iter().take_while(|post| {
        bytes += post.size();
        bytes <= POSTS_TOGETHER_BYTES
    });
    within.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::super::wire::POSTS_LIMIT_BYTES;
    use super::*;
    use counterfoil_model::ConnectionId;

    fn post(bytes: usize) -> SpooledPost {
        SpooledPost {
            connection: ConnectionId::from_bytes([1; 16]),
            delivery: DeliveryId::from_bytes([2; 16]),
            received_at: Timestamp::from_micros(3),
            sealed: vec![4; bytes],
        }
    }

    #[test]
    fn what_goes_together_fits_into_a_request_and_is_never_nothing() {
        let largest = (4 << 20) - 41;
        for (sizes, wanted) in [
            (vec![10], 1),
            (vec![10, 20, 30], 3),
            (vec![largest, 10], 1),
            (vec![10, largest], 1),
            (vec![3 << 20, 900 << 10, 900 << 10], 2),
        ] {
            let posts: Vec<_> = sizes.iter().map(|size| post(*size)).collect();
            let some = together(&posts);
            assert_eq!(some, wanted, "{sizes:?}");
            assert!(
                SpooledPost::pack(&posts[..some]).len() <= POSTS_LIMIT_BYTES,
                "{sizes:?}"
            );
        }
    }
}
