//! Told to stop, a server finishes what it has begun: a post that is arriving is answered, a message that has left gets its answer, and
//! no claim is left behind that another node would have to wait for.

use crate::arriving::{Arriving, conversing, post};
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_finishes_what_it_has_begun() -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), Engine::Postgres);
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let provider = TcpListener::bind("127.0.0.1:0").await?;
    let agreed = Agreed::plain();
    let hook = agreed
        .connect(&installation, &format!("http://{}", provider.local_addr()?))
        .await?;
    let (naledi, conversation) = conversing(&installation, &hook, &agreed).await?;

    // A message has left and its answer is not there; a post is arriving.
    naledi
        .post(&conversation, "Please send us a photo of it.", "one")
        .await?;
    let (mut leaving, _) = tokio::time::timeout(AMPLE, provider.accept()).await??;
    let mut request = [0; 64 << 10];
    let mut read = 0;
    while !String::from_utf8_lossy(&request[..read]).contains("photo of it") {
        let more = leaving.read(&mut request[read..]).await?;
        ensure!(more > 0, "the message is whole");
        read += more;
    }
    let arriving = Arriving::begin(&installation, &hook, &agreed, &post(&agreed, "wamid.LAST")?).await?;
    installation.tell_to_stop();
    let refused = async || {
        let address = installation.address.trim_start_matches("http://");
        Ok(TcpStream::connect(address).await.is_err().then_some(()))
    };
    until("nothing new to be taken on", AMPLE, refused).await?;
    ensure!(arriving.end().await? == "200", "what was arriving is answered");
    let accepted =
        json!({"messaging_product": "whatsapp", "contacts": [{"input": "27105550101", "wa_id": "27105550101"}],
        "messages": [{"id": "wamid.OUT"}]})
        .to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{accepted}",
        accepted.len()
    );
    leaving.write_all(answer.as_bytes()).await?;
    installation.stopped().await?;
    let records = &installation.databases[0];
    let claims = records
        .ask("select kind from job where node is not null or begun_at is not null")
        .await?;
    ensure!(claims.is_empty(), "claims are left: {claims:?}");
    let held = "select name from lease where leased_until > extract(epoch from clock_timestamp()) * 1000000";
    let held = records.ask(held).await?;
    ensure!(held.is_empty(), "leases are left: {held:?}");
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    // Nothing is sent twice, and what arrived last is there.
    installation.serve().await?;
    let naledi = Colleague::sign_in(&installation.address, "naledi@example.org", "a long enough password").await?;
    let messages = naledi
        .messages(&conversation, "both messages and the reply", |messages| {
            messages.len() == 3
        })
        .await?;
    let reply = messages.iter().find(|message| message["direction"] == "outbound");
    let state = &reply.context("the reply is there")?["state"];
    ensure!(
        state == "accepted" || state == "sent",
        "the reply has its answer: {state}"
    );
    installation.stop().await
}
