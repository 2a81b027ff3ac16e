//! Lives that were too short or too long.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Source;
use tokio::runtime::{Builder, Runtime};
use tokio::time::advance;

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test(start_paused = true)]
async fn an_answer_that_took_longer_than_tti_is_not_idle_at_birth() {
    #[cached(ttl = "10m", tti = "1s", skip(source))]
    async fn slow(source: &Source) -> u32 {
        source.ask_for(Duration::from_millis(1500)).await
    }

    let source = Source::new();
    for _ in 0..3 {
        assert_eq!(slow(&source).await, 1);
    }
    advance(Duration::from_secs(1)).await;
    assert_eq!(slow(&source).await, 2, "nobody read it for a second");
}

fn paused() -> Runtime {
    let mut runtime = Builder::new_current_thread();
    runtime.enable_time().start_paused(true);
    runtime.build().expect("a runtime with a timer only")
}

#[test]
fn an_answer_of_a_runtime_whose_clock_was_ahead_does_not_outlive_its_ttl() {
    #[cached(ttl = "1h", skip(source))]
    async fn price(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    paused().block_on(async {
        advance(100 * HOUR).await;
        assert_eq!(price(&source).await, 1);
    });
    paused().block_on(async {
        advance(50 * HOUR).await;
        assert_eq!(price(&source).await, 2, "stored in what is the future here");
        assert_eq!(price(&source).await, 2);
    });
}
