//! What is settled before the first request, and said aloud: a cache that is off must not go unnoticed.

use std::time::Duration;

use cached_attr::{CacheInfo, CheckError, KnownTtl, TtlSource};

use crate::Environment;

/// Refuses an environment that makes no sense, and says how long each function's answers are remembered.
pub fn announce(environment: &Environment) -> Result<Vec<String>, CheckError> {
    cached_attr::check()?;
    let caches = cached_attr::caches();
    Ok(caches
        .iter()
        .map(|cache| line(cache, environment))
        .collect())
}

fn line(cache: &CacheInfo, environment: &Environment) -> String {
    let function = cache.name.rsplit("::").next().unwrap_or(cache.name);
    let source = match &cache.ttl_source {
        TtlSource::Environment(variable) => format!("{variable} says so"),
        _ => "as the code says".to_owned(),
    };
    match cache.ttl {
        KnownTtl::Fixed(ttl) => format!("{function}: {} ({source})", remembered(ttl)),
        // Known after the first call; here only the mapping's is computed, and from nothing but this.
        KnownTtl::Unknown => {
            let ttl = remembered(environment.mapping_ttl());
            format!(
                "{function}: {ttl} (ENVIRONMENT is \"{}\")",
                environment.name()
            )
        }
        other => format!("{function}: {other:?} ({source})"),
    }
}

fn remembered(ttl: Duration) -> String {
    if ttl.is_zero() {
        "never remembered".to_owned()
    } else {
        format!("remembered for {}", humantime::format_duration(ttl))
    }
}
