//! Tests: what is written equals, byte for byte, the vectors of the format pages.

use crate::blob::{BLOB_CHUNK, BlobOpener, BlobSealer, Header};
use crate::content::Content;
use crate::envelope::{self, Envelope, Sealed};
use crate::frontier::Frontier;
use crate::intake::{Day, IntakePublic};
use crate::item::commit;
use crate::key::{self, Key, Mac};
use crate::kit::{KitError, KitKey, ReferenceKey};
use crate::place::{Address, Kind, Label, Place};
use crate::run::Run;
use aws_lc_rs::digest::{SHA256, digest};
use counterfoil_model::{ConnectionId, DeliveryId, InstallationId, Opened, Random, Timestamp, TreeId};
use serde_json::Value;
use std::sync::Mutex;
use zeroize::Zeroize;

/// Gives the bytes that it was given, in order.
struct Scripted(Mutex<Vec<u8>>);

impl Scripted {
    fn new(bytes: Vec<u8>) -> Self {
        Self(Mutex::new(bytes))
    }
}

impl Random for Scripted {
    fn fill(&self, bytes: &mut [u8]) {
        let mut script = self.0.lock().unwrap();
        let rest = script.split_off(bytes.len());
        bytes.copy_from_slice(&std::mem::replace(&mut *script, rest));
    }
}

/// Content that is never compressed and knows its bytes.
#[derive(Zeroize)]
struct AsIs(Vec<u8>);

impl Content for AsIs {
    fn encode(&self) -> Vec<u8> {
        self.0.clone()
    }
    fn decode(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.to_vec()))
    }
}

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    hex(value).try_into().unwrap()
}

fn number(value: &Value) -> u32 {
    value.as_u64().unwrap().try_into().unwrap()
}

fn code(value: &Value) -> u8 {
    value.as_u64().unwrap().try_into().unwrap()
}

struct Case {
    installation: InstallationId,
    address: Address,
    item: Key,
    place: Place,
}

fn case(vector: &Value) -> Case {
    Case {
        installation: InstallationId::from_bytes(array(&vector["installation"])),
        address: Address {
            tree: TreeId::from_bytes(array(&vector["tree"])),
            index: number(&vector["index"]),
        },
        item: Key::from_slice(&hex(&vector["item_key"])).unwrap(),
        place: Place {
            kind: Kind::from_code(code(&vector["kind"])).unwrap(),
            object: array(&vector["object"]),
            label: Label::from_code(code(&vector["label"])).unwrap(),
        },
    }
}

#[test]
fn envelopes() {
    for vector in vectors(include_str!("../vectors/sealed-envelope.json"))
        .as_array()
        .unwrap()
    {
        let name = vector["name"].as_str().unwrap();
        let case = case(vector);
        let (content, sealed) = (hex(&vector["content"]), hex(&vector["sealed"]));
        let opened = Envelope::parse(&sealed)
            .unwrap()
            .open(&case.item, case.installation, case.place);
        assert_eq!(opened.as_deref(), Some(&content), "{name}");
        assert_eq!(
            Sealed::<String>::from_bytes(sealed.clone()).address(),
            Some(case.address)
        );
        let commitment: [u8; 32] = array(&vector["commitment"]);
        assert_eq!(commit(&case.item, case.place.label, &content), commitment, "{name}");
        if vector["compressed"] == false {
            let random = Scripted::new(hex(&vector["nonce"]));
            let again = envelope::seal(
                case.installation,
                &random,
                &case.item,
                case.address,
                case.place,
                &AsIs(content),
            );
            assert_eq!(again.bytes(), sealed, "{name}");
        }
    }
}

#[test]
fn frontiers() {
    let vector = vectors(include_str!("../vectors/frontier.json"));
    let whole = || Frontier::whole(Key::from_slice(&hex(&vector["root"])).unwrap());
    for leaf in vector["leaves"].as_array().unwrap() {
        let key = whole().leaf(number(&leaf["index"])).unwrap();
        assert_eq!(key.bytes().as_slice(), hex(&leaf["key"]));
    }
    for case in vector["frontiers"].as_array().unwrap() {
        let mut frontier = whole();
        frontier.puncture(&Run::of(case["forgotten"].as_array().unwrap().iter().map(number)));
        let bytes = frontier.encode();
        if !case["frontier"].is_null() {
            assert_eq!(*bytes, hex(&case["frontier"]));
        }
        assert_eq!(digest(&SHA256, &bytes).as_ref(), hex(&case["sha256"]));
    }
    let row = &vector["row"];
    let key = Key::from_slice(&hex(&row["wrap_key"])).unwrap();
    let mut frontier = whole();
    frontier.puncture(&[Run::new(5, 5)]);
    let random = Scripted::new(hex(&row["nonce"]));
    let wrapped = key::wrap(&key, &random, &hex(&row["associated"]), &frontier.encode());
    assert_eq!(wrapped, hex(&row["wrapped"]));
}

#[test]
fn blobs() {
    let vector = vectors(include_str!("../vectors/blob.json"));
    let case = case(&vector);
    for file in vector["files"].as_array().unwrap() {
        let content: Vec<u8> = (0..number(&file["length"])).map(|i| (i * 7 % 251) as u8).collect();
        let random = Scripted::new(hex(&vector["salt"]));
        let mut sealer = BlobSealer::new(case.installation, &random, &case.item, case.address, case.place);
        let mut sealed = sealer.header();
        let header = Header::parse(&sealed).unwrap();
        for piece in content.chunks(BLOB_CHUNK - 1) {
            sealed.extend(sealer.push(piece));
        }
        sealed.extend(sealer.finish());
        assert_eq!(sealed.len() as u64, file["sealed_length"].as_u64().unwrap());
        assert_eq!(digest(&SHA256, &sealed).as_ref(), hex(&file["sealed_sha256"]));
        if !file["sealed"].is_null() {
            assert_eq!(sealed, hex(&file["sealed"]));
        }
        let opener = BlobOpener::new(case.installation, &case.item, &header, case.place);
        assert_eq!(opener.whole(&sealed).unwrap().expose(), &content);
    }
}

#[test]
fn intake_seals() {
    let vector = vectors(include_str!("../vectors/intake-seal.json"));
    let public = IntakePublic::for_vector(
        InstallationId::from_bytes(array(&vector["installation"])),
        Day::from_number(number(&vector["day"])),
        array(&vector["day_public"]),
    );
    let ids = (
        ConnectionId::from_bytes(array(&vector["connection"])),
        DeliveryId::from_bytes(array(&vector["delivery"])),
    );
    let (body, random) = (hex(&vector["body"]), Scripted::new(hex(&vector["ephemeral_private"])));
    assert_eq!(public.seal_alone(ids.0, ids.1, &body, &random), hex(&vector["sealed"]));

    let vector = vectors(include_str!("../vectors/intake-seal-run.json"));
    let run = public.run(&Scripted::new(hex(&vector["ephemeral_private"])));
    let salt = Scripted::new(hex(&vector["salt"]));
    assert_eq!(run.seal(ids.0, ids.1, &body, &salt), hex(&vector["sealed"]));
}

#[test]
fn intake_kits() {
    let vector = vectors(include_str!("../vectors/intake-kit.json"));
    let key = KitKey(Key::from_slice(&hex(&vector["key"])).unwrap());
    let (installation, content) = (
        InstallationId::from_bytes(array(&vector["installation"])),
        hex(&vector["content"]),
    );
    let made_at = Timestamp::from_micros(vector["made_at"].as_i64().unwrap());
    let random = Scripted::new(hex(&vector["nonce"]));
    let kit = key.seal(installation, made_at, &Opened::new(content.clone()), &random);
    assert_eq!(kit, hex(&vector["kit"]));
    let opened = key.open(&kit).unwrap();
    assert_eq!((opened.installation, opened.made_at), (installation, made_at));
    assert_eq!(opened.content.expose(), &content);
    for at in 0..kit.len() {
        let mut altered = kit.clone();
        altered[at] ^= 1;
        let told = key.open(&altered).err();
        assert_eq!(
            told,
            Some(if at < 8 { KitError::NotAKit } else { KitError::Altered }),
            "byte {at}"
        );
        let told = key.open(&kit[..at]).err();
        assert_eq!(
            told,
            Some(if at < 32 { KitError::NotAKit } else { KitError::Altered }),
            "cut at {at}"
        );
    }
}

#[test]
fn spooled_files() {
    let vector = vectors(include_str!("../vectors/spooled-file.json"));
    let connection = ConnectionId::from_bytes(array(&vector["connection"]));
    let public = IntakePublic::for_vector(
        InstallationId::from_bytes(array(&vector["installation"])),
        Day::from_number(number(&vector["day"])),
        array(&vector["day_public"]),
    );
    let reference = ReferenceKey::derived(&Mac::new(&Key::from_slice(&hex(&vector["dedupe"])).unwrap()));
    assert_eq!(reference.reveal().to_vec(), hex(&vector["reference"]));
    for file in vector["files"].as_array().unwrap() {
        let name = reference.name(connection, file["media_id"].as_str().unwrap());
        assert_eq!(name.to_vec(), hex(&file["name"]));
        let random = Scripted::new([hex(&file["file_key"]), hex(&file["ephemeral"])].concat());
        let mut sealer = public.file_sealer(connection, name, &random);
        let mut sealed = sealer.header();
        sealed.extend(sealer.push(&hex(&file["plain"])));
        sealed.extend(sealer.finish());
        assert_eq!(sealed, hex(&file["sealed"]));
    }
}
