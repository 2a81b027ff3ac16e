//! The service as a process, and requests to it.

use std::process::Stdio;

use axum::http::StatusCode;
use instrument_api::Role;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::support::{Answer, SECRET, token};

/// A running service; killed when it is dropped.
pub(crate) struct Program {
    pub(crate) child: Child,
    /// None when it ended instead of listening.
    pub(crate) address: Option<String>,
    /// What it printed until it listened or ended.
    pub(crate) output: String,
}

impl Program {
    /// Starts the service over a database, with these variables and no others that it reads.
    pub(crate) async fn start(database: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_instrument-api"))
            .env_clear()
            .env("DATABASE_URL", database)
            .env("JWT_SECRET", SECRET)
            .env("PORT", "0")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
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

    /// `GET` as staff.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    /// `PUT` as staff.
    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, Some(body)).await
    }

    /// One request a connection.
    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let address = self.address.as_ref().expect("the service listens");
        let body = body.map_or(String::new(), |body| body.to_string());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            token(Role::Staff),
            body.len()
        );
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        let (head, body) = response.split_once("\r\n\r\n").expect("a whole response");
        let status = head.split(' ').nth(1).expect("a status line");
        let mut headers = head.lines().filter_map(|line| line.split_once(": "));
        let cache = headers.find(|(name, _)| name.eq_ignore_ascii_case("cache-status"));
        Answer {
            status: StatusCode::from_bytes(status.as_bytes()).unwrap(),
            cache: cache.map_or("", |(_, value)| value).to_owned(),
            body: serde_json::from_str(body).unwrap_or_default(),
        }
    }
}
