//! What threads keep that have nothing more to do.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use cached_attr::FnCache;

#[test]
fn idle_threads_do_not_keep_what_was_replaced_and_invalidated() {
    const THREADS: u32 = 8;
    let builder = FnCache::builder().ttl(Duration::from_secs(60));
    let (cache, value) = (builder.build(), Arc::new(()));
    let barrier = Arc::new(Barrier::new(THREADS as usize + 1));
    let threads: Vec<_> = (0..THREADS)
        .map(|id| {
            let (cache, value, barrier) = (cache.clone(), Arc::clone(&value), barrier.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build();
                runtime.expect("a runtime without drivers").block_on(async {
                    for _ in 0..100 {
                        cache.insert(id, Arc::clone(&value)).await;
                    }
                    cache.invalidate(id).await;
                });
                drop(value);
                barrier.wait();
                barrier.wait();
            })
        })
        .collect();
    barrier.wait();
    assert_eq!(cache.len(), 0);
    let held = Arc::strong_count(&value);
    barrier.wait();
    for thread in threads {
        thread.join().expect("nobody panics");
    }
    assert!(held <= 1 + 4 * THREADS as usize, "{held}: a few a thread");
}
