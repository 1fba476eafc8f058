//! Lists: only what is within reach, in order, page by page.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::message::Direction;
use counterfoil_model::{ContactNameId, ConversationId, TeamId};
use counterfoil_policy::Reach;
use counterfoil_store::rows::*;
use counterfoil_store::{Change, ConversationFilter, NewEvent, Unit};

async fn listed(world: &World, reach: &Reach, filter: ConversationFilter) -> Vec<ConversationId> {
    let rows = world.store.conversation_list(reach, filter, None, 100).await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

async fn reach_cuts_every_list(fresh: Fresh) {
    let world = World::new(fresh).await;
    let [a, b, none] = [
        world.conversation(0).await.1,
        world.conversation(1).await.1,
        world.conversation(2).await.1,
    ];
    let [team_a, team_b] = world.teams;
    // More teams than one size of the text holds.
    let many: Vec<TeamId> = (10..30)
        .map(|n| TeamId::from_bytes([n; 16]))
        .chain([team_a, team_b])
        .collect();
    let cases: [(&str, Reach, Vec<ConversationId>); 6] = [
        ("everything", everything(), vec![none, b, a]),
        ("one team", only(&[team_a]), vec![none, a]),
        ("both teams", only(&[team_a, team_b]), vec![none, b, a]),
        ("no team", only(&[]), vec![none]),
        ("strangers", only(&many[..20]), vec![none]),
        ("many", only(&many), vec![none, b, a]),
    ];
    let all = [a, b, none];
    for (name, reach, wanted) in cases {
        assert_eq!(listed(&world, &reach, ConversationFilter::All).await, wanted, "{name}");
        for id in all {
            let got = world.store.conversation_get(id, &reach).await.unwrap();
            assert_eq!(got.is_some(), wanted.contains(&id), "{name}");
        }
        let last = world.store.messages_last(&all, &reach).await.unwrap();
        assert_eq!(last.len(), wanted.len(), "{name}");
        let unread = world
            .store
            .conversation_unread(world.person, &all, &reach)
            .await
            .unwrap();
        assert_eq!(unread.len(), wanted.len(), "{name}");
        assert!(unread.values().all(|count| *count == 1), "{name}");
    }
}

async fn filters_choose(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (contact, a, _) = world.conversation(0).await;
    let (_, none, _) = world.conversation(2).await;
    let reply = world.message(none, Direction::Outbound);
    let subject = *reply.id.bytes();
    let at = world.tick();
    let unit = Unit::new("reply")
        .record(reply, leaf(LeafKind::Message, at, &subject))
        .change(Change::conversation_touch(none, at, false));
    world.store.commit(unit).await.unwrap();
    let reach = everything();
    for (filter, wanted) in [
        (ConversationFilter::All, vec![none, a]),
        (ConversationFilter::Team(world.teams[0]), vec![a]),
        (ConversationFilter::Team(world.teams[1]), vec![]),
        (ConversationFilter::NoTeam, vec![none]),
        (ConversationFilter::Channel(world.channels[2]), vec![none]),
        (ConversationFilter::Contact(contact), vec![a]),
        (ConversationFilter::Unanswered, vec![a]),
    ] {
        assert_eq!(listed(&world, &reach, filter).await, wanted, "{filter:?}");
    }
    let found = world.store.conversations_of(&[contact], &everything()).await.unwrap();
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [a]);
    let found = world.store.conversations_get(&[a], &everything()).await.unwrap();
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [a]);
}

async fn pages_hold_all_once(fresh: Fresh) {
    let world = World::new(fresh).await;
    let mut wanted = Vec::new();
    for n in 0..7 {
        wanted.insert(0, world.conversation(n % 3).await.1);
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = world
            .store
            .conversation_list(&everything(), ConversationFilter::All, before, 2)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        before = Some((last.last_at, last.id));
        seen.extend(page.iter().map(|row| row.id));
    }
    assert_eq!(seen, wanted);
}

async fn touching_never_moves_back(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, id, _) = world.conversation(0).await;
    let first = world.now();
    let later = world.tick();
    for (at, inbound) in [(later, false), (first, true)] {
        let unit = Unit::new("touch").change(Change::conversation_touch(id, at, inbound));
        world.store.commit(unit).await.unwrap();
    }
    let row = world.store.conversation_get(id, &everything()).await.unwrap().unwrap();
    assert_eq!((row.last_at, row.last_inbound_at), (later, Some(first)));
}

async fn reading_marks_what_is_unread(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, id, _) = world.conversation(0).await;
    let read_at = world.tick();
    let mark = |at| Unit::new("read").change(Change::read_mark(world.person, id, at));
    world.store.commit(mark(read_at)).await.unwrap();
    let reach = everything();
    let unread = async || {
        world
            .store
            .conversation_unread(world.person, &[id], &reach)
            .await
            .unwrap()
    };
    assert!(unread().await.is_empty());
    world.tick();
    for direction in [Direction::Inbound, Direction::Note, Direction::Inbound] {
        let row = world.message(id, direction);
        let subject = *row.id.bytes();
        let unit = Unit::new("say").record(row, leaf(LeafKind::Message, world.now(), &subject));
        world.store.commit(unit).await.unwrap();
    }
    assert_eq!(unread().await.get(&id), Some(&2));
    // An older mark does not undo a newer one.
    world.store.commit(mark(world.now())).await.unwrap();
    world.store.commit(mark(read_at)).await.unwrap();
    assert!(unread().await.is_empty());
    let kept = world.store.read_mark_get(world.person, id).await.unwrap().unwrap();
    assert_eq!(kept.at, world.now());
}

async fn the_newest_name_counts(fresh: Fresh) {
    let world = World::new(fresh).await;
    let mut contacts = Vec::new();
    // More than one cut of a list.
    for _ in 0..6 {
        contacts.push(world.conversation(0).await.0);
    }
    for name in ["old", "new"] {
        for contact in &contacts[..5] {
            let id = ContactNameId::new(world.tick(), &*world.fresh.random);
            let row = ContactNameRow {
                id,
                contact: *contact,
                name: sealed(name),
                recorded_at: world.now(),
            };
            let unit = Unit::new("name").record(row, leaf(LeafKind::ContactName, world.now(), id.bytes()));
            world.store.commit(unit).await.unwrap();
        }
    }
    let names = world.store.contact_names_of(&contacts).await.unwrap();
    assert_eq!(names.len(), 5);
    assert!(names.iter().all(|row| row.name.bytes() == sealed::<()>("new").bytes()));
}

async fn events_are_cut_and_in_order(fresh: Fresh) {
    let world = World::unnumbered(fresh).await;
    let a = world.conversation(0).await.1;
    let b = world.conversation(1).await.1;
    for (kind, conversation) in [(1, Some(a)), (2, Some(b)), (3, None), (4, Some(a))] {
        let event = NewEvent {
            kind,
            conversation,
            subject: Some([8; 16]),
            person: None,
            at: world.now(),
        };
        world.store.commit(Unit::new("event").event(event)).await.unwrap();
    }
    let reach = everything();
    assert!(world.store.events_after(0, &reach, 10).await.unwrap().is_empty());
    let mut rings = world.store.bell().events.listen();
    world.store.sequence(1, 100).await.unwrap().unwrap();
    rings.changed().await.unwrap();
    assert_eq!(world.store.event_head().await.unwrap(), 4);
    let kinds = async |after: i64, reach: Reach| -> Vec<(i64, i64)> {
        let events = world.store.events_after(after, &reach, 10).await.unwrap();
        events.iter().map(|event| (event.number, event.kind)).collect()
    };
    assert_eq!(kinds(0, everything()).await, [(1, 1), (2, 2), (3, 3), (4, 4)]);
    assert_eq!(kinds(0, only(&world.teams[..1])).await, [(1, 1), (3, 3), (4, 4)]);
    assert_eq!(kinds(3, only(&world.teams[1..])).await, []);
}

on_both! {
    reach_cuts_every_list
    filters_choose
    pages_hold_all_once
    touching_never_moves_back
    reading_marks_what_is_unread
    the_newest_name_counts
    events_are_cut_and_in_order
}
