//! Gates: what they hand over is there once whatever became of the answer, only those on the list may, and no key goes that opens what
//! still lies on one.
//!
//! The pairs: handed over, the answer lost, and kept; handed over, the answer lost, and not kept.

use super::spooling::Standing;
use crate::harness::{BackDoor, Cell, Place, leaves_are_as_the_page_says};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use counterfoil_flow::gates::SpooledFile;
use counterfoil_flow::gates::add::{GateError, add};
use counterfoil_flow::gates::admit::{AdmitError, Admitted, admit};
use counterfoil_flow::gates::list::gates;
use counterfoil_flow::gates::receive::{ReceiveError, file, has_file, posts};
use counterfoil_flow::gates::refresh::refresh;
use counterfoil_flow::gates::revoke::revoke;
use counterfoil_flow::gates::wire::Ask;
use counterfoil_model::{Clock, ConnectionId, DeliveryId, GateId, Random};
use counterfoil_policy::Actor;
use counterfoil_store::SpooledPost;
use counterfoil_store::faults::Fault;
use counterfoil_vault::Day;
use futures_util::stream;
use serde_json::Value;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn nodes() -> Vec<String> {
    vec!["127.0.0.1:9".to_owned()]
}

/// A gate with a pass.
struct Gate {
    id: GateId,
    certificate: Vec<u8>,
    until: i64,
}

impl Gate {
    async fn added(house: &Standing) -> Self {
        let (id, pass) = add(&house.flow, &Actor::Operator, "Harbour", &nodes()).await.unwrap();
        let told: Value = serde_json::from_slice(&pass.bytes()).unwrap();
        Self {
            id,
            certificate: der(&told["certificate"]),
            until: told["certificate"]["until"].as_i64().unwrap(),
        }
    }

    async fn admitted(&self, house: &Standing) -> Admitted {
        admit(&house.flow, &self.certificate).await.unwrap()
    }
}

fn der(issued: &Value) -> Vec<u8> {
    STANDARD.decode(issued["certificate"].as_str().unwrap()).unwrap()
}

/// What a gate took in while it was cut off.
async fn taken_in(house: &Standing, number: u64, ids: &[&str]) -> Vec<SpooledPost> {
    let door = house.cut_off(house.shelf(), number);
    door.load().unwrap();
    for id in ids {
        house.post(&door, id).await.unwrap();
    }
    let taken = door.spool().oldest().await.unwrap().unwrap().posts;
    door.close().await;
    taken
}

async fn what_is_handed_over_is_there_once_whatever_became_of_the_answer(place: Place) {
    let house = Standing::open(place).await;
    let gate = Gate::added(&house).await.admitted(&house).await;
    let taken = taken_in(&house, 1, &["not-kept", "kept", "plain"]).await;
    for (post, fault, kept) in [(0, Fault::BeforeCommit, 0), (1, Fault::AfterCommit, 1)] {
        let packed = SpooledPost::pack(&taken[post..=post]);
        let before = house.counts().await.0;
        house.store.order_fault(fault);
        let told = posts(&house.flow, &gate, &packed).await;
        assert!(matches!(told, Err(ReceiveError::Unavailable(_))), "{fault:?}: {told:?}");
        assert_eq!(house.counts().await.0 - before, kept, "{fault:?}");
        // The gate heard no answer.
        let told = posts(&house.flow, &gate, &packed).await.unwrap();
        assert_eq!((told.kept, told.refused), (1, Vec::new()), "{fault:?}");
        assert_eq!(house.counts().await.0 - before, 1, "{fault:?}");
    }
    // The answer came, and the gate died before it removed the segment.
    let packed = SpooledPost::pack(&taken);
    for _ in 0..2 {
        assert_eq!(posts(&house.flow, &gate, &packed).await.unwrap().kept, 3);
        assert_eq!(house.counts().await.0, 3);
    }
    house.runs().await;
    assert_eq!(house.counts().await, (3, 3));
    // Also once all is recorded.
    assert_eq!(posts(&house.flow, &gate, &packed).await.unwrap().kept, 3);
    house.runs().await;
    assert_eq!(house.counts().await, (3, 3));
}

async fn what_does_not_verify_is_refused_whole_and_what_has_no_place_by_itself(place: Place) {
    let house = Standing::open(place).await;
    let gate = Gate::added(&house).await.admitted(&house).await;
    let mut taken = taken_in(&house, 1, &["one", "two"]).await;
    let packed = SpooledPost::pack(&taken);
    for at in (0..packed.len()).step_by(41) {
        let mut altered = packed.clone();
        altered[at] ^= 1;
        let told = posts(&house.flow, &gate, &altered).await;
        assert!(matches!(told, Err(ReceiveError::Malformed)), "byte {at}: {told:?}");
    }
    let told = posts(&house.flow, &gate, b"a song").await;
    assert!(matches!(told, Err(ReceiveError::Malformed)), "{told:?}");
    assert_eq!(house.counts().await, (0, 0));

    let mut stray = taken[0].clone();
    stray.connection = ConnectionId::from_bytes([9; 16]);
    stray.delivery = DeliveryId::from_bytes([8; 16]);
    taken.insert(1, stray.clone());
    let told = posts(&house.flow, &gate, &SpooledPost::pack(&taken)).await.unwrap();
    assert_eq!((told.kept, told.refused), (2, vec![stray.delivery]));
    assert_eq!(house.counts().await, (2, 0));
}

async fn only_a_gate_on_the_list_is_admitted(place: Place) {
    let other = Standing::open(place.beside().await).await;
    // Chance is the same everywhere in tests; there it shall be another.
    other.place.random.fill(&mut [0; 8]);
    let house = Standing::open(place).await;
    let none = add(&house.flow, &Actor::Operator, "Harbour", &[])
        .await
        .map(|added| added.0);
    assert!(matches!(none, Err(GateError::NoNodes)), "{none:?}");
    for title in ["", " ", "a\nb"] {
        let none = add(&house.flow, &Actor::Operator, title, &nodes())
            .await
            .map(|added| added.0);
        assert!(matches!(none, Err(GateError::Title)), "{none:?}");
    }
    assert!(gates(&house.flow, &Actor::Operator).await.unwrap().is_empty());

    let gate = Gate::added(&house).await;
    house.place.clock.forward(Duration::from_secs(1));
    let second = Gate::added(&house).await;
    let stranger = Gate::added(&other).await;
    for certificate in [&stranger.certificate[..], b"no certificate", b""] {
        let told = admit(&house.flow, certificate).await;
        assert!(matches!(told, Err(AdmitError::Unknown)), "{told:?}");
    }
    gate.admitted(&house).await;
    revoke(&house.flow, &Actor::Operator, gate.id).await.unwrap();
    let told = admit(&house.flow, &gate.certificate).await;
    assert!(matches!(told, Err(AdmitError::Unknown)), "{told:?}");
    second.admitted(&house).await;
    for unknown in [gate.id, stranger.id] {
        let told = revoke(&house.flow, &Actor::Operator, unknown).await;
        assert!(matches!(told, Err(GateError::Unknown)), "{told:?}");
    }
    let views = gates(&house.flow, &Actor::Operator).await.unwrap();
    assert_eq!(views.len(), 2);
    assert!(views[0].revoked_at.is_some() && views[1].revoked_at.is_none());
    assert_eq!(views[1].title.expose(), "Harbour");
    leaves_are_as_the_page_says(&house.store).await;
}

async fn a_certificate_is_renewed_for_the_same_key_and_the_kit_comes_along(place: Place) {
    let house = Standing::open(place).await;
    let gate = Gate::added(&house).await;
    let admitted = gate.admitted(&house).await;
    house.place.clock.forward(70 * DAY);
    let mut ask = Ask {
        clear_until: None,
        certificate_until: gate.until,
        renew: false,
    };
    let told = async |ask: &Ask| {
        let told = refresh(&house.flow, &admitted, ask, &nodes()).await.unwrap();
        serde_json::to_value(told).unwrap()
    };
    let plain = told(&ask).await;
    assert!(plain["certificate"].is_null());
    assert_eq!(plain["nodes"][0], "127.0.0.1:9");
    assert_eq!(plain["kit"]["connections"].as_array().unwrap().len(), 1);
    ask.renew = true;
    let renewed = told(&ask).await;
    let days = (renewed["certificate"]["until"].as_i64().unwrap() - gate.until) / 86_400_000_000;
    assert_eq!(days, 70);
    let certificate = der(&renewed["certificate"]);
    assert_ne!(certificate, gate.certificate);
    admit(&house.flow, &certificate).await.unwrap();
    revoke(&house.flow, &Actor::Operator, gate.id).await.unwrap();
    for certificate in [&certificate, &gate.certificate] {
        assert!(matches!(
            admit(&house.flow, certificate).await,
            Err(AdmitError::Unknown)
        ));
    }
}

async fn no_key_goes_that_opens_what_lies_on_a_gate(place: Place) {
    let house = Standing::open(place).await;
    let now = || house.place.clock.wall();
    let key_there = async |day: Day| {
        let mut vault = BackDoor::vault(&house.place).await;
        let sql = format!("SELECT count(*) FROM secret WHERE name = 'intake/{}'", day.number());
        vault.rows(&sql, &[]).await[0][0] == Cell::Int(1)
    };
    let before = Day::of(now());
    house.place.clock.forward(DAY);
    let gate = Gate::added(&house).await;
    let (day, taken) = (Day::of(now()), taken_in(&house, 1, &["long-away"]).await);
    assert!(key_there(before).await && key_there(day).await);

    // For five days nobody hears of the gate.
    house.place.clock.forward(5 * DAY);
    house.runs_until(async || !key_there(before).await).await;
    assert!(key_there(day).await, "the gate may hold posts of that day");
    let admitted = gate.admitted(&house).await;
    let said = async |clear_until: Option<i64>| {
        let ask = Ask {
            clear_until,
            certificate_until: gate.until,
            renew: false,
        };
        refresh(&house.flow, &admitted, &ask, &nodes()).await.unwrap();
        let views = gates(&house.flow, &Actor::Operator).await.unwrap();
        views[0].said.unwrap().clear_until
    };
    assert_eq!(said(Some(taken[0].received_at.micros())).await, taken[0].received_at);
    assert_eq!(said(None).await, taken[0].received_at, "it cannot say: nothing moves");
    assert_eq!(
        posts(&house.flow, &admitted, &SpooledPost::pack(&taken))
            .await
            .unwrap()
            .kept,
        1
    );
    house.runs().await;
    assert_eq!(house.counts().await, (1, 1));
    assert!(key_there(day).await);
    let ahead = now().plus(DAY).micros();
    assert!(
        said(Some(ahead)).await <= now(),
        "a clock that runs ahead lets no key go"
    );
    house.place.clock.forward(DAY);
    house.runs_until(async || !key_there(day).await).await;
}

async fn a_file_is_there_whole_or_not_at_all(place: Place) {
    let house = Standing::open(place).await;
    let gate = Gate::added(&house).await.admitted(&house).await;
    let name = SpooledFile([5; 16]);
    let path = house.place.objects().join(format!("intake/{}", name.hex()));
    let sealed = |filling: u8| {
        let mut bytes = vec![filling; 107];
        bytes[..6].copy_from_slice(&[1, 1, 0, 0, 0x51, 0x2b]);
        bytes
    };
    let put = async |pieces: Vec<Result<Vec<u8>, ()>>| {
        let pieces = pieces.into_iter().map(|piece| piece.map(Bytes::from));
        file(&house.flow, &gate, name, stream::iter(pieces)).await
    };
    for (pieces, broken_off) in [
        (vec![], false),
        (vec![Ok(sealed(7)[..50].to_vec())], false),
        (vec![Ok(b"a song".to_vec())], false),
        (vec![Ok(sealed(7)[..90].to_vec()), Err(())], true),
    ] {
        let told = put(pieces).await;
        match broken_off {
            true => assert!(matches!(told, Err(ReceiveError::BrokenOff)), "{told:?}"),
            false => assert!(matches!(told, Err(ReceiveError::Malformed)), "{told:?}"),
        }
        assert!(!has_file(&house.flow, &gate, name).await.unwrap() && !path.exists());
    }
    // In pieces of any size, and once more by another gate that fetched it too.
    put(sealed(7).chunks(4).map(|piece| Ok(piece.to_vec())).collect())
        .await
        .unwrap();
    put(vec![Ok(sealed(8))]).await.unwrap();
    assert!(has_file(&house.flow, &gate, name).await.unwrap());
    assert_eq!(std::fs::read(&path).unwrap(), sealed(7));
}

on_both! {
    what_is_handed_over_is_there_once_whatever_became_of_the_answer
    what_does_not_verify_is_refused_whole_and_what_has_no_place_by_itself
    only_a_gate_on_the_list_is_admitted
    a_certificate_is_renewed_for_the_same_key_and_the_kit_comes_along
    no_key_goes_that_opens_what_lies_on_a_gate
    a_file_is_there_whole_or_not_at_all
}
