//! A PostgreSQL server of a test's own: one that may be stopped, started again, and run out of disk.
//!
//! Most tests share the server that the run starts; this is for those that would take it away from the others. It ends with the test,
//! however that ends: the kernel kills it when the thread that started it is gone.

use crate::patience::{AMPLE, until};
use crate::port::free_port;
use crate::small_disk::SmallDisk;
use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Who owns the server when we are root, which PostgreSQL refuses to run as.
const OTHER_USER: &str = "postgres";

/// The server and its files.
pub struct Server {
    process: Option<Child>,
    port: u16,
    /// A file system of its own; gone before the folder.
    disk: Option<SmallDisk>,
    folder: TempDir,
}

impl Server {
    /// Makes one and starts it.
    ///
    /// # Errors
    /// When PostgreSQL's programs are not there or refuse.
    pub async fn begun() -> Result<Self> {
        Self::made(None).await
    }

    /// The same on a file system of its own of so many megabytes, which wants root and the right to mount.
    ///
    /// # Errors
    /// When it cannot be mounted, and as [`Server::begun`].
    pub async fn on_a_disk_of(megabytes: u32) -> Result<Self> {
        Self::made(Some(megabytes)).await
    }

    async fn made(megabytes: Option<u32>) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("counterfoil-server-").tempdir()?;
        let disk = megabytes
            .map(|size| SmallDisk::on(folder.path(), &format!("{size}m")))
            .transpose()?;
        if geteuid().is_root() {
            chown(folder.path(), Some(id("-u")?), Some(id("-g")?))?;
        }
        let port = free_port()?;
        let mut made = Self {
            process: None,
            port,
            disk,
            folder,
        };
        let initdb = made
            .as_owner("initdb")?
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ])
            .args(["--no-sync", "--wal-segsize=1", "--pgdata"])
            .arg(made.data())
            .output()?;
        ensure!(
            initdb.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&initdb.stderr)
        );
        made.start().await?;
        Ok(made)
    }

    /// Starts it again.
    ///
    /// # Errors
    /// When it does not answer in time.
    pub async fn start(&mut self) -> Result<()> {
        let port = self.port.to_string();
        let mut command = self.as_owner("postgres")?;
        command.arg("-D").arg(self.data()).args(["-p", &port]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "shared_buffers=32MB",
            "max_wal_size=16MB",
            "min_wal_size=2MB",
        ] {
            command.args(["-c", setting]);
        }
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(quiet.spawn().context("starting postgres")?);
        let options = self.options();
        let answers = async || Ok(Some(options.connect().await?.close().await?));
        until("the server of this test to answer", AMPLE * 2, answers)
            .await
            .map(drop)
    }

    /// Stops it as an operator does who cannot wait: whoever is connected is cut off.
    ///
    /// # Errors
    /// When it does not end.
    pub fn stop(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            if let Some(pid) = i32::try_from(process.id()).ok().and_then(Pid::from_raw) {
                // It may have ended by itself.
                let _ = kill_process(pid, Signal::INT);
            }
            process.wait()?;
        }
        Ok(())
    }

    /// Whether it still runs: without room for its log it ends by itself.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn runs(&mut self) -> Result<bool> {
        match &mut self.process {
            Some(process) => Ok(process.try_wait()?.is_none()),
            None => Ok(false),
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Where a file may be put that takes the rest of its disk.
    pub fn ballast(&self) -> PathBuf {
        self.folder.path().join("ballast")
    }

    fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username("postgres")
            .database("postgres")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of PostgreSQL's programs, run by whoever owns the files, killed when this thread ends.
    fn as_owner(&self, program: &str) -> Result<Command> {
        let programs = programs().context("no PostgreSQL server programs under /usr/lib/postgresql")?;
        let mut command = Command::new("setpriv");
        command.current_dir(self.folder.path()).arg("--pdeathsig=KILL");
        if geteuid().is_root() {
            command.args(["--clear-groups", "--reuid", OTHER_USER, "--regid", OTHER_USER]);
        }
        command.arg(programs.join(program));
        Ok(command)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            drop(process.kill());
            drop(process.wait());
        }
        drop(self.disk.take());
    }
}

/// The folder with the newest installed `initdb`.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(|path| number(path))?;
    Some(newest.join("bin"))
}

fn id(which: &str) -> Result<u32> {
    let told = Command::new("id").args([which, OTHER_USER]).output()?;
    let number = String::from_utf8(told.stdout)?;
    number.trim().parse().context("asking for the user postgres")
}
