//! What the service says of its caches before it serves.

use std::time::Duration;

use cached_attr::{CheckError, KnownTtl, TtlSource};

/// A line for each cached function: for how long, and who says so.
///
/// # Errors
///
/// Fails when a variable that sets a TTL cannot be parsed.
pub fn announce() -> Result<Vec<String>, CheckError> {
    cached_attr::check()?;
    let caches = cached_attr::caches();
    let lines = caches.iter().map(|cache| {
        let source = match &cache.ttl_source {
            TtlSource::Environment(variable) => variable,
            _ => "attribute",
        };
        match cache.ttl {
            KnownTtl::Fixed(ttl) => format!("{}: {} ({source})", cache.name, cached_for(ttl)),
            other => format!("{}: {other:?} ({source})", cache.name),
        }
    });
    Ok(lines.collect())
}

fn cached_for(ttl: Duration) -> String {
    if ttl.is_zero() {
        "not cached".to_owned()
    } else {
        format!("cached for {}", humantime::format_duration(ttl))
    }
}
