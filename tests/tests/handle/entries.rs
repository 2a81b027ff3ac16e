//! `get`, `insert`, `invalidate`, `expire`, `invalidate_all`, `age`.

use std::time::Duration;

use cached_attr::{FnCache, TierReach, cached};
use cached_attr_tests::{Gate, Source, Stepped, poll_once};
use tokio::time::advance;

const MINUTE: Duration = Duration::from_secs(60);

fn cache() -> FnCache<(String, u32), u32> {
    FnCache::builder().ttl(MINUTE).build()
}

#[tokio::test(start_paused = true)]
async fn get_gives_what_is_fresh_and_nothing_else() {
    let cache = cache();
    assert_eq!(cache.get(("a", 1)).await, None);
    cache.insert(("a".to_owned(), 1), 10).await;
    assert_eq!(cache.get(("a", 1)).await, Some(10));
    assert_eq!(cache.get(("a", 2)).await, None);
    assert_eq!(cache.get(("b", 1)).await, None);
    advance(MINUTE).await;
    assert_eq!(cache.get(("a", 1)).await, None);
}

#[tokio::test(start_paused = true)]
async fn every_form_of_a_key_finds_the_entry() {
    let cache = cache();
    cache.insert(("a".to_owned(), 1), 10).await;
    let key = ("a".to_owned(), 1);
    assert_eq!(cache.get(&key).await, Some(10));
    assert_eq!(cache.get((&key.0, 1)).await, Some(10));
    assert_eq!(cache.get((key.0.as_str(), &1)).await, Some(10));
    assert!(cache.age(&key).is_some());
    cache.invalidate((&key.0, 1)).await;
    assert_eq!(cache.get(&key).await, None);
}

#[tokio::test(start_paused = true)]
async fn get_never_loads_and_never_waits() {
    #[cached(ttl = "1m", skip(gate))]
    async fn slow(gate: &Gate) -> u32 {
        gate.pass().await;
        1
    }

    let gate = Gate::new();
    let load = Stepped::begin(slow(&gate)).await;
    let mut get = Box::pin(slow_cache().get(()));
    assert_eq!(poll_once(get.as_mut()).await, Some(None));
    assert_eq!(slow_cache().stats().loads, 1);
    gate.open();
    assert_eq!(load.finish().await, 1);
    assert_eq!(slow_cache().get(()).await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn an_inserted_answer_is_as_good_as_a_loaded_one() {
    #[cached(ttl = "1m", skip(source))]
    async fn price(source: &Source, id: u32) -> Result<u32, String> {
        let _ = id;
        Ok(source.ask())
    }

    let source = Source::new();
    price_cache().insert(1, 77).await;
    assert_eq!(price(&source, 1).await, Ok(77));
    advance(MINUTE / 2).await;
    price_cache().insert(1, 78).await;
    advance(Duration::from_millis(59_999)).await;
    assert_eq!(
        price(&source, 1).await,
        Ok(78),
        "its life begins with the insertion"
    );
    advance(Duration::from_millis(1)).await;
    assert_eq!(price(&source, 1).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn invalidate_removes_one_key_and_invalidate_all_every_key() {
    let cache = cache();
    for id in 0..200 {
        cache.insert(("a".to_owned(), id), id).await;
    }
    cache.invalidate(("a", 7)).await;
    assert_eq!(cache.get(("a", 7)).await, None);
    assert_eq!((cache.get(("a", 8)).await, cache.len()), (Some(8), 199));
    cache.invalidate(("unknown", 0)).await;
    assert_eq!(cache.len(), 199);
    cache.invalidate_all().await;
    assert_eq!((cache.get(("a", 8)).await, cache.len()), (None, 0));
    assert!(cache.is_empty());
    cache.insert(("a".to_owned(), 1), 1).await;
    assert_eq!(cache.get(("a", 1)).await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn expire_makes_an_entry_stale_and_leaves_it() {
    let cache = cache();
    cache.insert(("a".to_owned(), 1), 10).await;
    advance(Duration::from_secs(2)).await;
    cache.expire(("a", 1)).await;
    assert_eq!(cache.get(("a", 1)).await, None);
    assert_eq!(cache.age(("a", 1)), Some(Duration::from_secs(2)));
    cache.invalidate(("a", 1)).await;
    assert_eq!(cache.age(("a", 1)), None);
}

#[tokio::test(start_paused = true)]
async fn an_entry_invalidated_cannot_be_brought_back_by_expire() {
    let cache = cache();
    cache.insert(("a".to_owned(), 1), 10).await;
    cache.invalidate(("a", 1)).await;
    cache.expire(("a", 1)).await;
    assert_eq!(
        (cache.age(("a", 1)), cache.get(("a", 1)).await),
        (None, None)
    );
}

#[tokio::test(start_paused = true)]
async fn age_counts_from_the_start_of_the_load_also_past_the_ttl() {
    #[cached(ttl = "1m")]
    async fn slow() -> u32 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        1
    }

    assert_eq!(slow_cache().age(()), None);
    slow().await;
    let age = slow_cache().age(()).expect("it is stored");
    assert!(
        (Duration::from_secs(10)..Duration::from_millis(10_002)).contains(&age),
        "{age:?}"
    );
    advance(MINUTE).await;
    assert!(
        slow_cache()
            .age(())
            .is_none_or(|age| age >= Duration::from_secs(70))
    );
    assert_eq!(slow_cache().get(()).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_new_answer_takes_the_place_of_the_old_one() {
    let cache = cache();
    for round in 0..1000 {
        cache.insert(("a".to_owned(), 1), round).await;
        assert_eq!(cache.get(("a", 1)).await, Some(round));
    }
    assert_eq!(cache.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn invalidating_tells_what_was_reached() {
    let cache = cache();
    assert_eq!(cache.invalidate(("a", 1)).await.shared, TierReach::NotInUse);
    assert_eq!(cache.expire(("a", 1)).await.shared, TierReach::NotInUse);
    assert_eq!(cache.invalidate_all().await.shared, TierReach::NotInUse);
    assert_eq!(
        cache.write(("a", 1)).await.commit().await.shared,
        TierReach::NotInUse
    );
    assert_eq!(
        cached_attr::testing::isolated(cached_attr::invalidate_all())
            .await
            .shared,
        TierReach::NotInUse
    );
}

#[test]
fn handles_and_guards_can_go_to_other_threads() {
    fn assert_shared<T: Send + Sync + 'static>() {}

    assert_shared::<FnCache<String, std::sync::Arc<str>>>();
    assert_shared::<cached_attr::WriteGuard<String>>();
    assert_shared::<cached_attr::Builder<u32, u32>>();
    assert_shared::<cached_attr::SharedError>();
    assert_shared::<cached_attr::CacheStatus>();
}

#[tokio::test(start_paused = true)]
async fn another_key_in_the_cache_of_a_constant_key_takes_nothing_from_it() {
    #[cached(ttl = "1m", key = "all", skip(source))]
    async fn all(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    assert_eq!(all(&source).await, 1);
    all_cache().insert("other".to_owned(), 70).await;
    assert_eq!(all(&source).await, 1);
    assert_eq!(
        (all_cache().get("other").await, all_cache().len()),
        (Some(70), 2)
    );
    all_cache().invalidate("all").await;
    assert_eq!(all(&source).await, 2);
    assert_eq!(all_cache().get("other").await, Some(70));
}
