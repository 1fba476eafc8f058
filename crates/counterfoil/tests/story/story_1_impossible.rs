//! What must be impossible in story 1.

use crate::PROGRAM;
use crate::demo::Demo;
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::colleague::http;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::needles::Needles;
use counterfoil_testkit::patience::AMPLE;
use counterfoil_testkit::process::run;
use reqwest::header::{COOKIE, HOST, LOCATION, SET_COOKIE};
use std::collections::HashSet;
use std::process::Command;

/// *Reaching the demo from another machine.* Every socket of the process listens on 127.0.0.1, and a name of elsewhere that
/// leads here is turned away at each of them.
#[tokio::test]
async fn reaching_the_demo_from_another_machine() -> Result<()> {
    let demo = Demo::start(0).await?;
    let listening = listening(demo.program.pid())?;
    ensure!(
        listening.len() >= 4,
        "page, product, handset and PAS listen: {listening:?}"
    );
    let http = http()?;
    for (address, port) in &listening {
        ensure!(address == "127.0.0.1", "port {port} listens on {address}");
        let asked = http
            .get(format!("http://127.0.0.1:{port}/"))
            .header(HOST, format!("demo.example.net:{port}"));
        let status = asked.send().await?.status();
        ensure!(
            status.is_client_error(),
            "port {port} answered another name with {status}"
        );
    }
    demo.stop().await?;
    Ok(())
}

/// *A demo log-in that works in `serve`.* Its data is refused, its session opens nothing, and its entrance is not there.
#[tokio::test]
async fn a_demo_log_in_that_works_in_serve() -> Result<()> {
    let demo = Demo::start(0).await?;
    let http = http()?;
    let page = http.get(&demo.address).send().await?.text().await?;
    let entrance = page
        .split('"')
        .find(|part| part.contains("/demo/enter/"))
        .context("the page names the entrance")?;
    let entered = http.get(entrance).send().await?;
    ensure!(
        entered.headers()[LOCATION] == "/inbox",
        "the entrance leads to the inbox"
    );
    let cookie = entered.headers()[SET_COOKIE]
        .to_str()?
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let (_, folder) = demo.stop().await?;

    let mut serve = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    let served = run(serve
        .current_dir(&folder)
        .args(["--config", "demo/counterfoil.toml", "serve"]))
    .await?;
    ensure!(served.status.code() == Some(1), "serve ended with {}", served.status);
    ensure!(
        served.complained().contains("made by `counterfoil demo`"),
        "serve said {}",
        served.complained()
    );

    let mut installation = Installation::make(Choices::plain(PROGRAM, Engine::Sqlite)).await?;
    installation.serve().await?;
    let inbox = http
        .get(format!("{}/inbox", installation.address))
        .header(COOKIE, cookie)
        .send()
        .await?;
    ensure!(!inbox.status().is_success(), "a demo's session opened the inbox");
    let path = entrance
        .split_once("/demo/")
        .map(|(_, rest)| format!("{}/demo/{rest}", installation.address));
    let status = http
        .get(path.context("the entrance has a path")?)
        .send()
        .await?
        .status();
    ensure!(status.as_u16() == 404, "the entrance answered {status} in serve");
    installation.stop().await
}

/// *The planted word in any file.* Written on the handset, found nowhere below the demo's folder, nor in what it printed.
#[tokio::test]
async fn the_planted_word_in_any_file() -> Result<()> {
    const WORD: &str = "quizzaciously";
    let demo = Demo::start(0).await?;
    let http = http()?;
    let page = http.get(&demo.address).send().await?.text().await?;
    let handset = page
        .split('"')
        .find(|part| part.contains("/?customer="))
        .context("the page names the handset")?;
    let (base, customer) = handset
        .split_once("/?customer=")
        .context("the handset has a customer")?;
    let sent = http
        .post(format!("{base}/send"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("customer={customer}&body=It+cracked+{WORD}"))
        .send()
        .await?;
    ensure!(
        !sent.status().is_client_error() && !sent.status().is_server_error(),
        "the handset answered {}",
        sent.status()
    );
    let asked = async || Ok((http.get(format!("{}/disk", demo.address)).send().await?.status() == 200).then_some(()));
    counterfoil_testkit::patience::until("the message on the disk", AMPLE, asked).await?;

    let needles = Needles::new([WORD, "Thandi Nkosi", customer]);
    let running = needles.search_folder(demo.folder.path())?;
    let (ended, folder) = demo.stop().await?;
    let stopped = needles.search_folder(folder.path())?;
    let said = needles.search("what it printed", &[ended.stdout, ended.stderr].concat());
    let found = running.and(stopped).and(said);
    println!(
        "story 1: {} files and outputs, {} bytes searched",
        found.places, found.bytes
    );
    ensure!(
        found.places > 4 && found.bytes > 100_000,
        "there was next to nothing to search"
    );
    ensure!(found.hits.is_empty(), "{:#?}", found.hits);
    Ok(())
}

/// The addresses and ports on which a process listens, from the kernel's tables (proc(5), /proc/net/tcp).
fn listening(pid: u32) -> Result<Vec<(String, u16)>> {
    let mut sockets = HashSet::new();
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd"))? {
        let target = std::fs::read_link(entry?.path()).unwrap_or_default();
        let inode = target
            .to_str()
            .and_then(|name| name.strip_prefix("socket:[")?.strip_suffix(']').map(str::to_owned));
        sockets.extend(inode);
    }
    let mut found = Vec::new();
    for table in ["tcp", "tcp6"] {
        let text = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            // Columns: number, local address, remote address, state (0A listens), …, inode.
            if columns.len() > 9 && columns[3] == "0A" && sockets.contains(columns[9]) {
                let (address, port) = columns[1].split_once(':').context("an address has a port")?;
                found.push((readable(address), u16::from_str_radix(port, 16)?));
            }
        }
    }
    Ok(found)
}

/// The kernel writes an IPv4 address as one number of the machine's own byte order.
fn readable(address: &str) -> String {
    u32::from_str_radix(address, 16).map_or_else(
        |_| format!("IPv6 {address}"),
        |number| std::net::Ipv4Addr::from(number.to_ne_bytes()).to_string(),
    )
}
