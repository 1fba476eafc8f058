//! Tests: several processes change one tree in every order in which their calls to the vault store can fall, and nothing comes back.
//!
//! Each process is a future that stands still before each call; a search goes through all ways to let them take turns.

#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

use crate::memory::{MemoryKeyStore, MemoryRootKey, Rows};
use crate::place::TreeKind;
use crate::run::Run;
use crate::vault::Vault;
use counterfoil_model::time::Sleep;
use counterfoil_model::{Clock, InstallationId, Random, Timestamp, TreeId};
use counterfoil_testkit::surroundings::full_size;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const INSTALLATION: InstallationId = InstallationId::from_bytes([1; 16]);

struct Still;

impl Clock for Still {
    fn wall(&self) -> Timestamp {
        Timestamp::from_micros(1_795_381_200_000_000)
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }
}

struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self
                .0
                .fetch_add(1, Ordering::SeqCst)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&next.to_be_bytes()[..chunk.len()]);
        }
    }
}

/// What one process does.
#[derive(Clone, Copy, Debug)]
enum Does {
    /// Punctures a run.
    Puncture(u32, u32),
    /// Wraps the tree under the second epoch.
    Rewrap,
    /// Takes addresses until a block of them is written.
    Reserve,
}

/// Runs a future that waits for nothing but its turns.
fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    for _ in 0..10_000 {
        if let Poll::Ready(answer) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return answer;
        }
    }
    panic!("it waits for something that does not come");
}

/// A vault store with one tree, whose first leaves are handed out, wrapped under the first of two epochs, which is closed.
struct Beginning {
    rows: Rows,
    root: Arc<MemoryRootKey>,
    random: Arc<Counting>,
    tree: TreeId,
    /// The keys of its first leaves.
    leaves: Vec<[u8; 32]>,
}

impl Beginning {
    fn new() -> Self {
        let random = Arc::new(Counting(AtomicU64::new(1)));
        let root = Arc::new(MemoryRootKey::new(random.clone()));
        let keys = Arc::new(MemoryKeyStore::default());
        let vault = Vault::init(
            keys.clone(),
            root.clone(),
            INSTALLATION,
            Arc::new(Still),
            random.clone(),
        );
        let vault = finish(vault).unwrap();
        let tree = finish(vault.tree_create(TreeKind::Conversation)).unwrap();
        let leaves = (0..8).map(|_| *finish(vault.item(tree)).unwrap().key.bytes()).collect();
        let next = finish(vault.epoch_make(1)).unwrap();
        finish(vault.epoch_turn(next)).unwrap();
        let rows = keys.rows();
        Self {
            rows,
            root,
            random,
            tree,
            leaves,
        }
    }

    fn vault(&self, keys: &Arc<MemoryKeyStore>) -> Vault {
        let (root, random) = (self.root.clone(), self.random.clone());
        finish(Vault::start(keys.clone(), root, INSTALLATION, Arc::new(Still), random)).unwrap()
    }
}

async fn act(vault: Vault, tree: TreeId, does: Does) {
    match does {
        Does::Puncture(first, last) => {
            let punctured = vault.puncture_run(tree, Run::new(first, last)).await.unwrap();
            assert_eq!(punctured.trees().count(), 1);
        }
        Does::Rewrap => while vault.epoch_rewrap(1, None).await.unwrap().next.is_some() {},
        Does::Reserve => drop(vault.item(tree).await.unwrap()),
    }
}

/// Lets the processes take turns as `turns` says and as it comes from there on; which turn was taken out of how many, each time.
fn play(beginning: &Beginning, processes: &[Does], turns: &[usize]) -> Vec<(usize, usize)> {
    let keys = Arc::new(MemoryKeyStore::default());
    keys.change(|rows| *rows = beginning.rows.clone());
    let mut acting: Vec<Pin<Box<dyn Future<Output = ()>>>> = Vec::new();
    for does in processes {
        // Each is a process of its own.
        let act = act(beginning.vault(&keys), beginning.tree, *does);
        acting.push(Box::pin(act));
    }
    keys.pause_before_calls(true);
    let mut taken = Vec::new();
    while !acting.is_empty() {
        let turn = turns.get(taken.len()).copied().unwrap_or(0);
        taken.push((turn, acting.len()));
        let polled = acting[turn].as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if polled.is_ready() {
            drop(acting.remove(turn));
        }
    }
    keys.pause_before_calls(false);

    let gone = |index: u32| {
        processes
            .iter()
            .any(|does| matches!(does, Does::Puncture(first, last) if (*first..=*last).contains(&index)))
    };
    let mut tree = finish(beginning.vault(&keys).tree_load(beginning.tree)).unwrap();
    for (index, key) in (0..).zip(&beginning.leaves) {
        let found = tree.leaf(index).map(|key| *key.bytes());
        assert_eq!(found, (!gone(index)).then_some(*key), "leaf {index} after {taken:?}");
    }
    // Each process wrote once, and none over another.
    assert_eq!(keys.rows().trees[&beginning.tree].epoch, 2);
    let punctures = processes
        .iter()
        .filter(|does| matches!(does, Does::Puncture(..)))
        .count();
    assert_eq!(keys.rows().punctures.len(), punctures, "{taken:?}");
    taken
}

/// All ways to take turns; how many there are.
fn play_all(beginning: &Beginning, processes: &[Does]) -> u64 {
    let (mut turns, mut played) = (Vec::new(), 0);
    loop {
        let mut taken = play(beginning, processes, &turns);
        played += 1;
        while taken.last().is_some_and(|(turn, of)| turn + 1 == *of) {
            taken.pop();
        }
        let Some((turn, _)) = taken.pop() else { return played };
        turns = taken.into_iter().map(|(turn, _)| turn).collect();
        turns.push(turn + 1);
    }
}

#[test]
fn vault_2_whatever_order_two_or_three_nodes_write_in_nothing_comes_back() {
    let beginning = Beginning::new();
    let mut casts: Vec<Vec<Does>> = vec![
        vec![Does::Puncture(2, 2), Does::Puncture(5, 5)],
        vec![Does::Puncture(2, 4), Does::Puncture(5, 5)],
        vec![Does::Puncture(2, 2), Does::Rewrap],
        vec![Does::Rewrap, Does::Puncture(0, 6)],
        vec![Does::Puncture(3, 3), Does::Reserve],
    ];
    if full_size() {
        casts.push(vec![Does::Puncture(2, 2), Does::Puncture(5, 5), Does::Rewrap]);
    }
    for processes in casts {
        let played = play_all(&beginning, &processes);
        println!("{processes:?}: {played} orders");
        assert!(played > 20);
    }
}
