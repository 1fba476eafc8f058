//! The README, tried in a fresh clone of what is committed: time to build, time until the demo answers, all tests.
//!
//! The clone has a target folder of its own, so that nothing built earlier helps.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::place::root;
use crate::run::{answer, say, step};
use crate::stopwatch::Stopwatch;
use crate::tidy::readme_commands;

/// A clean debug build on two cores.
const BUILD_AT_MOST: Duration = Duration::from_secs(6 * 60);
/// From the start of the demo until its page answers.
const READY_AT_MOST: Duration = Duration::from_secs(10);
/// How long to listen for the demo's address before giving up: enough to tell a slow start from none.
const PATIENCE: Duration = Duration::from_secs(60);

/// Does what the README says.
///
/// # Errors
/// When a command fails or takes longer than promised.
pub(super) fn by_fresh_clone() -> Result<()> {
    let clone = Clone::of_head()?;
    let readme = fs::read_to_string(clone.folder.join("README.md")).context("reading the clone's README")?;
    let [first, second] = readme_commands(&readme).map_err(anyhow::Error::msg)?;

    let build = Stopwatch::start();
    step(clone.command("cargo").args(["build", "--locked"]))?;
    let build = build.elapsed();
    answer(format_args!(
        "clean debug build: {} s (at most {} s)",
        build.as_secs(),
        BUILD_AT_MOST.as_secs()
    ))?;

    let ready = demo_answers(&clone, &first)?;
    answer(format_args!(
        "demo answers after {} ms (at most {} ms)",
        ready.as_millis(),
        READY_AT_MOST.as_millis()
    ))?;

    step(clone.command("sh").args(["-c", &second]))?;
    answer(format_args!("`{second}` passed"))?;

    if build > BUILD_AT_MOST || ready > READY_AT_MOST {
        bail!("slower than promised");
    }
    Ok(())
}

/// A clone in a temporary folder; dropping it removes it.
struct Clone {
    folder: PathBuf,
}

impl Clone {
    fn of_head() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("counterfoil-fresh-clone-{}", std::process::id()));
        let clone = Self { folder };
        step(
            Command::new("git")
                .args(["clone", "--quiet", "--no-hardlinks"])
                .arg(root())
                .arg(&clone.folder),
        )?;
        Ok(clone)
    }

    /// A command in the clone that sees nothing of this working copy.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"));
        command
    }
}

impl Drop for Clone {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A program in a process group of its own; dropping it ends the whole group.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
        let _ = self.0.wait();
    }
}

/// Starts the README's first command and measures until the address that it prints answers.
fn demo_answers(clone: &Clone, command: &str) -> Result<Duration> {
    say(format_args!("> {command}"));
    let watch = Stopwatch::start();
    let child = clone
        .command("sh")
        .args(["-c", &format!("exec {command} 2>&1")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .context("starting the demo")?;
    let mut running = Running(child);
    let output = running.0.stdout.take().context("listening to the demo")?;

    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            say(format_args!("  {line}"));
            if let Some(address) = address_in(&line) {
                let _ = tell.send(address);
            }
        }
    });
    let address = told.recv_timeout(PATIENCE).context("the demo printed no address")?;
    let status = get(&address).with_context(|| format!("asking {}:{}", address.host, address.port))?;
    let ready = watch.elapsed();
    if !(200..400).contains(&status) {
        bail!("the demo's page answered {status}");
    }
    Ok(ready)
}

#[derive(Debug, PartialEq)]
struct Address {
    host: String,
    port: u16,
    path: String,
}

/// The plain address on loopback in a line of output, if it holds one.
fn address_in(line: &str) -> Option<Address> {
    let rest = &line[line.find("http://")? + "http://".len()..];
    let end = rest
        .find(|c: char| c.is_whitespace() || c == '\u{1b}')
        .unwrap_or(rest.len());
    let (place, path) = rest[..end].split_once('/').unwrap_or((&rest[..end], ""));
    let (host, port) = place.rsplit_once(':')?;
    Some(Address {
        host: host.to_owned(),
        port: port.parse().ok()?,
        path: format!("/{path}"),
    })
}

/// Asks for a page and returns the status of the answer.
fn get(address: &Address) -> Result<u16> {
    let mut stream = TcpStream::connect((address.host.as_str(), address.port)).context("connecting")?;
    stream
        .set_read_timeout(Some(READY_AT_MOST))
        .context("setting the time limit")?;
    let Address { host, port, path } = address;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).context("asking")?;
    let mut start = [0; 12];
    stream.read_exact(&mut start).context("reading the answer")?;
    let status = String::from_utf8_lossy(&start);
    status
        .rsplit(' ')
        .next()
        .and_then(|status| status.parse().ok())
        .context("the answer is not HTTP")
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn the_address_is_found_in_what_the_demo_prints() {
        let cases = [
            (
                "Open http://127.0.0.1:4280/demo?key=a in a browser",
                Some(("127.0.0.1", 4280, "/demo?key=a")),
            ),
            ("http://localhost:80", Some(("localhost", 80, "/"))),
            ("listening", None),
        ];
        for (line, expected) in cases {
            let found = address_in(line);
            let found = found.as_ref().map(|a| (a.host.as_str(), a.port, a.path.as_str()));
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn a_page_is_asked_for_its_status() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // All of it: what is closed with something unread resets the other end.
            let asked = BufReader::new(&stream).lines().map(Result::unwrap);
            let asked: Vec<String> = asked.take_while(|line| !line.is_empty()).collect();
            stream.write_all(b"HTTP/1.1 303 See Other\r\n\r\n").unwrap();
            asked[0].clone()
        });
        let address = Address {
            host: "127.0.0.1".into(),
            port,
            path: "/demo".into(),
        };
        assert_eq!(get(&address).unwrap(), 303);
        assert_eq!(server.join().unwrap(), "GET /demo HTTP/1.1");
    }
}
