//! Values and expressions of the user's that come back to the cache they are used by.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::task::{Context, Waker};
use std::time::Duration;

use cached_attr::{FnCache, cached};

/// Runs it on a thread of its own, with a runtime of its own.
///
/// # Panics
///
/// When it hangs.
fn ends<F: Future<Output = ()>>(work: impl FnOnce() -> F + Send + 'static) {
    let (ended, end) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime without drivers").block_on(work());
        ended.send(()).expect("somebody waits");
    });
    end.recv_timeout(Duration::from_secs(60))
        .expect("it hangs, or panicked");
}

fn now(future: impl Future) {
    let polled = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_ready(), "there is nothing to wait for");
}

#[test]
fn a_value_may_use_its_cache_when_it_is_dropped() {
    static CACHE: OnceLock<FnCache<u32, Arc<Back>>> = OnceLock::new();

    struct Back(u32);

    impl Drop for Back {
        fn drop(&mut self) {
            let cache = CACHE.get().expect("it is made before its values");
            let _ = (cache.len(), cache.age(self.0), cache.stats());
            now(cache.invalidate(self.0 + 77));
            if self.0 < 1000 {
                let next = self.0 + 1000;
                now(cache.insert(next, Arc::new(Back(next))));
            }
        }
    }

    let cache = CACHE.get_or_init(|| {
        let builder = FnCache::builder().ttl(Duration::from_secs(60));
        builder.capacity(100).build()
    });
    ends(|| async {
        for id in 0..3000 {
            cache.insert(id % 900, Arc::new(Back(id % 900))).await;
            if id % 7 == 0 {
                cache.invalidate(id % 300).await;
            }
        }
        cache.invalidate_all().await;
    });
}

#[test]
fn a_value_whose_drop_panics_spoils_nothing_for_others() {
    static DROPPED: AtomicU32 = AtomicU32::new(0);

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            let nth = DROPPED.fetch_add(1, Ordering::Relaxed);
            assert!(nth != 50, "the fiftieth goes off");
        }
    }

    ends(|| async {
        let builder = FnCache::builder().ttl(Duration::from_secs(60));
        let cache = builder.capacity(100).build();
        let panics = (0..5000).filter(|id| {
            let store = || now(cache.insert(*id, Arc::new(Bomb)));
            catch_unwind(AssertUnwindSafe(store)).is_err()
        });
        assert!(panics.count() <= 1, "more than one call for one value");
        assert!(cache.len() <= 164, "{} of 100", cache.len());
    });
}

#[test]
fn a_ttl_expression_may_use_another_instance_of_its_own_function() {
    trait Named: 'static {
        fn lifetime() -> Duration;
    }

    struct Left;
    struct Right;

    impl Named for Left {
        fn lifetime() -> Duration {
            Duration::from_secs(60)
        }
    }

    impl Named for Right {
        fn lifetime() -> Duration {
            assert!(instance_cache::<Left>().is_empty());
            Duration::from_secs(60)
        }
    }

    #[cached(ttl = N::lifetime())]
    async fn instance<N: Named>(id: u32) -> u32 {
        id
    }

    ends(|| async {
        assert_eq!(instance::<Right>(1).await, 1);
        assert_eq!(instance::<Left>(2).await, 2);
        assert_eq!(instance_cache::<Right>().len(), 1);
    });
}

#[test]
fn a_value_whose_drop_panics_does_not_stop_invalidate_all_half_way() {
    struct Bomb(u32);

    impl Drop for Bomb {
        fn drop(&mut self) {
            assert!(self.0 % 10 != 7, "one in ten goes off");
        }
    }

    ends(|| async {
        let cache = FnCache::builder().ttl(Duration::from_secs(60)).build();
        // What is left of it is not dropped: that would panic as well.
        let cache = ManuallyDrop::new(cache);
        for id in 0..100 {
            cache.insert(id, Arc::new(Bomb(id))).await;
        }
        let all = AssertUnwindSafe(|| now(cache.invalidate_all()));
        assert!(catch_unwind(all).is_err(), "the panic is not swallowed");
        for id in 0..100 {
            assert!(cache.get(id).await.is_none(), "{id} is served still");
        }
    });
}

#[test]
fn a_key_may_use_its_cache_when_the_last_of_two_guards_drops_it() {
    static CACHE: OnceLock<FnCache<Back, u32>> = OnceLock::new();

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Back(u32);

    impl Drop for Back {
        fn drop(&mut self) {
            if self.0 == 1 {
                let cache = CACHE.get().expect("it is made before its keys");
                let own = ManuallyDrop::new(Back(1));
                now(cache.invalidate(&*own));
            }
        }
    }

    let cache = CACHE.get_or_init(|| FnCache::builder().build());
    ends(move || async move {
        let first = cache.write(&Back(1)).await;
        let second = cache.write(&Back(1)).await;
        drop(first);
        drop(second);
    });
}
