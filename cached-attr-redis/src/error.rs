//! Why a tier cannot be made.

use std::error::Error;
use std::fmt;

use cached_attr_runtime::tier::AlreadyInstalled;

/// An address or a setting that makes no sense. Its text has no part of the address: that may have a password.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address cannot be parsed; why.
    Address(&'static str),
    /// A namespace is made of letters, digits, `_`, `-` and `.`.
    Namespace,
    /// A timeout of zero, or a heartbeat under three milliseconds.
    Duration,
    /// This process has a tier already.
    AlreadyInstalled(AlreadyInstalled),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectError::Address(why) => {
                write!(f, "not an address of a Redis or Valkey server: {why}")
            }
            ConnectError::Namespace => f.write_str(
                "a namespace is made of letters, digits, `_`, `-` and `.`, and is not empty",
            ),
            ConnectError::Duration => f.write_str(
                "the operation timeout must not be zero, nor the heartbeat shorter than 3 ms",
            ),
            ConnectError::AlreadyInstalled(_) => {
                f.write_str("a shared tier cannot be installed twice")
            }
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ConnectError::AlreadyInstalled(source) => Some(source),
            _ => None,
        }
    }
}
