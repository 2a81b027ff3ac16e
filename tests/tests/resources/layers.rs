//! A memoized handler over its resources, and other attributes around them.

use cached_attr::cached;
use cached_attr::cached as remembers;
use cached_attr_tests::Source;
use tokio::time::{Instant, sleep_until};

use crate::{MILLISECOND, SECOND};

#[tokio::test(start_paused = true)]
async fn a_memoizing_layer_stands_outside_wherever_it_is_written() {
    #[cached(ttl = "10s", skip(runs, urls))]
    #[cached(let url = urls.ask_for(MILLISECOND).await, ttl = "30s", skip(urls))]
    async fn above(runs: &Source, urls: &Source, id: u32) -> (u32, u32) {
        (runs.ask() + id, url)
    }

    #[cached(let url = urls.ask_for(MILLISECOND).await, ttl = "30s", skip(urls))]
    #[cached(ttl = "10s", skip(runs, urls))]
    async fn below(runs: &Source, urls: &Source, id: u32) -> (u32, u32) {
        (runs.ask() + id, url)
    }

    macro_rules! in_a_minute {
        ($handler:ident) => {
            let (runs, urls) = (Source::new(), Source::new());
            let began = Instant::now();
            for second in 0..60 {
                let answer = $handler(&runs, &urls, 0).await;
                assert_eq!(answer, (second / 10 + 1, second / 30 + 1));
                sleep_until(began + (second + 1) * SECOND).await;
            }
            assert_eq!((runs.asked(), urls.asked()), (6, 2));
        };
    }
    in_a_minute!(above);
    in_a_minute!(below);
}

#[tokio::test(start_paused = true)]
async fn the_attribute_may_have_another_name() {
    #[remembers(let one = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    #[remembers(let two = source.ask_for(2 * MILLISECOND).await, ttl = "1h", skip(source))]
    #[cached_attr::cached(let three = source.ask_for(3 * MILLISECOND).await, ttl = "1h", skip(source))]
    async fn handler(source: &Source) -> [u32; 3] {
        [one, two, three]
    }

    let (source, began) = (Source::new(), Instant::now());
    assert_eq!(handler(&source).await, [1, 2, 3]);
    assert_eq!(began.elapsed(), 3 * MILLISECOND, "one stack, side by side");
    assert_eq!(handler(&source).await, [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn cfg_attr_and_cfg_say_which_resources_there_are() {
    #[cfg_attr(all(), cached(let one = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source)))]
    #[cfg_attr(any(), cached(let two = nothing(source).await, ttl = "1h", skip(source)))]
    #[cached(let three = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    #[cfg_attr(all(), cached(let four = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source)))]
    #[cfg(test)]
    async fn handler(source: &Source) -> [u32; 3] {
        [one, three, four]
    }

    #[cfg(any())]
    #[cached(let one = nothing(source).await, ttl = "1h", skip(source))]
    async fn handler(source: &Source) -> [u32; 3] {
        one
    }

    let source = Source::new();
    assert_eq!(handler(&source).await, [1, 2, 3]);
    assert_eq!(handler(&source).await, [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn other_attributes_stand_between_resources() {
    #[cached(let one = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    /// Documented.
    #[must_use]
    #[cached(let mut two = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    #[inline]
    async fn handler(source: &Source) -> u32 {
        two += one;
        two
    }

    let source = Source::new();
    assert_eq!(handler(&source).await, 3);
    assert_eq!(
        handler(&source).await,
        3,
        "what is remembered is not changed"
    );
}
