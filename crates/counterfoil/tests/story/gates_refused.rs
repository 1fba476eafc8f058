//! Who may not hand over: without a certificate, with one of another authority, or with one that was revoked. And what reaches a gate that
//! may: new connections, new certificates.

use crate::PROGRAM;
use crate::gates::handed_over;
use crate::poster::Poster;
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_testkit::colleague::http;
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::gate::Gate;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use reqwest::StatusCode;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;

/// The name in every full node's certificate.
const FULL_NODE: &str = "full-node.counterfoil.internal";

/// Somebody who calls a full node as gates do.
struct Caller {
    http: reqwest::Client,
    base: String,
}

fn bytes(pass: &Value, of: &str) -> Result<Vec<u8>> {
    let text = match of {
        "certificate" => &pass["certificate"]["certificate"],
        other => &pass[other],
    };
    Ok(STANDARD.decode(text.as_str().context("a pass")?)?)
}

impl Caller {
    /// Believes the authority of one pass and shows the certificate of another, or none.
    fn new(address: &str, believed: &Value, shown: Option<&Value>) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(bytes(believed, "authority")?))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots);
        let config = match shown {
            None => config.with_no_client_auth(),
            Some(pass) => {
                let chain = vec![CertificateDer::from(bytes(pass, "certificate")?)];
                config.with_client_auth_cert(chain, PrivatePkcs8KeyDer::from(bytes(pass, "key")?).into())?
            }
        };
        let address: SocketAddr = address.parse()?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .resolve(FULL_NODE, address)
            .no_proxy()
            .timeout(AMPLE)
            .build()?;
        Ok(Self {
            http,
            base: format!("https://{FULL_NODE}:{}", address.port()),
        })
    }

    /// What a full node answers to what gates ask every so often.
    async fn asks(&self) -> Result<StatusCode> {
        let ask = json!({"clear_until": null, "certificate_until": 0, "renew": false});
        let asked = self.http.post(format!("{}/hand-over/v1/refresh", self.base)).json(&ask);
        Ok(asked.send().await?.status())
    }

    /// What it answers to posts, or to what should be some.
    async fn posts(&self, packed: Vec<u8>) -> Result<StatusCode> {
        let posted = self.http.post(format!("{}/hand-over/v1/posts", self.base)).body(packed);
        Ok(posted.send().await?.status())
    }
}

fn pass(gate: &Gate) -> Result<Value> {
    Ok(serde_json::from_slice(&std::fs::read(gate.pass())?)?)
}

/// The first segment of a gate's spool, as it would be handed over.
fn spooled(gate: &Gate) -> Result<Vec<u8>> {
    let mut segments: Vec<_> = std::fs::read_dir(gate.data().join("spool"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "segment"))
        .collect();
    segments.sort();
    Ok(std::fs::read(segments.first().context("a segment")?)?)
}

async fn posts(installation: &Installation) -> Result<Value> {
    Ok(installation.json(&["intake", "stats", "--json"]).await?["posts"].clone())
}

async fn who_may_not(engine: Engine) -> Result<()> {
    let agreed = Agreed::plain();
    let mut installation = Installation::make(Choices::plain(PROGRAM, engine)).await?;
    let address = installation.takes_over()?;
    installation.serve().await?;
    let hook = agreed.connect(&installation, "http://127.0.0.1:9").await?;
    let mut gate = Gate::of(&installation, "Harbour").await?;
    let second = Gate::of(&installation, "Airport").await?;
    let mut elsewhere = Installation::make(Choices::plain(PROGRAM, Engine::Sqlite)).await?;
    elsewhere.takes_over()?;
    let stranger = Gate::of(&elsewhere, "Elsewhere").await?;

    // Only a certificate of the authority makes a connection; the same call with one does.
    let (own, other) = (pass(&gate)?, pass(&stranger)?);
    ensure!(Caller::new(&address, &own, Some(&own))?.asks().await? == StatusCode::OK);
    for shown in [None, Some(&other)] {
        let called = Caller::new(&address, &own, shown)?.asks().await;
        ensure!(called.is_err(), "{called:?}");
    }
    // Nor does a gate talk to somebody whom its authority did not certify.
    let called = Caller::new(&address, &other, Some(&own))?.asks().await;
    ensure!(called.is_err(), "{called:?}");

    // A gate that carries the pass of another house keeps what it took in, and nothing of it arrives.
    let mut false_pass = own.clone();
    false_pass["key"] = other["key"].clone();
    false_pass["certificate"] = other["certificate"].clone();
    std::fs::write(gate.pass(), false_pass.to_string())?;
    gate.serve().await?;
    let poster = Poster::new(&gate.hook(&hook)?, &agreed)?;
    ensure!(poster.post().await, "{}", gate.log());
    let tried = async || Ok(gate.log().contains("nothing was handed over").then_some(()));
    until("the gate to have tried", AMPLE, tried).await?;
    ensure!(gate.health().await?["spool"]["posts"] == 1 && posts(&installation).await? == 0);
    gate.stop().await?;

    // With its own pass it arrives. Its certificate is about to end, so it gets another.
    let mut ending = own.clone();
    ending["certificate"]["until"] = json!(own["certificate"]["from"].as_i64().context("a time")? + 4_800_000_000);
    std::fs::write(gate.pass(), ending.to_string())?;
    gate.serve().await?;
    handed_over(&gate).await?;
    ensure!(posts(&installation).await? == 1);
    let renewed = pass(&gate)?;
    ensure!(renewed["certificate"]["until"].as_i64() > own["certificate"]["until"].as_i64());
    ensure!(renewed["key"] == own["key"] && renewed["certificate"]["certificate"] != own["certificate"]["certificate"]);

    // A connection that is added now is known at the gate soon.
    let more = Agreed {
        title: "Sales",
        phone_number_id: "106540352242923",
        display_number: "+27 10 555 0101",
        verify_token: "another verify token",
        ..Agreed::plain()
    };
    let later = gate.hook(&more.connect(&installation, "http://127.0.0.1:9").await?)?;
    let shaken = async || {
        let asked = "hub.mode=subscribe&hub.verify_token=another+verify+token&hub.challenge=77";
        let answer = http()?.get(format!("{later}?{asked}")).send().await?;
        Ok((answer.status() == 200).then_some(()))
    };
    until("the gate to know the new connection", AMPLE, shaken).await?;

    // Revoked: the very next request on an open connection is refused, and nothing of it is kept.
    let caller = Caller::new(&address, &own, Some(&pass(&second)?))?;
    ensure!(caller.asks().await? == StatusCode::OK);
    installation.run(&["gate", "revoke", &second.id]).await?;
    ensure!(caller.asks().await? == StatusCode::FORBIDDEN);
    ensure!(caller.posts(b"whatever".to_vec()).await? == StatusCode::FORBIDDEN);
    installation.run(&["gate", "revoke", &gate.id]).await?;
    // Soon the gate hears of it, takes in nothing more, and has no secrets any more; what it holds stays.
    let closed = async || Ok((!poster.post().await).then_some(()));
    until("the gate to close its door", AMPLE, closed)
        .await
        .with_context(|| gate.log())?;
    ensure!(!gate.data().join("intake.kit").exists());
    let health = gate.health().await?;
    ensure!(health["kit"].is_null() && health["state"] == "spooling", "{health}");
    let held = health["spool"]["posts"].as_u64().context("a number")?;
    let before = posts(&installation).await?;
    if held > 0 {
        ensure!(
            Caller::new(&address, &own, Some(&renewed))?
                .posts(spooled(&gate)?)
                .await?
                == StatusCode::FORBIDDEN
        );
    }
    gate.stop().await?;
    ensure!(posts(&installation).await? == before);

    // Another pass, and what it held comes in.
    let fresh = Gate::of(&installation, "Harbour again").await?;
    std::fs::copy(fresh.pass(), gate.pass())?;
    gate.serve().await?;
    poster
        .prove_by(&installation, async || handed_over(&gate).await)
        .await?;
    let gates = installation.json(&["gate", "list", "--json"]).await?;
    let revoked = gates
        .as_array()
        .context("a list")?
        .iter()
        .filter(|gate| !gate["revoked_at"].is_null());
    ensure!(revoked.count() == 2, "{gates}");
    gate.stop().await?;
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_without_a_right_certificate_hand_nothing_over_on_sqlite() -> Result<()> {
    who_may_not(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_without_a_right_certificate_hand_nothing_over_on_postgres() -> Result<()> {
    who_may_not(Engine::Postgres).await
}

#[tokio::test]
async fn a_gate_that_cannot_begin_says_what_to_do() -> Result<()> {
    let mut installation = Installation::make(Choices::plain(PROGRAM, Engine::Sqlite)).await?;
    let refused = installation
        .run(&["gate", "add", "--title", "Harbour", "--out", "a.pass"])
        .await;
    let refused = format!("{:#}", refused.err().context("no address is set")?);
    ensure!(refused.contains("gates.reached_at"), "{refused}");
    ensure!(!installation.folder().join("a.pass").exists());

    installation.takes_over()?;
    let gate = Gate::of(&installation, "Harbour").await?;
    let path = gate.pass();
    let says = async || {
        let ended = counterfoil_testkit::process::run(&mut gate.command(&["serve", "--intake-only"])).await?;
        ensure!(ended.status.code() == Some(1), "{}", ended.complained());
        Ok(ended.complained())
    };
    let whole = std::fs::read(&path)?;
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&path, open)?;
    let said = says().await?;
    ensure!(said.contains("chmod go-rwx"), "{said}");
    std::fs::remove_file(&path)?;
    let said = says().await?;
    ensure!(said.contains("counterfoil gate add"), "{said}");
    counterfoil_testkit::gate::write_private(&path, &whole[..whole.len() / 2])?;
    let said = says().await?;
    ensure!(said.contains("is not a pass"), "{said}");
    Ok(())
}
