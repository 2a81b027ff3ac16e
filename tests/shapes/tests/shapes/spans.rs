//! `#[tracing::instrument]` on either side. An attribute keeps those below it on the function that it writes: of two
//! attributes the lower one ends up on the outside.

use cached_attr::cached;
use cached_attr_tests::record_log;
use tracing::instrument;

#[cached(ttl = "1m", skip(secret))]
#[instrument(skip(secret), fields(kind = "call"))]
async fn around_calls(id: u32, secret: &str) -> Result<u32, String> {
    let _ = secret;
    tracing::info!("loading");
    Ok(id)
}

#[instrument(skip(secret), ret)]
#[cached(ttl = "1m", skip(secret))]
async fn around_loads(id: u32, secret: &str) -> Result<u32, String> {
    let _ = secret;
    tracing::info!("loading");
    Ok(id)
}

struct Client;

impl Client {
    #[instrument(skip_all, err)]
    #[cached(ttl = "1m", skip(self))]
    async fn method(&self, id: u32) -> Result<u32, String> {
        if id == 0 {
            Err("zero".to_owned())
        } else {
            Ok(id)
        }
    }
}

fn count(lines: &[String], what: &str) -> usize {
    lines.iter().filter(|line| line.contains(what)).count()
}

#[tokio::test]
async fn below_it_spans_every_call() {
    let (logged, _guard) = record_log();
    for _ in 0..3 {
        assert_eq!(around_calls(7, "hunter2").await, Ok(7));
    }
    let lines = logged.lines();
    assert_eq!(
        (count(&lines, "span around_calls"), count(&lines, "loading")),
        (3, 1),
        "{lines:?}"
    );
    assert_eq!(count(&lines, "hunter2"), 0);
}

#[tokio::test]
async fn above_it_spans_every_load() {
    let (logged, _guard) = record_log();
    for _ in 0..3 {
        assert_eq!(around_loads(7, "hunter2").await, Ok(7));
    }
    let lines = logged.lines();
    assert_eq!(
        (count(&lines, "span around_loads"), count(&lines, "loading")),
        (1, 1),
        "{lines:?}"
    );
    assert_eq!(around_loads_cache().stats().hits, 2);
}

#[tokio::test]
async fn a_hit_of_a_method_below_instrument_has_no_span() {
    let (logged, _guard) = record_log();
    assert_eq!(
        (Client.method(1).await, Client.method(1).await),
        (Ok(1), Ok(1))
    );
    assert!(Client.method(0).await.is_err());
    let lines = logged.lines();
    assert_eq!(
        (count(&lines, "span method"), count(&lines, "zero")),
        (2, 1),
        "{lines:?}"
    );
}
