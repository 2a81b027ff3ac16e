//! What is settled before the first request, and said aloud: a cache that is off must not go unnoticed.

use std::env;
use std::time::Duration;

use crate::Environment;

/// Refuses an environment that contradicts itself, and says how long each answer is remembered.
pub fn announce(environment: &Environment) -> Result<String, cached_attr::CheckError> {
    cached_attr::check()?;
    let (configs, source) = match env::var("CONFIG_CACHE_TTL_SECONDS") {
        Ok(text) => (text, "CONFIG_CACHE_TTL_SECONDS".to_owned()),
        Err(_) => ("30m".to_owned(), "default".to_owned()),
    };
    let mapping = match environment.name() {
        "" => "ENVIRONMENT is unset".to_owned(),
        name => format!("ENVIRONMENT is {name}"),
    };
    Ok(format!(
        "campaign configs: {}\nconsumer mapping: {}",
        remembered(&configs, &source),
        remembered(environment.mapping_ttl(), &mapping)
    ))
}

fn remembered(ttl: Duration, source: &str) -> String {
    if ttl.is_zero() {
        return format!("never remembered ({source})");
    }
    format!("remembered for {ttl:?} ({source})")
}
