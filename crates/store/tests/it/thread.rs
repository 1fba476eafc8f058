//! Messages in their conversation: order, pages, references, ticks, attachments.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::attachment::{AttachmentStep, FetchFailure};
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::tick::TickState;
use counterfoil_model::{AttachmentId, AttachmentStepId, BlobId, ConversationId, MessageId, TickId};
use counterfoil_store::rows::*;
use counterfoil_store::{Change, Page, Unit};

async fn say(world: &World, conversation: ConversationId, change: impl FnOnce(&mut MessageRow)) -> MessageId {
    let mut row = world.message(conversation, Direction::Outbound);
    change(&mut row);
    let (id, at, inbound) = (row.id, row.occurred_at, row.direction == Direction::Inbound);
    row.mark = row.provider.map(|provider| ItemMark::new(Some(at), provider));
    let unit = Unit::new("say")
        .record(row, leaf(LeafKind::Message, world.now(), id.bytes()))
        .change(Change::conversation_touch(conversation, at, inbound));
    world.store.commit(unit).await.unwrap();
    id
}

async fn pages_run_both_ways(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, conversation, first) = world.conversation(0).await;
    let mut ids = vec![first];
    for n in 0..9 {
        // Two at the same microsecond: the id decides, so no page drops or repeats one.
        if n % 2 == 0 {
            world.tick();
        }
        ids.push(say(&world, conversation, |_| {}).await);
    }
    let reach = everything();
    let all = world
        .store
        .message_page(conversation, &reach, Page::Latest, 100)
        .await
        .unwrap();
    let order: Vec<MessageId> = all.iter().map(|row| row.id).collect();
    assert_eq!(order.len(), 10);
    let mut seen: Vec<MessageId> = Vec::new();
    let mut page = Page::Latest;
    loop {
        let rows = world.store.message_page(conversation, &reach, page, 3).await.unwrap();
        let Some(oldest) = rows.first() else { break };
        page = Page::Before(oldest.occurred_at, oldest.id);
        seen.splice(0..0, rows.iter().map(|row| row.id));
    }
    assert_eq!(seen, order);
    let from = &all[4];
    let after = Page::After(from.occurred_at, from.id);
    let rows = world.store.message_page(conversation, &reach, after, 3).await.unwrap();
    let after: Vec<MessageId> = rows.iter().map(|row| row.id).collect();
    assert_eq!(after, order[5..8]);
    ids.sort_unstable();
    let mut sorted = order;
    sorted.sort_unstable();
    assert_eq!(sorted, ids);
}

async fn another_teams_thread_is_not_there(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, conversation, first) = world.conversation(0).await;
    let (own, other) = (only(&world.teams[..1]), only(&world.teams[1..]));
    let page = world.store.message_page(conversation, &other, Page::Latest, 9).await;
    assert!(page.unwrap().is_empty());
    assert!(world.store.messages_get(&[first], &other).await.unwrap().is_empty());
    assert_eq!(world.store.messages_get(&[first], &own).await.unwrap().len(), 1);
}

/// Repeats are told apart before rows are made: the provider's own material has messages of different kinds under one id.
async fn all_messages_of_a_provider_id_are_found(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, conversation, _) = world.conversation(0).await;
    let first = say(&world, conversation, |row| row.provider = Some(keyed("wamid 1"))).await;
    world.tick();
    let second = say(&world, conversation, |row| row.provider = Some(keyed("wamid 1"))).await;
    let found = world
        .store
        .messages_by_provider(conversation, &[keyed("wamid 1"), keyed("wamid 2")])
        .await;
    let mut found: Vec<_> = found.unwrap().iter().map(|row| row.id).collect();
    found.sort();
    assert_eq!(found, [first, second]);
}

async fn what_refers_is_found(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, conversation, _) = world.conversation(0).await;
    say(&world, conversation, |row| row.provider = Some(keyed("wamid 1"))).await;
    world.tick();
    let edit = say(&world, conversation, |row| {
        row.refers = Some(keyed("wamid 1"));
        row.kind = MessageKind::Edit;
        row.direction = Direction::Inbound;
    })
    .await;
    let found = world.store.messages_referring(&[keyed("wamid 1")]).await.unwrap();
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [edit]);
    let last = world.store.message_last_inbound(conversation).await.unwrap().unwrap();
    assert_eq!(last.id, edit);
}

async fn ticks_come_by_message_and_by_provider_id(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, conversation, _) = world.conversation(0).await;
    let message = say(&world, conversation, |row| row.provider = Some(keyed("wamid 1"))).await;
    let mut unit = Unit::new("ticks");
    let reports = [
        (Some(message), None, TickState::Sent),
        (None, Some(keyed("wamid 1")), TickState::Delivered),
        (Some(message), Some(keyed("wamid 1")), TickState::Read),
        (None, Some(keyed("wamid 9")), TickState::Failed),
    ];
    for (of, provider, state) in reports {
        let id = TickId::new(world.tick(), &*world.fresh.random);
        let row = TickRow {
            id,
            message: of,
            provider,
            state,
            at: world.now(),
            code: (state == TickState::Failed).then_some(131_047),
            about: None,
            recorded_at: world.now(),
        };
        unit = unit.record(row, leaf(LeafKind::Tick, world.now(), id.bytes()));
    }
    world.store.commit(unit).await.unwrap();
    let ticks = world.store.ticks_of(&[message], &[keyed("wamid 1")]).await.unwrap();
    let states: Vec<TickState> = ticks.iter().map(|tick| tick.state).collect();
    assert_eq!(states, [TickState::Sent, TickState::Delivered, TickState::Read]);
    let early = world.store.ticks_of(&[], &[keyed("wamid 9")]).await.unwrap();
    assert_eq!(early[0].code, Some(131_047));
}

async fn attachments_keep_their_steps(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, _, message) = world.conversation(0).await;
    let (at, random) = (world.now(), &*world.fresh.random);
    let ids = [AttachmentId::new(at, random), AttachmentId::new(at, random)];
    let mut unit = Unit::new("attachments");
    for (position, id) in [(1, ids[1]), (0, ids[0])] {
        let row = AttachmentRow {
            id,
            message,
            position,
            kind: MessageKind::Image,
            about: sealed("about"),
            recorded_at: at,
        };
        unit = unit.record(row, leaf(LeafKind::Attachment, at, id.bytes()));
    }
    let blob = BlobId::new(at, random);
    for (step, failure, blob) in [
        (AttachmentStep::Unfetched, Some(FetchFailure::Unreachable), None),
        (AttachmentStep::Fetched, None, Some(blob)),
    ] {
        let id = AttachmentStepId::new(world.tick(), random);
        let row = AttachmentStepRow {
            id,
            attachment: ids[0],
            step,
            failure,
            attempts: 3,
            blob,
            blob_digest: blob.map(|_| [7; 32]),
            about: None,
            at,
            recorded_at: at,
        };
        unit = unit.record(row, leaf(LeafKind::AttachmentStep, at, id.bytes()));
    }
    world.store.commit(unit).await.unwrap();
    let rows = world.store.attachments_of(&[message]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
    assert!(world.store.attachment_get(ids[1]).await.unwrap().is_some());
    let steps = world.store.attachment_steps_of(&ids).await.unwrap();
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[0].failure, Some(FetchFailure::Unreachable));
    assert_eq!((steps[1].blob, steps[1].blob_digest), (Some(blob), Some([7; 32])));
}

on_both! {
    pages_run_both_ways
    another_teams_thread_is_not_there
    all_messages_of_a_provider_id_are_found
    what_refers_is_found
    ticks_come_by_message_and_by_provider_id
    attachments_keep_their_steps
}
