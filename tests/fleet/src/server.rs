//! Real servers, one for each test, on a free port of the loopback interface.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `redis-server`
    Redis,
    /// `valkey-server`
    Valkey,
}

impl Kind {
    fn program(self) -> PathBuf {
        let name = match self {
            Kind::Redis => "redis-server",
            Kind::Valkey => "valkey-server",
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path)
            .map(|folder| folder.join(name))
            .find(|program| program.is_file())
            .unwrap_or_else(|| panic!("{name} is not installed: run .ci/servers"))
    }
}

/// A server that ends with this value, and with the thread that started it.
#[derive(Debug)]
pub struct Server {
    program: PathBuf,
    config: Option<String>,
    args: Vec<String>,
    folder: TempDir,
    port: u16,
    process: Child,
}

impl Server {
    /// Starts an empty server that keeps nothing on disk.
    #[must_use]
    pub fn start(kind: Kind) -> Self {
        Server::start_with(kind, &[])
    }

    /// Starts a sentinel with this configuration, which it writes to.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start_sentinel(config: &Path) -> Self {
        let config = config.to_str().expect("a path in UTF-8");
        Server::start_first_with(Kind::Redis, Some(config), &["--sentinel"])
    }

    /// Starts one with more arguments.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start_with(kind: Kind, args: &[&str]) -> Self {
        Server::start_first_with(kind, None, args)
    }

    fn start_first_with(kind: Kind, config: Option<&str>, args: &[&str]) -> Self {
        // A port that was free may be taken before the server takes it.
        for _ in 0..5 {
            let program = kind.program();
            let args: Vec<_> = args.iter().map(|&arg| arg.to_owned()).collect();
            let folder = tempfile::tempdir().expect("a folder");
            let port = free_port();
            let config = config.map(str::to_owned);
            let process = spawn(&program, config.as_deref(), port, &folder, &args);
            let mut server = Server {
                program,
                config,
                args,
                folder,
                port,
                process,
            };
            if server.becomes_ready() {
                return server;
            }
        }
        panic!("the server does not start")
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Ends it as a crash does.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Starts it again after [`kill`](Server::kill), on the same port.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn restart(&mut self) {
        let config = self.config.as_deref();
        self.process = spawn(&self.program, config, self.port, &self.folder, &self.args);
        assert!(self.becomes_ready(), "the server does not start again");
    }

    /// Stops it where it is: its connections stay, and nothing is answered.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .arg(signal)
            .arg(self.pid().to_string())
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {signal}");
    }

    fn becomes_ready(&mut self) -> bool {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            if matches!(self.process.try_wait(), Ok(Some(_)) | Err(_)) {
                return false;
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that is free at this moment, and that no other call in this process gets.
///
/// # Panics
///
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    // Below the ports that the system gives to those who do not choose, and apart from other processes' ports.
    static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
        let of_this_process = std::process::id() % 200 * 100;
        AtomicU16::new(u16::try_from(10_000 + of_this_process).expect("below 30 000"))
    });
    (0..20_000)
        .map(|_| NEXT.fetch_add(1, Ordering::Relaxed))
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .expect("a free port")
}

fn spawn(
    program: &Path,
    config: Option<&str>,
    port: u16,
    folder: &TempDir,
    args: &[String],
) -> Child {
    // A test that is killed leaves no server behind.
    Command::new("setpriv")
        .args(["--pdeathsig", "KILL"])
        .arg(program)
        // In front of the options, as the server wants it.
        .args(config)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no"])
        .arg("--dir")
        .arg(folder.path())
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("setpriv of util-linux")
}
