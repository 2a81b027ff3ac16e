//! Options at the ends of their ranges.

use std::time::Duration;

use cached_attr::{FnCache, cached};
use cached_attr_tests::Source;
use tokio::runtime::{Builder, Runtime};
use tokio::time::advance;

const HOUR: Duration = Duration::from_secs(3600);
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

#[tokio::test(start_paused = true)]
async fn the_longest_ttl_is_for_ever() {
    #[cached(ttl = Duration::MAX, skip(source))]
    async fn longest(source: &Source) -> u32 {
        source.ask()
    }

    #[cached(ttl = |_| Duration::MAX, skip(source))]
    async fn longest_by_value(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    assert_eq!(
        (longest(&source).await, longest_by_value(&source).await),
        (1, 2)
    );
    advance(CENTURY / 5).await;
    assert_eq!(
        (longest(&source).await, longest_by_value(&source).await),
        (1, 2)
    );
    longest_cache().set_ttl(Duration::from_secs(1));
    assert_eq!(longest(&source).await, 3);
    longest_cache().set_ttl(Duration::MAX);
    advance(CENTURY / 5).await;
    assert_eq!(longest(&source).await, 3);
}

#[tokio::test(start_paused = true)]
async fn ttls_below_a_millisecond_are_kept() {
    #[cached(ttl = "500us", skip(source))]
    async fn short(source: &Source) -> u32 {
        source.ask()
    }

    #[cached(ttl = "1ns", skip(source))]
    async fn shortest(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    assert_eq!((short(&source).await, shortest(&source).await), (1, 2));
    advance(Duration::from_micros(499)).await;
    assert_eq!((short(&source).await, shortest(&source).await), (1, 3));
    advance(Duration::from_micros(1)).await;
    assert_eq!(short(&source).await, 4);
    assert!(short_cache().stats().enabled && shortest_cache().stats().enabled);
}

#[tokio::test(start_paused = true)]
async fn a_cache_of_one_entry_holds_one() {
    let one: FnCache<u32, u32> = FnCache::builder().capacity(1).build();
    one.insert(1, 1).await;
    assert_eq!((one.get(1).await, one.len()), (Some(1), 1));
    for id in 0..1000 {
        one.insert(id, id).await;
    }
    assert!(one.len() <= 65, "{}", one.len());
}

#[tokio::test(start_paused = true)]
async fn jitter_of_the_whole_ttl_only_shortens() {
    #[cached(ttl = "100s", jitter = "100%")]
    async fn any(id: u32) -> u32 {
        id
    }

    for id in 0..300 {
        assert_eq!(any(id).await, id);
    }
    advance(Duration::from_secs(50)).await;
    let mut held = 0;
    for id in 0..300 {
        held += u32::from(any_cache().get(id).await.is_some());
    }
    assert!((50..250).contains(&held), "{held}");
    advance(Duration::from_secs(50)).await;
    assert_eq!(any_cache().get(0).await, None);
}

#[tokio::test(start_paused = true)]
async fn every_unit_of_a_duration_text_is_understood() {
    macro_rules! lives {
        ($name:ident $cache:ident $text:literal $seconds:literal) => {{
            #[cached(ttl = $text)]
            async fn $name() -> u32 {
                1
            }

            $name().await;
            advance(Duration::from_secs($seconds) - Duration::from_millis(1)).await;
            assert_eq!($cache().get(()).await, Some(1), $text);
            advance(Duration::from_millis(1)).await;
            assert_eq!($cache().get(()).await, None, $text);
        }};
    }

    lives!(seconds seconds_cache "90s" 90);
    lives!(minutes minutes_cache "2min" 120);
    lives!(hours hours_cache "1h 30m 5s" 5405);
    lives!(days days_cache "2days" 172_800);
    lives!(millis millis_cache "61000ms" 61);
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
