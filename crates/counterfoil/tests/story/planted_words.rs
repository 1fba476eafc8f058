//! Nothing readable lies on the disk: unusual words, names and numbers go through every way in and out of an installation, and are
//! then looked for in every byte that it left behind.
//!
//! A search that finds nothing must have been able to find: the same search runs over a page of the product, where the words are.

use crate::PROGRAM;
use crate::away::{Away, state};
use crate::poster::health;
use anyhow::{Context, Result, ensure};
use counterfoil_simulator::samples::{PhotoKind, document, photo, voice_note};
use counterfoil_simulator::{Simulator, Wamid};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::{Agreed, customer};
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::needles::{Found, Needles};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::surroundings::full_size;
use reqwest::Method;
use serde_json::Value;

const TEAM: &str = "Kwaggafontein Desk";
const ADMINISTRATOR: &str = "Ottoline Zwartkrans";
const AGENT: &str = "Philippa Vlakplaas";
const LOGIN: &str = "philippa.v.sign-in";
const PASSWORD: &str = "tamboerskloof brandwag nine";

const NUMBER: &str = "27823334455";
const NAME: &str = "Mbalenhle Quaggasdrif";
const CLAIM: &str = "CLM-2026-004711";

/// What is written by people: each stands in the place that it names.
const WORDS: [(&str, &str); 17] = [
    ("a text from the customer", "marmeladewolk"),
    ("a text in another script", "खिड़कीटूटगई"),
    ("a number in a text", "8801015800088"),
    ("the caption of a photo", "voorruitbarst"),
    ("the name of a document", "polisskedule-zeepaard"),
    ("the caption of a document", "ongeluksverklaring"),
    ("a contact card's name", "Hendrikus Blouwildebees"),
    ("a contact card's number", "27836667788"),
    ("the name of a place", "Skilpadsfontein"),
    ("the address of a place", "Jakarandastraat"),
    ("a text that quotes another", "reaksiewoord"),
    ("an answer", "glasvakmanne"),
    ("a number in an answer", "600123987654"),
    ("a private note", "vermoedbedrog"),
    ("a draft", "nogniegestuur"),
    ("the name of a file of ours", "herstelbewys-kameel"),
    ("the caption of a file of ours", "herstelkwotasie"),
];

const AGREED: Agreed<'static> = Agreed {
    title: "Karretjie Eiselyn",
    phone_number_id: "106540352242922",
    display_number: "+27 10 888 9900",
    app_secret: "app-secret-vyeboomtak-0f3a",
    previous_app_secret: "previous-secret-kareeboom-77c1",
    verify_token: "verify-token-akkedisstert",
    access_token: "EAAGaccesstokenmelkbosstrand",
};

#[tokio::test]
async fn on_sqlite() -> Result<()> {
    nowhere(Engine::Sqlite).await
}

#[tokio::test]
async fn on_postgres() -> Result<()> {
    nowhere(Engine::Postgres).await
}

/// The word that stands in this place.
fn word(place: &str) -> &'static str {
    WORDS
        .iter()
        .find(|(known, _)| *known == place)
        .map_or("", |(_, word)| word)
}

async fn nowhere(engine: Engine) -> Result<()> {
    let provider = AGREED.provider().await?;
    let pas = provider.pas();
    let choices = Choices {
        program: PROGRAM,
        engine,
        server: None,
        team: TEAM,
        administrator: ADMINISTRATOR,
        pas: Some((provider.pas_url(), pas.token())),
    };
    let mut installation = Installation::make(choices).await?;
    let mut away = Away::of(&mut installation, engine).await?;
    installation.serve().await?;
    let hook = AGREED.connect(&installation, &provider.graph_url()).await?;
    provider.subscribe(&hook).await?;
    let link = installation.invite(AGENT).await?;
    let agent = Colleague::join(&installation.address, &link, LOGIN, PASSWORD).await?;

    let wamids = customers_write(&provider).await?;
    agent.conversations(crowd() + 1).await?;
    let conversation = of_the_customer(&agent).await?;
    let token = agent_answers(&agent, &conversation, &provider).await?;
    let page = agent.page(&format!("/inbox/{conversation}")).await?;

    let mut secrets = vec![
        token,
        agent.session.clone(),
        last_part(&link),
        last_part(&installation.link),
        pas.token().to_owned(),
    ];
    let documents = pas.documents();
    ensure!(!documents.is_empty(), "nothing was filed");
    secrets.extend(documents.iter().map(|document| document.id.clone()));
    secrets.extend(wamids.iter().map(|wamid| wamid.as_str().to_owned()));
    let needles = needles(&secrets);
    let control = needles.search("the page", page.as_bytes());
    for place in [
        "a text from the customer",
        "an answer",
        "a private note",
        "a number in a text",
    ] {
        ensure!(
            control.hits.iter().any(|hit| hit.word == word(place)),
            "the search is blind to {place}"
        );
    }

    let spooled = while_away(&mut away, &installation, &provider, &needles).await?;
    let mut found = needles
        .search_folder(&installation.data())?
        .and(spooled)
        .and(needles.search("the server's output", &installation.writes()));
    found = found.and(needles.search_folder(&installation.temporary())?);
    installation.stop().await?;
    found = found
        .and(needles.search_folder(&installation.data())?)
        .and(needles.search("the server's output", &installation.wrote));
    found = found.and(search_databases(&installation, &needles).await?);
    provider.shutdown().await;

    println!(
        "planted words: {} files, tables and outputs, {} bytes searched on {engine:?}",
        found.places, found.bytes
    );
    ensure!(
        found.places > 8 && found.bytes > 200_000,
        "there was next to nothing to search"
    );
    ensure!(found.hits.is_empty(), "{}", listed(&found));
    Ok(())
}

/// The same words once more while the database is away: what lies in the spool and the intake kit then.
async fn while_away(
    away: &mut Away,
    installation: &Installation,
    provider: &Simulator,
    needles: &Needles,
) -> Result<Found> {
    away.begins(installation).await?;
    let one = customer(provider, NAME, NUMBER)?;
    provider
        .customer_text(&one, word("a text from the customer"), None)
        .await;
    let picture = photo(12, PhotoKind::Windscreen).into();
    let caption = word("the caption of a photo");
    provider
        .customer_image(&one, picture, "image/jpeg", Some(caption))
        .await;
    let spooled = async || {
        let spool = health(installation).await?["spool"].clone();
        Ok((spool["posts"] == 2 && spool["files"] == 1).then_some(()))
    };
    until("two posts and a file to be in the spool", AMPLE * 2, spooled).await?;
    ensure!(installation.data().join("intake.kit").exists(), "there is a kit");
    let found = needles.search_folder(&installation.data())?;
    away.ends().await?;
    state(installation, "serving").await?;
    Ok(found)
}

/// How many more customers write; with the first one they fit on one page of the list.
fn crowd() -> usize {
    if full_size() { 40 } else { 4 }
}

/// How many lines each of them writes.
fn lines() -> usize {
    if full_size() { 6 } else { 3 }
}

/// Everything that a customer can send, and a crowd that says something too.
async fn customers_write(provider: &Simulator) -> Result<Vec<Wamid>> {
    let one = customer(provider, NAME, NUMBER)?;
    let text = format!(
        "Hallo, {} en {}",
        word("a text from the customer"),
        word("a number in a text")
    );
    let first = provider.customer_text(&one, &text, None).await;
    let reply = format!(
        "{} {}",
        word("a text in another script"),
        word("a text that quotes another")
    );
    let mut wamids = vec![
        first.clone(),
        provider.customer_text(&one, &reply, Some(first.clone())).await,
    ];
    let picture = photo(11, PhotoKind::Windscreen).into();
    wamids.push(
        provider
            .customer_image(&one, picture, "image/jpeg", Some(word("the caption of a photo")))
            .await,
    );
    wamids.push(provider.customer_voice(&one, voice_note(3).into()).await);
    let (title, caption) = (
        format!("{}.pdf", word("the name of a document")),
        word("the caption of a document"),
    );
    let paper = document(5, "Schedule").into();
    wamids.push(
        provider
            .customer_document(&one, paper, "application/pdf", Some(caption), &title)
            .await,
    );
    let (name, address) = (word("the name of a place"), word("the address of a place"));
    wamids.push(
        provider
            .customer_location(&one, -26.107_61, 28.056_74, Some(name), Some(address))
            .await,
    );
    wamids.push(
        provider
            .customer_contacts(&one, word("a contact card's name"), word("a contact card's number"))
            .await,
    );
    wamids.push(provider.customer_reaction(&one, &first, Some("🙏")).await);
    for at in 0..crowd() {
        let other = customer(
            provider,
            &format!("{NAME} {at}"),
            &(27_831_000_000 + at as u64).to_string(),
        )?;
        for line in 0..lines() {
            let text = format!("{} {line}", word("a text from the customer"));
            wamids.push(provider.customer_text(&other, &text, None).await);
        }
    }
    Ok(wamids)
}

/// The conversation with the one customer, told by the name in the list.
async fn of_the_customer(agent: &Colleague) -> Result<String> {
    let list = agent.api("/conversations?limit=100").await?;
    let rows = list["conversations"].as_array().context("a list")?;
    let row = rows
        .iter()
        .find(|row| row["name"] == NAME)
        .context("the customer is in the list")?;
    Ok(row["id"].as_str().context("an id")?.to_owned())
}

/// Answers, notes, drafts, sends a file, files a message with its photo, makes a token; the token.
async fn agent_answers(agent: &Colleague, conversation: &str, provider: &Simulator) -> Result<String> {
    let fetched = |messages: &[Value]| {
        let files: Vec<_> = messages
            .iter()
            .filter_map(|message| message["attachments"].as_array())
            .flatten()
            .collect();
        files.len() == 3
            && files
                .iter()
                .all(|file| file["state"] == "here" && file["deleted_at_provider"] != Value::Null)
    };
    let messages = agent.messages(conversation, "three files", fetched).await?;
    let answer = format!("{}, verwysing {}", word("an answer"), word("a number in an answer"));
    agent.write(conversation, "reply", &answer, None).await?;
    agent.write(conversation, "note", word("a private note"), None).await?;
    let file = (
        &*format!("{}.pdf", word("the name of a file of ours")),
        "application/pdf",
        document(9, "Proof"),
    );
    agent
        .write(conversation, "reply", word("the caption of a file of ours"), Some(file))
        .await?;
    let draft = [("text", word("a draft"))];
    agent
        .submit(
            Method::PUT,
            &format!("/fragments/conversations/{conversation}/draft"),
            &draft,
        )
        .await?;

    let caption = word("the caption of a photo");
    let pictured = messages
        .iter()
        .find(|message| message.to_string().contains(caption))
        .context("the photo")?;
    let id = pictured["id"].as_str().context("an id")?;
    agent
        .submit(Method::POST, &format!("/messages/{id}/file"), &[("claim", CLAIM)])
        .await?;
    let done = |messages: &[Value]| {
        let filed = messages.iter().any(|message| message["filings"][0]["step"] == "filed");
        let read = messages.iter().filter(|message| message["state"] == "read").count();
        filed && read == 2
    };
    agent
        .messages(conversation, "a filing, and two answers read", done)
        .await?;
    provider.settled().await;

    let page = agent.submit(Method::POST, "/settings/tokens", &[]).await?;
    let (_, token) = page
        .split_once("class=\"once-text\"")
        .context("a token is shown once")?;
    let token = token
        .split_once('>')
        .and_then(|(_, rest)| rest.split('<').next())
        .context("a token")?;
    Ok(token.to_owned())
}

fn needles(secrets: &[String]) -> Needles {
    let mut words: Vec<String> = WORDS.iter().map(|(_, word)| (*word).to_owned()).collect();
    words.extend([TEAM, ADMINISTRATOR, AGENT, LOGIN, PASSWORD, NAME, NUMBER, CLAIM].map(str::to_owned));
    let Agreed {
        title,
        display_number,
        app_secret,
        previous_app_secret,
        verify_token,
        access_token,
        phone_number_id,
    } = AGREED;
    words.extend(
        [
            title,
            display_number,
            app_secret,
            previous_app_secret,
            verify_token,
            access_token,
            phone_number_id,
        ]
        .map(str::to_owned),
    );
    words.push(display_number.chars().filter(char::is_ascii_digit).collect());
    // A surname and a first name alone tell as much as both.
    let parts: Vec<String> = [ADMINISTRATOR, AGENT, NAME]
        .iter()
        .flat_map(|name| name.split(' '))
        .map(str::to_owned)
        .collect();
    words.extend(parts);
    words.extend(secrets.iter().cloned());
    words.sort();
    words.dedup();
    Needles::new(words)
}

fn last_part(link: &str) -> String {
    link.rsplit('/').next().unwrap_or(link).to_owned()
}

async fn search_databases(installation: &Installation, needles: &Needles) -> Result<Found> {
    let mut found = Found::default();
    let mut rows = 0;
    for database in &installation.databases {
        for dumped in database.dump().await? {
            rows += dumped.rows;
            found = found.and(needles.search(&dumped.table, &dumped.bytes));
        }
    }
    ensure!(
        installation.databases.is_empty() || rows > 100,
        "the databases hold next to nothing"
    );
    Ok(found)
}

/// The first places of each word, so that one leak does not bury the others.
fn listed(found: &Found) -> String {
    let mut text = format!("{} places:\n", found.hits.len());
    let mut words: Vec<&str> = found.hits.iter().map(|hit| hit.word.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    for word in words {
        for hit in found.hits.iter().filter(|hit| hit.word == word).take(3) {
            text.push_str(&format!("{hit}\n"));
        }
    }
    text
}
