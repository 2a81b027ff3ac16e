//! `#[leader]` in every form.

use ::std::option::Option::{self, Some};
use ::std::result::Result::{self, Ok};
use ::std::string::String;
use ::std::time::Duration;

/// Every option.
#[::memo::leader(
    key = "hygiene:{tenant}:{shard:02}",
    ttl = Duration::from_secs(5),
    grace = "1h",
    on_unavailable = "run",
    fence = term,
    crate = ::memo
)]
pub async fn all(tenant: &str, shard: u32) -> Option<u64> {
    let _ = (tenant, shard);
    Some(term)
}

/// Without a value.
///
/// # Errors
///
/// None: lints see the function as it is written.
#[::memo::leader(key = key, crate = ::memo)]
pub async fn nothing<T>(key: String, item: T) -> Result<(), T> {
    let _ = (key, item);
    Ok(())
}
