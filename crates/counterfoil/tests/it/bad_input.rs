//! Bad input at the real program's doors: each has its clear answer, is counted, and changes nothing.

use crate::program::{Installation, Running, complained, http, json, program};
use counterfoil_testkit::mutation::{Chance, bent};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::payloads::payloads;
use counterfoil_testkit::surroundings::full_size;
use counterfoil_whatsapp::webhook::{AppSecret, sign, split};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const SECRET: &str = "s3cret";
const TEXT: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
"metadata":{"display_phone_number":"15550100200","phone_number_id":"100"},
"messages":[{"id":"wamid.GOOD","from":"15550100201","timestamp":"1790000001","type":"text","text":{"body":"windscreen"}}]}}]}]}"#;
const LIMIT: usize = 3 << 20;

/// A server with one connection.
struct Served {
    installation: Installation,
    server: Running,
    address: String,
    admin: String,
    /// The hook's path.
    hook: String,
}

impl Served {
    fn new() -> Self {
        let installation = Installation::new();
        for (name, secret) in [("app", SECRET), ("verify", "hello-4711"), ("access", "EAAx")] {
            std::fs::write(installation.path().join(name), secret).unwrap();
        }
        let mut command = program(installation.path(), &["serve"]);
        command.env("COUNTERFOIL_SERVER__HEADER_SECONDS", "1");
        let mut server = Running::start(command);
        let (address, admin) = (server.address(), server.address());
        let line = "connection add --json --title Claims --phone-number-id 100 --app-secret-file app --verify-token-file verify \
                    --access-token-file access --display-number +15550100200";
        let added = installation.run(&line.split_whitespace().collect::<Vec<_>>());
        assert!(added.status.success(), "{}", complained(&added));
        let hook = json(&added)["hook"].as_str().unwrap().to_owned();
        Self {
            installation,
            server,
            address,
            admin,
            hook,
        }
    }

    async fn post(&self, body: Vec<u8>, signature: Option<&str>) -> u16 {
        let mut request = http().post(format!("{}{}", self.address, self.hook)).body(body);
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        request.send().await.unwrap().status().as_u16()
    }

    async fn post_signed(&self, body: &[u8]) -> u16 {
        let signature = sign(body, &AppSecret::new(SECRET));
        self.post(body.to_vec(), Some(&signature)).await
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(AMPLE)).unwrap();
        stream
    }

    /// The status of what is answered to these bytes.
    fn answered(&self, sent: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(sent).unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        String::from_utf8_lossy(&status[9..]).into_owned()
    }

    /// What came in, once nothing waits.
    async fn stats(&self) -> Value {
        let recorded = async || {
            let stats = json(&self.installation.run(&["intake", "stats", "--json"]));
            Ok((stats["waiting"] == 0).then_some(stats))
        };
        until("everything to be recorded", AMPLE, recorded).await.unwrap().0
    }

    async fn counted(&self, outcome: &str) -> u64 {
        let measures = http().get(format!("{}/metrics", self.admin)).send().await.unwrap();
        let measures = measures.text().await.unwrap();
        let start = format!("counterfoil_hook_posts_total{{outcome=\"{outcome}\"}} ");
        let line = measures.lines().find_map(|line| line.strip_prefix(&start));
        line.map_or(0, |count| count.parse().unwrap())
    }
}

fn sum(stats: &Value, outcome: &str) -> u64 {
    let kinds = stats["kinds"].as_object().unwrap().values();
    kinds.map(|kind| kind[outcome].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn a_post_without_the_right_signature_leaves_nothing() {
    let served = Served::new();
    let other = sign(TEXT.as_bytes(), &AppSecret::new("another"));
    let spoilt = sign(b"other bytes", &AppSecret::new(SECRET));
    let refused = [
        None,
        Some(""),
        Some("sha256=00"),
        Some("sha1=00"),
        Some(&*other),
        Some(&*spoilt),
    ];
    for signature in refused {
        assert_eq!(served.post(TEXT.into(), signature).await, 401, "{signature:?}");
    }
    let unknown = format!("{}/hooks/whatsapp/con_{}", served.address, "0".repeat(32));
    for address in [unknown, format!("{}/hooks/whatsapp/nowhere", served.address)] {
        let answer = http().post(address).body(TEXT).send().await.unwrap();
        assert_eq!(answer.status(), 404);
    }
    for token in ["", "hello-4712", "hello-4711%00"] {
        let asked = format!(
            "{}{}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=77",
            served.address, served.hook
        );
        assert_eq!(http().get(asked).send().await.unwrap().status(), 403);
    }
    assert_eq!(served.stats().await["posts"], 0);
    assert_eq!(served.counted("signature_wrong").await, 6);
    assert_eq!(served.counted("connection_unknown").await, 2);
    assert_eq!(served.counted("handshake_refused").await, 3);
    assert!(served.server.stop("TERM"));
}

#[tokio::test]
async fn a_post_that_is_too_large_is_refused_before_it_is_read() {
    let served = Served::new();
    let head = format!("POST {} HTTP/1.1\r\nHost: localhost\r\n", served.hook);
    // Nothing follows: who waits for the body would wait in vain.
    let announced = format!("{head}Content-Length: {}\r\n\r\n", LIMIT + 1);
    assert_eq!(served.answered(announced.as_bytes()), "413");
    let mut chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", LIMIT + 1).into_bytes();
    chunked.resize(chunked.len() + LIMIT + 1, b'x');
    assert_eq!(served.answered(&chunked), "413");
    assert_eq!(served.counted("too_large").await, 2);
    assert_eq!(served.post_signed(&vec![b' '; LIMIT]).await, 200);
    assert_eq!(served.stats().await["posts"], 1);
    assert!(served.server.stop("TERM"));
}

#[tokio::test]
async fn a_head_that_never_ends_is_hung_up_on() {
    let served = Served::new();
    let mut slow = served.connect();
    slow.write_all(b"POST /hooks/whatsapp/x HTTP/1.1\r\nHost: ").unwrap();
    // One second is allowed; the read ends when the server hangs up, and fails when it does not.
    let mut answer = Vec::new();
    slow.read_to_end(&mut answer).unwrap();
    assert_eq!(served.post_signed(TEXT.as_bytes()).await, 200);
    assert!(served.server.stop("TERM"));
}

#[tokio::test]
async fn what_is_signed_and_cannot_be_read_is_kept_whole_and_shown() {
    let served = Served::new();
    let deep = format!(
        "{{\"object\":\"whatsapp_business_account\",\"entry\":{}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let bodies: [&[u8]; 7] = [
        b"",
        &TEXT.as_bytes()[..200],
        b"this is no JSON",
        b"\xff\xfe not a text",
        br#"{"object":"whatsapp_business_account","entry":{"id":1}}"#,
        br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":7}}]}]}"#,
        deep.as_bytes(),
    ];
    for body in bodies {
        assert_eq!(served.post_signed(body).await, 200);
    }
    let stats = served.stats().await;
    assert_eq!((sum(&stats, "kept"), sum(&stats, "recorded")), (7, 0), "{stats}");
    let shown = |more: &[&str]| {
        let line = ["intake", "kept", "--json"];
        json(&served.installation.run(&[&line, more].concat()))
    };
    let first = shown(&["--limit", "5"]);
    assert_eq!(first["reasons"], serde_json::json!({"not_understood": 7}));
    assert_eq!(first["items"].as_array().unwrap().len(), 5);
    let rest = shown(&["--after", first["next"].as_str().unwrap()]);
    assert_eq!(
        (rest["items"].as_array().unwrap().len(), &rest["next"]),
        (2, &Value::Null)
    );
    assert!(!first.to_string().contains("no JSON"));
    let people = served.installation.run(&["intake", "kept"]);
    assert!(crate::program::said(&people).contains("Kept whole: 7 not_understood"));
    assert!(served.server.stop("TERM"));
}

#[tokio::test]
async fn fire_5_bent_posts_are_accepted_over_http() {
    let served = Served::new();
    let ways = if full_size() { 20 } else { 1 };
    let (mut posts, mut items) = (0_u64, 0);
    for (_, body) in payloads() {
        for way in 0..ways {
            let body = bent(&body, &mut Chance::new(4_711 + way));
            items += split(&body).items.len();
            posts += 1;
            assert_eq!(served.post_signed(&body).await, 200);
        }
    }
    assert_eq!(served.post_signed(TEXT.as_bytes()).await, 200);
    let stats = served.stats().await;
    let all = ["recorded", "repeated", "kept"].map(|outcome| sum(&stats, outcome));
    assert_eq!(stats["posts"], posts + 1);
    assert_eq!(all.iter().sum::<u64>(), u64::try_from(items).unwrap() + 1);
    assert_eq!(
        stats["kinds"]["message.text"]["recorded"].as_u64().map(|n| n > 0),
        Some(true)
    );
    println!("over HTTP: {posts} bent posts, {items} items: recorded, repeated and kept {all:?}");
    assert!(served.server.stop("TERM"));
}

#[tokio::test]
async fn bad_calls_of_the_json_interface_have_their_answers() {
    let served = Served::new();
    assert_eq!(served.post_signed(TEXT.as_bytes()).await, 200);
    served.stats().await;
    let link = json(
        &served
            .installation
            .run(&["invite", "Naledi Dlamini", "--role", "agent", "--json"]),
    );
    let link = link["link"].as_str().unwrap().to_owned();
    let form = "login=naledi%40example.org&password=a+long+enough+password";
    let joined = http()
        .post(link)
        .header("origin", &served.address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    let cookie = joined.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();

    let call = |path: &str| {
        let call = http().post(format!("{}/api/v1{path}", served.address));
        call.header("cookie", &cookie).header("origin", &served.address)
    };
    let list = http().get(format!("{}/api/v1/conversations", served.address));
    let list: Value = list
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let here = format!(
        "/conversations/{}/messages",
        list["conversations"][0]["id"].as_str().unwrap()
    );
    let there = format!("/conversations/cnv_{}/messages", "0".repeat(32));
    let (kind, key) = ("content-type", "idempotency-key");
    let note = |text: &str| format!(r#"{{"note":true,"text":"{text}"}}"#);
    let plain = |path: &str, body: Vec<u8>| call(path).header(kind, "application/json").body(body);
    for (request, status, code, field) in [
        (
            plain(&here, br#"{"text":"a","colour":1}"#.into()),
            400,
            "malformed",
            Some("colour"),
        ),
        (plain(&here, br#"{"note":true}"#.into()), 400, "malformed", Some("text")),
        (plain(&here, br#"{"text":7}"#.into()), 400, "malformed", None),
        (plain(&here, b"{\"text\":\"\xff\"}".into()), 400, "malformed", None),
        (plain(&here, b"{\"text\":".into()), 400, "malformed", None),
        (
            call(&here).header(kind, "text/plain").body(note("a")),
            400,
            "malformed",
            None,
        ),
        (
            plain(&here, note(&"x".repeat(300 << 10)).into()),
            413,
            "too_large",
            None,
        ),
        (
            plain("/conversations/7/messages", note("a").into()),
            404,
            "not_found",
            None,
        ),
        (plain(&there, note("a").into()), 404, "not_found", None),
        (plain("/nowhere", Vec::new()), 404, "not_found", None),
        (
            plain(&here, note("a").into()).header(key, "x".repeat(5_000)),
            400,
            "key_malformed",
            None,
        ),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{code}");
        assert_eq!(answer.headers()[kind], "application/problem+json");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(
            (&problem["code"], problem["field"].as_str()),
            (&Value::from(code), field)
        );
    }
    let nobody = http()
        .post(format!("{}/api/v1{here}", served.address))
        .bearer_auth("a token of nobody");
    assert_eq!(nobody.json(&note("a")).send().await.unwrap().status(), 401);

    // A key belongs to what was written with it.
    let keyed = async |text: &str| {
        let answer = plain(&here, note(text).into())
            .header(key, "4711")
            .send()
            .await
            .unwrap();
        answer.status().as_u16()
    };
    assert_eq!(
        (keyed("first").await, keyed("first").await, keyed("second").await),
        (201, 200, 409)
    );
    let list = http().get(format!("{}/api/v1{here}", served.address));
    let thread: Value = list
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        thread["messages"].as_array().unwrap().len(),
        2,
        "the message and one note"
    );
    assert!(served.server.stop("TERM"));
}

/// Bodies as large as may be, without a signature, many at once: they are refused, the memory stays bounded, and who has a right to
/// post gets through meanwhile.
#[tokio::test]
async fn fire_7_hostile_bodies() {
    let served = Served::new();
    let many = if full_size() { 500 } else { 60 };
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LIMIT}\r\nX-Hub-Signature-256: sha256={}\r\n\r\n",
        served.hook,
        "0".repeat(64)
    );
    // Each announces all and sends nearly nothing, then all of it.
    let mut open: Vec<TcpStream> = (0..many).map(|_| served.connect()).collect();
    for stream in &mut open {
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&[b'x'; 1_000]).unwrap();
    }
    for _ in 0..20 {
        assert_eq!(served.post_signed(TEXT.as_bytes()).await, 200);
    }
    let sending: Vec<_> = open
        .into_iter()
        .map(|mut stream| {
            std::thread::spawn(move || {
                stream.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
                // The server may hang up while this is still being sent.
                let _ = stream.write_all(&vec![b'x'; LIMIT - 1_000]);
                let mut status = [0; 12];
                let _ = stream.read_exact(&mut status);
                String::from_utf8_lossy(&status[9..]).into_owned()
            })
        })
        .collect();
    let mut most_kib = 0;
    for _ in 0..20 {
        assert_eq!(served.post_signed(TEXT.as_bytes()).await, 200);
        most_kib = most_kib.max(served.server.resident_kib());
    }
    let answers: Vec<String> = sending.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(answers.iter().all(|status| status != "200"), "{answers:?}");
    most_kib = most_kib.max(served.server.resident_kib());
    assert!(most_kib < 300 << 10, "{most_kib} KiB resident");
    let stats = served.stats().await;
    assert_eq!((&stats["posts"], sum(&stats, "recorded")), (&Value::from(40), 1));
    println!(
        "hostile bodies: {many} of {LIMIT} bytes at once, {} MiB resident at most",
        most_kib >> 10
    );
    assert!(served.server.stop("TERM"));
}
