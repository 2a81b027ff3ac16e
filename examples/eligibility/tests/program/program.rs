//! The program as a child process.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::http::{self, Response};

/// A running program; killed when it is dropped.
pub(crate) struct Program {
    pub(crate) child: Child,
    /// None when it ended instead of listening.
    pub(crate) address: Option<String>,
    /// What it printed until it listened or ended.
    pub(crate) output: String,
}

/// The program with these arguments, and of the variables that it reads only these.
pub(crate) fn command(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eligibility"));
    command
        .args(arguments)
        .env_remove("CONFIG_CACHE_TTL_SECONDS")
        .env_remove("ENVIRONMENT")
        .env("PORT", "0")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Program {
    /// Starts the program over `place`, and reads its output until it listens or ends.
    pub(crate) async fn start(place: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = command(&[place], variables).spawn().unwrap();
        let (mut output, mut address) = (String::new(), None);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            output = output + &line + "\n";
            if let Some(listening) = line.strip_prefix("listening on http://") {
                address = Some(listening.to_owned());
                break;
            }
        }
        if address.is_none() {
            let mut errors = child.stderr.take().unwrap();
            errors.read_to_string(&mut output).await.unwrap();
        }
        Self {
            child,
            address,
            output,
        }
    }

    /// `GET /eligibility` by this consumer.
    pub(crate) async fn eligibility(&self, consumer: &str) -> Response {
        self.get("/eligibility?age=70", consumer).await
    }

    /// How often the bucket was listed, and how often a file of it was read, by `/status`.
    pub(crate) async fn bucket_requests(&self) -> (u64, u64) {
        let status: serde_json::Value =
            serde_json::from_str(&self.get("/status", "").await.body).unwrap();
        let count = |what| status["bucket"][what].as_u64().unwrap();
        (count("lists"), count("reads"))
    }

    async fn get(&self, path: &str, consumer: &str) -> Response {
        let address = self.address.as_ref().expect("the program listens");
        http::send(address, "GET", path, &[("NHSE-Product-ID", consumer)]).await
    }
}
