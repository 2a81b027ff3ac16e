//! What can be wrong with the configs.

use std::sync::Arc;

use thiserror::Error;

/// Why configs could not be read. `Clone`, so that everyone who waited for one load is told the same.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The bucket does not answer, or refuses.
    #[error("the bucket cannot be read")]
    Store(#[from] Arc<object_store::Error>),
    /// A file is not what it should be. The others are left alone.
    #[error("{file} cannot be used: {reason}")]
    Broken {
        /// Its path in the bucket.
        file: String,
        /// What is wrong, and where.
        reason: Arc<str>,
    },
    /// Not one config: far more likely a wrong bucket than a health service without campaigns.
    #[error("there are no campaign configs in the bucket")]
    NoCampaigns,
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
}
