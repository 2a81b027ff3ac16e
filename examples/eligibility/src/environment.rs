//! Where the service runs, which sets the TTL of the consumer mapping.

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

    /// Five minutes where the service is deployed. Elsewhere zero, which turns the cache off, so that an edited file is
    /// used by the next request. The TTL is printed at start-up, which shows a misspelt name.
    #[must_use]
    pub fn mapping_ttl(&self) -> Duration {
        match self.name() {
            "test" | "dev" | "preprod" | "prod" => Duration::from_secs(300),
            _ => Duration::ZERO,
        }
    }
}
