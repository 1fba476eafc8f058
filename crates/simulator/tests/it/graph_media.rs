//! Files: up, where, down, gone; and each way in which that fails.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use counterfoil_simulator::{MediaFault, MediaId};
use serde_json::{Value, json};

use crate::harness::{NUMBER, TOKEN, World};

const PHOTO: &[u8] = b"not really a photo, but its bytes are its own";

async fn inbound(world: &World) -> (MediaId, Value) {
    let before = world.hook.all().len();
    world
        .sim
        .customer_image(&world.customer, Bytes::from_static(PHOTO), "image/jpeg", None)
        .await;
    let all = world.hook.wait_for(before + 1).await;
    let image = all[before].json()["entry"][0]["changes"][0]["value"]["messages"][0]["image"].clone();
    (MediaId::new(image["id"].as_str().unwrap()), image)
}

async fn fetch(world: &World, url: &str) -> (u16, Bytes) {
    let answer = world.client.get(url).bearer_auth(TOKEN).send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap())
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes)
        .as_ref()
        .to_vec()
}

#[tokio::test]
async fn an_inbound_file_is_found_fetched_and_deleted() {
    let world = World::start().await;
    let (id, image) = inbound(&world).await;
    assert_eq!(image["sha256"], STANDARD.encode(sha256(PHOTO)));
    assert_eq!(
        fetch(&world, image["url"].as_str().unwrap()).await,
        (200, Bytes::from_static(PHOTO))
    );

    let (status, found) = world.get(&format!("{id}?phone_number_id={NUMBER}")).await;
    assert_eq!((status, &found["file_size"]), (200, &json!(PHOTO.len())));
    let hex: String = sha256(PHOTO).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found["sha256"], hex);
    let url = found["url"].as_str().unwrap();
    assert_eq!(fetch(&world, url).await, (200, Bytes::from_static(PHOTO)));
    assert_eq!(world.client.get(url).send().await.unwrap().status(), 401);

    let gone = world
        .client
        .delete(world.graph(id.as_str()))
        .bearer_auth(TOKEN)
        .send()
        .await
        .unwrap();
    assert_eq!(gone.json::<Value>().await.unwrap(), json!({ "success": true }));
    assert!(!world.sim.media_is_kept(&id));
    assert_eq!(fetch(&world, url).await.0, 404);
    assert_eq!(world.get(id.as_str()).await.1["error"]["code"], 100);
    assert_eq!(
        world.sim.media_bytes(&id).unwrap(),
        PHOTO,
        "the phone keeps what the provider deleted"
    );
}

#[tokio::test]
async fn an_address_lives_five_minutes_and_cannot_be_made_up() {
    let world = World::start().await;
    let (id, _) = inbound(&world).await;
    let url = world.get(id.as_str()).await.1["url"].as_str().unwrap().to_owned();
    assert_eq!(fetch(&world, &url.replace("hash=", "hash=0")).await.0, 404);
    world.pass(Duration::from_secs(299));
    assert_eq!(fetch(&world, &url).await.0, 200);
    world.pass(Duration::from_secs(1));
    assert_eq!(fetch(&world, &url).await.0, 404);
    world.pass(Duration::from_secs(7 * 24 * 60 * 60));
    assert_eq!(world.get(id.as_str()).await.0, 400);
}

#[tokio::test]
async fn each_media_fault_happens_where_it_can() {
    let world = World::start().await;
    let (id, image) = inbound(&world).await;
    let url = image["url"].as_str().unwrap();
    world.sim.fail_next_media(MediaFault::WrongDigest, 1);
    let (status, _) = world.get(id.as_str()).await;
    assert_eq!(status, 200, "a wrong digest waits for the fetch");
    let (status, bytes) = fetch(&world, url).await;
    assert_eq!((status, bytes.len()), (200, PHOTO.len()));
    assert_ne!(bytes, PHOTO);
    world.sim.fail_next_media(MediaFault::TooLarge, 1);
    assert!(fetch(&world, url).await.1.len() > PHOTO.len());
    world.sim.fail_next_media(MediaFault::NotFound, 1);
    assert_eq!(world.get(id.as_str()).await.0, 400);
    world.sim.fail_next_media(MediaFault::Expired, 1);
    let dead = world.get(id.as_str()).await.1["url"].as_str().unwrap().to_owned();
    assert_eq!(fetch(&world, &dead).await.0, 404);
    world.sim.fail_next_media(MediaFault::Internal, 1);
    assert_eq!(world.get(id.as_str()).await.0, 500);
    assert_eq!(fetch(&world, url).await, (200, Bytes::from_static(PHOTO)));
}

#[tokio::test]
async fn an_uploaded_file_can_be_sent() {
    let world = World::start().await;
    let url = world.graph(&format!("{NUMBER}/media"));
    let form = |mime: &str, length: usize| {
        let part = reqwest::multipart::Part::bytes(vec![1; length])
            .file_name("a")
            .mime_str(mime)
            .unwrap();
        reqwest::multipart::Form::new()
            .text("messaging_product", "whatsapp")
            .part("file", part)
    };
    let answer = world
        .client
        .post(&url)
        .bearer_auth(TOKEN)
        .multipart(form("image/jpeg", 100))
        .send()
        .await
        .unwrap();
    let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let body = json!({ "messaging_product": "whatsapp", "to": "27825550101", "type": "image", "image": { "id": id, "caption": "Your quote" } });
    assert_eq!(world.send(&body).await.0, 200);
    for (mime, length) in [
        ("image/jpeg", 5 * 1024 * 1024 + 1),
        ("image/heic", 10),
        ("image/png", 0),
    ] {
        let answer = world
            .client
            .post(&url)
            .bearer_auth(TOKEN)
            .multipart(form(mime, length))
            .send()
            .await
            .unwrap();
        assert_eq!(
            answer.json::<Value>().await.unwrap()["error"]["code"],
            131_053,
            "{mime} {length}"
        );
    }
}
