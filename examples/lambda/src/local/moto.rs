//! moto, an endpoint that speaks the protocols of AWS, as a child process.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use thiserror::Error;

/// Where the `ci.sh` of this folder installs it.
const INSTALLED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/moto/bin/moto_server"
);

/// The shell ends moto when its own input ends, so that moto never outlives whoever started it: not after a panic, not
/// after a kill.
const UNTIL_INPUT_ENDS: &str = r#""$1" -H 127.0.0.1 -p 0 & moto=$!; read -r _; kill $moto"#;

/// A running moto. Dropping it ends it.
#[derive(Debug)]
pub struct Moto {
    url: String,
    /// Its input is what keeps moto alive.
    _shell: Child,
}

/// Why there is no moto.
#[derive(Debug, Error)]
pub enum MotoError {
    /// It is not installed.
    #[error(
        "moto, which plays AWS, is not installed. One command installs it:\n\n    \
         python3 -m venv ../../target/moto && ../../target/moto/bin/pip install 'moto[server]'\n"
    )]
    NotInstalled,
    /// It is installed and does not start.
    #[error("moto did not start: {0}; run `moto_server -p 5000` to see why")]
    Silent(String),
    /// The system starts no process.
    #[error(transparent)]
    Process(#[from] io::Error),
}

impl Moto {
    /// Starts moto on a free port: the one installed in `target/moto`, else the one on the path.
    ///
    /// This blocks for about a second.
    pub fn start() -> Result<Self, MotoError> {
        let program = find().ok_or(MotoError::NotInstalled)?;
        let mut shell = Command::new("sh")
            .args(["-c", UNTIL_INPUT_ENDS, "moto"])
            .arg(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let messages = BufReader::new(
            shell
                .stderr
                .take()
                .ok_or_else(|| io::Error::other("no pipe"))?,
        );

        let (sender, heard) = mpsc::channel();
        // Reads on for as long as moto runs: a full pipe would stop it.
        std::thread::spawn(move || {
            for line in messages.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let url = address_in(&heard)?;
        Ok(Self { url, _shell: shell })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Waits for the line that tells the address; it is printed after the socket is open.
fn address_in(heard: &mpsc::Receiver<String>) -> Result<String, MotoError> {
    let mut last = "it said nothing".to_owned();
    while let Ok(line) = heard.recv_timeout(Duration::from_mins(1)) {
        if let Some((_, url)) = line.split_once("Running on ") {
            return Ok(url.trim().to_owned());
        }
        last = line;
    }
    Err(MotoError::Silent(last))
}

fn find() -> Option<PathBuf> {
    let installed = Path::new(INSTALLED);
    if installed.is_file() {
        return Some(installed.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("moto_server"))
        .find(|file| file.is_file())
}
