//! Errors of loads, as the callers who waited for them see them.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// An error of a load, erased: whoever waited for it makes their own out of it. One word long: it stands where
/// most entries have a value, and takes no room there.
#[derive(Clone)]
pub struct Failure(Arc<Box<dyn Any + Send + Sync>>);

impl Failure {
    pub(crate) fn new<E: Send + Sync + 'static>(error: E) -> Self {
        Failure(Arc::new(Box::new(error)))
    }

    /// The error, if it is of this type.
    pub(crate) fn get<E: 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}

/// The error of a load that another call ran, for error types that cannot be cloned.
///
/// Those who waited for the load get this, converted into the function's error type by its
/// `From<SharedError>`; the call that ran the load gets the error itself. Only the text is left: the whole
/// source chain, rendered.
///
/// ```
/// use cached_attr_runtime::SharedError;
///
/// enum StoreError {
///     Io(std::io::Error),
///     Shared(SharedError),
/// }
///
/// impl From<SharedError> for StoreError {
///     fn from(error: SharedError) -> Self {
///         StoreError::Shared(error)
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedError {
    message: Arc<str>,
}

impl SharedError {
    /// Renders an error that has no sources.
    pub(crate) fn from_display(error: &dyn fmt::Display) -> Self {
        SharedError {
            message: error.to_string().into(),
        }
    }

    /// Renders an error and its sources, each once: `read failed: no such file`.
    pub(crate) fn from_error<E: Error + ?Sized>(error: &E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Many errors print their source themselves.
            if !message.ends_with(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            source = cause.source();
        }
        SharedError {
            message: message.into(),
        }
    }
}

impl fmt::Display for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for SharedError {}

/// A load took longer than its `timeout`, and was dropped.
///
/// The function's error type is made of it by [`From`].
///
/// ```
/// use cached_attr_runtime::TimedOut;
///
/// #[derive(Debug)]
/// enum StoreError {
///     Slow(TimedOut),
/// }
///
/// impl From<TimedOut> for StoreError {
///     fn from(error: TimedOut) -> Self {
///         StoreError::Slow(error)
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut {
    limit: Duration,
}

impl TimedOut {
    pub(crate) fn after(limit: Duration) -> Self {
        TimedOut { limit }
    }

    /// How long the load was allowed to take.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the load took longer than {:?}", self.limit)
    }
}

impl Error for TimedOut {}
