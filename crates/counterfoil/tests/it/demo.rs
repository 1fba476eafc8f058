//! The demo: one address on this machine, a log-in that is good for nothing else, nothing readable on the disk.

use crate::program::{Running, complained, http, program, run, said};
use reqwest::header::{COOKIE, HOST, LOCATION, SET_COOKIE};
use serde_json::Value;

const LINE: &str = "Hi, my windscreen cracked, policy KM-20417";

struct Demo {
    running: Running,
    address: String,
    page: String,
    http: reqwest::Client,
    folder: tempfile::TempDir,
}

impl Demo {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let command = program(
            folder.path(),
            &["demo", "--keep", "demo", "--samples", "0", "--no-browser"],
        );
        let mut running = Running::start(command);
        let address = running.address();
        let http = http();
        let page = http
            .get(format!("{address}/"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        Self {
            running,
            address,
            page,
            http,
            folder,
        }
    }

    /// The address in the attribute `name` of the frame called `title`.
    fn frame(&self, name: &str, title: &str) -> String {
        let (_, frame) = self.page.split_once(&format!("<iframe title=\"{title}\"")).unwrap();
        let (_, rest) = frame.split_once(&format!("{name}=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    async fn json(&self, path: &str) -> Value {
        let text = self
            .http
            .get(format!("{}{path}", self.address))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
    }

    /// Asks for the steps until the one with this index is done.
    async fn step(&self, index: usize) {
        while self.json("/steps").await["done"][index] != Value::Bool(true) {
            tokio::task::yield_now().await;
        }
    }

    /// Writes the card's line on the handset.
    async fn write(&self) {
        let handset = self.frame("src", "The customer’s handset");
        let (base, customer) = handset.split_once("/?customer=").unwrap();
        let form = [("customer", customer), ("body", LINE)];
        let body = form
            .map(|(name, value)| format!("{name}={}", value.replace(' ', "+")))
            .join("&");
        let post = self
            .http
            .post(format!("{base}/send"))
            .header("content-type", "application/x-www-form-urlencoded");
        assert!(post.body(body).send().await.unwrap().status().as_u16() < 400);
    }

    /// Signs in through the page's own entrance, and returns the product's address and the cookie.
    async fn enter(&self) -> (String, String) {
        let entrance = self.frame("src", "The agent’s inbox");
        let answer = self.http.get(&entrance).send().await.unwrap();
        assert_eq!(answer.headers()[LOCATION], "/inbox");
        let cookie = answer.headers()[SET_COOKIE]
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let (product, _) = entrance.split_once("/demo/enter/").unwrap();
        (product.to_owned(), cookie)
    }
}

#[tokio::test]
async fn the_page_signs_in_and_the_message_is_in_the_inbox() {
    let demo = Demo::start().await;
    let (product, cookie) = demo.enter().await;
    let entrance = demo.frame("src", "The agent’s inbox");
    let again = demo.http.get(&entrance).send().await.unwrap();
    assert!(!again.headers().contains_key(SET_COOKIE), "an entrance works once");

    demo.write().await;
    let inbox = loop {
        let inbox = demo
            .http
            .get(format!("{product}/inbox"))
            .header(COOKIE, &cookie)
            .send()
            .await
            .unwrap();
        assert_eq!(inbox.status(), 200);
        let text = inbox.text().await.unwrap();
        if text.contains("windscreen") {
            break text;
        }
    };
    assert_eq!(demo.json("/steps").await["done"][1], false, "nobody opened it yet");
    let at = inbox.find("/inbox/cnv_").unwrap();
    let thread = inbox[at..].split('"').next().unwrap();
    let opened = demo
        .http
        .get(format!("{product}{thread}"))
        .header(COOKIE, &cookie)
        .send()
        .await
        .unwrap();
    assert!(opened.text().await.unwrap().contains("KM-20417"));
    demo.step(1).await;
    let again = demo.http.get(&entrance).send().await.unwrap();
    assert_eq!(
        again.headers()[LOCATION],
        thread,
        "a reload goes on where the visitor was"
    );
    assert!(demo.running.stop("INT"));
}

#[tokio::test]
async fn the_disk_holds_no_word_and_a_flipped_bit_is_found() {
    let demo = Demo::start().await;
    let empty = demo.http.get(format!("{}/disk", demo.address)).send().await.unwrap();
    assert_eq!(empty.status(), 409, "there is nothing to look at yet");
    demo.write().await;
    let disk = loop {
        let answer = demo.http.get(format!("{}/disk", demo.address)).send().await.unwrap();
        if answer.status() == 200 {
            break serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap();
        }
    };
    assert!(disk["row"]["length"].as_u64().unwrap() > 64);
    for word in ["windscreen", "KM-20417", "Thandi", LINE] {
        let search = demo
            .http
            .post(format!("{}/disk/search", demo.address))
            .body(word)
            .send()
            .await
            .unwrap();
        let found: Value = serde_json::from_str(&search.text().await.unwrap()).unwrap();
        assert_eq!(found["hits"], Value::Array(Vec::new()), "{word}");
        assert!(
            found["files"].as_u64().unwrap() >= 2 && found["control"]["hits"].as_u64().unwrap() > 0,
            "{found}"
        );
    }
    let flipped = demo.http.post(format!("{}/flip", demo.address)).send().await.unwrap();
    let status = flipped.status();
    let text = flipped.text().await.unwrap();
    assert_eq!(status, 200, "{text}");
    let flipped: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        flipped["after"], "Altered: message 1 of this conversation.",
        "{flipped}"
    );

    let folder = demo.folder;
    assert!(demo.running.stop("INT"));
    let verified = run(folder.path(), &["--config", "demo/counterfoil.toml", "verify"]);
    assert!(
        verified.status.success(),
        "the data itself was not touched: {}",
        said(&verified)
    );
}

#[tokio::test]
async fn another_machine_cannot_reach_it() {
    let demo = Demo::start().await;
    let port = demo.address.rsplit(':').next().unwrap();
    let product = demo.frame("src", "The agent’s inbox");
    for address in [format!("{}/", demo.address), product] {
        let rebound = demo
            .http
            .get(&address)
            .header(HOST, format!("evil.example:{port}"))
            .send()
            .await
            .unwrap();
        assert_eq!(rebound.status(), 421, "{address}");
    }
    // Every other address of this machine is refused: the demo listens on 127.0.0.1 alone.
    assert!(std::net::TcpStream::connect(format!("127.0.0.2:{port}")).is_err());
    let other_site = demo
        .http
        .post(format!("{}/flip", demo.address))
        .header("sec-fetch-site", "cross-site");
    assert_eq!(other_site.send().await.unwrap().status(), 403);
    assert!(demo.running.stop("TERM"));
}

#[tokio::test]
async fn its_data_and_its_log_in_are_good_for_nothing_else() {
    let demo = Demo::start().await;
    let (_, cookie) = demo.enter().await;
    let folder = demo.folder;
    assert!(demo.running.stop("INT"));
    let served = run(folder.path(), &["--config", "demo/counterfoil.toml", "serve"]);
    assert_eq!(served.status.code(), Some(1));
    assert!(
        complained(&served).contains("made by `counterfoil demo`"),
        "{}",
        complained(&served)
    );

    let installation = crate::program::Installation::new();
    let mut server = Running::start(program(installation.path(), &["serve"]));
    let address = server.address();
    let http = http();
    let inbox = http
        .get(format!("{address}/inbox"))
        .header(COOKIE, cookie)
        .send()
        .await
        .unwrap();
    assert_ne!(inbox.status(), 200, "a demo's session opens nothing");
    let entrance = http.get(format!("{address}/demo/enter/0")).send().await.unwrap();
    assert_eq!(entrance.status(), 404, "there is no entrance outside the demo");
    assert!(server.stop("TERM"));
}

#[test]
fn without_keep_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path(), &["demo", "--samples", "0", "--no-browser"]);
    command.env("TMPDIR", folder.path());
    let mut running = Running::start(command);
    running.address();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(running.stop("INT"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
