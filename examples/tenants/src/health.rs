//! Whether the service can do its work.

use cached_attr::tier;
use serde::Serialize;

use crate::Sources;

/// What is wrong, if anything: the first of the checks that fails.
pub(crate) async fn check(sources: &Sources) -> Result<(), &'static str> {
    if sources.options.cache_healthcheck {
        let tier = tier::installed().ok_or("no shared tier is installed")?;
        // At most the tier's operation timeout, over the connection that it has.
        if !tier.health().await.up {
            return Err("the shared tier does not answer");
        }
    }
    if !sources.documents.is_up().await {
        return Err("the document store cannot be used");
    }
    Ok(())
}

/// What the service has done so far.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// Reads of a document.
    pub reads: u64,
    /// Whether a shared tier is in use and answered last: nothing is sent to find out.
    pub tier_is_up: bool,
}

impl Status {
    pub(crate) fn of(sources: &Sources) -> Self {
        Self {
            reads: sources.documents.reads(),
            tier_is_up: tier::installed().is_some_and(|tier| tier.is_up()),
        }
    }
}
