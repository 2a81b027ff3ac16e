//! What is checked and printed before the first request, so that a cache that is off is noticed.

use std::time::Duration;

use cached_attr::{CacheInfo, CheckError, KnownTtl, TtlSource};

use crate::Environment;

/// One line for each cached function: its TTL, and where the TTL comes from.
///
/// Fails when a variable that sets a TTL cannot be parsed.
pub fn announce(environment: &Environment) -> Result<Vec<String>, CheckError> {
    cached_attr::check()?;
    let caches = cached_attr::caches();
    Ok(caches
        .iter()
        .map(|cache| line(cache, environment))
        .collect())
}

fn line(cache: &CacheInfo, environment: &Environment) -> String {
    let function = cache.name.rsplit("::").next().unwrap_or_default();
    let source = match &cache.ttl_source {
        TtlSource::Environment(variable) => variable,
        _ => "attribute",
    };
    match cache.ttl {
        KnownTtl::Fixed(ttl) => format!("{function}: {} ({source})", cached_for(ttl)),
        // Known after the first call. The only function with such a TTL takes it from the environment.
        KnownTtl::Unknown => {
            let (ttl, name) = (cached_for(environment.mapping_ttl()), environment.name());
            format!("{function}: {ttl} (ENVIRONMENT=\"{name}\")")
        }
        other => format!("{function}: {other:?} ({source})"),
    }
}

fn cached_for(ttl: Duration) -> String {
    if ttl.is_zero() {
        "not cached".to_owned()
    } else {
        format!("cached for {}", humantime::format_duration(ttl))
    }
}
