//! Sessions: rows of the application's own, each with an end of its own.

use std::time::{Duration, SystemTime};

use cached_attr::cached;
use serde::{Deserialize, Serialize};

use crate::{Documents, StoreError, TenantId};

/// Somebody who has signed in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Session {
    /// Who.
    pub user: String,
    /// Until when, in seconds since 1970.
    pub expires_at: u64,
}

impl Session {
    /// How long it still holds.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(self.expires_at);
        end.duration_since(SystemTime::now()).unwrap_or_default()
    }
}

/// A tenant's session; `None` when there is none, or no longer. It is cached until its own end.
#[cached(
    ttl = |session| session.as_ref().map_or(Duration::ZERO, Session::remaining),
    negative_ttl = "5s",
    key = "{tenant}:{id}",
    shared,
    name = "user_session",
    skip(documents)
)]
pub async fn session(
    documents: &Documents,
    tenant: &TenantId,
    id: &TenantId,
) -> Result<Option<Session>, StoreError> {
    let stored: Option<Session> = documents
        .read(&format!("sessions/{tenant}"), id.as_str())
        .await?;
    Ok(stored.filter(|session| !session.remaining().is_zero()))
}
