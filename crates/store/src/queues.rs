//! What waits for the writers, and how much of it goes into one transaction: posts of the provider before all else, who counts a slow answer
//! as none, and other units in numbers that keep nobody waiting long. Where there are several writers, one has nothing but posts to do.

use crate::rows::DeliveryRow;
use crate::unit::Unit;
use crate::writer::CommitError;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, oneshot, watch};

/// The most posts of the provider in one transaction: they hold one row each.
const GROUP: usize = 256;
/// The most other units in one transaction when no post has come for a while. They fill the longest text twice.
const ALONE: usize = 256;
/// For how many groups after the last with a post the next one is awaited, and others go in small groups.
const AWAITED: usize = 8;
/// What the share of other units beside posts is cut from.
const BESIDE: usize = 128;
/// For so many posts that wait, only half of that goes along, and so on: whoever posts waits for an answer, while the others can wait. A few go
/// along in any case, so that they come to an end under any load.
const POSTS_PER_HALF: usize = 8;
const BESIDE_LEAST: usize = 4;
/// How many others are worth a text for each table.
const WORTH_IT: usize = 32;

/// How many other units go along with so many posts: sizes that one text holds.
fn beside(posts: usize) -> usize {
    let share = BESIDE * POSTS_PER_HALF / (POSTS_PER_HALF + posts);
    (1 << share.max(BESIDE_LEAST).ilog2()).min(BESIDE)
}

/// A unit of work and who waits for its outcome.
pub(crate) struct Waiting {
    pub(crate) unit: Unit,
    pub(crate) answer: oneshot::Sender<Result<(), CommitError>>,
}

/// What waits for the writers.
pub(crate) struct Queues {
    /// Posts of the provider, who waits for the answer and counts a slow one as none.
    posts: mpsc::Receiver<Waiting>,
    /// All else.
    rest: mpsc::Receiver<Waiting>,
    /// How many others might have gone along with posts and did not: they go when they are enough to be worth their texts.
    saved: usize,
    /// How many groups there were since the last with a post.
    since_posts: usize,
}

impl Queues {
    pub(crate) fn new(posts: mpsc::Receiver<Waiting>, rest: mpsc::Receiver<Waiting>) -> Self {
        Self {
            posts,
            rest,
            saved: 0,
            since_posts: 0,
        }
    }

    /// What each of so many writers takes from: posts have one of their own where there are several, so that none waits for a large
    /// transaction of others.
    pub(crate) fn for_writers(
        writers: usize,
        posts: mpsc::Receiver<Waiting>,
        rest: mpsc::Receiver<Waiting>,
    ) -> Vec<Arc<Mutex<Self>>> {
        let shared = |queues| Arc::new(Mutex::new(queues));
        // Nothing ever comes from a channel whose other end is gone.
        let nothing = || mpsc::channel(1).1;
        match writers.checked_sub(1) {
            None | Some(0) => vec![shared(Self::new(posts, rest))],
            Some(others) => {
                let rest = shared(Self::new(nothing(), rest));
                let of_posts = shared(Self::new(posts, nothing()));
                std::iter::once(of_posts)
                    .chain(std::iter::repeat_n(rest, others))
                    .collect()
            }
        }
    }

    /// Takes what waits; waits itself when nothing does. Empty only when nothing can come any more.
    pub(crate) async fn take(&mut self, closing: &mut watch::Receiver<bool>) -> Vec<Waiting> {
        if *closing.borrow() {
            self.close();
        }
        let first = tokio::select! {
            biased;
            Some(post) = self.posts.recv() => Some(post),
            Some(other) = self.rest.recv() => Some(other),
            _ = closing.changed() => {
                self.close();
                None
            }
            else => None,
        };
        let mut group: Vec<Waiting> = first.into_iter().collect();
        group.extend(std::iter::from_fn(|| self.posts.try_recv().ok()).take(GROUP));
        let posts = group
            .iter()
            .filter(|waiting| waiting.unit.holds::<DeliveryRow>())
            .count();
        let others = self.others(posts);
        group.extend(std::iter::from_fn(|| self.rest.try_recv().ok()).take(others.saturating_sub(group.len() - posts)));
        group
    }

    /// How many others go along with so many posts this time.
    fn others(&mut self, posts: usize) -> usize {
        if posts == 0 {
            self.since_posts = self.since_posts.saturating_add(1);
            return if self.since_posts < AWAITED { WORTH_IT } else { ALONE };
        }
        self.since_posts = 0;
        self.saved += beside(posts);
        match self.saved >= WORTH_IT {
            true => std::mem::take(&mut self.saved).min(BESIDE),
            false => 0,
        }
    }

    fn close(&mut self) {
        self.posts.close();
        self.rest.close();
    }

    /// Whether nothing waits and nothing can come any more.
    pub(crate) fn ended(&self) -> bool {
        self.posts.is_closed() && self.posts.is_empty() && self.rest.is_closed() && self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::text::CUTS;

    #[test]
    fn the_more_posts_wait_the_fewer_others_go_along() {
        let sizes: Vec<usize> = [0, 1, 8, 9, 24, 60, 120, 256].map(beside).into();
        assert_eq!(sizes, [128, 64, 64, 32, 32, 8, 8, 4]);
        assert!((0..=512).all(|posts| CUTS.contains(&beside(posts))));
    }

    fn waiting() -> Waiting {
        Waiting {
            unit: Unit::new("test"),
            answer: oneshot::channel().0,
        }
    }

    #[tokio::test]
    async fn of_several_writers_one_has_only_posts_and_the_others_all_else() {
        let ((posts, of_posts), (rest, of_rest)) = (mpsc::channel(8), mpsc::channel(8));
        let queues = Queues::for_writers(3, of_posts, of_rest);
        for _ in 0..2 {
            posts.try_send(waiting()).ok().unwrap();
            rest.try_send(waiting()).ok().unwrap();
        }
        rest.try_send(waiting()).ok().unwrap();
        assert!(Arc::ptr_eq(&queues[1], &queues[2]), "the others take from the same");
        let mut closing = watch::Sender::new(false).subscribe();
        assert_eq!(queues[0].lock().await.take(&mut closing).await.len(), 2);
        assert_eq!(queues[1].lock().await.take(&mut closing).await.len(), 3);
        drop((posts, rest));
        for queue in &queues {
            let mut queue = queue.lock().await;
            assert!(queue.take(&mut closing).await.is_empty() && queue.ended());
        }
    }

    #[test]
    fn groups_are_small_while_posts_come_and_large_when_none_has_come_for_a_while() {
        let (_, posts) = mpsc::channel(1);
        let (_, rest) = mpsc::channel(1);
        let mut queues = Queues::new(posts, rest);
        queues.since_posts = AWAITED;
        assert_eq!(queues.others(0), ALONE);
        assert_eq!(queues.others(1), 64);
        let after: Vec<usize> = (0..AWAITED).map(|_| queues.others(0)).collect();
        assert_eq!(after, [&[WORTH_IT; AWAITED - 1][..], &[ALONE]].concat());
        let beside_many: Vec<usize> = (0..8).map(|_| queues.others(250)).collect();
        assert_eq!(
            beside_many,
            [0, 0, 0, 0, 0, 0, 0, WORTH_IT],
            "a few at a time, in one go"
        );
    }
}
