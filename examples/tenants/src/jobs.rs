//! Work that one replica does for all.

use cached_attr::leader;
use serde::{Deserialize, Serialize};

use crate::{Sources, StoreError, hosts};

/// Gives the tenants of the file's `seed` a document, at start-up: `None` where another replica does that.
#[leader(key = "seeding", ttl = "10s", grace = "10s")]
pub async fn seed(sources: &Sources) -> Result<Option<usize>, StoreError> {
    let mut seeded = 0;
    for (tenant, overrides) in &sources.config.seed {
        let documents = &sources.documents;
        let found: Option<serde_json::Value> = documents.read("tenants", tenant.as_str()).await?;
        if found.is_none() {
            documents
                .write("tenants", tenant.as_str(), overrides)
                .await?;
            seeded += 1;
        }
    }
    Ok(Some(seeded))
}

/// What was computed last night.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Report {
    /// How many tenants there were.
    pub tenants: usize,
}

/// Computes the report. Every replica's timer calls this, and one of them does it.
#[leader(key = "nightly", ttl = "1m", grace = "20h")]
pub async fn nightly_recompute(sources: &Sources) -> Result<Option<Report>, StoreError> {
    let report = Report {
        tenants: hosts::tenants(sources).await?.len(),
    };
    sources
        .documents
        .write("reports", "nightly", &report)
        .await?;
    Ok(Some(report))
}
