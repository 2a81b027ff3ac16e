//! Starts [moto](https://docs.getmoto.org), a server that implements the AWS APIs, as a child process.
//!
//! `install.sh` in this folder installs it.

use std::io::{self, BufRead as _, BufReader, Error, ErrorKind};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Where `install.sh` puts it.
const SERVER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/moto/bin/moto_server"
);

/// The shell stops moto at the end of its own input, which comes when the parent process ends in any way: moto does not
/// outlive a test that panicked or was killed.
const UNTIL_INPUT_ENDS: &str = r#""$1" -H 127.0.0.1 -p 0 & moto=$!; read -r _; kill $moto"#;

/// A running moto server. Dropping it stops the server.
#[derive(Debug)]
pub struct Moto {
    url: String,
    /// Holds the input that keeps the server running.
    _shell: Child,
}

impl Moto {
    /// Starts a server on a free port, with these environment variables. Blocks for about a second.
    ///
    /// Fails when moto is not installed, or does not start.
    pub fn start(variables: &[(&str, &str)]) -> io::Result<Self> {
        if !Path::new(SERVER).is_file() {
            let message = "moto is not installed; install it with `examples/moto/install.sh`";
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let mut shell = Command::new("sh")
            .args(["-c", UNTIL_INPUT_ENDS, "moto", SERVER])
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let log = shell
            .stderr
            .take()
            .ok_or_else(|| Error::other("no pipe to moto"))?;
        Ok(Self {
            url: address(log)?,
            _shell: shell,
        })
    }

    /// The address of the server, for example `http://127.0.0.1:34567`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Waits for the log line with the address, which is printed once the socket is open.
fn address(log: ChildStderr) -> io::Result<String> {
    let (sender, lines) = mpsc::channel();
    // Reads until moto ends: a full pipe would block it.
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let mut last = String::new();
    while let Ok(line) = lines.recv_timeout(Duration::from_secs(60)) {
        if let Some((_, url)) = line.split_once("Running on ") {
            return Ok(url.trim().to_owned());
        }
        last = line;
    }
    Err(Error::other(format!("moto did not start: {last}")))
}
