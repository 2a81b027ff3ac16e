//! Replicas as processes of their own.

mod clusters;
mod consistency;
mod crashes;
mod environment;
mod leaders;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A replica's process, killed with this value.
struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Process {
    fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_replica"))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Process {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// The next line of its output.
    async fn line(mut self) -> (Self, String) {
        let reading = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            self.stdout.read_line(&mut line).unwrap();
            (self, line.trim().to_owned())
        });
        reading.await.unwrap()
    }

    /// Writes a line to its input.
    fn send(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
    }

    /// Ends its input, and returns the rest of its output.
    async fn finish(mut self) -> String {
        drop(self.stdin.take());
        let reading = tokio::task::spawn_blocking(move || {
            let mut rest = String::new();
            self.stdout.read_to_string(&mut rest).unwrap();
            assert!(self.child.wait().unwrap().success());
            rest.trim().to_owned()
        });
        reading.await.unwrap()
    }

    /// Ends it as a crash does.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
