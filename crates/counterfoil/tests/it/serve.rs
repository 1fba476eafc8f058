//! Serving: never in the open without TLS, one process at a time, commands through the socket, and an orderly stop.

use crate::program::{Installation, Running, complained, http, json, program, said};
use std::os::unix::fs::PermissionsExt;

const POST: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550100200","phone_number_id":"100"},
"contacts":[{"profile":{"name":"Thandi"},"wa_id":"15550100201"}],
"messages":[{"id":"wamid.A","from":"15550100201","timestamp":"1790000001","type":"text","text":{"body":"windscreen"}}]}}]}]}"#;

fn add_connection(installation: &Installation) -> std::process::Output {
    for (name, secret) in [("app", "s3cret"), ("verify", "hello-4711"), ("access", "EAAx")] {
        std::fs::write(installation.path().join(name), secret).unwrap();
    }
    installation.run(&[
        "connection",
        "add",
        "--json",
        "--title",
        "Claims",
        "--phone-number-id",
        "100",
        "--display-number",
        "+1 555 010 0200",
        "--app-secret-file",
        "app",
        "--verify-token-file",
        "verify",
        "--access-token-file",
        "access",
    ])
}

#[test]
fn an_open_address_without_tls_is_refused() {
    let installation = Installation::new();
    let mut command = program(installation.path(), &["serve"]);
    let output = command
        .env("COUNTERFOIL_SERVER__ADDRESS", "0.0.0.0:0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("without TLS"), "{}", complained(&output));
}

#[tokio::test]
async fn a_post_is_accepted_counted_and_recorded_once() {
    let installation = Installation::new();
    let mut server = Running::start(program(installation.path(), &["serve"]));
    let address = server.address();
    let admin = server.address();
    let http = http();
    assert_eq!(http.get(format!("{admin}/healthz")).send().await.unwrap().status(), 204);
    assert_eq!(http.get(format!("{admin}/readyz")).send().await.unwrap().status(), 204);
    assert_eq!(
        http.get(format!("{address}/sign-in")).send().await.unwrap().status(),
        200
    );

    let socket = installation.data().join("operator.sock");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let added = add_connection(&installation);
    assert!(added.status.success(), "{}", complained(&added));
    let hook = format!("{address}{}", json(&added)["hook"].as_str().unwrap());
    let listed = installation.run(&["connection", "list"]);
    assert!(
        said(&listed).contains("Claims") && said(&listed).contains(&hook),
        "{}",
        said(&listed)
    );

    let shake = "hub.mode=subscribe&hub.verify_token=hello-4711&hub.challenge=77";
    let shaken = http.get(format!("{hook}?{shake}")).send().await.unwrap();
    assert_eq!(shaken.text().await.unwrap(), "77");

    std::fs::create_dir(installation.path().join("posts")).unwrap();
    std::fs::write(installation.path().join("posts/one.json"), POST).unwrap();
    let replay = [
        "replay",
        "posts",
        "--to",
        &hook,
        "--app-secret-file",
        "app",
        "--twice",
        "--json",
    ];
    let replayed = installation.run(&replay);
    assert!(replayed.status.success(), "{}", said(&replayed));

    let stats = loop {
        let stats = json(&installation.run(&["intake", "stats", "--json"]));
        if stats["waiting"] == 0 {
            break stats;
        }
    };
    assert_eq!(stats["posts"], 2);
    let sum = |outcome: &str| {
        stats["kinds"]
            .as_object()
            .unwrap()
            .values()
            .map(|kind| kind[outcome].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!((sum("recorded"), sum("repeated"), sum("kept")), (1, 1, 0), "{stats}");

    let second = installation.run(&["serve"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(server.stop("TERM"), "a told stop is an orderly one");
    assert!(!socket.exists());

    let verified = installation.run(&["verify", "--json"]);
    assert!(
        verified.status.success(),
        "{}{}",
        said(&verified),
        complained(&verified)
    );
    let after = json(&installation.run(&["intake", "stats", "--json"]));
    assert_eq!(after, stats, "the same without a server");
}

#[test]
fn people_are_invited_with_and_without_a_server() {
    let installation = Installation::new();
    let alone = json(&installation.run(&["invite", "Naledi Dlamini", "--role", "agent", "--json"]));
    assert!(alone["link"].as_str().unwrap().contains("/join/"));
    let mut server = Running::start(program(installation.path(), &["serve"]));
    let address = server.address();
    let through = json(&installation.run(&[
        "invite",
        "Sipho Zulu",
        "--role",
        "agent",
        "--role",
        "supervisor",
        "--json",
    ]));
    assert!(
        through["link"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{address}/join/"))
    );
    assert!(server.stop("INT"));
}
