//! Whose host it is.

use std::collections::BTreeSet;

use cached_attr::cached;

use crate::{Sources, StoreError, TenantError, TenantId, settings};

/// A host's name, however it was written: `ACME.example.com:8443` and `acme.example.com.` are one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Host(String);

impl From<&str> for Host {
    fn from(written: &str) -> Self {
        let name = match written.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => written,
        };
        Self(name.trim_end_matches('.').to_lowercase())
    }
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The tenant that is reached under a host; that there is none is believed for ten seconds.
///
/// Which tenant's settings the answer depends on is known when it has been found: the tag comes from the answer.
#[cached(
    ttl = "10m",
    negative_ttl = "10s",
    context = load,
    shared,
    name = "host_mapping",
    skip(sources)
)]
pub async fn tenant_of_host(
    sources: &Sources,
    host: &Host,
) -> Result<Option<TenantId>, StoreError> {
    for tenant in tenants(sources).await? {
        let hosts = match settings(sources, &tenant).await {
            Ok(settings) => settings.hosts,
            Err(TenantError::Store(error)) => return Err(error),
            // Another tenant's mistake is not this one's.
            Err(_) => continue,
        };
        if hosts
            .iter()
            .any(|known| Host::from(known.as_str()) == *host)
        {
            load.tag(format!("tenant:{tenant}"));
            return Ok(Some(tenant));
        }
    }
    load.tag("hosts:unknown");
    Ok(None)
}

/// Every tenant that has a document, or is in the file.
pub(crate) async fn tenants(sources: &Sources) -> Result<BTreeSet<TenantId>, StoreError> {
    let documents = sources.documents.names("tenants").await?;
    let documents = documents
        .into_iter()
        .filter_map(|name| TenantId::try_from(name).ok());
    Ok(sources
        .config
        .tenants
        .keys()
        .cloned()
        .chain(documents)
        .collect())
}
