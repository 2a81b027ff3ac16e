//! A service as a process, for the examples: it prints `listening on http://…`, and is called over HTTP.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A running service; killed when it is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// None when it ended instead of listening.
    pub address: Option<String>,
    /// What it printed until it listened or ended.
    pub output: String,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Response {
    /// A header's value; empty when it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }
}

impl Program {
    /// Starts a program with these variables and no others, and reads its output until it listens or ends.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub async fn start(path: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(path)
            .env_clear()
            .env("PORT", "0")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program");
        let (mut output, mut address) = (String::new(), None);
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            output = output + &line + "\n";
            if let Some(listening) = line.strip_prefix("listening on http://") {
                address = Some(listening.to_owned());
                break;
            }
        }
        if address.is_none() {
            output += &Self::errors(&mut child).await;
        }
        Self {
            child,
            address,
            output,
        }
    }

    /// Ends it as a crash does, and returns what it logged.
    ///
    /// # Panics
    ///
    /// When it has ended before.
    pub async fn kill(mut self) -> String {
        self.child.kill().await.expect("a running process");
        Self::errors(&mut self.child).await
    }

    /// Whether it has ended well.
    ///
    /// # Panics
    ///
    /// When it cannot be waited for.
    pub async fn succeeds(&mut self) -> bool {
        self.child.wait().await.expect("an ended process").success()
    }

    async fn errors(child: &mut Child) -> String {
        let mut errors = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            let _ = stderr.read_to_string(&mut errors).await;
        }
        errors
    }

    /// Sends one request, over a connection of its own. Its body is JSON.
    ///
    /// # Panics
    ///
    /// When it is not answered.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let address = self.address.as_ref().expect("the service listens");
        let length = body.len().to_string();
        let own = [
            ("Host", address.as_str()),
            ("Connection", "close"),
            ("Content-Type", "application/json"),
            ("Content-Length", &length),
        ];
        let lines = own
            .iter()
            .chain(headers)
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        let lines: String = lines.collect();
        let request = format!("{method} {path} HTTP/1.1\r\n{lines}\r\n{body}");
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is read");
        let mut response = String::new();
        stream
            .read_to_string(&mut response)
            .await
            .expect("an answer");
        let (head, body) = response.split_once("\r\n\r\n").expect("a whole response");
        let status = head.split(' ').nth(1).expect("a status line");
        Response {
            status: status.parse().expect("a number"),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }
}
