//! Replaying recorded webhooks: signed over the exact bytes, in any order, whole or in pieces, counted.

use crate::program::{json, run};
use counterfoil_whatsapp::webhook::{AppSecret, verify};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

const TWO: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550100200","phone_number_id":"100"},
"messages":[{"id":"wamid.A","from":"15550100201","timestamp":"1790000001","type":"text","text":{"body":"one"}},
{"id":"wamid.B","from":"15550100201","timestamp":"1790000002","type":"text","text":{"body":"two"}}]}}]}]}"#;

/// A hook that answers 200 to what is rightly signed and 401 to all else, and hands on what it got.
fn hook(secret: &'static str) -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hooks/whatsapp/con_x", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (reader, tell) = (BufReader::new(stream.unwrap()), tell.clone());
            std::thread::spawn(move || answer(reader, secret, &tell));
        }
    });
    (address, told)
}

fn answer(mut reader: BufReader<TcpStream>, secret: &str, tell: &Sender<Vec<u8>>) {
    while let Some((signature, body)) = request(&mut reader) {
        let right = verify(signature.as_deref(), &body, &[&AppSecret::new(secret)]).is_ok();
        if right {
            // Nobody listens any more once the test has what it wants.
            let _ = tell.send(body);
        }
        let status = if right { "200 OK" } else { "401 Unauthorized" };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn request(reader: &mut impl BufRead) -> Option<(Option<String>, Vec<u8>)> {
    let (mut length, mut signature, mut line) = (0, None, String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
            Some((name, value)) if name.eq_ignore_ascii_case("x-hub-signature-256") => {
                signature = Some(value.to_owned())
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((signature, body))
}

fn corpus() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), TWO).unwrap();
    std::fs::create_dir(folder.path().join("below")).unwrap();
    std::fs::write(folder.path().join("below/b.json"), "not even JSON\n").unwrap();
    std::fs::write(folder.path().join("README.md"), "no post").unwrap();
    std::fs::write(folder.path().join("secret"), "s3cret\n").unwrap();
    folder
}

fn replay(folder: &Path, to: &str, more: &[&str]) -> std::process::Output {
    let mut arguments = vec!["replay", ".", "--to", to, "--app-secret-file", "secret", "--json"];
    arguments.extend(more);
    run(folder, &arguments)
}

#[test]
fn every_file_is_posted_byte_for_byte_and_signed() {
    let (folder, (address, told)) = (corpus(), hook("s3cret"));
    let output = replay(folder.path(), &address, &[]);
    let report = json(&output);
    assert!(output.status.success(), "{report}");
    assert_eq!(
        (&report["files"], &report["posts"], &report["accepted"]),
        (&2.into(), &2.into(), &2.into())
    );
    assert_eq!(told.recv().unwrap(), TWO.as_bytes());
    assert_eq!(told.recv().unwrap(), b"not even JSON\n");
}

#[test]
fn pieces_travel_alone_in_the_wanted_order_and_twice() {
    let (folder, (address, told)) = (corpus(), hook("s3cret"));
    let output = replay(folder.path(), &address, &["--split", "--order", "reverse", "--twice"]);
    let report = json(&output);
    assert_eq!((&report["posts"], &report["accepted"]), (&6.into(), &6.into()));
    let bodies: Vec<String> = told
        .iter()
        .take(6)
        .map(|body| String::from_utf8(body).unwrap())
        .collect();
    assert!(bodies[0].starts_with("not even JSON"));
    assert!(bodies[1].contains("wamid.B") && !bodies[1].contains("wamid.A"));
    assert!(bodies[2].contains("wamid.A") && !bodies[2].contains("wamid.B"));
    assert_eq!(bodies[..3], bodies[3..]);
}

#[test]
fn the_same_seed_gives_the_same_order() {
    let folder = corpus();
    for n in 0..6 {
        std::fs::write(folder.path().join(format!("n{n}.json")), format!("{n}")).unwrap();
    }
    let order = |seed: &str| {
        let (address, told) = hook("s3cret");
        assert!(replay(folder.path(), &address, &["--order", seed]).status.success());
        told.iter().take(8).collect::<Vec<_>>()
    };
    assert_eq!(order("shuffle:7"), order("shuffle:7"));
    assert_ne!(order("shuffle:7"), order("shuffle:8"));
}

#[test]
fn what_is_refused_is_named() {
    let (folder, (address, _told)) = (corpus(), hook("another"));
    let output = replay(folder.path(), &address, &[]);
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    assert_eq!(report["accepted"], 0);
    assert_eq!(report["refused"][0]["file"], "a.json");
    assert!(report["refused"][0]["why"].as_str().unwrap().contains("signature"));
}
