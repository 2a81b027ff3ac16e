//! A PostgreSQL server of one's own.

use std::net::Ipv4Addr;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cached_attr_fleet::server::free_port;
use instrument_api::{Db, fill};
use tempfile::TempDir;

/// A server that ends with this value, and with the thread that started it.
#[derive(Debug)]
pub(crate) struct Postgres {
    folder: TempDir,
    port: u16,
    process: Child,
}

impl Postgres {
    /// Starts an empty server.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some(user) = other_user() {
            chown(folder.path(), Some(user), Some(user)).unwrap();
        }
        let made = command("initdb")
            .args([
                "--auth",
                "trust",
                "--username",
                "postgres",
                "--no-sync",
                "-D",
            ])
            .arg(folder.path().join("data"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let port = free_port();
        let process = spawn(folder.path(), port);
        let server = Self {
            folder,
            port,
            process,
        };
        server.becomes_ready().await;
        server
    }

    /// Starts one with the sample in it.
    pub(crate) async fn with_sample() -> Self {
        let server = Self::start().await;
        fill(&server.db()).await.unwrap();
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        url(self.port)
    }

    pub(crate) fn db(&self) -> Db {
        Db::open(&self.url()).unwrap()
    }

    /// Ends it as a crash does.
    pub(crate) fn stop(&mut self) {
        // The server's own processes end with it, but not at once.
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again, with what it had.
    pub(crate) async fn restart(&mut self) {
        for _ in 0..100 {
            self.process = spawn(self.folder.path(), self.port);
            tokio::time::sleep(Duration::from_millis(100)).await;
            // The memory of the one before it may still be in use.
            if self.process.try_wait().unwrap().is_none() {
                return self.becomes_ready().await;
            }
        }
        panic!("the server does not start again");
    }

    async fn becomes_ready(&self) {
        let db = self.db();
        for _ in 0..200 {
            if db.is_ready().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not start");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The address of a server on this port.
pub(crate) fn url(port: u16) -> String {
    format!(
        "postgres://postgres@{}:{port}/postgres",
        Ipv4Addr::LOCALHOST
    )
}

fn spawn(folder: &Path, port: u16) -> Child {
    command("postgres")
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-p", &port.to_string(), "-c", "fsync=off"])
        .args(["-c", "listen_addresses=127.0.0.1", "-k"])
        .arg(folder)
        .spawn()
        .expect("setpriv of util-linux")
}

/// One of the server's programs. They refuse to run as root.
fn command(name: &str) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(user) = other_user() {
        let user = user.to_string();
        command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]);
    }
    // A test that is killed leaves no server behind.
    command
        .args(["--pdeathsig", "KILL"])
        .arg(program(name))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Whom the server runs as, if not as the one who runs the test.
fn other_user() -> Option<u32> {
    let number = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    (number(&["-u"]) == Some(0)).then(|| {
        number(&["-u", "postgres"]).expect("a user `postgres`, which .ci/servers installs")
    })
}

/// Debian keeps the server's programs out of the path.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("{name} is not installed: run .ci/servers"))
}
