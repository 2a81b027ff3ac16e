//! Why a tier did not do what was requested.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// A fault of the tier. It is never an error of a cached function: the body runs instead.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TierError {
    /// The tier is known to be away: nothing was sent.
    Unavailable,
    /// No answer within the operation timeout. What was sent may still take effect.
    Timeout,
    /// Invalidations of this process are not delivered yet: nothing is read or stored until they are.
    Undelivered,
    /// A key or a value over the configured limit.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The tier answered with an error, or the connection failed.
    Failed(Arc<dyn Error + Send + Sync>),
}

impl TierError {
    /// Wraps an error of the implementation. Its text must not contain keys or values.
    pub fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        TierError::Failed(Arc::from(error.into()))
    }
}

impl fmt::Display for TierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TierError::Unavailable => f.write_str("the shared tier is not available"),
            TierError::Timeout => f.write_str("the shared tier did not answer in time"),
            TierError::Undelivered => {
                f.write_str("invalidations have not been delivered to the shared tier yet")
            }
            TierError::TooLarge { limit } => {
                write!(
                    f,
                    "a key or value is larger than the limit of {limit} bytes"
                )
            }
            TierError::Failed(_) => f.write_str("the shared tier failed"),
        }
    }
}

impl Error for TierError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            TierError::Failed(source) => Some(&**source),
            _ => None,
        }
    }
}
