//! One customer among many is erased for good: nothing of her lies anywhere, nothing brings her back, all else verifies, and a backup from before opens nothing of her once the key epoch
//! is retired.

use crate::PROGRAM;
use crate::away::{Away, state};
use crate::poster::health;
use anyhow::{Context, Result, ensure};
use counterfoil_simulator::samples::{PhotoKind, photo};
use counterfoil_testkit::colleague::{Colleague, http};
use counterfoil_testkit::customer::{Agreed, customer};
use counterfoil_testkit::installation::{Choices, Engine, Installation, Lost};
use counterfoil_testkit::needles::{Found, Needles};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::process::{Ended, Program};
use counterfoil_testkit::surroundings::full_size;
use counterfoil_whatsapp::webhook::{AppSecret, sign};
use reqwest::Client;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const NAME: &str = "Nokuthula Vergeetmynie";
const NUMBER: &str = "27829998877";
const WORDS: [&str; 5] = [
    "dakgootwaterval",
    "sementmenger-storie",
    "rooiwynkaraf",
    "nagapie-onderskrif",
    "muskietgaas-nota",
];
const AGREED: Agreed<'static> = Agreed {
    title: "Claims",
    phone_number_id: "106540352242922",
    display_number: "+27 10 555 0100",
    app_secret: "an app secret of one story",
    previous_app_secret: "an app secret of one story before",
    verify_token: "a verify token of one story",
    access_token: "an access token of one story",
};
/// How many customers write in one post.
const TOGETHER: usize = 50;

/// How many customers there are besides.
fn crowd() -> usize {
    if full_size() { 100_000 } else { 200 }
}

/// What the provider posts.
struct Posts {
    http: Client,
    hook: String,
    seconds: u64,
}

impl Posts {
    fn message(&self, id: &str, number: &str, text: &str) -> Value {
        json!({"id": id, "from": number, "timestamp": self.seconds.to_string(), "type": "text", "text": {"body": text}})
    }

    /// A post with these messages, as bytes: so that the very same can be posted again.
    fn of(messages: &[Value], names: &[(String, String)]) -> String {
        let contacts: Vec<Value> = names
            .iter()
            .map(|(name, number)| json!({"profile": {"name": name}, "wa_id": number}))
            .collect();
        Self::wrapped("messages", json!({"contacts": contacts, "messages": messages}))
    }

    fn wrapped(field: &str, mut value: Value) -> String {
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] = json!({"display_phone_number": "27105550100", "phone_number_id": AGREED.phone_number_id});
        let entry = json!({"id": "102290129340398", "changes": [{"field": field, "value": value}]});
        json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string()
    }

    async fn post(&self, body: &str) -> Result<()> {
        let signature = sign(body.as_bytes(), &AppSecret::new(AGREED.app_secret));
        let posted = self
            .http
            .post(&self.hook)
            .header("X-Hub-Signature-256", signature.to_string());
        let status = posted.body(body.to_owned()).send().await?.status();
        ensure!(status.as_u16() == 200, "the post was answered {status}");
        Ok(())
    }
}

/// Runs a command to whatever end; among many it takes its time.
async fn ended(installation: &Installation, arguments: &[&str]) -> Result<Ended> {
    Program::start(&mut installation.command(arguments))?
        .end(AMPLE * 30)
        .await
}

async fn run(installation: &Installation, arguments: &[&str]) -> Result<Ended> {
    ended(installation, arguments).await?.well()
}

async fn told(installation: &Installation, arguments: &[&str]) -> Result<Value> {
    Ok(serde_json::from_str(&run(installation, arguments).await?.said())?)
}

/// Waits until everything that was acknowledged is recorded; what became of the items of each kind.
async fn recorded(installation: &Installation) -> Result<Value> {
    let quiet = async || {
        let stats = told(installation, &["intake", "stats", "--json"]).await?;
        Ok((stats["waiting"] == 0 && stats["spooled"] == 0).then_some(stats))
    };
    Ok(until("everything to be recorded", AMPLE * 20, quiet).await?.0["kinds"].clone())
}

async fn erased(engine: Engine) -> Result<()> {
    let provider = AGREED.provider().await?;
    let mut installation = Installation::make(Choices::plain(PROGRAM, engine)).await?;
    let mut away = Away::of(&mut installation, engine).await?;
    installation.serve().await?;
    let hook = AGREED.connect(&installation, &provider.graph_url()).await?;
    provider.subscribe(&hook).await?;
    let link = installation.invite("Naledi Dlamini").await?;
    let naledi = Colleague::join(
        &installation.address,
        &link,
        "naledi@example.org",
        "a long enough password",
    )
    .await?;
    let seconds = now_seconds()?;
    let posts = Posts {
        http: http()?,
        hook,
        seconds,
    };

    // She writes twice, with a photo; a colleague answers and makes a note.
    let her = [(NAME.to_owned(), NUMBER.to_owned())];
    let mut said = vec![
        Posts::of(&[posts.message("wamid.HER0001", NUMBER, WORDS[0])], &her),
        Posts::of(&[posts.message("wamid.HER0002", NUMBER, WORDS[1])], &her),
    ];
    for body in &said {
        posts.post(body).await?;
    }
    let she = customer(&provider, NAME, NUMBER)?;
    let picture = photo(7, PhotoKind::Windscreen);
    provider
        .customer_image(&she, picture.into(), "image/jpeg", Some(WORDS[3]))
        .await;
    let conversation = naledi.conversations(1).await?.remove(0);
    naledi.write(&conversation, "reply", WORDS[2], None).await?;
    naledi.write(&conversation, "note", WORDS[4], None).await?;
    let whole = |messages: &[Value]| {
        let here = messages.iter().any(|one| one["attachments"][0]["state"] == "here");
        here && messages.len() == 5
    };
    naledi
        .messages(&conversation, "five messages and the photo", whole)
        .await?;
    let page = naledi.page(&format!("/inbox/{conversation}")).await?;

    // So do all the others.
    for from in (0..crowd()).step_by(TOGETHER) {
        let some = from..(from + TOGETHER).min(crowd());
        let names: Vec<(String, String)> = some
            .clone()
            .map(|one| (format!("Customer {one}"), (27_830_000_000 + one).to_string()))
            .collect();
        let messages: Vec<Value> = some
            .zip(&names)
            .map(|(one, (_, number))| {
                posts.message(
                    &format!("wamid.CROWD{one:07}"),
                    number,
                    &format!("A crack, number {one}"),
                )
            })
            .collect();
        posts.post(&Posts::of(&messages, &names)).await?;
    }
    recorded(&installation).await?;
    // Whoever wrote last stands first: were she back, it would show there.
    let mut newest = naledi.conversations(1).await?;
    newest.retain(|one| *one != conversation);
    let place = tempfile::tempdir()?;
    let before = place.path().join("before");
    run(&installation, &["backup", "make", path(&before)?]).await?;
    ensure!(
        run(&installation, &["backup", "drill", path(&before)?])
            .await?
            .said()
            .starts_with("Sound")
    );

    // She is erased, and nothing of her is anywhere.
    let arguments = [
        "erase",
        "contact",
        &conversation,
        "--reason",
        "request",
        "--authority",
        "request 17",
        "--wait",
        "--json",
    ];
    let certificate = told(&installation, &arguments).await?;
    let erasure = certificate["erasure"].as_str().context("it has an id")?.to_owned();
    ensure!(certificate["records"].as_u64() > Some(7), "{certificate}");
    let needles = Needles::new(WORDS.into_iter().chain(NAME.split(' ')).chain([NAME, NUMBER]));
    for word in [WORDS[0], WORDS[2], WORDS[4]] {
        let control = needles.search("the page", page.as_bytes());
        ensure!(
            control.hits.iter().any(|hit| hit.word == word),
            "the search is blind to {word}"
        );
    }
    let living = nothing_of_her(&installation, &needles, place.path()).await?;

    // Neither a repeat, nor one that was spooled, nor a history that is sent again brings her back.
    for body in &said {
        posts.post(body).await?;
    }
    away.begins(&installation).await?;
    posts.post(&said[0]).await?;
    let spooled = async || Ok((health(&installation).await?["spool"]["posts"] == 1).then_some(()));
    until("the repeat to be in the spool", AMPLE * 2, spooled).await?;
    away.ends().await?;
    state(&installation, "serving").await?;
    said.push(history(&posts));
    posts.post(&said[2]).await?;
    let kinds = recorded(&installation).await?;
    ensure!(kinds["message.text"]["repeated"] == 3, "{kinds}");
    ensure!(
        kinds["history.text"] == json!({"recorded": 0, "kept": 0, "repeated": 2}),
        "{kinds}"
    );
    ensure!(naledi.conversations(1).await?.starts_with(&newest), "somebody is back");
    ensure!(
        naledi.every_message(&conversation).await.is_err(),
        "her conversation is there"
    );
    nothing_of_her(&installation, &needles, place.path()).await?;

    // The challenger finds her in the backup alone, which opens her as long as its key epoch is not retired.
    let challenge = told(&installation, &["erase", "challenge", &erasure, "--json"]).await?;
    let attempts = challenge["attempts"].as_array().context("attempts")?.clone();
    let opens = |attempt: &&Value| attempt["outcome"] == "opens";
    let open: Vec<&Value> = attempts.iter().filter(opens).collect();
    ensure!(open.len() == 1 && open[0]["place"] == "backup", "{challenge}");
    ensure!(
        attempts
            .iter()
            .all(|attempt| attempt["place"] == "backup" || attempt["found"] == 0),
        "{challenge}"
    );
    let shown = told(&installation, &["erase", "show", &erasure, "--json"]).await?;
    ensure!(
        shown["final_at"].is_null() && shown["challenge"]["attempts"] == json!(attempts),
        "{shown}"
    );
    ensure!(
        shown["beyond_reach"]
            .to_string()
            .contains("until the key epoch is retired"),
        "{shown}"
    );

    // When she writes again, she is somebody new.
    posts
        .post(&Posts::of(
            &[posts.message("wamid.AGAIN01", NUMBER, "Good morning")],
            &her,
        ))
        .await?;
    let back = async || {
        let first = naledi.conversations(1).await?.remove(0);
        Ok((first != newest[0]).then_some(first))
    };
    let (new, _) = until("somebody new", AMPLE * 4, back).await?;
    ensure!(new != conversation && !newest.contains(&new) && naledi.every_message(&new).await?.len() == 1);

    // Retired, the epoch opens nothing at all.
    run(&installation, &["epoch", "retire", "--authority", "the board"]).await?;
    waits_for_a_backup(&installation).await?;
    let after = place.path().join("after");
    run(&installation, &["backup", "make", path(&after)?]).await?;
    ensure!(
        run(&installation, &["backup", "drill", path(&after)?])
            .await?
            .said()
            .starts_with("Sound")
    );
    let retired =
        async || Ok((told(&installation, &["epoch", "list", "--json"]).await?[0]["stage"] == "retired").then_some(()));
    until("the epoch to be retired", AMPLE * 10, retired).await?;
    let last = told(&installation, &["erase", "challenge", &erasure, "--json"]).await?;
    let last = last["attempts"].as_array().context("attempts")?.clone();
    ensure!(
        last.iter().all(|attempt| attempt["outcome"] == "nothing_opens"),
        "{last:?}"
    );
    ensure!(
        last.iter()
            .any(|attempt| attempt["place"] == "backup" && attempt["found"].as_u64() >= Some(5)),
        "{last:?}"
    );
    let dead = ended(&installation, &["backup", "drill", path(&before)?]).await?;
    ensure!(
        dead.said().contains("NOT sound") && dead.said().contains("root key of epoch 1"),
        "{dead:?}"
    );
    let verified = told(&installation, &["verify", "--json"]).await?;
    ensure!(
        verified["sound"] == true && conversations(&verified) == Some(crowd() + 1),
        "{verified}"
    );
    // The old backup of the records, beside the living vault and log: it opens everything else, and nothing of her.
    installation.stop().await?;
    installation.lose_database(Lost::Records).await?;
    let restored = run(&installation, &["backup", "restore", path(&before)?]).await?;
    ensure!(restored.said().contains("records that had come back"), "{restored:?}");
    let opened = told(&installation, &["verify", "--json"]).await?;
    ensure!(
        opened["sound"] == true && conversations(&opened) == Some(crowd()),
        "{opened}"
    );
    nothing_of_her(&installation, &needles, place.path()).await?;
    installation.serve().await?;
    let naledi = Colleague::sign_in(&installation.address, "naledi@example.org", "a long enough password").await?;
    ensure!(naledi.conversations(1).await?.starts_with(&newest), "somebody is back");
    // The decision was lost with the records; the log tells it.
    let certificate = told(&installation, &["erase", "show", &erasure, "--json"]).await?;
    ensure!(
        certificate["lost"] == true && certificate["live_at"].is_string() && certificate["challenge"].is_object(),
        "{certificate}"
    );
    for body in &said {
        posts.post(body).await?;
    }
    recorded(&installation).await?;
    ensure!(
        naledi.conversations(1).await?.starts_with(&newest),
        "a repeat brought her back"
    );
    nothing_of_her(&installation, &needles, place.path()).await?;
    println!(
        "vault.4 on {engine:?}: 1 erased of {}, {} places and {} bytes searched for {} words, nothing; {} attempts before the retirement, {} after it; \
         {} leaves and {} sealed values verified",
        crowd() + 1,
        living.places,
        living.bytes,
        WORDS.len() + 4,
        attempts.len(),
        last.len(),
        verified["log"]["leaves"],
        verified["tables"].as_array().map_or(0, |all| all
            .iter()
            .filter_map(|one| one["opened"].as_u64())
            .sum::<u64>()),
    );
    installation.stop().await?;
    provider.shutdown().await;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "customers write now, by the real clock")]
fn now_seconds() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// How many conversations were verified.
fn conversations(verified: &Value) -> Option<usize> {
    let mut tables = verified["tables"].as_array()?.iter();
    let table = tables.find(|one| one["table"] == "conversation")?;
    usize::try_from(table["rows"].as_u64()?).ok()
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("a path")
}

/// What she said, as a phone's history has it.
fn history(posts: &Posts) -> String {
    let messages: Vec<Value> = [("wamid.HER0001", WORDS[0]), ("wamid.HER0002", WORDS[1])]
        .into_iter()
        .map(|(id, text)| {
            let mut message = posts.message(id, NUMBER, text);
            message["history_context"] = json!({"status": "READ"});
            message
        })
        .collect();
    let chunk = json!({"metadata": {"phase": 0, "chunk_order": 1, "progress": 100},
        "threads": [{"id": NUMBER, "messages": messages}]});
    Posts::wrapped("history", json!({"history": [chunk]}))
}

/// Looks for her words and names in every file and table that the installation has, and finds nothing.
async fn nothing_of_her(installation: &Installation, needles: &Needles, elsewhere: &Path) -> Result<Found> {
    let mut found = needles
        .search_folder(&installation.data())?
        .and(needles.search_folder(elsewhere)?)
        .and(needles.search_folder(&installation.temporary())?)
        .and(needles.search("the server's output", &installation.writes()));
    for database in &installation.databases {
        for dumped in database.dump().await? {
            found = found.and(needles.search(&dumped.table, &dumped.bytes));
        }
    }
    let hits: Vec<String> = found.hits.iter().take(5).map(ToString::to_string).collect();
    ensure!(hits.is_empty(), "{}", hits.join("\n"));
    Ok(found)
}

async fn waits_for_a_backup(installation: &Installation) -> Result<()> {
    let waits = async || {
        let listed = told(installation, &["epoch", "list", "--json"]).await?;
        let waits = listed[0]["retirement"]["waits"].as_str().unwrap_or_default().to_owned();
        Ok(waits.contains("backup make").then_some(()))
    };
    until("the retirement to wait for a backup", AMPLE * 10, waits).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn vault_4_one_among_many_is_gone_on_sqlite() -> Result<()> {
    erased(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn vault_4_one_among_many_is_gone_on_postgres() -> Result<()> {
    erased(Engine::Postgres).await
}
