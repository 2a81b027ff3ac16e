//! A connection for commands: every one has a time limit, and too many that pass it end the connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{Pipeline, Value};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::fault::{Fault, FaultKind};
use crate::scripts::Script;

/// So many timeouts in a row end a connection.
const MOST_TIMEOUTS: u32 = 3;

/// A connection for commands.
pub(crate) struct Link {
    connection: MultiplexedConnection,
    timeout: Duration,
    timeouts: AtomicU32,
    /// The connection is of no more use.
    pub(crate) broken: Notify,
}

/// One operation on a connection: all its round trips share a time limit.
pub(crate) struct Operation {
    link: Arc<Link>,
    until: Instant,
}

/// A script with its key and arguments.
pub(crate) struct Call<'a> {
    pub(crate) script: Script,
    pub(crate) key: &'a str,
    pub(crate) args: &'a [&'a [u8]],
}

impl Link {
    pub(crate) fn new(connection: MultiplexedConnection, timeout: Duration) -> Self {
        Link {
            connection,
            timeout,
            timeouts: AtomicU32::new(0),
            broken: Notify::new(),
        }
    }

    /// An operation that begins now.
    pub(crate) fn operation(self: &Arc<Self>) -> Operation {
        self.operation_until(Instant::now() + self.timeout)
    }

    pub(crate) fn operation_until(self: &Arc<Self>, until: Instant) -> Operation {
        Operation {
            link: Arc::clone(self),
            until,
        }
    }

    /// Ends the connection when its answers say so.
    fn watch(&self, answers: &Result<Vec<Value>, Fault>) {
        let kind = match answers {
            Ok(answers) => Fault::first_broken(answers).map(|fault| fault.kind),
            Err(fault) => Some(fault.kind),
        };
        let is_broken = match kind {
            Some(FaultKind::Broken) => true,
            Some(FaultKind::Timeout) => {
                self.timeouts.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_TIMEOUTS
            }
            _ => {
                self.timeouts.store(0, Ordering::Relaxed);
                false
            }
        };
        if is_broken {
            self.broken.notify_one();
        }
    }
}

impl Operation {
    /// Sends commands in one go and returns an answer for each; a server's error is an answer.
    pub(crate) async fn send(&self, commands: &Pipeline) -> Result<Vec<Value>, Fault> {
        let mut connection = self.link.connection.clone();
        let answers = connection.req_packed_commands(commands, 0, commands.len());
        let answers = match tokio::time::timeout_at(self.until, answers).await {
            Ok(Ok(answers)) => Ok(answers),
            Ok(Err(error)) => Err(Fault::from(error)),
            Err(_) => Err(Fault::timeout()),
        };
        self.link.watch(&answers);
        answers
    }

    /// Runs a script by its hash, then commands in the same round trip; by its text where the server does not
    /// have it. The answers are the script's and the commands'.
    pub(crate) async fn script(
        &self,
        call: Call<'_>,
        then: impl Fn(&mut Pipeline),
    ) -> Result<Vec<Value>, Fault> {
        let source = call.script.source();
        let pipeline = |command: &str, script: &str| {
            let mut pipeline = Pipeline::new();
            pipeline.cmd(command).arg(script).arg(1).arg(call.key);
            for arg in call.args {
                pipeline.arg(*arg);
            }
            then(&mut pipeline);
            pipeline
        };
        let mut answers = self.send(&pipeline("EVALSHA", source.hash())).await?;
        let unknown = answers
            .first()
            .and_then(Fault::in_value)
            .is_some_and(|fault| fault.kind == FaultKind::NoScript);
        if unknown {
            // It did not run: nothing is done twice.
            answers = self.send(&pipeline("EVAL", &source.code)).await?;
        }
        match answers.first().map(Fault::in_value) {
            None => Err(Fault::broken("an answer is missing")),
            Some(Some(fault)) => Err(fault),
            Some(None) => Ok(answers),
        }
    }

    /// Runs a script alone.
    pub(crate) async fn call(
        &self,
        script: Script,
        key: &str,
        args: &[&[u8]],
    ) -> Result<Value, Fault> {
        let call = Call { script, key, args };
        let mut answers = self.script(call, |_| {}).await?;
        Ok(answers.swap_remove(0))
    }
}
