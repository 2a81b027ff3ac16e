//! What goes wrong with a server, without any text that may quote a key.

use std::fmt;

use cached_attr_runtime::tier::TierError;
use redis::{ErrorKind, RedisError, ServerErrorKind, Value};

/// An error of the server or of the connection to it.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    text: String,
}

/// What an error says about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// No answer in time.
    Timeout,
    /// The connection is of no more use: broken, or to a server that cannot be written to.
    Broken,
    /// The server refused this one command.
    Refused,
    /// The server does not have this script.
    NoScript,
}

impl Fault {
    pub(crate) fn timeout() -> Self {
        Fault {
            kind: FaultKind::Timeout,
            text: "no answer in time".to_owned(),
        }
    }

    pub(crate) fn broken(text: &str) -> Self {
        Fault {
            kind: FaultKind::Broken,
            text: text.to_owned(),
        }
    }

    pub(crate) fn refused(text: &str) -> Self {
        Fault {
            kind: FaultKind::Refused,
            text: text.to_owned(),
        }
    }

    /// The first fault among these answers after which the connection is of no more use.
    pub(crate) fn first_broken(answers: &[Value]) -> Option<Fault> {
        let mut faults = answers.iter().filter_map(Fault::in_value);
        faults.find(|fault| fault.kind == FaultKind::Broken)
    }

    /// The fault in an answer, if it is one.
    pub(crate) fn in_value(value: &Value) -> Option<Fault> {
        match value {
            Value::ServerError(error) => Some(RedisError::from(error.clone()).into()),
            _ => None,
        }
    }
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        let kind = match error.kind() {
            _ if error.is_timeout() => FaultKind::Timeout,
            ErrorKind::Server(ServerErrorKind::NoScript) => FaultKind::NoScript,
            // A replica, a server that starts, one that lost its primary, or one that the key's slot has left or is
            // leaving: another one has to be found.
            ErrorKind::Server(
                ServerErrorKind::ReadOnly
                | ServerErrorKind::BusyLoading
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask
                | ServerErrorKind::TryAgain,
            ) => FaultKind::Broken,
            ErrorKind::Server(_) | ErrorKind::Extension => FaultKind::Refused,
            _ => FaultKind::Broken,
        };
        // The server's own words may quote arguments: its code does not.
        let text = match error.code() {
            Some(code) => format!("the server answered {code}"),
            None => error.category().to_owned(),
        };
        Fault { kind, text }
    }
}

impl From<Fault> for TierError {
    fn from(fault: Fault) -> Self {
        match fault.kind {
            FaultKind::Timeout => TierError::Timeout,
            _ => TierError::failed(fault),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Fault {}
