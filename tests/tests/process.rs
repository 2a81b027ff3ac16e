//! All caches of a process at once. What one test does here all others feel: they run one after another.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::time::Duration;

use cached_attr::testing::isolated;
use cached_attr::{FnCache, KnownTtl, TtlSource, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::sync::{Mutex, MutexGuard};

async fn alone() -> MutexGuard<'static, ()> {
    static PROCESS: Mutex<()> = Mutex::const_new(());
    PROCESS.lock().await
}

static SOURCE: Source = Source::new();

#[cached(ttl = "1m")]
async fn alpha(id: u32) -> u32 {
    let _ = id;
    SOURCE.ask()
}

#[cached(ttl = "1m", name = "a/beta")]
async fn beta(id: u32) -> u32 {
    let _ = id;
    SOURCE.ask()
}

/// Never called.
mod uncalled {
    use std::time::Duration;

    use cached_attr::cached;

    #[cached(ttl = "90s")]
    pub(super) async fn free(id: u32) -> u32 {
        id
    }

    #[cached(ttl = never)]
    pub(super) async fn generic<T: std::fmt::Display>(id: u32) -> String {
        format!("{id} {}", std::any::type_name::<T>())
    }

    #[cached(ttl = Duration::from_secs(1))]
    pub(super) async fn computed() -> u32 {
        #[cached(ttl = 5)]
        async fn nested() -> u32 {
            1
        }
        nested().await
    }

    pub(super) struct Type;

    impl Type {
        #[cached(ttl = "1m", skip(self))]
        pub(super) async fn method(&self) -> u32 {
            1
        }

        #[cached(ttl = |_| Duration::from_secs(1))]
        pub(super) async fn associated() -> u32 {
            1
        }
    }

    pub(super) fn link() -> bool {
        let _ = (free(1), generic::<u32>(1), computed(), Type::associated());
        drop(Type.method());
        true
    }
}

fn find(name: &str) -> cached_attr::CacheInfo {
    let caches = cached_attr::caches();
    let found: Vec<_> = caches
        .iter()
        .filter(|cache| cache.name.ends_with(name))
        .collect();
    assert_eq!(found.len(), 1, "{name} in {caches:#?}");
    found[0].clone()
}

#[tokio::test]
async fn caches_lists_functions_before_their_first_call() {
    let _alone = alone().await;
    assert!(uncalled::link());
    let fixed = |seconds| KnownTtl::Fixed(Duration::from_secs(seconds));
    assert_eq!(find("uncalled::free").ttl, fixed(90));
    assert_eq!(find("uncalled::generic").ttl, KnownTtl::Never);
    assert_eq!(find("uncalled::computed").ttl, KnownTtl::Unknown);
    assert_eq!(find("nested").ttl, fixed(5));
    assert_eq!(find("method").ttl, fixed(60));
    assert_eq!(find("associated").ttl, KnownTtl::Unknown);
    let free = find("uncalled::free");
    assert_eq!(
        (free.ttl_source, free.stats.loads, free.stats.enabled),
        (TtlSource::Attribute, 0, true)
    );
}

#[tokio::test]
async fn caches_are_ordered_by_name_and_named_as_they_say() {
    let _alone = alone().await;
    let names: Vec<_> = cached_attr::caches()
        .iter()
        .map(|cache| cache.name.clone())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(names.iter().any(|name| name == "a/beta"), "{names:?}");
    assert!(
        names.iter().any(|name| name == "process::alpha"),
        "{names:?}"
    );
}

#[tokio::test]
async fn caches_tells_what_was_set_and_what_was_done() {
    #[cached(ttl = "1m")]
    async fn told() -> u32 {
        1
    }

    let _alone = alone().await;
    told().await;
    told().await;
    let info = find("told");
    assert_eq!((info.stats.loads, info.stats.hits), (1, 1));
    told_cache().set_ttl(Duration::from_secs(7));
    let info = find("told");
    assert_eq!(
        (info.ttl, info.ttl_source),
        (KnownTtl::Fixed(Duration::from_secs(7)), TtlSource::Override)
    );
}

#[tokio::test]
async fn a_cache_is_displayed_in_one_line() {
    #[cached(ttl = "90s")]
    async fn displayed() -> u32 {
        1
    }

    let _alone = alone().await;
    displayed().await;
    displayed().await;
    let line = find("displayed").to_string();
    let expected =
        "displayed: ttl 1m 30s (attribute), 1 hits, 1 misses, 1 loads, 1 stored, 1 entries, ";
    assert!(line.contains(expected), "{line}");
}

#[tokio::test]
async fn calls_with_a_cache_of_another_are_counted_under_both_names() {
    #[cached(ttl = "1m", cache = cache, skip(cache))]
    async fn borrowing(cache: &FnCache<u32, u32>, id: u32) -> u32 {
        id
    }

    let _alone = alone().await;
    let cache = FnCache::builder().name("a/shelf").build();
    let before = cached_attr::stats();
    for _ in 0..3 {
        borrowing(&cache, 1).await;
    }
    for name in ["borrowing", "a/shelf"] {
        let stats = find(name).stats;
        assert_eq!(
            (stats.loads, stats.misses, stats.hits, stats.stored),
            (1, 1, 2, 1),
            "{name}"
        );
    }
    let after = cached_attr::stats();
    assert_eq!(after.hits - before.hits, 2, "in all they are counted once");
    drop(cache);
    assert!(
        !cached_attr::caches()
            .iter()
            .any(|cache| cache.name == "a/shelf")
    );
}

#[tokio::test]
async fn instances_of_a_generic_function_are_told_together() {
    #[cached(ttl = "1m")]
    async fn instances<T: 'static>(id: u32) -> String {
        format!("{id} {}", std::any::type_name::<T>())
    }

    let _alone = alone().await;
    for _ in 0..2 {
        instances::<u8>(1).await;
        instances::<u16>(1).await;
    }
    let stats = find("instances").stats;
    assert_eq!((stats.loads, stats.hits), (2, 2));
}

#[tokio::test]
async fn invalidate_all_reaches_every_function_built_caches_and_loads_under_way() {
    #[cached(ttl = "1m", skip(gate))]
    async fn slow(gate: &Gate) -> u32 {
        gate.pass().await;
        1
    }

    let _alone = alone().await;
    let built: FnCache<u32, u32> = FnCache::builder().build();
    built.insert(1, 1).await;
    let (first, second) = (alpha(1).await, beta(1).await);
    let gate = Gate::new();
    let load = Stepped::begin(slow(&gate)).await;
    cached_attr::invalidate_all().await;
    gate.open();
    load.finish().await;

    assert_ne!(alpha(1).await, first);
    assert_ne!(beta(1).await, second);
    assert_eq!(built.get(1).await, None);
    assert_eq!(slow_cache().get(()).await, None);
}

#[tokio::test]
async fn set_enabled_turns_all_off_and_on_and_keeps_entries() {
    let _alone = alone().await;
    let built: FnCache<u32, u32> = FnCache::builder().build();
    built.insert(1, 1).await;
    let (first, second) = (alpha(2).await, beta(2).await);
    cached_attr::set_enabled(false);
    let loaded = (
        alpha(2).await,
        alpha(2).await,
        beta(2).await,
        built.get(1).await,
    );
    let off = cached_attr::caches()
        .iter()
        .all(|cache| !cache.stats.enabled);
    let why = built.explain(1).to_string();
    cached_attr::set_enabled(true);
    assert_eq!(why, "bypass: all caches of the process are switched off");

    assert!(loaded.0 > first && loaded.1 > loaded.0 && loaded.2 > second);
    assert_eq!((loaded.3, off), (None, true));
    assert_eq!(
        (alpha(2).await, beta(2).await, built.get(1).await),
        (first, second, Some(1))
    );
}

#[tokio::test]
async fn one_cache_that_is_off_stays_off_when_all_are_turned_on() {
    let _alone = alone().await;
    beta_cache().set_enabled(false);
    cached_attr::set_enabled(false);
    cached_attr::set_enabled(true);
    let answers = (beta(3).await, beta(3).await);
    beta_cache().set_enabled(true);
    assert_ne!(answers.0, answers.1);
}

#[tokio::test]
async fn inside_isolated_turning_all_off_concerns_the_tests_own_caches() {
    let _alone = alone().await;
    let first = alpha(4).await;
    isolated(async {
        alpha(4).await;
        cached_attr::set_enabled(false);
        assert_ne!(alpha(4).await, alpha(4).await);
    })
    .await;
    assert_eq!(alpha(4).await, first);
}

#[tokio::test]
async fn stats_adds_up_what_all_have_done() {
    let _alone = alone().await;
    let before = cached_attr::stats();
    alpha(5).await;
    alpha(5).await;
    beta(5).await;
    beta_cache().invalidate(5).await;
    let after = cached_attr::stats();
    assert_eq!(
        (after.loads - before.loads, after.hits - before.hits),
        (2, 1)
    );
    assert_eq!(after.invalidated - before.invalidated, 1);
}

#[tokio::test]
async fn check_is_content_where_no_variable_is_wrong() {
    let _alone = alone().await;
    assert_eq!(cached_attr::check(), Ok(()));
}
