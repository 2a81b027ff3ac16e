//! A second try, after the cache entry that caused the failure was invalidated.

/// Calls; when `invalidate` finds an outdated cache entry behind the error and removes it, calls once more.
///
/// A rotated password shows where it is used: the partner answers 401. That answer is the best reason to invalidate. The
/// second call loads the one entry that is missing and stores it, so the next invocation needs no second call. A second
/// failure is returned as it is: fresh credentials that are refused are not a caching problem.
pub async fn retry_once<T, E>(
    call: impl AsyncFn() -> Result<T, E>,
    invalidate: impl AsyncFn(&E) -> bool,
) -> Result<T, E> {
    match call().await {
        Err(error) if invalidate(&error).await => call().await,
        answer => answer,
    }
}
