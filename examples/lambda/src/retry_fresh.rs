//! Once more, with nothing remembered.

use std::time::Duration;

use cached_attr::CacheControlExt as _;

/// Calls, and when the error says that something remembered no longer works, calls once more with `max_age` zero.
///
/// A rotated password is noticed where it is used: the partner answers 401. That answer is the best invalidation there is.
/// The second call loads everything again and stores it, so the next invocation needs no second call; a second failure is
/// returned as it is, because fresh credentials that are refused are no question of caching.
pub async fn retry_fresh<T, E, F>(
    mut call: impl FnMut() -> F,
    outdated: impl Fn(&E) -> bool,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    match call().await {
        Err(error) if outdated(&error) => call().max_age(Duration::ZERO).await,
        answer => answer,
    }
}
