//! One call at a time runs the body, and for how long nobody else does.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use cached_attr::leader;
use cached_attr_tests::{Gate, Source, Stepped};
use futures_util::FutureExt as _;
use tokio::time::{advance, sleep};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn of_two_concurrent_calls_one_runs_and_the_next_call_runs_again() {
    #[leader(key = "two calls")]
    async fn seed(source: &Source, gate: &Gate) -> Option<u32> {
        gate.pass().await;
        Some(source.ask())
    }

    let (source, gate) = (Source::new(), Gate::new());
    let first = Stepped::begin(seed(&source, &gate)).await;
    assert_eq!(seed(&source, &gate).await, None);
    gate.open();
    assert_eq!(first.finish().await, Some(1));
    assert_eq!(seed(&source, &gate).await, Some(2));
}

#[tokio::test(start_paused = true)]
async fn nightly_work_runs_once_a_night() {
    #[leader(key = "nightly", ttl = "5m", grace = "20h")]
    async fn nightly_recompute(source: &Source) -> Option<u32> {
        Some(source.ask())
    }

    let source = Source::new();
    for night in 1..=3 {
        assert_eq!(nightly_recompute(&source).await, Some(night));
        // Processes whose clocks and schedules differ by some hours.
        for _ in 0..3 {
            advance(HOUR).await;
            assert_eq!(nightly_recompute(&source).await, None);
        }
        advance(HOUR * 21).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_grace_ends_to_the_moment() {
    #[leader(key = "moment", grace = "10s")]
    async fn seed() -> Option<u32> {
        Some(1)
    }

    assert_eq!(seed().await, Some(1));
    advance(Duration::from_millis(9_999)).await;
    assert_eq!(seed().await, None);
    advance(Duration::from_millis(1)).await;
    assert_eq!(seed().await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn after_an_error_the_next_call_runs_at_once() {
    #[leader(key = "failing", grace = "1h")]
    async fn seed(source: &Source) -> Result<Option<u32>, String> {
        match source.ask() {
            1 => Err("the store is away".to_owned()),
            answer => Ok(Some(answer)),
        }
    }

    let source = Source::new();
    assert_eq!(seed(&source).await, Err("the store is away".to_owned()));
    assert_eq!(seed(&source).await, Ok(Some(2)));
    assert_eq!(seed(&source).await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_panics_frees_its_key_without_a_grace() {
    #[leader(key = "panicking", grace = "1h")]
    async fn seed(source: &Source) -> Option<u32> {
        let answer = source.ask();
        assert!(answer > 1, "the first one panics");
        Some(answer)
    }

    let source = Source::new();
    let panicked = AssertUnwindSafe(seed(&source)).catch_unwind().await;
    assert!(panicked.is_err());
    assert_eq!(seed(&source).await, Some(2));
    assert_eq!(seed(&source).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_frees_its_key_without_a_grace() {
    #[leader(key = "dropped", grace = "1h")]
    async fn seed(gate: &Gate) -> Option<u32> {
        gate.pass().await;
        Some(1)
    }

    let (closed, open) = (Gate::new(), Gate::opened());
    let call = Stepped::begin(seed(&closed)).await;
    assert_eq!(seed(&open).await, None);
    drop(call);
    assert_eq!(seed(&open).await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_body_may_last_longer_than_its_ttl() {
    #[leader(key = "long", ttl = "1s")]
    async fn seed(time: Duration) -> Option<u32> {
        sleep(time).await;
        Some(1)
    }

    let mut long = Stepped::begin(seed(SECOND * 100)).await;
    advance(SECOND * 50).await;
    assert!(long.step().await.is_none());
    assert_eq!(seed(Duration::ZERO).await, None);
    assert_eq!(long.finish().await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_that_ends_does_not_free_the_leaders_key() {
    #[leader(key = "refused")]
    async fn seed(gate: &Gate) -> Option<u32> {
        gate.pass().await;
        Some(1)
    }

    let (gate, open) = (Gate::new(), Gate::opened());
    let leading = Stepped::begin(seed(&gate)).await;
    for _ in 0..3 {
        assert_eq!(seed(&open).await, None);
    }
    gate.open();
    assert_eq!(leading.finish().await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_body_may_lead_under_another_key_but_not_under_its_own() {
    #[leader(key = "inner")]
    async fn inner() -> Option<u32> {
        Some(1)
    }

    #[leader(key = "outer")]
    async fn outer(depth: u32) -> Option<(Option<u32>, bool)> {
        let again = if depth > 0 {
            Box::pin(outer(depth - 1)).await.is_some()
        } else {
            false
        };
        Some((inner().await, again))
    }

    assert_eq!(outer(1).await, Some((Some(1), false)));
}

#[tokio::test(start_paused = true)]
async fn each_leaders_fence_is_larger_than_the_one_before() {
    #[leader(key = "fenced", fence = term)]
    async fn seed() -> Option<u64> {
        Some(term)
    }

    let mut last = 0;
    for _ in 0..100 {
        let fence = seed().await.expect("nobody else leads");
        assert!(fence > last, "{fence} after {last}");
        last = fence;
    }
}
