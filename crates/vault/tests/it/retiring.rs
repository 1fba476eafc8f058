//! Retiring an epoch: whatever breaks and whoever works meanwhile, all that lives opens afterwards, and no copy from before opens anything.

use crate::world::*;
use counterfoil_model::{NodeId, TreeId};
use counterfoil_vault::memory::Fault;
use counterfoil_vault::{
    Address, EpochStage, Live, Lookup, OpenError, RootKey, RootKeyError, Sealed, StartError, Vault, VaultError,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const ONE: NodeId = NodeId::from_bytes([1; 16]);
const TWO: NodeId = NodeId::from_bytes([2; 16]);

/// All steps, one after the other.
async fn retire(vault: &Vault, number: i64) -> Result<(), VaultError> {
    let next = vault.epoch_make(number).await?;
    vault.epoch_turn(next).await?;
    vault.lookup_destroy(next).await?;
    rewrap(vault, number).await?;
    vault.epoch_retire(number).await?;
    vault.epochs_destroy().await?;
    Ok(())
}

async fn rewrap(vault: &Vault, number: i64) -> Result<u64, VaultError> {
    let (mut after, mut trees) = (None, 0);
    loop {
        let done = vault.epoch_rewrap(number, after).await?;
        trees += done.trees;
        after = done.next;
        if after.is_none() {
            vault.epoch_rewrap_secrets(number).await?;
            return Ok(trees);
        }
    }
}

async fn stages(vault: &Vault) -> Vec<(i64, EpochStage)> {
    let listed = vault.epochs_list().await.unwrap();
    listed.iter().map(|epoch| (epoch.number, epoch.stage)).collect()
}

async fn open(vault: &Vault, sealed: &Sealed<String>) -> Result<(), OpenError> {
    vault.open(&permit(), place(), sealed).await.map(drop)
}

/// More trees than two pages, with something sealed in some of them, and one thing erased.
async fn filled() -> (World, Vault, Vec<Sealed<String>>, Sealed<String>) {
    let (world, vault) = World::begun().await;
    let mut all = Vec::new();
    for at in 0..600 {
        let tree = conversation(&vault).await;
        if at % 50 == 0 {
            all.push(sealed_in(&vault, tree).await.1);
        }
    }
    let (address, erased) = sealed_in(&vault, conversation(&vault).await).await;
    vault.puncture(vec![address]).await.unwrap();
    vault.intake_ahead(3).await.unwrap();
    vault.head_put(10, [7; 32]).await.unwrap();
    (world, vault, all, erased)
}

#[tokio::test]
async fn all_that_lives_opens_afterwards_and_a_copy_from_before_opens_nothing() {
    let (world, vault, all, erased) = filled().await;
    let before = world.keys.rows();
    let lookup = keyed(&vault, Lookup::Phone, "27820000001");
    assert_eq!(lookups(&vault), [1]);
    let old_key = world
        .root
        .unwrap(world.installation, 1, &before.epochs[&1].wrapped[33..])
        .await;
    assert!(old_key.is_ok());
    retire(&vault, 1).await.unwrap();
    assert_eq!(stages(&vault).await, [(1, EpochStage::Retired), (2, EpochStage::Open)]);
    let rows = world.keys.rows();
    assert!(rows.trees.values().all(|tree| tree.epoch == 2));
    assert!(rows.secrets.values().all(|secret| secret.epoch == 2));
    assert_eq!(rows.epochs[&1].wrapped.len(), 33, "a code and no key");

    // This process, another one, and one that starts now.
    for (vault, trees) in [vault.clone(), world.start().await.unwrap()].into_iter().zip(601..) {
        for sealed in &all {
            open(&vault, sealed).await.unwrap();
        }
        assert!(matches!(open(&vault, &erased).await, Err(OpenError::Erased)));
        assert_eq!(lookups(&vault), [2]);
        assert!(keyed(&vault, Lookup::Phone, "27820000001") != lookup);
        let check = vault.check().await.unwrap();
        assert_eq!((check.broken, check.epochs, check.trees), (None, 2, trees));
        sealed_in(&vault, conversation(&vault).await).await;
    }
    assert!(matches!(
        world
            .root
            .unwrap(world.installation, 1, &before.epochs[&1].wrapped[33..])
            .await,
        Err(RootKeyError::Missing)
    ));
    // The copy from before, with all keys that are left.
    world.keys.change(|rows| *rows = before);
    let dead = matches!(
        world.start().await,
        Err(StartError::Vault(VaultError::RootKey {
            epoch: 1,
            source: RootKeyError::Missing
        }))
    );
    assert!(dead);
}

#[tokio::test]
async fn a_copy_from_just_before_the_key_goes_is_whole_without_it_and_an_earlier_one_is_not() {
    let (world, vault, all, _) = filled().await;
    vault.epoch_make(1).await.unwrap();
    vault.epoch_turn(2).await.unwrap();
    vault.epoch_rewrap(1, None).await.unwrap();
    let halfway = world.keys.rows();
    rewrap(&vault, 1).await.unwrap();
    let emptied = world.keys.rows();
    vault.epoch_retire(1).await.unwrap();
    vault.epochs_destroy().await.unwrap();

    world.keys.change(|rows| *rows = emptied);
    let again = world.start().await.unwrap();
    open(&again, &all[0]).await.unwrap();
    assert_eq!(again.check().await.unwrap().broken, None);
    // What is left to do is done there too.
    again.epochs_follow().await.unwrap();
    retire(&again, 1).await.unwrap();
    assert_eq!(stages(&again).await, [(1, EpochStage::Retired), (2, EpochStage::Open)]);
    world.keys.change(|rows| *rows = halfway);
    let missing = matches!(
        world.start().await,
        Err(StartError::Vault(VaultError::RootKey {
            epoch: 1,
            source: RootKeyError::Missing
        }))
    );
    assert!(missing);
}

#[tokio::test]
async fn epochs_are_retired_one_after_the_other() {
    let (world, vault, all, _) = filled().await;
    for number in 1..5 {
        world.clock.on(Duration::from_secs(86_400 * 90));
        retire(&vault, number).await.unwrap();
        open(&vault, &all[0]).await.unwrap();
    }
    let again = world.start().await.unwrap();
    assert_eq!(stages(&again).await.last(), Some(&(5, EpochStage::Open)));
    assert_eq!(again.check().await.unwrap().broken, None);
    open(&again, &all[1]).await.unwrap();
}

#[tokio::test]
async fn vault_6_whatever_write_fails_it_is_asked_for_again() {
    let (_, vault, _, _) = filled().await;
    let writes = {
        let (world, vault, _, _) = filled().await;
        let before = world.keys.writes();
        retire(&vault, 1).await.unwrap();
        world.keys.writes() - before
    };
    drop(vault);
    assert!(writes > 10);
    for fault in [Fault::NotKept, Fault::Kept] {
        for at in 0..writes {
            let (world, vault, all, erased) = filled().await;
            world.keys.fail_after(at, fault);
            assert!(retire(&vault, 1).await.is_err(), "write {at}");
            // As after a crash: by a process that knows nothing of it.
            let again = world.start().await.unwrap();
            retire(&again, 1).await.unwrap();
            vault.epochs_follow().await.unwrap();
            for vault in [vault, again] {
                assert_eq!(lookups(&vault), [2], "write {at}");
                open(&vault, &all[3]).await.unwrap();
                assert!(matches!(open(&vault, &erased).await, Err(OpenError::Erased)));
            }
            let rows = world.keys.rows();
            assert_eq!(rows.epochs.len(), 2, "write {at}");
            let lookups = rows.secrets.keys().filter(|name| name.starts_with("lookup/"));
            assert_eq!(lookups.collect::<Vec<_>>(), ["lookup/2"], "write {at}");
        }
    }
}

#[tokio::test]
async fn nothing_is_retired_that_still_wraps_something() {
    let (world, vault, ..) = filled().await;
    assert!(matches!(vault.epoch_turn(2).await, Err(VaultError::NotThatFar(2))));
    assert!(matches!(vault.epoch_retire(1).await, Err(VaultError::NotThatFar(1))));
    vault.epoch_make(1).await.unwrap();
    assert_eq!(stages(&vault).await, [(1, EpochStage::Open), (2, EpochStage::Made)]);
    assert!(matches!(vault.epoch_retire(1).await, Err(VaultError::NotThatFar(1))));
    vault.epoch_turn(2).await.unwrap();
    assert!(matches!(vault.epoch_retire(1).await, Err(VaultError::NotThatFar(1))));
    rewrap(&vault, 1).await.unwrap();
    let secret = world.keys.rows().secrets["digest"].clone();
    world
        .keys
        .change(|rows| rows.secrets.get_mut("digest").unwrap().epoch = 1);
    assert!(matches!(vault.epoch_retire(1).await, Err(VaultError::NotThatFar(1))));
    world
        .keys
        .change(|rows| *rows.secrets.get_mut("digest").unwrap() = secret);
    assert_eq!(vault.epochs_destroy().await.unwrap(), 0, "only what is retired");
    vault.epoch_retire(1).await.unwrap();
    assert_eq!(vault.epochs_destroy().await.unwrap(), 1);
}

#[tokio::test]
async fn every_node_must_have_the_new_key_and_each_destroys_the_old_one() {
    let (world, one, all, _) = filled().await;
    // Another node, with a key folder of its own.
    let folder = Arc::new(counterfoil_vault::memory::MemoryRootKey::new(world.random.clone()));
    folder.copy_from(&world.root, world.installation, 1);
    let two = Vault::start(
        world.keys.clone(),
        folder.clone(),
        world.installation,
        world.clock.clone(),
        world.random.clone(),
    )
    .await
    .unwrap();
    let both = async || {
        for (vault, node) in [(&one, ONE), (&two, TWO)] {
            vault.epochs_follow().await.unwrap();
            vault.node_renew(node).await.unwrap();
        }
    };
    both().await;
    one.epoch_make(1).await.unwrap();
    both().await;
    assert_eq!(one.epoch_unknown_to(2).await.unwrap(), [TWO]);
    // It works on while the key is on its way.
    sealed_in(&two, conversation(&two).await).await;
    folder.copy_from(&world.root, world.installation, 2);
    both().await;
    assert_eq!(one.epoch_unknown_to(2).await.unwrap(), []);
    one.epoch_turn(2).await.unwrap();
    let (_, later) = sealed_in(&two, conversation(&two).await).await;
    rewrap(&one, 1).await.unwrap();
    one.epoch_retire(1).await.unwrap();
    one.epochs_destroy().await.unwrap();
    assert!(folder.holds(world.installation, 1).await.unwrap());
    one.epochs_follow().await.unwrap();
    one.node_renew(ONE).await.unwrap();
    assert_eq!(one.epoch_held_by(1).await.unwrap(), [TWO]);
    both().await;
    assert_eq!(one.epoch_held_by(1).await.unwrap(), []);
    assert!(!folder.holds(world.installation, 1).await.unwrap());
    for vault in [&one, &two] {
        open(vault, &all[0]).await.unwrap();
        open(vault, &later).await.unwrap();
    }
}

/// What a vault finds `text` by, and under the keys of which epochs.
fn found_by(vault: &Vault, text: &str) -> BTreeMap<i64, [u8; 32]> {
    let keys = vault.lookup_keys();
    let hashes = keys.hashes(Lookup::Phone, text);
    hashes.map(|(epoch, hash)| (epoch, *hash.bytes())).collect()
}

#[tokio::test]
async fn both_lookup_keys_are_known_until_the_old_one_is_destroyed_everywhere() {
    let (world, one, ..) = filled().await;
    let two = world.start().await.unwrap();
    let follow = async |vault: &Vault, node| {
        vault.epochs_follow().await.unwrap();
        vault.node_renew(node).await.unwrap();
    };
    follow(&one, ONE).await;
    follow(&two, TWO).await;
    let first = found_by(&one, "27820000001");
    assert!(matches!(one.lookup_destroy(2).await, Err(VaultError::NotThatFar(2))));
    one.epoch_make(1).await.unwrap();
    assert_eq!((lookups(&one), lookups(&two)), (vec![2, 1], vec![1]));
    follow(&one, ONE).await;
    assert_eq!(one.epoch_unknown_to(2).await.unwrap(), [TWO]);
    follow(&two, TWO).await;
    assert_eq!(one.epoch_unknown_to(2).await.unwrap(), []);
    let both = found_by(&two, "27820000001");
    assert_eq!(both, found_by(&one, "27820000001"));
    assert_eq!(both.len(), 2);
    assert_eq!(both[&1], first[&1]);
    assert_ne!(both[&2], first[&1]);

    one.epoch_turn(2).await.unwrap();
    let destroyed = one.lookup_destroy(2).await.unwrap();
    assert_eq!((lookups(&one), lookups(&two)), (vec![2], vec![2, 1]));
    one.node_catch_up().await.unwrap();
    world.clock.on(Duration::from_secs(3));
    assert_eq!(one.live(&destroyed).await.unwrap(), Live::Waits(vec![TWO]));
    two.node_catch_up().await.unwrap();
    assert_eq!(one.live(&destroyed).await.unwrap(), Live::Everywhere);
    assert_eq!(lookups(&two), [2]);
    // Asked again, as after a crash, by whoever knows nothing of it.
    two.lookup_destroy(2).await.unwrap();
    assert_eq!(found_by(&world.start().await.unwrap(), "27820000001")[&2], both[&2]);
}

#[tokio::test]
async fn a_node_that_was_away_while_a_lookup_key_went_knows_it_no_longer() {
    let (world, one, ..) = filled().await;
    let two = world.start().await.unwrap();
    two.node_renew(TWO).await.unwrap();
    world.clock.on(Duration::from_secs(31));
    one.epoch_make(1).await.unwrap();
    assert_eq!(one.epoch_unknown_to(2).await.unwrap(), []);
    one.epoch_turn(2).await.unwrap();
    one.lookup_destroy(2).await.unwrap();
    assert_eq!(lookups(&two), [1]);
    two.node_renew(TWO).await.unwrap();
    assert_eq!(lookups(&two), [2]);
}

#[tokio::test]
async fn an_epoch_that_has_no_lookup_key_yet_is_waited_with() {
    let (world, one, ..) = filled().await;
    one.epoch_make(1).await.unwrap();
    // As an earlier program left it.
    world.keys.change(|rows| drop(rows.secrets.remove("lookup/2")));
    let two = world.start().await.unwrap();
    two.node_renew(TWO).await.unwrap();
    assert_eq!(one.epoch_unknown_to(2).await.unwrap(), [TWO]);
    one.epochs_follow().await.unwrap();
    one.epoch_make(1).await.unwrap();
    two.epochs_follow().await.unwrap();
    two.node_renew(TWO).await.unwrap();
    assert_eq!(one.epoch_unknown_to(2).await.unwrap(), []);
    assert_eq!(lookups(&two), [2, 1]);
    // Several are left over where epochs were retired without replacing them.
    one.epoch_turn(2).await.unwrap();
    one.epoch_make(2).await.unwrap();
    one.epoch_turn(3).await.unwrap();
    assert_eq!(lookups(&one), [3, 2, 1]);
    one.lookup_destroy(3).await.unwrap();
    assert_eq!(lookups(&one), [3]);
}

#[tokio::test]
async fn a_vault_without_any_lookup_key_does_not_start_and_begins_no_second_one() {
    let (world, vault, ..) = filled().await;
    retire(&vault, 1).await.unwrap();
    let again = world.init().await.unwrap();
    assert_eq!(lookups(&again), [2], "what is there is kept");
    world.keys.change(|rows| drop(rows.secrets.remove("lookup/2")));
    let missing = world.start().await;
    assert!(matches!(missing, Err(StartError::SecretMissing(name)) if name == "lookup/2"));
    let broken = vault.check().await.unwrap().broken.unwrap();
    assert_eq!((broken.table, broken.id.as_str()), ("secret", "lookup/2"));
}

#[tokio::test]
async fn a_row_that_only_says_that_it_is_retired_destroys_no_key() {
    let (world, vault, ..) = filled().await;
    vault.epoch_make(1).await.unwrap();
    vault.epoch_turn(2).await.unwrap();
    world.keys.change(|rows| {
        let row = rows.epochs.get_mut(&1).unwrap();
        row.state = 3;
        row.wrapped.truncate(33);
    });
    let altered = |error| matches!(error, VaultError::Altered { table: "epoch", id } if id == "1");
    assert!(altered(vault.epochs_follow().await.unwrap_err()));
    assert_eq!(vault.epochs_destroy().await.unwrap(), 0);
    assert!(world.root.holds(world.installation, 1).await.unwrap());
    assert_eq!(vault.check().await.unwrap().broken.unwrap().table, "epoch");
    assert!(world.start().await.is_err());
}

/// What others do between the steps.
#[derive(Debug, Clone, Copy)]
enum Meanwhile {
    Create,
    Seal(usize),
    Puncture(usize),
    Step,
    Restart,
    Tomorrow,
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![
        2 => Just(Meanwhile::Create),
        4 => any::<usize>().prop_map(Meanwhile::Seal),
        3 => any::<usize>().prop_map(Meanwhile::Puncture),
        6 => Just(Meanwhile::Step),
        1 => Just(Meanwhile::Restart),
        1 => Just(Meanwhile::Tomorrow),
    ]
}

/// The next step of a retirement that goes on and on, by what the epochs say.
async fn step(vault: &Vault) -> Result<(), VaultError> {
    let stages = stages(vault).await;
    let of = |stage| stages.iter().find(|(_, at)| *at == stage).map(|(number, _)| *number);
    match (of(EpochStage::Made), of(EpochStage::Closed), of(EpochStage::Open)) {
        (Some(made), ..) => vault.epoch_turn(made).await,
        (_, Some(closed), _) => match vault.epoch_rewrap(closed, None).await?.trees {
            0 => {
                vault.lookup_destroy(closed + 1).await?;
                vault.epoch_rewrap_secrets(closed).await?;
                vault.epoch_retire(closed).await?;
                vault.epochs_destroy().await.map(drop)
            }
            _ => Ok(()),
        },
        (.., open) => vault.epoch_make(open.unwrap()).await.map(drop),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if counterfoil_testkit::surroundings::full_size() { 10_000 } else { 200 }))]
    #[test]
    fn vault_6_whatever_goes_on_meanwhile_the_living_opens_and_the_erased_does_not(doings in prop::collection::vec(meanwhile(), 1..60)) {
        run(async {
            let (world, one) = World::begun().await;
            let (mut vaults, mut trees) = (vec![one, world.start().await.unwrap()], Vec::<TreeId>::new());
            let mut sealed: BTreeMap<Address, (Sealed<String>, bool)> = BTreeMap::new();
            for (turn, doing) in doings.into_iter().enumerate() {
                // They take turns, and remember what they read.
                let vault = vaults[turn % 2].clone();
                match doing {
                    Meanwhile::Create => trees.push(conversation(&vault).await),
                    Meanwhile::Seal(tree) if !trees.is_empty() => {
                        let (address, text) = sealed_in(&vault, trees[tree % trees.len()]).await;
                        prop_assert!(sealed.insert(address, (text, true)).is_none(), "an address is handed out once");
                    }
                    Meanwhile::Puncture(which) if !sealed.is_empty() => {
                        let at = *sealed.keys().nth(which % sealed.len()).unwrap();
                        vault.puncture(vec![at]).await.unwrap();
                        for other in &vaults {
                            other.forget(&[at.tree]).await;
                        }
                        sealed.get_mut(&at).unwrap().1 = false;
                    }
                    Meanwhile::Step => step(&vault).await.unwrap(),
                    Meanwhile::Restart => vaults[turn % 2] = world.start().await.unwrap(),
                    Meanwhile::Tomorrow => {
                        world.clock.on(Duration::from_secs(86_400));
                        vault.intake_ahead(2).await.unwrap();
                        vault.intake_retire(counterfoil_vault::Day::of(world.clock_now())).await.unwrap();
                    }
                    Meanwhile::Seal(_) | Meanwhile::Puncture(_) => {}
                }
                for vault in &vaults {
                    for (text, lives) in sealed.values() {
                        match open(vault, text).await {
                            Ok(()) => prop_assert!(lives),
                            Err(OpenError::Erased) => prop_assert!(!lives),
                            Err(other) => prop_assert!(false, "{other}"),
                        }
                    }
                }
                prop_assert_eq!(vaults[0].check().await.unwrap().broken, None);
            }
            Ok(())
        })?;
    }
}
