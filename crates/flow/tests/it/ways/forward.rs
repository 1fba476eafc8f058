//! An older copy of the records beside the mirrored log: brought forward, with what was erased since erased again, whatever breaks on the way.

use super::attachments::{picture, pictured, settled, sha256};
use super::house::{Closed, House, PASSWORD, colleague, words};
use super::posts::{Guest, Post, text};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_flow::Flow;
use counterfoil_flow::custody::forward::{ForwardError, Forwarded, forward};
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::start::{Memory, StartRefusal, agree};
use counterfoil_flow::custody::verify::{VerifyReport, VerifyScope, verify};
use counterfoil_flow::erasure::certificate::{Standing, certificate};
use counterfoil_flow::erasure::decide::{DecideError, Target, decide};
use counterfoil_flow::holds::place::place as place_hold;
use counterfoil_flow::holds::release::release;
use counterfoil_flow::people::colleagues::end_access;
use counterfoil_flow::people::invite::invite;
use counterfoil_flow::people::sign_in::{SignInError, sign_in};
use counterfoil_model::erasure::ErasureReason;
use counterfoil_model::person::Role;
use counterfoil_model::{ContactId, ConversationId, ErasureId, HoldId, MessageId, Secret};
use counterfoil_policy::{Actor, Machine, Staff, machine_permit};
use counterfoil_store::faults::Fault::{AfterCommit, BeforeCommit};
use counterfoil_store::{KeyDatabase, Store};
use counterfoil_vault::{Kind, Label, OpenError, Sealed};
use std::net::IpAddr;
use std::path::PathBuf;

const ANNA: &str = "31612345678";
const BOB: &str = "31687654321";

/// What was copied, and what was done after that.
pub(super) struct Since {
    pub(super) closed: Closed,
    /// The copy of the records, and of the vault a moment later.
    pub(super) copies: [PathBuf; 2],
    /// How large the log of the first is.
    copied: u64,
    /// A message of Anna's as it was in it.
    hers: (MessageId, Sealed<counterfoil_model::body::Body>),
    anna: ContactId,
    /// The erasure of all of her.
    pub(super) erasure: ErasureId,
    pub(super) bob: ConversationId,
    hold: HoldId,
    /// Who left.
    staff: Staff,
}

/// Anna sent a picture and words, Bob words; a colleague could sign in. Then copies were taken. Since then Bob and Anna wrote more, all of Anna was erased,
/// what Bob wrote is held, and the colleague has left.
pub(super) async fn since(place: Place) -> Since {
    let (house, sim) = House::with_provider(place).await;
    let bytes = picture(70_000);
    pictured(&house, &sim, &bytes, &sha256(&bytes)).await;
    settled(&house).await;
    house.post(&first_post(house.seconds())).await;
    let leaver = colleague(&house.flow, &house.place, "eve@example.org", &[Role::Agent]).await;
    let bob = of(&house, "is my claim paid").await.0;
    let (hers, message) = of(&house, "it rises").await;
    let anna = contact_of(&house, hers).await;
    let row = house.opened.store().message_get(message).await.unwrap().unwrap();
    drain(&house.flow).await.unwrap();
    let copies = ["data.copy", "vault.copy"].map(|name| house.place.folder.path().join(name));
    let copied = house.opened.store().copy_to(&copies[0]).await.unwrap().log.unwrap().0;
    // Something is recorded between the two.
    house
        .post(&Post(vec![text(
            Guest::by_phone(BOB),
            "still waiting",
            house.seconds(),
        )]))
        .await;
    let keys = KeyDatabase::open_read_only(&house.place.vault()).await.unwrap();
    let at = row.recorded_at;
    keys.copy_to(&copies[1], at).await.unwrap();
    keys.close().await;

    house
        .post(&Post(vec![text(Guest::by_phone(ANNA), "and rises", house.seconds())]))
        .await;
    let erasure = decide(
        &house.flow,
        &Actor::Operator,
        Target::Contact(anna),
        ErasureReason::Request,
        "17",
    )
    .await;
    let erasure = erasure.unwrap();
    let live = async || {
        let shown = certificate(&house.flow, &Actor::Operator, erasure).await.unwrap();
        (shown.standing == Standing::Live).then_some(())
    };
    house.in_time("the erasure is live", live).await;
    let hold = place_hold(&house.flow, &Actor::Operator, Target::Conversation(bob), "case 4711").await;
    end_access(&house.flow, &Actor::Operator, leaver.person).await.unwrap();
    Since {
        closed: house.close().await,
        copies,
        copied: u64::try_from(copied).unwrap(),
        hers: (message, row.body),
        anna,
        erasure,
        bob,
        hold: hold.unwrap(),
        staff: leaver,
    }
}

fn first_post(at: i64) -> Post {
    Post(vec![
        text(Guest::by_phone(ANNA), "it rises", at),
        text(Guest::by_phone(BOB), "is my claim paid", at + 1),
    ])
}

pub(super) async fn of(house: &House, said: &str) -> (ConversationId, MessageId) {
    for row in house.inbox().await {
        for message in house.thread(row.conversation).await.messages {
            if words(&message) == said {
                return (row.conversation, message.id);
            }
        }
    }
    panic!("nobody said that")
}

async fn contact_of(house: &House, conversation: ConversationId) -> ContactId {
    let mut door = BackDoor::data(&house.place).await;
    let id = Cell::Bytes(conversation.bytes().to_vec());
    let rows = door
        .rows("SELECT contact_id FROM conversation WHERE id = $1", &[id])
        .await;
    match &rows[0][0] {
        Cell::Bytes(bytes) => ContactId::from_bytes(bytes.as_slice().try_into().unwrap()),
        other => panic!("an id is bytes, not {other:?}"),
    }
}

impl Since {
    fn place(&self) -> &Place {
        &self.closed.place
    }

    /// The records are lost, and come back from the copy.
    pub(super) async fn put_back(&self) {
        let place = self.place();
        place.data_lost().await;
        let store = Store::open(&place.data(), place.clock.clone(), place.random.clone())
            .await
            .unwrap();
        store.bring(&self.copies[0]).await.unwrap();
        store.close().await;
    }

    /// So is the vault.
    async fn vault_put_back(&self) {
        let place = self.place();
        place.vault_lost().await;
        let keys = KeyDatabase::open(&place.vault()).await.unwrap();
        keys.bring(&self.copies[1]).await.unwrap();
        keys.forget_head().await.unwrap();
        keys.close().await;
    }

    /// Brings the log forward, as a command that runs alone.
    async fn forward(&self) -> Result<Option<Forwarded>, ForwardError> {
        let opened = self.place().open().await;
        let flow = opened.clone().flow().await;
        let done = forward(&flow, &Actor::Operator, None).await;
        flow.intake().unwrap().close().await;
        opened.store().close().await;
        done
    }

    pub(super) async fn forwarded(&self) -> Forwarded {
        self.forward().await.unwrap().expect("the database is behind")
    }

    /// Looks at it with all use cases and nothing running.
    pub(super) async fn look<T>(&self, at: impl AsyncFnOnce(&Flow) -> T) -> T {
        let opened = self.place().open().await;
        let flow = opened.clone().flow().await;
        let seen = at(&flow).await;
        flow.intake().unwrap().close().await;
        opened.store().close().await;
        seen
    }

    async fn agrees(&self) -> Result<(), StartRefusal> {
        self.look(async |flow| agree(flow).await.map(drop)).await
    }

    async fn report(&self) -> VerifyReport {
        self.look(async |flow| verify(flow, VerifyScope::Everything, |_| {}).await.unwrap())
            .await
    }

    pub(super) async fn sound(&self) {
        let report = self.report().await;
        assert!(report.sound, "{report}");
    }

    /// How many rows there are in a table.
    async fn count(&self, table: &str) -> i64 {
        let mut door = BackDoor::data(self.place()).await;
        match door.rows(&format!("SELECT COUNT(*) FROM {table}"), &[]).await[0][0] {
            Cell::Int(count) => count,
            ref other => panic!("a count is a number, not {other:?}"),
        }
    }

    /// Whether what Anna wrote opens for whoever kept its row.
    async fn opens(&self) -> bool {
        let (message, body) = &self.hers;
        let place = counterfoil_vault::Place {
            kind: Kind::Message,
            object: *message.bytes(),
            label: Label::Body,
        };
        let permit = machine_permit(Machine::Verify, vec![place.object]);
        let opened = self.place().open().await;
        let read = opened.vault().open(&permit, place, body).await;
        opened.door.close().await;
        opened.store().close().await;
        match read {
            Ok(_) => true,
            Err(OpenError::Erased) => false,
            Err(error) => panic!("{error}"),
        }
    }
}

/// All files that a record may name.
fn files(place: &Place) -> usize {
    let (mut folders, mut count) = (vec![place.objects().join("blobs")], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => count += 1,
            }
        }
    }
    count
}

async fn an_older_copy_is_brought_forward_and_what_was_erased_stays_so(place: Place) {
    let since = since(place).await;
    let before = since.look(async |flow| agree(flow).await.unwrap().leaves).await;
    since.put_back().await;
    let refusal = since.agrees().await.expect_err("it is an older one");
    assert!(
        matches!(refusal, StartRefusal::RolledBack { by: Memory::Mirror, .. }),
        "{refusal}"
    );
    assert!(refusal.to_string().contains("counterfoil backup forward"), "{refusal}");
    assert_eq!(since.count("message").await, 3, "she is back with the rows");

    let done = since.forwarded().await;
    assert_eq!(done.leaves, since.copied..before);
    // Two messages, a file with its two steps, a conversation, a contact, a name and an identity.
    assert_eq!(done.replayed.erased, 9);
    assert_eq!(done.replayed.ended, 1, "that a colleague has left");
    assert!(done.replayed.undone.is_empty());
    assert_eq!(done.replayed.holds, [(since.hold, Some(since.bob.to_string()))]);
    let lost = |one: &str| {
        done.lost
            .iter()
            .find(|(kind, _)| *kind == one)
            .map_or(0, |(_, count)| *count)
    };
    // What Bob wrote since; what Anna wrote since was erased.
    assert_eq!(
        (lost("message"), lost("hold"), lost("erasure"), lost("end of erasure")),
        (1, 1, 1, 1)
    );
    since.agrees().await.unwrap();
    since.sound().await;
    assert!(since.forward().await.unwrap().is_none(), "there is no more to do");
    assert!(!since.opens().await);
    assert_eq!(files(since.place()), 0, "her picture is gone");

    // The house goes on behind the leaves that it had.
    let Since {
        closed,
        bob,
        hold,
        anna,
        ..
    } = since;
    let house = House::again(closed).await;
    assert_eq!(house.texts().await, [["is my claim paid"]]);
    let password = Secret::new(PASSWORD.to_owned());
    let left = sign_in(&house.flow, "eve@example.org", &password, IpAddr::from([192, 0, 2, 2])).await;
    assert!(matches!(left, Err(SignInError::Wrong)), "she has left");
    let decided = decide(
        &house.flow,
        &Actor::Operator,
        Target::Conversation(bob),
        ErasureReason::Request,
        "18",
    );
    assert!(matches!(decided.await, Err(DecideError::Held(holds)) if holds.contains(&hold)));
    release(&house.flow, &Actor::Operator, hold).await.unwrap();
    // The provider sends again what came in before the copy and after it.
    let at = house.seconds();
    house.post(&first_post(at)).await;
    assert_eq!(
        house.texts().await.concat().len(),
        3,
        "times are of now, so they are new"
    );
    let (hers, _) = of(&house, "it rises").await;
    assert_ne!(contact_of(&house, hers).await, anna, "she is somebody new");
    let head = house.opened.store().log_head().await.unwrap();
    assert!(u64::try_from(head.size).unwrap() > before);
    drain(&house.flow).await.unwrap();
    let report = verify(&house.flow, VerifyScope::Everything, |_| {}).await.unwrap();
    assert!(report.sound, "{report}");
    assert!(
        report.to_string().contains("were brought forward after a loss"),
        "{report}"
    );
}

async fn whatever_was_altered_afterwards_is_found(place: Place) {
    let since = since(place).await;
    since.put_back().await;
    since.forwarded().await;
    since.sound().await;
    let mut door = BackDoor::data(since.place()).await;
    let mut differing = 0;
    for (tampering, told) in [
        // From before the copy.
        ("DELETE FROM message", "was recorded and is gone"),
        // Of a leaf that was brought forward, and whose row was put back.
        ("DELETE FROM person_state WHERE state = 3", "beyond the"),
        ("UPDATE person_state SET roles = roles + 1", "was altered"),
        (
            "INSERT INTO hold_end (id, recorded_at) SELECT id, 5 FROM contact",
            "is there and was never recorded",
        ),
        ("DELETE FROM erased", "was recorded and is gone"),
        ("DELETE FROM erasure_lost", "the note that erasure"),
    ] {
        assert!(door.change(tampering, &[]).await.unwrap() > 0);
        let report = since.report().await;
        assert!(
            report.differing > differing && report.to_string().contains(told),
            "{tampering}: {report}"
        );
        differing = report.differing;
    }
}

/// The copy of the vault opens what was erased since; the leaves say what to destroy and to hold in it.
async fn with_an_older_vault_the_keys_are_destroyed_again(place: Place) {
    let since = since(place).await;
    since.put_back().await;
    since.vault_put_back().await;
    assert!(since.opens().await, "it is from before");
    since.agrees().await.expect_err("it is an older one");
    let done = since.forwarded().await;
    assert_eq!((done.replayed.erased, done.replayed.ended), (9, 1));
    assert_eq!(done.replayed.holds, [(since.hold, Some(since.bob.to_string()))]);
    assert!(!since.opens().await);
    since.agrees().await.unwrap();
    since.sound().await;
    let Since { closed, bob, hold, .. } = since;
    let house = House::again(closed).await;
    let decided = decide(
        &house.flow,
        &Actor::Operator,
        Target::Conversation(bob),
        ErasureReason::Request,
        "18",
    );
    assert!(matches!(decided.await, Err(DecideError::Held(holds)) if holds.contains(&hold)));
    house
        .post(&Post(vec![text(Guest::by_phone(BOB), "hello?", house.seconds())]))
        .await;
    assert_eq!(house.texts().await, [["is my claim paid", "hello?"]]);
}

async fn a_fork_is_refused_and_so_is_an_altered_mirror(place: Place) {
    let since = since(place).await;
    since.put_back().await;
    // One byte of an entry.
    let bundles = since.place().objects().join("ledger/tile/entries/000.p");
    let newest = std::fs::read_dir(&bundles).unwrap().map(|entry| entry.unwrap().path());
    let newest = newest.max_by_key(|path| path.file_name().unwrap().to_str().unwrap().parse::<u16>().unwrap());
    let newest = newest.unwrap();
    let right = std::fs::read(&newest).unwrap();
    let mut altered = right.clone();
    *altered.last_mut().unwrap() ^= 1;
    std::fs::write(&newest, altered).unwrap();
    let refused = since.forward().await;
    assert!(
        matches!(refused, Err(ForwardError::MirrorAltered { .. })),
        "{refused:?}"
    );
    std::fs::remove_file(&newest).unwrap();
    let refused = since.forward().await;
    assert!(
        matches!(refused, Err(ForwardError::MirrorAltered { .. })),
        "{refused:?}"
    );
    std::fs::write(&newest, right).unwrap();
    assert_eq!(
        since.count("leaf").await,
        i64::try_from(since.copied).unwrap(),
        "nothing was taken"
    );

    // The older database went on by itself.
    since
        .look(async |flow| {
            invite(flow, &Actor::Operator, "Ida", &[Role::Agent])
                .await
                .map(drop)
                .unwrap()
        })
        .await;
    let refused = since.forward().await;
    assert!(
        matches!(
            refused,
            Err(ForwardError::Start(StartRefusal::Forked { by: Memory::Mirror, .. }))
        ),
        "{refused:?}"
    );
    since.put_back().await;
    let staff = Actor::Staff(since.staff.clone());
    let staff = since.look(async |flow| forward(flow, &staff, None).await).await;
    assert!(matches!(staff, Err(ForwardError::Refused)), "{staff:?}");
    since.forwarded().await;
    since.sound().await;
}

async fn broken_off_anywhere_it_is_begun_anew(place: Place) {
    let since = since(place).await;
    for step in [
        "log.forward",
        "forward.lost",
        "forward.erase",
        "forward.erased",
        "forward.end",
        "log.forwarded",
    ] {
        for faults in [
            [BeforeCommit, BeforeCommit],
            [BeforeCommit, AfterCommit],
            [AfterCommit, BeforeCommit],
            [AfterCommit, AfterCommit],
        ] {
            since.put_back().await;
            let opened = since.place().open().await;
            let flow = opened.clone().flow().await;
            for fault in faults {
                opened.store().order_fault_in(step, fault);
            }
            let mut broke_off = 0;
            let done = loop {
                match forward(&flow, &Actor::Operator, None).await {
                    Ok(done) => break done,
                    Err(ForwardError::Unavailable(_)) if broke_off < 2 => broke_off += 1,
                    Err(error) => panic!("{step} {faults:?}: {error}"),
                }
                // What is half done is not served.
                match agree(&flow).await {
                    Err(StartRefusal::RolledBack { .. }) => {}
                    Ok(_) => assert_eq!(step, "log.forwarded", "all of it was kept"),
                    Err(other) => panic!("{step} {faults:?}: {other}"),
                }
            };
            assert!(broke_off > 0, "{step} {faults:?}");
            assert!(done.is_some() || step == "log.forwarded");
            flow.intake().unwrap().close().await;
            opened.store().close().await;
            drop((flow, opened));
            assert_eq!(since.count("message").await, 1, "{step} {faults:?}");
            since.agrees().await.unwrap();
            since.sound().await;
        }
    }
}

/// Leaves and tiles that no checkpoint signs are lost, and others take their numbers.
async fn what_was_never_signed_is_not_taken_and_not_in_the_way(place: Place) {
    let since = since(place).await;
    let mut door = BackDoor::data(since.place()).await;
    let last = "SELECT subject, bytes FROM leaf ORDER BY number DESC LIMIT 1";
    let last = door.rows(last, &[]).await.remove(0);
    drop(door);
    let objects = since.place().objects();
    let entries = objects.join("ledger/tile/entries/000.p");
    let tiles = objects.join("ledger/tile/0/000.p");
    since.put_back().await;
    // A pass broke off before it signed: full tiles, without the partial ones in whose place they came.
    for (folder, each) in [(&entries, 3), (&tiles, 32)] {
        let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let newest = all.max_by_key(|path| path.file_name().unwrap().to_str().unwrap().parse::<u16>().unwrap());
        let newest = newest.unwrap();
        let width: usize = newest.file_name().unwrap().to_str().unwrap().parse().unwrap();
        let mut full = std::fs::read(&newest).unwrap();
        let more = if each == 3 { vec![0, 1, 7] } else { vec![7; 32] };
        for _ in width..256 {
            full.extend_from_slice(&more);
        }
        std::fs::remove_dir_all(folder).unwrap();
        std::fs::write(folder.with_extension(""), full).unwrap();
    }
    // When it was copied, a leaf waited for the number that it got afterwards.
    let mut door = BackDoor::data(since.place()).await;
    let waits = "INSERT INTO pending_leaf (id, subject, bytes) VALUES ($1, $1, $2)";
    assert_eq!(door.change(waits, &last).await, Some(1));
    drop(door);
    since.forwarded().await;
    since.agrees().await.unwrap();
    since.sound().await;
    assert_eq!(since.count("pending_leaf").await, 0);
}

on_both! {
    an_older_copy_is_brought_forward_and_what_was_erased_stays_so
    whatever_was_altered_afterwards_is_found
    with_an_older_vault_the_keys_are_destroyed_again
    a_fork_is_refused_and_so_is_an_altered_mirror
    broken_off_anywhere_it_is_begun_anew
    what_was_never_signed_is_not_taken_and_not_in_the_way
}
