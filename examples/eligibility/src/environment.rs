//! Where the service runs, which decides how long it may trust the consumer mapping.

use std::env;
use std::time::Duration;

/// The name in `ENVIRONMENT`; empty when it is unset.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Environment(String);

impl Environment {
    /// An environment by name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The one this process runs in.
    #[must_use]
    pub fn current() -> Self {
        Self(env::var("ENVIRONMENT").unwrap_or_default())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Five minutes where the service is deployed; elsewhere nothing is remembered, so that an edited
    /// file is seen at once. What holds is said at start-up: a misspelt name does not go unnoticed.
    #[must_use]
    pub fn mapping_ttl(&self) -> Duration {
        match self.name() {
            "test" | "dev" | "preprod" | "prod" => Duration::from_secs(300),
            _ => Duration::ZERO,
        }
    }
}
