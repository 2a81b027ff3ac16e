//! What can be wrong with the configs.

use std::error::Error;
use std::sync::Arc;

use thiserror::Error;

/// Why something could not be read. `Clone`, so that every caller that waited for one load gets its error.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The bucket does not answer, or refuses.
    #[error("the bucket cannot be read")]
    Store(#[from] Arc<object_store::Error>),
    /// A file is not what it should be.
    #[error("{file} cannot be used: {reason}")]
    Broken {
        /// Its path in the bucket.
        file: String,
        /// What is wrong, and where.
        reason: Arc<str>,
    },
    /// Not one config: more likely a wrong bucket than a health service without campaigns.
    #[error("there are no campaign configs in the bucket")]
    NoCampaigns,
    /// No consumer mapping, which means a wrong bucket as well.
    #[error("there is no consumer mapping in the bucket")]
    NoConsumers,
}

impl From<object_store::Error> for ConfigError {
    fn from(error: object_store::Error) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl ConfigError {
    pub(crate) fn broken(file: impl Into<String>, reason: &impl ToString) -> Self {
        Self::Broken {
            file: file.into(),
            reason: reason.to_string().into(),
        }
    }

    /// Logs a failed load with its causes.
    ///
    /// This happens in the load and not where its answer is used: while a stale answer is served, no caller gets the
    /// error.
    pub(crate) fn log(&self, what: &'static str) {
        tracing::error!(error = self as &dyn Error, "cannot load {what}");
    }
}
