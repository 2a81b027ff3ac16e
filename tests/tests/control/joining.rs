//! Whom a strict caller waits for: step 3 of a call.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);

macro_rules! price {
    ($name:ident) => {
        #[cached(ttl = "1m", skip(source, gate))]
        async fn $name(source: &Source, gate: &Gate) -> u32 {
            let answer = source.ask();
            gate.pass().await;
            answer
        }
    };
}

#[tokio::test(start_paused = true)]
async fn max_age_zero_never_joins_a_load_that_began_before() {
    price!(price);
    let (source, old_gate, new_gate) = (Source::new(), Gate::new(), Gate::new());
    let old = Stepped::begin(price(&source, &old_gate)).await;
    let strict = Stepped::begin(price(&source, &new_gate).max_age(Duration::ZERO)).await;
    assert_eq!(source.asked(), 2, "it loads itself, at once");
    old_gate.open();
    assert_eq!(old.finish().await, 1);
    new_gate.open();
    assert_eq!(strict.finish().await, 2);
    assert_eq!(
        price(&source, &new_gate).await,
        2,
        "the younger answer stays"
    );
}

#[tokio::test(start_paused = true)]
async fn the_younger_answer_stays_also_when_the_older_load_ends_last() {
    price!(price);
    let (source, old_gate, new_gate) = (Source::new(), Gate::new(), Gate::new());
    let old = Stepped::begin(price(&source, &old_gate)).await;
    let strict = Stepped::begin(price(&source, &new_gate).no_cache()).await;
    new_gate.open();
    assert_eq!(strict.finish().await, 2);
    old_gate.open();
    assert_eq!(old.finish().await, 1);
    assert_eq!(price(&source, &new_gate).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_caller_joins_a_load_that_began_recently_enough() {
    price!(price);
    let (source, gate) = (Source::new(), Gate::new());
    // Its load runs under the same wish, or a stricter one.
    let load = Stepped::begin(price(&source, &gate).max_age(10 * SECOND)).await;
    advance(5 * SECOND).await;
    let joins = Stepped::begin(price(&source, &gate).max_age(10 * SECOND)).await;
    let too_strict = Stepped::begin(price(&source, &gate).max_age(2 * SECOND)).await;
    assert_eq!(source.asked(), 2);
    gate.open();
    assert_eq!(
        (
            load.finish().await,
            joins.finish().await,
            too_strict.finish().await
        ),
        (1, 1, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn a_caller_without_wishes_joins_a_strict_load() {
    price!(price);
    let (source, gate) = (Source::new(), Gate::new());
    let strict = Stepped::begin(price(&source, &gate).no_cache()).await;
    let joins = Stepped::begin(price(&source, &gate)).await;
    gate.open();
    assert_eq!((strict.finish().await, joins.finish().await), (1, 1));
    assert_eq!(source.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_strict_caller_does_not_join_a_load_that_runs_under_no_such_wish() {
    #[cached(ttl = "1m", skip(source))]
    async fn inner(source: &Source) -> u32 {
        source.ask()
    }

    #[cached(ttl = "1m", skip(source, gate))]
    async fn outer(source: &Source, gate: &Gate) -> u32 {
        let answer = inner(source).await;
        gate.pass().await;
        answer
    }

    let (source, gate) = (Source::new(), Gate::new());
    assert_eq!(inner(&source).await, 1);
    advance(30 * SECOND).await;
    // Begun just now, but of an old inner answer.
    let lax = Stepped::begin(outer(&source, &gate)).await;
    let strict = Stepped::begin(outer(&source, &gate).max_age(10 * SECOND)).await;
    gate.open();
    assert_eq!((lax.finish().await, strict.finish().await), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn refreshers_share_loads_among_themselves() {
    #[cached(ttl = "1m", skip(source))]
    async fn price(source: &Source) -> u32 {
        source.ask_for(SECOND).await
    }

    static SOURCE: Source = Source::new();
    assert_eq!(price(&SOURCE).await, 1);
    let calls: Vec<_> = (0..100)
        .map(|_| tokio::spawn(async { price(&SOURCE).no_cache().await }))
        .collect();
    for call in calls {
        assert!(call.await.expect("nobody panics") >= 2);
    }
    assert!(
        SOURCE.asked() <= 3,
        "one load, and one for those who came after it began: {}",
        SOURCE.asked()
    );
}

#[tokio::test(start_paused = true)]
async fn each_refresher_gets_an_answer_loaded_after_it_came() {
    price!(price);
    let (source, first_gate, second_gate) = (Source::new(), Gate::new(), Gate::new());
    let first = Stepped::begin(price(&source, &first_gate).no_cache()).await;
    let mut later = Vec::new();
    for _ in 0..10 {
        later.push(Stepped::begin(price(&source, &second_gate).no_cache()).await);
    }
    first_gate.open();
    assert_eq!(first.finish().await, 1);
    second_gate.open();
    for call in later {
        assert_eq!(call.finish().await, 2);
    }
    assert_eq!(source.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_refresh_option_is_as_strict_as_no_cache() {
    #[cached(ttl = "1m", refresh = force, skip(source, gate, force))]
    async fn price(source: &Source, gate: &Gate, force: bool) -> u32 {
        let answer = source.ask();
        gate.pass().await;
        answer
    }

    let (source, old_gate, new_gate) = (Source::new(), Gate::new(), Gate::new());
    let old = Stepped::begin(price(&source, &old_gate, false)).await;
    let forced = Stepped::begin(price(&source, &new_gate, true)).await;
    old_gate.open();
    new_gate.open();
    assert_eq!((old.finish().await, forced.finish().await), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn an_answer_loaded_meanwhile_under_no_such_wish_is_not_taken() {
    #[cached(ttl = "1m", skip(source))]
    async fn inner(source: &Source) -> u32 {
        source.ask()
    }

    #[cached(ttl = "1m", skip(source, gate, deep))]
    async fn outer(source: &Source, gate: &Gate, deep: bool) -> u32 {
        gate.pass().await;
        if deep { inner(source).await } else { 100 }
    }

    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    assert_eq!(inner(&source).await, 1);
    advance(SECOND).await;
    let first = Stepped::begin(outer(&source, &gate, false).no_cache()).await;
    let strict = Stepped::begin(outer(&source, &open, true).no_cache()).await;
    drop(first);
    // Younger than the strict call, but made of what is older.
    assert_eq!(outer(&source, &open, true).await, 1);
    assert_eq!(strict.finish().await, 2);
}
