//! What is kept about tags: as much as the entries have that are held.

use allocation_counter::measure;
use cached_attr::{FnCache, cached, invalidate_tag};

/// Answers with a tag of their own and one for all.
struct Orders {
    cache: FnCache<u32, u32>,
    all: &'static str,
}

impl Orders {
    fn new(all: &'static str) -> Self {
        Orders {
            cache: FnCache::builder().build(),
            all,
        }
    }

    #[cached(ttl = "1h", cache = self.cache, key = id, skip(self, load), refresh = load > 0,
             tags = ["{self.all}", "order:{id}:{load}"])]
    async fn load(&self, id: u32, load: u32) -> u32 {
        id + load
    }
}

/// By how many bytes the heap grows meanwhile.
fn grows(work: impl Future<Output = ()>) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime without anything");
    measure(|| runtime.block_on(work)).bytes_current
}

#[test]
fn answers_that_are_replaced_again_and_again_leave_no_tags_behind() {
    let orders = Orders::new("replaced");
    let store = |loads: std::ops::Range<u32>| {
        let orders = &orders;
        async move {
            for load in loads {
                orders.load(load % 100, load).await;
            }
        }
    };
    let _ = grows(store(0..10_000));
    let grown = grows(store(10_000..40_000));
    assert!(grown < 20_000, "{grown} bytes for 30 000 answers");
    assert_eq!(orders.cache.stats().stored, 40_000);
    assert_eq!(orders.cache.len(), 100);
}

#[test]
fn the_tags_of_answers_that_are_gone_are_freed_though_nothing_is_stored() {
    let orders = Orders::new("gone");
    let filled = grows(async {
        for id in 0..5_000 {
            orders.load(id, 0).await;
        }
    });
    let left = filled
        + grows(async {
            for id in 0..5_000 {
                orders.cache.invalidate(id).await;
            }
        });
    // The map of the entries keeps its room.
    let untagged = grows(async {
        let cache: FnCache<u32, u32> = FnCache::builder().build();
        for id in 0..5_000 {
            cache.insert(id, id).await;
        }
        cache.invalidate_all().await;
        std::mem::forget(cache);
    });
    assert!(
        left < untagged + 50_000,
        "{left} of {filled} bytes, {untagged} without tags"
    );
}

#[test]
fn the_tag_of_many_answers_is_freed_with_them() {
    let orders = Orders::new("many");
    let run = |first: u32| {
        let orders = &orders;
        async move {
            for id in 0..5_000 {
                orders.load(id, first + id).await;
            }
            let removed = invalidate_tag("many").await.removed;
            assert!(removed >= 5_000 * 9 / 10, "{removed}");
        }
    };
    let _ = grows(run(0));
    let grown = grows(run(5_000));
    assert!(grown < 50_000, "{grown} bytes");
}
