//! Text keys of arguments that do not say what they are.

use std::fmt::{self, Display, Formatter};

use cached_attr::cached;

/// A date under a pattern that is none displays like this.
struct Refuses;

impl Display for Refuses {
    fn fmt(&self, _: &mut Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

#[cached(ttl = "1m", key = "{date}:{tenant}")]
async fn report(date: Refuses, tenant: &'static str) -> &'static str {
    tenant
}

#[cached(ttl = "1m", key = "{date}")]
async fn only(date: Refuses) -> u32 {
    1
}

#[tokio::test(start_paused = true)]
async fn a_display_that_fails_never_shortens_a_key() {
    // Cut short, both keys would be one: the second tenant would get the first one's report.
    for tenant in ["acme", "other"] {
        let call = tokio::spawn(report(Refuses, tenant)).await;
        assert!(
            call.is_err_and(|error| error.is_panic()),
            "as `to_string` does"
        );
    }
    assert!(report_cache().is_empty());

    let call = tokio::spawn(only(Refuses)).await;
    assert!(call.is_err_and(|error| error.is_panic()));
    assert!(only_cache().is_empty());
}
