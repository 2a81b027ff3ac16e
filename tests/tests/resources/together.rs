//! Cold resources load side by side.

use cached_attr::cached;
use cached_attr_tests::Source;
use tokio::time::Instant;

use crate::MILLISECOND;

#[tokio::test(start_paused = true)]
async fn five_cold_resources_of_a_hundred_milliseconds_take_a_hundred() {
    #[cached(let one = source.ask_for(100 * MILLISECOND).await, ttl = "1h", skip(source))]
    #[cached(let two = source.ask_for(100 * MILLISECOND).await, ttl = "1h", skip(source))]
    #[cached(let three = source.ask_for(100 * MILLISECOND).await, ttl = "1h", skip(source))]
    #[cached(let four = source.ask_for(100 * MILLISECOND).await, ttl = "1h", skip(source))]
    #[cached(let five = source.ask_for(100 * MILLISECOND).await, ttl = "1h", skip(source))]
    async fn handler(source: &Source) -> [u32; 5] {
        [one, two, three, four, five]
    }

    let (source, began) = (Source::new(), Instant::now());
    assert_eq!(handler(&source).await, [1, 2, 3, 4, 5]);
    assert!(
        began.elapsed() <= 150 * MILLISECOND,
        "{:?}",
        began.elapsed()
    );

    let began = Instant::now();
    assert_eq!(handler(&source).await, [1, 2, 3, 4, 5]);
    assert!(began.elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
async fn a_hundred_cold_handlers_make_one_load_of_each_resource() {
    static FAST: Source = Source::new();
    static SLOW: Source = Source::new();
    static RUNS: Source = Source::new();

    #[cached(let fast = FAST.ask_for(10 * MILLISECOND).await, ttl = "1h")]
    #[cached(let slow = SLOW.ask_for(50 * MILLISECOND).await, ttl = "1h")]
    async fn handler() -> (u32, u32) {
        RUNS.ask();
        (fast, slow)
    }

    let calls: Vec<_> = (0..100).map(|_| tokio::spawn(handler())).collect();
    for call in calls {
        assert_eq!(call.await.expect("nobody panics"), (1, 1));
    }
    assert_eq!((FAST.asked(), SLOW.asked(), RUNS.asked()), (1, 1, 100));
    assert_eq!(handler_fast_cache().stats().collapsed, 99);
}

#[tokio::test(start_paused = true)]
async fn a_resource_waits_for_the_one_it_names_and_for_no_other() {
    async fn until(from: Instant, wait: u32) -> u32 {
        tokio::time::sleep(wait * MILLISECOND).await;
        u32::try_from(from.elapsed().as_millis()).unwrap_or(u32::MAX)
    }

    // Written before what it waits for, and beside something slower.
    #[cached(let account = until(began, token / 2).await, ttl = "1h", skip(began))]
    #[cached(let token = until(began, 100).await, ttl = "1h", skip(began))]
    #[cached(let slow = until(began, 400).await, ttl = "1h", skip(began))]
    async fn handler(began: Instant) -> (u32, u32, u32) {
        (account, token, slow)
    }

    let began = Instant::now();
    let (account, token, slow) = handler(began).await;
    assert_eq!((token, account, slow), (100, 150, 400));
    assert_eq!(began.elapsed(), 400 * MILLISECOND, "all overlap");
}

#[tokio::test(start_paused = true)]
async fn what_one_resource_has_makes_the_key_of_another() {
    #[cached(let stage: u32 = stages.ask_for(MILLISECOND).await, ttl = "10s", skip(stages))]
    #[cached(let url: u32 = urls.ask_for(stage * MILLISECOND).await, ttl = "1h", skip(urls))]
    async fn handler(stages: &Source, urls: &Source) -> (u32, u32) {
        (stage, url)
    }

    let (stages, urls) = (Source::new(), Source::new());
    assert_eq!(handler(&stages, &urls).await, (1, 1));
    tokio::time::advance(10_000 * MILLISECOND).await;
    assert_eq!(handler(&stages, &urls).await, (2, 2), "another key");
    assert_eq!(handler_url_cache().get(1).await, Some(1));
    assert_eq!(handler_url_cache().get(2).await, Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_handler_drops_its_loads_and_a_waiting_one_takes_them_over() {
    static SOURCE: Source = Source::new();

    #[cached(let one = SOURCE.ask_for(100 * MILLISECOND).await, ttl = "1h")]
    #[cached(let two = SOURCE.ask_for(100 * MILLISECOND).await, ttl = "1h")]
    async fn handler() -> u32 {
        one + two
    }

    let leader = tokio::spawn(handler());
    tokio::task::yield_now().await;
    let waiter = tokio::spawn(handler());
    tokio::time::sleep(50 * MILLISECOND).await;
    leader.abort();
    let began = Instant::now();
    assert_eq!(waiter.await.expect("nobody aborts it"), 3 + 4);
    assert_eq!(began.elapsed(), 100 * MILLISECOND);
}
