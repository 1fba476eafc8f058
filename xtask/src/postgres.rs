//! A private PostgreSQL cluster for one run of the tests.
//!
//! It lies in a fresh folder under the temporary directory, listens on loopback and on a socket in that folder, trusts whoever
//! reaches it there, and is gone when the run ends. PostgreSQL refuses to run as root, so root starts it as the user `postgres`.
//!
//! *Always gone*: before the server starts, a keeper is started, a small shell in a process group of its own that reads from a pipe
//! which only we hold. However we end (return, panic, Ctrl-C, kill), the pipe closes, and the keeper stops the server and removes
//! the folder. So no signal handler is needed, and none can be missed.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run::{capture, is_root, say};

/// Who may own a cluster when we are root.
const OTHER_USER: &str = "postgres";

/// A Unix socket's path, with the file name that PostgreSQL adds, has to fit in 107 bytes.
const LONGEST_SOCKET_FOLDER: usize = 80;

/// A free port may be taken by another program before the server binds it.
const ATTEMPTS: usize = 3;

const KEEPER: &str = r#"trap '' HUP INT TERM
cat >/dev/null
"$@" >/dev/null 2>&1
rm -rf "$0"
"#;

/// A running cluster; dropping it stops the server and removes its folder.
pub(crate) struct Cluster {
    url: String,
    keeper: Child,
}

impl Cluster {
    /// Makes a new cluster and waits until it answers.
    ///
    /// # Errors
    /// When PostgreSQL's programs are not there, the folder cannot be made, or the server does not start; the message then holds
    /// the end of the server's log.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs().context("no PostgreSQL server programs under /usr/lib/postgresql")?;
        let mut attempt = 1;
        loop {
            match Self::start_once(&programs) {
                Err(error) if attempt < ATTEMPTS => {
                    say(format_args!("PostgreSQL did not start ({error:#}); trying again"));
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn start_once(programs: &Path) -> Result<Self> {
        let port = free_port()?;
        let folder = fresh_folder(port)?;
        let data = folder.join("data");
        let log = folder.join("log");
        let run = |program: &str| as_owner(&programs.join(program), &folder);

        let mut stop = run("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--wait", "--pgdata"]).arg(&data);
        let cluster = Self {
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            keeper: keep(&folder, &stop)?,
        };

        let initdb = [
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ];
        capture(run("initdb").args(initdb).arg("--pgdata").arg(&data)).context("making the cluster")?;
        let settings = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync=on -c max_connections=200",
            folder.display()
        );
        // Not captured: the server inherits these handles and would keep a pipe open for as long as it lives.
        let started = run("pg_ctl")
            .args(["start", "--wait", "--timeout=60", "--silent", "--pgdata"])
            .arg(&data)
            .arg("--log")
            .arg(&log)
            .arg("--options")
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .context("starting pg_ctl")?;
        if !started.success() {
            let log = fs::read_to_string(&log).unwrap_or_default();
            let end: Vec<&str> = log.lines().rev().take(5).collect();
            bail!(
                "the server did not come up: {}",
                end.into_iter().rev().collect::<Vec<_>>().join(" | ")
            );
        }
        Ok(cluster)
    }

    /// The address for tests: a superuser without password on loopback.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Closing the pipe is the signal; waiting means that the folder is gone when we return.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The folder with the newest installed `initdb`, if any.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(|path| number(path))?;
    Some(newest.join("bin"))
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("looking for a free port on loopback")?;
    Ok(listener.local_addr().context("reading the port")?.port())
}

fn fresh_folder(port: u16) -> Result<PathBuf> {
    let name = format!("counterfoil-postgres-{}-{port}", std::process::id());
    let mut folder = std::env::temp_dir().join(&name);
    if folder.as_os_str().len() > LONGEST_SOCKET_FOLDER {
        folder = Path::new("/tmp").join(name);
    }
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("making {}", folder.display()))?;
    if is_root() {
        chown(&folder, Some(id("-u")?), Some(id("-g")?)).context("giving the folder to the user postgres")?;
    }
    Ok(folder)
}

fn id(which: &str) -> Result<u32> {
    let number = capture(Command::new("id").args([which, OTHER_USER])).context("asking for the user postgres")?;
    number.trim().parse().context("reading the user's number")
}

/// A command that runs as the cluster's owner, in a folder that the owner may enter.
fn as_owner(program: &Path, folder: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", OTHER_USER, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder);
    command
}

fn keep(folder: &Path, stop: &Command) -> Result<Child> {
    Command::new("sh")
        .args(["-c", KEEPER])
        .arg(folder)
        .arg(stop.get_program())
        .args(stop.get_args())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C goes to the terminal's whole group: the keeper must outlive us.
        .process_group(0)
        .spawn()
        .context("starting the keeper of the cluster")
}
