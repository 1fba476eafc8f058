//! Several processes over one vault store: a puncture by one reaches what all of them remember, and an erasure is called live no sooner.

use crate::world::*;
use counterfoil_model::{DeliveryId, NodeId, TreeId};
use counterfoil_vault::memory::Fault;
use counterfoil_vault::{Day, Live, OpenError, Sealed, Vault, VaultError};
use std::time::Duration;

const ONE: NodeId = NodeId::from_bytes([1; 16]);
const TWO: NodeId = NodeId::from_bytes([2; 16]);

/// How long nobody waits for a node that is gone.
const GONE: Duration = Duration::from_secs(31);

async fn open(vault: &Vault, sealed: &Sealed<String>) -> Result<(), OpenError> {
    vault.open(&permit(), place(), sealed).await.map(drop)
}

/// Two nodes, both of which remember the tree of something sealed.
async fn two_nodes() -> (World, Vault, Vault, TreeId, counterfoil_vault::Address, Sealed<String>) {
    let (world, one) = World::begun().await;
    let two = world.start().await.unwrap();
    one.node_renew(ONE).await.unwrap();
    two.node_renew(TWO).await.unwrap();
    let tree = conversation(&one).await;
    let (address, sealed) = sealed_in(&one, tree).await;
    open(&two, &sealed).await.unwrap();
    (world, one, two, tree, address, sealed)
}

#[tokio::test]
async fn an_erasure_is_live_once_every_node_has_dropped_the_key() {
    let (world, one, two, _, address, sealed) = two_nodes().await;
    let punctured = one.puncture(vec![address]).await.unwrap();
    assert!(matches!(open(&one, &sealed).await, Err(OpenError::Erased)));
    assert!(open(&two, &sealed).await.is_ok(), "it remembers");
    world.clock.on(Duration::from_secs(3));
    assert_eq!(one.live(&punctured).await.unwrap(), Live::Waits(vec![ONE, TWO]));
    one.node_catch_up().await.unwrap();
    assert_eq!(one.live(&punctured).await.unwrap(), Live::Waits(vec![TWO]));
    two.node_catch_up().await.unwrap();
    assert!(matches!(open(&two, &sealed).await, Err(OpenError::Erased)));
    assert_eq!(one.live(&punctured).await.unwrap(), Live::Everywhere);
    // Asked again later, as a job does.
    let again = two.puncture(vec![address]).await.unwrap();
    world.clock.on(Duration::from_secs(2));
    assert_eq!(two.live(&again).await.unwrap(), Live::Everywhere);
}

#[tokio::test]
async fn a_process_without_a_lease_remembers_for_two_seconds_and_is_waited_for() {
    let (world, one) = World::begun().await;
    let looks = world.start().await.unwrap();
    let (address, sealed) = sealed_in(&one, conversation(&one).await).await;
    open(&looks, &sealed).await.unwrap();
    let punctured = one.puncture(vec![address]).await.unwrap();
    assert_eq!(one.live(&punctured).await.unwrap(), Live::Waits(Vec::new()));
    world.clock.on(Duration::from_secs(2));
    assert_eq!(one.live(&punctured).await.unwrap(), Live::Everywhere);
    assert!(matches!(open(&looks, &sealed).await, Err(OpenError::Erased)));
}

#[tokio::test]
async fn a_node_that_cannot_renew_stops_opening_before_others_stop_waiting_for_it() {
    let (world, one, two, _, address, sealed) = two_nodes().await;
    let punctured = one.puncture(vec![address]).await.unwrap();
    let mut waited = 0;
    while matches!(one.live(&punctured).await.unwrap(), Live::Waits(_)) {
        world.clock.on(Duration::from_secs(1));
        one.node_renew(ONE).await.unwrap();
        waited += 1;
        if waited > 20 {
            world.keys.refuse_writes(true);
            let refused = open(&two, &sealed).await;
            world.keys.refuse_writes(false);
            assert!(matches!(refused, Err(OpenError::Unavailable(_))), "after {waited} s");
        }
    }
    assert_eq!(waited, 30, "its row counts ten seconds longer than it opens");
    // It comes back: what it remembered is gone.
    two.node_renew(TWO).await.unwrap();
    assert!(matches!(open(&two, &sealed).await, Err(OpenError::Erased)));
}

#[tokio::test]
async fn a_renewal_that_fails_is_no_renewal() {
    for fault in [Fault::NotKept, Fault::Kept] {
        let (world, _, two, _, _, sealed) = two_nodes().await;
        world.clock.on(Duration::from_secs(15));
        world.keys.fail_next(fault);
        assert!(matches!(two.node_renew(TWO).await, Err(VaultError::Unavailable(_))));
        open(&two, &sealed).await.unwrap();
        world.clock.on(Duration::from_secs(6));
        world.keys.refuse_writes(true);
        assert!(matches!(open(&two, &sealed).await, Err(OpenError::Unavailable(_))));
        world.keys.refuse_writes(false);
        // After a lapse opening renews the lease by itself, when that can be had.
        open(&two, &sealed).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_swept_while_a_node_was_away_is_dropped_all_the_same() {
    let (world, one, two, _, address, sealed) = two_nodes().await;
    one.puncture(vec![address]).await.unwrap();
    world.clock.on(Duration::from_secs(2 * 86_400));
    one.nodes_sweep(world.clock_now()).await.unwrap();
    assert!(world.keys.rows().punctures.is_empty());
    two.node_renew(TWO).await.unwrap();
    assert!(matches!(open(&two, &sealed).await, Err(OpenError::Erased)));
}

#[tokio::test]
async fn a_node_that_ends_in_order_is_not_waited_for() {
    let (world, one, two, _, address, _) = two_nodes().await;
    two.node_end().await.unwrap();
    let punctured = one.puncture(vec![address]).await.unwrap();
    one.node_catch_up().await.unwrap();
    world.clock.on(Duration::from_secs(2));
    assert_eq!(one.live(&punctured).await.unwrap(), Live::Everywhere);
    assert_eq!(one.nodes().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_day_key_that_one_node_retires_opens_nothing_on_the_other() {
    let (world, one) = World::begun().await;
    let two = world.start().await.unwrap();
    one.node_renew(ONE).await.unwrap();
    two.node_renew(TWO).await.unwrap();
    let (connection, delivery) = (
        counterfoil_model::ConnectionId::from_bytes([4; 16]),
        DeliveryId::from_bytes([5; 16]),
    );
    let sealed = one.intake_public().await.unwrap().run(world.random.as_ref()).seal(
        connection,
        delivery,
        b"a post",
        world.random.as_ref(),
    );
    world.clock.on(Duration::from_secs(17 * 3_600));
    for (vault, node) in [(&one, ONE), (&two, TWO)] {
        vault.node_renew(node).await.unwrap();
        vault.intake_public().await.unwrap();
        vault.intake_open(connection, delivery, &sealed).await.unwrap();
    }
    let tomorrow = Day::from_number(u32::try_from(TODAY).unwrap() + 1);
    assert_eq!(one.intake_retire(tomorrow).await.unwrap().len(), 1);
    assert!(
        two.intake_retire(tomorrow).await.unwrap().is_empty(),
        "the other says so alone"
    );
    two.node_catch_up().await.unwrap();
    let refused = two.intake_open(connection, delivery, &sealed).await;
    assert!(matches!(refused, Err(OpenError::Erased)));
}

#[tokio::test]
async fn nodes_are_listed_with_what_they_owe() {
    let (world, one, _, _, address, _) = two_nodes().await;
    one.puncture(vec![address]).await.unwrap();
    world.clock.on(GONE);
    one.node_renew(ONE).await.unwrap();
    let nodes = one.nodes().await.unwrap();
    let told: Vec<_> = nodes.iter().map(|node| (node.id, node.leased, node.behind)).collect();
    assert_eq!(told, [(ONE, true, 0), (TWO, false, 1)]);
}
